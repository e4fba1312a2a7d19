"""Our style sheet and scripts; fonts and htmx straight out of the pinned wheels, none copied into the project."""

from __future__ import annotations

import hashlib
from functools import cache
from importlib import resources
from pathlib import Path

from flask import Blueprint, Flask, Response, send_file, url_for

from bontot.access import Permission, Scope
from bontot.errors import NotFound
from bontot.web.routing import page

assets = Blueprint("assets", __name__)
WEIGHTS = {"400": "Regular", "600": "SemiBold", "700": "Bold"}
A_WEEK = 7 * 24 * 3600


def install(app: Flask) -> None:
    """Adds the addresses `/asset/…`, and `static_file(name)` for templates."""
    app.register_blueprint(assets)
    app.config["SEND_FILE_MAX_AGE_DEFAULT"] = A_WEEK
    folder = Path(str(app.static_folder))

    @cache
    def mark(name: str) -> str:
        return hashlib.sha256((folder / name).read_bytes()).hexdigest()[:10]

    def static_file(name: str) -> str:
        """The address of one of our own files; it changes with its content, so that a browser may keep it."""
        return url_for("static", filename=name, v=mark(name))

    app.jinja_env.globals["static_file"] = static_file


@page(assets, "/asset/htmx.js", permission=Permission.LOG_IN, scope=Scope.PUBLIC)
def htmx() -> Response:
    """The htmx script of the wheel."""
    return _send("js_lib_htmx", "static/htmx/htmx.min.js")


@page(assets, "/asset/be-vietnam-pro-<weight>.ttf", permission=Permission.LOG_IN, scope=Scope.PUBLIC)
def font(weight: str) -> Response:
    """One weight of the typeface."""
    if weight not in WEIGHTS:
        raise NotFound
    return _send("fontpkg_be_vietnam_pro", f"files/BeVietnamPro-{WEIGHTS[weight]}.ttf")


def _send(package: str, name: str) -> Response:
    return send_file(Path(str(resources.files(package))) / name, max_age=A_WEEK)
