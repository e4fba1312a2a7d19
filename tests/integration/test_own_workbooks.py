"""Workbooks in the product's own hand are understood when they come back: samples, and the empty ones it offers."""

from __future__ import annotations

from bontot.imports.book import Book
from bontot.imports.sheets import SHEETS, kind_of
from bontot.imports.template import blank
from tests.integration.test_imports import Office, office

__all__ = ["office"]


def test_no_two_kinds_answer_to_the_same_name() -> None:
    names = [name for kind in SHEETS for name in (kind.title, *kind.also)]
    assert [kind_of(name) for name in names] == [kind for kind in SHEETS for _ in (kind.title, *kind.also)]


def test_an_empty_form_is_told_that_it_is_empty(office: Office) -> None:
    made = office.preview_bytes(blank("to-chuc-dang-vien"))
    assert [problem["message"] for problem in made.problems] == ["Tệp chưa có dòng dữ liệu nào dưới tiêu đề."]


def test_a_book_comes_back_as_it_was_written(office: Office) -> None:
    book = Book("Đảng bộ thử")
    row = {"code": "Q", "name": "Đảng bộ thử", "type": "Quận ủy", "founded_on": "01/01/1996"}
    book.add("organisation", **row)
    made = office.preview_bytes(book.content())
    assert made.problems == []
    assert made.counts["sheets"][0]["rows"] == 1
