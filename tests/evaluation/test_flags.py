"""What a verdict says beside its outcome: the pledge that is missing, and who judged on which evidence."""

from __future__ import annotations

from datetime import date

from sqlalchemy import select

from bontot.db.models import Judgment, JudgmentEvidence
from bontot.db.tenancy import scope
from bontot.evaluation import runs
from bontot.evaluation.report import explained_rows, verdict_data
from bontot.evaluation.standing import member_standing, opened, standing
from bontot.evaluation.whole import evaluate
from bontot.registry import Registry
from bontot.testing import case_records as said
from tests.evaluation.conftest import YEAR, Make
from tests.evaluation.test_runs import LAST

MISSING = "Chưa có bản đăng ký phấn đấu năm 2023; kết quả vẫn được tính."


def case(*registrations: said.Registration) -> said.Case:
    return said.Case(
        name="đăng ký",
        why="",
        organisation=(
            said.Organisation(code="W", type="grassroots_committee"),
            said.Organisation(code="A", parent="W", members=2),
            said.Organisation(code="B", parent="W", members=1),
        ),
        registration=registrations,
        judgment=(said.Judgment(subjects=("A",), criteria=("tayho.cell.3.solidarity",), verdict="met"),),
    )


def flags(make: Make, given: said.Case) -> dict[str, str]:
    """What each subject of the plan's titles is flagged with, on the command line and on its page alike."""
    shipped = Registry.load()
    committee = make(given, plan="hanoi_tayho", by=shipped)
    world, found = committee.world, dict[str, str]()
    with scope(committee.engine, committee.tenant_id) as session:
        (header,) = evaluate(session, shipped, year=YEAR, as_of=LAST, by="thử")
        rows = [runs.every_verdict(session, header, at) for at in range(len(header.rules.schemes))]
        for named, explained in explained_rows(session, header.rules, rows):
            if explained.scheme.title:
                found[committee.names()[named.id]] = verdict_data(named, explained)["flag"]
        for code, flag in found.items():
            of_member = code in world.members
            at = next(
                at
                for at, scheme in enumerate(header.rules.schemes)
                if scheme.title and (scheme.subject == "member") == of_member
            )
            assert opened(session, shipped, header, at, world.subject(code)).flag == flag
            live = member_standing if of_member else standing
            shown = live(session, shipped, world.subject(code), YEAR, LAST).explained[0]
            assert shown.flag == flag
    return found


def test_who_has_not_pledged_is_judged_and_flagged(make: Make) -> None:
    """The cell's pledge covers both titles, so its members' too."""
    signed = said.Registration(subjects=("A",), on=date(YEAR, 2, 27))
    assert flags(make, case(signed)) == {"A": "", "A1": "", "A2": "", "B": MISSING, "B1": MISSING}


def test_a_members_own_pledge_is_his_alone(make: Make) -> None:
    signed = said.Registration(subjects=("A1",), on=date(YEAR, 2, 27))
    assert flags(make, case(signed)) == {
        "A": MISSING,
        "A1": "",
        "A2": MISSING,
        "B": MISSING,
        "B1": MISSING,
    }


def test_a_judged_finding_names_who_judged_when_and_on_what(make: Make) -> None:
    shipped = Registry.load()
    committee = make(case(), plan="hanoi_tayho", by=shipped)
    with scope(committee.engine, committee.tenant_id) as session:
        judgment = session.scalars(select(Judgment)).one()
        judgment.judged_by, judgment.judged_on, judgment.remark = "Đảng ủy", date(YEAR, 12, 5), "đoàn kết tốt"
        session.add_all(
            JudgmentEvidence(judgment_id=judgment.id, title=title)
            for title in ("Biên bản tháng 12", "Thư khen")
        )
        earlier = {"organisation_id": judgment.organisation_id, "criterion": judgment.criterion, "year": YEAR}
        session.add(
            Judgment(
                **earlier,
                stage="self_assessment",
                verdict="not_met",
                judged_by="Chi bộ A",
                judged_on=date(YEAR, 11, 20),
            )
        )
        session.flush()
        shown = standing(session, shipped, committee.world.organisations["A"], YEAR, LAST).explained[0]
    (finding,) = [one for one in shown.findings if one.criterion == "tayho.cell.3.solidarity"]
    assert [record.words for record in finding.records] == [
        "Cấp trên thẩm định: đạt (Đảng ủy, ngày 05/12/2023); đoàn kết tốt; minh chứng: Biên bản tháng 12, Thư khen",
        "Tự đánh giá: chưa đạt (Chi bộ A, ngày 20/11/2023)",
    ]
