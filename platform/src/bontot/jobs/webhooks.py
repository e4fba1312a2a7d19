"""Sending messages to the addresses of other programs until they are taken, under one id however often.

An address is taken up by one worker at a time, and what waits for it goes in order, one after another. What is answered with
anything but a 2xx is tried again after a pause that grows with each failure in a row, for about a day; then the message is
given up and, if nothing else arrived meanwhile, the address paused. A message refused thrice lets later ones go first. No
transaction is open while the network is waited for (safety rule 17); who dies over a message leaves it waiting, and it is
sent once more under the same id (rule 19).
"""

from __future__ import annotations

import json
import time
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any
from uuid import UUID

import structlog
from sqlalchemy import Engine, select, text

from bontot.clock import today
from bontot.db.models import Webhook
from bontot.db.tenancy import PLATFORM, TenantSession, scope
from bontot.errors import InvalidInput
from bontot.jobs.outbox import Enqueued, enqueue
from bontot.jobs.reading import MESSAGES
from bontot.outbound import NotReached, Outbound
from bontot.services.accounts import is_administrator
from bontot.services.webhooks.addresses import NO_KEY, keys_fit
from bontot.services.webhooks.signing import key_of, signed_headers

KIND = MESSAGES
BY = "tự động khi hồ sơ thay đổi"
AT_A_TIME = 50
"""Committees looked at in one round."""
BUDGET = 30.0
"""Seconds after which an address gives way to the next."""
PAUSES = (30, 120, 600, 1_800, 3_600, 7_200, 10_800)
"""Seconds until the next trial after so many failures in a row; the last for all further ones."""
PATIENCE = "1 day"
"""How long a message is tried, and how long an address may take nothing, before they are given up."""
STEPS_ASIDE = 3
"""After how many refusals a message lets later ones go first."""
GONE = 410
NOT_ADMIN = "Người đăng ký địa chỉ này không còn làm quản trị đảng bộ. Hãy thôi địa chỉ và đăng ký lại."
REFUSES = "Máy nhận trả lời 410: không nhận tin nữa."
SILENT = "Máy nhận không lấy tin nào trong một ngày."

log = structlog.get_logger()


@dataclass(frozen=True, slots=True)
class Signing:
    """What is needed to send: the instance's own secret, and the client."""

    instance: str = field(repr=False)
    outbound: Outbound = field(default_factory=Outbound)


@dataclass(frozen=True, slots=True)
class _Taken:
    """An address taken up, with what it signs with."""

    id: int
    url: str
    keys: tuple[bytes, ...]


@dataclass(frozen=True, slots=True)
class _Message:
    """The next message of an address, at a moment by the database's clock."""

    id: int
    public_id: UUID
    kind: str
    data: dict[str, Any]
    made_at: datetime
    now: int

    @property
    def body(self) -> bytes:
        """What is sent: what happened when, and to which record."""
        made_at = self.made_at.astimezone(UTC).isoformat(timespec="seconds").replace("+00:00", "Z")
        said = {"type": self.kind, "timestamp": made_at, "data": self.data}
        return json.dumps(said, separators=(",", ":")).encode()


_DUE = text("SELECT tenant_id FROM webhook_due WHERE due_at <= now() ORDER BY due_at LIMIT :most")
_TAKE_UP = text("""
UPDATE webhook_due SET due_at = now() + interval '10 minutes'
WHERE tenant_id = :tenant AND due_at <= now() RETURNING EXISTS (
    SELECT FROM outbox o WHERE o.tenant_id = :tenant AND o.kind = :kind AND o.done_at IS NULL AND o.failed_at IS NULL
      AND o.leased_until IS NULL
)
""")
"""And whether a round waits already: begun later, it sees what is due now. One in hand may have looked before."""
_FORGET_WORK = text("""
WITH over AS (DELETE FROM job WHERE kind = :kind AND state = 'done' RETURNING tenant_id, id)
DELETE FROM outbox o USING over WHERE o.tenant_id = over.tenant_id AND o.job_id = over.id
""")
"""Rounds that are over: what came of them stands with the messages."""


