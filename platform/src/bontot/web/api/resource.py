"""How a route of the API is declared: who may use it, what it reads and answers; the same declaration is its document.

A view takes what its address names (resolved, as on pages), `query` and `body` where declared, and answers an `Answer`. It
is thin: the services are the pages' own.
"""

from __future__ import annotations

import functools
import hashlib
import json
import re
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date, datetime, time
from decimal import Decimal
from typing import Any, TypeVar, cast
from uuid import UUID

from flask import Blueprint, Response, request
from marshmallow import ValidationError, fields

from bontot.access import Permission, Scope
from bontot.errors import InvalidFields, InvalidInput, VersionMissing
from bontot.services.listing import MOST, Listing, Piece
from bontot.services.tokens import READ, WRITE
from bontot.web.api import body, cursors
from bontot.web.api.blueprint import api
from bontot.web.api.errors import KeyMissing, VersionWeak
from bontot.web.api.fields import AskedNumber, Form, Words
from bontot.web.database import session
from bontot.web.forms import once_under
from bontot.web.routing import declare

JSON = "application/json"
KEY = "Idempotency-Key"
SIZE = 50
_ATTRIBUTE = "bontot_resource"
View = TypeVar("View", bound="Callable[..., Answer | File]")


@dataclass(frozen=True, slots=True, kw_only=True)
class Resource:
    """What a route does, in a line; what it reads and answers. Of a list `answer` is one of its rows. `versioned` says that
    what is answered has a version, or what is sent must name the one it corrects; `keyed` that it makes something new.
    `media` are the types of the files answered instead of JSON."""

    noun: str
    method: str
    summary: str
    answer: type[Form]
    many: bool = False
    query: type[Form] | None = None
    body: type[Form] | None = None
    status: int = 200
    versioned: bool = False
    keyed: bool = False
    media: tuple[str, ...] = ()

    @property
    def right(self) -> str:
        """The right a token needs; none for what is about the token itself."""
        if not self.noun:
            return ""
        return f"{self.noun}:{READ if self.method == 'GET' else WRITE}"


@dataclass(frozen=True, slots=True)
class Answer:
    """What a view answers: plain content; its version, and its address where it was made."""

    content: Mapping[str, Any]
    version: object = None
    location: str = ""


@dataclass(frozen=True, slots=True)
class File:
    """A file a view answers, called `name`; its entity tag is its SHA-256."""

    content: bytes
    media: str
    name: str


class PageQuery(Form):
    """What every list may be asked."""

    limit = AskedNumber(
        1, MOST, load_default=SIZE, metadata={"description": "Số mục mỗi lần đọc", "default": SIZE}
    )
    cursor = Words(
        longest=cursors.LONGEST,
        load_default="",
        metadata={"description": "Giá trị next của lần đọc trước; bỏ trống để đọc từ đầu"},
    )


@functools.cache
def list_of(row: type[Form]) -> type[Form]:
    """A piece of a list of such rows: `items`, and in `next` the cursor of the piece after it, null at the end."""
    name = f"{row.__name__.removesuffix('Schema')}ListSchema"
    parts: dict[str, fields.Field[Any]] = {
        "items": fields.List(fields.Nested(row), required=True),
        "next": fields.String(required=True, allow_none=True),
    }
    made: Any = Form.from_dict(parts, name=name)
    return cast(type[Form], made)


def resource(
    blueprint: Blueprint,
    rule: str,
    *,
    permission: Permission,
    scope: Scope,
    says: Resource,
) -> Callable[[View], View]:
    """Registers a view under `rule`. Identifiers reach it resolved, as `bontot.web.routing.page` says."""

    def register(view: View) -> View:
        @functools.wraps(view)
        def run(**arguments: Any) -> Response:
            asked = _query(says.query or Form)
            if says.query is not None:
                arguments["query"] = asked
            if says.body is not None:
                arguments["body"] = loaded(says.body, body.sent())
            return _response(says, view(**arguments))

        declare(run, permission, scope, None, token_scope=says.right)
        setattr(run, _ATTRIBUTE, says)
        blueprint.add_url_rule(rule, view_func=run, methods=[says.method])
        return view

    return register


def lists(
    rule: str,
    *,
    permission: Permission,
    noun: str,
    summary: str,
    row: type[Form],
    query: type[Form],
    scope: Scope = Scope.TENANT,
) -> Callable[[View], View]:
    """Registers a view that answers a list of such rows, a piece at a time."""
    says = Resource(noun=noun, method="GET", summary=summary, answer=row, many=True, query=query)
    return resource(api, rule, permission=permission, scope=scope, says=says)


def resource_of(view: Callable[..., Any]) -> Resource | None:
    """What a registered view was declared to do; None for a page."""
    found: Resource | None = getattr(view, _ATTRIBUTE, None)
    return found


def listed(listing: Listing, binds: Mapping[str, Any], query: Mapping[str, Any]) -> Piece:
    """The piece of a list that a query asks for."""
    after = cursors.read(listing, query["cursor"], request.path) if query["cursor"] else None
    return listing.read(session(), binds, after=after, size=query["limit"])


