"""Recording what happens to organisations, in one transaction: who may, whether it fits what stands, what it changes, the
trail, and the standing that follows; and taking an act back."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import delete, func, select, text

from bontot.access import Actor, Permission, organisations_in_reach
from bontot.clock import today
from bontot.db.models import OrganisationEvent
from bontot.db.models.organisation import CELL_TYPES
from bontot.db.rolls import holds_on
from bontot.db.tenancy import TenantSession
from bontot.errors import InvalidInput, NotFound, Stale
from bontot.evaluation.incremental import mark_whole
from bontot.evaluation.plain import from_plain, to_plain
from bontot.registry import Registry
from bontot.services.audit import note
from bontot.services.reorganising.acts import Reform
from bontot.services.reorganising.ledger import CHANGED_SINCE, Ledger, take_back
from bontot.services.reorganising.pen import Written
from bontot.services.reorganising.preview import Consequences, consequences, read_before
from bontot.services.reorganising.rules import check_left, checked
from bontot.services.reorganising.writing import write
from bontot.services.trying import tried
from bontot.text import clean, natural_key

_TURN = text("SELECT pg_advisory_xact_lock(:tenant, hashtext('organisation_event'))")
_BESIDE = text("SELECT pg_advisory_xact_lock_shared(:tenant, hashtext('organisation_event'))")


@dataclass(frozen=True, slots=True)
class Called:
    """An organisation as it was called in an act: before it for one it was taken over from, else after it."""

    id: int
    public_id: UUID
    name: str
    is_cell: bool


@dataclass(frozen=True, slots=True)
class EventLine:
    """An act as an organisation's page lists it. `part` is what it did to that organisation; `before` are those it took over
    from and `after` those that took over, `founded` who else began with the act."""

    id: int
    public_id: UUID
    kind: str
    day: date
    document: str
    part: str
    before: tuple[Called, ...]
    after: tuple[Called, ...]
    founded: tuple[Called, ...]
    above: tuple[Called, ...]
    """Below whom it came to stand."""
    name: str | None
    """The new name, where it was only renamed."""
    entered_by: str
    entered_at: datetime
    last: bool
    """Whether nothing has happened since to any organisation it concerns, so that it may be taken back."""


def hold_still(session: TenantSession) -> None:
    """Nothing happens to organisations until this transaction ends: for who writes down that somebody belongs to one."""
    session.execute(_BESIDE, {"tenant": session.tenant_id})


def version_of(session: TenantSession) -> int:
    """The last act recorded in the committee, 0 for none: what a form says it has seen."""
    return session.scalar(select(func.max(OrganisationEvent.id))) or 0


def consider(session: TenantSession, registry: Registry, actor: Actor, reform: Reform) -> Consequences:
    """What an act would change; nothing is kept. Raises as `record`."""
    reform = _admitted(session, registry, actor, reform)
    before = read_before(session, reform.day)
    with tried(session):
        return consequences(session, before, _written(session, reform, Ledger(session)))


def record(
    session: TenantSession, registry: Registry, actor: Actor, reform: Reform, version: int
) -> tuple[int, Written]:
    """Records an act; its id, and whom it founded, ended and moved. `version` is the last act its writer saw, 0 for none.

    Raises NotAllowed, NotFound for an organisation out of reach, Stale when an act was recorded since, and InvalidInput for
    what does not fit.
    """
    actor.require(Permission.RECORD_ORGANISATION)
    _turn(session, version)
    reform = _admitted(session, registry, actor, reform)
    ledger = Ledger(session)
    written = _written(session, reform, ledger)
    event = OrganisationEvent(
        kind=reform.kind,
        day=reform.day,
        document=reform.document_words,
        entry=to_plain(reform),
        changes=ledger.changes,
        entered_by=actor.name,
    )
    session.add(event)
    session.flush()
    _name_parts(session, event.id, written)
    note(
        session,
        "record_organisation_event",
        "organisation_event",
        event.id,
        actor.account_id,
        kind=reform.kind,
        day=reform.day.isoformat(),
    )
    session.expire_all()
    mark_whole(session)
    return event.id, written


def take_back_event(session: TenantSession, actor: Actor, event_id: int, version: int, reason: str) -> str:
    """Takes back an act; its kind. What stood is kept in the trail with the reason.

    Raises Stale when an act was recorded since `version`, NotFound for none, and InvalidInput without a reason, when
    something happened since to an organisation it concerns, or when the records it wrote were changed.
    """
    actor.require(Permission.RECORD_ORGANISATION)
    _turn(session, version)
    reason = clean(reason, field="reason")
    if not reason:
        raise InvalidInput("Cần ghi lý do.", "reason")
    before = _undone(session, event_id)
    note(
        session,
        "take_back_organisation_event",
        "organisation_event",
        event_id,
        actor.account_id,
        reason=reason,
        before=before,
    )
    mark_whole(session)
    return str(before["kind"])


def _undone(session: TenantSession, event_id: int) -> dict[str, Any]:
    """What an act said; it and what it wrote are away."""
    event = session.get(OrganisationEvent, (session.tenant_id, event_id))
    if event is None:
        raise NotFound
    if session.execute(_SINCE, {"event": event_id}).first():
        raise InvalidInput(CHANGED_SINCE, "reason")
    said, changes = {"kind": event.kind, "day": event.day.isoformat(), "entry": event.entry}, event.changes
    session.execute(delete(OrganisationEvent).where(OrganisationEvent.id == event_id))
    take_back(session, changes)
    return said


def record_instead(
    session: TenantSession,
    registry: Registry,
    actor: Actor,
    event_id: int,
    reform: Reform,
    version: int,
    reason: str,
) -> int:
    """Corrects an act: takes it back with a reason and records another in its place; its id. Raises as both."""
    take_back_event(session, actor, event_id, version, reason)
    return record(session, registry, actor, reform, version_of(session))[0]


def consider_instead(
    session: TenantSession, registry: Registry, actor: Actor, event_id: int, reform: Reform
) -> Consequences:
    """What another act in place of one would change, against the records without that; nothing is kept. Raises as
    `record_instead`."""
    with tried(session):
        _undone(session, event_id)
        return consider(session, registry, actor, reform)


def otherwise(
    reform: Reform, *, day: date, document: str, document_day: date | None, issued_by: str
) -> Reform:
    """The same act on another day or by another document."""
    return replace(reform, day=day, document=document, document_day=document_day, issued_by=issued_by)


def entry_of(session: TenantSession, event_id: int) -> Reform:
    """An act as it was entered. Raises NotFound."""
    event = session.get(OrganisationEvent, (session.tenant_id, event_id))
    if event is None:
        raise NotFound
    return from_plain(Reform, event.entry)


def _turn(session: TenantSession, version: int) -> None:
    """One at a time a committee, and on what the writer saw."""
    session.execute(_TURN, {"tenant": session.tenant_id})
    if version_of(session) != version:
        raise Stale


def _admitted(session: TenantSession, registry: Registry, actor: Actor, reform: Reform) -> Reform:
    actor.require(Permission.RECORD_ORGANISATION)
    day = today(session)
    if reform.named - organisations_in_reach(session, actor, day):
        raise NotFound
    return checked(registry, reform, day)


def _written(session: TenantSession, reform: Reform, ledger: Ledger) -> Written:
    written = write(session, reform, ledger)
    check_left(session, written)
    return written


_PARTS = text("""
INSERT INTO organisation_event_part (event_id, organisation_id, part, successor_id)
SELECT :event, named.* FROM unnest(CAST(:ids AS bigint[]), CAST(:parts AS text[]), CAST(:successors AS bigint[])) AS named
""")


def _name_parts(session: TenantSession, event_id: int, written: Written) -> None:
    """Which organisations the act concerns, and how; who took over from whom."""
    rows = sorted(_parts(written), key=lambda row: (row[0], row[1], row[2] or 0))
    ids, parts, successors = ([row[place] for row in rows] for place in range(3))
    session.execute(_PARTS, {"event": event_id, "ids": ids, "parts": parts, "successors": successors})


def _parts(written: Written) -> Iterable[tuple[int, str, int | None]]:
    ended, founded = written.heirs, set(written.founded)
    left = {pair for pair in written.moves.values() if pair[0] not in ended}
    yield from ((id_, "founded", None) for id_ in founded)
    for id_, heirs in ended.items():
        gone = {to for source, to in written.moves.values() if source == id_}
        taking: set[int | None] = {*heirs, *gone}
        yield from ((id_, "ended", heir) for heir in taking or {None})
    yield from ((source, "changed", to) for source, to in left)
    changed = written.changed - {source for source, _ in left}
    yield from ((id_, "changed", None) for id_ in changed)
    named = {*changed, *founded, *ended, *(source for source, _ in left)}
    receiving = {heir for heirs in ended.values() for heir in heirs} | {
        to for _, to in written.moves.values()
    }
    yield from ((id_, "received", None) for id_ in receiving - named)
    above = {written.id(ref) for ref in _parents(written.reform)} | {
        unit.parent_id for unit in written.units.values() if unit.id in ended and unit.parent_id
    }
    yield from ((id_, "above", None) for id_ in above - named - receiving)


def _parents(reform: Reform) -> Iterable[int]:
    refs = (*(one.parent for one in reform.founded), *(one.parent for one in reform.changed))
    return (ref for ref in refs if ref is not None)


def _called(of: str, which: str, order: str) -> str:
    """SQL: the organisations of an act's parts, named as the day of the act began (`ASC`), or as they are since (`DESC`)."""
    return f"""
(SELECT coalesce(jsonb_agg(DISTINCT jsonb_build_array(o.id, o.public_id, called.name, called.type)), '[]')
 FROM organisation_event_part AS t JOIN organisation AS o ON o.id = t.{of}
 JOIN LATERAL (SELECT p.name, p.type FROM organisation_period AS p WHERE p.organisation_id = o.id
     AND (p.valid_to = e.day OR {holds_on("p", "e.day")}) ORDER BY p.valid_from {order} LIMIT 1) AS called ON true
 WHERE t.event_id = e.id AND {which})"""


