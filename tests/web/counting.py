"""Counting what a page asks of the database."""

from __future__ import annotations

from collections.abc import Callable

from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import event

from bontot.web.database import db


def statements(app: Flask, client: FlaskClient, address: str) -> int:
    """How many statements one showing of a page takes."""

    def show() -> None:
        assert client.get(address).status_code == 200

    return statements_of(app, show)


def statements_of(app: Flask, act: Callable[[], None]) -> int:
    """How many statements `act` takes."""
    seen: list[str] = []

    def hear(*given: object) -> None:
        seen.append(str(given[2]))

    with app.app_context():
        engine = db.engine
    event.listen(engine, "before_cursor_execute", hear)
    try:
        act()
    finally:
        event.remove(engine, "before_cursor_execute", hear)
    return len(seen)
