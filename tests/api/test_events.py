"""What is done becomes events for the addresses that cover it: by whichever way it is done, and for nobody else."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable
from datetime import date, timedelta
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest
from flask import Flask
from sqlalchemy import Engine, select, text

import bontot
from bontot.access import Role
from bontot.db.models import Meeting, Task, Webhook, WebhookDelivery
from bontot.db.models.meeting import PRESENT
from bontot.db.tenancy import TenantSession, scope
from bontot.imports.batch import apply, preview, undo
from bontot.jobs import evaluation, reminders
from bontot.jobs.outbox import enqueue
from bontot.jobs.tasks import Desk
from bontot.registry import Registry
from bontot.services import task_changes, tasks
from bontot.services.meetings import Mark, MeetingEntry, record_meeting, withdraw_meeting
from bontot.services.people.admitting import Admission, admit
from bontot.services.people.events import Entry
from bontot.services.people.history import version_of
from bontot.services.people.recording import record, take_back_last
from bontot.services.webhooks import kinds, telling
from bontot.services.webhooks.addresses import register
from bontot.services.webhooks.kinds import KINDS, kind_of
from bontot.web.api.document import document
from tests.api.conftest import Give
from tests.factories import Committee, make_committee
from tests.isolation.golden.around import a_workbook
from tests.isolation.world import world_of

REGISTRY = Registry.load()
INSTANCE = "bí mật của hệ thống thử, dài hơn 32 ký tự"


def told_of(committee: Committee, role: Role = Role.TENANT_ADMIN, place: int | None = None) -> int:
    """The id of an address of a role in a place, which wants everything."""
    with scope(committee.engine, committee.tenant_id) as session:
        public_id, _ = register(
            session,
            committee.actor(Role.TENANT_ADMIN),
            INSTANCE,
            name="Kho dữ liệu",
            url="https://nhan.vi-du.vn/tin",
            kinds=KINDS,
            role=role,
            organisation_id=place,
        )
        return session.scalars(select(Webhook.id).where(Webhook.public_id == public_id)).one()


def heard(committee: Committee, address: int) -> list[tuple[str, str | None]]:
    """What an address is to be told: kinds, and the addresses in the API."""
    with scope(committee.engine, committee.tenant_id) as session:
        row = WebhookDelivery
        found = select(row.kind, row.data["href"].as_string()).where(row.webhook_id == address)
        return [(kind, href) for kind, href in session.execute(found.order_by(row.id))]


def did(committee: Committee, act: Callable[[TenantSession], Any]) -> Any:  # noqa: ANN401 - whatever it makes
    with scope(committee.engine, committee.tenant_id) as session:
        return act(session)


def meeting(committee: Committee, day: int = 3, cell: int = 0) -> UUID:
    entry = MeetingEntry(kind="regular", held_on=date(2023, 3, day), marks={})
    admin, unit = committee.actor(Role.TENANT_ADMIN), committee.cells[cell]
    found: UUID = did(committee, lambda session: record_meeting(session, admin, unit.id, entry).public_id)
    return found


def test_each_kind_of_event_comes_of_something_that_is_noted() -> None:
    sources = "\n".join(path.read_text() for path in Path(bontot.__file__).parent.rglob("*.py"))
    made = {f"{act}_meeting" for act in ("closed", "submitted", "received", "returned", "remarked")}
    noted = set(re.findall(r'"([a-z]+(?:_[a-z]+)+)"', re.sub(r"(?s)_OF_ACTIONS.*?^}", "", sources)))
    assert set(kinds._OF_ACTIONS) - made - {"amend_meeting"} <= noted
    reached = {*kinds._OF_ACTIONS.values(), kinds.VERDICT, kinds.OVERDUE}
    for kind in ("admission", "official_transfer", "deceased"):
        reached.add(kind_of("record_member_event", {"kind": kind}) or "")
    reached.add(kind_of("take_back_member_event", {"gone": {}}) or "")
    reached.add(kind_of("take_recognition_step", {"outcome": "recognised"}) or "")
    assert reached == set(KINDS)
    assert kind_of("take_recognition_step", {"outcome": "carried"}) is None
    assert kind_of("view_member", {}) is None


def test_each_address_of_an_event_is_one_of_the_api(app: Flask) -> None:
    paths = {path for path, methods in document(app)["paths"].items() if "get" in methods}
    shapes = {re.sub(r"\{\w+\}", "{}", path) for path in paths}
    for kind in KINDS.values():
        for nouns in ("members", "organisations"):
            path = kind.href.replace("{nouns}", nouns).partition("?")[0]
            assert not path or re.sub(r"\{\w+\}", "{}", path) in shapes


def test_what_an_address_hears_of_is_what_a_token_of_its_role_and_place_can_read(
    engine: Engine, unique: str, app: Flask, give: Give, committee: Committee
) -> None:
    own, other = committee.cells
    hearers = [
        (Role.TENANT_ADMIN, None, told_of(committee)),
        (Role.COMMITTEE, committee.ward.id, told_of(committee, Role.COMMITTEE, committee.ward.id)),
        (Role.CELL_SECRETARY, own.id, told_of(committee, Role.CELL_SECRETARY, own.id)),
        (Role.CELL_SECRETARY, other.id, told_of(committee, Role.CELL_SECRETARY, other.id)),
    ]
    world_of(committee, "hanoi_tayho")
    asked, counts = 0, []
    for role, place, address in hearers:
        found, program = heard(committee, address), give(role, place)
        for _, href in {one for one in found if one[1]}:
            answer = program.get((href or "").removeprefix("/api/v1"))
            assert (href, answer.status_code) == (href, 200)
            asked += 1
        counts.append(Counter(kind for kind, _ in found))
    whole, ward, first, second = counts
    assert set(whole) == {
        "meeting.recorded",
        "meeting.corrected",
        "meeting.handed_over",
        "member.changed",
        "organisations.changed",
        "paper.issued",
        "recognition.decided",
    }
    assert asked >= 20
    of_places = whole - Counter({"organisations.changed": whole["organisations.changed"]})
    assert (ward, first + second) == (of_places, of_places)
    assert min(first["meeting.recorded"], second["meeting.recorded"]) >= 1


def test_an_address_without_bounds_would_be_found_out(
    committee: Committee, monkeypatch: pytest.MonkeyPatch
) -> None:
    address = told_of(committee, Role.CELL_SECRETARY, committee.cells[1].id)
    meeting(committee)
    assert heard(committee, address) == []
    monkeypatch.setattr(telling, "_hears", lambda *_: True)
    meeting(committee, 4)
    assert [kind for kind, _ in heard(committee, address)] == ["meeting.recorded"]


def test_another_committee_is_told_nothing(committee: Committee, engine: Engine, unique: str) -> None:
    other = make_committee(engine, f"{unique}-khac", "khác")
    address = told_of(other)
    meeting(committee)
    assert heard(other, address) == []


def test_what_is_not_committed_is_not_told(committee: Committee) -> None:
    address = told_of(committee)
    with scope(committee.engine, committee.tenant_id) as session:
        a_meeting(session, committee, 3)
        session.rollback()
    with scope(committee.engine, committee.tenant_id) as session:
        a_meeting(session, committee, 4)
        with session.begin_nested() as savepoint:
            a_meeting(session, committee, 5)
            savepoint.rollback()
        with session.begin_nested():
            a_meeting(session, committee, 6)
    with scope(committee.engine, committee.tenant_id) as session:
        kept = session.scalars(select(Meeting.public_id).order_by(Meeting.held_on)).all()
    assert heard(committee, address) == [("meeting.recorded", f"/api/v1/meetings/{one}") for one in kept]
    assert len(kept) == 2


def a_meeting(session: TenantSession, committee: Committee, day: int) -> None:
    entry = MeetingEntry(kind="regular", held_on=date(2023, 3, day), marks={})
    record_meeting(session, committee.actor(Role.TENANT_ADMIN), committee.cells[0].id, entry)


def test_an_address_is_told_only_of_the_kinds_it_asked_for(committee: Committee) -> None:
    address = told_of(committee)
    did(committee, lambda session: session.execute(text("UPDATE webhook SET kinds = '{meeting.withdrawn}'")))
    meeting(committee)
    assert heard(committee, address) == []


def test_members_come_change_and_go(committee: Committee) -> None:
    address, admin, cell = told_of(committee), committee.actor(Role.TENANT_ADMIN), committee.cells[0]
    someone = Admission(
        full_name="Trần Văn Mới",
        birth_date=date(1999, 5, 1),
        female=False,
        employment="working",
        ceremony=date(2026, 2, 3),
        document="12-QĐ/ĐU",
        document_day=date(2026, 1, 20),
    )
    new = did(committee, lambda session: admit(session, admin, cell.id, someone))
    member_id, public_id = cell.members[5]

    def event(kind: str, day: date, **more: Any) -> Callable[[TenantSession], int]:
        entry = Entry(kind=kind, day=day, document="1-QĐ", document_day=day, **more)
        return lambda session: record(session, admin, member_id, entry, version_of(session, member_id))

    did(committee, event("official_transfer", date(2026, 3, 1), organisation_id=committee.cells[1].id))
    did(committee, event("transferred_out", date(2026, 3, 5), place="Huế"))
    admitted = did(
        committee,
        lambda session: session.execute(
            text("SELECT id FROM member WHERE public_id = :new"), {"new": new}
        ).scalar_one(),
    )
    did(
        committee,
        lambda session: take_back_last(session, admin, admitted, version_of(session, admitted), "ghi nhầm"),
    )
    assert heard(committee, address) == [
        ("member.recorded", f"/api/v1/members/{new}"),
        ("member.changed", f"/api/v1/members/{public_id}"),
        ("member.ended", f"/api/v1/members/{public_id}"),
        ("member.withdrawn", None),
    ]
    assert ids(committee)[-1] == str(new)


def ids(committee: Committee) -> list[str | None]:
    with scope(committee.engine, committee.tenant_id) as session:
        found = select(WebhookDelivery.data["id"].as_string()).order_by(WebhookDelivery.id)
        return list(session.scalars(found))


def test_a_meeting_taken_back_is_told_to_who_heard_of_it(committee: Committee) -> None:
    own, other = (told_of(committee, Role.CELL_SECRETARY, cell.id) for cell in committee.cells)
    public_id = meeting(committee)

    def withdraw(session: TenantSession) -> None:
        row = session.scalars(select(Meeting).where(Meeting.public_id == public_id)).one()
        withdraw_meeting(session, committee.actor(Role.TENANT_ADMIN), row.id, row.version, "ghi nhầm")

    did(committee, withdraw)
    assert [kind for kind, _ in heard(committee, own)] == ["meeting.recorded", "meeting.withdrawn"]
    assert (heard(committee, other), ids(committee)) == ([], [str(public_id)] * 2)


def test_tasks_are_told_of_when_done_and_once_when_overdue(committee: Committee) -> None:
    address, day, cell = told_of(committee), committee.today, committee.cells[0]

    def give_tasks(session: TenantSession) -> list[UUID]:
        ago = {"Trễ": 1, "Đến hạn": 0, "Xong": 2, "Cũ": 30}
        rows = [
            Task(organisation_id=cell.id, origin="initiative", title=title, due_on=day - timedelta(days=days))
            for title, days in ago.items()
        ]
        session.add_all(rows)
        session.flush()
        return [row.public_id for row in rows]

    late, _, done, _ = did(committee, give_tasks)

    def finish(session: TenantSession) -> None:
        seen = tasks.task_of(session, cell.id, done)
        admin = committee.actor(Role.TENANT_ADMIN)
        task_changes.finish(session, admin, seen, version=seen.version, done_on=day, result="Đã xong")

    did(committee, finish)
    asked = {"day": day.isoformat(), "by_mail": False}
    for _ in range(2):
        work = did(committee, lambda session: enqueue(session, reminders.KIND, asked, "thử"))
        assert Desk(committee.engine, REGISTRY, pause=0).do(work.outbox_id)
    assert heard(committee, address) == [
        ("task.changed", f"/api/v1/tasks/{done}"),
        ("task.overdue", f"/api/v1/tasks/{late}"),
    ]


def test_an_evaluation_is_told_of_when_it_is_done_and_a_verdict_when_it_turns(
    app: Flask, committee: Committee, give: Give
) -> None:
    address = told_of(committee)
    secretary = told_of(committee, Role.CELL_SECRETARY, committee.cells[1].id)
    cell = committee.cells[0]
    everyone = {who: Mark(PRESENT) for who, _ in cell.members}
    admin = committee.actor(Role.TENANT_ADMIN)
    with scope(committee.engine, committee.tenant_id) as session:
        for month in range(1, 13):
            entry = MeetingEntry(kind="regular", held_on=date(2023, month, 3), marks=everyone)
            record_meeting(session, admin, cell.id, entry)
    asked = {"year": 2023, "as_of": "2023-12-31"}
    work = did(committee, lambda session: enqueue(session, evaluation.KIND, asked, "thử"))
    assert Desk(committee.engine, REGISTRY, pause=0).do(work.outbox_id)
    [finished] = [href for kind, href in heard(committee, address) if kind == "evaluation.finished"]
    assert heard(committee, secretary) == [("evaluation.finished", finished)]

    program, before = give(), len(heard(committee, address))
    found = program.get("/meetings?limit=1&organisation=" + str(cell.public_id)).json
    assert found is not None
    shown = program.get(f"/meetings/{found['items'][0]['id']}")
    assert shown.json is not None
    sent = {name: shown.json[name] for name in ("kind", "held_on", "topic")}
    marks = [{"member": str(who), "mark": "present"} for _, who in cell.members[:-1]]
    marks.append({"member": str(cell.members[-1][1]), "mark": "absent_unexcused"})
    answer = program.put(
        f"/meetings/{found['items'][0]['id']}",
        {**sent, "marks": marks, "reason": "ghi nhầm"},
        If_Match=shown.headers["ETag"],
    )
    assert answer.status_code == 200
    news = heard(committee, address)[before:]
    assert news[0][0] == "meeting.corrected"
    turned = [href for kind, href in news if kind == "verdict.changed"]
    assert f"{finished}/members/{cell.members[-1][1]}?standing=true" in turned
    for href in turned:
        assert program.get((href or "").removeprefix("/api/v1")).status_code == 200


def test_a_workbook_is_one_event_however_much_it_holds_and_for_who_sees_everything(
    committee: Committee,
) -> None:
    address = told_of(committee)
    ward = told_of(committee, Role.COMMITTEE, committee.ward.id)

    def take_in(session: TenantSession) -> tuple[UUID, int]:
        batch = preview(session, a_workbook("C8"), "tệp.xlsx", by="thử", registry=REGISTRY)
        apply(session, batch.id, by="thử", registry=REGISTRY)
        return batch.public_id, batch.id

    public_id, batch_id = did(committee, take_in)
    did(committee, lambda session: undo(session, batch_id, by="thử", reason="nhầm"))
    assert heard(committee, address) == [("import.applied", None), ("import.undone", None)]
    assert (heard(committee, ward), ids(committee)) == ([], [str(public_id)] * 2)
