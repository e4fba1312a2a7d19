"""Every route, asked rightly and then with the other committee's identifiers in every place one can stand."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from dataclasses import replace
from datetime import date, timedelta
from typing import Any
from urllib.parse import quote
from uuid import UUID

import pytest
from flask import Flask, request
from flask.testing import FlaskClient
from sqlalchemy import create_engine, func, select, text, update
from werkzeug.test import TestResponse

from bontot.access import Permission, Role, Scope
from bontot.clock import today
from bontot.db.models import (
    Directive,
    Fee,
    FeeRelief,
    FrameAdoption,
    Job,
    Letter,
    OrganisationEvent,
    Outbox,
    PilotSelection,
    PolicyAssignment,
    RecognitionCase,
    Registration,
    RoleGrant,
    Task,
    TaskAssignment,
    ThresholdOverride,
)
from bontot.db.models.meeting import PRESENT
from bontot.db.tenancy import TenantSession, scope, tenant_tables
from bontot.documents.issuing import issue
from bontot.documents.kinds import Asked as AskedPaper
from bontot.documents.kinds import kind_of
from bontot.evaluation.plain import to_plain
from bontot.evaluation.whole import evaluate
from bontot.imports.batch import preview
from bontot.jobs.outbox import enqueue
from bontot.policy.recognition import SECRET, Ballot
from bontot.policy.terms import Act, Outcome, Subject
from bontot.registry import Registry
from bontot.services.accounts import grant_role
from bontot.services.directives import Answer, answer
from bontot.services.feeds import feeds_of, open_feed
from bontot.services.meetings import Mark, MeetingEntry, record_meeting
from bontot.services.month_orders import Order, give
from bontot.services.own_days_off import OwnDay, days_of, enter
from bontot.services.people.events import Entry
from bontot.services.people.recording import record
from bontot.services.planning import Plan, prepare
from bontot.services.proceedings.amending import put
from bontot.services.proceedings.entries import Guest, Item, Opinion, ResolutionText
from bontot.services.proceedings.handing_over import close, submit
from bontot.services.proceedings.reading import GUESTS, ITEMS, OPINIONS, RESOLUTION
from bontot.services.recognition.acts import take
from bontot.services.recognition.decisions import Document
from bontot.services.recognition.taking import Taking
from bontot.services.recognition.titles import titles_of
from bontot.services.reorganising.acts import Changed, Reform
from bontot.services.reorganising.recording import record as reorganise
from bontot.services.reorganising.recording import version_of as last_act
from bontot.services.tokens import SCOPES, tokens_of
from bontot.services.tokens import issue as issue_token
from bontot.services.trials import Asked, NamedChange, PlanAsked, Side, Trial, ValueAsked
from bontot.settings import Settings
from bontot.web import create_app
from bontot.web.database import db
from bontot.web.routing import RouteUndeclared, check_routes, declare, route_table
from tests.factories import Committee, make_committee, operator_client
from tests.isolation.golden import GOLDEN
from tests.isolation.golden.around import a_workbook
from tests.isolation.golden.asking import AHEAD, Golden, World

DECOY = "KHÔNG-ĐƯỢC-THẤY"


def world_of(committee: Committee, policy: str) -> World:
    """The public names of one record of each kind; the plan's deadline is decided by the committee."""
    with scope(committee.engine, committee.tenant_id) as session:
        grant = session.scalar(select(RoleGrant.id).where(RoleGrant.role == Role.TENANT_ADMIN))
        spare = grant_role(
            session,
            committee.accounts[Role.COMMITTEE],
            Role.COMMITTEE,
            organisation_id=committee.ward.id,
            valid_from=date(2023, 1, 1),
        ).id
        meeting, mistaken, scored = (
            record_meeting(
                session,
                committee.actor(Role.CELL_SECRETARY),
                committee.cells[0].id,
                MeetingEntry(kind="regular", held_on=day, marks={}, place=committee.root.name),
            ).public_id
            for day in (date(2024, 3, 30), date(2024, 4, 3), date(2026, 1, 5))
        )
        proceedings = proceedings_of(session, committee) | work_of(session, committee)
        session.add(
            FrameAdoption(
                policy_code="national_meetings_2025",
                valid_from=date(2023, 1, 1),
                document=committee.root.name,
                entered_by=committee.root.name,
            )
        )
        name, plans = f"{committee.root.name}.xlsx", Registry(policies={}, metrics={}, formats={})
        previewed = [
            preview(session, a_workbook(code), name, by=committee.root.name, registry=plans)
            for code in ("C8", "C9", "C10")
        ]
        batch, unwanted, unnamed = (str(one.public_id) for one in previewed)
        session.add(
            ThresholdOverride(
                policy_code=policy,
                key="meeting.deadline",
                value="6",
                valid_from=date(2024, 1, 1),
                document=committee.root.name,
                entered_by=committee.root.name,
            )
        )
        [run] = evaluate(
            session, Registry.load(), year=2023, as_of=date(2023, 12, 31), by=committee.root.name
        )
        moved = [
            record(
                session,
                committee.actor(Role.TENANT_ADMIN),
                committee.cells[0].members[place][0],
                Entry(
                    kind="official_transfer",
                    day=date(2026, 3, 1),
                    organisation_id=committee.cells[1].id,
                    document=committee.root.name,
                    document_day=date(2026, 2, 20),
                ),
                0,
            )
            for place in (7, 8)
        ]
        acts = [
            reorganise(
                session,
                Registry.load(),
                committee.actor(Role.TENANT_ADMIN),
                Reform(
                    kind="rename",
                    day=date(2026, 3, 2),
                    document=committee.root.name,
                    document_day=date(2026, 2, 20),
                    issued_by=committee.root.name,
                    changed=(Changed(organisation_id=place.id, name=f"{place.name} mới"),),
                ),
                last_act(session),
            )[0]
            for place in (committee.cells[1], committee.ward)
        ]
        secret = open_feed(session, committee.actor(Role.TENANT_ADMIN), committee.cells[0].id)
        token = a_token(session, committee)
        before = before_a_meeting(session, committee)
        relief = a_relief(session, committee)
        begin_a_year(session, committee)
        granted = [granted_title(session, committee, place) for place in (0, 1)]
        job = Job(kind="evaluation", arguments={"year": 2023}, requested_by=committee.root.name, state="done")
        session.add(job)
        to_stop, to_repeat, to_begin, to_leave = (
            enqueue(session, "reminders", {"day": "2026-01-01", "by_mail": False}, committee.root.name)
            for _ in range(4)
        )
        session.execute(update(Outbox).where(Outbox.id == to_repeat.outbox_id).values(failed_at=func.now()))
        trials = {name: a_trial(session, committee, asked) for name, asked in trials_of(policy)}
        session.flush()
        job_id = job.public_id
        named = [session.get_one(OrganisationEvent, (committee.tenant_id, one)).public_id for one in acts]
    return World(
        committee,
        {
            "tenant": committee.code,
            "grant": str(grant),
            "spare_grant": str(spare),
            "organisation": str(committee.ward.public_id),
            "cell": str(committee.cells[0].public_id),
            "other cell": str(committee.cells[1].public_id),
            "member": str(committee.cells[0].members[0][1]),
            "member to move": str(committee.cells[0].members[6][1]),
            "member to correct": str(committee.cells[0].members[7][1]),
            "member to restore": str(committee.cells[0].members[8][1]),
            "act": str(named[0]),
            "act to undo": str(named[1]),
            "meeting": str(meeting),
            "meeting to withdraw": str(mistaken),
            "scored meeting": str(scored),
            "policy": policy,
            "batch": batch,
            "batch to discard": unwanted,
            "batch to name": unnamed,
            "run": str(run.public_id),
            "job": str(job_id),
            "job to stop": str(to_stop.public_id),
            "job to repeat": str(to_repeat.public_id),
            "work to begin again": str(to_begin.outbox_id),
            "work to leave": str(to_leave.outbox_id),
            "relief": relief,
            "dossier": str(granted[0][0]),
            "dossier to revoke": str(granted[1][0]),
            **trials,
            **for_programs(committee),
            **before,
            **proceedings,
        },
        {
            "member to correct": str(moved[0]),
            "member to restore": str(moved[1]),
            "dossier": str(granted[0][1]),
            "dossier to revoke": str(granted[1][1]),
        },
        secret,
        token,
    )


