"""Every list can be taken away as a workbook: whole, with numbers and days as such, by whom the page is open to."""

from __future__ import annotations

import io
import re
import zipfile
from datetime import date

import pytest
from flask import Flask
from sqlalchemy import Engine, text
from werkzeug.test import TestResponse

from bontot.access import Role
from bontot.db.models.meeting import PRESENT
from bontot.db.tenancy import scope
from bontot.evaluation.whole import evaluate
from bontot.imports.reading import Cell, SheetRows, read
from bontot.registry import Registry
from bontot.services.meetings import Mark, MeetingEntry, record_meeting
from bontot.workbook import MEDIA, Sheet, workbook
from tests.factories import Committee, make_committee
from tests.web.reading import Page


@pytest.fixture
def committee(engine: Engine, unique: str) -> Committee:
    return make_committee(engine, unique, "nhà", members=60)


def table_of(response: TestResponse) -> tuple[list[str], list[Cell], list[list[Cell]]]:
    """The lines above the table, its header, and its rows, of the only tab."""
    assert (response.status_code, response.mimetype) == (200, MEDIA)
    [sheet] = read(response.data)
    return cut_up(sheet)


def cut_up(sheet: SheetRows) -> tuple[list[str], list[Cell], list[list[Cell]]]:
    above, head, *rows = sheet.rows[:2], *sheet.rows[3:]
    return [str(row[0]) for row in above], head, rows


def trail(committee: Committee, action: str) -> list[dict[str, object]]:
    with scope(committee.engine, committee.tenant_id) as session:
        rows = text("SELECT detail FROM audit_event WHERE action = :action ORDER BY id")
        return list(session.scalars(rows, {"action": action}))


def test_a_list_of_several_pages_comes_whole(app: Flask, committee: Committee) -> None:
    client = committee.client(app, Role.TENANT_ADMIN)
    assert "/dang-vien?dang=xlsx" in client.get("/dang-vien?trang=2").text
    response = client.get("/dang-vien?dang=xlsx")
    above, head, rows = table_of(response)
    assert above[0] == "Đảng viên"
    assert above[1].startswith("nhà tenant_admin xuất lúc ")
    assert head == [
        "TT",
        "Họ và tên",
        "Năm sinh",
        "Chi bộ",
        "Trực thuộc",
        "Công việc",
        "Đảng viên",
        "Tình trạng",
    ]
    assert [row[0] for row in rows] == list(range(1, 121))
    assert {type(row[2]) for row in rows} == {float}
    assert {row[4] for row in rows} == {committee.ward.name}
    assert f"filename=dang-vien-{committee.today:%Y-%m-%d}.xlsx" in response.headers["Content-Disposition"]
    assert trail(committee, "export_list") == [{"list": "dang-vien", "rows": 120}]


def test_the_pledges_of_a_year_come_as_a_sheet(app: Flask, committee: Committee) -> None:
    year, day, cell = committee.today.year, committee.today, committee.cells[0]
    secretary, ward = (committee.client(app, role) for role in (Role.CELL_SECRETARY, Role.COMMITTEE))
    own = f"/chi-bo/{cell.public_id}/dang-ky?nam={year}"
    secretary.post(own, data=Page(secretary.get(own)).form.sent())
    address = Page(ward.get(f"/dang-ky?nam={year}")).links["Tải Excel"]
    above, head, rows = table_of(ward.get(address))
    assert above[0] == f"Đăng ký phấn đấu năm {year}"
    assert head[3:] == [
        "Tình trạng",
        "Ngày ký",
        "Ngày xác nhận",
        "Đảng viên đã ký",
        "Đảng viên đã được xác nhận",
        "Số đảng viên",
    ]
    ward_name = committee.ward.name
    assert rows == [
        [1.0, cell.name, ward_name, "Đã ký, chờ xác nhận", day, None, 0.0, 0.0, 60.0],
        [2.0, committee.cells[1].name, ward_name, "Chưa đăng ký", None, None, 0.0, 0.0, 60.0],
    ]
    assert trail(committee, "export_list") == [{"list": "dang-ky", "rows": 2}]


