"""What a good request is, and what the forms of several pages share."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import date, timedelta
from itertools import count
from typing import Any
from uuid import uuid4

from bontot.access import Role
from tests.factories import Committee

YEARS, DAYS = count(2050), count()
AHEAD = date.today() + timedelta(days=40)  # noqa: DTZ011 - a day to come, whichever


@dataclass(frozen=True, kw_only=True)
class Golden:
    """A request that must succeed. `role` is who asks (None: nobody logged in); `status` what must come back."""

    role: Role | None = Role.TENANT_ADMIN
    method: str = "GET"
    args: dict[str, Any] = field(default_factory=dict)
    query: dict[str, str] = field(default_factory=dict)
    form: dict[str, Any] = field(default_factory=dict)
    json: dict[str, Any] | None = None
    """What a program sends; its role is that of its token, which is an administrator's."""
    headers: dict[str, str] = field(default_factory=dict)
    seen: str = ""
    """The endpoint that a program reads first, at the same address, for the tag of what it changes."""
    status: int = 200


@dataclass(frozen=True)
class World:
    """A committee and the public names of one record of each kind, all of which the decoy has too."""

    committee: Committee
    identifiers: dict[str, str]
    versions: dict[str, str] = field(default_factory=dict)
    """The version of a record by its kind: figures that stand for nothing else."""
    secret: str = ""
    """Of a calendar given out of the first cell: its only key."""
    token: str = ""
    """An access token given for everything."""

    def __getitem__(self, kind: str) -> str:
        return self.identifiers[kind]


Requests = dict[tuple[str, str], Callable[[World], Golden]]


def form_key() -> str:
    """A key no form has used."""
    return str(uuid4())


def boxes(name: str, day: date) -> dict[str, str]:
    """The boxes of a day in a form."""
    return {f"{name}-{part}": str(getattr(day, part)) for part in ("day", "month", "year")}


def month_boxes(name: str, day: date) -> dict[str, str]:
    """The boxes of a month in a form."""
    return {f"{name}-{part}": str(getattr(day, part)) for part in ("month", "year")}


def decision(world: World, **more: str) -> dict[str, Any]:
    """The form of a decision, from 1 April 2024."""
    day = {"valid_from-day": "1", "valid_from-month": "4", "valid_from-year": "2024"}
    return {
        "form_key": form_key(),
        "document": f"Nghị quyết của {world.committee.root.name}",
        **day,
        **more,
    }
