"""A committee of one's own, and programs that ask it."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any
from uuid import uuid4

import pytest
from flask import Flask
from flask.testing import FlaskClient
from redis import Redis
from sqlalchemy import Engine
from werkzeug.test import TestResponse

from bontot.access import Role
from bontot.db.tenancy import PLATFORM, scope
from bontot.keys import key
from bontot.services.tokens import SCOPES, issue
from bontot.settings import Settings
from tests.factories import Committee, make_committee


@dataclass
class Program:
    """A program with an access token."""

    client: FlaskClient
    secret: str

    def get(self, path: str, **headers: str) -> TestResponse:
        return self._ask("GET", path, headers)

    def post(self, path: str, content: Any = None, **headers: str) -> TestResponse:  # noqa: ANN401 - whatever JSON
        return self._ask("POST", path, {"Idempotency-Key": str(uuid4()), **headers}, json=content)

    def put(self, path: str, content: Any, **headers: str) -> TestResponse:  # noqa: ANN401 - whatever JSON
        return self._ask("PUT", path, headers, json=content)

    def _ask(self, method: str, path: str, headers: dict[str, str], **content: Any) -> TestResponse:
        named = {name.replace("_", "-"): value for name, value in headers.items()}
        sent = {"Authorization": f"Bearer {self.secret}", **named}
        return self.client.open(f"/api/v1{path}", method=method, headers=sent, **content)


@pytest.fixture(autouse=True)
def unguessed(settings: Settings) -> Iterator[None]:
    """Nobody guessed at tokens before, nor has when others ask: whoever asks in a test asks from one address."""
    forget_guesses(settings)
    yield
    forget_guesses(settings)


def forget_guesses(settings: Settings) -> None:
    with Redis.from_url(settings.redis_url) as redis:
        for name in redis.scan_iter(key(PLATFORM, "guesses", "*")):
            redis.delete(name)


@pytest.fixture
def committee(engine: Engine, unique: str) -> Committee:
    """Two cells of ten members."""
    return make_committee(engine, unique, "nhà")


Give = Callable[..., Program]


@pytest.fixture
def give(app: Flask, committee: Committee) -> Give:
    """Gives a program a token: for everything as an administrator, unless it says otherwise."""

    def given(
        role: Role = Role.TENANT_ADMIN, place: int | None = None, scopes: tuple[str, ...] = SCOPES
    ) -> Program:
        with scope(committee.engine, committee.tenant_id) as session:
            secret = issue(
                session,
                committee.actor(Role.TENANT_ADMIN),
                name="Phần mềm thử",
                role=role,
                organisation_id=place,
                scopes=scopes,
                days=30,
            )
        return Program(app.test_client(), secret)

    return given


@pytest.fixture
def program(give: Give) -> Program:
    """A program that may do everything."""
    return give()
