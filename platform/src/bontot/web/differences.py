"""Where a form was written by another meanwhile: what stands and what was typed, place by place, for `parts/stale.html`."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Difference:
    """A place where two texts of one record differ, in words."""

    label: str
    theirs: str
    mine: str


def differing(places: Iterable[tuple[str, str, str]]) -> list[Difference]:
    """Of places (label, theirs, mine) those that differ in more than blanks and line breaks."""
    return [Difference(*place) for place in places if place[1].split() != place[2].split()]
