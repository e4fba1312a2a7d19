"""Access for other programs: giving a token, ending one, and what can be asked with it."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import timedelta
from typing import Any, NamedTuple
from uuid import UUID

from flask import Blueprint, current_app, flash, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from bontot.access import ROLE_WORDS, Permission, Role, Scope
from bontot.errors import InvalidInput, noting, refuse_noted
from bontot.services import tokens
from bontot.services.throttle import GUESSES, REQUESTS, remember
from bontot.services.webhooks.kinds import KINDS
from bontot.web.api.document import REFUSALS, document
from bontot.web.api.fields import MEANINGS
from bontot.web.api.problems import names
from bontot.web.api.resource import JSON
from bontot.web.api.webhooks import HEADERS
from bontot.web.database import session
from bontot.web.forms import new_key, once
from bontot.web.places import chosen, offered
from bontot.web.query import asked_sheet
from bontot.web.request import actor, afterwards, broker, this_day
from bontot.web.routing import page
from bontot.web.sheets import Column, sheet

token = Blueprint("token", __name__)
FIELDS = ("name", "role", "organisation", "scopes", "days")
NOUNS = {
    "organisations": "Tổ chức đảng",
    "members": "Đảng viên",
    "meetings": "Sinh hoạt và điểm danh",
    "calendar": "Lịch sinh hoạt",
    "tasks": "Nhiệm vụ",
    "directives": "Văn bản chỉ đạo",
    "conduct": "Khen thưởng, kỷ luật, kiểm tra",
    "fees": "Đảng phí",
    "pledges": "Đăng ký phấn đấu",
    "judgments": "Xét tiêu chí",
    "recognition": "Công nhận và xếp loại",
    "papers": "Văn bản",
    "evaluations": "Đánh giá",
    "thresholds": "Kế hoạch và mức",
    "jobs": "Việc chạy nền",
    "audit": "Nhật ký và phân quyền",
    "token": "Mã truy cập",
}
DEEDS = {tokens.READ: "đọc", tokens.WRITE: "ghi"}
COLUMNS = (
    Column[tokens.TokenLine]("Phần mềm", lambda line: line.name),
    Column[tokens.TokenLine]("Vai trò", lambda line: ROLE_WORDS[line.role]),
    Column[tokens.TokenLine]("Phạm vi", lambda line: line.place or "Toàn đảng bộ"),
    Column[tokens.TokenLine]("Làm được gì", lambda line: tuple(map(_right, sorted(line.scopes)))),
    Column[tokens.TokenLine]("Người cấp", lambda line: line.giver),
    Column[tokens.TokenLine]("Cấp lúc", lambda line: line.issued_at),
    Column[tokens.TokenLine]("Dùng lần cuối", lambda line: line.used_at),
    Column[tokens.TokenLine]("Dùng đến", lambda line: line.expires_on - timedelta(days=1)),
)


class Operation(NamedTuple):
    """One thing a program can ask, as the guide shows it."""

    name: str
    method: str
    path: str
    summary: str
    right: str
    sent: list[tuple[str, str, str]]
    """What an address or a header may or must hold: name, form, words."""
    body: list[tuple[str, str, str]]
    answered: list[tuple[str, str, str]]


@page(
    token,
    "/ket-noi",
    permission=Permission.MANAGE_ACCOUNTS,
    scope=Scope.TENANT,
    methods=("GET", "POST"),
    fields=FIELDS,
)
def index() -> tuple[str, int] | Response:
    """The committee's tokens, and a form for another; a new one is shown once, on the answer to the form."""
    if request.method == "GET" and asked_sheet():
        return sheet("ma-truy-cap", "Mã truy cập đang dùng", COLUMNS, tokens.tokens_of(session(), this_day()))
    if request.method == "GET":
        return _page({})
    made: list[str] = []
    try:
        where = once(session(), lambda: _issue(made))
    except InvalidInput as refusal:
        session().rollback()
        return _page(refusal.errors, status=refusal.status)
    return _page({}, secret=made[0]) if made else redirect(where)


@page(
    token,
    "/ket-noi/<uuid:issued>/thu-hoi",
    permission=Permission.MANAGE_ACCOUNTS,
    scope=Scope.TENANT,
    methods=("POST",),
)
def revoke(issued: UUID) -> Response:
    """Ends a token; the program's next request is refused."""
    name = tokens.revoke(session(), actor(), issued)
    flash(f"Đã thu hồi mã truy cập “{name}”.", "good")
    return redirect(url_for("token.index"))


@page(token, "/ket-noi/tai-lieu", permission=Permission.VIEW_HOME, scope=Scope.TENANT)
def guide() -> str:
    """What programs can ask, for whoever writes one."""
    described = document(current_app)
    return render_template(
        "token/guide.html",
        groups=[
            (noun, NOUNS[noun], [one for tag, one in _operations(described) if tag == noun]) for noun in NOUNS
        ],
        refusals=REFUSALS,
        kinds=KINDS,
        sent_headers=HEADERS,
        codes=names(),
        most=REQUESTS,
        guesses=GUESSES,
        trail=[("Kết nối phần mềm", url_for("token.index"))]
        if actor().may(Permission.MANAGE_ACCOUNTS)
        else [],
    )