def a_token(session: TenantSession, committee: Committee) -> str:
    """An access token given for everything; and another, to be revoked."""
    secrets = [
        issue_token(
            session,
            committee.actor(Role.TENANT_ADMIN),
            name=committee.root.name,
            role=Role.TENANT_ADMIN,
            organisation_id=None,
            scopes=SCOPES,
            days=30,
        )
        for _ in range(2)
    ]
    return secrets[0]


def for_programs(committee: Committee) -> dict[str, str]:
    """The names of what programs alone correct here: a meeting, a task of it, a member; and a token to revoke."""
    with scope(committee.engine, committee.tenant_id) as session:
        cell = committee.cells[1]
        entry = MeetingEntry(kind="regular", held_on=date(2024, 5, 3), marks={}, place=committee.root.name)
        meeting = record_meeting(session, committee.actor(Role.TENANT_ADMIN), cell.id, entry)
        task = Task(
            organisation_id=cell.id,
            origin="initiative",
            title=committee.root.name,
            due_on=date(2024, 6, 30),
        )
        session.add(task)
        session.flush()
        return {
            "meeting of a program": str(meeting.public_id),
            "task of a program": str(task.public_id),
            "member of a program": str(cell.members[9][1]),
            "token": str(tokens_of(session, committee.today)[-1].public_id),
        }


