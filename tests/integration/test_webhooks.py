"""Messages leave over real TLS, signed, in order, again under the same id until they are taken, and to nobody else."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import date
from typing import Any
from uuid import UUID

import pytest
from sqlalchemy import Engine, select, text, update

from bontot.access import Role
from bontot.client import NotVerified, verify
from bontot.db.models import Job, Outbox, RoleGrant, Webhook, WebhookDelivery, WebhookDue
from bontot.db.tenancy import PLATFORM, scope
from bontot.jobs import reminders, webhooks
from bontot.jobs.outbox import enqueue
from bontot.jobs.tasks import Desk
from bontot.jobs.webhooks import NOT_ADMIN, PAUSES, REFUSES, SILENT, Signing, begin_due
from bontot.registry import Registry
from bontot.services.meetings import MeetingEntry, record_meeting
from bontot.services.webhooks import addresses, telling
from bontot.services.webhooks.addresses import NO_KEY
from bontot.services.webhooks.kinds import KINDS
from bontot.services.webhooks.signing import key_of, secret_of
from bontot.settings import Settings
from tests.factories import Committee, make_committee
from tests.integration.observe import until
from tests.receiver import HOST, Receiver

REGISTRY = Registry.load()
INSTANCE = "bí mật của hệ thống thử, dài hơn 32 ký tự"
URL = f"https://{HOST}/tin"


@pytest.fixture
def committee(engine: Engine, unique: str) -> Iterator[Committee]:
    made = make_committee(engine, unique, "nhà")
    yield made
    with scope(engine, PLATFORM) as session:  # what is left due is nobody's business in other tests
        session.execute(text("DELETE FROM webhook_due WHERE tenant_id = :own"), {"own": made.tenant_id})


class Address:
    """An address of a committee, told of by a worker whose client is led to the receiver."""

    def __init__(
        self, committee: Committee, receiver: Receiver, instance: str = INSTANCE, **asked: Any
    ) -> None:
        self.committee, self.receiver, self.instance = committee, receiver, instance
        given = {"name": "Kho dữ liệu", "url": URL, "kinds": list(KINDS), "role": Role.TENANT_ADMIN}
        with scope(committee.engine, committee.tenant_id) as session:
            self.public_id, self.secret = addresses.register(
                session, self.admin, instance, organisation_id=None, **(given | asked)
            )

    @property
    def admin(self) -> Any:  # noqa: ANN401 - an actor
        return self.committee.actor(Role.TENANT_ADMIN)

    def round(self) -> None:
        """One look of a worker for what is due, and what then waits to be done here."""
        engine = self.committee.engine
        begin_due(engine)
        mine = select(Outbox.id).where(Outbox.tenant_id == self.tenant, Outbox.kind == webhooks.KIND)
        with scope(engine, PLATFORM) as session:
            waiting = session.scalars(mine.where(Outbox.done_at.is_(None), Outbox.failed_at.is_(None))).all()
        signing = Signing(self.instance, self.receiver.client(patience=2))
        for work in waiting:
            assert Desk(engine, REGISTRY, pause=0, signing=signing).do(work)

    def later(self) -> None:
        """The pause is over, and a day has gone by for whatever was tried."""
        self.change(text("UPDATE webhook SET retry_at = now() WHERE retry_at IS NOT NULL"))
        self.due()

    def due(self) -> None:
        self.change(
            update(WebhookDue).values(due_at=text("now()")).where(WebhookDue.tenant_id == self.tenant)
        )

    def a_day_ago(self) -> None:
        """Everything began a day earlier."""
        for table, column in (("webhook", "failing_since"), ("webhook_delivery", "first_tried_at")):
            self.change(text(f"UPDATE {table} SET {column} = {column} - interval '1 day'"))

    @property
    def tenant(self) -> int:
        return self.committee.tenant_id

    def change(self, statement: Any) -> None:  # noqa: ANN401 - whatever SQL
        with scope(self.committee.engine, self.tenant) as session:
            session.execute(statement)

    def states(self) -> list[tuple[str, str, int, int | None, str | None]]:
        """Every message: its kind, how it stands, how often it was sent, what was answered and what is wrong with that."""
        row = WebhookDelivery
        with scope(self.committee.engine, self.tenant) as session:
            found = select(row.kind, row.state, row.attempts, row.answer, row.problem).order_by(row.id)
            return [tuple(one) for one in session.execute(found)]  # type: ignore[misc]

    def paused(self) -> str | None:
        with scope(self.committee.engine, self.tenant) as session:
            return session.scalars(
                select(Webhook.paused_for).where(Webhook.public_id == self.public_id)
            ).one()

    def events(self) -> list[str]:
        """What kind of event each message that arrived was of, each held against the secret."""
        return [verify(one.headers, one.body, self.secret)["type"] for one in self.receiver.received]


@pytest.fixture
def address(committee: Committee, receiver: Receiver) -> Address:
    return Address(committee, receiver)


def meet(committee: Committee, day: int = 3, cell: int = 0) -> UUID:
    """A meeting recorded on a day of March."""
    with scope(committee.engine, committee.tenant_id) as session:
        entry = MeetingEntry(
            kind="regular", held_on=date(2023, 3, day), marks={}, place="Nhà văn hóa kín đáo"
        )
        unit = committee.cells[cell]
        return record_meeting(session, committee.actor(Role.TENANT_ADMIN), unit.id, entry).public_id


RECORDED = "meeting.recorded"


def test_a_message_says_which_record_and_nothing_of_what_it_holds(address: Address) -> None:
    meeting = meet(address.committee)
    address.round()
    [message] = address.receiver.received
    assert verify(message.headers, message.body, address.secret)["data"] == {
        "id": str(meeting),
        "href": f"/api/v1/meetings/{meeting}",
    }
    said = json.loads(message.body)
    assert (set(said), said["type"], message.path) == ({"type", "timestamp", "data"}, RECORDED, "/tin")
    assert message.headers["content-type"] == "application/json"
    assert address.states() == [(RECORDED, "sent", 1, 204, None)]
    address.round()
    assert len(address.receiver.received) == 1


def test_a_message_that_was_changed_or_is_old_or_of_another_secret_is_not_believed(address: Address) -> None:
    meet(address.committee)
    address.round()
    [message] = address.receiver.received
    sent_at = int(message.headers["webhook-timestamp"])
    assert verify(message.headers, message.body, address.secret, now=sent_at + 299)["type"] == RECORDED
    other = Address(address.committee, address.receiver)
    for headers, body, secret, now in (
        (message.headers, message.body + b" ", address.secret, sent_at),
        (message.headers, message.body, other.secret, sent_at),
        (message.headers, message.body, "whsec_?", sent_at),
        (message.headers, message.body, address.secret, sent_at + 301),
        (message.headers, message.body, address.secret, sent_at - 301),
        (message.headers | {"webhook-id": "msg_khac"}, message.body, address.secret, sent_at),
        (message.headers | {"webhook-timestamp": str(sent_at + 1)}, message.body, address.secret, sent_at),
        (message.headers | {"webhook-signature": "v1,é v2,x"}, message.body, address.secret, sent_at),
        ({}, message.body, address.secret, sent_at),
    ):
        with pytest.raises(NotVerified):
            verify(headers, body, secret, now=now)


def test_messages_go_in_order_and_wait_for_one_that_was_not_taken(address: Address) -> None:
    address.receiver.answers = [500, 204]
    meetings = [meet(address.committee, day) for day in (3, 4, 5)]
    address.round()
    assert [one[1] for one in address.states()] == ["waiting"] * 3
    address.round()
    assert len(address.receiver.received) == 1
    address.later()
    address.round()
    told = [json.loads(one.body)["data"]["id"] for one in address.receiver.received]
    assert told == [str(meetings[place]) for place in (0, 0, 1, 2)]
    names = [one.headers["webhook-id"] for one in address.receiver.received]
    assert names[0] == names[1]
    assert len(set(names)) == 3
    assert address.states() == [
        (RECORDED, "sent", 2, 204, None),
        (RECORDED, "sent", 1, 204, None),
        (RECORDED, "sent", 1, 204, None),
    ]


def test_who_died_over_a_message_sends_it_again_under_its_id(address: Address) -> None:
    meet(address.committee)
    address.round()
    address.change(text("UPDATE webhook_delivery SET state = 'waiting'"))  # taken, but nobody wrote it down
    address.change(text("UPDATE webhook SET leased_until = now() + interval '1 minute'"))
    with scope(address.committee.engine, address.tenant) as session:
        telling.arm(session)
    address.round()
    assert len(address.receiver.received) == 1  # somebody may still be at it
    address.change(text("UPDATE webhook SET leased_until = now() - interval '1 second'"))
    address.due()
    address.round()
    first, again = address.receiver.received
    assert (first.headers["webhook-id"], first.body) == (again.headers["webhook-id"], again.body)


def test_pauses_grow_with_each_failure_and_end_with_a_success(address: Address) -> None:
    address.receiver.answers = [500, 503, 404, 204]
    meet(address.committee)
    pauses = []
    for _ in range(3):
        address.round()
        with scope(address.committee.engine, address.tenant) as session:
            until = "round(extract(epoch FROM retry_at - now()) / 10) * 10"
            pauses.append(int(session.execute(text(f"SELECT {until} FROM webhook")).scalar_one()))
        address.later()
    assert pauses == list(PAUSES[:3])
    address.round()
    with scope(address.committee.engine, address.tenant) as session:
        row = session.execute(select(Webhook.failures, Webhook.failing_since, Webhook.retry_at)).one()
    assert tuple(row) == (0, None, None)
    assert address.states() == [(RECORDED, "sent", 4, 204, None)]


def test_a_message_refused_thrice_lets_later_ones_go_first(address: Address) -> None:
    address.receiver.answers = [422, 422, 422, 204, 422, 204]
    first, second = meet(address.committee, 3), meet(address.committee, 4)
    for _ in range(5):
        address.round()
        address.later()
    told = [json.loads(one.body)["data"]["id"] for one in address.receiver.received]
    assert told == [str(one) for one in (first, first, first, second, first, first)]
    assert [one[1:3] for one in address.states()] == [("sent", 5), ("sent", 1)]


def test_a_message_nobody_takes_for_a_day_is_given_up_and_the_address_paused(address: Address) -> None:
    address.receiver.answers = [500]
    meet(address.committee, 3)
    address.round()
    address.a_day_ago()
    meet(address.committee, 4)
    address.later()
    address.round()
    assert address.states() == [
        (RECORDED, "dead", 2, 500, "Máy nhận trả lời 500."),
        (RECORDED, "waiting", 0, None, None),
    ]
    assert address.paused() == SILENT
    meet(address.committee, 5)  # a paused address is told nothing more
    address.later()
    address.round()
    assert (len(address.states()), len(address.receiver.received)) == (2, 2)
    address.receiver.answers = [204]
    with scope(address.committee.engine, address.tenant) as session:
        addresses.resume(session, address.admin, address.public_id)
        dead = session.scalars(select(WebhookDelivery.public_id).where(WebhookDelivery.state == "dead")).one()
        addresses.send_again(session, address.admin, dead)
    address.round()
    assert [one[1] for one in address.states()] == ["sent", "sent"]
    ids = [one.headers["webhook-id"] for one in address.receiver.received]
    assert (ids[0] == ids[1] == ids[2], len(set(ids))) == (True, 2)


def test_an_address_that_says_it_is_gone_is_paused_at_once(address: Address) -> None:
    address.receiver.answers = [410]
    meet(address.committee)
    address.round()
    assert address.states() == [(RECORDED, "dead", 1, 410, "Máy nhận trả lời 410.")]
    assert address.paused() == REFUSES


@pytest.mark.parametrize(
    ("answer", "problem"),
    [
        (302, "Máy nhận chuyển sang địa chỉ khác; hệ thống không đi theo."),
        (400, "Máy nhận trả lời 400."),
        (lambda _: None, "Máy nhận trả lời bằng nội dung không đọc được."),
    ],
)
def test_anything_but_a_good_answer_is_none(address: Address, answer: Any, problem: str) -> None:  # noqa: ANN401
    address.receiver.answers = [answer]
    meet(address.committee)
    address.round()
    status = answer if isinstance(answer, int) else None
    assert address.states() == [(RECORDED, "waiting", 1, status, problem)]


def test_a_new_key_signs_at_once_and_the_one_before_for_a_day(address: Address) -> None:
    with scope(address.committee.engine, address.tenant) as session:
        changed = addresses.change_key(session, address.admin, INSTANCE, address.public_id)
    meet(address.committee, 3)
    address.round()
    [message] = address.receiver.received
    assert changed != address.secret
    for secret in (address.secret, changed):
        assert verify(message.headers, message.body, secret)["type"] == RECORDED
    address.change(text("UPDATE webhook SET former_until = now()"))
    meet(address.committee, 4)
    address.round()
    _, later = address.receiver.received
    assert verify(later.headers, later.body, changed)["type"] == RECORDED
    with pytest.raises(NotVerified):
        verify(later.headers, later.body, address.secret)


def test_no_key_is_kept(address: Address) -> None:
    with scope(address.committee.engine, address.tenant) as session:
        row = session.execute(text("SELECT w::text FROM webhook w")).scalar_one()
        key = key_of(INSTANCE, address.public_id, session.scalars(select(Webhook.salt)).one() or b"")
    assert secret_of(key) == address.secret
    assert address.secret.removeprefix("whsec_") not in row
    assert key.hex() not in row


def move(address: Address) -> None:
    address.instance = "bí mật của một hệ thống khác, cũng dài như vậy"


def leave_salt_behind(address: Address) -> None:
    address.change(text("UPDATE webhook SET salt = NULL, key_check = NULL"))


def dismiss(address: Address) -> None:
    ended = update(RoleGrant).where(RoleGrant.role == "tenant_admin")
    address.change(ended.values(valid_to=address.committee.today))


@pytest.mark.parametrize(
    ("happens", "why"), [(move, NO_KEY), (leave_salt_behind, NO_KEY), (dismiss, NOT_ADMIN)]
)
def test_nothing_is_sent_without_the_key_or_the_right_of_who_made_the_address(
    address: Address, happens: Callable[[Address], None], why: str
) -> None:
    meet(address.committee)
    happens(address)
    address.round()
    assert (address.receiver.received, address.paused()) == ([], why)
    assert [one[1] for one in address.states()] == ["waiting"]


def test_one_committee_hears_nothing_of_another(address: Address, engine: Engine, unique: str) -> None:
    other = make_committee(engine, f"{unique}-khac", "khác")
    theirs = Address(other, address.receiver, url=f"https://{HOST}/tin-khac")
    meet(other)
    meet(address.committee)
    address.round()
    assert [one.path for one in address.receiver.received] == ["/tin"]
    assert theirs.states() == [(RECORDED, "waiting", 0, None, None)]
    theirs.due()
    theirs.round()
    assert [one.path for one in address.receiver.received] == ["/tin", "/tin-khac"]
    _, last = address.receiver.received
    assert verify(last.headers, last.body, theirs.secret)["type"] == RECORDED
    with pytest.raises(NotVerified):
        verify(last.headers, last.body, address.secret)


def test_a_slow_address_does_not_hold_up_the_next(address: Address) -> None:
    quick = Address(address.committee, address.receiver, url=f"https://{HOST}/nhanh")
    address.receiver.answers = [500, 204]
    meet(address.committee, 3)
    meet(address.committee, 4)
    address.round()
    assert [one.path for one in address.receiver.received] == ["/tin", "/nhanh", "/nhanh"]
    assert [one[1] for one in quick.states()].count("sent") == 2


def test_an_address_that_was_ended_is_told_nothing(address: Address) -> None:
    meet(address.committee)
    with scope(address.committee.engine, address.tenant) as session:
        addresses.end(session, address.admin, address.public_id)
    meet(address.committee, 4)
    address.round()
    assert (address.receiver.received, address.states()) == ([], [])


def test_a_message_for_a_try_goes_as_any_other(address: Address) -> None:
    with scope(address.committee.engine, address.tenant) as session:
        addresses.send_test(session, address.admin, address.public_id)
    address.round()
    assert address.events() == ["test"]
    assert address.states() == [("test", "sent", 1, 204, None)]


def test_an_address_that_takes_nothing_is_paused_before_too_much_waits(
    address: Address, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(telling, "MOST_WAITING", 2)
    for day in (3, 4, 5):
        meet(address.committee, day)
    assert (len(address.states()), address.paused()) == (2, telling.FULL)


def test_what_became_of_a_message_is_kept_for_a_month(address: Address) -> None:
    meet(address.committee, 3)
    meet(address.committee, 4)
    address.round()
    for days, which in ((29, "max"), (31, "min")):
        chosen = f"(SELECT {which}(id) FROM webhook_delivery)"
        ago = f"now() - interval '{days} days'"
        address.change(text(f"UPDATE webhook_delivery SET tried_at = {ago} WHERE id = {chosen}"))
    with scope(address.committee.engine, address.tenant) as session:
        asked = {"day": address.committee.today.isoformat(), "by_mail": False}
        morning = enqueue(session, reminders.KIND, asked, "thử")
    assert Desk(address.committee.engine, REGISTRY, pause=0).do(morning.outbox_id)
    told = [str(one.headers["webhook-id"]) for one in address.receiver.received]
    with scope(address.committee.engine, address.tenant) as session:
        kept = session.scalars(select(WebhookDelivery.public_id)).all()
    assert [f"msg_{one.hex}" for one in kept] == told[1:]


def test_workers_at_the_same_address_send_nothing_twice(address: Address) -> None:
    meetings = [meet(address.committee, day) for day in range(3, 9)]
    signing = Signing(INSTANCE, address.receiver.client())

    def send(_: int) -> None:
        webhooks.send_waiting(address.committee.engine, address.tenant, signing)

    with ThreadPoolExecutor(3) as workers:
        list(workers.map(send, range(3)))
    told = [json.loads(one.body)["data"]["id"] for one in address.receiver.received]
    assert told == [str(one) for one in meetings]


def test_a_worker_finds_what_is_due_by_itself(
    committee: Committee, receiver: Receiver, settings: Settings
) -> None:
    address = Address(
        committee, receiver, url="https://khong-co.vi-du.invalid/tin", instance=settings.secret_key
    )
    meet(committee)
    environment = {name: value for name, value in os.environ.items() if not name.startswith("BONTOT_")} | {
        "DATABASE_URL": settings.database_url,
        "REDIS_URL": settings.redis_url,
        "BONTOT_SECRET_KEY": settings.secret_key,
    }
    worker = subprocess.Popen([sys.executable, "-P", "-m", "bontot", "worker"], env=environment)
    try:
        until(lambda: worker.poll() is not None or address.states()[0][2])
    finally:
        worker.terminate()
        ended = worker.wait(30)
    [(_, state, attempts, answer, problem)] = address.states()
    assert (state, attempts, answer, problem, ended) == (
        "waiting",
        1,
        None,
        "Không tìm thấy máy nhận theo tên miền này.",
        0,
    )


def test_rounds_leave_nothing_behind_and_ask_for_no_more_than_there_is(address: Address) -> None:
    for day in (3, 4, 5):
        meet(address.committee, day)
        address.round()
    address.round()
    with scope(address.committee.engine, address.tenant) as session:
        jobs = session.scalars(select(Job.state).where(Job.kind == webhooks.KIND)).all()
        due = session.scalars(select(WebhookDue.due_at).where(WebhookDue.tenant_id == address.tenant)).all()
        rows = session.scalars(
            select(Outbox.id).where(Outbox.tenant_id == address.tenant, Outbox.kind == webhooks.KIND)
        ).all()
    assert (jobs, len(rows), due) == (["done"], 1, [])


def test_a_round_that_waits_is_not_asked_for_again_and_one_in_hand_is(address: Address) -> None:
    """While nobody works, what is due does not fill the queue; what becomes due beside a round may come too late for it."""

    def asked() -> int:
        address.due()
        return sum(work.tenant_id == address.tenant for work in begin_due(address.committee.engine))

    meet(address.committee)
    assert [asked(), asked(), asked()] == [1, 0, 0]
    with scope(address.committee.engine, address.tenant) as session:
        session.execute(
            text("UPDATE outbox SET leased_until = now() + interval '1 minute' WHERE tenant_id = :tenant"),
            {"tenant": address.tenant},
        )
    assert [asked(), asked()] == [1, 0]