def test_a_sheet_holds_what_was_looked_for_and_nothing_out_of_reach(app: Flask, committee: Committee) -> None:
    found = committee.client(app, Role.TENANT_ADMIN).get("/dang-vien?tim=giang&dang=xlsx")
    assert {str(row[1]).split()[-1] for row in table_of(found)[2]} == {"Giang"}
    own = committee.client(app, Role.CELL_SECRETARY).get("/dang-vien?dang=xlsx")
    assert {row[3] for row in table_of(own)[2]} == {committee.cells[0].name}
    assert committee.client(app, Role.MEMBER).get("/dang-vien?dang=xlsx").status_code == 403


def test_another_form_than_the_one_there_is_is_not_found(app: Flask, committee: Committee) -> None:
    assert committee.client(app, Role.TENANT_ADMIN).get("/dang-vien?dang=ods").status_code == 404


def test_months_are_days_where_a_cell_met_and_words_where_it_did_not(
    app: Flask, committee: Committee
) -> None:
    cell = committee.cells[0]
    with scope(committee.engine, committee.tenant_id) as session:
        record_meeting(
            session,
            committee.actor(Role.CELL_SECRETARY),
            cell.id,
            MeetingEntry(
                kind="regular",
                held_on=date(2026, 4, 3),
                marks={member: Mark(PRESENT) for member, _ in cell.members},
                place="Nhà văn hóa",
            ),
        )
    client = committee.client(app, Role.TENANT_ADMIN)
    address = f"/to-chuc/{committee.ward.public_id}/theo-thang?nam=2026&dang=xlsx"
    _, head, rows = table_of(client.get(address))
    assert head[:4] == ["TT", "Chi bộ", "Trực thuộc", "Tháng 1"]
    [line] = [row for row in rows if row[1] == cell.name]
    assert line[6] == date(2026, 4, 3)
    assert isinstance(line[5], str)


LISTS = {
    "organisations": "/to-chuc",
    "members of a cell": "/to-chuc/{cell}/dang-vien",
    "months": "/to-chuc/{ward}/theo-thang",
    "criteria": "/to-chuc/{ward}/theo-tieu-chi?nam=2023",
    "calendar": "/lich",
    "fees of a month": "/chi-bo/{cell}/dang-phi",
    "fees of a year": "/to-chuc/{ward}/dang-phi",
    "report on fees": "/to-chuc/{ward}/dang-phi/bao-cao",
    "tasks": "/chi-bo/{cell}/nhiem-vu",
    "recognised": "/cong-nhan/danh-sach",
    "evaluation": "/danh-gia/{run}",
}


@pytest.mark.parametrize("which", LISTS)
def test_every_list_answers_with_a_workbook(app: Flask, committee: Committee, which: str) -> None:
    with scope(committee.engine, committee.tenant_id) as session:
        [run] = evaluate(session, Registry.load(), year=2023, as_of=date(2023, 12, 31), by="thử")
        address = LISTS[which].format(
            cell=committee.cells[0].public_id, ward=committee.ward.public_id, run=run.public_id
        )
    client = committee.client(app, Role.TENANT_ADMIN)
    response = client.get(f"{address}{'&' if '?' in address else '?'}dang=xlsx")
    above, head, _ = table_of(response)
    assert (len(above), head[0]) == (2, "TT")
    assert len(trail(committee, "export_list")) == 1


def test_no_text_of_ours_runs_as_a_formula() -> None:
    hazards = ["=1+1", "+84", "-1", "@SUM(A1)", '=HYPERLINK("http://vi-du.vn")']
    content = workbook([Sheet("Thử", (), ("Chữ",), [[one] for one in hazards])])
    [sheet] = read(content)
    assert [row[0] for row in sheet.rows] == ["Chữ", *hazards]
    assert b"<f>" not in inside(content)
    assert b'quotePrefix="1"' in inside(content)


def inside(content: bytes) -> bytes:
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        return b"".join(archive.read(name) for name in archive.namelist())


@pytest.mark.parametrize(
    "asked", ["_scheme=javascript&_external=1", "_anchor=x", "_method=PUT", "endpoint=x", "_scheme=x"]
)
def test_an_address_cannot_say_where_the_way_to_the_workbook_leads(
    app: Flask, committee: Committee, asked: str
) -> None:
    page = committee.client(app, Role.TENANT_ADMIN).get(f"/dang-vien?tim=giang&{asked}")
    assert page.status_code == 200
    [way] = re.findall(r'href="([^"]*dang=xlsx[^"]*)"', page.text)
    assert way == f"/dang-vien?tim=giang&amp;{asked.replace('&', '&amp;')}&amp;dang=xlsx"
