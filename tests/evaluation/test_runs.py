"""A year evaluated is kept whole, superseded by the next, and explained from what was kept."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from uuid import uuid4

import pytest
from sqlalchemy import func, select, update

from bontot.db.models import EvaluationRun, MemberState, Verdict
from bontot.db.tenancy import TenantSession, scope
from bontot.errors import NoPlanAssigned, NotFound, PeriodRefused, PluginUnavailable
from bontot.evaluation import runs
from bontot.evaluation.replay import replay
from bontot.evaluation.runs import RunHeader
from bontot.evaluation.standing import member_standing, opened, standing
from bontot.evaluation.whole import evaluate
from bontot.policy.digest import digest
from bontot.policy.terms import Outcome
from bontot.registry import Registry
from bontot.services import evaluations
from bontot.testing import case_records as said
from tests.evaluation.conftest import YEAR, Make
from tests.evaluation.plans import CODE, POLICY, registry_of

LAST = date(YEAR, 12, 31)
MONTHS = (
    *(date(YEAR, month, 3) for month in (1, 2, 3, 4, 7, 8, 10, 11)),
    *(date(YEAR, month, day) for month, day in ((5, 4), (6, 2), (9, 5), (12, 4))),
)
ONE_CELL = said.Case(
    name="một chi bộ",
    why="",
    organisation=(
        said.Organisation(code="W", type="grassroots_committee"),
        said.Organisation(code="A", parent="W", members=4),
    ),
    state=(said.State(members=("A4",), kind="exempt", since=date(YEAR, 1, 1)),),
    meeting=(
        said.Meeting(organisation="A", on=MONTHS[:10], excused=("A3",)),
        said.Meeting(organisation="A", on=MONTHS[10:], unexcused=("A3",)),
    ),
    judgment=(
        said.Judgment(subjects=("A1", "A2"), verdict="met"),
        said.Judgment(subjects=("A",), verdict="not_applicable"),
    ),
)
THEIRS = "theo kế hoạch: mục 2, Kế hoạch số 01-KH/QU ngày 27/01/2023, áp dụng từ 27/01/2023"
OURS = (
    "mức mặc định (kế hoạch không quy định), áp dụng từ 27/01/2023; tiêu chí theo mục 2, Kế hoạch số 01-KH/QU "
    "ngày 27/01/2023"
)


def test_a_run_is_stored_whole_and_explained_with_the_records_that_decided(
    make: Make, registry: Registry
) -> None:
    committee = make(ONE_CELL)
    with scope(committee.engine, committee.tenant_id) as session:
        (header,) = evaluate(session, registry, year=YEAR, as_of=LAST, by="thử")
    with scope(committee.engine, committee.tenant_id) as session:
        assert runs.current_runs(session, YEAR) == [header]
        assert runs.run(session, header.public_id) == header
        assert runs.counts(session, header) == {
            0: {Outcome.MET: 2, Outcome.NOT_MET: 1, Outcome.NO_DATA: 1},
            1: {Outcome.NOT_MET: 1},
        }
        verdict = opened(session, registry, header, 1, committee.world.organisations["A"])
    assert (header.rules.policy, header.rules.digest) == (CODE, digest(POLICY))
    assert verdict.sentence == (
        "Chưa đủ điều kiện danh hiệu “Chi bộ bốn tốt”: 2 tiêu chí chưa đạt: “Chuyên đề mỗi quý”; “Tỷ lệ tham gia”."
    )
    assert [(found.criterion, found.sentence) for found in verdict.findings] == [
        (
            "c.date",
            "Đạt: 12 tháng sinh hoạt đúng hạn trong 12 tháng phải sinh hoạt, bằng 100,0 %; yêu cầu đủ 100 %; "
            f"{OURS}.",
        ),
        (
            "c.thematic",
            "Chưa đạt: 0 quý đủ sinh hoạt chuyên đề trong 4 quý phải sinh hoạt, bằng 0,0 %; yêu cầu đủ 100 %; "
            f"{THEIRS}.",
        ),
        (
            "c.attendance",
            f"Chưa đạt: 24 lượt có mặt trong 36 lượt phải dự, bằng 66,7 %; yêu cầu từ 85 % trở lên; {THEIRS}.",
        ),
        (
            "c.members",
            "Đạt: 2 đảng viên đạt “Đảng viên bốn tốt” trong 3 đảng viên được tính, bằng 66,7 %; yêu cầu từ 50 % trở lên; "
            f"{THEIRS}.",
        ),
        (
            "c.unity",
            "Không áp dụng: theo kết luận của người có thẩm quyền xét; tiêu chí theo mục 2, Kế hoạch số 01-KH/QU ngày "
            "27/01/2023.",
        ),
        (
            "c.existence",
            f"Đạt: 12 tháng hoạt động trong 12 tháng của kỳ; yêu cầu từ 6 tháng trở lên; {OURS}.",
        ),
        (
            "c.disciplined",
            f"Đạt: 0 quyết định kỷ luật tổ chức đảng; yêu cầu không được có trường hợp nào; {OURS}.",
        ),
    ]
    behind = {
        found.criterion: [(one.words, one.part, one.whole) for one in found.records]
        for found in verdict.findings
    }
    assert behind["c.thematic"] == [
        (f"Quý {name}/2023: không có buổi nào", 0, 1) for name in ("I", "II", "III", "IV")
    ]
    assert behind["c.attendance"][0] == ("Buổi ngày 03/01/2023", 2, 3)
    assert len(behind["c.attendance"]) == 12
    assert behind["c.date"][4] == ("Tháng 5/2023: họp ngày 04/05/2023", 1, 1)
    assert behind["c.members"] == [
        ("Nguyễn Văn A3", 0, 1),
        ("Nguyễn Văn A1", 1, 1),
        ("Nguyễn Văn A2", 1, 1),
    ]


def test_a_new_run_supersedes_and_the_old_one_stays_as_it_was(make: Make, registry: Registry) -> None:
    committee = make(ONE_CELL)
    cell = committee.world.organisations["A"]
    with scope(committee.engine, committee.tenant_id) as session:
        (first,) = evaluate(session, registry, year=YEAR, as_of=LAST, by="thử")
        before = opened(session, registry, first, 1, cell).sentence
    with scope(committee.engine, committee.tenant_id) as session:
        state = {"kind": "exempt", "valid_from": date(YEAR, 1, 1)}
        session.add(MemberState(member_id=committee.world.members["A3"], **state))
        session.flush()
        (second,) = evaluate(session, registry, year=YEAR, as_of=LAST, by="thử lại")
    with scope(committee.engine, committee.tenant_id) as session:
        assert runs.current_runs(session, YEAR) == [second]
        old = runs.run(session, first.public_id)
        assert old == replace(first, superseded=True)
        assert opened(session, registry, old, 1, cell).sentence == before
        assert opened(session, registry, second, 1, cell).sentence == (
            "Chưa đủ điều kiện danh hiệu “Chi bộ bốn tốt”: 1 tiêu chí chưa đạt: “Chuyên đề mỗi quý”."
        )


def test_a_run_is_explained_when_its_plugin_is_gone(make: Make, registry: Registry) -> None:
    committee = make(ONE_CELL)
    cell = committee.world.organisations["A"]
    with scope(committee.engine, committee.tenant_id) as session:
        (header,) = evaluate(session, registry, year=YEAR, as_of=LAST, by="thử")
        told = [found.sentence for found in opened(session, registry, header, 1, cell).findings]
    nothing = replace(registry, policies={}, metrics={})
    with scope(committee.engine, committee.tenant_id) as session:
        kept = opened(session, nothing, runs.run(session, header.public_id), 1, cell)
    assert [found.sentence for found in kept.findings] == told


def test_a_page_of_verdicts_is_filtered_and_bounded(make: Make, registry: Registry) -> None:
    committee = make(ONE_CELL)
    members = committee.world.members
    with scope(committee.engine, committee.tenant_id) as session:
        (header,) = evaluate(session, registry, year=YEAR, as_of=LAST, by="thử")
        everyone = runs.verdicts(session, header, 0)
        assert [row.subject_id for row in everyone] == sorted(members.values())
        met = runs.verdicts(session, header, 0, outcome=Outcome.MET)
        assert [row.subject_id for row in met] == [members["A1"], members["A2"]]
        absent = runs.verdicts(session, header, 0, line=(0, Outcome.NOT_MET))
        assert [row.subject_id for row in absent] == [members["A3"]]
        assert runs.verdicts(session, header, 0, limit=2, offset=2) == everyone[2:4]
        assert runs.verdicts(session, header, 0, among=[members["A4"]]) == everyone[3:]
        assert runs.counts(session, header, [members["A1"]])[0] == {Outcome.MET: 1}


def in_arrays(session: TenantSession, header: RunHeader) -> None:
    """Puts the rows of a run into the form rows had before."""
    for scheme in range(len(header.rules.schemes)):
        for row in runs.every_verdict(session, header, scheme):
            session.execute(
                update(Verdict)
                .where(
                    Verdict.run_id == header.id,
                    Verdict.scheme == scheme,
                    Verdict.subject_id == row.subject_id,
                )
                .values(
                    findings=None, outcomes=list(row.outcomes), parts=list(row.parts), wholes=list(row.wholes)
                )
            )


def test_a_run_stored_in_arrays_reads_as_one_stored_packed(make: Make, registry: Registry) -> None:
    committee = make(ONE_CELL)

    def read(session: TenantSession) -> list[object]:
        return [
            [runs.every_verdict(session, header, scheme) for scheme in (0, 1)],
            runs.verdicts(session, header, 0, line=(0, Outcome.NOT_MET)),
            [evaluations.tallies(session, header, scheme, None) for scheme in (0, 1)],
            evaluations.subjects(session, header, 0, 1, among=None, outcome=Outcome.NOT_MET, line=0).lines,
            evaluations.subjects(session, header, 1, 1, among=None).lines,
            replay(session, registry, header),
        ]

    with scope(committee.engine, committee.tenant_id) as session:
        (header,) = evaluate(session, registry, year=YEAR, as_of=LAST, by="thử")
        packed = read(session)
        in_arrays(session, header)
        kept = session.scalars(select(Verdict.outcomes).order_by(Verdict.subject_id)).all()
        assert all(kept)
        assert read(session) == packed


def test_standing_says_what_the_run_says(make: Make, registry: Registry) -> None:
    committee = make(ONE_CELL)
    world = committee.world
    with scope(committee.engine, committee.tenant_id) as session:
        (header,) = evaluate(session, registry, year=YEAR, as_of=LAST, by="thử")
        live = standing(session, registry, world.organisations["A"], YEAR, LAST)
        assert live.explained == (opened(session, registry, header, 1, world.organisations["A"]),)
        mine = member_standing(session, registry, world.members["A3"], YEAR, LAST)
        assert mine.explained == (opened(session, registry, header, 0, world.members["A3"]),)


def test_one_committee_sees_nothing_of_anothers_runs(make: Make, registry: Registry) -> None:
    mine, theirs = make(ONE_CELL), make(ONE_CELL)
    with scope(theirs.engine, theirs.tenant_id) as session:
        (foreign,) = evaluate(session, registry, year=YEAR, as_of=LAST, by="MỒI")
    with scope(mine.engine, mine.tenant_id) as session:
        assert runs.current_runs(session, YEAR) == []
        assert runs.verdicts(session, foreign, 0) == []
        for public_id in (foreign.public_id, uuid4()):
            with pytest.raises(NotFound):
                runs.run(session, public_id)
        with pytest.raises(NotFound):
            standing(session, registry, theirs.world.organisations["A"], YEAR, LAST)
        with pytest.raises(NotFound):
            member_standing(session, registry, theirs.world.members["A1"], YEAR, LAST)


def test_another_plan_is_tried_without_leaving_a_trace(make: Make) -> None:
    strict = replace(POLICY, code="thu_nghiem", schemes=POLICY.schemes[:1])
    both = registry_of([POLICY, strict])
    committee = make(ONE_CELL, by=both)
    with scope(committee.engine, committee.tenant_id) as session:
        (tried,) = runs.judge(session, both, year=YEAR, as_of=LAST, policy_code="thu_nghiem")
        assert (tried.rules.policy, len(tried.findings)) == ("thu_nghiem", 1)
        for table in (EvaluationRun, Verdict):
            assert session.scalar(select(func.count()).select_from(table)) == 0


def test_a_year_that_cannot_be_judged_is_refused_whole(make: Make, registry: Registry) -> None:
    committee = make(ONE_CELL)
    with scope(committee.engine, committee.tenant_id) as session, pytest.raises(PeriodRefused):
        evaluate(session, registry, year=YEAR + 1, as_of=LAST, by="thử")
    empty = make(said.Case(name="chưa có gì", why=""))
    with scope(empty.engine, empty.tenant_id) as session, pytest.raises(NoPlanAssigned) as refused:
        evaluate(session, registry, year=YEAR, as_of=LAST, by="thử")
    assert str(refused.value) == NoPlanAssigned.sentence


def test_a_broken_plugin_harms_only_those_it_governs(make: Make, registry: Registry) -> None:
    mine = make(ONE_CELL)
    other = registry_of([replace(POLICY, code="khac")])
    theirs = make(ONE_CELL, plan="khac", by=other)
    with scope(theirs.engine, theirs.tenant_id) as session, pytest.raises(PluginUnavailable) as refused:
        evaluate(session, registry, year=YEAR, as_of=LAST, by="thử")
    assert refused.value.status == 503
    assert str(refused.value) == "Kế hoạch “khac” chưa dùng được: chưa cài thành phần nào khai kế hoạch này."
    with scope(theirs.engine, theirs.tenant_id) as session:
        assert session.scalar(select(func.count()).select_from(EvaluationRun)) == 0
    with scope(mine.engine, mine.tenant_id) as session:
        assert len(evaluate(session, registry, year=YEAR, as_of=LAST, by="thử")) == 1
