"""Judging by stages: who may, what a plan takes, and what is kept of what stood before."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import date
from decimal import Decimal
from itertools import count

import pytest
from sqlalchemy import Engine, select, text

from bontot.access import Actor, Role
from bontot.db.models import AuditEvent, Judgment, JudgmentEvidence, Post, Task, ThresholdOverride
from bontot.db.tenancy import TenantSession, scope
from bontot.errors import InvalidFields, InvalidInput, NotAllowed, NotFound, PeriodRefused, Stale
from bontot.evaluation.standing import member_standing
from bontot.policy.terms import Outcome, Stage
from bontot.registry import Registry
from bontot.services.judgment_hands import hands_of
from bontot.services.judgment_rules import (
    EvidenceEntry,
    Hand,
    JudgedSubject,
    JudgmentEntry,
    stages_open_to,
)
from bontot.services.judgments import Entries, judge, sheet_of
from bontot.services.meetings import MeetingEntry, record_meeting
from tests.factories import Committee, make_committee

YEAR = 2023
REGISTRY = Registry.load()
LINE, PEOPLE, SOLIDARITY = "tayho.member.1.line", "tayho.member.4.people", "tayho.cell.3.solidarity"
MET, NOT_MET = JudgmentEntry(verdict="met"), JudgmentEntry(verdict="not_met", remark="chưa đạt vì thiếu")
SELF, CELL, APPRAISAL = Stage
_NUMBERS = count(1)


@pytest.fixture
def committee(engine: Engine, unique: str) -> Committee:
    """Two cells under a ward; the second member of the first cell has an account."""
    return make_committee(engine, unique, "nhà", members=3)


def member(committee: Committee, place: int = 1, cell: int = 0) -> JudgedSubject:
    unit = committee.cells[cell]
    return JudgedSubject(id=unit.members[place][0], of_member=True, place_id=unit.id)


def cell(committee: Committee, number: int = 0) -> JudgedSubject:
    unit = committee.cells[number]
    return JudgedSubject(id=unit.id, of_member=False, place_id=unit.id, is_cell=True)


def ward(committee: Committee) -> JudgedSubject:
    return JudgedSubject(id=committee.ward.id, of_member=False, place_id=committee.ward.id)


def judged(
    committee: Committee,
    who: Role | Actor,
    subject: JudgedSubject,
    stage: Stage,
    entries: Entries,
    *,
    year: int = YEAR,
    reason: str = "",
    versions: dict[str, int] | None = None,
    judged_on: date | None = None,
    redate: bool = False,
) -> int:
    """Judges as a page would that was shown just now."""
    actor = replace(committee.actor(who), name=f"nhà {who}") if isinstance(who, Role) else who
    with scope(committee.engine, committee.tenant_id) as session:
        if versions is None:
            stages = seen(session, subject, year)
            versions = {key: stages[key, stage][0] for key in entries if (key, stage) in stages}
        return judge(
            session,
            actor,
            REGISTRY,
            subject,
            year,
            stage,
            entries,
            versions,
            judged_on=judged_on,
            redate=redate,
            reason=reason,
        )


def seen(
    session: TenantSession, subject: JudgedSubject, year: int = YEAR
) -> dict[tuple[str, Stage], tuple[int, JudgmentEntry]]:
    """`{(criterion, stage): (version, what was concluded)}`, evidence without its ids."""
    sheet = sheet_of(session, REGISTRY, subject, year, date(year, 12, 31))
    return {
        (criterion, stage): (
            recorded.version,
            replace(
                recorded.entry,
                evidence=tuple(replace(one, id=None, record=None) for one in recorded.entry.evidence),
            ),
        )
        for criterion, stages in sheet.recorded.items()
        for stage, recorded in stages.items()
    }


def on_record(
    committee: Committee, subject: JudgedSubject
) -> dict[tuple[str, Stage], tuple[int, JudgmentEntry]]:
    with scope(committee.engine, committee.tenant_id) as session:
        return seen(session, subject)


def another(committee: Committee, role: Role, member_id: int | None = None) -> Actor:
    """Somebody else in the same role."""
    number = 10**6 + next(_NUMBERS)
    return replace(committee.actor(role), account_id=number, name="người khác", member_id=member_id)


def decide(committee: Committee, policy: str, key: str, value: str) -> None:
    """The committee's own value from the middle of the year."""
    with scope(committee.engine, committee.tenant_id) as session:
        session.add(
            ThresholdOverride(
                policy_code=policy,
                key=key,
                value=value,
                valid_from=date(YEAR, 7, 1),
                document="05-NQ/ĐU",
                entered_by="thử",
            )
        )


