"""Calendar addresses: making one, ending one, and what a calendar program reads there."""

from __future__ import annotations

from datetime import timedelta
from uuid import UUID

from flask import Blueprint, Response, flash, redirect, render_template, request, url_for
from sqlalchemy import text
from werkzeug.wrappers import Response as AnyResponse

from bontot.access import Permission, Role, Scope
from bontot.documents import ics
from bontot.errors import InvalidInput
from bontot.services import feeds, organisations
from bontot.web import calendar_words
from bontot.web.database import session
from bontot.web.forms import answered, new_key
from bontot.web.places import chosen, offered
from bontot.web.query import asked_sheet
from bontot.web.request import actor, reach, registry, settings, this_day
from bontot.web.routing import page
from bontot.web.sheets import Column, sheet

feed = Blueprint("feed", __name__)
MINE = "cua-toi"
COLUMNS = (
    Column[feeds.FeedLine]("Lịch của", lambda line: line.cell or "Các buổi tôi phải dự"),
    Column[feeds.FeedLine]("Tạo lúc", lambda line: line.made_at),
    Column[feeds.FeedLine]("Đọc lần cuối", lambda line: line.read_at),
    Column[feeds.FeedLine]("Dùng đến", lambda line: line.expires_on - timedelta(days=1)),
)


@page(feed, "/lich/<token>.ics", permission=Permission.LOG_IN, scope=Scope.PUBLIC)
def read(token: str) -> Response:
    """The calendar behind an address; the address itself is the key."""
    session().enter(feeds.tenant_of(token))
    found = feeds.read_feed(session(), registry(), token)
    made_at = session().scalar(text("SELECT now()"))
    content = ics.calendar(calendar_words.named(found), calendar_words.entries(session(), found), made_at)
    return Response(content, content_type="text/calendar; charset=utf-8")


@page(
    feed,
    "/lich-dien-tu",
    permission=Permission.VIEW_HOME,
    scope=Scope.TENANT,
    methods=("GET", "POST"),
    fields=("what",),
)
def index() -> tuple[str, int] | AnyResponse:
    """The addresses one has, and a form for another; a new one is shown once, on the answer to the form."""
    if request.method == "GET" and asked_sheet():
        lines = feeds.feeds_of(session(), actor().account_id, this_day())
        return sheet("lich-dien-tu", f"Địa chỉ lịch của {actor().name}", COLUMNS, lines)
    if request.method == "GET":
        return _page()
    made: list[str] = []

    def again(errors: dict[str, str], status: int) -> tuple[str, int]:
        return _page({"what": " ".join(errors.values())}, status=status)

    answer = answered(lambda: _open(made), again)
    return _page(secret=made[0]) if made else answer


@page(
    feed,
    "/lich-dien-tu/<uuid:feed>/thoi",
    permission=Permission.VIEW_HOME,
    scope=Scope.TENANT,
    methods=("POST",),
)
def end(feed: UUID) -> AnyResponse:
    """Ends an address of one's own."""
    feeds.close_feed(session(), actor(), feed)
    flash("Địa chỉ lịch ấy không còn dùng được nữa.", "good")
    return redirect(url_for("feed.index"))


def _open(made: list[str]) -> str:
    what = request.form.get("what", "")
    if not what:
        raise InvalidInput("Chọn lịch muốn lấy.", "what")
    organisation_id = None if what == MINE else chosen(what)
    made.append(feeds.open_feed(session(), actor(), organisation_id))
    return url_for("feed.index")


def _page(errors: dict[str, str] | None = None, *, secret: str = "", status: int = 200) -> tuple[str, int]:
    site = settings().site or request.url_root.rstrip("/")
    address = site + url_for("feed.read", token=secret) if secret else ""
    told = render_template(
        "feed/index.html",
        lines=feeds.feeds_of(session(), actor().account_id, this_day()),
        mine=actor().member_id is not None,
        cells=_cells(),
        errors=errors or {},
        address=address,
        subscribe=address.replace("https://", "webcal://").replace("http://", "webcal://"),
        MINE=MINE,
        form_key=new_key(),
        is_member=actor().role is Role.MEMBER,
    )
    return told, status


def _cells() -> list[organisations.Node]:
    """The cells there are to choose from."""
    if not actor().may(Permission.VIEW_ORGANISATION) or not reach():
        return []
    return [node for _, node in offered() if node.is_cell]
