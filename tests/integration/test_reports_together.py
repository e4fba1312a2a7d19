"""The reports of all cells of a ward at once: each tells of its own cell, as it would alone, and of no other committee."""

from __future__ import annotations

import io
import zipfile
from dataclasses import replace
from datetime import date
from typing import Any

import pytest
from sqlalchemy import Engine, update

from bontot.access import Role, organisations_below
from bontot.clock import today
from bontot.db.models import Fee, FeePayment, FeeSetting, Membership, Organisation, PaperText
from bontot.db.tenancy import TenantSession, scope
from bontot.documents.asking import Asked
from bontot.documents.batches import batch_of, look
from bontot.documents.kinds import kind_of
from bontot.documents.paper import Grid, Paper, Text
from bontot.errors import InvalidInput
from bontot.policy.model import ReportFormat
from bontot.registry import Registry
from tests.factories import Committee, make_committee
from tests.integration.test_job_files import asked, done, fetched
from tests.isolation.world import DECOY
from tests.unit.documents.papers import text_of_docx
from tests.unit.documents.test_settings import pages_of

MAY, JUNE = date(2026, 5, 1), date(2026, 6, 1)
REGISTRY = Registry.load()
FORM = ReportFormat(
    key="report",
    title="Báo cáo tháng",
    layout=("{organisation}: {members} đảng viên.", "[[figures]]", "[[write results: Nhận xét]]"),
)
LAID_OUT = replace(
    REGISTRY,
    policies={
        code: replace(offer, policy=replace(offer.policy, report_formats=(FORM,)))
        for code, offer in REGISTRY.policies.items()
    },
)
MOVES = "Đảng viên chuyển đến, kết nạp; chuyển đi, ra khỏi danh sách"
FEES = "Đảng phí đã thu trên phải thu (đồng)"
KINDS = ("bao-cao", "bao-cao-dang-phi")


def reporting(committee: Committee, dues: tuple[int, ...]) -> Committee:
    """A committee whose cells took each another sum in May; one member went from the first cell to the second in that month,
    and the last cell came into being after it. What the first is to report on it was written."""
    first, second, late = committee.cells
    with scope(committee.engine, committee.tenant_id) as session:
        for cell, due in zip(committee.cells, dues, strict=True):
            for member, _ in cell.members[:1]:
                line: dict[str, Any] = {"member_id": member, "month": MAY}
                session.add(Fee(**line, due=due, paid=due, paid_on=MAY))
                session.flush()
                session.add(
                    FeePayment(
                        **line, organisation_id=cell.id, amount=due, paid_on=MAY, entered_by=committee.code
                    )
                )
        moving, _ = second.members[-1]
        of_moving = update(Membership).where(Membership.member_id == moving)
        session.execute(of_moving.values(valid_to=date(2026, 5, 20)))
        session.add(
            Membership(member_id=moving, organisation_id=first.id, kind="home", valid_from=date(2026, 5, 20))
        )
        session.execute(
            update(Organisation).where(Organisation.id == late.id).values(founded_on=date(2026, 6, 15))
        )
        session.add(
            PaperText(
                organisation_id=first.id,
                kind="report",
                about="2026-05",
                words={"results": f"Lời của {first.name}."},
                written_by=committee.code,
                account_id=committee.accounts[Role.TENANT_ADMIN],
            )
        )
        for key in ("retained.subordinate_cell", "retained.grassroots_committee"):
            session.add(
                FeeSetting(key=key, value=50, valid_from=date(2026, 1, 1), document="thử", entered_by="thử")
            )
    return committee


@pytest.fixture(scope="module")
def committee(engine: Engine, worker_id: str) -> Committee:
    made = make_committee(engine, f"bao-cao-{worker_id}", "nhà", cells=3, members=3)
    return reporting(made, (10_000, 20_000, 40_000))


@pytest.fixture(scope="module", autouse=True)
def decoy(engine: Engine, worker_id: str) -> Committee:
    made = make_committee(engine, f"bao-cao-khac-{worker_id}", DECOY, cells=3, members=3)
    return reporting(made, (77_000, 77_000, 77_000))


def together(session: TenantSession, committee: Committee, kind: str, registry: Registry) -> dict[str, Paper]:
    """The papers of the ward's cells for May, by whose they are."""
    found = look(session, registry, today(session), batch_of(kind), committee.ward.id, "2026-05")
    return {whose: paper for whose, _, paper in found.whose()}


def alone(session: TenantSession, committee: Committee, place: int, kind: str, registry: Registry) -> Paper:
    actor = committee.actor(Role.COMMITTEE)
    return kind_of(kind).build(
        Asked(
            session=session,
            registry=registry,
            actor=actor,
            reach=organisations_below(session, actor.organisation_id, today(session)),
            today=today(session),
            organisation_id=place,
            of="2026-05",
        )
    )


def numbers(paper: Paper) -> dict[str, str]:
    [grid] = [block for block in paper.body if isinstance(block, Grid)]
    return {row[1]: row[-1] for row in grid.rows}


