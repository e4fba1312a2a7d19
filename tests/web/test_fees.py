"""Fees in the browser's own way: the month in one list, exceptions typed, what was mended, who may see what."""

from __future__ import annotations

from datetime import date
from uuid import UUID, uuid4

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select

from bontot.access import Role
from bontot.clock import today
from bontot.db.models import Fee, FeePayment
from bontot.db.tenancy import scope
from bontot.errors import InvalidInput
from bontot.imports.reading import read
from bontot.registry import Registry
from bontot.services.fees import taking_back
from bontot.services.reorganising.acts import Ended, Reform
from bontot.services.reorganising.recording import record, version_of
from bontot.web.fields import a_sum
from tests.factories import Committee
from tests.fee_keeping import set_basis
from tests.web.reading import Page

MARCH = date(2026, 3, 1)


@pytest.fixture
def committee(committee: Committee) -> Committee:
    """The first cell's members are pensioners, but the last two, of whom nothing is known."""
    with scope(committee.engine, committee.tenant_id) as session:
        for member, _ in committee.cells[0].members[:-2]:
            set_basis(session, committee.actor(Role.CELL_SECRETARY), member, "pension", 6_000_000, MARCH)
    return committee


@pytest.fixture
def client(app: Flask, committee: Committee) -> FlaskClient:
    return committee.client(app, Role.CELL_SECRETARY)


def address(committee: Committee, month: str = "2026-03") -> str:
    return f"/chi-bo/{committee.cells[0].public_id}/dang-phi?thang={month}"


PAID_ON = {"paid_on__day": "5", "paid_on__month": "3", "paid_on__year": "2026"}


def other(member: UUID, how: str, amount: str = "") -> dict[str, str]:
    return {f"fee-{member}": "other", f"how-{member}": how, f"amount-{member}": amount}


def dues(committee: Committee) -> dict[str, str]:
    """The dues of the two of whom nothing was known, as they are typed."""
    return {f"due-{member}": "12.000" for _, member in committee.cells[0].members[-2:]}


def lines(committee: Committee, month: date = MARCH) -> dict[int, tuple[int, int]]:
    with scope(committee.engine, committee.tenant_id) as session:
        rows = session.execute(select(Fee.member_id, Fee.due, Fee.paid).where(Fee.month == month))
        return {row[0]: (row[1], row[2]) for row in rows}


def test_thirty_pay_by_one_press_but_for_the_exceptions_typed(
    committee: Committee, client: FlaskClient
) -> None:
    ids = committee.cells[0].members
    form = Page(client.get(address(committee))).form
    sent = form.sent(
        **PAID_ON, **dues(committee), **other(ids[2][1], "nothing"), **other(ids[5][1], "some", "10.000 đồng")
    )
    response = client.post(address(committee), data=sent)
    assert response.status_code == 302
    page = Page(client.get(response.headers["Location"]))
    assert "Đã ghi sổ đảng phí tháng 03/2026: thu 814.000 đồng." in page.words
    expected = {member: (30_000, 30_000) for member, _ in ids[:-2]} | {
        member: (12_000, 12_000) for member, _ in ids[-2:]
    }
    assert lines(committee) == expected | {ids[2][0]: (30_000, 0), ids[5][0]: (30_000, 10_000)}
    april = Page(client.get(address(committee, "2026-04"))).words
    assert "nợ 30.000 đồng tháng 03/2026" in april
    assert "nợ 20.000 đồng tháng 03/2026" in april
    assert april.count("như tháng trước") == 2


