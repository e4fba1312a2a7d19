"""What machines ask: whether the site lives, whether it can serve, and how it does."""

from __future__ import annotations

import hmac

import structlog
from flask import Blueprint, Response, current_app, jsonify, request
from redis import Redis
from redis.exceptions import RedisError
from sqlalchemy import text
from sqlalchemy.exc import SQLAlchemyError

from bontot.access import Permission, Scope
from bontot.db import migrate
from bontot.db.tenancy import PLATFORM, scope
from bontot.errors import NotFound
from bontot.web import measuring
from bontot.web.database import db
from bontot.web.request import settings
from bontot.web.routing import page

health = Blueprint("health", __name__)
PATIENCE = 3
"""Seconds for Valkey to answer."""
_APPLIED = text("SELECT version_num FROM alembic_version")

log = structlog.get_logger()


@page(health, "/healthz", permission=Permission.LOG_IN, scope=Scope.PUBLIC)
def live() -> Response:
    """That this process answers; it asks no server, so that a database gone for a moment restarts no site."""
    return jsonify(live=True)


@page(health, "/readyz", permission=Permission.LOG_IN, scope=Scope.PUBLIC)
def ready() -> tuple[Response, int]:
    """Whether a request sent here can be served: 200, or 503 with what is missing. A database that is ahead will do, since
    the version before a migration still runs on it (safety rule 23)."""
    found = {"database": False, "tables": False, "broker": _broker_answers()}
    try:
        with scope(db.engine, PLATFORM) as session:
            applied = set(session.scalars(_APPLIED))
        found |= {"database": True, "tables": bool(applied) and not applied & migrate.older()}
    except SQLAlchemyError as error:
        log.warning("not_ready", error=type(error).__name__)
    return jsonify(found), 200 if all(found.values()) else 503


def _broker_answers() -> bool:
    broker = Redis.from_url(settings().redis_url, socket_timeout=PATIENCE, socket_connect_timeout=PATIENCE)
    try:
        return bool(broker.ping())
    except RedisError as error:
        log.warning("not_ready", error=type(error).__name__)
        return False
    finally:
        broker.close()


@page(health, "/metrics", permission=Permission.LOG_IN, scope=Scope.PUBLIC)
def metrics() -> Response:
    """Figures for Prometheus, to who has the token; an address like any unknown one to everybody else."""
    told, given = settings().metrics_token, request.headers.get("Authorization", "")
    if told is None or not hmac.compare_digest(given.encode(), f"Bearer {told}".encode()):
        raise NotFound
    content, kind = measuring.exposition(current_app, db.engine)
    return Response(content, content_type=kind)
