"""Evaluations: which there are, who stands how, and one subject's verdict with the ground of every line of it."""

from __future__ import annotations

from functools import partial
from uuid import UUID

from flask import Blueprint, flash, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from bontot.access import Permission, Role, Scope
from bontot.errors import InvalidInput, NotFound
from bontot.evaluation import runs
from bontot.evaluation.explain import Finding
from bontot.evaluation.incremental import rules_changed
from bontot.evaluation.records import RecordView
from bontot.evaluation.runs import RunHeader
from bontot.evaluation.standing import opened
from bontot.imports.kinds.judgments import JUDGMENTS
from bontot.jobs.evaluation import already_asked, request_evaluation
from bontot.policy.terms import Kind, Outcome, Subject
from bontot.policy.words import SUBJECTS, figure
from bontot.services import evaluations, members, quotas
from bontot.services.audit import note_view
from bontot.services.judgment_lists import judged_since
from bontot.services.judgment_rules import JudgedSubject
from bontot.web import trail
from bontot.web.charts import outcome_shares
from bontot.web.database import session
from bontot.web.evaluation_choice import NAMES, NOW, called, read
from bontot.web.forms import answered, new_key
from bontot.web.judgment_links import judging_address, of_person, of_place
from bontot.web.query import asked_lines, asked_sheet
from bontot.web.request import (
    Person,
    Place,
    actor,
    afterwards,
    reach,
    registry,
    this_day,
    wake_worker,
    within_reach,
)
from bontot.web.routing import page
from bontot.web.sheets import Column, sheet
from bontot.web.standing import CONDITIONS, ORDER, Sorted, conclusion, record_address
from bontot.web.words import OUTCOMES

evaluation = Blueprint("evaluation", __name__)
COLUMNS = (
    Column[evaluations.SubjectLine]("Tên", lambda line: line.name),
    Column[evaluations.SubjectLine]("Chi bộ", lambda line: line.cell),
    Column[evaluations.SubjectLine]("Trực thuộc", lambda line: line.above),
    Column[evaluations.SubjectLine]("Kết quả", lambda line: OUTCOMES[line.outcome].words),
    Column[evaluations.SubjectLine]("Số tiêu chí đạt", lambda line: line.met),
    Column[evaluations.SubjectLine]("Số tiêu chí áp dụng", lambda line: line.applying),
    Column[evaluations.SubjectLine]("Chưa đạt", lambda line: line.not_met),
    Column[evaluations.SubjectLine]("Chưa có dữ liệu", lambda line: line.no_data),
)
RUN_COLUMNS = (
    Column[evaluations.RunLine]("Năm", lambda line: line.year),
    Column[evaluations.RunLine]("Kế hoạch", lambda line: line.label),
    Column[evaluations.RunLine]("Theo hồ sơ đến ngày", lambda line: line.as_of),
    Column[evaluations.RunLine]("Đánh giá lúc", lambda line: line.evaluated_at),
    Column[evaluations.RunLine]("Người đánh giá", lambda line: line.evaluated_by),
)


@page(
    evaluation,
    "/danh-gia",
    permission=Permission.VIEW_EVALUATION,
    scope=Scope.TENANT,
    methods=("GET", "POST"),
    fields=("year",),
)
def index() -> tuple[str, int] | Response:
    """The evaluations by year and plan; and the request for another, for those who may."""
    if request.method == "GET" and asked_sheet():
        evaluated = evaluations.current(session(), actor(), reach(), this_day())
        lines = [line for of_year in evaluated.values() for line in of_year]
        return sheet("cac-lan-danh-gia", "Kết quả đánh giá các năm", RUN_COLUMNS, lines)
    if request.method == "GET":
        return _index()
    actor().require(Permission.EVALUATE)
    return answered(lambda: _ask(_asked_year()), lambda errors, _: _index(" ".join(errors.values())))


