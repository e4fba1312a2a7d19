"""Letters leave by a real mail server, each at most once."""

from __future__ import annotations

import email
import socket
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import date
from email import policy
from typing import Any

import pytest
from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP, Envelope, Session
from rq.timeouts import JobTimeoutException
from sqlalchemy import Engine, select, update

from bontot.access import Role
from bontot.db.models import Job, Letter, Outbox, Reminder
from bontot.db.tenancy import scope
from bontot.jobs import letters, reminders
from bontot.jobs.outbox import Enqueued, enqueue
from bontot.jobs.tasks import Desk
from bontot.registry import Registry
from bontot.services.letters import change_address
from bontot.settings import MailServer
from tests.factories import Committee, make_committee

REGISTRY = Registry.load()
DAY = date(2024, 3, 8)
"""The day after the last one for the meeting of March."""


class Box:
    """A mail server that keeps what it is given, or answers as it is told."""

    def __init__(self) -> None:
        self.received: list[Envelope] = []
        self.to_recipients = "250 OK"
        self.hang_up = False

    async def handle_RCPT(  # noqa: N802 - the server's name for it
        self, _: SMTP, __: Session, envelope: Envelope, address: str, ___: list[str]
    ) -> str:
        if self.to_recipients.startswith("250"):
            envelope.rcpt_tos.append(address)
        return self.to_recipients

    async def handle_DATA(self, server: SMTP, _: Session, envelope: Envelope) -> str:  # noqa: N802
        self.received.append(envelope)
        if self.hang_up:
            assert server.transport is not None
            server.transport.close()
        return "250 OK"


@contextmanager
def listening(box: Box) -> Iterator[MailServer]:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    controller = Controller(box, hostname="127.0.0.1", port=port)
    controller.start()
    try:
        yield MailServer(
            host="127.0.0.1", port=port, implicit_tls=False, sender="nhac@bontot.vn", site="https://bontot.vn"
        )
    finally:
        controller.stop()


@pytest.fixture
def committee(engine: Engine, unique: str) -> Committee:
    made = make_committee(engine, unique, "nhà")
    with scope(engine, made.tenant_id) as session:
        for role in (Role.CELL_SECRETARY, Role.COMMITTEE):
            change_address(session, made.actor(role), f"{role.value}@vi-du.vn")
    return made


def do(committee: Committee, work: Enqueued, mail: MailServer | None) -> str:
    """Does a piece of work as a worker would; how it stands afterwards."""
    Desk(committee.engine, REGISTRY, pause=0, mail=mail).do(work.outbox_id)
    with scope(committee.engine, committee.tenant_id) as session:
        return session.scalars(select(Job.state).where(Job.public_id == work.public_id)).one()


def the_day(committee: Committee) -> Enqueued:
    """The reminders of the day, written; and the work of sending their letters."""
    with scope(committee.engine, committee.tenant_id) as session:
        asked = enqueue(session, reminders.KIND, {"day": DAY.isoformat(), "by_mail": True}, "thử")
    assert do(committee, asked, None) == "done"
    with scope(committee.engine, committee.tenant_id) as session:
        [job] = session.execute(select(Job.id, Job.public_id).where(Job.kind == letters.KIND)).all()
        outbox = session.scalars(
            select(Outbox.id).where(Outbox.job_id == job.id, Outbox.tenant_id == committee.tenant_id)
        )
        return Enqueued(job.public_id, committee.tenant_id, outbox.one())


def states(committee: Committee) -> list[tuple[Any, ...]]:
    with scope(committee.engine, committee.tenant_id) as session:
        rows = session.execute(
            select(Letter.address, Letter.state, Letter.attempts, Letter.problem).order_by(Letter.address)
        )
        return [tuple(row) for row in rows]


SECRETARY, WARD = "cell_secretary@vi-du.vn", "committee@vi-du.vn"


def test_letters_reach_the_server_once_however_often_the_work_is_done(committee: Committee) -> None:
    work, box = the_day(committee), Box()
    with listening(box) as mail:
        assert do(committee, work, mail) == "done"
        assert do(committee, work, mail) == "done"
        with scope(committee.engine, committee.tenant_id) as session:
            again = enqueue(session, letters.KIND, {}, "thử")
        assert do(committee, again, mail) == "done"
    sent = {
        one.rcpt_tos[0]: email.message_from_bytes(bytes(one.original_content or b""), policy=policy.default)
        for one in box.received
    }
    assert sorted(one.rcpt_tos for one in box.received) == [[SECRETARY], [WARD]]
    assert states(committee) == [(SECRETARY, "sent", 1, None), (WARD, "sent", 1, None)]
    message = sent[SECRETARY]
    assert (message["From"], message["To"], message["Subject"], message["Auto-Submitted"]) == (
        "nhac@bontot.vn",
        SECRETARY,
        "Nhắc lịch sinh hoạt ngày 08/03/2024",
        "auto-generated",
    )
    body = message.get_content().replace("\r\n", "\n")
    assert f"- {committee.cells[0].name}: chưa ghi nhận buổi sinh hoạt tháng 03/2024" in body
    assert body.endswith("https://bontot.vn/nhac-viec\n")
    with scope(committee.engine, committee.tenant_id) as session:
        unsent = set(session.scalars(select(Reminder.account_id).where(Reminder.letter_id.is_(None))))
        assert unsent == {committee.accounts[Role.TENANT_ADMIN]}  # who has no address


def test_a_server_that_cannot_take_it_now_is_asked_three_times(committee: Committee) -> None:
    work, box = the_day(committee), Box()
    box.to_recipients = "450 later"
    with listening(box) as mail:
        assert [do(committee, work, mail) for _ in range(2)] == ["waiting", "waiting"]
        assert {state for _, state, _, _ in states(committee)} == {"waiting"}
        box.to_recipients = "250 OK"
        assert do(committee, work, mail) == "done"
    assert states(committee) == [(SECRETARY, "sent", 3, None), (WARD, "sent", 3, None)]
    assert len(box.received) == 2