def begin_due(engine: Engine) -> list[Enqueued]:
    """Asks for the messages of committees where some are due to be sent; what to wake a worker with."""
    with scope(engine, PLATFORM) as session:
        due = session.scalars(_DUE, {"most": AT_A_TIME}).all()
    asked = []
    for tenant_id in due:
        with scope(engine, tenant_id) as session:
            taken = session.execute(_TAKE_UP, {"tenant": tenant_id, "kind": KIND}).first()
            if taken is not None and not taken[0]:
                session.execute(_FORGET_WORK, {"kind": KIND})
                asked.append(enqueue(session, KIND, {}, BY, background=True))
    return asked


def send_waiting(engine: Engine, tenant_id: int, signing: Signing | None) -> dict[str, Any]:
    """Sends what is due of a committee, address by address, and says when to look again. Raises LookupError where nothing
    can be signed."""
    if signing is None:
        raise LookupError("signing")
    told = {"sent": 0, "refused": 0}
    tried: list[int] = []
    while (address := _take(engine, tenant_id, tried, signing.instance)) is not None:
        tried.append(address.id)
        _empty(engine, tenant_id, address, signing.outbound, told)
    with scope(engine, tenant_id) as session:
        _look_again(session)
    return told


def _empty(engine: Engine, tenant_id: int, address: _Taken, outbound: Outbound, told: dict[str, int]) -> None:
    """Sends an address what waits until it refuses something, nothing is left, or it had its time."""
    began = time.monotonic()
    while time.monotonic() - began < BUDGET:
        with scope(engine, tenant_id) as session:
            message = _next(session, address.id)
        if message is None:
            break
        status, problem = _send(address, message, outbound)
        taken = status is not None and 200 <= status < 300
        with scope(engine, tenant_id) as session:
            if taken:
                session.execute(_SENT, {"message": message.id, "address": address.id, "status": status})
            else:
                _refused(session, address.id, message.id, status, problem)
        told["sent" if taken else "refused"] += 1
        log.info("webhook", tenant=tenant_id, webhook=address.id, message=message.id, status=status)
        if not taken:
            break
    with scope(engine, tenant_id) as session:
        session.execute(text("UPDATE webhook SET leased_until = NULL WHERE id = :id"), {"id": address.id})


def _send(address: _Taken, message: _Message, outbound: Outbound) -> tuple[int | None, str | None]:
    """What was answered, and why it is not enough."""
    body = message.body
    headers = signed_headers(address.keys, message.public_id, message.now, body)
    try:
        status = outbound.post(address.url, {"Content-Type": "application/json", **headers}, body)
    except (NotReached, InvalidInput) as error:
        return None, str(error)
    if 200 <= status < 300:
        return status, None
    if 300 <= status < 400:
        return status, "Máy nhận chuyển sang địa chỉ khác; hệ thống không đi theo."
    return status, f"Máy nhận trả lời {status}."


_LEASE = text("""
SELECT w.id FROM webhook w
WHERE w.ended_at IS NULL AND w.paused_at IS NULL AND NOT w.id = ANY(:tried)
  AND (w.retry_at IS NULL OR w.retry_at <= now()) AND (w.leased_until IS NULL OR w.leased_until < now())
  AND EXISTS (SELECT FROM webhook_delivery d WHERE d.webhook_id = w.id AND d.state = 'waiting')
ORDER BY w.id LIMIT 1 FOR UPDATE SKIP LOCKED
""")


def _take(engine: Engine, tenant_id: int, tried: list[int], instance: str) -> _Taken | None:
    """Takes up the next address for a minute; one that must not be sent to any more is paused and passed over."""
    with scope(engine, tenant_id) as session:
        while (id_ := session.scalar(_LEASE, {"tried": tried})) is not None:
            row = session.scalars(select(Webhook).where(Webhook.id == id_)).one()
            why = "" if is_administrator(session, row.account_id, today(session)) else NOT_ADMIN
            if not why and not keys_fit(row, instance):
                why = NO_KEY
            if why:
                session.execute(_PAUSE, {"id": id_, "why": why})
                continue
            session.execute(_HOLD, {"id": id_})
            salts = [row.salt]
            if row.former_until is not None and row.former_until > session.scalar(text("SELECT now()")):
                salts.append(row.former_salt)
            keys = tuple(key_of(instance, row.public_id, salt) for salt in salts if salt is not None)
            return _Taken(row.id, row.url, keys)
    return None


