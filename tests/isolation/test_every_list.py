"""Every page that shows a list or a board shows the way to the same as a workbook, or is named here with why it does not;
and what comes there opens, and holds nothing of another committee and no key."""

from __future__ import annotations

import hashlib
import io
import re
import zipfile
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from html import unescape
from pathlib import Path

import pytest
from flask import Flask, Response, render_template, request, template_rendered
from jinja2 import ChoiceLoader, DictLoader, Template
from sqlalchemy import create_engine
from werkzeug.test import TestResponse

from bontot import web
from bontot.access import Permission, Role, Scope
from bontot.settings import Settings
from bontot.web import create_app
from bontot.web.database import db
from bontot.web.routing import declare
from bontot.web.sheets import Column, sheet
from bontot.workbook import MEDIA
from tests.factories import make_committee
from tests.isolation.golden import GOLDEN
from tests.isolation.golden.asking import Golden, World
from tests.isolation.test_routes import ask, browser, holds, routes
from tests.isolation.world import DECOY, world_of

TEMPLATES = Path(web.__file__).parent / "templates"
TABLE = re.compile(r'<table class="records\b')
WAY = re.compile(r'href="([^"]*\bdang=xlsx[^"]*)"')
SHOWN = re.compile(r"\b(?:take_sheet|sheet_address)\(")
MACRO = re.compile(r"\{%-? macro (\w+)\(.*?\{%-? endmacro", re.DOTALL)
IMPORT = re.compile(r'\{% from "parts/[^"]+" import ([\w, ]+?)(?: with context)? %\}')
ROLES = (Role.TENANT_ADMIN, Role.COMMITTEE, Role.CELL_SECRETARY)

FORM = "a form: what it is about to change, seen once before it is sent"
WITHOUT = {
    "cell/guide.html": "one sheet of paper for a secretary's desk",
    "day_off/confirm.html": FORM,
    "day_off/take_back.html": FORM,
    "fee/basis.html": FORM,
    "fee/relief.html": FORM,
    "fee/rules.html": "regulations as they read, and the two figures a committee decides beside them",
    "home/committee.html": "what waits today; the calendar and the boards of the year have all of it",
    "meeting/show.html": "one meeting",
    "meeting/stale.html": FORM,
    "member/show.html": "one member",
    "organisation/show.html": "one body; those below it stand in the workbook of the tree and in those of the boards",
    "paper/issued.html": "one paper",
    "plan/set.html": FORM,
    "plan/value.html": "one value; its layers and the committee's decisions stand in the workbook of its plan",
    "plan/withdraw.html": FORM,
    "planning/form.html": FORM,
    "paper/write.html": FORM,
    "pledge/form.html": FORM,
    "pledge/show.html": "one pledge, with the people of its cell",
    "recognition/confirm.html": FORM,
    "recognition/step.html": "a form; the dossiers at a step stand in the workbook of the recognition",
    "reorganising/confirm.html": FORM,
    "schedule/confirm.html": FORM,
    "schedule/order.html": FORM,
    "schedule/preferred.html": FORM,
    "schedule/take_back.html": FORM,
    "token/guide.html": "documentation for programmers",
}
"""The templates of pages with a table of records and no workbook, and why."""


@dataclass
class Walk:
    """What the pages showed: the templates that had a table and no way to a workbook, and the ways, by who was shown
    them."""

    closed: set[str] = field(default_factory=set)
    ways: dict[tuple[str, Role], set[str]] = field(default_factory=dict)


def without_a_way(sources: Mapping[str, str]) -> set[str]:
    """The pages, by template, that have a table of records, their own or one of a part's, and no way to a workbook."""
    macros = {
        macro[1]: macro[0]
        for name, source in sources.items()
        if name.startswith("parts/")
        for macro in MACRO.finditer(source)
    }
    drawing = {name for name, body in macros.items() if TABLE.search(body)}
    while more := {name for name, body in macros.items() if calls(body, drawing)} - drawing:
        drawing |= more
    return {
        name
        for name, source in sources.items()
        if not name.startswith("parts/")
        and (TABLE.search(source) or imported(source) & drawing)
        and not SHOWN.search(source)
    }


def calls(source: str, names: set[str]) -> bool:
    return any(re.search(rf"\b{name}\(", source) for name in names)


def imported(source: str) -> set[str]:
    return {name.strip() for names in IMPORT.findall(source) for name in names.split(",")}


def sources() -> dict[str, str]:
    return {str(path.relative_to(TEMPLATES)): path.read_text() for path in TEMPLATES.rglob("*.html")}


@pytest.fixture(scope="module")
def worlds(settings: Settings, worker_id: str) -> Iterator[tuple[World, World]]:
    """One's own committee and the decoy."""
    engine = create_engine(settings.database_url)

    def make(code: str, marker: str, policy: str) -> World:
        return world_of(make_committee(engine, f"{code}-{worker_id}", marker, policy=policy), policy)

    yield make("nha-bang", "của nhà", "hanoi_tayho"), make("moi-bang", DECOY, "hanoi_longbien")
    engine.dispose()