def refused(committee: Committee, *args: object, **more: object) -> dict[str, str]:
    """What is said of each field; nothing may have been written."""
    subject = args[1]
    assert isinstance(subject, JudgedSubject)
    before = on_record(committee, subject)
    with pytest.raises(InvalidFields) as caught:
        judged(committee, *args, **more)  # type: ignore[arg-type]
    assert on_record(committee, subject) == before
    return caught.value.errors


def test_each_stage_is_somebodys(committee: Committee) -> None:
    told = {
        (role, name): stages_open_to(committee.actor(role), subject)
        for role in (Role.MEMBER, Role.CELL_SECRETARY, Role.COMMITTEE, Role.TENANT_ADMIN)
        for name, subject in {
            "oneself": member(committee, 1 if role is Role.MEMBER else 0),
            "a member": member(committee, 2),
            "elsewhere": member(committee, 0, cell=1),
            "the cell": cell(committee),
            "another cell": cell(committee, 1),
            "the ward": ward(committee),
        }.items()
    }
    nobodys = {key: stages for key, stages in told.items() if stages}
    assert nobodys == {
        (Role.MEMBER, "oneself"): (SELF,),
        (Role.CELL_SECRETARY, "oneself"): (SELF, CELL),
        (Role.CELL_SECRETARY, "a member"): (CELL,),
        (Role.CELL_SECRETARY, "the cell"): (SELF, CELL),
        **{
            (Role.COMMITTEE, name): (APPRAISAL,)
            for name in ("oneself", "a member", "elsewhere", "the cell", "another cell")
        },
        (Role.COMMITTEE, "the ward"): (SELF,),
        **{
            (Role.TENANT_ADMIN, name): (APPRAISAL,)
            for name in ("oneself", "a member", "elsewhere", "the cell", "another cell", "the ward")
        },
    }


@pytest.mark.parametrize(
    ("who", "stage", "said"),
    [
        (Role.MEMBER, CELL, "Bước Chi bộ của hồ sơ này không do đồng chí xét."),
        (Role.CELL_SECRETARY, SELF, "Bước Tự đánh giá của hồ sơ này không do đồng chí xét."),
        (Role.CELL_SECRETARY, APPRAISAL, "Bước Thẩm định của hồ sơ này không do đồng chí xét."),
        (Role.COMMITTEE, CELL, "Bước Chi bộ của hồ sơ này không do đồng chí xét."),
        (Role.TENANT_ADMIN, SELF, "Bước Tự đánh giá của hồ sơ này không do đồng chí xét."),
    ],
)
def test_nobody_judges_at_a_stage_of_others(committee: Committee, who: Role, stage: Stage, said: str) -> None:
    with pytest.raises(NotAllowed, match=said):
        judged(committee, who, member(committee), stage, {LINE: MET})
    assert on_record(committee, member(committee)) == {}


@pytest.mark.parametrize("who", [Role.MEMBER, Role.CELL_SECRETARY])
def test_one_out_of_reach_is_not_there(committee: Committee, who: Role) -> None:
    for subject, stage in ((member(committee, 0, cell=1), CELL), (cell(committee, 1), CELL)):
        with pytest.raises(NotFound):
            judged(committee, who, subject, stage, {LINE: MET})


