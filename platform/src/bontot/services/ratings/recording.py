"""Recording a year's ratings: the levels of one place with their document and votes, held against the cap on the best."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date

from sqlalchemy import select, text

from bontot.access import Actor, Permission, Role, organisations_in_reach
from bontot.clock import today
from bontot.db.models import AnnualRating
from bontot.db.models.member import RATINGS
from bontot.db.rolls import headcount, holds_on
from bontot.db.tenancy import TenantSession
from bontot.errors import NotAllowed, NotFound, Stale, refuse_noted
from bontot.evaluation.incremental import mark
from bontot.registry import Registry
from bontot.services.audit import note
from bontot.services.ratings.reading import RatedLine, lines_of
from bontot.services.ratings.rules import Rules, cap_words, rules_of
from bontot.text import clean

ACTION = "rate"
"""What the trail calls it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """The ratings of one place as entered: a level by subject (None: not rated), votes for it, and for those that change
    the day, the document and how many could vote."""

    levels: Mapping[int, str | None]
    votes: Mapping[int, int] = field(default_factory=dict)
    versions: Mapping[int, int] = field(default_factory=dict)
    decided_on: date
    document: str = ""
    entitled: int | None = None


def may_rate(actor: Actor, place: int, *, of_members: bool) -> bool:
    """Whether the actor, who reaches the place, rates there: a secretary the members of the own cell, a committee whatever
    is below it, the administrator all."""
    if actor.role is Role.CELL_SECRETARY:
        return of_members and place == actor.organisation_id
    return actor.role in (Role.TENANT_ADMIN, Role.COMMITTEE)


def rate(
    session: TenantSession,
    actor: Actor,
    registry: Registry,
    place: int,
    year: int,
    entry: Entry,
    *,
    of_members: bool,
) -> tuple[int, str]:
    """Records the levels that changed, all or none; how many, and what to know of the cap, empty where it is kept.

    Raises NotFound for a place out of reach or a subject that is not there, NotAllowed, Stale, and InvalidFields by
    "level-<id>", "votes-<id>", "entitled", "decided_on", "document", or "levels" where the committee forbids to exceed the
    cap.
    """
    actor.require(Permission.RECOGNISE)
    day = today(session)
    if place not in organisations_in_reach(session, actor, day):
        raise NotFound
    if not may_rate(actor, place, of_members=of_members):
        raise NotAllowed
    rules = rules_of(session, registry, year, day)
    if rules and not rules.may_exceed:
        session.execute(_TURN, {"place": place, "day": min(day, date(year, 12, 31))})
    lines = {line.id: line for line in lines_of(session, place, year, day, rules, of_members=of_members)}
    if not entry.levels.keys() <= lines.keys():
        raise NotFound
    document = clean(entry.document, field="document")
    changed = [id_ for id_ in entry.levels if _differs(lines[id_], entry, id_)]
    if any(entry.versions.get(id_, 0) != lines[id_].version for id_ in changed):
        raise Stale
    errors = dict(_wrong(lines, entry, changed, year, day))
    warning = _over(session, rules, place, lines, entry, year, day, of_members=of_members)
    if warning and rules and not rules.may_exceed:
        errors.setdefault("levels", f"{warning} Quy định không cho vượt.")
    refuse_noted(errors)
    rows = _locked(session, changed, year, of_members=of_members)
    if of_members and changed:
        mark(session, place, year, AnnualRating, members=changed)
    for id_ in changed:
        _write(session, rows.get(id_), lines[id_], entry, year, document, of_members=of_members)
        if not of_members:
            mark(session, id_, year, AnnualRating)
        note(
            session,
            ACTION,
            "member" if of_members else "organisation",
            id_,
            actor.account_id,
            year=year,
            before=lines[id_].level,
            level=entry.levels[id_],
        )
    session.flush()
    return len(changed), warning


_TURN = text(f"""
SELECT FROM organisation AS o WHERE o.id = :place OR o.id IN (
    SELECT p.parent_id FROM organisation_period AS p WHERE p.organisation_id = :place AND {holds_on("p", ":day")})
ORDER BY o.id FOR NO KEY UPDATE
""")
"""Of those who rate below one body one at a time, so that they do not pass its cap together."""