@page(evaluation, "/danh-gia/<uuid:run>", permission=Permission.VIEW_EVALUATION, scope=Scope.TENANT)
def show(run: UUID) -> str | Response:
    """Everyone within reach in one evaluation, scheme by scheme, by outcome, by name."""
    header = _asked_run(run)
    if actor().role is Role.MEMBER:
        return redirect(_own(header))
    counts = _counts(header)
    chosen = read(header, counts)
    scheme = header.rules.schemes[chosen.scheme]
    among = _among(header, scheme.subject)
    note_view(session(), "view_verdicts", "evaluation_run", header.id, actor().account_id, scheme=scheme.key)
    tallies = evaluations.tallies(session(), header, chosen.scheme, among)
    found = evaluations.subjects(
        session(),
        header,
        chosen.scheme,
        asked_lines(),
        among=among,
        outcome=chosen.outcome,
        line=chosen.line,
    )
    if asked_sheet():
        title = f"{called(scheme)}, đánh giá năm {header.rules.year}, hồ sơ đến ngày {header.rules.as_of:%d/%m/%Y}"
        return sheet("danh-gia", title, COLUMNS, found.lines, subject="evaluation_run", subject_id=header.id)
    return render_template(
        "evaluation/show.html",
        header=header,
        same=evaluations.of_same_plan(session(), header),
        chosen=chosen,
        moments=chosen.moments(runs.judged_since(session(), header)),
        scheme=scheme,
        schemes=chosen.scheme_links(counts),
        filters=chosen.outcome_links(counts[chosen.scheme]),
        found=found,
        tallies=tallies,
        shares=outcome_shares(counts[chosen.scheme], NAMES.values()),
        changed=not header.superseded and rules_changed(session(), registry(), header, this_day()),
        overfull=quotas.over_quota(session(), header, chosen.scheme, among),
        outcomes=OUTCOMES,
        unjudged=sum(
            Outcome.NO_DATA in line.counts and scheme.lines[line.number].kind is Kind.JUDGED
            for line in tallies
        ),
        judging=url_for("judgment.index", nam=header.rules.year),
        may_import=actor().may(Permission.IMPORT),
        judgments=JUDGMENTS.title,
        tallied=[one for one in NAMES.values() if any(one in line.counts for line in tallies)],
        everyone=sum(counts[chosen.scheme].values()),
        of_members=scheme.subject is Subject.MEMBER,
        subjects=SUBJECTS,
        called=called,
        trail=[_root()],
    )


@page(
    evaluation,
    "/danh-gia/<uuid:run>/to-chuc/<uuid:organisation>",
    permission=Permission.VIEW_EVALUATION,
    scope=Scope.ORGANISATION,
)
def of_organisation(run: UUID, organisation: Place) -> str:
    """The verdict of a cell or base organisation, and what the frames say of it."""
    header = _asked_run(run)
    note_view(session(), "view_verdict", "organisation", organisation.id, actor().account_id, run=str(run))
    own = trail.place_address(organisation.public_id, is_cell=organisation.is_cell)
    open_to_reader = actor().may(Permission.VIEW_ORGANISATION)
    return _verdict(header, organisation, organisation.name, own if open_to_reader else "")


@page(
    evaluation,
    "/danh-gia/<uuid:run>/dang-vien/<uuid:member>",
    permission=Permission.VIEW_EVALUATION,
    scope=Scope.JUDGED,
)
def of_member(run: UUID, member: Person) -> str:
    """The verdict of a member."""
    header = _asked_run(run)
    note_view(session(), "view_verdict", "member", member.id, actor().account_id, run=str(run))
    own = url_for("member.show", member=member.public_id) if within_reach(member) else ""
    return _verdict(header, member, member.full_name, own)


def _asked_run(run: UUID) -> RunHeader:
    """The run asked for: as it was stored, or where the address says so and none came after it, as it stands."""
    header = runs.run(session(), run)
    return header.now if request.args.get(NOW) and not header.superseded else header


def _own(header: RunHeader) -> str:
    """The page of a member's own verdict. Raises NotFound for an account without a record."""
    mine = actor().member_id
    if mine is None:
        raise NotFound("Tài khoản này chưa gắn với hồ sơ đảng viên nào.")
    member = members.address_of(session(), mine)
    return url_for("evaluation.of_member", run=header.public_id, member=member)


def _index(problem: str = "") -> tuple[str, int]:
    evaluated, now = evaluations.current(session(), actor(), reach(), this_day()), this_day().year
    offered: list[int] = []
    if actor().may(Permission.EVALUATE):
        offered = sorted({*evaluated, *evaluations.recorded_years(session()), now, now - 1}, reverse=True)
    text = render_template(
        "evaluation/index.html",
        years=[(year, evaluated.get(year, [])) for year in offered or evaluated],
        may_evaluate=bool(offered),
        this_year=now,
        problem=problem,
        form_key=new_key,
    )
    return text, 422 if problem else 200


