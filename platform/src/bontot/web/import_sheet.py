"""Workbooks sent in, as workbooks: the list of them, and what was understood of one and what is wrong with it."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from datetime import date
from typing import Any

from flask import Response

from bontot.db.models import ImportBatch
from bontot.imports import batch as batches
from bontot.imports import naming
from bontot.imports.naming import Remembered
from bontot.imports.problems import ERROR
from bontot.services.paging import MOST
from bontot.web.database import session
from bontot.web.sheets import Column, several, tab
from bontot.web.words import MEETING_KINDS, Mark

WIDE = 50
Stored = Mapping[str, Any]
"""What is kept of a sheet, a meeting or a problem."""
NAMES = (
    Column[Remembered]("Tên gọi", lambda one: one.heading or "Ô để trống"),
    Column[Remembered]("Là", lambda one: one.of),
    Column[Remembered]("Được hiểu là", lambda one: one.means),
    Column[Remembered]("Người chọn", lambda one: one.by),
    Column[Remembered]("Chọn lúc", lambda one: one.at),
)
SHEETS = (
    Column[Stored]("Trang tính", lambda one: one["sheet"]),
    Column[Stored]("Loại danh sách", lambda one: one["title"] if one["kind"] else "không nhận ra"),
    Column[Stored]("Dòng đọc được", lambda one: one["rows"]),
    Column[Stored]("Lỗi", lambda one: one["errors"]),
    Column[Stored]("Chỗ cần xem lại", lambda one: one["warnings"]),
)
MEETINGS = (
    Column[Stored]("Buổi họp", lambda one: date.fromisoformat(one["day"])),
    Column[Stored]("Loại", lambda one: MEETING_KINDS[one["kind"]]),
    Column[Stored]("Chi bộ", lambda one: one["cell"]),
    Column[Stored]("Có mặt", lambda one: one["present"]),
    Column[Stored]("Vắng có lý do", lambda one: one["excused"]),
    Column[Stored]("Vắng không lý do", lambda one: one["unexcused"]),
    Column[Stored]("Không phải dự", lambda one: one["exempt"]),
    Column[Stored]("Buổi mới", lambda one: bool(one["new"])),
    Column[Stored]("Số người đổi", lambda one: one["changed"]),
    Column[Stored]("Số người thêm", lambda one: one["added"]),
    Column[Stored]("Chưa điểm danh", lambda one: one["unmarked"]),
)
PROBLEMS = (
    Column[Stored]("Mức", lambda one: "Lỗi" if one["severity"] == ERROR else "Xem lại"),
    Column[Stored]("Trang tính", lambda one: one["sheet"]),
    Column[Stored]("Dòng", lambda one: one["row"]),
    Column[Stored]("Cột", lambda one: one["column"]),
    Column[Stored]("Vấn đề và cách sửa", lambda one: one["message"]),
)


def files_sheet(state_of: Callable[[ImportBatch], Mark]) -> Response:
    """Every workbook sent in, and the names the committee has given a meaning."""
    files = (
        Column[ImportBatch]("Tệp", lambda one: one.filename),
        Column[ImportBatch]("Kết quả", lambda one: state_of(one).words),
        Column[ImportBatch]("Người gửi", lambda one: one.uploaded_by),
        Column[ImportBatch]("Gửi lúc", lambda one: one.uploaded_at),
        Column[ImportBatch]("Nhập lúc", lambda one: one.applied_at),
        Column[ImportBatch]("Lỗi", lambda one: one.counts.get("errors")),
        Column[ImportBatch]("Chỗ cần xem lại", lambda one: one.counts.get("warnings")),
        Column[ImportBatch]("Bản ghi đã ghi", lambda one: sum(one.counts.get("written", {}).values())),
    )
    sent, names = batches.recent(session(), MOST), naming.remembered(session())
    tabs = [tab("Tệp đã gửi", "Các tệp đã gửi", files, sent)]
    if names:
        tabs.append(tab("Tên gọi ghi nhớ", "Tên gọi đã ghi nhớ", NAMES, names, most=naming.MOST))
    return several("tep-da-gui", tabs)


def file_sheet(batch: ImportBatch) -> Response:
    """What is wrong with one workbook, a line for each place, and what was read of its sheets and meetings."""
    counts = batch.counts
    told, kept = counts.get("errors", 0) + counts.get("warnings", 0), len(batch.problems)
    parts: list[tuple[str, str, Sequence[Column[Stored]], Sequence[Stored], int]] = [
        ("Vấn đề", "Các vấn đề", PROBLEMS, batch.problems, kept if told > kept else MOST),
        ("Trang tính", "Các trang tính", SHEETS, counts["sheets"], MOST),
        ("Buổi sinh hoạt", "Từng buổi sinh hoạt", MEETINGS, counts.get("meetings", ())[:MOST], MOST),
    ]
    tabs = [
        tab(name, f"{title}: {batch.filename}", columns, lines, most=most, widest=WIDE)
        for name, title, columns, lines, most in parts
        if lines or columns is SHEETS
    ]
    return several("tep-nhap", tabs, subject="import_batch", subject_id=batch.id)