def test_the_button_says_what_it_books_and_the_next_page_takes_it_back(
    committee: Committee, client: FlaskClient
) -> None:
    ids = committee.cells[0].members
    shown = Page(client.get(address(committee)))
    assert "2 người chưa có mức đóng" in shown.words
    assert "Ghi 28 người, 840.000 đồng" in shown.words
    sent = shown.form.sent(**PAID_ON, **dues(committee), **other(ids[2][1], "nothing"))
    page = Page(client.get(client.post(address(committee), data=sent).headers["Location"]))
    assert "Ghi nhầm? Lần ghi vừa rồi" in page.words
    assert "29 người, 834.000 đồng, ngày nộp 05/03/2026" in page.words
    [undo] = [form for form in page.forms if form.action.endswith("/dang-phi/2026-03/bo")]
    back = Page(client.get(client.post(undo.action, data=undo.sent()).headers["Location"]))
    assert "Đã bỏ lần ghi 29 người, 834.000 đồng." in back.words
    assert lines(committee) == {}
    again = client.post(undo.action, data=undo.sent(form_key=str(uuid4())))
    assert taking_back.RESTS in Page(client.get(again.headers["Location"])).words


def test_the_button_tells_of_debts_taken_along_and_of_who_does_not_pay(
    committee: Committee, client: FlaskClient
) -> None:
    ids = committee.cells[0].members
    form = Page(client.get(address(committee))).form
    client.post(
        address(committee),
        data=form.sent(
            **PAID_ON, **dues(committee), **other(ids[0][1], "nothing"), **other(ids[1][1], "nothing")
        ),
    )
    form = Page(client.get(address(committee, "2026-04"))).form
    typed = {**other(ids[0][1], "some", "40.000"), **other(ids[1][1], "nothing"), "paid_on__day": "x"}
    shown = Page(client.post(address(committee, "2026-04"), data=form.sent(**typed))).words
    assert "Trong đó nợ cũ 30.000 đồng 1 người chưa nộp Ghi 29 người, 844.000 đồng" in shown


def test_once_everybody_is_in_the_ledger_nothing_is_written_where_nobody_pays(
    committee: Committee, client: FlaskClient
) -> None:
    debtor = committee.cells[0].members[0][1]
    form = Page(client.get(address(committee))).form
    client.post(address(committee), data=form.sent(**PAID_ON, **dues(committee), **other(debtor, "nothing")))
    before = lines(committee)
    page = Page(client.get(address(committee)))
    assert "Ghi 0 người, 0 đồng" in page.words
    refused = Page(client.post(address(committee), data=page.form.sent(**PAID_ON)))
    assert (refused.status, refused.mends) == (422, [])
    assert "Chưa có gì để ghi: chọn người vừa nộp rồi ghi." in refused.words
    assert lines(committee) == before


def test_the_page_says_what_to_mend_at_each_line_and_loses_nothing(
    committee: Committee, client: FlaskClient
) -> None:
    ids = committee.cells[0].members
    form = Page(client.get(address(committee))).form
    wrong = {**PAID_ON, "paid_on__day": "31", "paid_on__month": "2"}
    sent = form.sent(**wrong, **other(ids[0][1], "some", "ba mươi"), **other(ids[1][1], "some"))
    response = client.post(address(committee), data=sent)
    page = Page(response)
    assert page.status == 422
    assert page.mends == [
        (f"fee-{ids[0][1]}", "Nguyễn nhà An: nhập số tiền bằng đồng, ví dụ 32.000."),
        (f"fee-{ids[1][1]}", "Nguyễn nhà Bình: nhập số tiền đã nộp."),
        ("paid_on", "Không có ngày 31/2/2026."),
    ]
    assert page.form.values[f"amount-{ids[0][1]}"] == "ba mươi"
    again = client.post(
        address(committee),
        data=page.form.sent(**PAID_ON, **other(ids[0][1], "some", "90.000"), **other(ids[1][1], "nothing")),
    )
    assert [field for field, _ in Page(again).mends] == [
        f"fee-{ids[0][1]}",
        *(f"fee-{member}" for _, member in ids[-2:]),
    ]
    assert lines(committee) == {}


