"""How the API says no: a problem (RFC 9457) with a code, its name in Vietnamese and English, and what is wrong where.

`title` is in the language the program asks for, `title_en` in English in any case; `detail` is the sentence a person would
read on a page, in Vietnamese.
"""

from __future__ import annotations

import json
from collections.abc import Iterator

from flask import current_app, g, request
from werkzeug.exceptions import HTTPException, MethodNotAllowed
from werkzeug.wrappers import Response

from bontot.errors import BontotError, InvalidInput, NotLoggedIn, TooManyRequests

PREFIX = "/api/"
MEDIA_TYPE = "application/problem+json"
TYPE = "/ket-noi/tai-lieu#loi-"
"""Where a code is explained: a part of the guide's page."""
ENGLISH = {
    "internal": "Something failed on our side; nothing was changed",
    "scope_unset": "Something failed on our side; nothing was changed",
    "scope_nested": "Something failed on our side; nothing was changed",
    "invalid_input": "What was sent cannot be accepted",
    "form_not_understood": "What was sent has parts that are not understood",
    "invalid_fields": "Some fields cannot be accepted",
    "not_found": "No such record within reach",
    "not_allowed": "The role does not include this act",
    "not_logged_in": "Not logged in",
    "stale": "Somebody changed the record since it was read",
    "version_missing": "If-Match must name the version to correct",
    "tenant_unknown": "No such committee",
    "login_refused": "Login and password do not belong together",
    "too_many_attempts": "Too many attempts; wait a minute",
    "settings": "The instance is set up wrongly",
    "embedded_server": "A server of this machine is not running",
    "declaration": "A plan's declaration does not hold together",
    "refinement": "A refinement does not fit its plan",
    "plugin_unavailable": "The plan cannot be used for now; records are safe",
    "value_unknown": "The plan has no such value",
    "value_refused": "The value is outside what the plan allows",
    "day_refused": "The day cannot be a meeting day",
    "case_file": "The case file cannot be read",
    "database_unreachable": "The database cannot be reached",
    "database_not_ready": "The database is not ready",
    "broker_unreachable": "The queue cannot be reached",
    "host_unusable": "The address cannot be listened on",
    "unreachable": "The system is busy; nothing was written",
    "migration_busy": "The database is busy; nothing was changed",
    "already_running": "The instance is running already",
    "port_busy": "The port is in use",
    "site_silent": "The site does not answer",
    "workbook_refused": "The file cannot be read",
    "secrecy_refused": "Files marked secret are refused",
    "import_refused": "The file cannot be taken in yet",
    "bundle_refused": "The archive of a committee cannot be taken in; nothing was written",
    "backup_refused": "The database cannot be copied or brought back",
    "fonts_missing": "The fonts of papers are not installed",
    "file_too_large": "What was asked for does not fit one file",
    "job_over": "The work in the background has ended",
    "period_refused": "The period cannot be evaluated",
    "metric_refused": "A metric asked for what it may not have",
    "policy_unknown": "No such plan",
    "plan_not_then": "The plan does not govern on that day",
    "criterion_unknown": "No such criterion",
    "no_plan_assigned": "No plan governs in that period",
    "token_refused": "The access token is missing, ended or revoked",
    "token_scope_missing": "The access token was not given this right",
    "too_many_requests": "Too many requests; wait",
    "too_many_guesses": "Too many unknown access tokens from this address; wait",
    "version_weak": "If-Match names a weak entity tag, which matches nothing",
    "body_not_understood": "The body is no JSON object within the limits",
    "media_type_refused": "The body must be application/json",
    "idempotency_key_missing": "Idempotency-Key must be a UUID",
    "idempotency_key_reused": "Idempotency-Key was used for another request",
    "login_taken": "The login is taken",
    "route_undeclared": "A route is not declared",
}
"""The name of each code in English."""


def names() -> list[tuple[str, str, str]]:
    """`(code, name in Vietnamese, name in English)` of every refusal of ours that a program can mend, by code."""
    known = {one.code: one.sentence for one in _below(BontotError) if one.status < BontotError.status}
    return [(code, known[code], ENGLISH[code]) for code in sorted(known)]


def _below(error: type[BontotError]) -> Iterator[type[BontotError]]:
    for one in error.__subclasses__():
        yield one
        yield from _below(one)


def of_program() -> bool:
    """Whether the request is one of a program."""
    return request.path.startswith(PREFIX)


def problem_of(error: BontotError) -> Response:
    """The problem of a refusal of ours."""
    errors = error.errors if isinstance(error, InvalidInput) else {}
    response = _problem(
        error.status,
        error.code,
        type(error).sentence,
        ENGLISH.get(error.code, type(error).__name__),
        str(error) if error.status != BontotError.status else BontotError.sentence,
        {field: sentence for field, sentence in errors.items() if field},
    )
    if isinstance(error, NotLoggedIn):
        response.headers["WWW-Authenticate"] = 'Bearer realm="bontot"'
    if isinstance(error, TooManyRequests):
        response.headers["Retry-After"] = str(error.seconds)
    return response


def problem_of_http(error: HTTPException, sentence: str) -> Response:
    """The problem of what the web server itself refuses: an unknown address or method, too large a body."""
    code = error.name.lower().replace(" ", "_")
    response = _problem(error.code or BontotError.status, code, sentence, error.name, sentence, {})
    if isinstance(error, MethodNotAllowed) and error.valid_methods:
        response.headers["Allow"] = ", ".join(sorted(error.valid_methods))
    return response


def _problem(
    status: int, code: str, title: str, title_en: str, detail: str, errors: dict[str, str]
) -> Response:
    language = request.accept_languages.best_match(["vi", "en"]) or "vi"
    if status >= BontotError.status:
        current_app.logger.error("answered %s", status)
    content = {
        "type": f"{TYPE}{code}",
        "status": status,
        "code": code,
        "title": title_en if language == "en" else title,
        "title_en": title_en,
        "detail": detail,
        "errors": [{"field": field, "detail": sentence} for field, sentence in errors.items()],
    }
    response = Response(json.dumps(content, ensure_ascii=False), status=status, content_type=MEDIA_TYPE)
    response.headers["Content-Language"] = language
    response.headers["X-Request-Id"] = g.get("request_id", "")
    return response
