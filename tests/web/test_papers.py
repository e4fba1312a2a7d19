"""Papers through pages: read, kept as files, issued, cancelled."""

from __future__ import annotations

from datetime import date

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import update

from bontot.access import Role
from bontot.db.models import OrganisationPeriod
from bontot.db.tenancy import scope
from bontot.web.filters import within
from tests.factories import Committee
from tests.isolation.golden.asking import boxes
from tests.unit.documents.papers import bare, text_of_docx, text_of_pdf
from tests.web.reading import Page

MARCH = "bao-cao/2026-03"


@pytest.fixture
def secretary(app: Flask, committee: Committee) -> FlaskClient:
    return committee.client(app, Role.CELL_SECRETARY)


def papers_of(committee: Committee, place: int = 0) -> str:
    """The papers of a cell."""
    return f"/to-chuc/{committee.cells[place].public_id}/van-ban"


def issue(client: FlaskClient, address: str, day: date = date(2026, 4, 2), **given: str) -> Page:
    """Fills in the form that issues a paper, and goes where it leads."""
    form = Page(client.get(f"{address}/ban-hanh")).form
    sent = form.sent(**given, **boxes("day", day))
    return Page(client.post(f"{address}/ban-hanh", data=sent, follow_redirects=True))


def test_a_paper_is_read_and_kept_as_a_file_of_the_servers_naming(
    committee: Committee, secretary: FlaskClient
) -> None:
    address = f"{papers_of(committee)}/{MARCH}"
    assert "DỰ THẢO" in Page(secretary.get(address)).words
    for form, begins in (("pdf", b"%PDF-"), ("docx", b"PK")):
        file = secretary.get(f"{address}/{form}")
        assert file.data.startswith(begins)
        assert file.headers["Content-Disposition"] == f'attachment; filename="bao-cao-2026-03.{form}"'
        assert file.headers["X-Content-Type-Options"] == "nosniff"
    for unknown in (
        f"{address}/odt",
        f"{papers_of(committee)}/bao-cao/2026-13",
        f"{papers_of(committee)}/thu/2026",
    ):
        assert secretary.get(unknown).status_code == 404


def test_a_paper_is_issued_under_the_next_number_and_listed(
    committee: Committee, secretary: FlaskClient
) -> None:
    address = f"{papers_of(committee)}/{MARCH}"
    asked = Page(secretary.get(f"{address}/ban-hanh"))
    assert "Còn 4 chỗ chưa viết Ban hành bây giờ thì tệp lưu trên hệ thống cũng để trống" in asked.words
    done = issue(secretary, address)
    assert "Đã ban hành báo cáo số 01-BC/CB, ngày 02/04/2026." in done.words
    assert "Nguyên vẹn" in done.words
    kept = secretary.get(done.links["Tải DOCX"])
    assert "Số 01-BC/CB" in text_of_docx(kept.data)
    assert "Số 01-BC/CB, ngày 02/04/2026" in Page(secretary.get(papers_of(committee))).words
    assert "Bản số 01-BC/CB, ngày 02/04/2026" in Page(secretary.get(address)).words


def test_the_words_of_a_report_are_written_once_and_stand_in_all_three_settings(
    app: Flask, committee: Committee, secretary: FlaskClient
) -> None:
    address = f"{papers_of(committee)}/{MARCH}"
    opened = Page(secretary.get(address))
    form = Page(secretary.get(opened.links["Viết nội dung"]))
    assert "Đánh giá chung Hạn chế, nguyên nhân Nhiệm vụ kỳ tới Kiến nghị" in form.words
    hostile = "Tổ 5 & <b>tổ</b> “7” #set $x$\nCòn hai hộ."
    sent = form.form.sent(**{"part-0": "Nề nếp ổn định.", "part-1": hostile})
    done = Page(secretary.post(f"{address}/noi-dung", data=sent, follow_redirects=True))
    assert "Đã lưu nội dung văn bản." in done.words
    for line in ("Nề nếp ổn định.", "Tổ 5 & <b>tổ</b> “7” #set $x$", "Còn hai hộ."):
        assert line in done.words
        assert line in text_of_docx(secretary.get(f"{address}/docx").data)
        assert bare(line) in bare(text_of_pdf(secretary.get(f"{address}/pdf").data))
    assert "Còn 2 chỗ chưa viết" in Page(secretary.get(f"{address}/ban-hanh")).words
    other = committee.client(app, Role.TENANT_ADMIN).get(f"{papers_of(committee, 1)}/{MARCH}")
    assert "Nề nếp ổn định." not in Page(other).words


