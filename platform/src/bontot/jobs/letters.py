"""Handing letters over to the mail server, each at most once.

A letter is `sending` in the records once the server answers and before it hears of the letter. What the server refuses, or
never heard because it could not be reached, is known not to be sent and may be tried again; where the connection breaks
while the text is being handed over nobody knows, and the letter stays `unknown` until a person decides (safety rule 19:
never twice). A round has its time, so that no server, however slow, has it stopped from outside with a letter in hand; what
is left goes in another.
"""

from __future__ import annotations

import smtplib
import ssl
import time
from dataclasses import dataclass
from email import policy
from email.message import EmailMessage
from email.utils import formatdate
from typing import Any

import structlog
from sqlalchemy import Engine, func, select, update

from bontot.db.models import Letter
from bontot.db.tenancy import scope
from bontot.jobs.outbox import enqueue
from bontot.settings import MailServer

KIND = "letters"
PATIENCE = 10.0
"""Seconds to wait for each answer of the server."""
ROUND = 240.0
"""Seconds after which no further letter is begun: with all its waiting one more ends well within `outbox.JOB_LIMIT`."""
BY = "tự động gửi tiếp"
MOST_ATTEMPTS = 3
PLAIN = policy.SMTP.clone(cte_type="7bit")
"""Nothing in a letter's bytes that an old server would not pass on."""
NO_SERVER = "Hệ thống không còn được cài máy chủ thư."
LOST = "Mất liên lạc với máy chủ thư lúc đang gửi, không rõ thư đã đi hay chưa."

log = structlog.get_logger()


class NotYet(Exception):
    """Letters are left that may be tried again later."""


class _Refused(Exception):
    """The server did not take the letter; `again` when it may yet."""

    def __init__(self, problem: str, *, again: bool) -> None:
        super().__init__(problem)
        self.problem, self.again = problem, again


@dataclass(frozen=True, slots=True)
class _Taken:
    """A letter taken up to be sent."""

    id: int
    address: str
    subject: str
    body: str
    attempts: int


def send_waiting(engine: Engine, tenant_id: int, mail: MailServer | None) -> dict[str, Any]:
    """Sends a committee's waiting letters, one after another, and asks for another round when its time is over. Raises
    NotYet when some are to be tried again."""
    told = {"sent": 0, "failed": 0, "unknown": 0}
    left, began = False, time.monotonic()
    tried: set[int] = set()
    while (next_id := _next(engine, tenant_id, tried)) is not None:
        if tried and time.monotonic() - began >= ROUND:
            with scope(engine, tenant_id) as session:
                enqueue(session, KIND, {}, BY, background=True)
            return told
        tried.add(next_id)
        server = _reached(mail)
        letter = _take(engine, tenant_id, next_id)
        if letter is None:
            if not isinstance(server, _Refused):
                server.close()
            continue
        state, problem = _send(letter, tenant_id, mail, server)
        if state == "waiting" and letter.attempts >= MOST_ATTEMPTS:
            state = "failed"
        left |= state == "waiting"
        _end(engine, tenant_id, letter.id, state, problem)
        if state in told:
            told[state] += 1
        log.info("letter", tenant=tenant_id, letter=letter.id, state=state)
    if left:
        raise NotYet
    return told


def _next(engine: Engine, tenant_id: int, tried: set[int]) -> int | None:
    """The letter to try next, of those tried least; one found marked as being sent was being sent by who died over it."""
    with scope(engine, tenant_id) as session:
        session.execute(
            update(Letter)
            .where(Letter.state == "sending", Letter.id.not_in(tried))
            .values(state="unknown", problem=LOST, ended_at=func.now())
        )
        waiting = select(Letter.id).where(Letter.state == "waiting", Letter.id.not_in(tried))
        return session.scalar(waiting.order_by(Letter.attempts, Letter.id).limit(1))


def _take(engine: Engine, tenant_id: int, letter_id: int) -> _Taken | None:
    """A letter, marked as being sent; None when another has taken it up meanwhile."""
    with scope(engine, tenant_id) as session:
        row = session.execute(
            update(Letter)
            .where(Letter.id == letter_id, Letter.state == "waiting")
            .values(state="sending", attempts=Letter.attempts + 1)
            .returning(Letter.id, Letter.address, Letter.subject, Letter.body, Letter.attempts)
        ).first()
    return _Taken(*row) if row else None