def test_three_stages_stand_side_by_side_and_the_highest_decides(committee: Committee) -> None:
    subject = member(committee)
    judged(committee, Role.MEMBER, subject, SELF, {LINE: MET, PEOPLE: MET})
    judged(committee, Role.CELL_SECRETARY, subject, CELL, {LINE: MET})
    judged(committee, Role.COMMITTEE, subject, APPRAISAL, {LINE: NOT_MET})
    assert on_record(committee, subject) == {
        (LINE, SELF): (1, MET),
        (PEOPLE, SELF): (1, MET),
        (LINE, CELL): (1, MET),
        (LINE, APPRAISAL): (1, NOT_MET),
    }
    with scope(committee.engine, committee.tenant_id) as session:
        day = session.execute(text("SELECT max(judged_on) FROM judgment")).scalar_one()
        explained = member_standing(session, REGISTRY, subject.id, YEAR, day).explained[0]
        found = {one.criterion: one.outcome for one in explained.findings}
        made = select(Judgment.judged_by, Judgment.account_id).where(Judgment.stage == APPRAISAL)
        by = session.execute(made).one()
    assert (found[LINE], found[PEOPLE]) == (Outcome.NOT_MET, Outcome.NO_DATA)
    assert tuple(by) == ("nhà committee", committee.accounts[Role.COMMITTEE])


def test_one_hand_does_not_judge_twice_where_the_plan_forbids_it(committee: Committee) -> None:
    """The secretary assesses himself, and may not conclude for the cell on what he assessed; the rest he may."""
    subject = member(committee, 0)
    judged(committee, Role.CELL_SECRETARY, subject, SELF, {LINE: MET})
    assert refused(committee, Role.CELL_SECRETARY, subject, CELL, {LINE: MET, PEOPLE: MET}) == {
        f"judged_by-{LINE}": "nhà cell_secretary đã xét tiêu chí này ở bước Tự đánh giá; kế hoạch không để một "
        "người xét ở hai bước. Cần người khác xét bước này."
    }
    assert judged(committee, Role.CELL_SECRETARY, subject, CELL, {PEOPLE: MET}) == 1
    deputy = another(committee, Role.CELL_SECRETARY)
    assert judged(committee, deputy, subject, CELL, {LINE: MET}) == 1


def test_one_hand_is_known_by_the_person_behind_another_account(committee: Committee) -> None:
    subject = member(committee, 0)
    judged(committee, Role.CELL_SECRETARY, subject, SELF, {LINE: MET})
    same = another(committee, Role.CELL_SECRETARY, member_id=subject.id)
    assert list(refused(committee, same, subject, CELL, {LINE: MET})) == [f"judged_by-{LINE}"]


def test_one_hand_judges_twice_where_the_committee_allows_it(committee: Committee) -> None:
    subject = member(committee, 0)
    judged(committee, Role.CELL_SECRETARY, subject, SELF, {LINE: MET})
    decide(committee, "hanoi_tayho", "judging.same_hand", "allowed")
    assert judged(committee, Role.CELL_SECRETARY, subject, CELL, {LINE: MET}) == 1


@pytest.mark.parametrize(
    ("one", "other", "same"),
    [
        (Hand(1, None, "An"), Hand(1, None, "Bình"), True),
        (Hand(1, None, "An"), Hand(2, None, "An"), False),
        (Hand(1, 7, "An"), Hand(2, 7, "Bình"), True),
        (Hand(1, 7, "An"), Hand(2, 8, "An"), False),
        (Hand(1, 7, "Nguyễn Văn Hoà"), Hand(None, None, "nguyễn văn hòa"), True),
        (Hand(None, None, "An"), Hand(None, None, "Bình"), False),
    ],
)
def test_a_hand_is_known_by_account_by_member_and_else_by_name(one: Hand, other: Hand, same: bool) -> None:
    assert (one.same(other), other.same(one)) == (same, same)