def before_a_meeting(session: TenantSession, committee: Committee) -> dict[str, str]:
    """The names of what is prepared and sent before a meeting: two invitations, a calendar to end, a letter; and two
    months moved by order."""
    admin, cell = committee.actor(Role.TENANT_ADMIN), committee.cells[0].id
    planned, unwanted = (
        prepare(
            session,
            admin,
            cell,
            Plan(kind="extraordinary", held_on=AHEAD - timedelta(days=ago), place=committee.root.name),
        ).public_id
        for ago in (10, 11)
    )
    for month in (date(2024, 6, 1), date(2024, 7, 1)):
        give(
            session,
            committee.actor(Role.COMMITTEE),
            committee.ward.id,
            Order(month=month, waived=True, document=committee.root.name),
            0,
            committee.root.name,
        )
    open_feed(session, admin, cell)
    for ahead in (0, 1):
        enter(
            session,
            admin,
            OwnDay(
                day=AHEAD + timedelta(days=ahead),
                kind="swapped_off",
                name=committee.root.name,
                source=committee.root.name,
                organisation_id=cell,
            ),
        )
    shown, unwanted_day = (
        line.public_id
        for year in sorted({AHEAD.year, (AHEAD + timedelta(days=1)).year})
        for line in days_of(session, year)
    )
    letter = Letter(
        account_id=admin.account_id,
        day=date(2024, 6, 1),
        address="ai@vi-du.vn",
        subject=committee.root.name,
        body=committee.root.name,
        state="failed",
        problem=committee.root.name,
    )
    session.add(letter)
    session.flush()
    return {
        "planned": str(planned),
        "planned to withdraw": str(unwanted),
        "own day": str(shown),
        "own day to take back": str(unwanted_day),
        **issued_papers(session, committee, str(planned)),
        "feed": str(feeds_of(session, admin.account_id, date(2024, 6, 1))[-1].public_id),
        "letter": str(letter.public_id),
    }


def issued_papers(session: TenantSession, committee: Committee, planned: str) -> dict[str, str]:
    """The names of two papers of the first cell that were issued."""
    asked = AskedPaper(
        session=session,
        registry=Registry.load(),
        actor=committee.actor(Role.TENANT_ADMIN),
        reach=frozenset({committee.cells[0].id}),
        today=today(session),
        organisation_id=committee.cells[0].id,
        of=planned,
    )
    kind = kind_of("chuong-trinh")
    first, second = (issue(asked, kind, number=None, day=asked.today, version=done) for done in (0, 1))
    return {"issued paper": str(first.public_id), "issued paper to cancel": str(second.public_id)}


