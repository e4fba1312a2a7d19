"""How a request of a program can be wrong in itself, before any record is looked at."""

from __future__ import annotations

from bontot.errors import BontotError, InvalidInput


class BodyNotUnderstood(InvalidInput):
    """The body of a request is no JSON object that can be read, within the limits of safety rule 26."""

    code = "body_not_understood"
    sentence = "Không đọc được nội dung gửi lên; nội dung phải là một đối tượng JSON."


class MediaTypeRefused(BontotError):
    """The body of a request is not sent as JSON."""

    status = 415
    code = "media_type_refused"
    sentence = "Nội dung phải gửi dưới dạng application/json."


class KeyMissing(BontotError):
    """A request that makes a record without saying by which key a repetition of it is known."""

    status = 400
    code = "idempotency_key_missing"
    sentence = "Thiếu tiêu đề Idempotency-Key: một UUID mới cho mỗi lần ghi, giữ nguyên khi gửi lại."
