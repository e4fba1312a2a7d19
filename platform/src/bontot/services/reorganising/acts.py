"""What an act on organisations says, as entered: which it founds, changes and ends, and who goes where.

An organisation is named by its id; one the act founds by `-1` for the first of `founded`, `-2` for the second, and so on.
Members, work and everything else that is open of one that ends go to its first heir, who may be told otherwise for each
member; what stood directly below it stands below that heir.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

Ref = int
"""An organisation's id, or of one that the act founds minus its place, counted from 1."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Founded:
    """An organisation that begins with the act. `parent` None: it stands at the top. `policy_code`: the plan that governs it
    and all below it from then on; empty for its superior's."""

    name: str
    code: str
    type: str
    sector: str
    parent: Ref | None
    policy_code: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Changed:
    """An organisation that goes on under another name, code, type, sector or superior; empty and None: as before.
    `policy_code` as of one founded."""

    organisation_id: int
    name: str = ""
    code: str = ""
    type: str = ""
    sector: str = ""
    parent: Ref | None = None
    policy_code: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Ended:
    """An organisation that ends; `heirs` take over from it, the first what is not told otherwise."""

    organisation_id: int
    heirs: tuple[Ref, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Moved:
    """Members, by id, whose cell is another from the act on."""

    members: tuple[int, ...]
    to: Ref


@dataclass(frozen=True, slots=True, kw_only=True)
class Reform:
    """One act: its kind, its day, the document that decides it, and what it does."""

    kind: str
    day: date
    document: str = ""
    document_day: date | None = None
    issued_by: str = ""
    founded: tuple[Founded, ...] = ()
    changed: tuple[Changed, ...] = ()
    ended: tuple[Ended, ...] = ()
    moved: tuple[Moved, ...] = ()

    @property
    def document_words(self) -> str:
        """The document as lists show it: `1656/NQ-UBTVQH15 ngày 16/06/2025 của Ủy ban Thường vụ Quốc hội`."""
        day = f" ngày {self.document_day:%d/%m/%Y}" if self.document_day else ""
        return f"{self.document}{day}{f' của {self.issued_by}' if self.issued_by else ''}"

    @property
    def named(self) -> frozenset[int]:
        """Ids of the organisations it names, those it founds left out."""
        refs = [
            *(one.parent for one in self.founded),
            *(ref for one in self.changed for ref in (one.organisation_id, one.parent)),
            *(ref for one in self.ended for ref in (one.organisation_id, *one.heirs)),
            *(one.to for one in self.moved),
        ]
        return frozenset(ref for ref in refs if ref is not None and ref > 0)
