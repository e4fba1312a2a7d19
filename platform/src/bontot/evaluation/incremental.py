"""A cell judged anew, with its members and superiors, in the transaction that changed its records.

A run is never edited. What its rules say of a few subjects on later records is kept beside it (`LaterVerdict`), and a
reader who wants the standing of today reads the run with those laid over it. The next whole evaluation begins afresh.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass, field, fields, replace
from datetime import date
from uuid import UUID

from sqlalchemy import delete, text

from bontot.db.base import TenantTable
from bontot.db.models import UnseenChange
from bontot.db.rolls import holds_on, home_on
from bontot.db.tenancy import TenantSession
from bontot.errors import PluginUnavailable
from bontot.evaluation.engine import Engine, Findings
from bontot.evaluation.frames import read_adoptions
from bontot.evaluation.judging import Judging, prepare
from bontot.evaluation.narrowing import KEEP_PLANS
from bontot.evaluation.period import Period
from bontot.evaluation.rules import rule_set, same_but_for_the_day
from bontot.evaluation.runs import RunHeader, Stand, current_runs, standing_rows
from bontot.evaluation.stored import opened, pack
from bontot.evaluation.values import read_values
from bontot.policy.terms import Subject
from bontot.registry import Registry

ANY = "*"
"""In place of a table: any may have changed."""
EVALUATING = text("SELECT pg_advisory_xact_lock(:tenant, -CAST(:year AS integer))")
"""Whoever evaluates a committee's year whole does so alone."""
WRITING = text("""
SELECT pg_advisory_xact_lock(:tenant, :year),
       NOT pg_try_advisory_xact_lock_shared(:tenant, -CAST(:year AS integer)) AS evaluating
""")
"""Whoever writes verdicts of a committee's year waits for who came before; and whether the year is being evaluated, which
then did not see what this transaction changed. Nobody begins to evaluate it before this transaction ends."""
_MARKED, _WHOLE = "bontot.changed_records", "bontot.changed_all"


@dataclass
class _Marks:
    """What one transaction changed of a year: of which cells, whose of their members (`everyone`'s where nobody was named),
    in which tables."""

    cells: set[int] = field(default_factory=set)
    everyone: set[int] = field(default_factory=set)
    members: set[int] = field(default_factory=set)
    tables: set[str] = field(default_factory=set)


def mark(
    session: TenantSession,
    organisation_id: int,
    year: int,
    *tables: type[TenantTable],
    members: Iterable[int] | None = None,
) -> None:
    """Notes that records of a cell's year changed in this transaction; `rejudge` then looks at it before the commit.

    `tables` are all that rows changed in, none for any; `members` all whose records changed, where those of others did
    not. Of records only: for who belongs to which cell, and which cells there are, see `mark_whole`.
    """
    marked: dict[int, _Marks] = session.info.setdefault(_MARKED, {})
    marks = marked.setdefault(year, _Marks())
    marks.cells.add(organisation_id)
    if members is None:
        marks.everyone.add(organisation_id)
    else:
        marks.members |= set(members)
    marks.tables |= {table.__tablename__ for table in tables} or {ANY}


def mark_whole(session: TenantSession) -> None:
    """Notes that what is asked of everyone, or who is judged, changed in this transaction: a value, a frame, a plan, a
    workbook taken in. Only whole evaluations can follow that."""
    session.info[_WHOLE] = True


def rules_changed(session: TenantSession, registry: Registry, header: RunHeader, today: date) -> bool:
    """Whether the plan of a run says otherwise of its year by now; nothing is known while the plan cannot be had."""
    values = read_values(session, registry, adoptions=read_adoptions(session))
    try:
        now = rule_set(registry, values, header.rules.policy, Period(header.rules.year, today))
    except PluginUnavailable:
        return False
    return not same_but_for_the_day(header.rules, replace(now, plugin_version=header.rules.plugin_version))


def _unseen(year: int, marks: _Marks) -> UnseenChange:
    lists = {one.name: sorted(getattr(marks, one.name)) for one in fields(marks)}
    return UnseenChange(year=year, **lists)


