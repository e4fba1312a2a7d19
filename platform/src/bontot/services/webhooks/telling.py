"""From the trail to the addresses that hear of it, in the transaction of the change itself.

Whatever is noted in the trail and is an event is remembered with the session; just before the commit, when the records are
as they will stand, each address whose kinds and reach cover it gets a row to be delivered. So an event is told if and only
if its cause was committed, and no page, job or command has to think of it.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any
from uuid import UUID, uuid4

from sqlalchemy import event, inspect, text
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session, SessionTransaction

from bontot.access import Actor, Role, organisations_in_reach
from bontot.clock import today
from bontot.db.models import AuditEvent, Task, WebhookDelivery
from bontot.db.tenancy import TenantSession
from bontot.services.webhooks.kinds import GONE, KINDS, OVERDUE, VERDICT, Audience, Kind, kind_of

MOST_WAITING = 5_000
"""How many messages may wait for one address; one that takes none for so long is paused (safety rule 24)."""
FULL = "Quá nhiều tin đang chờ máy nhận lấy, nên hệ thống ngừng giữ thêm."
_HEARD = "bontot.happened"


@dataclass(frozen=True, slots=True)
class Happening:
    """An event of this transaction: of which kind, about which row, by what it is told once (`effect`). `entry` is its entry
    of the trail, where it has one; `names` fill the address in the API."""

    kind: str
    subject: str
    subject_id: int | None
    effect: str = ""
    entry: AuditEvent | None = None
    names: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class _Subject:
    """A record as it is told of: its public id and the organisation it is of, where it is of one."""

    public_id: UUID | None
    place: int | None


@dataclass(frozen=True, slots=True)
class _Hearer:
    """An address that wants some of the kinds."""

    id: int
    kinds: frozenset[str]
    actor: Actor
    waiting: int


def heard(session: TenantSession, entry: AuditEvent) -> None:
    """Remembers an entry of the trail that is an event."""
    kind = kind_of(entry.action, entry.detail)
    if kind is not None:
        _remember(session, Happening(kind, entry.subject, entry.subject_id, entry=entry))


def verdict_changed(session: TenantSession, run: UUID, subject: str, subject_id: int) -> None:
    """Remembers that a member ("member") or organisation ("organisation") now comes out otherwise in a run."""
    names = {"run": str(run), "nouns": f"{subject}s"}
    _remember(session, Happening(VERDICT, subject, subject_id, f"verdict:{uuid4()}", names=names))


_OVERDUE = text("""
SELECT t.id, t.due_on FROM task t
WHERE t.done_on IS NULL AND t.handed_on IS NULL
  AND t.due_on < :day AND t.due_on >= CAST(:day AS date) - :since ORDER BY t.id
""")
LATE_BY = 7
"""For how many days after its day a task is told of as overdue, should a day's work not have been done on its day."""


def overdue_tasks(session: TenantSession, day: date) -> None:
    """Remembers the tasks whose day is over on `day`; each is told once for its day, however often this is done."""
    if _hearers(session, {OVERDUE}):
        for task, due_on in session.execute(_OVERDUE, {"day": day, "since": LATE_BY}):
            _remember(session, Happening(OVERDUE, Task.__tablename__, task, f"overdue:{task}:{due_on}"))


KEPT = "30 days"
"""How long it is kept what became of a message."""
_FORGET = text(f"""
DELETE FROM webhook_delivery WHERE state <> 'waiting' AND tried_at < now() - interval '{KEPT}'
""")


def forget_old(session: Session) -> None:
    """Takes away what became of messages long ago."""
    session.execute(_FORGET)


def _remember(session: TenantSession, happening: Happening) -> None:
    session.info.setdefault(_HEARD, []).append(happening)


@event.listens_for(TenantSession, "before_commit")
def _tell_before_commit(session: TenantSession) -> None:
    if not session.in_nested_transaction() and session.info.get(_HEARD):
        _tell(session, session.info.pop(_HEARD))


@event.listens_for(TenantSession, "after_soft_rollback")
def _forget(session: TenantSession, undone: SessionTransaction) -> None:
    if undone.parent is None:
        session.info.pop(_HEARD, None)