def proceedings_of(session: TenantSession, committee: Committee) -> dict[str, str]:
    """Meetings of the first cell, written in parts and on their way to the superior, by what is done with each."""
    secretary, cell = committee.actor(Role.CELL_SECRETARY), committee.cells[0]
    found, name = {}, committee.root.name
    chair, writer, speaker = (member_id for member_id, _ in cell.members[:3])
    for day, kind in enumerate(
        ("meeting in parts", "meeting after", "meeting to close", "meeting to send", "meeting to answer"), 1
    ):
        held_on = date(2026, 2, day)
        said = MeetingEntry(
            kind="regular", held_on=held_on, marks={who: Mark(PRESENT) for who in (chair, speaker)}
        )
        meeting = record_meeting(session, secretary, cell.id, said)
        meeting.chair_id, meeting.minute_taker_id = chair, writer
        found[kind] = str(meeting.public_id)
        if kind == "meeting in parts":
            put(session, secretary, meeting.id, GUESTS, Guest(name=name))
            opinion = Opinion(member_id=speaker, summary=name)
            put(session, secretary, meeting.id, OPINIONS, opinion)
            put(session, secretary, meeting.id, RESOLUTION, ResolutionText(subject=name))
            item = Item(title=name, due_on=date(2026, 2, 28), carriers=frozenset({speaker}))
            number = put(session, secretary, meeting.id, ITEMS, item)
            found |= {
                "item": str(number),
                "carrier": str(cell.members[2][1]),
                "task": str(session.get_one(Task, (session.tenant_id, number)).public_id),
            }
        if kind in ("meeting to send", "meeting to answer"):
            close(session, secretary, meeting.id, meeting.version)
        if kind == "meeting to answer":
            submit(session, secretary, meeting.id, meeting.version)
    return found


def work_of(session: TenantSession, committee: Committee) -> dict[str, str]:
    """A task the second member carries, and two superiors' documents to the first cell, one of them answered."""
    cell, name = committee.cells[0], committee.root.name
    task = Task(organisation_id=cell.id, origin="initiative", title=name, due_on=date(2026, 2, 28))
    asked, answered = (
        Directive(organisation_id=cell.id, number=name, subject=name, due_on=date(2026, 2, day))
        for day in (20, 21)
    )
    session.add_all([task, asked, answered])
    session.flush()
    session.add(TaskAssignment(task_id=task.id, member_id=cell.members[1][0]))
    said = Answer(answered_on=date(2026, 2, 20), result=name)
    answer(session, committee.actor(Role.CELL_SECRETARY), answered.id, 1, said)
    return {
        "own task": str(task.public_id),
        "carrier": str(cell.members[1][1]),
        "directive": str(asked.public_id),
        "directive answered": str(answered.public_id),
    }


def a_relief(session: TenantSession, committee: Committee) -> str:
    """The public id of half a year's reduction of the first member, who also owes for September 2026."""
    member = committee.cells[0].members[0][0]
    session.add(Fee(member_id=member, month=date(2026, 9, 1), due=20_000, paid=0))
    relief = FeeRelief(
        member_id=member,
        percent=50,
        valid_from=date(2026, 4, 1),
        valid_to=date(2026, 10, 1),
        document=committee.root.name,
        entered_by=committee.root.name,
    )
    session.add(relief)
    session.flush()
    return str(relief.public_id)


def begin_a_year(session: TenantSession, committee: Committee) -> None:
    """The first cell and its first member pledged for 2025; a pilot, which governs the second cell, chose the first."""
    (cell, other), member = committee.cells, committee.cells[0].members[0][0]
    signed = {"year": 2025, "signed_on": date(2025, 1, 5)}
    session.add_all(
        [
            Registration(organisation_id=cell.id, **signed),
            Registration(member_id=member, **signed),
            PolicyAssignment(
                organisation_id=other.id, policy_code="provincial_pilot", valid_from=date(2025, 1, 1)
            ),
            PilotSelection(
                organisation_id=cell.id,
                policy_code="provincial_pilot",
                selected_on=date(2024, 4, 20),
                selected_by=committee.root.name,
            ),
        ]
    )