_LAST = """
NOT EXISTS (SELECT FROM organisation_event_part AS part
            JOIN organisation_event_part AS later ON later.event_id > part.event_id AND later.part <> 'above'
                 AND later.organisation_id = part.organisation_id
            WHERE part.event_id = e.id AND part.part <> 'above')"""
_SINCE = text(f"SELECT 1 FROM organisation_event AS e WHERE e.id = :event AND NOT {_LAST}")
_LINES = text(f"""
SELECT e.id, e.public_id, e.kind, e.day, e.document, min(mine.part),
       {_called("organisation_id", "t.successor_id = :organisation", "ASC")},
       {_called("successor_id", "t.organisation_id = :organisation", "DESC")},
       {_called("organisation_id", "t.organisation_id <> :organisation AND t.part = 'founded'", "DESC")},
       {_called("organisation_id", "t.organisation_id <> :organisation AND t.part = 'above'", "DESC")},
       CASE WHEN e.kind = 'rename' THEN e.entry #>> '{{changed,0,name}}' END,
       e.entered_by, e.entered_at, {_LAST}
FROM organisation_event AS e JOIN organisation_event_part AS mine ON mine.event_id = e.id
WHERE mine.organisation_id = :organisation AND e.day <= :day
GROUP BY e.tenant_id, e.id ORDER BY e.day DESC, e.id DESC LIMIT 50
""")


def events_of(session: TenantSession, organisation_id: int, day: date) -> list[EventLine]:
    """What happened to an organisation up to a day, the last first; at most fifty."""
    rows = session.execute(_LINES, {"organisation": organisation_id, "day": day})
    return [EventLine(*row[:6], *(_named(names) for names in row[6:10]), *row[10:]) for row in rows]


def _named(rows: Iterable[tuple[int, str, str, str]]) -> tuple[Called, ...]:
    found = (Called(id_, UUID(public_id), name, kind in CELL_TYPES) for id_, public_id, name, kind in rows)
    return tuple(sorted(found, key=lambda one: natural_key(one.name)))