def _tell(session: TenantSession, happened: Sequence[Happening]) -> None:
    hearers = _hearers(session, {one.kind for one in happened})
    if not hearers:
        return
    session.flush()
    happened = [one for one in happened if one.entry is None or inspect(one.entry).persistent]
    known = _subjects(session, happened)
    day, rows = today(session), list[dict[str, Any]]()
    for hearer in hearers:
        reach = organisations_in_reach(session, hearer.actor, day)
        for one in happened:
            subject = known.get((one.subject, one.subject_id)) or _gone(one)
            if one.kind in hearer.kinds and subject and _hears(hearer, KINDS[one.kind], subject, reach):
                rows.append(_row(hearer, one, subject))
    full = {hearer.id for hearer in hearers if hearer.waiting >= MOST_WAITING}
    if full:
        session.execute(_PAUSE, {"ids": sorted(full), "why": FULL})
    rows = [row for row in rows if row["webhook_id"] not in full]
    if rows:
        session.execute(insert(WebhookDelivery).on_conflict_do_nothing(), rows)
        arm(session)


_PAUSE = text("UPDATE webhook SET paused_at = now(), paused_for = :why WHERE id = ANY(:ids)")
_HEARERS = text("""
SELECT w.id, w.kinds, w.account_id, w.role, w.organisation_id,
       (SELECT count(*) FROM webhook_delivery d WHERE d.webhook_id = w.id AND d.state = 'waiting')
FROM webhook w WHERE w.ended_at IS NULL AND w.paused_at IS NULL ORDER BY w.id
""")


def _hearers(session: TenantSession, kinds: Iterable[str]) -> list[_Hearer]:
    rows = session.execute(_HEARERS).all()
    found = [
        _Hearer(
            id_,
            frozenset(wanted),
            Actor(account_id=account, name="", role=Role(role), organisation_id=place),
            many,
        )
        for id_, wanted, account, role, place, many in rows
    ]
    return [one for one in found if not one.kinds.isdisjoint(kinds)]


def _hears(hearer: _Hearer, kind: Kind, subject: _Subject, reach: frozenset[int]) -> bool:
    whole = hearer.actor.role is Role.TENANT_ADMIN
    return (
        whole or kind.audience is Audience.ALL or (kind.audience is Audience.PLACE and subject.place in reach)
    )


def _row(hearer: _Hearer, one: Happening, subject: _Subject) -> dict[str, Any]:
    name = str(subject.public_id) if subject.public_id else None
    href = KINDS[one.kind].href.format_map({**one.names, "id": name}) or None
    effect = f"audit:{one.entry.id}" if one.entry is not None else one.effect
    return {
        "webhook_id": hearer.id,
        "effect": effect,
        "kind": one.kind,
        "data": {"id": name, "href": href},
    }


_HOME = """(SELECT s.organisation_id FROM membership s
    WHERE s.tenant_id = r.tenant_id AND s.member_id = {member} AND s.kind = 'home' AND s.valid_from <= :day
    ORDER BY s.valid_from DESC LIMIT 1)"""
_PLACES = {
    "member": _HOME.format(member="r.id"),
    "organisation": "r.id",
    "meeting": "r.organisation_id",
    "task": "r.organisation_id",
    "issued_paper": "r.organisation_id",
    "recognition_case": f"coalesce(r.organisation_id, {_HOME.format(member='r.member_id')})",
    "evaluation_run": "NULL",
    "import_batch": "NULL",
}
_OF_NOBODY = frozenset({"organisation_event", "threshold_override"})
"""Whose events are told without a name: of the tree as a whole, of a plan."""


def _subjects(session: Session, happened: Iterable[Happening]) -> dict[tuple[str, int | None], _Subject]:
    """What each record is called and where it is, of those that are there."""
    wanted: dict[str, set[int]] = {}
    found: dict[tuple[str, int | None], _Subject] = {}
    for one in happened:
        if one.subject in _OF_NOBODY:
            found[one.subject, one.subject_id] = _Subject(None, None)
        elif one.subject_id is not None:
            wanted.setdefault(one.subject, set()).add(one.subject_id)
    for table, ids in wanted.items():
        statement = text(f"SELECT r.id, r.public_id, {_PLACES[table]} FROM {table} r WHERE r.id = ANY(:ids)")
        binds: dict[str, Any] = {"ids": sorted(ids)}
        if ":day" in statement.text:
            binds["day"] = today(session)
        for id_, public_id, place in session.execute(statement, binds):
            found[table, id_] = _Subject(public_id, place)
    return found


def _gone(one: Happening) -> _Subject | None:
    """A record that is no more, as its entry of the trail names it."""
    kept = one.entry.detail.get(GONE) if one.entry is not None else None
    return _Subject(UUID(kept["public_id"]), kept["place"]) if kept else None


_ARM = text("""
INSERT INTO webhook_due (tenant_id, due_at) VALUES (:tenant, now())
ON CONFLICT (tenant_id) DO UPDATE SET due_at = least(webhook_due.due_at, excluded.due_at)
""")


def arm(session: TenantSession) -> None:
    """Has a worker look at once whether the committee has something to tell."""
    session.execute(_ARM, {"tenant": session.tenant_id})
