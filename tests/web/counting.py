"""Counting what a page asks of the database."""

from __future__ import annotations

from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import event

from bontot.web.database import db


def statements(app: Flask, client: FlaskClient, address: str) -> int:
    """How many statements one showing of a page takes."""
    seen: list[str] = []

    def hear(*given: object) -> None:
        seen.append(str(given[2]))

    with app.app_context():
        engine = db.engine
    event.listen(engine, "before_cursor_execute", hear)
    try:
        assert client.get(address).status_code == 200
    finally:
        event.remove(engine, "before_cursor_execute", hear)
    return len(seen)
