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


class VersionWeak(BontotError):
    """`If-Match` names a weak entity tag, which matches nothing (RFC 9110, 13.1.1): something on the way changed the tag
    that was answered."""

    status = 412
    code = "version_weak"
    sentence = (
        'If-Match nêu ETag yếu (W/"…"), không dùng để sửa được. ETag của hệ thống không có W/: hãy gửi lại đúng như đã '
        "nhận, hoặc tắt nén trên đường truyền."
    )


class KeyMissing(BontotError):
    """A request that makes a record without saying by which key a repetition of it is known."""

    status = 400
    code = "idempotency_key_missing"
    sentence = "Thiếu tiêu đề Idempotency-Key: một UUID mới cho mỗi lần ghi, giữ nguyên khi gửi lại."