@pytest.mark.parametrize(
    ("points", "said"),
    [
        ("0", None),
        ("20", None),
        ("19.99", None),
        ("20.01", "Tiêu chí này có tối đa 20 điểm."),
        ("-0.01", "Điểm là số từ 0 trở lên, có tối đa hai chữ số thập phân, ví dụ 8,5."),
        ("19.995", "Điểm là số từ 0 trở lên, có tối đa hai chữ số thập phân, ví dụ 8,5."),
    ],
)
def test_points_stay_within_the_maximum_in_force(
    engine: Engine, unique: str, points: str, said: str | None
) -> None:
    """The plan gives thirty; from July the committee gives twenty."""
    committee = make_committee(engine, unique, "nhà", members=2, policy="hanoi_longbien")
    decide(committee, "hanoi_longbien", "longbien.1.points", "20")
    score, entry = "longbien.cell.1.score", JudgmentEntry(points=Decimal(points))
    arguments = (Role.COMMITTEE, cell(committee), APPRAISAL, {score: entry})
    if said is None:
        assert judged(committee, *arguments) == 1
    else:
        assert refused(committee, *arguments) == {f"points-{score}": said}


@pytest.mark.parametrize(
    ("criterion", "entry", "said"),
    [
        (LINE, JudgmentEntry(), ("verdict", "Hãy ghi kết luận hoặc điểm, chỉ một trong hai.")),
        (LINE, JudgmentEntry(verdict="perhaps"), ("verdict", "Chọn kết luận trong danh sách.")),
        (
            LINE,
            JudgmentEntry(verdict="not_applicable"),
            ("verdict", "Tiêu chí này luôn áp dụng; hãy ghi Đạt hoặc Chưa đạt."),
        ),
        (
            LINE,
            JudgmentEntry(points=Decimal(1)),
            ("points", "Tiêu chí này không chấm điểm; hãy ghi kết luận."),
        ),
        (
            LINE,
            replace(MET, remark="Nhận xét\u202e ngược"),
            ("remark", "Có ký tự không đọc được (U+202E) ở vị trí 9; hãy xóa và gõ lại chỗ đó."),
        ),
        (
            LINE,
            replace(MET, evidence=(EvidenceEntry("dòng\nhai"),)),
            ("title", "Nội dung này phải viết trên một dòng; hãy bỏ chỗ xuống dòng."),
        ),
    ],
)
def test_what_a_plan_does_not_take_is_refused_whole(
    committee: Committee, criterion: str, entry: JudgmentEntry, said: tuple[str, str]
) -> None:
    """The other criterion of the same form is not written either."""
    field, sentence = said
    told = refused(committee, Role.MEMBER, member(committee), SELF, {criterion: entry, PEOPLE: MET})
    assert told == {f"{field}-{criterion}": sentence}


def test_a_criterion_the_plan_does_not_have_is_refused(committee: Committee) -> None:
    with pytest.raises(InvalidInput, match="không có tiêu chí vừa gửi"):
        judged(committee, Role.MEMBER, member(committee), SELF, {SOLIDARITY: MET})


def test_a_year_to_come_is_not_judged(committee: Committee) -> None:
    with pytest.raises(PeriodRefused, match="Năm 2100 chưa bắt đầu"):
        judged(committee, Role.MEMBER, member(committee), SELF, {LINE: MET}, year=2100, versions={})


def test_a_conclusion_unlike_the_stage_below_says_why(committee: Committee) -> None:
    subject = member(committee)
    judged(committee, Role.MEMBER, subject, SELF, {LINE: MET})
    judged(committee, Role.CELL_SECRETARY, subject, CELL, {LINE: NOT_MET})
    assert refused(committee, Role.COMMITTEE, subject, APPRAISAL, {LINE: MET}) == {
        f"remark-{LINE}": "Kết luận này khác bước Chi bộ; hãy ghi nhận xét nêu lý do."
    }
    assert (
        judged(committee, Role.COMMITTEE, subject, APPRAISAL, {LINE: replace(MET, remark="đã khắc phục")})
        == 1
    )
    assert judged(committee, Role.COMMITTEE, subject, APPRAISAL, {PEOPLE: MET}) == 1