def _asked_year() -> int:
    given = request.form.get("year", "")
    if not (given.isascii() and given.isdigit() and len(given) == 4):
        raise InvalidInput("Chọn năm cần đánh giá trong danh sách.")
    return int(given)


def _ask(year: int) -> str:
    """Writes the work down, and wakes a worker once that is committed; work still waiting serves as well."""
    before = already_asked(session(), actor(), year)
    if before is not None:
        flash(f"Đã có một lần đánh giá năm {year} đang chờ; không cần yêu cầu thêm.", "good")
        return url_for("job.show", job=before.public_id)
    asked = request_evaluation(session(), actor(), year)
    afterwards(partial(wake_worker, asked))
    return url_for("job.show", job=asked.public_id)


def _among(header: RunHeader, subject: Subject) -> list[int] | None:
    return evaluations.seen(session(), actor(), reach(), header, subject, this_day())


def _counts(header: RunHeader) -> list[dict[Outcome, int]]:
    """By scheme, how many within reach have which outcome; members and organisations are counted apart."""
    of_people = runs.counts(session(), header, _among(header, Subject.MEMBER))
    of_places = runs.counts(session(), header, _among(header, Subject.CELL))
    return [
        (of_people if scheme.subject is Subject.MEMBER else of_places)[number]
        for number, scheme in enumerate(header.rules.schemes)
    ]


def _verdict(header: RunHeader, whom: Place | Person, name: str, own: str) -> str:
    """Every scheme of the run that judges the subject, the plan's own first. Raises NotFound where none does."""
    of_member = isinstance(whom, Person)
    subject = of_person(whom, header.rules.year) if isinstance(whom, Person) else of_place(whom)
    explained = []
    for number, scheme in enumerate(header.rules.schemes):
        if (scheme.subject is Subject.MEMBER) == of_member:
            try:
                explained.append(opened(session(), registry(), header, number, subject.id))
            except NotFound:
                continue
    if not explained:
        raise NotFound
    return render_template(
        "evaluation/verdict.html",
        header=header,
        name=name,
        own=own,
        titled=[Sorted(one) for one in explained if one.scheme.title],
        framed=[Sorted(one) for one in explained if not one.scheme.title],
        conditions=CONDITIONS,
        all_parts=[str(part) for part in ORDER],
        outcomes=OUTCOMES,
        figure=figure,
        said=conclusion,
        records=_records,
        unjudged=sum(
            finding.kind is Kind.JUDGED and finding.outcome is Outcome.NO_DATA
            for one in explained
            for finding in one.findings
        ),
        judging=judging_address(whom, header.rules.year),
        may_import=actor().may(Permission.IMPORT),
        since=_judged_since(header, subject),
        as_it_stands=f"{request.path}?{NOW}=1",
        day=runs.day_of(session(), header, subject.id),
        judgments=JUDGMENTS.title,
        trail=_above(header),
    )


def _judged_since(header: RunHeader, subject: JudgedSubject) -> bool:
    """Whether people judged the subject after what is shown of the run."""
    if header.standing and runs.judged_since(session(), header, subject.id):
        return False
    return judged_since(session(), subject, header.rules.year, header.evaluated_at)


def _records(finding: Finding) -> list[tuple[str, str | None]]:
    """The records that decided, with their pages: of what must not occur, those that did, if any."""
    found = finding.records
    if finding.threshold == 0:
        found = tuple(record for record in found if record.part) or found
    return [(_counted(record), record_address(record)) for record in found]


def _counted(record: RecordView) -> str:
    """A record in words, with what it added where the words do not say it: `Buổi ngày 03/03/2023 (27/30)`."""
    if record.whole > 1:
        count = f"{record.part}/{record.whole}"
        return f"{record.words} ({'; '.join(filter(None, (count, record.said)))})"
    return f"{record.words} ({record.said})" if record.said else record.words


def _above(header: RunHeader) -> list[trail.Step]:
    """The lines above a verdict; a member's own is all that a member sees of a run."""
    address = url_for("evaluation.show", run=header.public_id)
    run = (f"Năm {header.rules.year}", f"{address}?{NOW}=1" if header.standing else address)
    return [_root()] if actor().role is Role.MEMBER else [_root(), run]


def _root() -> trail.Step:
    return "Đánh giá", url_for("evaluation.index")