def mark_unseen(session: TenantSession, year: int) -> bool:
    """Marks what was changed of a year while it was being evaluated; whether anything was."""
    rows = session.scalars(
        delete(UnseenChange).where(UnseenChange.year == year).returning(UnseenChange)
    ).all()
    marked: dict[int, _Marks] = session.info.setdefault(_MARKED, {})
    for row in rows:
        marks = marked.setdefault(year, _Marks())
        for one in fields(marks):
            getattr(marks, one.name).update(getattr(row, one.name))
    return bool(rows)


def changed(session: TenantSession) -> bool:
    """Whether anything was marked in this transaction."""
    return bool(session.info.get(_MARKED) or session.info.get(_WHOLE))


@dataclass(frozen=True, slots=True)
class Rejudged:
    """How many verdicts were written; the years of which something was left to a whole evaluation, and whether every year
    still looked at was; who came out otherwise."""

    written: int = 0
    left: frozenset[int] = frozenset()
    whole: bool = False
    turned: tuple[Turned, ...] = ()

    def __add__(self, other: Rejudged) -> Rejudged:
        return Rejudged(
            self.written + other.written,
            self.left | other.left,
            self.whole or other.whole,
            self.turned + other.turned,
        )


@dataclass(frozen=True, slots=True)
class Turned:
    """A subject whose verdict in a run is another than before."""

    run: UUID
    of_members: bool
    subject_id: int


def rejudge(session: TenantSession, registry: Registry, today: date) -> Rejudged:
    """Judges what was marked in this transaction by the runs in force.

    A run whose rules are no longer those of `today` (a value or a month began since) is left as it is: only a whole
    evaluation can take its place. So is everything while a plan cannot be had: recording goes on.
    """
    session.flush()
    marked: dict[int, _Marks] = session.info.pop(_MARKED, {})
    done = Rejudged(whole=session.info.pop(_WHOLE, False))
    if marked:
        session.execute(KEEP_PLANS)
    for year, marks in sorted(marked.items()):
        if session.execute(WRITING, {"tenant": session.tenant_id, "year": year}).one().evaluating:
            session.add(_unseen(year, marks))
        headers = current_runs(session, year)
        try:
            if headers:
                done += _rejudge(session, registry, headers, marks, Period(year, today))
        except PluginUnavailable:
            continue
    return done


def _rejudge(
    session: TenantSession, registry: Registry, headers: Sequence[RunHeader], marks: _Marks, period: Period
) -> Rejudged:
    homes = _homes(session, marks, period)
    judging = prepare(
        session, registry, period, organisations=sorted({*marks.cells, *homes.values()}), superiors=True
    )
    done, by_code = Rejudged(), {header.rules.policy: header for header in headers}
    for rules in judging.rules():
        header = by_code.get(rules.policy)
        if header is None or not same_but_for_the_day(header.rules, rules):
            done += Rejudged(left=frozenset({period.year}))
            continue
        stands = _Stands(judging, header, standing_rows(session, header, _looked_at(judging)), homes.keys())
        judged = replace(judging, engine=stands.engine(marks.tables)).judge(header.rules)
        done += _write(session, header, judged.findings, stands)
    return done


_AT_HOME = f"kind = 'home' AND {holds_on('membership', ':last')}"
_HOMES = text(f"""
SELECT member_id, organisation_id FROM membership WHERE member_id = ANY(CAST(:members AS bigint[])) AND {_AT_HOME}
UNION
SELECT member_id, organisation_id FROM membership WHERE {_AT_HOME} AND member_id IN (
    SELECT ms.member_id FROM membership AS ms
    WHERE ms.organisation_id = ANY(CAST(:cells AS bigint[]))
      AND ms.valid_from <= :last AND (ms.valid_to IS NULL OR ms.valid_to > :first))
""")


def _homes(session: TenantSession, marks: _Marks, period: Period) -> dict[int, int]:
    """Whose records changed, with their cells on the period's last day: a record of a cell counts for its guests, and for
    members who have since moved."""
    binds = {
        "members": sorted(marks.members),
        "cells": sorted(marks.everyone),
        "first": period.start,
        "last": period.last_day,
    }
    return {row.member_id: row.organisation_id for row in session.execute(_HOMES, binds)}