def _end(engine: Engine, tenant_id: int, letter_id: int, state: str, problem: str | None) -> None:
    ended = func.now() if state != "waiting" else None
    with scope(engine, tenant_id) as session:
        session.execute(
            update(Letter)
            .where(Letter.id == letter_id, Letter.state.in_(("sending", "unknown")))
            .values(state=state, problem=problem, ended_at=ended)
        )


def _reached(mail: MailServer | None) -> smtplib.SMTP | _Refused:
    """The server, ready for a letter, or why it is not."""
    if mail is None:
        return _Refused(NO_SERVER, again=False)
    try:
        return _connect(mail)
    except _Refused as refusal:
        return refusal


def _send(
    letter: _Taken, tenant_id: int, mail: MailServer | None, server: smtplib.SMTP | _Refused
) -> tuple[str, str | None]:
    """What became of a letter, and why it did not go."""
    if mail is None or isinstance(server, _Refused):
        refusal = server if isinstance(server, _Refused) else _Refused(NO_SERVER, again=False)
        return ("waiting" if refusal.again else "failed"), refusal.problem
    try:
        _hand_over(server, mail, letter, tenant_id)
    except _Refused as refusal:
        return ("waiting" if refusal.again else "failed"), refusal.problem
    except (smtplib.SMTPException, OSError):
        return "unknown", LOST
    finally:
        server.close()
    return "sent", None


def _connect(mail: MailServer) -> smtplib.SMTP:
    try:
        if mail.implicit_tls:
            server: smtplib.SMTP = smtplib.SMTP_SSL(
                mail.host, mail.port, timeout=PATIENCE, context=ssl.create_default_context()
            )
        else:
            server = smtplib.SMTP(mail.host, mail.port, timeout=PATIENCE)
            server.ehlo_or_helo_if_needed()
            if server.has_extn("starttls"):
                server.starttls(context=ssl.create_default_context())
            elif mail.user:
                server.close()
                raise _Refused("Máy chủ thư không mã hóa đường truyền nên không gửi mật khẩu.", again=False)
        if mail.user:
            server.login(mail.user, mail.password)
    except smtplib.SMTPAuthenticationError as error:
        raise _Refused("Máy chủ thư không nhận tên đăng nhập hoặc mật khẩu.", again=False) from error
    except (smtplib.SMTPException, OSError) as error:
        raise _Refused("Không liên lạc được với máy chủ thư.", again=True) from error
    return server


def _hand_over(server: smtplib.SMTP, mail: MailServer, letter: _Taken, tenant_id: int) -> None:
    """Sender, recipient and text; only of the text it is not known what a broken connection means."""
    message = _written(mail, letter, tenant_id)
    try:
        server.ehlo_or_helo_if_needed()
        _agreed(*server.mail(mail.sender))
        _agreed(*server.rcpt(letter.address))
    except (smtplib.SMTPException, OSError) as error:
        raise _Refused("Không liên lạc được với máy chủ thư.", again=True) from error
    try:
        _agreed(*server.data(message.as_bytes()))
    except smtplib.SMTPDataError as error:
        _agreed(error.smtp_code, b"")
        raise


def _agreed(code: int, _: bytes) -> None:
    """Raises _Refused for an answer that is none of consent; what the server says besides may repeat an address."""
    if not 200 <= code < 300:
        raise _Refused(f"Máy chủ thư từ chối (mã {code}).", again=400 <= code < 500)


def _written(mail: MailServer, letter: _Taken, tenant_id: int) -> EmailMessage:
    message = EmailMessage(policy=PLAIN)
    message["From"], message["To"], message["Subject"] = mail.sender, letter.address, letter.subject
    message["Message-ID"] = f"<bontot.{tenant_id}.letter.{letter.id}@{mail.sender.rpartition('@')[2]}>"
    message["Auto-Submitted"] = "auto-generated"
    message["Date"] = formatdate()
    message.set_content(f"{letter.body}\n{mail.site}/nhac-viec\n" if mail.site else letter.body)
    return message