_HOLD = text("UPDATE webhook SET leased_until = now() + interval '1 minute' WHERE id = :id")
_PAUSE = text("UPDATE webhook SET paused_at = now(), paused_for = :why WHERE id = :id")
_NEXT = text(f"""
UPDATE webhook_delivery SET attempts = attempts + 1, tried_at = now(), first_tried_at = coalesce(first_tried_at, now())
WHERE id = (SELECT d.id FROM webhook_delivery d JOIN webhook w ON w.id = d.webhook_id
            WHERE d.webhook_id = :address AND d.state = 'waiting' AND w.ended_at IS NULL AND w.paused_at IS NULL
            ORDER BY d.attempts >= {STEPS_ASIDE}, d.id LIMIT 1)
RETURNING id, public_id, kind, data, made_at, CAST(extract(epoch FROM now()) AS bigint)
""")


def _next(session: TenantSession, address: int) -> _Message | None:
    row = session.execute(_NEXT, {"address": address}).first()
    if row is None:
        return None
    session.execute(_HOLD, {"id": address})
    return _Message(*row)


_SENT = text("""
WITH sent AS (
    UPDATE webhook_delivery SET state = 'sent', answer = :status, problem = NULL WHERE id = :message
)
UPDATE webhook SET failures = 0, failing_since = NULL, retry_at = NULL WHERE id = :address
""")
_GIVE_UP = text(f"""
UPDATE webhook_delivery SET answer = :status, problem = :problem,
    state = CASE WHEN :gone OR first_tried_at <= now() - interval '{PATIENCE}' THEN 'dead' ELSE 'waiting' END
WHERE id = :message
""")
_FAILED = text(f"""
UPDATE webhook SET failures = failures + 1, failing_since = coalesce(failing_since, now()),
    retry_at = now() + make_interval(secs => (CAST(:pauses AS integer[]))[least(failures + 1, :most)]),
    paused_at = CASE WHEN :gone OR failing_since <= now() - interval '{PATIENCE}' THEN now() END,
    paused_for = CASE WHEN :gone THEN :refuses WHEN failing_since <= now() - interval '{PATIENCE}' THEN :silent END
WHERE id = :address AND paused_at IS NULL
""")


def _refused(
    session: TenantSession, address: int, message: int, status: int | None, problem: str | None
) -> None:
    gone = status == GONE
    binds = {"message": message, "status": status, "problem": problem, "gone": gone}
    session.execute(_GIVE_UP, binds)
    session.execute(
        _FAILED,
        {
            "address": address,
            "gone": gone,
            "refuses": REFUSES,
            "silent": SILENT,
            "pauses": list(PAUSES),
            "most": len(PAUSES),
        },
    )


_HOLD_DUE = text("SELECT FROM webhook_due WHERE tenant_id = :tenant FOR UPDATE")
_NEXT_DUE = text("""
SELECT min(greatest(w.retry_at, w.leased_until, now())) FROM webhook w
WHERE w.ended_at IS NULL AND w.paused_at IS NULL
  AND EXISTS (SELECT FROM webhook_delivery d WHERE d.webhook_id = w.id AND d.state = 'waiting')
""")
_DUE_AT = text("UPDATE webhook_due SET due_at = :at WHERE tenant_id = :tenant")
_DUE_NEVER = text("DELETE FROM webhook_due WHERE tenant_id = :tenant")


def _look_again(session: TenantSession) -> None:
    """When the next message is due. Whoever tells of something meanwhile waits, and is seen or comes after."""
    ours = {"tenant": session.tenant_id}
    session.execute(_HOLD_DUE, ours)
    at = session.scalar(_NEXT_DUE)
    if at is None:
        session.execute(_DUE_NEVER, ours)
    else:
        session.execute(_DUE_AT, {"at": at, **ours})
