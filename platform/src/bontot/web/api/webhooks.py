"""The part of the document about what is sent without being asked: one entry a kind of event."""

from __future__ import annotations

from typing import Any

from marshmallow import fields

from bontot.services.webhooks.kinds import KINDS, TEST, TRY, Kind
from bontot.services.webhooks.signing import ID, SIGNATURE, TIMESTAMP
from bontot.web.api.fields import Choice, Form, Id, Told, maybe, said
from bontot.web.api.resource import JSON

HEADERS = {
    ID: "Mã của tin; gửi lại thì vẫn là mã ấy",
    TIMESTAMP: "Lúc gửi, tính bằng giây từ 1970",
    SIGNATURE: "Các chữ ký v1,… cách nhau bằng dấu cách, mỗi khóa đang dùng một chữ ký",
}
ANSWERS = {
    "2XX": "Đã nhận. Mọi trả lời khác: tin được gửi lại sau, với khoảng nghỉ dài dần, trong khoảng một ngày",
    "410": "Không nhận tin nữa: địa chỉ tạm dừng ngay",
}


EVENT_WORDS = {name: kind.words for name, kind in {TEST: TRY, **KINDS}.items()}


class EventRecordSchema(Form):
    """Which record an event is of."""

    id = Id(**maybe("Mã của hồ sơ; null khi tin không nói về một hồ sơ"))
    href = Told(
        **maybe("Địa chỉ đọc hồ sơ trong API; null khi API không có hồ sơ loại này hoặc hồ sơ không còn")
    )


class EventSchema(Form):
    """What is sent: which kind of event, when, of which record. What the record says is never sent."""

    type = Choice(TEST, *KINDS, words=EVENT_WORDS, **said("Loại tin"))
    timestamp = fields.DateTime(**said("Lúc việc được ghi vào hồ sơ"))
    data = fields.Nested(EventRecordSchema, **said("Hồ sơ nào"))


def section() -> dict[str, Any]:
    """What OpenAPI 3.1 calls `webhooks`, by the kind of event."""
    return {name: {"post": _operation(name, kind)} for name, kind in {TEST: TRY, **KINDS}.items()}


def _operation(name: str, kind: Kind) -> dict[str, Any]:
    headers = [
        {"in": "header", "name": header, "required": True, "description": words, "schema": {"type": "string"}}
        for header, words in HEADERS.items()
    ]
    return {
        "operationId": f"on_{name.replace('.', '_')}",
        "summary": kind.words,
        "parameters": headers,
        "requestBody": {
            "required": True,
            "content": {JSON: {"schema": {"$ref": "#/components/schemas/Event"}}},
        },
        "responses": {status: {"description": words} for status, words in ANSWERS.items()},
    }
