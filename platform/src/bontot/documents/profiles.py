"""How the Party's offices set their papers, by the day of the paper (dossier documents §1)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from decimal import Decimal


@dataclass(frozen=True, slots=True, kw_only=True)
class Profile:
    """A typographic standard. Lengths of the page in millimetres, of type in points; `line` is the height of a line of the
    body, `gap` stands before each paragraph, and `end` closes the text of a paper that goes out."""

    key: str
    since: date
    source: str
    top: int = 20
    bottom: int = 20
    left: int = 30
    right: int = 15
    indent: int = 10
    body: int = 14
    title: int = 16
    party: int = 15
    table: int = 12
    recipients: int = 12
    line: Decimal = Decimal(19)
    gap: int = 6
    end: str = "."


PROFILES = (
    Profile(
        key="party_2018",
        since=date(2018, 4, 3),
        source="Hướng dẫn 36-HD/VPTW của Văn phòng Trung ương Đảng",
        line=Decimal(18),
        end="./.",
    ),
    Profile(
        key="party_2026",
        since=date(2026, 5, 27),
        source="Hướng dẫn 05-HD/VPTW của Văn phòng Trung ương Đảng",
    ),
)
"""In order of time; the first also sets what is older, which nobody prints as it once was."""


def profile_of(day: date) -> Profile:
    """The profile in force on a day."""
    return next((one for one in reversed(PROFILES) if one.since <= day), PROFILES[0])
