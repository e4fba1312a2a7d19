"""One sentence for many rows is told once."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from bontot.imports.problems import ERROR, Gathered, Problem, gathered


def problem(row: int | None, message: str = "Sai.", column: str = "Ngày") -> dict[str, object]:
    return Problem("Tổ chức", row, column, message).as_dict()


def test_neighbouring_rows_are_told_as_a_span_and_others_apart() -> None:
    told = gathered([problem(row) for row in (2, 3, 4, 7, 9)] + [problem(3, "Khác."), problem(None)])
    assert told == [
        Gathered("Tổ chức", "2–4, 7, 9", "Ngày", "Sai.", ERROR),
        Gathered("Tổ chức", "3", "Ngày", "Khác.", ERROR),
    ]


def test_a_problem_of_a_whole_sheet_names_no_row() -> None:
    assert gathered([problem(None, column="")]) == [Gathered("Tổ chức", "", "", "Sai.", ERROR)]


def test_many_spans_are_cut_with_the_number_of_rows() -> None:
    [told] = gathered([problem(row) for row in range(2, 40, 2)])
    assert told.rows == "2, 4, 6, 8, 10, 12 … (19 dòng)"


@given(st.sets(st.integers(1, 12), min_size=1))
def test_every_row_is_told(rows: set[int]) -> None:
    [told] = gathered([problem(row) for row in rows])
    named: set[int] = set()
    for span in told.rows.split(", "):
        first, _, last = span.partition("–")
        named |= set(range(int(first), int(last or first) + 1))
    assert named == rows
