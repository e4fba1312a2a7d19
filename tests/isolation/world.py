"""One record of each kind, in a committee and in its decoy, for whoever asks for every page of the site."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import func, select, update
from sqlalchemy.dialects.postgresql import insert

from bontot.access import Role
from bontot.clock import today
from bontot.db.models import (
    DailyRound,
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
    Webhook,
    WebhookDelivery,
)
from bontot.db.models.meeting import PRESENT
from bontot.db.tenancy import TenantSession, scope
from bontot.documents.issuing import issue
from bontot.documents.kinds import Asked as AskedPaper
from bontot.documents.kinds import kind_of
from bontot.evaluation.plain import to_plain
from bontot.evaluation.whole import evaluate
from bontot.imports.batch import preview
from bontot.imports.naming import remember
from bontot.jobs.outbox import enqueue
from bontot.policy.recognition import SECRET, Ballot
from bontot.policy.terms import Act, Outcome, Subject
from bontot.registry import Registry
from bontot.services import job_files
from bontot.services.accounts import grant_role
from bontot.services.directives import Answer, answer
from bontot.services.feeds import feeds_of, open_feed
from bontot.services.meetings import Mark, MeetingEntry, record_meeting
from bontot.services.month_orders import Order, give
from bontot.services.own_days_off import OwnDay, days_of, enter
from bontot.services.people.events import Entry
from bontot.services.people.recording import record
from bontot.services.planning import Plan, prepare
from bontot.services.proceedings.amending import Part, put
from bontot.services.proceedings.entries import FurtherSitting, Guest, Item, Opinion, ResolutionText, Vote
from bontot.services.proceedings.handing_over import close, submit
from bontot.services.proceedings.reading import GUESTS, ITEMS, OPINIONS, RESOLUTION, SITTINGS, VOTES
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
from bontot.services.webhooks.addresses import register
from tests.factories import Committee
from tests.isolation.golden.around import a_workbook
from tests.isolation.golden.asking import AHEAD, World

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
        proceedings |= rows_of(session, committee)
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
        remember(session, "organisation", "Số quyết định", "", by=committee.root.name)
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
        round_ = {"day": committee.today, "work": "night", "outbox_id": to_leave.outbox_id}
        night = insert(DailyRound).values(tenant_id=committee.tenant_id, **round_)
        session.execute(night.on_conflict_do_nothing())  # a worker beside may have begun the day already
        trials = {name: a_trial(session, committee, asked) for name, asked in trials_of(policy)}
        session.flush()
        job_id, with_a_file = job.public_id, a_job_with_a_file(session, committee)
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
            "job with a file": with_a_file,
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
        asked = Directive(
            organisation_id=cell.id,
            number=committee.root.name,
            subject=committee.root.name,
            due_on=date(2026, 2, 20),
        )
        session.add_all([task, asked])
        session.flush()
        planned = prepare(
            session,
            committee.actor(Role.TENANT_ADMIN),
            cell.id,
            Plan(kind="extraordinary", held_on=AHEAD - timedelta(days=12), place=committee.root.name),
        )
        return {
            "planned of a program": str(planned.public_id),
            "directive of a program": str(asked.public_id),
            "meeting of a program": str(meeting.public_id),
            "task of a program": str(task.public_id),
            "member of a program": str(cell.members[9][1]),
            "token": str(tokens_of(session, committee.today)[-1].public_id),
            **told_addresses(session, committee),
        }


def told_addresses(session: TenantSession, committee: Committee) -> dict[str, str]:
    """The names of three addresses that are told of events: one that has a message it never took, one paused, one to end."""
    found = {}
    for kind in ("webhook", "paused webhook", "webhook to end"):
        public_id, _ = register(
            session,
            committee.actor(Role.TENANT_ADMIN),
            "bí mật của hệ thống thử, dài hơn 32 ký tự",
            name=committee.root.name,
            url="https://nhan.vi-du.vn/tin",
            kinds=["import.applied"],
            role=Role.TENANT_ADMIN,
            organisation_id=None,
        )
        found[kind] = str(public_id)
    ids = {str(row.public_id): row.id for row in session.scalars(select(Webhook))}
    session.execute(
        update(Webhook)
        .where(Webhook.id == ids[found["paused webhook"]])
        .values(paused_at=func.now(), paused_for=committee.root.name)
    )
    message = WebhookDelivery(
        webhook_id=ids[found["webhook"]],
        effect="audit:0",
        kind="import.applied",
        data={"id": None, "href": None},
        state="dead",
        problem=committee.root.name,
    )
    session.add(message)
    session.flush()
    return {**found, "delivery": str(message.public_id)}


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


def rows_of(session: TenantSession, committee: Committee) -> dict[str, str]:
    """A meeting with a row in each of its parts, by what the row is called, and its items: what programs alone change."""
    secretary, cell, name = committee.actor(Role.CELL_SECRETARY), committee.cells[0], committee.root.name
    speaker = cell.members[1][0]
    held_on = date(2026, 1, 20)
    marks = {member_id: Mark(PRESENT) for member_id, _ in cell.members[:3]}
    entry = MeetingEntry(kind="extraordinary", held_on=held_on, marks=marks)
    meeting = record_meeting(session, secretary, cell.id, entry)
    item = Item(title=name, due_on=date(2026, 2, 28), carriers=frozenset({speaker}))
    rows: dict[str, tuple[Part[Any], object]] = {
        "guest": (GUESTS, Guest(name=name)),
        "sitting": (SITTINGS, FurtherSitting(held_on=held_on + timedelta(days=1), place=name)),
        "opinion": (OPINIONS, Opinion(member_id=speaker, summary=name)),
        "vote": (VOTES, Vote(about="other", subject=name, votes_for=1)),
        "resolution": (RESOLUTION, ResolutionText(subject=name)),
        "item in rows": (ITEMS, item),
    }
    return {
        "meeting in rows": str(meeting.public_id),
        **{kind: str(put(session, secretary, meeting.id, part, row)) for kind, (part, row) in rows.items()},
    }


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


def a_job_with_a_file(session: TenantSession, committee: Committee) -> str:
    """Papers of the ward, printed for its administrator, who asked by a program."""
    arguments = {
        "program": str(tokens_of(session, committee.today)[0].public_id),
        "batch": "bien-ban",
        "place": committee.ward.id,
        "of": "2026-03",
        "form": "pdf",
        "both_sides": False,
        "place_name": committee.ward.name,
    }
    job = Job(
        kind="papers",
        arguments=arguments,
        requested_by=committee.root.name,
        account_id=committee.accounts[Role.TENANT_ADMIN],
        state="done",
        result={"papers": 1, "without": [committee.cells[1].name]},
        finished_at=func.now(),
    )
    session.add(job)
    session.flush()
    content = committee.root.name.encode()
    job_files.keep(session, job, committee.ward.id, "bien-ban-2026-03.pdf", "application/pdf", content)
    return str(job.public_id)


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
