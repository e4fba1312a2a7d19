"""What happens to organisations, one dated act at a time: what goes where, what stays with whom, what is refused, and how it
is taken back."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import date, timedelta
from itertools import count
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import Engine, func, select, text
from sqlalchemy.exc import OperationalError

from bontot.access import Actor, Role, organisations_in_reach
from bontot.db.models import (
    AuditEvent,
    Directive,
    Fee,
    Membership,
    MemberState,
    OrganisationEvent,
    PlannedMeeting,
    PledgeLine,
    PolicyAssignment,
    Post,
    Registration,
    RoleGrant,
    Task,
    TaskAssignment,
)
from bontot.db.models.organisation import ORGANISATION_EVENTS
from bontot.db.rolls import on_roll
from bontot.db.tenancy import TenantSession, scope, tenant_tables
from bontot.errors import InvalidInput, NotAllowed, NotFound, Stale
from bontot.evaluation.facts import RecordedFacts
from bontot.evaluation.incremental import changed
from bontot.evaluation.period import Period
from bontot.evaluation.replay import replay
from bontot.evaluation.runs import every_run
from bontot.evaluation.whole import evaluate
from bontot.policy.terms import Subject
from bontot.registry import Registry
from bontot.services import organisations, tasks
from bontot.services.meetings import MeetingEntry, record_meeting
from bontot.services.organisations import Node
from bontot.services.reorganising.acts import Changed, Ended, Founded, Moved, Reform
from bontot.services.reorganising.preview import Alteration, Ending, Flow, Planned
from bontot.services.reorganising.recording import (
    consider,
    events_of,
    hold_still,
    record,
    take_back_event,
    version_of,
)
from bontot.services.reorganising.tree import living
from bontot.testing.heard import heard
from tests.factories import Committee, make_committee

DAY = date(2025, 7, 1)
EVE = DAY - timedelta(days=1)
PAPER: dict[str, Any] = {
    "document": "12-QĐ/QU",
    "document_day": date(2025, 6, 18),
    "issued_by": "Ban Thường vụ Quận ủy",
}
WORDS = "12-QĐ/QU ngày 18/06/2025 của Ban Thường vụ Quận ủy"


@pytest.fixture(scope="module")
def registry() -> Registry:
    return Registry.load()


@pytest.fixture
def committee(engine: Engine, unique: str) -> Committee:
    """Three cells of ten in one ward."""
    return make_committee(engine, unique, "nhà", cells=3)


def cell(name: str = "Chi bộ mới", code: str = "M1", **given: Any) -> Founded:
    values: dict[str, Any] = {"type": "subordinate_cell", "sector": "residential"} | given
    return Founded(name=name, code=code, **values)


def act(kind: str, **given: Any) -> Reform:
    values: dict[str, Any] = {"kind": kind, "day": DAY} | PAPER | given
    return Reform(**values)


def merger(committee: Committee, **given: Any) -> Reform:
    """The first two cells become one new."""
    ended = tuple(Ended(organisation_id=one.id, heirs=(-1,)) for one in committee.cells[:2])
    return act("merge", founded=(cell(parent=committee.ward.id),), ended=ended, **given)


def into(committee: Committee) -> Reform:
    """The second cell goes into the first."""
    first, second, _ = committee.cells
    return act("merge", ended=(Ended(organisation_id=second.id, heirs=(first.id,)),))


def division(committee: Committee) -> Reform:
    """The first cell becomes two; its first four members go to the second of them."""
    first = committee.cells[0]
    return act(
        "split",
        founded=(
            cell("Chi bộ A", "A", parent=committee.ward.id),
            cell("Chi bộ B", "B", parent=committee.ward.id),
        ),
        ended=(Ended(organisation_id=first.id, heirs=(-1, -2)),),
        moved=(Moved(members=tuple(member for member, _ in first.members[:4]), to=-2),),
    )


def done(
    committee: Committee, registry: Registry, reform: Reform, role: Role = Role.TENANT_ADMIN
) -> tuple[int, list[int]]:
    """Records an act; its id, and whom it founded."""
    with scope(committee.engine, committee.tenant_id) as session:
        event_id, written = record(session, registry, committee.actor(role), reform, version_of(session))
        return event_id, written.founded


def undone(committee: Committee, event_id: int, reason: str = "ghi nhầm") -> str:
    with scope(committee.engine, committee.tenant_id) as session:
        return take_back_event(
            session, committee.actor(Role.TENANT_ADMIN), event_id, version_of(session), reason
        )


def refusal(committee: Committee, registry: Registry, reform: Reform) -> dict[str, str]:
    with pytest.raises(InvalidInput) as raised:
        done(committee, registry, reform)
    return raised.value.errors


def outline(nodes: tuple[Node, ...]) -> dict[str, Any]:
    return {f"{node.name} ({node.own_members})": outline(node.below) for node in nodes}


def tree(committee: Committee, day: date) -> dict[str, Any]:
    """The tree as of a day: names with the members of their own."""
    with scope(committee.engine, committee.tenant_id) as session:
        reach = organisations_in_reach(session, committee.actor(Role.TENANT_ADMIN), day)
        return outline(organisations.tree(session, reach, day))


BEFORE: dict[str, Any] = {
    "Quận nhà (0)": {
        "Phường nhà (0)": {"Chi bộ nhà số 1 (10)": {}, "Chi bộ nhà số 2 (10)": {}, "Chi bộ nhà số 3 (10)": {}}
    }
}
THIRD: dict[str, Any] = {"Chi bộ nhà số 3 (10)": {}}


def ward(*cells: dict[str, Any]) -> dict[str, Any]:
    below: dict[str, Any] = {}
    for one in cells:
        below |= one
    return {"Quận nhà (0)": {"Phường nhà (0)": below}}


def acts(committee: Committee) -> dict[str, tuple[Reform, dict[str, Any]]]:
    """One act of each kind, with the tree it leaves."""
    root, above, first, second = (
        committee.root.id,
        committee.ward.id,
        *(one.id for one in committee.cells[:2]),
    )
    one: dict[str, Any] = {"Chi bộ nhà số 1 (10)": {}}
    two: dict[str, Any] = {"Chi bộ nhà số 2 (10)": {}}
    return {
        "establish": (
            act("establish", founded=(cell(parent=above),)),
            ward(one, two, THIRD, {"Chi bộ mới (0)": {}}),
        ),
        "rename": (
            act("rename", changed=(Changed(organisation_id=first, name="Chi bộ Hồ Tây", code="HT"),)),
            ward({"Chi bộ Hồ Tây (10)": {}}, two, THIRD),
        ),
        "retype": (
            act("retype", changed=(Changed(organisation_id=first, type="grassroots_cell", sector="school"),)),
            BEFORE,
        ),
        "reparent": (
            act("reparent", changed=(Changed(organisation_id=first, parent=root),)),
            {"Quận nhà (0)": {**one, "Phường nhà (0)": two | THIRD}},
        ),
        "merge": (merger(committee), ward({"Chi bộ mới (20)": {}}, THIRD)),
        "split": (division(committee), ward({"Chi bộ A (6)": {}}, {"Chi bộ B (4)": {}}, two, THIRD)),
        "dissolve": (
            act("dissolve", ended=(Ended(organisation_id=second, heirs=(first,)),)),
            ward({"Chi bộ nhà số 1 (20)": {}}, THIRD),
        ),
        "reorganise": (
            act(
                "reorganise",
                founded=(
                    Founded(
                        name="Đảng bộ phường Tây Hồ",
                        code="TH",
                        type="grassroots_committee",
                        sector="residential",
                        parent=None,
                        policy_code="hanoi_longbien",
                    ),
                ),
                ended=(Ended(organisation_id=root), Ended(organisation_id=above, heirs=(-1,))),
            ),
            {"Đảng bộ phường Tây Hồ (0)": one | two | THIRD},
        ),
    }


def fingerprint(committee: Committee) -> dict[str, object]:
    """What every table of the committee says, but for the trail."""
    with scope(committee.engine, committee.tenant_id) as session:
        return {
            table: session.execute(
                text(f"SELECT coalesce(sum(hashtextextended(t::text, 0)), 0)::text FROM {table} t")
            ).scalar_one()
            for table in tenant_tables()
            if table not in ("audit_event", "role_grant")
        } | {"grants": [list(row) for row in session.execute(_GRANTS)]}


_GRANTS = text(
    "SELECT id, account_id, role, organisation_id, member_id, valid_from, valid_to FROM role_grant ORDER BY id"
)


@pytest.mark.parametrize("kind", ORGANISATION_EVENTS)
def test_each_kind_of_act_changes_the_tree_from_its_day_and_taken_back_leaves_everything_as_it_was(
    committee: Committee, registry: Registry, kind: str
) -> None:
    furnish(committee)
    before, (reform, left) = fingerprint(committee), acts(committee)[kind]
    event_id, _ = done(committee, registry, reform)
    assert (tree(committee, EVE), tree(committee, DAY)) == (BEFORE, left)
    assert undone(committee, event_id) == kind
    assert fingerprint(committee) == before
    with scope(committee.engine, committee.tenant_id) as session:
        kept = session.scalars(
            select(AuditEvent.detail).where(AuditEvent.action == "take_back_organisation_event")
        ).one()
    assert (kept["reason"], kept["before"]["kind"]) == ("ghi nhầm", kind)


def furnish(committee: Committee) -> None:
    """Work, fees, guests, pledges and a late grant for the first two cells."""
    first, second, third = committee.cells
    people = [member for member, _ in first.members]
    with scope(committee.engine, committee.tenant_id) as session:
        for title, carriers, finished in (
            ("Xong trước", people[:1], date(2025, 5, 1)),
            ("Xong sau", people[1:2], date(2025, 8, 1)),
            ("Chưa xong", people[:3], None),
            ("Của số đông ở lại", people[3:8], None),
        ):
            task = Task(
                organisation_id=first.id,
                origin="programme",
                title=title,
                due_on=date(2025, 9, 1),
                done_on=finished,
            )
            session.add(task)
            session.flush()
            session.add_all(TaskAssignment(task_id=task.id, member_id=member) for member in carriers)
        for number, answered in (("1-CV", None), ("2-CV", date(2025, 6, 1))):
            session.add(
                Directive(
                    organisation_id=first.id,
                    number=number,
                    subject="Trả lời",
                    due_on=date(2025, 8, 1),
                    answered_on=answered,
                )
            )
        for place, paid in ((0, 0), (1, 5_000), (2, 8_000)):
            session.add(Fee(member_id=people[place], month=date(2025, 3, 1), due=8_000, paid=paid))
        for one in committee.cells[:2]:
            session.add(
                Registration(organisation_id=one.id, year=2025, signed_on=date(2025, 2, one.id % 20 + 1))
            )
        guest, stranger = second.members[9][0], third.members[9][0]
        for member in (guest, stranger):
            session.add_all(
                [
                    Membership(
                        member_id=member,
                        organisation_id=first.id,
                        kind="temporary",
                        valid_from=date(2025, 5, 1),
                    ),
                    MemberState(member_id=member, kind="temporarily_out", valid_from=date(2025, 5, 1)),
                ]
            )
        session.add(Post(organisation_id=second.id, member_id=guest, kind="deputy_secretary", valid_from=EVE))
        session.add(PolicyAssignment(organisation_id=first.id, policy_code="hanoi_longbien", valid_from=EVE))
        session.add(
            RoleGrant(
                account_id=committee.accounts[Role.COMMITTEE],
                role="cell_secretary",
                organisation_id=second.id,
                valid_from=date(2025, 9, 1),
            )
        )


def test_a_merger_takes_what_is_open_along_and_leaves_what_is_over(
    committee: Committee, registry: Registry
) -> None:
    furnish(committee)
    first, second, third = committee.cells
    _, [new] = done(committee, registry, merger(committee))
    guest, stranger = second.members[9][0], third.members[9][0]
    with scope(committee.engine, committee.tenant_id) as session:
        roll = {one.member_id: one.organisation_id for one in on_roll(session, DAY)}
        assert roll == {member: new for one in (first, second) for member, _ in one.members} | {
            member: third.id for member, _ in third.members
        }
        copies = session.scalars(select(Task).where(Task.organisation_id == new).order_by(Task.id)).all()
        open_still = [(task.title, task.due_on, task.done_on, task.received_on) for task in copies]
        handed = session.scalars(
            select(Task.handed_on).where(Task.id.in_([one.continues_id for one in copies]))
        )
        assert set(handed) == {DAY}
        due = date(2025, 9, 1)
        assert open_still == [
            ("Xong sau", due, date(2025, 8, 1), DAY),
            ("Chưa xong", due, None, DAY),
            ("Của số đông ở lại", due, None, DAY),
        ]
        carried = [len(line.carriers) for line in tasks.of_cell(session, new, 2025, DAY)]
        assert sorted(carried) == [1, 3, 5]
        directives = session.execute(
            select(Directive.number, Directive.received_on).where(Directive.organisation_id == new)
        )
        assert [tuple(row) for row in directives] == [("1-CV", DAY)]
        pledge = session.scalars(select(Registration).where(Registration.organisation_id == new)).one()
        assert pledge.signed_on == max(date(2025, 2, one.id % 20 + 1) for one in (first, second))
        guests = session.execute(
            select(
                Membership.member_id, Membership.organisation_id, Membership.valid_from, Membership.valid_to
            )
            .where(Membership.kind == "temporary")
            .order_by(Membership.id)
        ).all()
        opened = date(2025, 5, 1)
        assert [tuple(row) for row in guests] == [
            (guest, first.id, opened, DAY),
            (stranger, first.id, opened, DAY),
            (stranger, new, DAY, None),
        ]
        away = session.execute(
            select(MemberState.member_id, MemberState.valid_to).order_by(MemberState.id)
        ).all()
        assert [tuple(row) for row in away] == [(guest, DAY), (stranger, None)]
        posts = session.execute(select(Post.organisation_id, Post.valid_to).order_by(Post.id)).all()
        assert [tuple(row) for row in posts] == [(first.id, DAY), (second.id, DAY)]
        grants = session.execute(
            select(RoleGrant.role, RoleGrant.valid_to).where(
                RoleGrant.organisation_id.in_([first.id, second.id])
            )
        ).all()
        assert [tuple(row) for row in grants] == [("cell_secretary", DAY)]
        plans = session.execute(
            select(PolicyAssignment.organisation_id, PolicyAssignment.valid_to).where(
                PolicyAssignment.organisation_id != committee.root.id
            )
        ).all()
        assert [tuple(row) for row in plans] == [(first.id, DAY)]


def pledged(session: TenantSession, cell: int, year: int, by: str, signer: int | None = None) -> None:
    """A confirmed pledge with one line."""
    made = Registration(
        organisation_id=cell,
        year=year,
        signed_on=date(2025, 2, 3),
        signed_by_id=signer,
        signed_account_id=7,
        confirmed_on=date(2025, 3, 1),
        confirmed_by=by,
    )
    session.add(made)
    session.flush()
    said = {"content": f"Nội dung {year}", "target": "Đạt", "due": f"Năm {year}", "carrier": "Chi ủy"}
    session.add(PledgeLine(registration_id=made.id, criterion="một", **said))
    session.flush()


def pledges_of(session: TenantSession, cell: int) -> list[tuple[object, ...]]:
    """Year, signer, log-in, who confirmed, and the promises, of each pledge of a cell."""
    rows = session.scalars(
        select(Registration).where(Registration.organisation_id == cell).order_by(Registration.year)
    )
    return [
        (
            row.year,
            row.signed_by_id,
            row.signed_account_id,
            row.confirmed_by,
            session.scalars(select(PledgeLine.content).where(PledgeLine.registration_id == row.id)).all(),
        )
        for row in rows
    ]


def test_a_pledge_goes_on_to_the_word_with_who_takes_over_from_one_cell_alone(
    committee: Committee, registry: Registry
) -> None:
    first, signer = committee.cells[0], committee.cells[0].members[0][0]
    with scope(committee.engine, committee.tenant_id) as session:
        for year in (2025, 2026):
            pledged(session, first.id, year, "Đảng bộ phường", signer)
        own = Registration(member_id=signer, year=2026, signed_on=date(2025, 2, 3))
        session.add(own)
    before = fingerprint(committee)
    follows = Ended(organisation_id=first.id, heirs=(-1,))
    founded = cell(parent=committee.ward.id)
    event, [new] = done(committee, registry, act("merge", founded=(founded,), ended=(follows,)))
    with scope(committee.engine, committee.tenant_id) as session:
        kept = [(year, signer, 7, "Đảng bộ phường", [f"Nội dung {year}"]) for year in (2025, 2026)]
        assert (pledges_of(session, new), pledges_of(session, first.id)) == (kept, kept)
        assert session.scalars(select(Registration.year).where(Registration.member_id == signer)).all() == [
            2026
        ]
    undone(committee, event)
    assert fingerprint(committee) == before


def test_who_takes_over_from_several_is_asked_for_a_pledge_of_its_own(
    committee: Committee, registry: Registry
) -> None:
    first, second, _ = committee.cells
    with scope(committee.engine, committee.tenant_id) as session:
        for one, by in ((first, "Đảng bộ phường"), (second, "Đảng bộ quận")):
            for year in (2025, 2026):
                pledged(session, one.id, year, by)
    _, [new] = done(committee, registry, merger(committee))
    with scope(committee.engine, committee.tenant_id) as session:
        assert pledges_of(session, new) == [(2025, None, None, "Đảng bộ phường; Đảng bộ quận", [])]


def test_a_stored_run_replays_to_the_same_integers_after_work_was_handed_on(
    committee: Committee, registry: Registry
) -> None:
    first, second, _ = committee.cells
    furnish(committee)
    with scope(committee.engine, committee.tenant_id) as session:
        overdue = Task(
            organisation_id=second.id, origin="resolution", title="Quá hạn", due_on=date(2025, 3, 1)
        )
        session.add(overdue)
        session.add(
            Directive(organisation_id=second.id, number="3-CV", subject="Trả lời", due_on=date(2025, 3, 1))
        )
        session.flush()
        session.add(TaskAssignment(task_id=overdue.id, member_id=second.members[4][0]))
    with scope(committee.engine, committee.tenant_id) as session:
        evaluate(session, registry, year=2025, as_of=EVE, by="thử")
    done(committee, registry, into(committee))
    with scope(committee.engine, committee.tenant_id) as session:
        assert [replay(session, registry, header).differing for header in every_run(session)] == [()] * 2
        found = [
            [
                (line.title, line.overdue(day))
                for line in tasks.of_member(session, second.members[4][0], 2025, day)
            ]
            for day in (EVE, DAY)
        ]
        assert found == [[("Quá hạn", True)]] * 2
        counted = {}
        for key in ("task_overdue", "directive_overdue"):
            facts = RecordedFacts(session.connection(), Period(2025, date(2025, 12, 31)), {}, tuple)
            found_by = registry.metrics[Subject.CELL, key].count(facts)
            counted[key] = {
                who: (part, whole) for who, part, whole in found_by if who in (first.id, second.id)
            }
    assert counted == {"task_overdue": {first.id: (3, 5)}, "directive_overdue": {first.id: (2, 3)}}


def test_of_a_division_each_task_goes_with_most_who_carry_it(
    committee: Committee, registry: Registry
) -> None:
    furnish(committee)
    _, founded = done(committee, registry, division(committee))
    with scope(committee.engine, committee.tenant_id) as session:
        titles = {
            place: sorted(line.title for line in tasks.of_cell(session, id_, 2025, DAY))
            for place, id_ in enumerate(founded)
        }
    assert titles == {0: ["Của số đông ở lại"], 1: ["Chưa xong", "Xong sau"]}


def test_members_who_leave_a_cell_that_goes_on_take_only_their_own_work(
    committee: Committee, registry: Registry
) -> None:
    furnish(committee)
    first = committee.cells[0]
    leaving = tuple(member for member, _ in first.members[:2])
    reform = act("split", founded=(cell(parent=committee.ward.id),), moved=(Moved(members=leaving, to=-1),))
    _, [new] = done(committee, registry, reform)
    with scope(committee.engine, committee.tenant_id) as session:
        found = {
            id_: {line.title for line in tasks.of_cell(session, id_, 2025, DAY)} for id_ in (first.id, new)
        }
        assert found == {first.id: {"Xong trước", "Chưa xong", "Của số đông ở lại"}, new: {"Xong sau"}}
        secretary = session.scalars(select(Post).where(Post.member_id == first.members[0][0])).one()
        assert secretary.valid_to == DAY
        [line] = events_of(session, new, DAY)
        assert (line.part, [one.name for one in line.before], line.last) == ("founded", [first.name], True)


def test_what_will_change_is_told_by_number_and_name_and_nothing_is_kept(
    committee: Committee, registry: Registry
) -> None:
    furnish(committee)
    with scope(committee.engine, committee.tenant_id) as session:
        record_meeting(
            session,
            committee.actor(Role.TENANT_ADMIN),
            committee.cells[1].id,
            MeetingEntry(kind="regular", held_on=date(2025, 7, 3), marks={}),
        )
        for place, held_on in ((0, DAY), (0, EVE), (2, DAY)):
            session.add(
                PlannedMeeting(
                    organisation_id=committee.cells[place].id,
                    kind="thematic",
                    held_on=held_on,
                    prepared_by="Bí thư",
                )
            )
    before = fingerprint(committee)
    with scope(committee.engine, committee.tenant_id) as session:
        found = consider(session, registry, committee.actor(Role.TENANT_ADMIN), merger(committee))
    assert found.flows == (
        Flow("Chi bộ nhà số 1", "Chi bộ mới", cells=1, members=10, tasks=3, owing=2, owed=11_000, pledges=1),
        Flow("Chi bộ nhà số 2", "Chi bộ mới", cells=1, members=10, pledges=1),
    )
    assert found.posts == (
        Ending("secretary", "Nguyễn nhà An", "Chi bộ nhà số 1"),
        Ending("deputy_secretary", "Nguyễn nhà Minh", "Chi bộ nhà số 2"),
    )
    assert found.grants == (Ending("cell_secretary", "nhà cell_secretary", "Chi bộ nhà số 1"),)
    assert found.plans == (
        Planned("Chi bộ mới", 1, "hanoi_longbien", "hanoi_tayho"),
        Planned("Chi bộ mới", 1, "hanoi_tayho", "hanoi_tayho"),
    )
    assert (found.small, found.meetings, found.exceptions, found.invitations, found.alike) == (
        (),
        (("Chi bộ nhà số 2", 1),),
        0,
        1,
        (),
    )
    with scope(committee.engine, committee.tenant_id) as session:
        assert session.scalar(select(func.count()).select_from(OrganisationEvent)) == 0
    assert fingerprint(committee) == before


def test_how_a_ward_is_named_and_where_it_stands_is_told_before_and_after(
    committee: Committee, registry: Registry
) -> None:
    first = committee.cells[0].id
    reform = act(
        "reparent", changed=(Changed(organisation_id=first, name="Chi bộ Hồ Tây", parent=committee.root.id),)
    )
    with scope(committee.engine, committee.tenant_id) as session:
        found = consider(session, registry, committee.actor(Role.TENANT_ADMIN), reform)
    assert found.alterations == (
        Alteration("Chi bộ nhà số 1", "name", "Chi bộ nhà số 1", "Chi bộ Hồ Tây"),
        Alteration("Chi bộ nhà số 1", "parent", "Phường nhà", "Quận nhà"),
    )
    assert found.flows == (Flow("Chi bộ nhà số 1", "Quận nhà", cells=1, members=10),)
    assert found.plans == (Planned("Quận nhà", 1, "hanoi_tayho", "hanoi_tayho"),)


def test_a_cell_left_with_fewer_than_three_official_members_is_named(
    committee: Committee, registry: Registry
) -> None:
    leaving = tuple(member for member, _ in committee.cells[0].members[:2])
    reform = act("split", founded=(cell(parent=committee.ward.id),), moved=(Moved(members=leaving, to=-1),))
    with scope(committee.engine, committee.tenant_id) as session:
        found = consider(session, registry, committee.actor(Role.TENANT_ADMIN), reform)
    assert found.small == (("Chi bộ mới", 2),)


SECOND = "Chi bộ nhà số 2"


REFUSED: list[tuple[Callable[[Committee], Reform], set[str]]] = [
        (lambda c: merger(c, day=date(2999, 1, 1)), {"day"}),
        (lambda c: merger(c, document=" ", issued_by="", document_day=None), {"document", "issued_by", "document_day"}),
        (lambda c: merger(c, day=date(2015, 1, 1)), {"day"}),
        (lambda c: act("establish", founded=(cell("", "", parent=c.ward.id),)), {"name-1", "code-1"}),
        (lambda c: act("establish", founded=(cell(parent=c.ward.id, type="hội", sector="x"),)), {"type-1", "sector-1"}),
        (lambda c: act("establish", founded=(cell(parent=c.ward.id, policy_code="không có"),)), {"plan-1"}),
        (lambda c: act("establish", founded=(cell(SECOND, parent=c.ward.id),)), {"name-1"}),
        (lambda c: act("establish", founded=(cell(code="C2", parent=c.ward.id),)), {"code-1"}),
        (lambda c: act("establish", founded=(cell(parent=c.cells[0].id),)), {"parent-1"}),
        (lambda c: act("rename", changed=(Changed(organisation_id=c.cells[0].id, name=SECOND),)), {"name-1"}),
        (lambda c: act("reparent", changed=(Changed(organisation_id=c.ward.id, parent=c.cells[0].id),)), {"parent-1"}),
        (lambda c: act("retype", changed=(Changed(organisation_id=c.ward.id, type="subordinate_cell"),)), {"type-1"}),
        (lambda c: act("retype", changed=(Changed(organisation_id=c.cells[0].id, type="sub_committee"),)), {"type-1"}),
        (lambda c: act("dissolve", ended=(Ended(organisation_id=c.cells[0].id),)), {"heir"}),
        (
            lambda c: act(
                "split",
                founded=(cell(parent=c.ward.id),),
                ended=(Ended(organisation_id=c.cells[0].id, heirs=(-1,)),),
                moved=(Moved(members=(1_000_000,), to=-1),),
            ),
            {"members"},
        ),
]  # fmt: skip


def test_what_does_not_fit_is_refused_at_its_field_and_nothing_is_written(
    committee: Committee, registry: Registry
) -> None:
    before = fingerprint(committee)
    found = [set(refusal(committee, registry, make(committee))) for make, _ in REFUSED]
    assert found == [errors for _, errors in REFUSED]
    assert fingerprint(committee) == before


def test_a_ward_cannot_stand_below_one_of_its_own(committee: Committee, registry: Registry) -> None:
    reform = act("reparent", changed=(Changed(organisation_id=committee.root.id, parent=committee.ward.id),))
    said = "Tổ chức không thể trực thuộc chính nó hoặc nơi ở dưới nó."
    assert refusal(committee, registry, reform) == {"parent-1": said}


@pytest.mark.parametrize("what", ["member", "post", "organisation"])
def test_what_began_on_the_day_or_later_hinders_an_end(
    committee: Committee, registry: Registry, what: str
) -> None:
    first, second, _ = committee.cells
    with scope(committee.engine, committee.tenant_id) as session:
        if what == "member":
            row = session.scalars(
                select(Membership).where(Membership.member_id == second.members[0][0])
            ).one()
            row.valid_from = DAY
        elif what == "post":
            session.add(
                Post(
                    organisation_id=second.id,
                    member_id=first.members[0][0],
                    kind="assigned_superior",
                    valid_from=DAY,
                )
            )
    if what == "organisation":
        done(
            committee,
            registry,
            replace(act("establish", founded=(cell(parent=committee.ward.id),)), day=date(2025, 8, 1)),
        )
        reform = act(
            "dissolve", ended=(Ended(organisation_id=committee.ward.id, heirs=(committee.root.id,)),)
        )
    else:
        reform = into(committee)
    assert set(refusal(committee, registry, reform)) == {"day"}


def test_only_the_admin_reorganises_and_only_what_is_the_committees_own(
    committee: Committee, registry: Registry, engine: Engine, unique: str
) -> None:
    with pytest.raises(NotAllowed):
        done(committee, registry, merger(committee), Role.COMMITTEE)
    other = make_committee(engine, f"{unique}-la", "lạ")
    for reform in (
        act("rename", changed=(Changed(organisation_id=other.cells[0].id, name="Chi bộ khác"),)),
        act("establish", founded=(cell(parent=other.ward.id),)),
        act("dissolve", ended=(Ended(organisation_id=committee.cells[0].id, heirs=(other.cells[0].id,)),)),
    ):
        with pytest.raises(NotFound):
            done(committee, registry, reform)


def test_an_act_on_what_somebody_changed_meanwhile_is_stale(committee: Committee, registry: Registry) -> None:
    reform = act("establish", founded=(cell(parent=committee.ward.id),))
    done(committee, registry, reform)
    with pytest.raises(Stale), scope(committee.engine, committee.tenant_id) as session:
        record(session, registry, committee.actor(Role.TENANT_ADMIN), merger(committee), 0)


def test_no_act_happens_while_somebody_writes_who_belongs_where(
    committee: Committee, registry: Registry
) -> None:
    with scope(committee.engine, committee.tenant_id) as writing:
        hold_still(writing)
        with scope(committee.engine, committee.tenant_id) as session:
            session.execute(text("SET LOCAL lock_timeout TO '50ms'"))
            actor = committee.actor(Role.TENANT_ADMIN)
            with pytest.raises(OperationalError):
                record(session, registry, actor, merger(committee), 0)
            session.rollback()
    done(committee, registry, merger(committee))


def test_an_act_is_taken_back_only_while_nothing_came_after(committee: Committee, registry: Registry) -> None:
    first_act, [new] = done(committee, registry, merger(committee))
    second_act, _ = done(
        committee,
        registry,
        replace(
            act("rename", changed=(Changed(organisation_id=new, name="Chi bộ Hồ Tây"),)), day=date(2025, 8, 1)
        ),
    )
    received, _ = done(
        committee,
        registry,
        replace(
            act("merge", ended=(Ended(organisation_id=committee.cells[2].id, heirs=(new,)),)),
            day=date(2025, 9, 1),
        ),
    )
    with pytest.raises(
        InvalidInput
    ):  # what it wrote stands as it was left; the cell has taken over another since
        undone(committee, second_act)
    undone(committee, received)
    for act_id, reason in ((first_act, "ghi nhầm"), (second_act, " ")):
        with pytest.raises(InvalidInput) as raised:
            undone(committee, act_id, reason)
        assert set(raised.value.errors) == {"reason"}
    undone(committee, second_act)
    with scope(committee.engine, committee.tenant_id) as session:
        record_meeting(
            session,
            committee.actor(Role.TENANT_ADMIN),
            new,
            MeetingEntry(kind="regular", held_on=date(2025, 7, 3), marks={}),
        )
    with pytest.raises(InvalidInput):
        undone(committee, first_act)


def test_an_act_is_not_taken_back_over_rows_changed_since(committee: Committee, registry: Registry) -> None:
    act_id, [new] = done(committee, registry, merger(committee))
    with scope(committee.engine, committee.tenant_id) as session:
        row = session.scalars(select(Membership).where(Membership.organisation_id == new).limit(1)).one()
        row.valid_to = date(2025, 9, 1)
    with pytest.raises(InvalidInput):
        undone(committee, act_id)
    assert tree(committee, DAY) == ward({"Chi bộ mới (20)": {}}, THIRD)


def test_every_act_has_the_whole_year_judged_again(committee: Committee, registry: Registry) -> None:
    with scope(committee.engine, committee.tenant_id) as session:
        event_id, _ = record(session, registry, committee.actor(Role.TENANT_ADMIN), merger(committee), 0)
        assert changed(session)
    with scope(committee.engine, committee.tenant_id) as session:
        take_back_event(session, committee.actor(Role.TENANT_ADMIN), event_id, event_id, "ghi nhầm")
        assert changed(session)


def test_a_wards_committee_keeps_sight_of_what_its_cells_came_from(
    committee: Committee, registry: Registry
) -> None:
    _, [new] = done(committee, registry, merger(committee))
    first, second, third = (one.id for one in committee.cells)
    with scope(committee.engine, committee.tenant_id) as session:
        reach = organisations_in_reach(session, committee.actor(Role.COMMITTEE), date(2025, 8, 1))
        assert reach == {committee.ward.id, first, second, third, new}
        [line] = events_of(session, new, DAY)
        named = [one.name for one in line.before]
        assert (line.kind, line.document, named) == ("merge", WORDS, [committee.cells[0].name, SECOND])
        [line] = events_of(session, first, DAY)
        assert (line.part, [one.name for one in line.after]) == ("ended", ["Chi bộ mới"])
        assert events_of(session, first, EVE) == []


def test_a_wards_committee_keeps_sight_of_what_ended_in_it_also_where_the_heir_is_elsewhere(
    committee: Committee, registry: Registry
) -> None:
    beside = cell("Phường bên", "PB", type="grassroots_committee", parent=committee.root.id)
    _, [other] = done(committee, registry, act("establish", founded=(beside,)))
    reform = merger(committee)
    _, [new] = done(committee, registry, replace(reform, founded=(cell(parent=other),)))
    first, second, third = (one.id for one in committee.cells)
    with scope(committee.engine, committee.tenant_id) as session:
        reach = organisations_in_reach(session, committee.actor(Role.COMMITTEE), DAY)
        assert reach == {committee.ward.id, first, second, third}
        heirs = Actor(account_id=1, name="", role=Role.COMMITTEE, organisation_id=other)
        assert organisations_in_reach(session, heirs, DAY) == {other, new, first, second}
        above = [name for _, _, name in organisations.superiors(session, first, DAY)]
        assert above == [committee.root.name, committee.ward.name]
        assert [name for *_, name in organisations.superiors(session, new, DAY)][-1] == "Phường bên"


def asked(committee: Committee, registry: Registry, reform: Reform) -> int:
    """How many statements it takes to see and then to record an act."""
    with heard(committee.engine) as sent:
        with scope(committee.engine, committee.tenant_id) as session:
            consider(session, registry, committee.actor(Role.TENANT_ADMIN), reform)
        done(committee, registry, reform)
    return len(sent)


def test_an_act_asks_as_often_for_many_cells_and_members_as_for_few(
    engine: Engine, unique: str, registry: Registry
) -> None:
    counts = []
    for number, (cells, members) in enumerate(((2, 4), (9, 25))):
        committee = make_committee(engine, f"{unique}-{number}", "nhà", cells=cells, members=members)
        with scope(engine, committee.tenant_id) as session:
            for one in committee.cells:
                task = Task(organisation_id=one.id, origin="programme", title="Việc", due_on=DAY)
                session.add(task)
                session.flush()
                session.add(TaskAssignment(task_id=task.id, member_id=one.members[0][0]))
        ended = tuple(Ended(organisation_id=one.id, heirs=(-1,)) for one in committee.cells)
        reform = act("merge", founded=(cell(parent=committee.ward.id),), ended=ended)
        counts.append(asked(committee, registry, reform))
    assert counts[0] == counts[1]
    assert counts[0] <= 130


@settings(max_examples=6, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(data=st.data())
def test_whatever_happens_nobody_is_lost_the_past_stands_and_all_can_be_taken_back(
    engine: Engine, registry: Registry, data: st.DataObject
) -> None:
    """Acts drawn one after another, each a month later, then taken back the last first."""
    committee = make_committee(engine, f"dien-{next(_NUMBERS)}", "nhà", cells=3, members=4)
    days = [date(2024, month, 1) for month in range(1, data.draw(st.integers(1, 4)) + 1)]
    stands, prints, done_acts = [tree(committee, FIRST_EVE)], [], []
    for number, day in enumerate(days):
        reform = drawn_act(committee, data, number, day)
        prints.append(fingerprint(committee))
        try:
            done_acts.append(done(committee, registry, reform)[0])
        except InvalidInput:
            assert fingerprint(committee) == prints.pop()
            continue
        with scope(committee.engine, committee.tenant_id) as session:
            assert len(on_roll(session, day)) == 12
        stands.append(tree(committee, day))
        assert tree(committee, FIRST_EVE) == stands[0]
    for act_id in reversed(done_acts):
        undone(committee, act_id)
        assert fingerprint(committee) == prints.pop()


FIRST_EVE = date(2023, 12, 31)
_NUMBERS = count(1)


def drawn_act(committee: Committee, data: st.DataObject, number: int, day: date) -> Reform:
    """An act of any kind on the organisations there are on the day."""
    with scope(committee.engine, committee.tenant_id) as session:
        alive = living(session, day)
    cells = sorted(id_ for id_, unit in alive.items() if unit.is_cell)
    one, other = (data.draw(st.sampled_from(cells)) for _ in range(2))
    new = cell(f"Chi bộ {number}", f"N{number}", parent=committee.ward.id)
    with scope(committee.engine, committee.tenant_id) as session:
        people = [person.member_id for person in on_roll(session, day, [one])]
    moving = tuple(people[: data.draw(st.integers(0, len(people)))])
    kinds: dict[str, dict[str, Any]] = {
        "establish": {"founded": (new,)},
        "rename": {"changed": (Changed(organisation_id=one, name=f"Chi bộ tên {number}"),)},
        "reparent": {"changed": (Changed(organisation_id=one, parent=committee.root.id),)},
        "merge": {
            "founded": (new,),
            "ended": tuple(Ended(organisation_id=id_, heirs=(-1,)) for id_ in {one, other}),
        },
        "dissolve": {"ended": (Ended(organisation_id=one, heirs=(other,)),)},
        "split": {"founded": (new,), "moved": (Moved(members=moving, to=-1),) if moving else ()},
    }
    kind = data.draw(st.sampled_from(sorted(kinds)))
    return replace(act(kind, **kinds[kind]), day=day)
