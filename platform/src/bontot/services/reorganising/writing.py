"""An act written into the tables, each table in a fixed number of statements whatever the act moves.

Nothing that happened before its day is touched: intervals end on the day, others begin. Verdicts, ratings, meetings, fees
and everything else that was concluded stay with whom they are of.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any
from uuid import uuid4

from sqlalchemy import text

from bontot.db.models import Organisation, OrganisationPeriod, PolicyAssignment
from bontot.db.tenancy import TenantSession
from bontot.services.reorganising.acts import Changed, Reform
from bontot.services.reorganising.handing import Handing
from bontot.services.reorganising.ledger import Ledger
from bontot.services.reorganising.pen import Pen, Written
from bontot.services.reorganising.tree import check_open, units
from bontot.text import natural_key

_PERIOD = ("organisation_id", "parent_id", "name", "code", "type", "sector", "sort_key")


def write(session: TenantSession, reform: Reform, ledger: Ledger) -> Written:
    """Writes an act that was checked for what can be said without the records. Raises InvalidInput for what does not fit
    them."""
    ended = [one.organisation_id for one in reform.ended]
    found = units(session, reform.named, ended, reform.day)
    session.execute(_LOCK, {"ids": sorted(found)})
    going_on = {one.organisation_id for one in reform.changed} | {
        id_ for id_, unit in found.items() if unit.parent_id in ended
    }
    for id_, unit in found.items():
        check_open(unit, reform.day, begun_before=id_ in ended or id_ in going_on)
    done = Written(reform, found)
    tree = _Tree(session, ledger, done)
    tree.all()
    Handing(session, ledger, done).all()
    tree.plans()
    return done


_LOCK = text("SELECT id FROM organisation WHERE id = ANY(:ids) ORDER BY id FOR UPDATE")


class _Tree(Pen):
    """Writes who begins, goes on and ends, under which plan."""

    def all(self) -> None:
        """Founded first, so that others may name them."""
        self._found()
        self.done.heirs.update(
            {one.organisation_id: [self.done.id(ref) for ref in one.heirs] for one in self.reform.ended}
        )
        self._periods()
        self._lives()

    def _found(self) -> None:
        """The identities of those founded, in order."""
        names = [str(uuid4()) for _ in self.reform.founded]
        rows = self.ledger.add(
            Organisation,
            ("public_id", "founded_on", "founding_document"),
            "SELECT name, :day, :document FROM unnest(CAST(:names AS uuid[])) AS fresh (name)",
            {"names": names, **self.dated},
        )
        ids = {after[0]: key[0] for key, _, after in rows}
        self.done.founded.extend(ids[name] for name in names)

    def _periods(self) -> None:
        """Names, codes, types, sectors and superiors from the day on; of one that was as it is since that very day only, in
        place."""
        wanted = list(self._standings())
        fresh = {row["organisation_id"] for row in wanted}
        self.done.changed.update(fresh - set(self.done.founded))
        since_today = {unit.id for unit in self.done.units.values() if unit.since == self.day}
        closing = [
            unit.period_id for unit in self.done.units.values() if unit.id in fresh and unit.since != self.day
        ]
        self.ledger.change(
            OrganisationPeriod,
            {"valid_to": ":day"},
            "WHERE t.id = ANY(:ids)",
            {"ids": closing, "day": self.day},
        )
        same_day = [row for row in wanted if row["organisation_id"] in since_today]
        self.ledger.change(
            OrganisationPeriod,
            {name: f"fresh.{name}" for name in _PERIOD[1:]} | {"document": ":document"},
            f"FROM {_STANDINGS} WHERE t.organisation_id = fresh.organisation_id AND t.valid_from = :day",
            {"rows": json.dumps(same_day), **self.dated},
        )
        self.ledger.add(
            OrganisationPeriod,
            (*_PERIOD, "valid_from", "document"),
            f"SELECT {', '.join(f'fresh.{name}' for name in _PERIOD)}, :day, :document FROM {_STANDINGS}",
            {
                "rows": json.dumps([row for row in wanted if row["organisation_id"] not in since_today]),
                **self.dated,
            },
        )

    def _standings(self) -> Iterator[dict[str, Any]]:
        """What each founded or changed organisation is from the day on, and each that stood below an ended one."""
        for id_, one in zip(self.done.founded, self.reform.founded, strict=True):
            parent = None if one.parent is None else self.done.id(one.parent)
            yield _standing(id_, parent, one.name, one.code, one.type, one.sector)
        told = {one.organisation_id: one for one in self.reform.changed}
        ended = set(self.ended)
        for unit in self.done.units.values():
            orphaned = unit.parent_id in ended
            if unit.id in ended or not (orphaned or unit.id in told):
                continue
            parent = self.done.heir(unit.parent_id or 0) if orphaned else unit.parent_id
            said = told.get(unit.id) or Changed(organisation_id=unit.id)
            yield _standing(
                unit.id,
                parent if said.parent is None else self.done.id(said.parent),
                said.name or unit.name,
                said.code or unit.code,
                said.type or unit.type,
                said.sector or unit.sector,
            )

    def _lives(self) -> None:
        """The end of those that end; what one was only since that very day it never was."""
        binds = {"ended": self.ended, "day": self.day}
        self.ledger.change(Organisation, {"ended_on": ":day"}, "WHERE t.id = ANY(:ended)", binds)
        self.end(OrganisationPeriod)

    def plans(self) -> None:
        """Plans that the act names, from the day on."""
        codes = {
            **{one.organisation_id: one.policy_code for one in self.reform.changed},
            **dict(zip(self.done.founded, (one.policy_code for one in self.reform.founded), strict=True)),
        }
        wanted = {id_: code for id_, code in codes.items() if code}
        self.end(PolicyAssignment, list(wanted))
        self.ledger.add(
            PolicyAssignment,
            ("organisation_id", "policy_code", "valid_from"),
            "SELECT fresh.place, fresh.code, :day"
            " FROM unnest(CAST(:places AS bigint[]), CAST(:codes AS text[])) AS fresh (place, code)",
            {"places": list(wanted), "codes": list(wanted.values()), "day": self.day},
        )


_STANDINGS = (
    "jsonb_to_recordset(CAST(:rows AS jsonb)) AS fresh (organisation_id bigint, parent_id bigint, name text, code text,"
    " type text, sector text, sort_key text)"
)


def _standing(id_: int, parent: int | None, name: str, code: str, kind: str, sector: str) -> dict[str, Any]:
    return dict(zip(_PERIOD, (id_, parent, name, code, kind, sector, natural_key(name)), strict=True))
