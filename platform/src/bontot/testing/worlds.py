"""A worked case put into a committee's records, row by row, so that it can be judged for real."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date, timedelta
from itertools import count

from sqlalchemy import insert

from bontot.db import models
from bontot.db.models.meeting import ABSENT_EXCUSED, ABSENT_UNEXCUSED, LATE, PRESENT, STEPS
from bontot.db.models.organisation import CELL_TYPES
from bontot.db.rolls import required_at
from bontot.db.tenancy import TenantSession
from bontot.policy.model import Policy
from bontot.policy.resolve import declared, read_value
from bontot.policy.terms import Kind, Subject
from bontot.registry import Registry
from bontot.testing import case_records as said
from bontot.text import collation_key, natural_key, search_key

BEGINNING = said.ALWAYS
WHO = "Ví dụ tính tay"


@dataclass
class World:
    """A committee made of one case: ids by the codes the case uses."""

    policy: str
    year: int
    organisations: dict[str, int] = field(default_factory=dict)
    members: dict[str, int] = field(default_factory=dict)

    def subject(self, code: str) -> int:
        """The id behind a code, of an organisation or a member."""
        return self.organisations[code] if code in self.organisations else self.members[code]


def load_case(session: TenantSession, registry: Registry, case: said.Case, policy: str, year: int) -> World:
    """The case's records in the session's committee, all of it governed by `policy`."""
    loading = _Loading(session, registry, case, World(policy, year))
    loading.organisations()
    loading.members()
    loading.meetings()
    loading.work()
    loading.conduct()
    loading.judgments()
    loading.calendar()
    return loading.world


class _Loading:
    """One case on its way into the records."""

    def __init__(self, session: TenantSession, registry: Registry, case: said.Case, world: World) -> None:
        self.session, self.registry, self.case, self.world = session, registry, case, world
        self.numbers = count(1)

    def organisations(self) -> None:
        for item in self.case.organisation:
            row = models.Organisation(founded_on=item.founded, ended_on=item.ended)
            self.session.add(row)
            self.session.flush()
            self.world.organisations[item.code] = row.id
        for item in self.case.organisation:
            self._describe(item)

    def _describe(self, item: said.Organisation) -> None:
        organisation_id = self.world.organisations[item.code]
        name = item.name or f"Tổ chức {item.code}"
        self.session.add(
            models.OrganisationPeriod(
                organisation_id=organisation_id,
                parent_id=self.world.organisations[item.parent] if item.parent else None,
                name=name,
                code=item.code,
                type=item.type,
                sector=item.sector,
                sort_key=natural_key(name),
                valid_from=item.founded,
                valid_to=item.ended,
            )
        )
        if item.parent is None:
            self.session.add(
                models.PolicyAssignment(
                    organisation_id=organisation_id, policy_code=self.world.policy, valid_from=BEGINNING
                )
            )

    def members(self) -> None:
        for item in self.case.members():
            self.world.members[item.code] = self._member(item)
            self._homes(item)
        for guest in self.case.guest:
            self.session.add(
                models.Membership(
                    member_id=self.world.members[guest.member],
                    organisation_id=self.world.organisations[guest.cell],
                    kind="temporary",
                    valid_from=guest.since,
                    valid_to=guest.until,
                )
            )
        for state in self.case.state:
            self.session.add_all(
                models.MemberState(
                    member_id=self.world.members[code],
                    kind=state.kind,
                    valid_from=state.since,
                    valid_to=state.until,
                )
                for code in state.members
            )
        for post in self.case.post:
            self.session.add(
                models.Post(
                    member_id=self.world.members[post.member],
                    organisation_id=self.world.organisations[post.organisation],
                    kind=post.kind,
                    valid_from=post.since,
                    valid_to=post.until,
                )
            )
        self.session.flush()

    def _member(self, item: said.Member) -> int:
        name = f"Nguyễn Văn {item.code}"
        row = models.Member(
            full_name=name,
            sort_key=collation_key(name),
            search_key=search_key(name),
            admission_date=item.admitted,
            official_date=None if item.probationary else item.admitted,
            employment=item.employment,
            ended_on=item.until if item.end else None,
            end_kind=item.end,
        )
        self.session.add(row)
        self.session.flush()
        return row.id

    def _homes(self, item: said.Member) -> None:
        """The home cells one after another: the first, and one from the day of each transfer."""
        moves = sorted(
            (move for move in self.case.transfer if move.member == item.code), key=lambda move: move.on
        )
        cells = [item.cell, *(move.to for move in moves)]
        days = [item.since, *(move.on for move in moves)]
        ends: list[date | None] = [*(move.on for move in moves), item.until]
        for cell, since, until in zip(cells, days, ends, strict=True):
            self.session.add(
                models.Membership(
                    member_id=self.world.members[item.code],
                    organisation_id=self.world.organisations[cell],
                    valid_from=since,
                    valid_to=until,
                )
            )

    def meetings(self) -> None:
        held = [(self._meeting(item, day), item) for item in self.case.meeting for day in item.on]
        required = required_at(self.session, [meeting.id for meeting, _ in held])
        rows = [
            {"year": meeting.year, "meeting_id": meeting.id, "member_id": member_id, "mark": mark}
            for meeting, item in held
            for member_id, mark in self._marks(item, required[meeting.id])
        ]
        if rows:
            self.session.execute(insert(models.Attendance), rows)

    def _meeting(self, item: said.Meeting, day: date) -> models.Meeting:
        meeting = models.Meeting(
            organisation_id=self.world.organisations[item.organisation],
            year=day.year,
            kind=item.kind,
            held_on=day,
            thematic_topic="Chuyên đề" if item.thematic_part else None,
            sent_on=None if item.sent_before is None else day - timedelta(days=item.sent_before),
            self_criticism=item.self_criticism,
            self_score_band=item.self_score,
            state="closed",
        )
        self.session.add(meeting)
        self.session.flush()
        if item.resolution:
            number = f"{next(self.numbers):02}-NQ/CB"
            self.session.add(
                models.Resolution(
                    meeting_id=meeting.id,
                    number=number,
                    subject="Nghị quyết",
                    cites_superior=item.cites_superior,
                )
            )
        for place in range(item.materials):
            self.session.add(models.MeetingMaterial(meeting_id=meeting.id, title=f"Tài liệu {place + 1}"))
        for step in STEPS if item.steps else ():
            self.session.add(models.MeetingStep(meeting_id=meeting.id, step=step))
        for code in item.speakers:
            self.session.add(models.Statement(meeting_id=meeting.id, member_id=self.world.members[code]))
        self.session.flush()
        return meeting

    def _marks(self, item: said.Meeting, required: frozenset[int]) -> Iterator[tuple[int, int]]:
        came = (self.world.members[code] for code in item.also_present)
        marks = dict.fromkeys([*sorted(required), *came], PRESENT)
        marks |= {self.world.members[code]: ABSENT_EXCUSED for code in item.excused}
        marks |= {self.world.members[code]: ABSENT_UNEXCUSED for code in item.unexcused}
        marks |= {self.world.members[code]: LATE for code in item.late}
        silent = {self.world.members[code] for code in item.unmarked}
        return ((member_id, mark) for member_id, mark in marks.items() if member_id not in silent)

    def work(self) -> None:
        for item in self.case.task:
            for _ in range(item.count):
                self._task(item)
        for directive in self.case.directive:
            self.session.add(
                models.Directive(
                    organisation_id=self.world.organisations[directive.organisation],
                    number=f"{next(self.numbers)}-CV/ĐU",
                    subject="Chỉ đạo",
                    due_on=directive.due,
                    answered_on=directive.answered,
                )
            )
        for fee in self.case.fee:
            self.session.add_all(
                models.Fee(
                    member_id=self.world.members[code],
                    month=date(self.world.year, month, 1),
                    due=fee.due,
                    paid=fee.paid,
                    exempt=fee.exempt,
                )
                for code in fee.members
                for month in fee.months
            )
        for regulation in self.case.regulation:
            self.session.add(
                models.Regulation(
                    organisation_id=self.world.organisations[regulation.organisation],
                    number=f"{next(self.numbers):02}-QĐ/CB",
                    title="Quy chế làm việc",
                    valid_from=regulation.since,
                    valid_to=regulation.until,
                )
            )
        self.session.flush()

    def _task(self, item: said.Task) -> None:
        task = models.Task(
            organisation_id=self.world.organisations[item.organisation],
            origin=item.origin,
            title=f"Nhiệm vụ {next(self.numbers)}",
            due_on=item.due,
            done_on=item.done,
            hard=item.hard,
        )
        self.session.add(task)
        self.session.flush()
        for code in item.assignees:
            self.session.add(models.TaskAssignment(task_id=task.id, member_id=self.world.members[code]))
        for _ in range(item.checks):
            self.session.add(models.FollowUp(task_id=task.id, checked_on=item.due))

    def conduct(self) -> None:
        for item in self.case.discipline:
            self.session.add(
                models.Discipline(
                    **self._about(item.organisation, item.member),
                    form=item.form,
                    number=f"{next(self.numbers)}-QĐ/UBKT",
                    found_on=item.found,
                    decided_on=item.on,
                )
            )
        for complaint in self.case.complaint:
            about = self._about(complaint.organisation, complaint.member)
            self.session.add(models.Complaint(**about, received_on=complaint.on, founded=complaint.founded))
        for praise in self.case.commendation:
            about = self._about(praise.organisation, praise.member)
            self.session.add(models.Commendation(**about, reason=praise.reason, awarded_on=praise.on))
        for inspection in self.case.inspection:
            organisation_id = self.world.organisations[inspection.organisation]
            self.session.add(
                models.Inspection(
                    organisation_id=organisation_id, kind=inspection.kind, held_on=inspection.on
                )
            )
        for concern in self.case.concern:
            self.session.add(
                models.Concern(
                    organisation_id=self.world.organisations[concern.organisation],
                    subject="Tâm tư, nguyện vọng",
                    raised_on=concern.raised,
                    answered_on=concern.answered,
                )
            )
        for training in self.case.training:
            self.session.add_all(
                models.Training(
                    member_id=self.world.members[code],
                    kind=training.kind,
                    completed_on=training.on,
                    title="Lớp bồi dưỡng",
                )
                for code in training.members
            )
        self.session.flush()

    def _about(self, organisation: str | None, member: str | None) -> dict[str, int]:
        if organisation is not None:
            return {"organisation_id": self.world.organisations[organisation]}
        return {"member_id": self.world.members[member or ""]}

    def _of(self, code: str) -> dict[str, int]:
        return self._about(code, None) if code in self.world.organisations else self._about(None, code)

    def judgments(self) -> None:
        year = self.world.year
        for remark in self.case.residence_remark:
            self.session.add_all(
                models.ResidenceRemark(
                    member_id=self.world.members[code], year=year, received_on=date(year, 12, 1)
                )
                for code in remark.members
            )
        for rating in self.case.rating:
            self.session.add_all(
                models.AnnualRating(**self._of(code), year=year, level=rating.level)
                for code in rating.subjects
            )
        for pledge in self.case.registration:
            self.session.add_all(
                models.Registration(**self._of(code), year=year, signed_on=pledge.on)
                for code in pledge.subjects
            )
        for selection in self.case.selection:
            self.session.add(
                models.PilotSelection(
                    organisation_id=self.world.organisations[selection.organisation],
                    policy_code=self.world.policy,
                    selected_on=selection.on,
                    selected_by=selection.by,
                )
            )
        latest = {
            (code, criterion, item.stage): item
            for item in self.case.judgment
            for code in item.subjects
            for criterion in item.criteria or self._judged(code)
        }
        for (code, criterion, stage), item in latest.items():
            self.session.add(
                models.Judgment(
                    **self._of(code),
                    criterion=criterion,
                    year=year,
                    stage=stage,
                    verdict=item.verdict,
                    points=item.points,
                    judged_on=judged_on(year),
                    judged_by=WHO,
                )
            )
        self.session.flush()

    def _judged(self, code: str) -> tuple[str, ...]:
        """Every criterion of the subject's schemes on which a person decides, points left out."""
        policy = self.registry.policy(self.world.policy)
        named = set(_criteria_of(policy, self._kind(code)))
        return tuple(
            item.key
            for item in policy.criteria
            if item.key in named and not item.points and (item.kind is Kind.JUDGED or item.also_judged)
        )

    def _kind(self, code: str) -> Subject:
        if code in self.world.members:
            return Subject.MEMBER
        organisation = next(item for item in self.case.organisation if item.code == code)
        return Subject.CELL if organisation.type in CELL_TYPES else Subject.BASE_ORGANISATION

    def calendar(self) -> None:
        for order in self.case.exception:
            self.session.add(
                models.MonthException(
                    organisation_id=self.world.organisations[order.organisation],
                    month=date(self.world.year, order.month, 1),
                    day=order.day,
                    deadline=order.deadline,
                    waived=order.waived,
                    document=order.document,
                )
            )
        for wish in self.case.preferred_day:
            self.session.add(
                models.MeetingPreference(
                    organisation_id=self.world.organisations[wish.organisation],
                    day=wish.day,
                    valid_from=wish.since,
                )
            )
        stack = self.registry.stack(self.world.policy)
        for own in self.case.override:
            self.session.add(
                models.ThresholdOverride(
                    policy_code=self.world.policy,
                    key=own.key,
                    value=str(read_value(declared(stack, own.key), own.value)),
                    valid_from=own.since,
                    document=own.decision,
                    entered_by=WHO,
                )
            )
        self.session.add_all(
            models.FrameAdoption(
                policy_code=frame.policy,
                valid_from=frame.since,
                valid_to=frame.until,
                document="Nghị quyết",
                entered_by=WHO,
                end_document="Nghị quyết" if frame.until else None,
                ended_by=WHO if frame.until else None,
            )
            for frame in self.case.adoption
        )
        self.session.flush()


def judged_on(year: int) -> date:
    """The day on which the people of a case judge."""
    return date(year, 12, 20)


def _criteria_of(policy: Policy, subject: Subject) -> Iterator[str]:
    for scheme in policy.schemes:
        if scheme.subject is subject:
            yield from (key for group in scheme.groups for key in group.criteria)
            yield from scheme.blockers
