"""Puts the site together."""

from __future__ import annotations

from typing import Any

from flask import Flask, Response, current_app, request
from flask_wtf.csrf import CSRFProtect

from bontot.access import Permission, Scope
from bontot.registry import Registry
from bontot.settings import Settings
from bontot.web import assets, filters, frame, measuring, refusals
from bontot.web import request as life
from bontot.web.api.resources import api
from bontot.web.database import db, engine_options
from bontot.web.pages import BLUEPRINTS
from bontot.web.routing import access_of, check_routes, declare

CONTENT_POLICY = (
    "default-src 'self'; img-src 'self' data:; frame-ancestors 'none'; base-uri 'none'; form-action 'self'"
)


class Site(Flask):
    """The site, which logs a fault by its route and ids: an address may hold a name, or be the key to a calendar."""

    def log_exception(self, exc_info: Any) -> None:  # noqa: ANN401 - as Flask has it
        """A fault that no page answers for."""
        self.logger.error("fault", exc_info=exc_info)


def create_app(settings: Settings | None = None, registry: Registry | None = None) -> Flask:
    """The application for one instance, with the plugins installed (or those given).

    Raises RouteUndeclared when a view does not say who may use it.
    """
    settings = settings or Settings.from_environment()
    app = Site("bontot.web")
    app.config.update(
        SQLALCHEMY_DATABASE_URI=settings.database_url,
        SQLALCHEMY_ENGINE_OPTIONS=engine_options(),
        SECRET_KEY=settings.secret_key,
        SESSION_COOKIE_SAMESITE="Lax",
        SESSION_COOKIE_SECURE=settings.site.startswith("https://"),
        SESSION_COOKIE_NAME="bontot_form",
        MAX_CONTENT_LENGTH=21 * 1024 * 1024,
        WTF_CSRF_TIME_LIMIT=None,
    )
    app.extensions["bontot.settings"] = settings
    app.extensions["bontot.registry"] = registry or Registry.load(settings.plugins_off)
    db.init_app(app)
    CSRFProtect(app).exempt(api)  # a program sends its token by itself; no browser does it for another's page
    life.install(app)
    filters.install(app)
    assets.install(app)
    for blueprint in (*BLUEPRINTS, api):
        app.register_blueprint(blueprint)
    declare(app.view_functions["static"], Permission.LOG_IN, Scope.PUBLIC)
    refusals.install(app)
    frame.install(app)
    app.after_request(_harden)
    if settings.metrics_token:
        measuring.install(app)
    check_routes(app)
    return app


def _harden(response: Response) -> Response:
    response.headers.setdefault("Content-Security-Policy", CONTENT_POLICY)
    response.headers.setdefault("X-Content-Type-Options", "nosniff")
    response.headers.setdefault("Referrer-Policy", "same-origin")
    if not (response.cache_control.private or (response.cache_control.public and _is_for_anyone())):
        response.headers["Cache-Control"] = "no-store"
    return response


def _is_for_anyone() -> bool:
    """Whether what is asked for is the same for everyone: our own files, which may be kept on the way. A file of records
    may not: another would be given it, and its owner last week's."""
    endpoint = request.endpoint
    return endpoint is not None and access_of(current_app, endpoint).scope is Scope.PUBLIC