def test_what_a_later_stage_has_judged_changes_only_with_a_reason(committee: Committee) -> None:
    subject = member(committee)
    judged(committee, Role.MEMBER, subject, SELF, {LINE: MET})
    assert judged(committee, Role.MEMBER, subject, SELF, {LINE: NOT_MET}) == 1
    judged(committee, Role.CELL_SECRETARY, subject, CELL, {LINE: NOT_MET})
    wanted = {"reason": "Bước sau đã xét rồi; cần ghi lý do sửa."}
    assert refused(committee, Role.MEMBER, subject, SELF, {LINE: MET}) == wanted
    assert refused(committee, Role.MEMBER, subject, SELF, {LINE: None}) == wanted
    assert judged(committee, Role.MEMBER, subject, SELF, {LINE: NOT_MET, PEOPLE: MET}) == 1
    assert judged(committee, Role.MEMBER, subject, SELF, {LINE: None}, reason="ghi nhầm năm") == 1
    assert on_record(committee, subject) == {(PEOPLE, SELF): (1, MET), (LINE, CELL): (1, NOT_MET)}


def test_what_stood_before_is_kept_in_the_trail(committee: Committee) -> None:
    subject, first = member(committee), replace(MET, evidence=(EvidenceEntry("Bản kiểm điểm"),))
    judged(committee, Role.MEMBER, subject, SELF, {LINE: first})
    judged(committee, Role.MEMBER, subject, SELF, {LINE: NOT_MET})
    judged(committee, Role.MEMBER, subject, SELF, {LINE: None})
    with scope(committee.engine, committee.tenant_id) as session:
        day = str(session.execute(text("SELECT (now() AT TIME ZONE 'Asia/Ho_Chi_Minh')::date")).scalar_one())
        kept = session.scalars(
            select(AuditEvent.detail).where(AuditEvent.action == "judge").order_by(AuditEvent.id)
        ).all()
    by = {"judged_by": "nhà member", "judged_on": day, "points": None}
    assert [one["before"] for one in kept] == [
        {LINE: None},
        {LINE: {"verdict": "met", "remark": "", "evidence": ["Bản kiểm điểm"], **by}},
        {LINE: {"verdict": "not_met", "remark": "chưa đạt vì thiếu", "evidence": [], **by}},
    ]


def test_two_who_judge_at_once_do_not_overwrite_each_other(committee: Committee) -> None:
    subject, deputy = member(committee), another(committee, Role.CELL_SECRETARY)
    judged(committee, Role.CELL_SECRETARY, subject, CELL, {LINE: MET})
    with pytest.raises(Stale):
        judged(committee, deputy, subject, CELL, {LINE: NOT_MET}, versions={LINE: 0})
    assert on_record(committee, subject) == {(LINE, CELL): (1, MET)}
    assert judged(committee, deputy, subject, CELL, {LINE: NOT_MET}, versions={LINE: 1}) == 1
    with pytest.raises(Stale):
        judged(committee, Role.CELL_SECRETARY, subject, CELL, {LINE: None}, versions={LINE: 1})
    assert on_record(committee, subject) == {(LINE, CELL): (2, NOT_MET)}


def test_two_who_judge_at_the_same_moment_take_turns(committee: Committee) -> None:
    """The second waits until the first has written, and is then told that its page is old."""
    subject, deputy = member(committee), another(committee, Role.CELL_SECRETARY)
    with (
        ThreadPoolExecutor() as pool,
        scope(committee.engine, committee.tenant_id) as session,
    ):
        first = committee.actor(Role.CELL_SECRETARY)
        judge(session, first, REGISTRY, subject, YEAR, CELL, {LINE: MET}, {})
        second = pool.submit(judged, committee, deputy, subject, CELL, {LINE: NOT_MET}, versions={LINE: 0})
        with pytest.raises(TimeoutError):
            second.result(timeout=1)
        session.commit()
        with pytest.raises(Stale):
            second.result(timeout=20)
    assert on_record(committee, subject) == {(LINE, CELL): (1, MET)}