def test_a_second_press_takes_nothing_twice_and_a_second_keeper_sees_both_texts(
    app: Flask, committee: Committee, client: FlaskClient
) -> None:
    ids = committee.cells[0].members
    ward = committee.client(app, Role.COMMITTEE)
    mine, theirs = (Page(one.get(address(committee))).form for one in (client, ward))
    sent = mine.sent(**PAID_ON, **dues(committee))
    assert [client.post(address(committee), data=sent).status_code for _ in range(2)] == [302, 302]
    late = ward.post(
        address(committee), data=theirs.sent(**PAID_ON, **dues(committee), **other(ids[0][1], "nothing"))
    )
    page = Page(late)
    assert page.status == 412
    assert "Sổ tháng này vừa được người khác ghi" in page.words
    assert page.rows[1] == ["Nguyễn nhà An", "Đã nộp 30.000 đồng ngày 05/03/2026", "Chưa nộp"]
    with scope(committee.engine, committee.tenant_id) as session:
        assert len(session.scalars(select(FeePayment.id)).all()) == 30


def test_a_line_is_corrected_with_a_reason_and_a_stale_one_shows_what_is_kept(
    committee: Committee, client: FlaskClient
) -> None:
    member, public_id = committee.cells[0].members[0]
    client.post(
        address(committee), data=Page(client.get(address(committee))).form.sent(**PAID_ON, **dues(committee))
    )
    at = f"/dang-vien/{public_id}/dang-phi/2026-03"
    form = Page(client.get(at)).form
    assert (form.values["due"], form.values["paid"]) == ("30.000", "30.000")
    changed = {"paid": "0", "paid_on__day": "7", "paid_on__month": "3", "paid_on__year": "2026"}
    assert Page(client.post(at, data=form.sent(**changed))).mends == [("reason", "Cần ghi lý do sửa.")]
    assert client.post(at, data=form.sent(**changed, reason="thu nhầm")).status_code == 302
    stale = Page(
        client.post(at, data=Page(client.get(at)).form.sent(**changed, reason="thu nhầm", version="2"))
    )
    assert stale.status == 412
    assert "Bản đã ghi: phải đóng 30.000 đồng, đã đóng 0 đồng." in stale.words
    assert lines(committee)[member] == (30_000, 0)
    assert client.get(f"/dang-vien/{public_id}/dang-phi/2026-05").status_code == 404


def test_a_pension_is_shown_to_the_keeper_and_the_member_alone(app: Flask, committee: Committee) -> None:
    _, public_id = committee.cells[0].members[1]
    shown = {
        role: "6.000.000" in Page(committee.client(app, role).get(path)).words
        for role in (Role.CELL_SECRETARY, Role.MEMBER, Role.COMMITTEE, Role.TENANT_ADMIN)
        for path in (f"/dang-vien/{public_id}",)
    }
    assert shown == {
        Role.CELL_SECRETARY: True,
        Role.MEMBER: True,
        Role.COMMITTEE: False,
        Role.TENANT_ADMIN: False,
    }
    basis = f"/dang-vien/{public_id}/muc-dong"
    above = Page(committee.client(app, Role.COMMITTEE).get(basis))
    assert "6.000.000" not in above.words
    assert "số tiền chỉ chi bộ và đảng viên xem" in above.words
    assert "6.000.000 đồng" in Page(committee.client(app, Role.CELL_SECRETARY).get(basis)).words
    assert committee.client(app, Role.MEMBER).get(basis).status_code == 403


def test_nobody_takes_fees_of_another_cell(committee: Committee, client: FlaskClient) -> None:
    there = f"/chi-bo/{committee.cells[1].public_id}/dang-phi"
    stranger = committee.cells[1].members[0][1]
    paths = (there, f"/dang-vien/{stranger}/muc-dong", f"/dang-vien/{stranger}/mien-giam")
    assert [client.get(path).status_code for path in paths] == [404, 404, 404]
    sent = Page(client.get(address(committee))).form.sent(**PAID_ON, **dues(committee))
    sent |= {f"fee-{stranger}": "month"}
    assert client.post(address(committee), data=sent).status_code == 422


