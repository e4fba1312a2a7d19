"""Flask-SQLAlchemy over the same metadata and guards as everything else."""

from __future__ import annotations

from typing import Any

from flask_sqlalchemy import SQLAlchemy
from flask_sqlalchemy.session import Session as FlaskSession

from bontot.db.base import Base
from bontot.db.pooling import POOL_EVENTS
from bontot.db.tenancy import TenantSession


class WebSession(TenantSession, FlaskSession):
    """The request's session; its scope is set once the reader's committee is known."""


db = SQLAlchemy(metadata=Base.metadata, session_options={"class_": WebSession})


def engine_options() -> dict[str, Any]:
    """A bounded pool whose waits end (safety rule 24), and errors that do not repeat what was sent (rule 32)."""
    return {
        "pool_size": 8,
        "max_overflow": 4,
        "pool_timeout": 10,
        "pool_pre_ping": True,
        "pool_recycle": 1800,
        "hide_parameters": True,
        "pool_events": POOL_EVENTS,
        "connect_args": {"connect_timeout": 5},
    }


def session() -> WebSession:
    """The request's session."""
    return db.session()  # type: ignore[return-value]
