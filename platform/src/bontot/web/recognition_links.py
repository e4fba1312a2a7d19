"""Where the pages of the recognition are, and whose dossiers the reader of one sees."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from flask import url_for

from bontot.access import Role
from bontot.services.recognition.lines import Line
from bontot.services.recognition.titles import StepTerm, Title
from bontot.web import trail
from bontot.web.request import actor, reach


def within() -> frozenset[int] | None:
    """Ids of the places whose dossiers the reader sees; None for the administrator, who sees all."""
    return None if actor().role is Role.TENANT_ADMIN else reach()


def home_address(title: Title) -> str:
    """The page of a title and year."""
    asked: dict[str, Any] = {"nam": title.year, "danh-hieu": title.key}
    return url_for("recognition.index", **asked)


def step_address(title: Title, term: StepTerm, place: UUID | None = None) -> str:
    """Where a step of a title is taken, of what is voted in one place."""
    return url_for("recognition.step", title=title.key, step=term.key, nam=title.year, noi=place)


def dossier_address(title: Title, line: Line) -> str:
    """A subject's dossiers of the year."""
    if title.of_members:
        return url_for("dossier.of_member", member=line.public_id, nam=title.year)
    return url_for("dossier.of_organisation", organisation=line.public_id, nam=title.year)


def trail_of(title: Title) -> list[trail.Step]:
    """The line above the pages of a title."""
    return [("Công nhận", home_address(title))]
