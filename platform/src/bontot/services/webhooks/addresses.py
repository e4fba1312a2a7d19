"""The addresses of other programs that are told of events: made, tried, given another key, begun again, ended.

As an access token, an address is a role in a place, made by an administrator and alive for as long as its maker is one; it
hears of what a program with that role and place could read.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID, uuid4

from sqlalchemy import delete, func, or_, select, text, update

from bontot.access import Actor, Permission, Role
from bontot.clock import today
from bontot.db.models import Webhook, WebhookDelivery
from bontot.db.rolls import holds_on
from bontot.db.tenancy import TenantSession
from bontot.errors import InvalidInput, NotFound, noting, refuse_noted
from bontot.outbound import LONGEST, read_address
from bontot.services.audit import note
from bontot.services.grants import place_of_role
from bontot.services.paging import Page, window
from bontot.services.webhooks.kinds import KINDS, TEST
from bontot.services.webhooks.signing import check_of, fresh_salt, key_of, secret_of
from bontot.services.webhooks.telling import arm
from bontot.text import clean

MOST = 10
"""Addresses a committee may have at a time."""
FORMER = "1 day"
"""How long the key before signs beside a new one."""
TRIES_WAITING = 3
"""Messages sent for a try that may wait at a time."""


NO_KEY = (
    "Khóa ký đã cấp không còn dùng được ở hệ thống này. Bấm “Đổi khóa ký” rồi ghi khóa mới vào phần mềm nhận."
)


@dataclass(frozen=True, slots=True)
class WebhookLine:
    """An address as administrators see it: by whom it was made, as what and where it hears (None: the whole committee); how
    many messages wait, when one last arrived, and since when none did; whether its key stayed with another instance."""

    public_id: UUID
    name: str
    url: str
    kinds: tuple[str, ...]
    maker: str
    role: Role
    place: str | None
    made_at: datetime
    failing_since: datetime | None
    retry_at: datetime | None
    paused_at: datetime | None
    paused_for: str | None
    former_until: datetime | None
    waiting: int
    sent_at: datetime | None
    keyless: bool

    @property
    def rests(self) -> bool:
        """Whether nothing is sent to it until an administrator does something."""
        return self.paused_at is not None or self.keyless


@dataclass(frozen=True, slots=True)
class DeliveryLine:
    """One message to an address: of what, when it was made and last sent, with which HTTP status, how often."""

    public_id: UUID
    kind: str
    made_at: datetime
    state: str
    attempts: int
    tried_at: datetime | None
    answer: int | None
    problem: str | None


_LINES = text(f"""
SELECT w.public_id, w.name, w.url, w.kinds, a.display_name, w.role, p.name, w.made_at, w.failing_since,
       CASE WHEN w.retry_at > now() THEN w.retry_at END, w.paused_at, w.paused_for,
       CASE WHEN w.former_until > now() THEN w.former_until END,
       (SELECT count(*) FROM webhook_delivery d WHERE d.webhook_id = w.id AND d.state = 'waiting'),
       (SELECT max(d.tried_at) FROM webhook_delivery d WHERE d.webhook_id = w.id AND d.state = 'sent'),
       w.salt IS NULL
FROM webhook w
JOIN account a ON a.id = w.account_id
LEFT JOIN organisation_period p ON p.organisation_id = w.organisation_id AND {holds_on("p", ":day")}
WHERE w.ended_at IS NULL AND (CAST(:one AS uuid) IS NULL OR w.public_id = :one)
ORDER BY w.id
""")


def webhooks_of(session: TenantSession, day: date) -> list[WebhookLine]:
    """The committee's addresses, the oldest first."""
    return _lines(session, day, None)


def webhook_of(session: TenantSession, actor: Actor, public_id: UUID) -> WebhookLine:
    """One of them. Raises NotFound."""
    actor.require(Permission.MANAGE_ACCOUNTS)
    lines = _lines(session, today(session), public_id)
    if not lines:
        raise NotFound
    return lines[0]


