"""The document of the API says what its routes do, and nothing else."""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
import re
from collections.abc import Iterator
from typing import Any
from uuid import UUID

import pytest
from flask import Flask

from bontot.access import Role
from bontot.services.tokens import SCOPES
from bontot.services.webhooks.kinds import KINDS
from bontot.services.webhooks.signing import key_of, secret_of, signed_headers
from bontot.web.api.document import document, routes
from bontot.web.api.fields import MEANINGS, Choice
from bontot.web.routing import access_of, route_table
from bontot.web.words import MEETING_KINDS
from tests.api.conftest import Program
from tests.factories import Committee
from tests.isolation.golden import GOLDEN
from tests.web.reading import Page


@pytest.fixture(scope="module")
def described(app: Flask) -> dict[str, Any]:
    answer = app.test_client().get("/api/v1/openapi.json")
    assert (answer.status_code, answer.content_type) == (200, "application/json")
    found: dict[str, Any] = json.loads(answer.get_data())
    return found


def operations(described: dict[str, Any]) -> dict[tuple[str, str], dict[str, Any]]:
    return {
        (path, method.upper()): says
        for path, methods in described["paths"].items()
        for method, says in methods.items()
    }


def test_the_document_and_the_routes_differ_in_nothing(app: Flask, described: dict[str, Any]) -> None:
    served = {
        (re.sub(r"<(?:\w+:)?(\w+)>", r"{\1}", rule.rule), method)
        for rule, _ in route_table(app)
        for method in (rule.methods or set()) - {"HEAD", "OPTIONS"}
        if rule.rule.startswith("/api/") and rule.endpoint != "api.openapi"
    }
    assert set(operations(described)) == served
    assert len(served) >= 25
    assert described["openapi"] == "3.1.0"
    assert {f"api.{says['operationId']}" for says in operations(described).values()} == {
        endpoint for endpoint, _ in GOLDEN if endpoint.startswith("api.") and endpoint != "api.openapi"
    }


def test_each_operation_names_the_right_that_its_route_demands(app: Flask, described: dict[str, Any]) -> None:
    said = operations(described)
    rights = set[str]()
    for rule, says in routes(app):
        access = access_of(app, rule.endpoint)
        path = re.sub(r"<(?:\w+:)?(\w+)>", r"{\1}", rule.rule)
        [named] = said[path, says.method]["security"]
        assert named["token"] == ([access.token_scope] if access.token_scope else [])
        rights.update(named["token"])
    assert rights == set(SCOPES)


def test_what_is_told_without_being_asked_is_in_the_document_and_on_the_page(
    app: Flask, described: dict[str, Any], program: Program, committee: Committee
) -> None:
    told = {name: says["post"] for name, says in described["webhooks"].items()}
    assert list(told) == ["test", *KINDS]
    assert described["components"]["schemas"]["Event"]["properties"]["type"]["enum"] == list(told)
    assert {one["name"] for says in told.values() for one in says["parameters"]} == {
        "webhook-id",
        "webhook-timestamp",
        "webhook-signature",
    }
    page = committee.client(app, Role.TENANT_ADMIN).get("/ket-noi/tai-lieu").get_data(as_text=True)
    assert [name for name, kind in KINDS.items() if name not in page or kind.words not in page] == []


def enums(part: Any) -> Iterator[dict[str, Any]]:  # noqa: ANN401 - any part of the document
    """Every schema in a part of the document that lists its values."""
    if isinstance(part, dict):
        if "enum" in part:
            yield part
        for below in part.values():
            yield from enums(below)
    elif isinstance(part, list):
        for below in part:
            yield from enums(below)


def test_values_are_told_with_what_pages_call_them(
    app: Flask, committee: Committee, described: dict[str, Any]
) -> None:
    told = [one for one in enums(described) if MEANINGS in one]
    assert len(told) >= 50
    for one in told:
        assert set(one[MEANINGS]) == set(one["enum"]) - {None}
    schemas = described["components"]["schemas"]
    assert schemas["Meeting"]["properties"]["kind"][MEANINGS] == MEETING_KINDS
    assert schemas["BatchAsked"]["properties"]["kind"][MEANINGS]["fee_report"] == "Báo cáo thu, nộp đảng phí"
    page = Page(committee.client(app, Role.TENANT_ADMIN).get("/ket-noi/tai-lieu")).words
    assert "regular (Thường kỳ), thematic (Chuyên đề)" in page
    assert "danh sách, mỗi mục một trong: preparation (Chuẩn bị:" in page


def test_a_table_that_lacks_a_value_is_not_taken() -> None:
    with pytest.raises(KeyError):
        Choice("regular", "unheard_of", words=MEETING_KINDS)


def test_the_page_says_what_must_be_sent_and_how_to_begin(app: Flask, committee: Committee) -> None:
    words = Page(committee.client(app, Role.TENANT_ADMIN).get("/ket-noi/tai-lieu"))
    rows = {(row[0], row[1]) for row in words.rows if len(row) == 3}
    assert {("Idempotency-Key", "UUID, bắt buộc"), ("source", "chữ, bắt buộc"), ("cursor", "chữ")} <= rows
    assert 'curl -H "Authorization: Bearer btk…" "https://…/api/v1/organisations?limit=2"' in words.words
    assert "bontot/client.py là một tệp, không cần thư viện nào" in words.words


def test_the_recipe_of_the_page_is_what_the_product_signs_with() -> None:
    """The page says: join id, dot, timestamp, dot and body; HMAC-SHA256 by the decoded key; base64; after `v1,`."""
    public_id, body = UUID("0f8c1ab4-6000-4000-8000-000000000001"), b'{"type":"test"}'
    key = key_of("bí mật của hệ thống thử, dài hơn 32 ký tự", public_id, b"salt")
    secret, headers = secret_of(key), signed_headers([key], public_id, 1_790_000_000, body)
    said = f"{headers['webhook-id']}.{headers['webhook-timestamp']}.".encode() + body
    by_hand = hmac.new(base64.b64decode(secret.removeprefix("whsec_")), said, hashlib.sha256).digest()
    assert headers["webhook-signature"] == f"v1,{base64.b64encode(by_hand).decode()}"


def test_what_is_sent_and_answered_is_closed_and_every_name_leads_somewhere(
    described: dict[str, Any],
) -> None:
    schemas = described["components"]["schemas"]
    for name, schema in schemas.items():
        assert schema["additionalProperties"] is False or name == "Problem", name
    named = set(re.findall(r'"#/components/schemas/(\w+)"', json.dumps(described)))
    assert named <= set(schemas)
    assert len(named) >= 30


def test_the_document_is_made_once(app: Flask) -> None:
    assert document(app) is document(app)