def granted_title(session: TenantSession, committee: Committee, place: int) -> tuple[UUID, int]:
    """The dossier of a cell that was granted its title by the plan's own steps, everybody voting for it: its public id
    and version."""
    subject, name = committee.cells[place].id, committee.root.name
    actor, registry = committee.actor(Role.TENANT_ADMIN), Registry.load()
    ballot = Ballot(method=SECRET, entitled=10, present=10, issued=10, returned=10, valid=10, invalid=0)
    [title] = [
        one
        for one in titles_of(session, registry, 2023, date(2023, 12, 31))
        if one.scheme.subject is Subject.CELL
    ]
    for term in title.steps:
        entry = Taking(
            step=term.key,
            done_on=date(2023, 12, 1),
            subjects=[subject],
            ballot=ballot if term.does(Act.BALLOT) else None,
            votes={subject: 10},
            document=Document(number=name, issuer=name, signer=name) if term.does(Act.DECISION) else None,
            exception=name,
        )
        take(session, actor, title, entry)
        if term.does(Act.DECISION):
            break
    case = session.scalars(select(RecognitionCase).where(RecognitionCase.organisation_id == subject)).one()
    return case.public_id, case.version


def trials_of(policy: str) -> list[tuple[str, Asked]]:
    """A value tried, a return to the plan, and two plans compared."""
    day = date(2024, 4, 1)
    tried = ValueAsked(policy_code=policy, key="meeting.deadline", value="5", valid_from=day, day=day)
    return [
        ("trial", tried),
        ("trial of a return", replace(tried, value=None)),
        ("comparison", PlanAsked(policy_code=policy, other="provincial_pilot", year=2024, day=day)),
    ]


def a_trial(session: TenantSession, committee: Committee, asked: Asked) -> str:
    """The public id of that trial, made in the background: it found that the committee's first member changes the title."""
    _, public_id = committee.cells[0].members[0]
    change = NamedChange(
        public_id=public_id,
        name=committee.root.name,
        cell=committee.cells[0].name,
        above=committee.ward.name,
        before=Outcome.MET,
        after=None,
        criteria=(),
    )
    side = Side(
        subject=Subject.MEMBER,
        title=None,
        both=True,
        judged=1,
        turns=((Outcome.MET, None, 1),),
        flips=1,
        touched=0,
        changes=(change,),
    )
    trial = Trial(year=2024, as_of=date(2024, 4, 1), since=date(2024, 4, 1), sides=(side,))
    job = Job(
        kind="trial",
        arguments={
            "plan" if isinstance(asked, PlanAsked) else "value": to_plain(asked),
            "digests": [],
            "typed": {"value": getattr(asked, "value", "") or "", "document": committee.root.name},
        },
        requested_by=committee.root.name,
        state="done",
        result={"trial": to_plain(trial), "trail": {"before": 0, "changes": 0}},
    )
    session.add(job)
    session.flush()
    return str(job.public_id)


@pytest.fixture(scope="module")
def worlds(settings: Settings, worker_id: str) -> Iterator[tuple[World, World]]:
    """One's own committee and the decoy."""
    engine = create_engine(settings.database_url)

    def make(code: str, marker: str, policy: str) -> World:
        return world_of(make_committee(engine, f"{code}-{worker_id}", marker, policy=policy), policy)

    yield make("nha", "của nhà", "hanoi_tayho"), make("moi", DECOY, "hanoi_longbien")
    engine.dispose()


def routes(app: Flask) -> list[tuple[str, str]]:
    """Every `(endpoint, method)` that a browser can ask."""
    return sorted(
        {
            (rule.endpoint, method)
            for rule, _ in route_table(app)
            for method in (rule.methods or set()) - {"HEAD", "OPTIONS"}
        }
    )