def test_evidence_is_a_paper_or_a_record_of_ones_own_place(committee: Committee) -> None:
    subject = member(committee)
    with scope(committee.engine, committee.tenant_id) as session:
        held = [
            record_meeting(
                session,
                committee.actor(Role.TENANT_ADMIN),
                unit.id,
                MeetingEntry(kind="regular", held_on=date(YEAR, 3, 3), marks={}),
            ).id
            for unit in committee.cells
        ]
        task = Task(
            organisation_id=committee.cells[0].id, origin="initiative", title="Việc", due_on=date(YEAR, 6, 1)
        )
        session.add(task)
        session.flush()
        task_id = task.id
    paper, meeting = EvidenceEntry("Giấy khen"), EvidenceEntry("Buổi tháng 3", meeting_id=held[0])
    work, foreign = EvidenceEntry("Việc", task_id=task_id), EvidenceEntry("Buổi khác", meeting_id=held[1])
    assert refused(
        committee, Role.MEMBER, subject, SELF, {LINE: replace(MET, evidence=(paper, foreign))}
    ) == {f"record-{LINE}": "Chọn buổi họp hoặc nhiệm vụ trong danh sách."}
    whole = replace(MET, evidence=(paper, meeting, work))
    judged(committee, Role.MEMBER, subject, SELF, {LINE: whole})
    assert on_record(committee, subject) == {(LINE, SELF): (1, whole)}
    with scope(committee.engine, committee.tenant_id) as session:
        before = sheet_of(session, REGISTRY, subject, YEAR, date(YEAR, 12, 31)).recorded[LINE][SELF].entry
    kept = tuple(one for one in before.evidence if one.title != "Giấy khen")
    judged(committee, Role.MEMBER, subject, SELF, {LINE: replace(MET, evidence=kept)})
    with scope(committee.engine, committee.tenant_id) as session:
        ids = session.scalars(select(JudgmentEvidence.id).order_by(JudgmentEvidence.id)).all()
    assert ids == [one.id for one in kept]


@pytest.mark.parametrize("judged_on", [date(YEAR, 1, 1), date(YEAR, 12, 31), date(YEAR + 1, 1, 15)])
def test_a_judgment_is_of_the_day_of_the_meeting_that_made_it(committee: Committee, judged_on: date) -> None:
    """Also after the year is over; the trail says of which day."""
    subject = member(committee)
    judged(committee, Role.MEMBER, subject, SELF, {LINE: MET}, judged_on=judged_on)
    with scope(committee.engine, committee.tenant_id) as session:
        assert session.scalars(select(Judgment.judged_on)).all() == [judged_on]
        detail = session.scalars(select(AuditEvent.detail).where(AuditEvent.action == "judge")).one()
    assert detail["judged_on"] == str(judged_on)


def test_a_day_before_the_year_or_to_come_is_refused_with_everything_else(committee: Committee) -> None:
    subject = member(committee)
    judged(committee, Role.MEMBER, subject, SELF, {LINE: MET})
    before = {"judged_on": "Ngày kết luận phải từ 01/01/2023, khi năm được xét bắt đầu."}
    remark = {f"remark-{LINE}": "Kết luận này khác bước Tự đánh giá; hãy ghi nhận xét nêu lý do."}
    bare = JudgmentEntry(verdict="not_met")
    told = refused(
        committee, Role.CELL_SECRETARY, subject, CELL, {LINE: bare}, judged_on=date(YEAR - 1, 12, 31)
    )
    assert told == {**remark, **before}
    far = refused(committee, Role.MEMBER, subject, SELF, {PEOPLE: MET}, judged_on=date(2099, 1, 1))
    assert far["judged_on"].startswith("Ngày kết luận chưa đến (hôm nay là ")