def _differs(line: RatedLine, entry: Entry, id_: int) -> bool:
    return (entry.levels[id_] or "") != line.level or entry.votes.get(id_) != line.votes


def _wrong(
    lines: Mapping[int, RatedLine], entry: Entry, changed: Sequence[int], year: int, day: date
) -> Iterator[tuple[str, str]]:
    if changed and not date(year, 1, 1) <= entry.decided_on <= day:
        yield "decided_on", f"Ngày phải từ 01/01/{year} đến hôm nay, {day:%d/%m/%Y}."
    for id_ in changed:
        line, level, votes = lines[id_], entry.levels[id_], entry.votes.get(id_)
        if level is not None and level not in RATINGS:
            yield f"level-{line.public_id}", f"{line.name}: chọn mức trong danh sách."
        if level is not None and line.left_out:
            yield f"level-{line.public_id}", f"{line.name} không thuộc diện xếp loại năm {year}."
        if votes is not None and entry.entitled is None:
            yield "entitled", "Ghi số người được biểu quyết khi có ghi số phiếu."
        elif votes is not None and not 0 <= votes <= (entry.entitled or 0):
            yield f"votes-{line.public_id}", f"{line.name}: số phiếu từ 0 đến {entry.entitled}."
        if votes is not None and level is None:
            yield f"level-{line.public_id}", f"{line.name}: có số phiếu thì chọn mức."


def _locked(
    session: TenantSession, subjects: Sequence[int], year: int, *, of_members: bool
) -> dict[int, AnnualRating]:
    """The ratings of a year that are there already, by subject, kept from whoever else would change them."""
    whose = AnnualRating.member_id if of_members else AnnualRating.organisation_id
    chosen = select(AnnualRating).where(whose.in_(subjects), AnnualRating.year == year)
    rows = session.scalars(chosen.order_by(AnnualRating.id).with_for_update())
    return {(row.member_id if of_members else row.organisation_id) or 0: row for row in rows}


def _write(
    session: TenantSession,
    row: AnnualRating | None,
    line: RatedLine,
    entry: Entry,
    year: int,
    document: str,
    *,
    of_members: bool,
) -> None:
    if (row.version if row else 0) != line.version:
        raise Stale
    id_ = line.id
    level, votes = entry.levels[id_], entry.votes.get(id_)
    if level is None:
        if row:
            session.delete(row)
        return
    if row is None:
        row = AnnualRating(
            member_id=id_ if of_members else None,
            organisation_id=None if of_members else id_,
            year=year,
            level=level,
            version=0,
        )
        session.add(row)
    row.level, row.decided_on, row.document = level, entry.decided_on, document or None
    row.votes, row.entitled = votes, entry.entitled if votes is not None else None
    row.version += 1


_BESIDE = text(f"""
SELECT ar.level FROM ({headcount()}) AS roll
JOIN organisation_period AS p ON p.organisation_id = roll.organisation_id AND {holds_on("p", ":day")}
JOIN organisation_period AS own ON own.parent_id = p.parent_id AND own.organisation_id = :place AND {holds_on("own", ":day")}
JOIN annual_rating AS ar ON ar.member_id = roll.member_id AND ar.year = :year
WHERE roll.organisation_id <> :place
""")


def _over(
    session: TenantSession,
    rules: Rules | None,
    place: int,
    lines: Mapping[int, RatedLine],
    entry: Entry,
    year: int,
    day: date,
    *,
    of_members: bool,
) -> str:
    """What to say where more would be excellent than the cap allows: of cells those below one body, of members those of all
    its cells."""
    if rules is None or of_members not in rules.caps:
        return ""
    rated = [
        level
        for id_, line in lines.items()
        if (level := entry.levels.get(id_, line.level or None)) is not None
    ]
    if of_members:
        rated += session.scalars(_BESIDE, {"place": place, "year": year, "day": min(day, date(year, 12, 31))})
    return cap_words(rules, rated, of_members=of_members)