def test_who_writes_over_words_not_seen_is_shown_both(committee: Committee, secretary: FlaskClient) -> None:
    address = f"{papers_of(committee)}/{MARCH}/noi-dung"
    first = Page(secretary.get(address)).form.sent(**{"part-0": "Bản của người khác."})
    mine = Page(secretary.get(address)).form.sent(**{"part-0": "Bản của tôi."})
    secretary.post(address, data=first)
    met = Page(secretary.post(address, data=mine))
    assert met.status == 412
    assert "Đánh giá chung Bản của người khác. Bản của tôi." in met.words
    assert secretary.post(address, data=met.form.sent()).status_code == 302
    assert Page(secretary.get(address)).form.sent()["part-0"] == "Bản của tôi."
    unseen = Page(secretary.get(address)).form.sent()
    assert secretary.post(address, data=unseen | {"form_key": "", "version": ""}).status_code in (422, 428)
    other_parts = Page(secretary.get(address)).form.sent() | {"parts": "results"}
    assert secretary.post(address, data=other_parts).status_code == 412


def test_a_box_left_empty_takes_nothing_of_what_another_wrote_meanwhile(
    committee: Committee, secretary: FlaskClient
) -> None:
    address = f"{papers_of(committee)}/{MARCH}/noi-dung"
    mine = Page(secretary.get(address)).form.sent(**{"part-0": "Bản của tôi."})
    theirs = Page(secretary.get(address)).form.sent(
        **{"part-0": "Của người khác.", "part-3": "Xin thêm kinh phí."}
    )
    secretary.post(address, data=theirs)
    met = Page(secretary.post(address, data=mine))
    assert (met.status, "Kiến nghị Xin thêm kinh phí. (trống)" in met.words) == (412, False)
    assert secretary.post(address, data=met.form.sent()).status_code == 302
    kept = Page(secretary.get(address)).form.sent()
    assert (kept["part-0"], kept["part-3"]) == ("Bản của tôi.", "Xin thêm kinh phí.")


def test_what_a_report_cannot_hold_is_refused_beside_its_field_and_nothing_is_kept(
    app: Flask, committee: Committee, secretary: FlaskClient
) -> None:
    address = f"{papers_of(committee)}/{MARCH}/noi-dung"
    form = Page(secretary.get(address)).form
    refused = Page(secretary.post(address, data=form.sent(**{"part-0": "đầu", "part-1": "a\u202eb"})))
    assert (refused.status, [field for field, _ in refused.mends]) == (422, ["part-1"])
    assert refused.form.sent()["part-0"] == "đầu"
    assert Page(secretary.get(address)).form.sent()["part-0"] == ""
    ward = committee.client(app, Role.COMMITTEE)
    assert [
        ward.get(address).status_code,
        secretary.get(address.replace(MARCH, "dang-ky/2026")).status_code,
    ] == [
        403,
        404,
    ]


def test_what_cannot_be_issued_says_why_beside_its_field_and_writes_nothing(
    committee: Committee, secretary: FlaskClient
) -> None:
    address = f"{papers_of(committee)}/{MARCH}"
    refused = issue(secretary, address, day=date(2099, 1, 1), number="mười")
    assert (refused.status, refused.mends) == (422, [("number", "Nhập số văn bản bằng chữ số, ví dụ 5.")])
    refused = issue(secretary, address, day=date(2099, 1, 1), number="10")
    assert (refused.status, refused.mends) == (422, [("day", "Ngày ban hành chưa đến.")])
    assert "Chưa ban hành văn bản nào" in Page(secretary.get(papers_of(committee))).words