def _lines(session: TenantSession, day: date, one: UUID | None) -> list[WebhookLine]:
    return [
        WebhookLine(public_id, name, url, tuple(kinds), maker, Role(role), *rest)
        for public_id, name, url, kinds, maker, role, *rest in session.execute(
            _LINES, {"day": day, "one": one}
        )
    ]


def paused(session: TenantSession) -> list[tuple[UUID, str]]:
    """The public id and name of the addresses to which nothing is sent any more."""
    rows = session.execute(
        select(Webhook.public_id, Webhook.name)
        .where(Webhook.ended_at.is_(None), or_(Webhook.paused_at.is_not(None), Webhook.salt.is_(None)))
        .order_by(Webhook.id)
    )
    return [(row.public_id, row.name) for row in rows]


def deliveries_of(session: TenantSession, actor: Actor, public_id: UUID, number: int) -> Page[DeliveryLine]:
    """A page of what an address was told, the latest first. Raises NotFound for none and beyond the last page."""
    row = _found(session, actor, public_id)
    of_it = WebhookDelivery.webhook_id == row.id
    total = session.scalar(select(func.count()).where(of_it)) or 0
    place = window(number)
    columns = (getattr(WebhookDelivery, name) for name in DeliveryLine.__dataclass_fields__)
    listed = select(*columns).where(of_it).order_by(WebhookDelivery.id.desc())
    rows = session.execute(listed.limit(place["size"]).offset(place["skip"])).all()
    if not rows and number > 1:
        raise NotFound
    return Page([DeliveryLine(*one) for one in rows], number, total)


def register(
    session: TenantSession,
    actor: Actor,
    instance: str,
    *,
    name: str,
    url: str,
    kinds: Iterable[str],
    role: Role | None,
    organisation_id: int | None,
) -> tuple[UUID, str]:
    """A new address; its public id and its secret, which is shown once. `instance` is the instance's own secret.

    Raises InvalidFields for what is missing or does not fit, and when there are too many already.
    """
    actor.require(Permission.MANAGE_ACCOUNTS)
    day, wanted, errors = today(session), set(kinds), dict[str, str]()
    place = None
    with noting(errors):
        name = clean(name, longest=100, field="name")
        if not name:
            raise InvalidInput("Ghi tên phần mềm nhận tin.", "name")
    with noting(errors, "url"):
        url = clean(url, longest=LONGEST, field="url")
        read_address(url)
    with noting(errors):
        if role not in (Role.TENANT_ADMIN, Role.COMMITTEE, Role.CELL_SECRETARY):
            raise InvalidInput("Xin chọn vai trò.", "role")
        place = place_of_role(session, role, organisation_id, day)
    if not wanted or not wanted <= set(KINDS):
        errors["kinds"] = "Chọn ít nhất một loại tin trong danh sách."
    if len(webhooks_of(session, day)) >= MOST:
        errors[""] = f"Mỗi đảng bộ có tối đa {MOST} địa chỉ nhận tin; hãy thôi bớt một địa chỉ cũ."
    refuse_noted(errors)
    row = Webhook(
        public_id=uuid4(),
        account_id=actor.account_id,
        name=name,
        url=url,
        kinds=[kind for kind in KINDS if kind in wanted],
        role=str(role),
        organisation_id=place,
    )
    key = _new_key(row, instance)
    session.add(row)
    session.flush()
    note(session, "register_webhook", "webhook", row.id, actor.account_id, role=str(role), kinds=row.kinds)
    return row.public_id, secret_of(key)


def change_key(session: TenantSession, actor: Actor, instance: str, public_id: UUID) -> str:
    """Another key for an address; its secret. The one before signs beside it for a day more, and the address is begun again
    where it was paused. Raises NotFound."""
    row = _found(session, actor, public_id)
    row.former_salt = row.salt if keys_fit(row, instance) else None
    row.former_until = (
        session.scalar(text(f"SELECT now() + interval '{FORMER}'")) if row.former_salt else None
    )
    key = _new_key(row, instance)
    _begin_again(session, row)
    note(session, "change_webhook_key", "webhook", row.id, actor.account_id)
    return secret_of(key)


