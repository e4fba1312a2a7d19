"""Where a page stands among the others: the lines above its heading."""

from __future__ import annotations

from datetime import date

from flask import url_for

from bontot.access import Permission
from bontot.services import organisations
from bontot.web.database import session
from bontot.web.request import Place, actor, reach, this_day

Step = tuple[str, str | None]


def place_address(place_id: object, *, is_cell: bool) -> str:
    """The page of an organisation."""
    return url_for("cell.show" if is_cell else "organisation.show", organisation=place_id)


def above(place: Place, day: date, *, itself: bool = False) -> list[Step]:
    """From the tree down to an organisation's superior, or with `itself` to the organisation; only what the reader may
    open is a link."""
    steps: list[Step] = []
    kept = f"?ngay={day.isoformat()}" if day != this_day() else ""
    if actor().may(Permission.VIEW_ORGANISATION) and len(reach()) > 1:
        steps.append(("Tổ chức", url_for("organisation.tree") + kept))
    for organisation_id, public_id, name in organisations.superiors(session(), place.id, day):
        open_to_reader = organisation_id in reach()
        steps.append((name, place_address(public_id, is_cell=False) + kept if open_to_reader else None))
    if itself:
        steps.append((place.name, place_address(place.public_id, is_cell=place.is_cell) + kept))
    return steps
