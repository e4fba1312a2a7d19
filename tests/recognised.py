"""A small committee at the end of its year, under the example plan with a recognition that has a step of every kind.

Cell 1 meets the conditions of 2023 and cell 2 does not; of the members those of cell 2 who were absent without a reason fall
short.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import date

from sqlalchemy import Engine

from bontot.access import Role
from bontot.db.tenancy import TenantSession, scope
from bontot.evaluation.whole import evaluate
from bontot.policy.model import Authority, Policy, Recognition, Step
from bontot.policy.recognition import BY_HANDS, SECRET, Ballot
from bontot.policy.standard import ballot_option, leave_options, threshold
from bontot.policy.terms import Act, Dated, Holder, Leave, Origin, Unit
from bontot.registry import Registry
from bontot.services.recognition.acts import take
from bontot.services.recognition.decisions import Document
from bontot.services.recognition.taking import Consequences, Taking
from bontot.services.recognition.titles import Title, title_of
from bontot.services.reorganising.acts import Ended, Reform
from bontot.services.reorganising.recording import record
from tests.factories import Committee
from tests.sample_plans import ISSUED, PLAN, judging_registry, plan, sample_registry
from tests.web.evaluated import AS_OF, YEAR, evaluated

CELL, MEMBER = f"{PLAN}:vidu.cell", f"{PLAN}:vidu.member"
OURS, WARDS, DISTRICTS = (
    (Authority(body=body, valid_from=ISSUED),) for body in ("Chi bộ", "Đảng ủy phường", "Quận ủy")
)
SINCE_2025 = (*DISTRICTS, Authority(body="Đảng ủy cấp trên trực tiếp", valid_from=date(2025, 7, 1)))


def _step(key: str, label: str, authorities: tuple[Authority, ...], holder: Holder, *acts: Act) -> Step:
    due = "vidu.file_by" if holder is Holder.SUBJECT else None
    return Step(key=key, label=label, authorities=authorities, due=due, holder=holder, acts=frozenset(acts))


OF_CELL = Recognition(
    scheme="vidu.cell",
    vote_rule="Quá nửa số đảng viên chính thức được triệu tập",
    steps=(
        _step("assess", "Chi bộ tự đánh giá", OURS, Holder.SUBJECT),
        _step("file", "Chi bộ biểu quyết, nộp hồ sơ", OURS, Holder.SUBJECT, Act.BALLOT, Act.PROPOSAL),
        _step("appraise", "Thẩm định", WARDS, Holder.SUPERIOR, Act.OPINION),
        _step("decide", "Quyết định công nhận", WARDS, Holder.SUPERIOR, Act.DECISION),
        _step("publish", "Công bố", WARDS, Holder.SUPERIOR, Act.PUBLICATION),
        _step("collect", "Tổng hợp toàn quận", SINCE_2025, Holder.ABOVE),
        _step("review", "Xét lại cả năm", WARDS, Holder.SUPERIOR, Act.REVIEW),
    ),
    ballot="vidu.ballot",
    majority="vidu.majority",
    quota="vidu.quota",
    validity="vidu.validity",
    exception="vidu.recognition.exception",
    over_quota="vidu.recognition.over_quota",
)
OF_MEMBER = replace(
    OF_CELL,
    scheme="vidu.member",
    quota=None,
    steps=(
        _step("vote", "Chi bộ biểu quyết từng đảng viên", OURS, Holder.SUBJECT, Act.BALLOT, Act.PROPOSAL),
        _step("confirm", "Cấp trên xác nhận", WARDS, Holder.SUPERIOR, Act.DECISION),
    ),
)


def recognising(
    *,
    quota: int | None = None,
    exception: Leave = Leave.ALLOWED,
    over_quota: Leave = Leave.ALLOWED,
    file_by: int = 1130,
    sheet: bool = False,
) -> Registry:
    """The example plan with its recognition, these limits, what it leaves, the day by which a cell files, and whether its
    first step lays down the sheet on which the cell judges itself."""
    assess = replace(OF_CELL.steps[0], acts=frozenset({Act.SHEET} if sheet else ()))
    leaves = [
        replace(option, values=(Dated(value=value, valid_from=ISSUED, origin=Origin.PLAN),))
        for option, value in zip(
            leave_options("vidu.recognition", ISSUED), (exception, over_quota), strict=True
        )
    ]
    policy: Policy = replace(
        plan,
        thresholds=(
            *(one for one in plan.thresholds if one.key != "vidu.file_by"),
            threshold("vidu.file_by", "Chi bộ gửi hồ sơ trước ngày", Unit.MONTH_DAY, file_by, ISSUED),
            threshold("vidu.majority", "Tỷ lệ tán thành phải vượt", Unit.PERCENT, 50, ISSUED),
            threshold("vidu.quota", "Công nhận nhiều nhất", Unit.COUNT, quota, ISSUED),
            threshold("vidu.validity", "Số tháng có giá trị", Unit.MONTHS, 12, ISSUED, lowest=1),
        ),
        options=(*plan.options, ballot_option("vidu.ballot", "Cách biểu quyết", ISSUED), *leaves),
        recognitions=(replace(OF_CELL, steps=(assess, *OF_CELL.steps[1:])), OF_MEMBER),
    )
    return replace(judging_registry(), policies=sample_registry(**{PLAN: policy}).policies)


def year_ended(engine: Engine, code: str, registry: Registry, marker: str = "nhà") -> Committee:
    """The committee with its year evaluated."""
    committee = evaluated(engine, code, marker)
    with scope(committee.engine, committee.tenant_id) as session:
        evaluate(session, registry, year=YEAR, as_of=AS_OF, by=f"Quản trị {marker}")
    return committee


def title(session: TenantSession, registry: Registry, key: str = CELL) -> Title:
    """The title of a key in the year."""
    return title_of(session, registry, YEAR, key, AS_OF)


def dissolved(committee: Committee, registry: Registry, cell: int, heir: int, day: date) -> None:
    """One cell ends in favour of another, and the year is evaluated anew."""
    ended = Ended(organisation_id=committee.cells[cell].id, heirs=(committee.cells[heir].id,))
    paper = {"document": "9-QĐ/ĐU", "document_day": day, "issued_by": "Đảng ủy phường"}
    actor = committee.actor(Role.TENANT_ADMIN)
    with scope(committee.engine, committee.tenant_id) as session:
        record(session, registry, actor, Reform(kind="dissolve", day=day, ended=(ended,), **paper), 0)  # type: ignore[arg-type]
        evaluate(session, registry, year=YEAR, as_of=AS_OF, by="Quản trị")


def secret(entitled: int = 10, present: int = 9, valid: int = 8) -> Ballot:
    """A secret ballot of so many: one paper is invalid."""
    return Ballot(
        method=SECRET,
        entitled=entitled,
        present=present,
        issued=present,
        returned=valid + 1,
        valid=valid,
        invalid=1,
    )


def by_hands(entitled: int = 10, present: int = 9) -> Ballot:
    """A show of hands."""
    return Ballot(method=BY_HANDS, entitled=entitled, present=present)


PAPER = Document(number="12-QĐ/ĐU", issuer="Ban Thường vụ Đảng ủy phường", signer="Nguyễn Văn Ký")
DAYS = {
    "assess": date(2023, 11, 20),
    "file": date(2023, 11, 25),
    "vote": date(2023, 11, 25),
    "appraise": date(2023, 12, 5),
    "decide": date(2023, 12, 14),
    "confirm": date(2023, 12, 14),
    "publish": date(2023, 12, 20),
    "collect": date(2023, 12, 25),
    "review": date(2023, 12, 31),
}


def taking(step: str, *subjects: int, votes: Sequence[int] = (), **more: object) -> Taking:
    """A step as one would enter it: everybody has eight votes of ten, and what decides has its document."""
    given: dict[str, object] = {}
    if step in ("file", "vote"):
        counted = votes or [8] * len(subjects)
        given |= {"ballot": secret(), "votes": dict(zip(subjects, counted, strict=True))}
    if step in ("decide", "confirm"):
        given["document"] = PAPER
    return Taking(**{"step": step, "done_on": DAYS[step], "subjects": subjects, **given, **more})  # type: ignore[arg-type]


def taken(
    committee: Committee,
    registry: Registry,
    entry: Taking,
    role: Role = Role.TENANT_ADMIN,
    key: str = CELL,
) -> Consequences:
    """Takes a step in a transaction of its own."""
    actor = committee.actor(role)
    with scope(committee.engine, committee.tenant_id) as session:
        return take(session, actor, title(session, registry, key), entry)


def until(committee: Committee, registry: Registry, last: str, *subjects: int, key: str = CELL) -> None:
    """Takes every step up to `last` for some subjects, one by one where they vote by themselves."""
    recognition = OF_CELL if key == CELL else OF_MEMBER
    for step in recognition.steps:
        alone = step.key == "file"
        for some in [(one,) for one in subjects] if alone else [subjects]:
            taken(committee, registry, taking(step.key, *some, exception="đã khắc phục"), key=key)
        if step.key == last:
            return