def ask(app: Flask, world: World, golden: Golden, endpoint: str) -> TestResponse:
    """Sends the golden request as its role in `world`'s committee, a program's with its token."""
    of_program = endpoint.startswith("api.")
    client = app.test_client() if of_program else browser(app, world, golden)
    token = {"Authorization": f"Bearer {world.token}"} if of_program and golden.role else {}
    with app.test_request_context():
        address = app.url_for(endpoint, _external=False, **golden.args)
    content = {"data": golden.form or None} if golden.json is None else {"json": golden.json}
    return client.open(
        address,
        method=golden.method,
        query_string=golden.query,
        headers={**golden.headers, **token},
        **content,
    )


def browser(app: Flask, world: World, golden: Golden) -> FlaskClient:
    if golden.role is None:
        return app.test_client()
    if golden.role is Role.OPERATOR:
        return operator_client(app, world.committee.engine)
    return world.committee.client(app, golden.role)


NUMBERED = {"number": {"grant", "spare_grant"}, "row": {"item"}}
"""What the numbers in addresses count, by their names there."""


def delivered(response: TestResponse) -> bytes:
    """Every byte a browser receives, status line and headers included; the response is closed."""
    with response:
        return f"{response.status}\n{response.headers}\n".encode() + response.get_data()


def holds(delivery: bytes, marker: str) -> bool:
    """Whether the marker is there, as it is or as JSON or an address would write it."""
    shapes = (marker, json.dumps(marker).strip('"'), quote(marker))
    return any(shape.encode() in delivery for shape in shapes)


def with_foreign_identifiers(golden: Golden, own: World, decoy: World) -> Iterator[tuple[str, Golden]]:
    """The request once for every place and identifier, the decoy's put in place of one's own."""
    for part in ("args", "query", "form"):
        values: dict[str, str] = getattr(golden, part)
        for name, value in values.items():
            for kind, identifier in own.identifiers.items():
                foreign = decoy[kind]
                figure = str(value).isdigit()  # which may stand for anything
                named = name == kind or not figure or (part == "args" and kind in NUMBERED.get(name, ()))
                within = identifier in name and not identifier.isdigit()
                if within or (identifier == value and named):
                    swapped = {
                        key.replace(identifier, foreign) if key == name else key: foreign
                        if key == name and given == identifier
                        else given
                        for key, given in values.items()
                    }
                    swap: dict[str, Any] = {part: swapped}
                    yield f"{part}.{name}", replace(golden, **swap)
    sent = json.dumps(golden.json)
    for kind, identifier in own.identifiers.items():
        if f'"{identifier}"' in sent:
            yield f"json.{kind}", replace(golden, json=json.loads(sent.replace(identifier, decoy[kind])))


def fingerprint(world: World) -> dict[str, int]:
    """How many rows each tenant table holds and what they say, as one number a table."""
    with scope(world.committee.engine, world.committee.tenant_id) as session:
        return {
            table: session.execute(
                text(f"SELECT coalesce(sum(hashtextextended(t::text, 0)), 0)::text FROM {table} t")
            ).scalar_one()
            for table in tenant_tables()
        }


