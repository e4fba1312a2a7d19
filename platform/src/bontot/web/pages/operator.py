"""The operator's page: committees, plans, and the days off that an operator keeps."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from functools import partial

from flask import Blueprint, flash, render_template, request, url_for
from werkzeug.utils import redirect
from werkzeug.wrappers import Response

from bontot.access import Permission, Scope
from bontot.errors import InvalidInput, noting
from bontot.jobs import ending
from bontot.registry import Registry
from bontot.services import holidays, platform
from bontot.services.paging import MOST
from bontot.services.platform import CommitteeLine, DayOffLine
from bontot.web import todo, words
from bontot.web.database import session
from bontot.web.fields import a_day, typed_boxes
from bontot.web.query import asked_sheet, asked_year
from bontot.web.request import actor, afterwards, evaluate_everywhere, registry, this_day
from bontot.web.routing import page
from bontot.web.sheets import Column, several, tab
from bontot.web.words import Mark

operator = Blueprint("operator", __name__)
Part = tuple[str, str, str, str]
"""A plugin in words: its name, edition, the plans it brings or why it cannot, and how it is."""
COMMITTEES = (
    Column[CommitteeLine]("Tên", lambda line: line.name),
    Column[CommitteeLine]("Mã", lambda line: line.code),
    Column[CommitteeLine]("Lập từ", lambda line: line.created_at),
)
DAYS_OFF = (
    Column[DayOffLine]("Ngày", lambda line: line.day),
    Column[DayOffLine]("Tên", lambda line: line.name),
    Column[DayOffLine]("Loại", lambda line: words.DAY_KINDS[line.kind]),
    Column[DayOffLine]("Dự kiến", lambda line: line.projected),
    Column[DayOffLine]("Nguồn", lambda line: line.source),
    Column[DayOffLine]("Người ghi", lambda line: line.entered_by),
)
PARTS = (
    Column[Part]("Thành phần", lambda part: part[0]),
    Column[Part]("Phiên bản", lambda part: part[1]),
    Column[Part]("Kế hoạch cung cấp", lambda part: part[2]),
    Column[Part]("Tình trạng", lambda part: part[3]),
)
FAILED = {True: Mark("bad", "Không dùng được"), False: Mark("warn", "Thiếu một phần")}
"""How a plugin is that failed: left out, or not."""


@page(operator, "/van-hanh", permission=Permission.OPERATE, scope=Scope.PLATFORM)
def show() -> str | Response:
    """How the instance stands."""
    return _as_sheet() if asked_sheet() else _page()


@page(
    operator,
    "/van-hanh/ngay-nghi",
    permission=Permission.OPERATE,
    scope=Scope.PLATFORM,
    methods=("POST",),
    fields=("day-day", "day-month", "day-year", "kind", "name", "source"),
)
def add_day_off() -> Response | tuple[str, int]:
    """Enters a day off with its notice."""
    errors: dict[str, str] = {}
    day = None
    notice = {name: request.form.get(name, "") for name in ("kind", "name", "source")}
    with noting(errors, "day"):
        day = a_day(typed_boxes(request.form, "day"))
    with noting(errors):
        if day is None:
            holidays.check_notice(**notice)
        else:
            holidays.add_day(session(), day=day, by=actor().name, **notice)
    if day is None or errors:
        return _page(errors), 422
    afterwards(partial(evaluate_everywhere, this_day()))
    flash(f"Đã thêm {day.strftime('%d/%m/%Y')} vào lịch ngày nghỉ.", "good")
    return redirect(url_for("operator.show", nam=day.year))


@page(
    operator,
    "/van-hanh/ngay-nghi/<int(max=2147483647):number>/bo",
    permission=Permission.OPERATE,
    scope=Scope.PLATFORM,
    methods=("POST",),
)
def retire_day_off(number: int) -> Response | tuple[str, int]:
    """Takes a day out of the calendar; the record stays."""
    try:
        day = holidays.retire_day(session(), number)
    except InvalidInput as refusal:
        return _page({"day": str(refusal)}), 422
    afterwards(partial(evaluate_everywhere, this_day()))
    flash(f"Đã bỏ {day.strftime('%d/%m/%Y')} khỏi lịch ngày nghỉ.", "good")
    return redirect(url_for("operator.show", nam=day.year))


def _waiting(loaded: Registry) -> Iterator[todo.Todo]:
    """What waits for the operator: plugins that cannot be used, work that ended wrong or is late, days off that are not
    certain or not entered."""
    for failure in loaded.failures:
        yield todo.Todo(
            words=f"Thành phần {failure.plugin}",
            hint=failure.reason,
            mark=FAILED[failure.left_out],
        )
    if late := ending.how_many(session()):
        yield todo.Todo(
            words=f"{late} việc chạy nền dừng hoặc chờ lâu",
            hint="Làm lại, hoặc bỏ hẳn.",
            mark=Mark("warn", "Cần xử lý"),
            action="Xem và xử lý",
            address=url_for("late_work.index"),
        )
    today = this_day()
    for year in (today.year, today.year + 1):
        days = platform.days_off(session(), year)
        projected = [line.day for line in days if line.projected and line.day >= today]
        address = url_for("operator.show", nam=year, _anchor="ngay-nghi")
        if projected:
            yield todo.Todo(
                words=f"{len(projected)} ngày nghỉ năm {year} còn là dự kiến",
                hint="Có thông báo thì bỏ ngày dự kiến và thêm ngày thật.",
                action=f"Xem ngày nghỉ năm {year}",
                address=address,
                due_on=min(projected),
            )
        if not days:
            yield todo.Todo(
                words=f"Chưa có ngày nghỉ năm {year}",
                hint="Lịch sinh hoạt được tính từ các ngày này.",
                action=f"Thêm ngày nghỉ năm {year}",
                address=address,
                due_on=date(year, 1, 1),
            )


def _as_sheet() -> Response:
    """Its lists: the committees, the days off of the year, the plugins."""
    year, loaded = asked_year(), registry()
    parts: list[Part] = [(one.plugin, "", one.reason, FAILED[one.left_out].words) for one in loaded.failures]
    parts += [
        (one.name, one.version, "; ".join(policy.label for policy in one.policies), "Đang chạy")
        for one in loaded.plugins
    ]
    tabs = (
        tab("Đảng bộ", "Các đảng bộ", COMMITTEES, platform.committees(session(), MOST)),
        tab("Ngày nghỉ", f"Ngày nghỉ năm {year}", DAYS_OFF, platform.days_off(session(), year)),
        tab("Thành phần", "Kế hoạch và thành phần", PARTS, parts),
    )
    return several("van-hanh", tabs)


def _page(errors: dict[str, str] | None = None) -> str:
    year, loaded = asked_year(), registry()
    return render_template(
        "operator/show.html",
        todo=todo.by_day(_waiting(loaded)),
        today=this_day(),
        committees=platform.committees(session()),
        days_off=platform.days_off(session(), year),
        year=year,
        plugins=loaded.plugins,
        failures=loaded.failures,
        kinds=words.DAY_KINDS,
        this_month=this_day().replace(day=1),
        typed=request.form,
        errors=errors or {},
    )
