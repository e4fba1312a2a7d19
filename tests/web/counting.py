"""Counting what a page asks of the database."""

from __future__ import annotations

from collections.abc import Callable

from flask import Flask
from flask.testing import FlaskClient

from bontot.testing.heard import heard
from bontot.web.database import db


def statements(app: Flask, client: FlaskClient, address: str) -> int:
    """How many statements one showing of a page takes."""

    def show() -> None:
        assert client.get(address).status_code == 200

    return statements_of(app, show)


def statements_of(app: Flask, act: Callable[[], None]) -> int:
    """How many statements `act` takes."""
    with app.app_context():
        engine = db.engine
    with heard(engine) as sent:
        act()
    return len(sent)
