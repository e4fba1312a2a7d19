"""What every form shares: a key that makes a second press of the button harmless, and how what it asks for is answered."""

from __future__ import annotations

from collections.abc import Callable
from uuid import UUID, uuid4

from flask import redirect, request
from sqlalchemy import select, text
from werkzeug.wrappers import Response

from bontot.db.models import SubmittedForm
from bontot.db.tenancy import TenantSession
from bontot.errors import InvalidInput, KeyReused, Stale
from bontot.web.database import WebSession, session
from bontot.web.fields import version_number
from bontot.web.request import actor
from bontot.web.routing import OF_EVERY_FORM

Answer = tuple[str, int] | Response
Again = Callable[[dict[str, str], int], Answer]
"""Shows a form as it was sent, with what is wrong by field, at a status."""
KEY = "form_key"


def new_key() -> str:
    """A fresh key for a form about to be shown."""
    return str(uuid4())


def sent_version() -> int:
    """The version a form says it is about. Raises VersionMissing for a form that does not say."""
    return version_number(request.form.get("version", ""))


def sent_again(*renewed: str) -> list[tuple[str, str]]:
    """What was sent, for a page that sends it once more: without what every form has of its own, the button pressed, and
    whatever else the page renews."""
    left_out = OF_EVERY_FORM.union({"action"}, renewed)
    return [(name, value) for name, value in request.form.items(multi=True) if name not in left_out]


def answered(
    act: Callable[[], str],
    again: Again,
    stale: Callable[[Stale], Answer] | str | None = None,
    *,
    preview: Callable[[], Answer] | None = None,
) -> Answer:
    """Does what a form asks for, once, and leads to where `act` says; of what is refused nothing is kept, and the form is
    shown `again`.

    `stale` is the page for whom somebody else was quicker than, or only the sentence at the head of the form; without it the
    refusal has a page of its own. A form with a `preview` shows that until its button "record" is pressed, and itself when
    "edit" is.
    """
    action = request.form.get("action")
    if preview and action == "edit":
        return again({}, 200)
    try:
        if preview and action != "record":
            return preview()
        return redirect(once(session(), act))
    except InvalidInput as refusal:
        session().rollback()
        return again(refusal.errors, refusal.status)
    except Stale as before:
        if stale is None:
            raise
        session().rollback()
        return again({"": stale}, before.status) if isinstance(stale, str) else stale(before)


def once(session: WebSession, act: Callable[[], str]) -> str:
    """Does `act`, which returns where to go next, unless this very form was already acted on; then only its answer.

    A second press while the first is still under way waits for it on the unique key.
    """
    try:
        key = UUID(request.form.get(KEY, ""))
    except ValueError:
        raise InvalidInput("Biểu mẫu đã cũ. Xin tải lại trang rồi gửi lần nữa.") from None
    try:
        return once_under(session, key, act)
    except KeyReused:
        raise InvalidInput("Biểu mẫu đã cũ. Xin tải lại trang rồi gửi lần nữa.") from None


_TAKE = text("""
INSERT INTO submitted_form (key, account_id, location, content) VALUES (:key, :account, '', :content)
ON CONFLICT DO NOTHING RETURNING key
""")
_ANSWER = text("UPDATE submitted_form SET location = :location WHERE key = :key")


def once_under(session: TenantSession, key: UUID, act: Callable[[], str], content: str | None = None) -> str:
    """Does `act` unless something was already done under this key; then only its answer. Raises KeyReused where that was
    asked with other `content`."""
    binds = {"key": key, "account": actor().account_id, "content": content}
    if session.execute(_TAKE, binds).first() is None:
        earlier = session.execute(
            select(SubmittedForm.location, SubmittedForm.content).where(
                SubmittedForm.key == key, SubmittedForm.account_id == actor().account_id
            )
        ).first()
        if earlier is None or earlier.content != content:
            raise KeyReused
        return str(earlier.location)
    location = act()
    session.execute(_ANSWER, {"key": key, "location": location})
    return location
