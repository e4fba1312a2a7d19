"""The document of the API says what its routes do, and nothing else."""

from __future__ import annotations

import json
import re
from typing import Any

import pytest
from flask import Flask

from bontot.services.tokens import SCOPES
from bontot.web.api.document import document, routes
from bontot.web.routing import access_of, route_table
from tests.isolation.golden import GOLDEN


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