def test_a_month_to_come_or_no_month_is_not_there(committee: Committee, client: FlaskClient) -> None:
    with scope(committee.engine, committee.tenant_id) as session:
        year = today(session).year
    for month in (f"{year + 1}-01", "2026-13", "2026-1", "x"):
        assert client.get(address(committee, month)).status_code == 404


def test_the_ward_sees_its_cells_by_month_and_enters_what_they_pass_on(
    app: Flask, committee: Committee, client: FlaskClient
) -> None:
    client.post(
        address(committee), data=Page(client.get(address(committee))).form.sent(**PAID_ON, **dues(committee))
    )
    ward = committee.client(app, Role.COMMITTEE)
    board = Page(ward.get(f"/to-chuc/{committee.ward.public_id}/dang-phi?nam=2026"))
    assert board.rows[1][-3:] == ["864.000", "0 đồng, ghi nhận Chi bộ nhà số 1 nộp", "–"]
    assert "Chưa đặt tỷ lệ giữ lại" in board.words
    at = f"/to-chuc/{committee.cells[0].public_id}/dang-phi/nop"
    form = Page(ward.get(at)).form
    assert Page(ward.post(at, data=form.sent(amount="nhiều"))).mends == [
        ("amount", "Nhập số tiền bằng đồng, ví dụ 32.000.")
    ]
    assert ward.post(at, data=form.sent(amount="500.000")).status_code == 302
    page = Page(ward.get(at))
    assert "500.000" in page.words
    [sheet] = read(ward.get(page.links["Tải Excel"]).data)
    assert [row[1:3] for row in sheet.rows[4:]] == [[committee.today, 500_000.0]]
    assert client.get(at).status_code == 403


@pytest.mark.parametrize(
    ("written", "read"),
    [
        ("32000", 32_000),
        ("32.000", 32_000),
        ("1 250 000 đ", 1_250_000),
        ("32.000 đồng", 32_000),
        ("−5.000", -5_000),
        ("", None),
    ],
)
def test_sums_are_read_as_they_are_written(written: str, read: int | None) -> None:
    assert a_sum(written) == read


@pytest.mark.parametrize("written", ["3.20", "32,5", "1.2500", "ba mươi", "1 250.000", "9999999999999"])
def test_what_is_no_sum_is_refused(written: str) -> None:
    with pytest.raises(InvalidInput):
        a_sum(written)


def test_what_a_cell_that_has_ended_still_owes_is_reported_and_received(
    app: Flask, committee: Committee
) -> None:
    first, other = committee.cells
    day = committee.today.replace(day=1)
    ended = Ended(organisation_id=first.id, heirs=(other.id,))
    merger = Reform(
        kind="merge", day=day, document="12-QĐ/QU", document_day=day, issued_by="Quận ủy", ended=(ended,)
    )
    with scope(committee.engine, committee.tenant_id) as session:
        admin = committee.actor(Role.TENANT_ADMIN)
        record(session, Registry.load(), admin, merger, version_of(session))
    ward = committee.client(app, Role.COMMITTEE)
    report = ward.get(f"/to-chuc/{first.public_id}/dang-phi/bao-cao?ky={day:%Y-%m}")
    assert (report.status_code, first.name in Page(report).words) == (200, True)
    path = f"/to-chuc/{first.public_id}/dang-phi/nop"
    sent = Page(ward.get(path)).form.sent(amount="50.000")
    assert "nộp 50.000 đồng" in Page(ward.post(path, data=sent, follow_redirects=True)).words


def test_a_report_names_the_regulations_of_its_own_days(committee: Committee, client: FlaskClient) -> None:
    where = f"/to-chuc/{committee.cells[0].public_id}/dang-phi/bao-cao?ky="
    named = {
        period: [
            number for number in ("342-QĐ/TW", "01-QĐ/TW") if number in Page(client.get(where + period)).words
        ]
        for period in ("2026-01", "2026-02", "2026-Q1")
    }
    assert named == {"2026-01": ["342-QĐ/TW"], "2026-02": ["01-QĐ/TW"], "2026-Q1": ["342-QĐ/TW", "01-QĐ/TW"]}
