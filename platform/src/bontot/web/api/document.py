"""The document of the API (OpenAPI 3.1), made from what its routes declare, so that it cannot say anything else."""

from __future__ import annotations

import re
from typing import Any

from apispec import APISpec
from apispec.ext.marshmallow import MarshmallowPlugin
from flask import Flask, Response, current_app
from marshmallow import Schema, fields
from werkzeug.routing import Rule

from bontot.access import Permission, Scope
from bontot.web.api.blueprint import api
from bontot.web.api.fields import Form, Told, said
from bontot.web.api.problems import MEDIA_TYPE
from bontot.web.api.resource import JSON, KEY, Resource, dumped, list_of, resource_of
from bontot.web.api.webhooks import EventSchema, section
from bontot.web.routing import page

VERSION = "1.0.0"
ABOUT = """\
Hồ sơ của đảng bộ cho phần mềm khác. Mỗi yêu cầu mang tiêu đề `Authorization: Bearer …` với mã truy cập do quản trị đảng bộ
cấp; mã làm được những gì vai trò, nơi làm việc và các quyền ghi khi cấp cho phép.

Records of a Party committee for other programs. Every request carries an access token given by the committee's
administrator; it reaches what its role, place and scopes allow. Lists are read on by `cursor`; corrections name the version
they correct in `If-Match`; what makes a record carries an `Idempotency-Key`. Refusals are problems (RFC 9457). Registered
addresses are told of events (`webhooks`), signed as Standard Webhooks says."""
_VARIABLE = re.compile(r"<(?:(?P<kind>\w+):)?(?P<name>\w+)>")
PATH_SCHEMAS = {
    "uuid": {"type": "string", "format": "uuid"},
    "int": {"type": "integer", "minimum": 0},
    "month": {"type": "string", "pattern": "^[0-9]{4}-(0[1-9]|1[0-2])$"},
    "year": {"type": "string", "pattern": "^(19|20)[0-9]{2}$"},
    "text": {"type": "string", "minLength": 1},
}
REFUSALS = {
    400: "Thiếu Idempotency-Key",
    401: "Mã truy cập thiếu, hết hạn hoặc đã thu hồi",
    403: "Mã truy cập không được cấp quyền này",
    404: "Không có hồ sơ ấy trong phạm vi",
    409: "Chưa có kế hoạch nào áp dụng",
    412: "Hồ sơ vừa được sửa",
    413: "Nội dung gửi quá 2 MiB, hoặc tệp được hỏi quá lớn",
    415: "Nội dung không phải JSON",
    422: "Nội dung chưa nhận được; errors nói chỗ nào",
    428: "Thiếu If-Match",
    429: "Quá nhiều yêu cầu; đợi hết Retry-After giây",
    503: "Tạm thời chưa dùng được",
}


class FieldProblemSchema(Form):
    """What is wrong where: `marks.0.member`."""

    field = Told(**said("Trường nào"))
    detail = Told(**said("Câu nói với người dùng"))


class ProblemSchema(Form):
    """A refusal (RFC 9457)."""

    type = fields.String(**said("Địa chỉ giải thích"))
    status = fields.Integer(**said("Mã HTTP"))
    code = fields.String(**said("Mã lỗi, không đổi giữa các bản"))
    title = fields.String(**said("Tên lỗi, theo Accept-Language"))
    title_en = fields.String(**said("Tên lỗi bằng tiếng Anh"))
    detail = fields.String(**said("Câu nói với người dùng"))
    errors = fields.List(fields.Nested(FieldProblemSchema), **said("Từng chỗ chưa nhận được"))


def routes(app: Flask) -> list[tuple[Rule, Resource]]:
    """Every route of the API with what it declares, by address and method."""
    found = [(rule, resource_of(app.view_functions[rule.endpoint])) for rule in app.url_map.iter_rules()]
    of_api = [(rule, says) for rule, says in found if says is not None]
    return sorted(of_api, key=lambda one: (one[0].rule, one[1].method))


def path_of(rule: Rule) -> str:
    """The address of a rule as the document writes it: `/api/v1/meetings/{meeting}`."""
    return _VARIABLE.sub(r"{\g<name>}", rule.rule)


def document(app: Flask) -> dict[str, Any]:
    """The document of an application's API, made once."""
    made: dict[str, Any] | None = app.extensions.get("bontot.openapi")
    if made is None:
        made = app.extensions["bontot.openapi"] = _made(app)
    return made


