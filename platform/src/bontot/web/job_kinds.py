"""What each kind of work in the background is on its page: its title, what of it is counted, what stands when it is done."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, NamedTuple
from uuid import UUID

from flask import url_for

from bontot.documents.asking import named_period, period_of
from bontot.documents.batches import batch_of
from bontot.evaluation.runs import run
from bontot.jobs import evaluation, importing, papers, sheets
from bontot.jobs.reading import TRIAL, JobView
from bontot.web import trials
from bontot.web.database import session
from bontot.web.request import place_by_id, reach
from bontot.web.words import JOB_KINDS

Link = tuple[str, str]
"""Words and the address they lead to."""


class Anew(NamedTuple):
    """A button: its words, where it leads, and the fields that are `sent` there; a plain link where that is None."""

    words: str
    address: str
    sent: Mapping[str, object] | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class KindOfJob:
    """One kind: its `title`; in `counted` the words before and after how many are done, and before what is in hand; where to
    read what came of it, and `unchanged`, what is said where that is nothing; whether it leaves a file; and how it is asked
    for anew after it failed."""

    title: Callable[[JobView], str]
    counted: tuple[str, str, str] = ("Đã xét", "tiêu chí", "Đang tính")
    results: Callable[[JobView], list[Link]] = lambda _: []
    unchanged: str = ""
    leaves_file: bool = False
    anew: Callable[[JobView], Anew] = lambda job: Anew(
        "Làm lại", url_for("job.repeat", job=job.public_id), {}
    )


def kind_of(job: JobView) -> KindOfJob:
    """The kind of a piece of work."""
    return _KINDS.get(job.kind, _PLAIN)


def _papers_title(job: JobView) -> str:
    """`In biên bản sinh hoạt tháng 3 năm 2026, Đảng bộ phường Bưởi`."""
    asked = job.arguments
    label = batch_of(asked["batch"]).label
    when = f" {named_period(period_of(asked['of']))}" if asked["of"] else ""
    return f"In {label[:1].lower()}{label[1:]}{when}, {asked['place_name']}"


def _import_title(job: JobView) -> str:
    doing = "Kiểm tra" if job.arguments["act"] == importing.CHECK else "Nhập"
    return f"{doing} tệp {job.arguments['filename']}"


def _runs(job: JobView) -> list[Link]:
    named: Mapping[str, Any] = (job.result or {}).get("runs", {})
    return [
        (
            f"Xem kết quả: {run(session(), UUID(public_id)).rules.label}",
            url_for("evaluation.show", run=public_id),
        )
        for public_id in named.values()
    ]


def _workbook(job: JobView) -> list[Link]:
    kept = (job.result or {}).get("batch")
    return [(f"Xem tệp {job.arguments['filename']}", url_for("imports.show", batch=kept))] if kept else []


def _print_else(job: JobView) -> list[Link]:
    """Where to choose anew what to print, of work that had nothing to."""
    if not (job.result or {}).get("nothing") or job.arguments["place"] not in reach():
        return []
    place = place_by_id(session(), job.arguments["place"])
    return [("Chọn loại hoặc thời gian khác", url_for("batch.index", organisation=place.public_id))]


_PLAIN = KindOfJob(title=lambda job: JOB_KINDS[job.kind])
_KINDS: Mapping[str, KindOfJob] = {
    evaluation.KIND: KindOfJob(
        title=lambda job: f"Đánh giá năm {job.arguments['year']}",
        results=_runs,
        unchanged="Không có kết quả nào thay đổi so với lần đánh giá trước, nên không lưu thêm.",
        anew=lambda job: Anew(
            f"Đánh giá lại năm {job.arguments['year']}",
            url_for("evaluation.index"),
            {"year": job.arguments["year"]},
        ),
    ),
    TRIAL: KindOfJob(
        title=lambda job: trials.title(job.arguments),
        results=lambda job: [("Xem ai đổi kết quả", trials.address(job))],
        anew=lambda job: Anew("Mở lại để tính lần nữa", trials.address(job)),
    ),
    papers.KIND: KindOfJob(
        title=_papers_title,
        counted=("Đã lập", "văn bản", "Đang làm"),
        results=_print_else,
        leaves_file=True,
    ),
    sheets.KIND: KindOfJob(
        title=lambda job: f"Xuất {sheets.export_of(job.arguments['export']).label.lower()}",
        counted=("Đã ghi", "dòng", "Đang làm"),
        leaves_file=True,
    ),
    importing.KIND: KindOfJob(
        title=_import_title, counted=("Đã qua", "lượt dòng", "Đang"), results=_workbook
    ),
}
