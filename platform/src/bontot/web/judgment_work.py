"""The work of a year as a page lists it: who is judged how far, and what waits for the reader."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any
from uuid import UUID

from flask import render_template, request, url_for
from werkzeug.wrappers import Response

from bontot.access import Role
from bontot.errors import NotFound, PluginUnavailable
from bontot.evaluation.period import Period
from bontot.policy.terms import Stage
from bontot.policy.words import STAGE_WORDS
from bontot.services import judgment_lists
from bontot.services.audit import note_view
from bontot.services.judgment_lists import WorkLine
from bontot.services.paging import Page
from bontot.web import trail
from bontot.web.database import session
from bontot.web.judgment_hands import reader
from bontot.web.judgment_links import sheet_address
from bontot.web.query import asked_lines, asked_sheet, asked_year
from bontot.web.request import Place, actor, reach_on, registry, this_day
from bontot.web.sheets import Column, several, sheet, tab
from bontot.web.words import Mark

KINDS = {"to-chuc": "Chi bộ, đảng bộ cơ sở", "dang-vien": "Đảng viên"}
Address = Callable[..., str]


def work_shown(place: Place | None, address: Address, steps: list[trail.Step]) -> str | Response:
    """The list of a place, None for the whole committee; `address` is its own with a query."""
    year, day, problem = asked_year(), this_day(), ""
    try:
        work = judgment_lists.work_of(session(), registry(), year, day, [place.id] if place else None)
    except PluginUnavailable as refusal:
        work, problem = judgment_lists.Work({}, {}), str(refusal)
    alone = place is not None and place.is_cell
    kind = _kind(bool(work.organisations))
    stage = Stage.CELL if actor().role is Role.CELL_SECRETARY else Stage.APPRAISAL

    def lines(*, of_members: bool) -> Page[WorkLine]:
        asked = work.members if of_members else work.organisations
        number = asked_lines() if of_members or not alone else 1
        return judgment_lists.work_page(
            session(),
            asked,
            of_members=of_members,
            year=year,
            day=day,
            reach=reach_on(Period(year, day).last_day),
            stage=stage,
            hand=reader(),
            number=number,
        )

    def standing(line: WorkLine) -> Mark:
        return _standing(line, _stage_of(line, place, stage))

    kinds = list(KINDS) if alone else [kind]
    lists = [(KINDS[one], one == "dang-vien", lines(of_members=one == "dang-vien")) for one in kinds]
    note_view(
        session(), "view_judging", "organisation", place.id if place else None, actor().account_id, year=year
    )
    if asked_sheet() and not problem:
        return _as_sheet(lists, f"Xét tiêu chí năm {year}", standing)
    return render_template(
        "judgment/index.html",
        place=place,
        lists=lists,
        kinds=[] if alone else _kinds(address, year, kind, work),
        turned=lambda number: address(nam=year, **{"doi-tuong": kind, "trang": number}),
        sheet=lambda line, of_members: sheet_address(line.public_id, year, of_member=of_members),
        within=lambda line: people_address(line.public_id, year),
        with_people=bool(work.members) and not alone,
        standing=standing,
        stages=[STAGE_WORDS[one] for one in Stage],
        problem=problem,
        year=year,
        today=day,
        trail=steps,
    )


def _as_sheet(
    lists: list[tuple[str, bool, Page[WorkLine]]], title: str, standing: Callable[[WorkLine], Mark]
) -> Response:
    """The lists as a workbook; that of one cell has its own lines and its members' on a tab each."""

    def columns(*, of_members: bool) -> list[Column[WorkLine]]:
        return [
            Column("Họ và tên" if of_members else "Tổ chức", lambda line: line.name),
            Column("Chi bộ" if of_members else "Trực thuộc", lambda line: line.place),
            *(column for at, stage in enumerate(Stage) for column in _stage_columns(at, stage)),
            Column("Số tiêu chí các bước khác nhau", lambda line: line.differing),
            Column("Tình trạng", lambda line: standing(line).words),
        ]

    if len(lists) == 1:
        [(_, of_members, found)] = lists
        return sheet("xet-tieu-chi", title, columns(of_members=of_members), found.lines)
    tabs = [
        tab(
            "Xét đảng viên" if of_members else "Xét chi bộ",
            title,
            columns(of_members=of_members),
            found.lines,
        )
        for _, of_members, found in lists
    ]
    return several("xet-tieu-chi", tabs)


def _stage_columns(at: int, stage: Stage) -> Iterator[Column[WorkLine]]:
    """How many criteria are judged at a stage, and how many are to be."""
    yield Column(f"{STAGE_WORDS[stage]}: đã xét", lambda line: line.judged[at])
    yield Column(f"{STAGE_WORDS[stage]}: phải xét", lambda line: line.asked[at])


def _kind(organisations: bool) -> str:
    """Whom the address asks for: organisations, else members. Raises NotFound."""
    kind = request.args.get("doi-tuong", "to-chuc" if organisations else "dang-vien")
    if kind not in KINDS:
        raise NotFound
    return kind


def _kinds(address: Address, year: int, kind: str, work: judgment_lists.Work) -> list[tuple[str, str, bool]]:
    there = {"to-chuc": work.organisations, "dang-vien": work.members}
    return [
        (words, address(nam=year, **{"doi-tuong": one}), one == kind)
        for one, words in KINDS.items()
        if there[one] or one == kind
    ]


def _stage_of(line: WorkLine, place: Place | None, stage: Stage) -> Stage:
    """The stage the reader sees to: of the committee's own body it is the self-assessment."""
    itself = place is not None and line.public_id == place.public_id and place.id == actor().organisation_id
    return Stage.SELF_ASSESSMENT if itself and actor().role is Role.COMMITTEE else stage


def _standing(line: WorkLine, stage: Stage) -> Mark:
    """How a subject stands for the one who judges at `stage`."""
    if line.differing:
        return Mark("warn", f"Khác nhau ở {line.differing} tiêu chí")
    if line.untouched == line.asked[0]:
        return Mark("none", "Chưa bước nào xét")
    left = line.waiting(stage)
    if left and left == line.barred:
        return Mark("none", "Chờ người khác xét")
    return Mark("now", f"Còn {left} tiêu chí") if left else Mark("good", "Đã xét đủ")


def people_address(organisation: UUID, year: int) -> str:
    """The list of an organisation's members."""
    query: dict[str, Any] = {"doi-tuong": "dang-vien"}
    return url_for("judgment.below", organisation=organisation, nam=year, **query)