def mark_member(
    session: TenantSession, member_id: int, year: int, today: date, *tables: type[TenantTable]
) -> None:
    """As `mark`, of the cell in which a member is judged for a year: the home on its last day looked at."""
    home = home_on(session, member_id, Period(year, today).last_day)
    if home is not None:
        mark(session, home, year, *tables, members=[member_id])


def _looked_at(judging: Judging) -> list[int]:
    """Ids of the judged, and of the other cells of their superiors; organisations and members together."""
    below = (cell for _, cell in judging.tree.cells_below())
    return sorted({*(judging.tree.asked or ()), *below, *judging.population.roll.members.tolist()})


@dataclass(frozen=True, eq=False)
class _Stands:
    """How those looked at stand before they are judged: `rows[scheme][subject]`; `changed` are the members whose records
    did."""

    judging: Judging
    header: RunHeader
    rows: dict[int, dict[int, Stand]]
    changed: Collection[int]

    def engine(self, tables: Collection[str]) -> Engine:
        """What judges anew only what may come out otherwise. A verdict of another day says nothing of today: deadlines have
        passed since; of a superior's other cells it must do."""
        members = self.judging.population.roll.members.tolist()
        beside, kept, counted = {}, {}, set(members)
        for number, scheme in enumerate(self.header.rules.schemes):
            today = self._of_today(number)
            of_members = scheme.subject is Subject.MEMBER
            settled = today - set(self.changed) if of_members else self.others
            if of_members:
                counted -= settled
            beside[scheme.policy, scheme.key] = self._findings(number, settled)
            kept[scheme.policy, scheme.key] = self._findings(number, today - settled)
        engine = self.judging.engine
        return replace(
            engine,
            counting=replace(engine.counting, members=sorted(counted)),
            beside=beside,
            kept={} if ANY in tables else kept,
            changed=frozenset(tables),
        )

    @property
    def others(self) -> set[int]:
        """The cells not judged now of the superiors who are."""
        asked = self.judging.tree.asked or frozenset()
        return {cell for above, cell in self.judging.tree.cells_below() if above in asked} - asked

    def _of_today(self, number: int) -> set[int]:
        day = self.judging.period.as_of
        return {id_ for id_, stand in self.rows[number].items() if stand.day == day}

    def _findings(self, number: int, ids: Collection[int]) -> Findings:
        rows = self.rows[number]
        stored = [(id_, rows[id_].title, rows[id_].findings) for id_ in sorted(ids) if id_ in rows]
        return opened(self.header.rules.schemes[number], stored)


_WRITE = text("""
INSERT INTO later_verdict (run_id, as_of, scheme, subject_id, outcome, findings)
SELECT :run, :as_of, judged.* FROM unnest(
    CAST(:schemes AS smallint[]), CAST(:subjects AS bigint[]), CAST(:titles AS smallint[]), CAST(:findings AS bytea[])
) AS judged
ON CONFLICT (tenant_id, run_id, scheme, subject_id) DO UPDATE
SET as_of = excluded.as_of, outcome = excluded.outcome, findings = excluded.findings
""")


def _write(
    session: TenantSession, header: RunHeader, judged: Sequence[Findings], stands: _Stands
) -> Rejudged:
    """What is not as it stands already, in one statement."""
    day = stands.judging.period.as_of
    rows = [
        (number, subject, title, content)
        for number, findings in enumerate(judged)
        for packed in pack(findings)
        for subject, title, content in packed.rows()
        if stands.rows[number].get(subject) != (title, content, day)
    ]
    if rows:
        binds = dict(
            zip(
                ("schemes", "subjects", "titles", "findings"), map(list, zip(*rows, strict=True)), strict=True
            )
        )
        session.execute(_WRITE, {"run": header.id, "as_of": day, **binds})
    schemes, turned = header.rules.schemes, dict[Turned, None]()
    for number, subject, title, _ in rows:
        before = stands.rows[number].get(subject)
        if before is None or before.title != title:
            turned[Turned(header.public_id, schemes[number].subject is Subject.MEMBER, subject)] = None
    return Rejudged(len(rows), turned=tuple(turned))