def keys_fit(row: Webhook, instance: str) -> bool:
    """Whether what was given out as an address's secret is still what this instance signs with."""
    return row.salt is not None and check_of(key_of(instance, row.public_id, row.salt)) == row.key_check


def _new_key(row: Webhook, instance: str) -> bytes:
    row.salt = fresh_salt()
    key = key_of(instance, row.public_id, row.salt)
    row.key_check = check_of(key)
    return key


def resume(session: TenantSession, actor: Actor, public_id: UUID) -> str:
    """Begins to send again at once, what waits first; the address's name. Raises NotFound."""
    row = _found(session, actor, public_id)
    _begin_again(session, row)
    note(session, "resume_webhook", "webhook", row.id, actor.account_id)
    return row.name


def _begin_again(session: TenantSession, row: Webhook) -> None:
    row.failures, row.failing_since, row.retry_at = 0, None, None
    row.paused_at, row.paused_for = None, None
    session.execute(  # the day of trying begins anew
        update(WebhookDelivery)
        .where(WebhookDelivery.webhook_id == row.id, WebhookDelivery.state == "waiting")
        .values(first_tried_at=None)
    )
    session.flush()
    arm(session)


def end(session: TenantSession, actor: Actor, public_id: UUID) -> str:
    """Ends an address for good; what waits for it is not sent. Raises NotFound."""
    row = _found(session, actor, public_id)
    row.ended_at = session.scalar(select(func.now()))
    row.salt = row.former_salt = row.key_check = None
    waiting = (WebhookDelivery.webhook_id == row.id) & (WebhookDelivery.state == "waiting")
    session.execute(delete(WebhookDelivery).where(waiting))
    note(session, "end_webhook", "webhook", row.id, actor.account_id)
    return row.name


def send_test(session: TenantSession, actor: Actor, public_id: UUID) -> str:
    """Has a message sent that is of nothing; the address's name. Raises NotFound; InvalidInput while it is paused, or too
    many such messages wait."""
    row = _found(session, actor, public_id)
    if row.salt is None:
        raise InvalidInput(NO_KEY)
    if row.paused_at is not None:
        raise InvalidInput("Địa chỉ đang tạm dừng; bấm “Gửi lại từ bây giờ” trước.")
    trying = (WebhookDelivery.webhook_id == row.id) & (WebhookDelivery.kind == TEST)
    waiting = session.scalar(select(func.count()).where(trying, WebhookDelivery.state == "waiting")) or 0
    if waiting >= TRIES_WAITING:
        raise InvalidInput("Các tin thử trước chưa gửi được; xin xem kết quả bên dưới.")
    empty = {"id": None, "href": None}
    session.add(WebhookDelivery(webhook_id=row.id, effect=f"test:{uuid4()}", kind=TEST, data=empty))
    session.flush()
    arm(session)
    note(session, "test_webhook", "webhook", row.id, actor.account_id)
    return row.name


def send_again(session: TenantSession, actor: Actor, public_id: UUID) -> UUID:
    """Has a message that never arrived sent once more, under the same id; the address it is for. Raises NotFound for any
    other."""
    actor.require(Permission.MANAGE_ACCOUNTS)
    row = session.execute(
        update(WebhookDelivery)
        .where(
            WebhookDelivery.public_id == public_id,
            WebhookDelivery.state == "dead",
            WebhookDelivery.webhook_id.in_(select(Webhook.id).where(Webhook.ended_at.is_(None))),
        )
        .values(state="waiting", first_tried_at=None)
        .returning(WebhookDelivery.id, WebhookDelivery.webhook_id)
    ).first()
    if row is None:
        raise NotFound
    arm(session)
    note(session, "send_webhook_again", "webhook_delivery", row.id, actor.account_id)
    found: UUID = session.scalars(select(Webhook.public_id).where(Webhook.id == row.webhook_id)).one()
    return found


def _found(session: TenantSession, actor: Actor, public_id: UUID) -> Webhook:
    actor.require(Permission.MANAGE_ACCOUNTS)
    row = session.scalar(
        select(Webhook).where(Webhook.public_id == public_id, Webhook.ended_at.is_(None)).with_for_update()
    )
    if row is None:
        raise NotFound
    return row