@contextmanager
def rendered(app: Flask) -> Iterator[list[str]]:
    """The names of the templates rendered meanwhile, a page's own first."""
    names: list[str] = []

    def keep(_: Flask, template: Template, **__: object) -> None:
        names.append(template.name or "")

    with template_rendered.connected_to(keep, app):
        yield names


def look(app: Flask, found: Walk, world: World, endpoint: str, golden: Golden) -> None:
    """Asks for a page and keeps what it shows."""
    assert golden.role is not None
    with rendered(app) as names:
        response = ask(app, world, golden, endpoint)
    if response.status_code != 200 or response.mimetype != "text/html":
        response.close()
        return
    ways = {unescape(way) for way in WAY.findall(response.text)}
    if ways:
        found.ways[endpoint, golden.role] = ways
    elif TABLE.search(response.text):
        found.closed.add(names[0])


@pytest.fixture(scope="module")
def walked(app: Flask, worlds: tuple[World, World]) -> Walk:
    """Every page, as whoever its golden request is of and as the other roles of a committee."""
    own, _ = worlds
    found = Walk()
    for endpoint, method in routes(app):
        if method == "GET" and not endpoint.startswith("api."):
            golden = GOLDEN[endpoint, method](own)
            others = () if golden.role in (None, Role.OPERATOR) else ROLES
            for role in filter(None, dict.fromkeys((golden.role, *others))):
                look(app, found, own, endpoint, replace(golden, role=role))
    return found


def inside(response: TestResponse) -> bytes:
    """Everything a workbook holds."""
    assert (response.status_code, response.mimetype) == (200, MEDIA)
    with zipfile.ZipFile(io.BytesIO(response.data)) as archive:
        return b"".join(archive.read(name) for name in archive.namelist())


def test_every_page_with_a_table_has_a_way_to_a_workbook_or_a_reason() -> None:
    assert without_a_way(sources()) == set(WITHOUT)


def test_the_way_is_shown_to_everyone_who_is_shown_the_table(walked: Walk) -> None:
    assert walked.closed - set(WITHOUT) == set()
    assert len(walked.ways) > 80


def test_every_workbook_opens_and_holds_nothing_of_others_and_no_key(
    app: Flask, worlds: tuple[World, World], walked: Walk
) -> None:
    own, _ = worlds
    keys = [key for secret in (own.token, own.secret) for key in (secret, sha256(secret))]
    for (endpoint, role), ways in walked.ways.items():
        client = browser(app, own, Golden(role=role))
        for way in ways:
            told = inside(client.get(way))
            if role is Role.OPERATOR:  # who knows the committees by name, and nothing of what they hold
                told = told.replace(f"Đảng bộ {DECOY}".encode(), b"")
            assert [one for one in (DECOY, *keys) if holds(told, one)] == [], (endpoint, role, way)


def sha256(secret: str) -> str:
    return hashlib.sha256(secret.encode()).hexdigest()


@pytest.mark.parametrize(
    "planted",
    [
        {"thu/moi.html": '<table class="records brief">'},
        {
            "thu/moi.html": '{% from "parts/moi.html" import drawn with context %}{{ drawn(lines) }}',
            "parts/moi.html": '{% macro drawn(x) %}<table class="records">{% endmacro %}',
        },
        {
            "thu/moi.html": '{% from "parts/moi.html" import other, around %}{{ around(lines) }}',
            "parts/moi.html": '{% macro drawn(x) %}<table class="records board">{% endmacro %}'
            "{% macro around(x) %}{{ drawn(x) }}{% endmacro %}",
        },
    ],
)
def test_a_new_page_with_a_table_is_seen(planted: dict[str, str]) -> None:
    assert without_a_way(sources() | planted) - set(WITHOUT) == {"thu/moi.html"}
    mended = planted | {"thu/moi.html": planted["thu/moi.html"] + "{{ take_sheet() }}"}
    assert without_a_way(sources() | mended) - set(WITHOUT) == set()


def test_the_walk_sees_a_table_without_a_way_and_a_workbook_that_leaks(
    settings: Settings, worlds: tuple[World, World]
) -> None:
    own, _ = worlds
    app = create_app(settings)
    table = '<table class="records"></table>'
    planted = {
        "moi.html": f"{table}{{% if way %}}<a href='/moi?dang=xlsx'></a>{{% endif %}}".replace("'", '"')
    }
    assert app.jinja_loader is not None
    app.jinja_env.loader = ChoiceLoader([DictLoader(planted), app.jinja_loader])

    def new() -> str | Response:
        if "dang" in request.args:
            return sheet("moi", "Mới", (Column[str]("Tên", str),), [DECOY])
        return render_template("moi.html", way=request.args.get("way"))

    declare(new, Permission.VIEW_HOME, Scope.TENANT)
    app.add_url_rule("/moi", "new", new)
    closed, open_ = Walk(), Walk()
    look(app, closed, own, "new", Golden())
    look(app, open_, own, "new", Golden(query={"way": "1"}))
    told = inside(browser(app, own, Golden()).get("/moi?dang=xlsx"))
    with app.app_context():
        db.engine.dispose()
    assert (closed.closed, closed.ways) == ({"moi.html"}, {})
    assert (open_.closed, open_.ways) == (set(), {("new", Role.TENANT_ADMIN): {"/moi?dang=xlsx"}})
    assert holds(told, DECOY)