@pytest.mark.parametrize(
    ("answer", "problem", "attempts"),
    [
        ("550 no such person secretary@secret", "Máy chủ thư từ chối (mã 550).", 1),
        ("450 busy", "Máy chủ thư từ chối (mã 450).", 3),
    ],
)
def test_what_is_refused_for_good_or_too_often_is_given_up_with_the_reason(
    committee: Committee, answer: str, problem: str, attempts: int
) -> None:
    work, box = the_day(committee), Box()
    box.to_recipients = answer
    with listening(box) as mail:
        for _ in range(attempts):
            last = do(committee, work, mail)
    assert last == "done"
    assert states(committee) == [(who, "failed", attempts, problem) for who in (SECRETARY, WARD)]
    assert box.received == []


def test_a_letter_whose_fate_is_unknown_is_never_sent_again_by_itself(committee: Committee) -> None:
    work, box = the_day(committee), Box()
    box.hang_up = True
    with listening(box) as mail:
        assert do(committee, work, mail) == "done"
        box.hang_up = False
        with scope(committee.engine, committee.tenant_id) as session:
            again = enqueue(session, letters.KIND, {}, "thử")
        assert do(committee, again, mail) == "done"
    assert states(committee) == [(who, "unknown", 1, letters.LOST) for who in (SECRETARY, WARD)]
    assert len(box.received) == 2


def test_a_letter_somebody_died_over_is_unknown_and_the_rest_go(committee: Committee) -> None:
    work, box = the_day(committee), Box()
    with scope(committee.engine, committee.tenant_id) as session:
        session.execute(update(Letter).where(Letter.address == SECRETARY).values(state="sending"))
    with listening(box) as mail:
        assert do(committee, work, mail) == "done"
    assert states(committee) == [(SECRETARY, "unknown", 0, letters.LOST), (WARD, "sent", 1, None)]


def nobody_there() -> MailServer:
    return MailServer(host="127.0.0.1", port=1, implicit_tls=False, sender="nhac@bontot.vn")


def with_password() -> MailServer:
    return MailServer(
        host="127.0.0.1", port=1, implicit_tls=True, sender="nhac@bontot.vn", user="a", password="b"
    )


@pytest.mark.parametrize("server", [nobody_there, with_password])
def test_a_server_that_is_not_there_is_tried_again_later(
    committee: Committee, server: Callable[[], MailServer]
) -> None:
    work = the_day(committee)
    assert do(committee, work, server()) == "waiting"
    assert states(committee) == [
        (who, "waiting", 1, "Không liên lạc được với máy chủ thư.") for who in (SECRETARY, WARD)
    ]


@contextmanager
def silent() -> Iterator[MailServer]:
    """A server that takes the connection and never says a word."""
    with socket.create_server(("127.0.0.1", 0)) as deaf:
        yield replace(nobody_there(), port=deaf.getsockname()[1])


def test_a_round_over_a_slow_server_ends_in_time_and_another_goes_on_with_the_rest(
    committee: Committee, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(letters, "PATIENCE", 0.05)
    monkeypatch.setattr(letters, "ROUND", 0.04)
    work = the_day(committee)

    def next_round() -> Enqueued:
        with scope(committee.engine, committee.tenant_id) as session:
            waiting = (Outbox.kind == letters.KIND, Outbox.done_at.is_(None), Job.id == Outbox.job_id)
            found = select(Job.public_id, Outbox.tenant_id, Outbox.id).where(
                *waiting, Outbox.tenant_id == committee.tenant_id
            )
            return Enqueued(*session.execute(found).one())

    unreached = "Không liên lạc được với máy chủ thư."
    with silent() as mail:
        assert do(committee, work, mail) == "done"
        assert sorted((state, attempts) for _, state, attempts, _ in states(committee)) == [
            ("waiting", 0),
            ("waiting", 1),
        ]
        assert do(committee, next_round(), mail) == "done"  # whom it did not get to comes first
    assert states(committee) == [(who, "waiting", 1, unreached) for who in (SECRETARY, WARD)]
    monkeypatch.setattr(letters, "ROUND", 60.0)
    box = Box()
    with listening(box) as mail:
        assert do(committee, next_round(), mail) == "done"
    assert states(committee) == [(who, "sent", 2, None) for who in (SECRETARY, WARD)]


def test_who_dies_while_the_server_is_being_reached_leaves_the_letter_to_be_sent(
    committee: Committee, monkeypatch: pytest.MonkeyPatch
) -> None:
    work, box = the_day(committee), Box()

    def stopped(*_: object, **__: object) -> None:
        raise JobTimeoutException

    with listening(box) as mail:
        with monkeypatch.context() as dying:
            dying.setattr("smtplib.SMTP", stopped)
            assert do(committee, work, mail) == "waiting"
        assert do(committee, work, mail) == "done"
    assert states(committee) == [(who, "sent", 1, None) for who in (SECRETARY, WARD)]


def test_a_password_is_never_sent_where_it_can_be_read(committee: Committee) -> None:
    work, box = the_day(committee), Box()
    with listening(box) as mail:
        asking = MailServer(
            host=mail.host, port=mail.port, implicit_tls=False, sender=mail.sender, user="a", password="b"
        )
        assert do(committee, work, asking) == "done"
    problem = "Máy chủ thư không mã hóa đường truyền nên không gửi mật khẩu."
    assert states(committee) == [(who, "failed", 1, problem) for who in (SECRETARY, WARD)]
