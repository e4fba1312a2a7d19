"""Handing letters over to the mail server, each at most once.

A letter is `sending` in the records before the server hears of it. What the server refuses, or never heard because it could
not be reached, is known not to be sent and may be tried again; where the connection breaks while the text is being handed
over nobody knows, and the letter stays `unknown` until a person decides (safety rule 19: never twice).
"""

from __future__ import annotations

import smtplib
import ssl
from dataclasses import dataclass
from email import policy
from email.message import EmailMessage
from email.utils import formatdate
from typing import Any

import structlog
from sqlalchemy import Engine, func, select, update

from bontot.db.models import Letter
from bontot.db.tenancy import scope
from bontot.settings import MailServer

KIND = "letters"
PATIENCE = 10.0
"""Seconds to wait for each answer of the server."""
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
    """Sends a committee's waiting letters, one after another. Raises NotYet when some are to be tried again."""
    told = {"sent": 0, "failed": 0, "unknown": 0}
    left = False
    tried: set[int] = set()
    while (letter := _take(engine, tenant_id, tried)) is not None:
        tried.add(letter.id)
        state, problem = _send(letter, tenant_id, mail)
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


def _take(engine: Engine, tenant_id: int, tried: set[int]) -> _Taken | None:
    """The next letter, marked as being sent; one found so marked was being sent by who died over it."""
    with scope(engine, tenant_id) as session:
        session.execute(
            update(Letter)
            .where(Letter.state == "sending", Letter.id.not_in(tried))
            .values(state="unknown", problem=LOST, ended_at=func.now())
        )
        waiting = (
            select(Letter.id)
            .where(Letter.state == "waiting", Letter.id.not_in(tried))
            .order_by(Letter.id)
            .limit(1)
            .with_for_update(skip_locked=True)
        )
        row = session.execute(
            update(Letter)
            .where(Letter.id == waiting.scalar_subquery())
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


def _send(letter: _Taken, tenant_id: int, mail: MailServer | None) -> tuple[str, str | None]:
    """What became of a letter, and why it did not go."""
    if mail is None:
        return "failed", NO_SERVER
    try:
        server = _connect(mail)
    except _Refused as refusal:
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