TRIED_ELSEWHERE = {
    "POST account.choose form.grant",
    "POST account.choose form.tenant",
    "GET own_value.set_own query.viec",
    "GET own_value.withdraw query.viec",
    "GET plan.compare query.viec",
    "POST grant.index form.organisation",
    "POST grant.another form.organisation",
    "POST people.record form.organisation",
    "POST people.correct form.organisation",
    "POST reorganising.record form.others",
    "POST reform.record form.to-member",
    "GET schedule.index query.noi",
    "GET meeting.record query.moi",
    "POST day_off.add form.organisation",
    "POST feed.index form.what",
    "GET recognition.step query.noi",
    "POST recognition.step query.noi",
    "POST recognition.step form.subject",
    "POST recognition.step form.votes-member",
    *(f"POST rating.of_place form.{name}-member" for name in ("level", "votes", "version")),
    "POST judgment.criterion_of_organisation form.record-tayho.cell.3.cooperation",
    "POST part.show form.member_id",
    "POST review.show form.state-member",
    "POST review.show form.result-member",
    *(
        f"POST meeting.{endpoint} form.{name}-member"
        for endpoint in ("record", "correct")
        for name in ("mark", "reason")
    ),
    "POST pilot.choose form.organisation",
    "POST target.of_organisation form.cells",
    "POST fee.month form.fee-member",
    "POST fee.month form.due-member",
    "POST token.index form.organisation",
    "GET api.organisations query.parent",
    *(
        f"GET api.{noun} query.organisation"
        for noun in ("members", "memberships", "meetings", "tasks", "fees")
    ),
    *(f"GET api.{noun} query.member" for noun in ("memberships", "fees")),
    *(f"POST api.{view} json.member of a program" for view in ("record_meeting", "take")),
    "PUT api.correct_meeting json.member of a program",
    "POST api.record_event json.cell",
}
"""Where identifiers stand besides addresses: in the names and values of forms."""
NAMES_NOTHING = frozenset(
    {
        "filename",
        "weight",
        "name",
        "key",
        "frame",
        "event",
        "month",
        "asked",
        "title",
        "step",
        "token",
        "kind",
        "form",
    }
)
"""Parts of an address that stand for a file, a month or a value's key, the same for every committee; and a secret, which
opens what it is the key of and is never shown again (`test_feeds`)."""


_MEMBER_IN_NAME = re.compile("-[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$")


def test_every_route_has_a_golden_request(app: Flask) -> None:
    known = routes(app)
    assert sorted(GOLDEN) == known
    assert len(known) >= 9


def test_golden_requests_succeed_and_show_nothing_of_the_decoy(
    app: Flask, worlds: tuple[World, World]
) -> None:
    own, _ = worlds
    for endpoint, method in routes(app):
        golden = GOLDEN[endpoint, method](own)
        response = ask(app, own, golden, endpoint)
        assert (endpoint, response.status_code) == (endpoint, golden.status)
        told = delivered(response)
        if golden.role is Role.OPERATOR:  # who knows the committees by name, and nothing of what they hold
            told = told.replace(f"Đảng bộ {DECOY}".encode(), b"")
        assert not holds(told, DECOY), endpoint


OF_THE_OPERATOR = {"operator.retire_day_off", "late_work.again", "late_work.leave"}
"""Whose numbers are of days off, which are nobody's, and of any committee's work."""


def test_foreign_identifiers_find_nothing_anywhere(app: Flask, worlds: tuple[World, World]) -> None:
    own, decoy = worlds
    before, tried = fingerprint(decoy), set[str]()
    for endpoint, method in routes(app):
        golden = GOLDEN[endpoint, method](own)
        for place, foreign in with_foreign_identifiers(golden, own, decoy):
            response = ask(app, own, foreign, endpoint)
            assert response.status_code in (404, 422), (endpoint, place, response.status)
            assert not holds(delivered(response), DECOY), (endpoint, place)
            tried.add(f"{method} {endpoint} {_MEMBER_IN_NAME.sub('-member', place)}")
    assert fingerprint(decoy) == before
    assert {one for one in tried if " args." in one} == {
        f"{method} {endpoint} args.{name}"
        for endpoint, method in routes(app)
        for name in GOLDEN[endpoint, method](own).args
        if name not in NAMES_NOTHING
        and endpoint not in OF_THE_OPERATOR
        and (endpoint.partition(".")[0], name) != ("pilot", "code")  # both committees have the pilot
    }
    assert {one for one in tried if " args." not in one} == TRIED_ELSEWHERE


def test_a_field_no_form_has_is_refused_everywhere(app: Flask, worlds: tuple[World, World]) -> None:
    own, _ = worlds
    before, tried = fingerprint(own), 0
    for endpoint, method in routes(app):
        if method != "GET":
            golden = GOLDEN[endpoint, method](own)
            part = "form" if golden.json is None else "json"
            extended: dict[str, Any] = {part: {**getattr(golden, part), "extra": "1"}}
            response = ask(app, own, replace(golden, **extended), endpoint)
            assert (endpoint, response.status_code) == (endpoint, 422)
            tried += 1
    assert tried == sum(method != "GET" for _, method in GOLDEN)
    assert fingerprint(own) == before


