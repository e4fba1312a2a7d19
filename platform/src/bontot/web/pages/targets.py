"""What a superior sets its cells for the year."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, flash, render_template, request, url_for
from werkzeug.wrappers import Response

from bontot.access import Permission, Scope
from bontot.errors import noting, refuse_noted
from bontot.services import organisations, targets
from bontot.services.agenda import cells_of
from bontot.services.organisations import Node
from bontot.web import trail
from bontot.web.database import session
from bontot.web.fields import a_day, day_boxes, typed_boxes
from bontot.web.forms import answered, new_key
from bontot.web.query import asked_sheet, asked_year
from bontot.web.request import Place, actor, reach, this_day
from bontot.web.routing import page
from bontot.web.sheets import Column, sheet

target = Blueprint("target", __name__)
KINDS = {targets.TARGET: "Chỉ tiêu, nhiệm vụ của năm", targets.DIRECTIVE: "Văn bản chỉ đạo cần trả lời"}
COLUMNS = (
    Column[targets.SetLine]("Nội dung", lambda line: line.title),
    Column[targets.SetLine]("Số văn bản", lambda line: line.number),
    Column[targets.SetLine]("Loại", lambda line: KINDS[line.kind]),
    Column[targets.SetLine]("Hạn", lambda line: line.due_on),
    Column[targets.SetLine]("Chi bộ đã xong", lambda line: line.done),
    Column[targets.SetLine]("Số chi bộ được giao", lambda line: line.cells),
)


@page(
    target,
    "/to-chuc/<uuid:organisation>/chi-tieu",
    permission=Permission.VIEW_ORGANISATION,
    scope=Scope.ORGANISATION,
    methods=("GET", "POST"),
    fields=("kind", "title", "number", "cells", "due_on-day", "due_on-month", "due_on-year"),
)
def of_organisation(organisation: Place) -> tuple[str, int] | Response:
    """The targets of a year of a cell, or of the cells below a body; and setting one."""
    cells = _cells(organisation)
    if request.method == "GET" and asked_sheet():
        year = asked_year()
        return sheet(
            "chi-tieu",
            f"Chỉ tiêu, nhiệm vụ cấp trên giao năm {year}: {organisation.name}",
            COLUMNS,
            targets.set_in(session(), [cell.id for cell in cells], year),
            subject="organisation",
            subject_id=organisation.id,
        )
    if request.method == "GET":
        everyone = {str(cell.public_id) for cell in cells}
        values: dict[str, Any] = {"kind": targets.TARGET, "due_on": day_boxes(None), "cells": everyone}
        return _page(organisation, cells, values, {})
    actor().require(Permission.SET_TARGET)
    values = {
        **request.form.to_dict(),
        "due_on": typed_boxes(request.form, "due_on"),
        "cells": set(request.form.getlist("cells")),
    }

    def act() -> str:
        entry, picked = _entry(cells, values)
        targets.assign(session(), actor(), picked, entry)
        flash(f"Đã giao “{entry.title.strip()}” cho {len(picked)} chi bộ.", "good")
        return url_for("target.of_organisation", organisation=organisation.public_id, nam=entry.due_on.year)

    return answered(act, lambda errors, _: _page(organisation, cells, values, errors))


def _cells(organisation: Place) -> list[Node]:
    top = organisations.subtree(session(), organisation.id, reach(), this_day())
    return [cell for cell, _ in cells_of([top])][: targets.MOST_CELLS]


def _entry(cells: list[Node], values: dict[str, Any]) -> tuple[targets.TargetEntry, list[int]]:
    """What is set, and to which of the cells. Raises InvalidFields."""
    errors: dict[str, str] = {}
    due_on = this_day()
    with noting(errors, "due_on"):
        due_on = a_day(values["due_on"])
    known = {str(cell.public_id): cell.id for cell in cells}
    if values["cells"] - known.keys():
        errors["cells"] = "Chọn chi bộ trong danh sách."
    refuse_noted(errors)
    entry = targets.TargetEntry(
        kind=values.get("kind", ""),
        title=values.get("title", ""),
        number=values.get("number", ""),
        due_on=due_on,
    )
    return entry, [known[one] for one in known if one in values["cells"]]


def _page(
    organisation: Place, cells: list[Node], values: dict[str, Any], errors: dict[str, str]
) -> tuple[str, int]:
    year = asked_year()
    text = render_template(
        "target/index.html",
        place=organisation,
        cells=cells,
        lines=targets.set_in(session(), [cell.id for cell in cells], year),
        kinds=KINDS,
        values=values,
        errors=errors,
        year=year,
        today=this_day(),
        may_set=actor().may(Permission.SET_TARGET),
        form_key=new_key(),
        years={
            at: url_for("target.of_organisation", organisation=organisation.public_id, nam=at)
            for at in (year - 1, year + 1)
        },
        trail=trail.above(organisation, this_day(), itself=True),
    )
    return text, 422 if errors else 200