def test_who_issues_after_another_did_is_shown_so(committee: Committee, secretary: FlaskClient) -> None:
    address = f"{papers_of(committee)}/{MARCH}"
    stale = Page(secretary.get(f"{address}/ban-hanh")).form.sent(**boxes("day", date(2026, 4, 2)))
    issue(secretary, address)
    late = Page(secretary.post(f"{address}/ban-hanh", data=stale))
    assert (late.status, "Vừa có người khác ban hành văn bản này" in late.words) == (412, True)
    assert "Bản đang có hiệu lực: số 01-BC/CB, ngày 02/04/2026" in late.words


def test_a_cancelled_paper_stays_with_its_number_and_its_reason(
    committee: Committee, secretary: FlaskClient
) -> None:
    done = issue(secretary, f"{papers_of(committee)}/{MARCH}")
    address = done.links["Tải PDF"].removesuffix("/pdf")
    unsaid = Page(secretary.post(address, data=done.form.sent(reason="")))
    assert unsaid.mends == [("reason", "Ghi lý do hủy văn bản.")]
    cancelled = Page(
        secretary.post(address, data=unsaid.form.sent(reason="sai số liệu"), follow_redirects=True)
    )
    assert "sai số liệu. Số đã cấp không dùng lại." in cancelled.words
    assert (
        Page(secretary.get(f"{papers_of(committee)}/bao-cao/2026-02/ban-hanh")).form.sent()["number"] == "2"
    )


def test_papers_are_seen_within_reach_and_issued_by_their_own_body(
    app: Flask, committee: Committee, secretary: FlaskClient
) -> None:
    ward, member = committee.client(app, Role.COMMITTEE), committee.client(app, Role.MEMBER)
    own, other = papers_of(committee), papers_of(committee, 1)
    assert [secretary.get(f"{other}/{MARCH}").status_code, member.get(f"{own}/{MARCH}").status_code] == [
        404,
        403,
    ]
    assert ward.get(f"{own}/{MARCH}").status_code == 200
    assert ward.get(f"{own}/{MARCH}/ban-hanh").status_code == 403


def test_only_what_can_be_made_is_offered_and_the_rest_says_why_not(
    committee: Committee, secretary: FlaskClient
) -> None:
    listed = Page(secretary.get(f"{papers_of(committee)}?nam=2026"))
    missing = "Năm 2026 chưa có kết quả đánh giá của đơn vị này."
    assert missing in listed.words
    assert not [address for address in listed.links.values() if "bang-tu-danh-gia" in address]
    asked = Page(secretary.get(f"{papers_of(committee)}/bang-tu-danh-gia/2026"))
    assert (asked.status, asked.heading) == (404, "Chưa có để xem")
    assert missing in asked.words
    assert "Kiểm tra lại địa chỉ" not in asked.words


def test_a_kind_named_within_a_sentence_keeps_the_capitals_of_what_it_names(app: Flask) -> None:
    label = "Biểu tổng hợp chín mục tiêu của Đề án 11-ĐA/TU theo chi bộ"
    assert within(label) == "biểu tổng hợp chín mục tiêu của Đề án 11-ĐA/TU theo chi bộ"
    assert app.jinja_loader is not None
    for name in ("paper/issue.html", "paper/write.html", "paper/batch.html", "paper/index.html"):
        written, _, _ = app.jinja_loader.get_source(app.jinja_env, name)
        assert ("label | within" in written, "label | lower" in written) == (True, False)


