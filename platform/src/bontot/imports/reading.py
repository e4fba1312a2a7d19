"""A workbook's bytes as plain rows, without ever opening it in this process."""

from __future__ import annotations

import json
import subprocess
import sys
from dataclasses import dataclass
from datetime import date, datetime, time
from pathlib import Path
from typing import Any

from bontot.errors import WorkbookRefused
from bontot.text import quoted

LARGEST = 20 * 1024 * 1024
PATIENCE = 120  # seconds
UNREADABLE = (
    "Tệp quá lớn hoặc bị hỏng nên không đọc được. "
    "Hãy mở bằng Excel, lưu lại thành .xlsx; nếu tệp lớn, hãy tách thành nhiều tệp."
)

Cell = str | int | float | bool | date | datetime | time | None
"""What a cell can hold; None is blank. Numbers come as floats."""


@dataclass(frozen=True, slots=True)
class SheetRows:
    """A worksheet as read: `rows[i]` is row `i + 1` of the sheet up to its last cell that is not blank; `merged` has top,
    left, bottom and right of merged cells, each from 0 and inclusive; `margins` are the texts printed above and below its
    pages."""

    name: str
    hidden: bool
    rows: list[list[Cell]]
    merged: tuple[tuple[int, int, int, int], ...] = ()
    margins: tuple[str, ...] = ()


def read(content: bytes) -> list[SheetRows]:
    """The worksheets of an .xlsx file, in order.

    Raises WorkbookRefused with the reason and the way to mend it: not a workbook, locked, damaged, or beyond the limits
    (20 MiB; unpacked 200 MiB; 20 sheets, 200 columns, 200,000 rows).
    """
    refuse_weight(content)
    answer = _ask(content)
    if "refused" in answer:
        raise WorkbookRefused(answer["refused"])
    return [
        SheetRows(
            quoted(sheet["name"]),
            sheet["hidden"],
            [_with_days(row) for row in sheet["rows"]],
            tuple(map(tuple, sheet["merged"])),
            tuple(sheet["margins"]),
        )
        for sheet in answer["sheets"]
    ]


def refuse_weight(content: bytes) -> None:
    """Raises WorkbookRefused for a file that is empty or too heavy to be looked at."""
    if not content:
        raise WorkbookRefused("Tệp rỗng, không có nội dung.")
    if len(content) > LARGEST:
        megabytes = f"{len(content) / 1024 / 1024:.1f}".replace(".", ",")
        raise WorkbookRefused(f"Tệp nặng {megabytes} MB; chỉ nhận tệp đến {LARGEST // 1024 // 1024} MB.")


def _ask(content: bytes) -> dict[str, Any]:
    command = [sys.executable, "-P", "-m", "bontot.imports.reader"]
    try:
        done = subprocess.run(
            command, input=content, capture_output=True, timeout=PATIENCE, check=True, cwd=Path("/"), env={}
        )
        answer: dict[str, Any] = json.loads(done.stdout)
    except (subprocess.SubprocessError, ValueError) as error:
        raise WorkbookRefused(UNREADABLE) from error
    return answer


def _with_days(row: list[Any]) -> list[Cell]:
    return [_day(cell[0]) if isinstance(cell, list) else cell for cell in row]


def _day(text: str) -> date | datetime | time:
    if "T" in text:
        return datetime.fromisoformat(text)
    return date.fromisoformat(text) if "-" in text else time.fromisoformat(text)