def test_each_report_tells_of_its_own_cell_and_the_ward_of_both(committee: Committee) -> None:
    with scope(committee.engine, committee.tenant_id) as session:
        papers = together(session, committee, "bao-cao", REGISTRY)
        told = {whose: numbers(paper) for whose, paper in papers.items()}
        ward = numbers(alone(session, committee, committee.ward.id, "bao-cao", REGISTRY))
    assert {whose: (found[FEES], found[MOVES]) for whose, found in told.items()} == {
        "Chi bộ nhà số 1": ("10.000/10.000", "1; 0"),
        "Chi bộ nhà số 2": ("20.000/20.000", "0; 1"),
    }
    assert (ward[FEES], ward[MOVES]) == ("30.000/30.000", "0; 0")
    words = {whose: Text("Lời của Chi bộ nhà số 1.") in paper.body for whose, paper in papers.items()}
    assert words == {"Chi bộ nhà số 1": True, "Chi bộ nhà số 2": False}


def test_each_report_on_fees_has_the_money_and_the_members_of_its_own_cell(committee: Committee) -> None:
    with scope(committee.engine, committee.tenant_id) as session:
        papers = together(session, committee, "bao-cao-dang-phi", REGISTRY)
    lines = ("Số đảng viên đến cuối kỳ", "Đảng phí thu được trong kỳ", "Phải nộp cấp trên trong kỳ (02 − 04)")
    assert {whose: tuple(numbers(paper)[line] for line in lines) for whose, paper in papers.items()} == {
        "Chi bộ nhà số 1": ("4", "10.000", "5.000"),
        "Chi bộ nhà số 2": ("2", "20.000", "10.000"),
    }


@pytest.mark.parametrize("registry", [REGISTRY, LAID_OUT], ids=["plain", "laid out by a plan"])
@pytest.mark.parametrize("kind", KINDS)
def test_each_is_the_paper_made_alone(committee: Committee, kind: str, registry: Registry) -> None:
    with scope(committee.engine, committee.tenant_id) as session:
        papers = together(session, committee, kind, registry)
        assert papers == {
            cell.name: alone(session, committee, cell.id, kind, registry) for cell in committee.cells[:2]
        }
        if kind == "bao-cao" and registry is LAID_OUT:
            assert [paper.body[0] for paper in papers.values()] == [
                Text("Chi bộ nhà số 1: 4 đảng viên."),
                Text("Chi bộ nhà số 2: 2 đảng viên."),
            ]


@pytest.mark.parametrize(
    ("kind", "of", "said"),
    [
        (
            "bao-cao",
            "2026-13",
            "Báo cáo lập theo tháng, quý hoặc năm đã bắt đầu; xin ghi như 2026-03, 2026-Q1 hoặc 2026.",
        ),
        (
            "bao-cao",
            "2999",
            "Báo cáo lập theo tháng, quý hoặc năm đã bắt đầu; xin ghi như 2026-03, 2026-Q1 hoặc 2026.",
        ),
        (
            "bao-cao-dang-phi",
            "2026",
            "Báo cáo thu, nộp đảng phí lập theo tháng hoặc quý đã bắt đầu; xin ghi như 2026-03 hoặc 2026-Q1.",
        ),
        ("giay-moi", "2026-03", "Giấy mời lập cho các buổi sắp họp nên không ghi thời gian."),
    ],
)
def test_a_time_it_is_not_about_is_refused_in_words(
    committee: Committee, kind: str, of: str, said: str
) -> None:
    with pytest.raises(InvalidInput) as refusal:
        asked(committee, batch=kind, of=of)
    assert refusal.value.errors == {"of": said}


@pytest.mark.parametrize("of", ["2026-05", "2026-Q2", "2026"])
def test_the_reports_of_a_ward_come_in_one_pdf(committee: Committee, of: str) -> None:
    work = asked(committee, batch="bao-cao", of=of)
    ended = done(committee, work)
    without = [] if of != "2026-05" else ["Chi bộ nhà số 3"]
    assert (ended.state, ended.result) == ("done", {"papers": 3 - len(without), "without": without})
    file = fetched(committee, committee.actor(Role.COMMITTEE), work.public_id)
    assert file is not None
    assert (file.name, file.media) == (f"bao-cao-{of}.pdf", "application/pdf")
    pages = pages_of(file.content)
    assert ["CHI BỘ NHÀ SỐ 1" in pages[0], DECOY in "".join(pages)] == [True, False]


def test_the_reports_on_fees_come_as_office_files(committee: Committee) -> None:
    work = asked(committee, batch="bao-cao-dang-phi", of="2026-05", form="docx")
    done(committee, work)
    file = fetched(committee, committee.actor(Role.COMMITTEE), work.public_id)
    assert file is not None
    with zipfile.ZipFile(io.BytesIO(file.content)) as archive:
        assert archive.namelist() == ["001-chi-bo-nha-so-1.docx", "002-chi-bo-nha-so-2.docx"]
        told = [text_of_docx(archive.read(name)) for name in archive.namelist()]
    assert ["10.000" in told[0], "20.000" in told[1], "77.000" in "".join(told)] == [True, True, False]