def _issue(made: list[str]) -> str:
    sent, errors = request.form, dict[str, str]()
    place, role, days = None, sent.get("role", ""), sent.get("days", "")
    with noting(errors):
        place = chosen(sent.get("organisation", ""))
    with noting(errors):
        secret = tokens.issue(
            session(),
            actor(),
            name=sent.get("name", ""),
            role=Role(role) if role in set(tokens.ROLES) else Role.OPERATOR,
            organisation_id=place,
            scopes=sent.getlist("scopes"),
            days=int(days) if days in {str(one) for one in tokens.LIVES} else 0,
        )
    refuse_noted(errors)
    made.append(secret)
    afterwards(lambda: remember(broker(), tokens.tenant_of(secret), tokens.digest_of(secret)))
    return url_for("token.index")


def _page(errors: dict[str, str], *, secret: str = "", status: int = 200) -> tuple[str, int]:
    typed = request.form if errors else {}
    text = render_template(
        "token/index.html",
        lines=tokens.tokens_of(session(), this_day()),
        secret=secret,
        errors={name: errors[name] for name in ("", *FIELDS) if name in errors},
        typed=typed,
        picked=request.form.getlist("scopes") if errors else [],
        roles=[(role.value, ROLE_WORDS[role]) for role in tokens.ROLES],
        role_words=ROLE_WORDS,
        places=offered(),
        scopes=[(one, _right(one)) for one in tokens.SCOPES],
        right=_right,
        lives=[(str(days), f"{days} ngày") for days in tokens.LIVES],
        form_key=new_key(),
    )
    return text, status


def _right(scope: str) -> str:
    """`Đảng viên: đọc`."""
    noun, deed = scope.split(":")
    return f"{NOUNS[noun]}: {DEEDS[deed]}"


def _operations(described: dict[str, Any]) -> Iterator[tuple[str, Operation]]:
    for path, methods in described["paths"].items():
        for method, says in methods.items():
            [rights] = says["security"]
            good = next(answer for status, answer in says["responses"].items() if status.startswith("2"))
            yield (
                says["tags"][0],
                Operation(
                    name=says["operationId"],
                    method=method.upper(),
                    path=path,
                    summary=says["summary"],
                    right=_right(rights["token"][0]) if rights["token"] else "",
                    sent=[
                        (one["name"], _sent(one["schema"], one.get("required")), one.get("description", ""))
                        for one in says["parameters"]
                        if one["in"] != "path"
                    ],
                    body=_fields(described, says["requestBody"], _sent) if "requestBody" in says else [],
                    answered=_fields(described, good),
                ),
            )


def _fields(
    described: dict[str, Any], content: dict[str, Any], form: Form | None = None
) -> list[tuple[str, str, str]]:
    """The fields of what is sent or answered; of a list those of one of its rows, of a file none."""
    held = content["content"].get(JSON)
    if held is None:
        return [("nội dung", "tệp", "Dạng của tệp ghi ở tiêu đề Content-Type")]
    schema = _named(described, held["schema"])
    if set(schema["properties"]) == {"items", "next"}:
        schema = _named(described, schema["properties"]["items"]["items"])
    return list(_flat(described, schema, form or (lambda one, _: _form(one))))


def _flat(
    described: dict[str, Any], schema: dict[str, Any], form: Form, above: str = ""
) -> Iterator[tuple[str, str, str]]:
    needed = schema.get("required", ())
    for name, one in schema["properties"].items():
        inner = one.get("items", one)
        yield above + name, form(one, name in needed), one.get("description", "")
        if "$ref" in inner:
            yield from _flat(described, _named(described, inner), form, f"{above}{name}.")


def _named(described: dict[str, Any], schema: dict[str, Any]) -> dict[str, Any]:
    found: dict[str, Any] = schema
    if "$ref" in schema:
        found = described["components"]["schemas"][schema["$ref"].rpartition("/")[2]]
    return found


Form = Callable[[dict[str, Any], bool], str]
"""What a field's schema is called on the page, given whether it must be there."""
TYPES = {
    "string": "chữ",
    "integer": "số nguyên",
    "boolean": "true, false",
    "array": "danh sách",
    "object": "đối tượng",
    "null": "null",
}
FORMATS = {"date": "ngày", "uuid": "UUID", "date-time": "thời điểm"}


def _sent(schema: dict[str, Any], needed: object) -> str:
    """The form of what is sent, and whether it must be: `ngày, bắt buộc`."""
    return f"{_form(schema)}, bắt buộc" if needed else _form(schema)


def _form(schema: dict[str, Any]) -> str:
    """`một trong: home, temporary`, `ngày hoặc null`, `danh sách`."""
    if "$ref" in schema:
        return TYPES["object"]
    types = schema.get("type", "string")
    listed = [types] if isinstance(types, str) else types
    if "enum" in schema:
        meant = schema.get(MEANINGS, {})
        choices = ", ".join(
            f"{one} ({meant[one]})" if one in meant else str(one) for one in schema["enum"] if one is not None
        )
        return f"một trong: {choices}" + (" hoặc null" if "null" in listed else "")
    if "enum" in schema.get("items", {}):
        return f"{TYPES['array']}, mỗi mục {_form(schema['items'])}"
    named = [
        FORMATS.get(schema.get("format", ""), TYPES[one]) if one == "string" else TYPES[one] for one in listed
    ]
    return " hoặc ".join(named)
