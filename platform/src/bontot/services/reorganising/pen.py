"""What every part of an act is written with: the session, the ledger, and what was done so far."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from bontot.db.base import TenantTable
from bontot.db.tenancy import TenantSession
from bontot.services.reorganising.acts import Ref, Reform
from bontot.services.reorganising.ledger import Ledger
from bontot.services.reorganising.tree import Unit

OPEN = "(t.valid_to IS NULL OR t.valid_to > :day)"


@dataclass
class Written:
    """What an act did, by id: whom it founded, ended (with their heirs, the first foremost), and changed; which cell each
    moved member left for which, and the posts and grants that ended."""

    reform: Reform
    units: Mapping[int, Unit]
    """Those it named and those directly below the ended, as they stood."""
    founded: list[int] = field(default_factory=list)
    heirs: dict[int, list[int]] = field(default_factory=dict)
    changed: set[int] = field(default_factory=set)
    moves: dict[int, tuple[int, int]] = field(default_factory=dict)
    posts: list[int] = field(default_factory=list)
    grants: list[int] = field(default_factory=list)

    def id(self, ref: Ref) -> int:
        """The id of an organisation that the act names."""
        return ref if ref > 0 else self.founded[-ref - 1]

    def heir(self, organisation_id: int) -> int | None:
        """Who takes over from an ended organisation what is not told otherwise."""
        return next(iter(self.heirs.get(organisation_id, ())), None)


@dataclass(frozen=True)
class Pen:
    """Writes a part of an act."""

    session: TenantSession
    ledger: Ledger
    done: Written

    @property
    def reform(self) -> Reform:
        """The act."""
        return self.done.reform

    @property
    def day(self) -> date:
        """Its day."""
        return self.reform.day

    @property
    def ended(self) -> list[int]:
        """Ids of those it ends."""
        return [one.organisation_id for one in self.reform.ended]

    @property
    def dated(self) -> dict[str, Any]:
        """The binds `:day` and `:document`."""
        return {"day": self.day, "document": self.reform.document_words}

    def end(self, model: type[TenantTable], organisations: Sequence[int] | None = None) -> list[Any]:
        """Ends on the day what holds of some organisations then; what would only begin later never does."""
        binds = {"ended": self.ended if organisations is None else organisations, "day": self.day}
        rows = self.ledger.change(
            model,
            {"valid_to": ":day"},
            f"WHERE t.organisation_id = ANY(:ended) AND t.valid_from < :day AND {OPEN}",
            binds,
        )
        self.ledger.remove(model, "t.organisation_id = ANY(:ended) AND t.valid_from >= :day", binds)
        return rows