def test_a_day_is_put_right_where_that_is_asked_for_and_with_a_reason_once_others_judged(
    committee: Committee,
) -> None:
    subject, first, later = member(committee), date(YEAR, 12, 1), date(YEAR, 12, 8)
    judged(committee, Role.MEMBER, subject, SELF, {LINE: MET}, judged_on=first)
    assert judged(committee, Role.MEMBER, subject, SELF, {LINE: MET}, judged_on=later) == 0
    assert judged(committee, Role.MEMBER, subject, SELF, {LINE: MET}, judged_on=first, redate=True) == 0
    assert judged(committee, Role.MEMBER, subject, SELF, {LINE: MET}, judged_on=later, redate=True) == 1
    judged(committee, Role.CELL_SECRETARY, subject, CELL, {LINE: MET}, judged_on=later)
    again = (committee, Role.MEMBER, subject, SELF, {LINE: MET})
    assert refused(*again, judged_on=first, redate=True) == {
        "reason": "Bước sau đã xét rồi; cần ghi lý do sửa."
    }
    assert judged(*again, judged_on=first, redate=True, reason="ghi nhầm ngày") == 1


def test_a_stage_is_held_by_those_who_may_and_the_cells_officers_without_a_log_in_are_known(
    committee: Committee,
) -> None:
    unit, subject = committee.cells[0], member(committee, 2)
    with scope(committee.engine, committee.tenant_id) as session:
        for place, kind in ((1, "deputy_secretary"), (1, "committee_member"), (2, "committee_member")):
            session.add(
                Post(
                    organisation_id=unit.id,
                    member_id=unit.members[place][0],
                    kind=kind,
                    valid_from=date(YEAR, 1, 1),
                )
            )
        ended = session.scalars(select(Post).where(Post.kind == "committee_member")).all()[1]
        ended.valid_to = date(YEAR, 6, 1)
    with scope(committee.engine, committee.tenant_id) as session:
        found = {stage: hands_of(session, subject, stage, date(YEAR, 12, 31)) for stage in Stage}
    assert {
        stage: (
            [(one.role, one.post) for one in hands.holders],
            [(one.name, one.post) for one in hands.without],
        )
        for stage, hands in found.items()
    } == {
        SELF: ([], []),
        CELL: ([(Role.CELL_SECRETARY, "secretary")], [("Nguyễn nhà Bình", "deputy_secretary")]),
        APPRAISAL: ([(Role.COMMITTEE, ""), (Role.TENANT_ADMIN, "")], []),
    }
    own = Hand(committee.accounts[Role.CELL_SECRETARY], None, "")
    assert found[CELL].besides([own]) == ()
    assert len(found[APPRAISAL].besides([own])) == 2


def test_saying_the_same_again_changes_nothing(committee: Committee) -> None:
    subject, entry = member(committee), replace(MET, evidence=(EvidenceEntry("Giấy khen"),))
    assert judged(committee, Role.MEMBER, subject, SELF, {LINE: entry}) == 1
    assert judged(committee, Role.MEMBER, subject, SELF, {LINE: entry}) == 0
    assert on_record(committee, subject) == {(LINE, SELF): (1, entry)}


def test_the_cell_is_not_asked_where_only_the_superiors_word_counts(engine: Engine, unique: str) -> None:
    """Points, and “điển hình”, are assessed by oneself and concluded by the superior."""
    committee = make_committee(engine, unique, "nhà", members=2, policy="hanoi_longbien")
    with scope(committee.engine, committee.tenant_id) as session:
        sheet = sheet_of(session, REGISTRY, cell(committee), YEAR, date(YEAR, 12, 31))
    assert {one.criterion: one.stages for one in sheet.asked if one.awaited} == {
        **{f"longbien.cell.{number}.score": (SELF, APPRAISAL) for number in (1, 2, 3, 4)},
        "longbien.exemplar": (SELF, APPRAISAL),
        "city.principles": (SELF, APPRAISAL),
    }
    told = refused(committee, Role.CELL_SECRETARY, cell(committee), CELL, {"longbien.exemplar": MET})
    assert told == {"stage-longbien.exemplar": "Kế hoạch không xét tiêu chí này ở bước Chi bộ."}
