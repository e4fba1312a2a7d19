"""Who holds a title: the list of a year as an appendix to a decision, and against the year before."""

from __future__ import annotations

from contextlib import suppress
from datetime import date, timedelta
from urllib.parse import urlencode

from flask import Blueprint, Response, render_template, request, url_for

from bontot.access import Permission, Scope
from bontot.errors import NotFound, PluginUnavailable
from bontot.services.audit import note_view
from bontot.services.recognition.lists import (
    MOST,
    Compared,
    DecisionLine,
    RecognisedLine,
    compared,
    decisions_of,
    recognised_of,
    titles_granted,
)
from bontot.services.recognition.titles import titles_of
from bontot.web import recognition_words, trail
from bontot.web.database import session
from bontot.web.query import asked_sheet, asked_year
from bontot.web.recognition_links import within
from bontot.web.request import actor, registry, this_day
from bontot.web.routing import page
from bontot.web.sheets import Column, sheet

recognised = Blueprint("recognised", __name__)
COLUMNS = (
    Column[RecognisedLine]("Tên", lambda line: line.name),
    Column[RecognisedLine]("Nơi sinh hoạt", lambda line: line.place),
    Column[RecognisedLine]("Trực thuộc", lambda line: line.superior),
    Column[RecognisedLine]("Công nhận từ ngày", lambda line: line.recognised_on),
    Column[RecognisedLine]("Giữ đến hết ngày", lambda line: line.holds_until - timedelta(days=1)),
    Column[RecognisedLine]("Thu hồi ngày", lambda line: line.revoked_on),
    Column[RecognisedLine]("Số quyết định", lambda line: line.number),
)


@page(recognised, "/cong-nhan/danh-sach", permission=Permission.RECOGNISE, scope=Scope.TENANT)
def listed() -> str | Response:
    """Those recognised in a year, of one decision where the address names one."""
    year, day = asked_year(), _day(asked_year())
    titles, title = _titles(year)
    decisions = decisions_of(session(), title, year, within(), day) if title else []
    chosen = _decision(decisions)
    found = (
        recognised_of(session(), title, year, within(), day, chosen.id if chosen else None) if title else []
    )
    note_view(session(), "view_recognised", "tenant", None, actor().account_id, year=year, title=title)
    if asked_sheet():
        return sheet("cong-nhan", f"{title}, công nhận năm {year}", COLUMNS, found, most=MOST)
    return render_template(
        "recognition/listed.html",
        title=title,
        titles=[(one, _address("listed", year, one), one == title) for one in titles],
        decisions=[
            ("Tất cả", _address("listed", year, title), chosen is None),
            *(
                (
                    f"{one.number}, {one.decided_on:%d/%m/%Y}",
                    _address("listed", year, title, one.id),
                    one == chosen,
                )
                for one in decisions
            ),
        ],
        chosen=chosen,
        found=found,
        most=MOST,
        words=recognition_words,
        year=year,
        today=this_day(),
        trail=_trail(year),
    )


@page(recognised, "/cong-nhan/so-voi-nam-truoc", permission=Permission.RECOGNISE, scope=Scope.TENANT)
def comparison() -> str | Response:
    """Who gained a title, who lost it, and who kept it."""
    year = asked_year()
    titles, title = _titles(year)
    found = compared(session(), title, year, within(), _day(year)) if title else []
    decided = any(one.now for one in found)
    if asked_sheet():
        said = f"{title}: năm {year} so với năm {year - 1}"
        return sheet("so-voi-nam-truoc", said, _compared_columns(year, decided=decided), found)
    return render_template(
        "recognition/compared.html",
        title=title,
        titles=[(one, _address("comparison", year, one), one == title) for one in titles],
        found=found,
        decided=decided,
        counts={change: sum(one.change == change for one in found) for change in ("gained", "kept", "lost")},
        words=recognition_words,
        year=year,
        today=this_day(),
        trail=_trail(year),
    )


def _compared_columns(year: int, *, decided: bool) -> tuple[Column[Compared], ...]:
    changes = recognition_words.CHANGES
    return (
        Column("Tên", lambda line: line.name),
        Column("Thuộc", lambda line: line.place),
        Column(f"Năm {year - 1}", lambda line: line.before),
        Column(f"Năm {year}", lambda line: line.now),
        Column(
            "Thay đổi",
            lambda line: (changes[line.change] if decided else recognition_words.UNDECIDED).words,
        ),
    )


def _titles(year: int) -> tuple[list[str], str]:
    """The titles of a year and of the one before, and the one the address asks for, else the first. Raises NotFound."""
    titles = titles_granted(session(), year)
    with suppress(PluginUnavailable):
        titles = sorted({*titles, *(one.name for one in titles_of(session(), registry(), year, this_day()))})
    asked = request.args.get("danh-hieu")
    if asked is None:
        return titles, titles[0] if titles else ""
    if asked not in titles:
        raise NotFound
    return titles, asked


def _decision(decisions: list[DecisionLine]) -> DecisionLine | None:
    asked = request.args.get("quyet-dinh")
    if asked is None:
        return None
    for one in decisions:
        if str(one.id) == asked:
            return one
    raise NotFound


def _day(year: int) -> date:
    """The last day of the year, or today: names and places are those of then."""
    return min(this_day(), date(year, 12, 31))


def _address(kind: str, year: int, title: str, decision: int | None = None) -> str:
    asked = {"nam": year, "danh-hieu": title, "quyet-dinh": decision}
    given = urlencode({key: value for key, value in asked.items() if value is not None})
    return f"{url_for(f'recognised.{kind}')}?{given}"


def _trail(year: int) -> list[trail.Step]:
    return [("Công nhận", url_for("recognition.index", nam=year))]
