"""The layouts plans ship: how their lines are read, and what is refused of them in words."""

from __future__ import annotations

import pytest

from bontot.plugin import ReportFormat
from bontot.policy.layouts import Line, layout_problems, lines_of


def form(*layout: str, key: str = "x.own", about: str = "year") -> ReportFormat:
    return ReportFormat(key=key, title="Báo cáo riêng", layout=layout, about=about)


def test_each_line_is_read_by_its_mark() -> None:
    layout = (
        "> Kính gửi: {superior}", "# I- KẾT QUẢ", "## 1. Số liệu", "Đảng viên:: {members} đồng chí.", "- điểm một", "",
        "[[cells x.cell]]", "[[write open: Còn lại: những gì]]", "=== DANH SÁCH", "hết.",
    )  # fmt: skip
    assert lines_of(layout) == (
        Line("centred", "Kính gửi: {superior}"),
        Line("heading", "I- KẾT QUẢ"),
        Line("subheading", "1. Số liệu"),
        Line("text", "{members} đồng chí.", label="Đảng viên:"),
        Line("point", "điểm một"),
        Line("block", "cells", "x.cell"),
        Line("write", "write", "open", "Còn lại: những gì"),
        Line("annex", "DANH SÁCH"),
        Line("text", "hết."),
    )
    assert list(layout_problems(form(*layout))) == []


@pytest.mark.parametrize(
    ("made", "problem"),
    [
        (form("{salary} đồng."), "không có trường {salary}"),
        (form("{members!r}."), "trường {members} không đổi cách viết được"),
        (form("một { hai"), "dấu ngoặc nhọn không khớp ở “một { hai”"),
        (form("[[figures]]"), "không có khối [[figures]] cho văn bản theo năm"),
        (form("[[results]]", about="period"), "không có khối [[results]] cho văn bản theo kỳ"),
        (form("[[cells]]"), "bảng các chi bộ ghi [[cells khóa_bảng_xét]]"),
        (form("[[write]]"), "phần viết ghi [[write khóa: Tên phần]]"),
        (form("[[write a: A]]", "[[write a: B]]"), "phần viết “a” lặp lại"),
        (form("# I- HẾT"), "mẫu trống hoặc kết thúc bằng đề mục"),
        (form("lời.", about=""), "cần about là “period” hoặc “year” để biết văn bản lập cho kỳ nào"),
        (form("lời.", key="score_sheet"), "mẫu của loại này do hệ thống trình bày, không khai layout"),
    ],
)
def test_what_cannot_be_made_is_said(made: ReportFormat, problem: str) -> None:
    assert list(layout_problems(made)) == [f"report_formats, “{made.key}”: {problem}"]


def test_a_report_of_the_products_own_may_have_its_body_laid_out() -> None:
    assert list(layout_problems(form("[[figures]]", key="report", about=""))) == []