def test_papers_of_bodies_whose_names_say_no_place_are_dated_where_the_administrator_says(
    app: Flask, committee: Committee, secretary: FlaskClient
) -> None:
    with scope(committee.engine, committee.tenant_id) as session:
        unsaid = update(OrganisationPeriod).where(OrganisationPeriod.organisation_id == committee.ward.id)
        session.execute(unsaid.values(name="Đảng bộ Văn phòng nhà"))
    address = f"{papers_of(committee)}/{MARCH}"
    refused = Page(secretary.get(f"{address}/ban-hanh"))
    assert (
        "Chưa biết địa danh để ghi trước ngày của văn bản. Quản trị đảng bộ mở trang của Chi bộ nhà số 1, hoặc của tổ chức "
        "cấp trên, bấm “Địa danh ghi trên văn bản” và điền, rồi ban hành lại." in refused.words
    )
    admin = committee.client(app, Role.TENANT_ADMIN)
    for body, said in ((committee.root, "An Bình"), (committee.cells[1], "Bến Nước")):
        kind = "chi-bo" if body is committee.cells[1] else "to-chuc"
        place = Page(admin.get(f"/{kind}/{body.public_id}")).links["Địa danh ghi trên văn bản"]
        done = admin.post(place, data=Page(admin.get(place)).form.sent(place=said), follow_redirects=True)
        assert "Đã ghi địa danh; văn bản ban hành từ nay theo địa danh này." in Page(done).words
    assert (
        "Hiện văn bản ghi An Bình" in Page(admin.get(f"/to-chuc/{committee.ward.public_id}/dia-danh")).words
    )
    kept = text_of_docx(secretary.get(issue(secretary, address).links["Tải DOCX"]).data)
    assert "An Bình, ngày 02 tháng 4 năm 2026" in kept
    assert "Bến Nước, ngày" in Page(admin.get(f"{papers_of(committee, 1)}/{MARCH}")).words


def test_a_name_that_says_a_place_is_nearer_than_a_place_recorded_further_up(
    app: Flask, committee: Committee, secretary: FlaskClient
) -> None:
    with scope(committee.engine, committee.tenant_id) as session:
        said = update(OrganisationPeriod).where(OrganisationPeriod.organisation_id == committee.ward.id)
        session.execute(said.values(name="Đảng bộ phường Bến Nước"))
    admin = committee.client(app, Role.TENANT_ADMIN)
    shown = []
    for body, place in ((committee.root, "An Bình"), (committee.ward, "Chợ Mới")):
        address = f"/to-chuc/{body.public_id}/dia-danh"
        admin.post(address, data=Page(admin.get(address)).form.sent(place=place))
        words = Page(secretary.get(f"{papers_of(committee)}/{MARCH}")).words
        shown += [one for one in ("An Bình", "Bến Nước", "Chợ Mới") if f"{one}, ngày" in words]
    assert shown == ["Bến Nước", "Chợ Mới"]


def test_a_place_is_set_once_by_those_who_keep_the_organisation(
    app: Flask, committee: Committee, secretary: FlaskClient
) -> None:
    address = f"/to-chuc/{committee.root.public_id}/dia-danh"
    assert secretary.get(address).status_code == 403
    admin = committee.client(app, Role.TENANT_ADMIN)
    first, second = (Page(admin.get(address)).form for _ in range(2))
    for typed, said in (("…", "Ghi tên nơi lập văn bản, ví dụ: Bưởi."), ("x" * 61, "60")):
        wrong = Page(admin.post(address, data=first.sent(place=typed)))
        assert (wrong.status, said in wrong.words) == (422, True)
    assert admin.post(address, data=first.sent(place="An Bình")).status_code == 302
    late = Page(admin.post(address, data=second.sent(place="Bến Nước")))
    assert (late.status, "Vừa có người khác ghi địa danh “An Bình”." in late.words) == (412, True)
    assert admin.post(address, data=late.form.sent(place="")).status_code == 302
    assert not Page(admin.get(address)).form.sent()["place"]