def page(piece: Piece) -> Answer:
    """A piece of a list as it is answered."""
    after = cursors.written(piece.after, request.path) if piece.after else None
    return Answer({"items": piece.rows, "next": after})


def version_to_correct() -> str:
    """The version that `If-Match` names, an entity tag as it was answered. Raises VersionMissing for none, several or any,
    VersionWeak for a weak one: it matches nothing, and why that is helps more than that the record changed."""
    given = request.headers.get("If-Match", "").strip()
    if _WEAK.fullmatch(given):
        raise VersionWeak
    tag = _STRONG.fullmatch(given)
    if tag is None:
        raise VersionMissing("If-Match phải nêu đúng một ETag, là ETag của bản vừa đọc.")
    return tag[1].rpartition(".")[0] or tag[1]


_STRONG = re.compile(r'"([^"]+)"')
_WEAK = re.compile(r'W/"[^"]*"')


def number_to_correct() -> int:
    """The same of a record whose versions are numbers; of a tag of anything else a version that nothing has."""
    version = version_to_correct()
    return int(version) if version.isascii() and version.isdigit() and len(version) < 19 else -1


def once(act: Callable[[], str]) -> str:
    """Does `act`, which returns what it made is called, unless the request's key was already acted on; then only the name.

    Raises KeyMissing without a key, KeyReused where something else was asked under it.
    """
    try:
        key = UUID(request.headers.get(KEY, ""))
    except ValueError:
        raise KeyMissing from None
    asked = hashlib.sha256(f"{request.method} {request.full_path} ".encode() + request.get_data())
    return once_under(session(), key, act, asked.hexdigest())


@contextmanager
def renamed(names: Mapping[str, str]) -> Iterator[None]:
    """What a service refuses by its own names of fields is said by those of the program."""
    try:
        yield
    except InvalidInput as refusal:
        raise InvalidFields(
            {names.get(field, field): sentence for field, sentence in refusal.errors.items()}
        ) from None


def loaded(schema: type[Form], given: Mapping[str, Any]) -> dict[str, Any]:
    """What was given, understood. Raises InvalidFields for everything that is wrong, each by where it stands."""
    try:
        found: dict[str, Any] = _made(schema).load(given)
    except ValidationError as refusal:
        raise InvalidFields(dict(_said(refusal.messages_dict))) from None
    return found


@functools.cache
def _made(schema: type[Form]) -> Form:
    """A schema, made once: each has its fields copied when it is made."""
    return schema()


def _query(schema: type[Form]) -> dict[str, Any]:
    given = request.args.to_dict(flat=False)
    twice = [name for name, values in given.items() if len(values) > 1]
    if twice:
        raise InvalidInput("Chỉ ghi một lần trong địa chỉ.", twice[0])
    return loaded(schema, {name: values[0] for name, values in given.items()})


def _said(messages: Any, place: str = "") -> list[tuple[str, str]]:  # noqa: ANN401 - as deep as the body
    """The sentence of each place that is wrong: `marks.0.member`."""
    if isinstance(messages, list):
        return [(place.removeprefix("_schema"), str(messages[0]))]
    return [
        line
        for name, below in messages.items()
        for line in _said(below, f"{place}.{name}".removeprefix(".").removesuffix("._schema"))
    ]


def _response(says: Resource, answer: Answer | File) -> Response:
    if isinstance(answer, File):
        return _file(answer)
    content = dumped(answer.content)
    digest = hashlib.sha256(content).hexdigest()[:16]
    version = str(answer.version) if answer.version is not None else ""
    response = Response(content, status=says.status, content_type=JSON)
    response.headers["ETag"] = f'"{version}.{digest}"' if version else f'"{digest}"'
    response.headers["Cache-Control"] = "private, no-cache"
    if answer.location:
        response.headers["Location"] = answer.location
    if says.method == "GET":
        response.make_conditional(request.environ)
    return response


def _file(answer: File) -> Response:
    response = Response(answer.content, content_type=answer.media)
    response.headers["ETag"] = f'"{hashlib.sha256(answer.content).hexdigest()}"'
    response.headers["Cache-Control"] = "private, no-cache"
    response.headers["Content-Disposition"] = f'attachment; filename="{answer.name}"'
    response.make_conditional(request.environ)
    return response


def dumped(content: Mapping[str, Any]) -> bytes:
    """Content as JSON in UTF-8."""
    return json.dumps(content, ensure_ascii=False, separators=(",", ":"), default=_plain).encode()


def _plain(value: object) -> object:
    if isinstance(value, datetime | date):
        return value.isoformat()
    if isinstance(value, time):
        return f"{value:%H:%M}"
    if isinstance(value, Decimal):
        return f"{value:f}"
    if isinstance(value, UUID):
        return str(value)
    if isinstance(value, frozenset | set):
        return sorted(value)
    raise TypeError(type(value).__name__)