def test_unknown_and_foreign_are_answered_alike(app: Flask, worlds: tuple[World, World]) -> None:
    own, decoy = worlds
    for endpoint, method in routes(app):
        golden = GOLDEN[endpoint, method](own)
        for place, foreign in with_foreign_identifiers(golden, own, decoy):
            if not place.startswith("args."):
                continue
            name = place.removeprefix("args.")
            nobody = "2000000000" if foreign.args[name].isdigit() else "00000000-0000-4000-8000-000000000000"
            unknown = replace(foreign, args=foreign.args | {name: nobody})
            first, second = ask(app, own, foreign, endpoint), ask(app, own, unknown, endpoint)
            assert (first.status_code, visible(first)) == (second.status_code, visible(second)), endpoint


def visible(response: TestResponse) -> str:
    """The page without what differs from one showing to the next."""
    lines = response.get_data(as_text=True).splitlines()
    return "\n".join(line for line in lines if "csrf_token" not in line)


def test_nobody_sees_anything_without_logging_in(app: Flask, worlds: tuple[World, World]) -> None:
    own, _ = worlds
    closed = [
        (rule.endpoint, access) for rule, access in route_table(app) if access.scope is not Scope.PUBLIC
    ]
    assert closed
    for endpoint, _ in closed:
        for method in ("GET", "POST", "PUT"):
            if (endpoint, method) in GOLDEN:
                golden = GOLDEN[endpoint, method](own)
                anyone = replace(golden, role=None)
                response = ask(app, own, anyone, endpoint)
                assert response.status_code in (302, 401), endpoint
                assert not holds(delivered(response), "của nhà"), endpoint


def test_an_undeclared_route_stops_the_application(settings: Settings) -> None:
    app = create_app(settings)
    app.add_url_rule("/len-lut", "stray", lambda: "")
    with pytest.raises(RouteUndeclared, match="Trang stray chưa khai báo quyền"):
        check_routes(app)


@pytest.mark.parametrize("part", ["args", "query", "form"])
def test_the_walk_sees_a_route_that_leaks(part: str, settings: Settings, worlds: tuple[World, World]) -> None:
    own, decoy = worlds
    app = create_app(settings)
    app.config["WTF_CSRF_ENABLED"] = False

    def leaky(who: str = "") -> str:
        who = who or request.values["who"]
        with scope(own.committee.engine, decoy.committee.tenant_id) as session:
            found = session.execute(text("SELECT full_name FROM member WHERE public_id = :who"), {"who": who})
            return found.scalar_one_or_none() or ""

    declare(leaky, Permission.VIEW_MEMBER, Scope.TENANT, ("who",))
    address = "/ro-ri/<who>" if part == "args" else "/ro-ri"
    app.add_url_rule(address, "leaky", leaky, methods=["GET", "POST"])
    method = "POST" if part == "form" else "GET"
    asked: dict[str, Any] = {part: {"who": own["member"]}}
    golden = replace(Golden(method=method), **asked)
    [(place, foreign)] = with_foreign_identifiers(golden, own, decoy)
    response = ask(app, own, foreign, "leaky")
    with app.app_context():
        db.engine.dispose()
    assert place == f"{part}.who"
    assert holds(delivered(response), DECOY)


def test_a_revoked_grant_bites_on_the_next_request(app: Flask, worlds: tuple[World, World]) -> None:
    own, _ = worlds
    client = own.committee.client(app, Role.MEMBER)
    assert client.get("/").status_code == 200
    with scope(own.committee.engine, own.committee.tenant_id) as session:
        grant = session.scalars(select(RoleGrant).where(RoleGrant.role == Role.MEMBER)).one()
        grant.valid_to = date(2023, 6, 1)
    response = client.get("/")
    assert (response.status_code, response.headers["Location"]) == (302, "/noi-lam-viec")
    assert "chưa được giao việc" in client.get("/noi-lam-viec").get_data(as_text=True)
    with scope(own.committee.engine, own.committee.tenant_id) as session:
        session.scalars(select(RoleGrant).where(RoleGrant.role == Role.MEMBER)).one().valid_to = None