@page(api, "/openapi.json", permission=Permission.LOG_IN, scope=Scope.PUBLIC)
def openapi() -> Response:
    """The document itself; it says nothing of anybody."""
    return Response(dumped(document(current_app)), content_type=JSON)


def _made(app: Flask) -> dict[str, Any]:
    spec = APISpec(
        title="Bốn Tốt",
        version=VERSION,
        openapi_version="3.1.0",
        plugins=[MarshmallowPlugin(schema_name_resolver=_name)],
        info={"description": ABOUT},
        servers=[{"url": "/"}],
    )
    spec.components.security_scheme("token", {"type": "http", "scheme": "bearer"})
    for name, words in HEADERS.items():
        spec.components.header(name, {"description": words, "schema": {"type": "string"}})
    for status, words in REFUSALS.items():
        spec.components.response(
            f"Refused{status}", {"description": words, "content": {MEDIA_TYPE: {"schema": ProblemSchema}}}
        )
    for rule, says in routes(app):
        view = app.view_functions[rule.endpoint]
        spec.path(path_of(rule), operations={says.method.lower(): _operation(rule, says, view.__doc__ or "")})
    spec.components.schema("Event", schema=EventSchema)
    return {**spec.to_dict(), "webhooks": section()}


HEADERS = {
    "ETag": "Bản đang đọc; gửi lại trong If-Match khi sửa, trong If-None-Match khi đọc lại",
    "Location": "Địa chỉ của hồ sơ vừa ghi",
    "RateLimit-Limit": "Số yêu cầu được gửi trong một phút",
    "RateLimit-Remaining": "Số yêu cầu còn được gửi",
    "RateLimit-Reset": "Số giây đến lượt đếm sau",
}


def _name(schema: type[Schema]) -> str:
    """What a schema is called in the document."""
    named = schema if isinstance(schema, type) else type(schema)
    return named.__name__.removesuffix("Schema")


def _operation(rule: Rule, says: Resource, about: str) -> dict[str, Any]:
    answer = list_of(says.answer) if says.many else says.answer
    headers = [*HEADERS] if says.status in (201, 202) else [name for name in HEADERS if name != "Location"]
    content: dict[str, Any] = {one: {} for one in says.media} or {JSON: {"schema": answer}}
    answered: dict[int | str, Any] = {
        says.status: {
            "description": "Được",
            "content": content,
            "headers": {name: {"$ref": f"#/components/headers/{name}"} for name in headers},
        }
    }
    if says.method == "GET":
        answered[304] = {"description": "Không có gì khác bản nêu trong If-None-Match"}
    for status in _refusals(says):
        answered[status] = {"$ref": f"#/components/responses/Refused{status}"}
    operation: dict[str, Any] = {
        "operationId": rule.endpoint.rpartition(".")[2],
        "summary": says.summary,
        "description": " ".join(about.split()),
        "tags": [says.noun or "token"],
        "security": [{"token": [says.right] if says.right else []}],
        "parameters": [*_in_path(rule), *_in_headers(says)],
        "responses": answered,
    }
    if says.query is not None:
        operation["parameters"].append({"in": "query", "schema": says.query})
    if says.body is not None:
        operation["requestBody"] = {"required": True, "content": {JSON: {"schema": says.body}}}
    return operation


def _refusals(says: Resource) -> list[int]:
    writes = says.method != "GET"
    own = {
        400: says.keyed,
        409: writes,
        412: writes,
        413: writes or bool(says.media),
        415: writes,
        428: writes and says.versioned,
    }
    return [status for status in REFUSALS if own.get(status, True)]


def _in_path(rule: Rule) -> list[dict[str, Any]]:
    return [
        {
            "in": "path",
            "name": found["name"],
            "required": True,
            "schema": PATH_SCHEMAS[
                found["kind"] or (found["name"] if found["name"] in PATH_SCHEMAS else "text")
            ],
        }
        for found in _VARIABLE.finditer(rule.rule)
    ]


def _in_headers(says: Resource) -> list[dict[str, Any]]:
    found = []
    if says.keyed:
        found.append((KEY, "Một UUID mới cho mỗi lần ghi; gửi lại với khóa cũ thì không ghi lần nữa", "uuid"))
    if says.versioned and says.method != "GET":
        found.append(("If-Match", "ETag của bản vừa đọc", ""))
    return [
        {
            "in": "header",
            "name": name,
            "required": True,
            "description": words,
            "schema": {"type": "string", **({"format": form} if form else {})},
        }
        for name, words, form in found
    ]
