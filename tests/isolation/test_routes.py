"""Every route, asked rightly and then with the other committee's identifiers in every place one can stand."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from dataclasses import replace
from datetime import date
from typing import Any
from urllib.parse import quote

import pytest
from flask import Flask, request
from flask.testing import FlaskClient
from sqlalchemy import create_engine, select, text
from werkzeug.test import TestResponse

from bontot.access import Permission, Role, Scope
from bontot.db.models import (
    RoleGrant,
)
from bontot.db.tenancy import scope, tenant_tables
from bontot.settings import Settings
from bontot.web import create_app
from bontot.web.database import db
from bontot.web.request import broker
from bontot.web.routing import RouteUndeclared, access_of, check_routes, declare, route_table
from tests.factories import make_committee, operator_client
from tests.isolation.golden import GOLDEN
from tests.isolation.golden.asking import Golden, World
from tests.isolation.golden.records import OF_PEOPLE, OF_PLACES
from tests.isolation.world import DECOY, world_of


@pytest.fixture(scope="module")
def worlds(settings: Settings, worker_id: str) -> Iterator[tuple[World, World]]:
    """One's own committee and the decoy."""
    engine = create_engine(settings.database_url)

    def make(code: str, marker: str, policy: str) -> World:
        return world_of(make_committee(engine, f"{code}-{worker_id}", marker, policy=policy), policy)

    yield make("nha", "của nhà", "hanoi_tayho"), make("moi", DECOY, "hanoi_longbien")
    engine.dispose()


def routes(app: Flask) -> list[tuple[str, str]]:
    """Every `(endpoint, method)` that a browser can ask."""
    return sorted(
        {
            (rule.endpoint, method)
            for rule, _ in route_table(app)
            for method in (rule.methods or set()) - {"HEAD", "OPTIONS"}
        }
    )


def ask(app: Flask, world: World, golden: Golden, endpoint: str) -> TestResponse:
    """Sends the golden request as its role in `world`'s committee, a program's with its token."""
    of_program = endpoint.startswith("api.")
    client = app.test_client() if of_program else browser(app, world, golden)
    token = {"Authorization": f"Bearer {world.token}"} if of_program and golden.role else {}
    with app.test_request_context():
        address = app.url_for(endpoint, _external=False, **golden.args)
    forget_requests(app)
    tag = tag_of(app, client, golden, token) if golden.seen else {}
    content = {"data": golden.form or None} if golden.json is None else {"json": golden.json}
    return client.open(
        address,
        method=golden.method,
        query_string=golden.query,
        headers={**golden.headers, **tag, **token},
        **content,
    )


def forget_requests(app: Flask) -> None:
    """A walk asks more in a minute than a token may, and may follow upon tests that guess: what was counted so far is
    forgotten."""
    with app.app_context():
        for kind in ("requests", "guesses"):
            for counted in list(broker().scan_iter(match=f"*:{kind}:*")):
                broker().delete(counted)


def tag_of(app: Flask, client: FlaskClient, golden: Golden, token: dict[str, str]) -> dict[str, str]:
    """The tag of what a program reads before it changes it, where there is something for it to read."""
    [rule] = app.url_map.iter_rules(golden.seen)
    with app.test_request_context():
        named = {name: value for name, value in golden.args.items() if name in rule.arguments}
        address = app.url_for(golden.seen, _external=False, **named)
    return {"If-Match": client.get(address, headers=token).headers.get("ETag", '"0"')}


def browser(app: Flask, world: World, golden: Golden) -> FlaskClient:
    if golden.role is None:
        return app.test_client()
    if golden.role is Role.OPERATOR:
        return operator_client(app, world.committee.engine)
    return world.committee.client(app, golden.role)


NUMBERED = {"number": {"grant", "spare_grant"}, "row": {"item"}, "item": {"item in rows"}}
"""What the numbers in addresses count, by their names there."""


def delivered(response: TestResponse) -> bytes:
    """Every byte a browser receives, status line and headers included; the response is closed."""
    with response:
        return f"{response.status}\n{response.headers}\n".encode() + response.get_data()


def holds(delivery: bytes, marker: str) -> bool:
    """Whether the marker is there, as it is or as JSON or an address would write it."""
    shapes = (marker, json.dumps(marker).strip('"'), quote(marker))
    return any(shape.encode() in delivery for shape in shapes)


def with_foreign_identifiers(golden: Golden, own: World, decoy: World) -> Iterator[tuple[str, Golden]]:
    """The request once for every place and identifier, the decoy's put in place of one's own."""
    for part in ("args", "query", "form"):
        values: dict[str, str] = getattr(golden, part)
        for name, value in values.items():
            for kind, identifier in own.identifiers.items():
                foreign = decoy[kind]
                figure = str(value).isdigit()  # which may stand for anything
                named = name == kind or not figure or (part == "args" and kind in NUMBERED.get(name, ()))
                within = identifier in name and not identifier.isdigit()
                if within or (identifier == value and named):
                    swapped = {
                        key.replace(identifier, foreign) if key == name else key: foreign
                        if key == name and given == identifier
                        else given
                        for key, given in values.items()
                    }
                    swap: dict[str, Any] = {part: swapped}
                    yield f"{part}.{name}", replace(golden, **swap)
    sent = json.dumps(golden.json)
    for kind, identifier in own.identifiers.items():
        if f'"{identifier}"' in sent and not identifier.isdigit():  # a figure may stand for anything
            yield f"json.{kind}", replace(golden, json=json.loads(sent.replace(identifier, decoy[kind])))


def fingerprint(world: World) -> dict[str, int]:
    """How many rows each tenant table holds and what they say, as one number a table."""
    with scope(world.committee.engine, world.committee.tenant_id) as session:
        return {
            table: session.execute(
                text(f"SELECT coalesce(sum(hashtextextended(t::text, 0)), 0)::text FROM {table} t")
            ).scalar_one()
            for table in tenant_tables()
        }


TRIED_ELSEWHERE = {
    "POST account.choose form.grant",
    "POST account.choose form.tenant",
    "GET own_value.set_own query.viec",
    "GET own_value.withdraw query.viec",
    "GET plan.compare query.viec",
    "POST grant.index form.organisation",
    "POST grant.another form.organisation",
    "POST people.record form.organisation",
    "POST people.correct form.organisation",
    "POST reorganising.record form.others",
    "POST reform.record form.to-member",
    "GET schedule.index query.noi",
    "GET job.export query.noi",
    "GET meeting.record query.moi",
    "POST day_off.add form.organisation",
    "POST feed.index form.what",
    "GET recognition.step query.noi",
    "POST recognition.step query.noi",
    "POST recognition.step form.subject",
    "POST recognition.step form.votes-member",
    *(f"POST rating.of_place form.{name}-member" for name in ("level", "votes", "version")),
    "POST judgment.criterion_of_organisation form.record-tayho.cell.3.cooperation",
    "POST part.show form.member_id",
    "POST review.show form.state-member",
    "POST review.show form.result-member",
    *(
        f"POST meeting.{endpoint} form.{name}-member"
        for endpoint in ("record", "correct")
        for name in ("mark", "reason")
    ),
    "POST pilot.choose form.organisation",
    "POST target.of_organisation form.cells",
    "POST fee.month form.fee-member",
    "POST fee.month form.due-member",
    "POST token.index form.organisation",
    "POST webhook.index form.organisation",
    "GET api.organisations query.parent",
    *(
        f"GET api.{noun} query.organisation"
        for noun in ("members", "memberships", "meetings", "tasks", "fees")
    ),
    *(f"GET api.{noun} query.member" for noun in ("memberships", "fees")),
    *(f"POST api.{view} json.member of a program" for view in ("record_meeting", "take")),
    "PUT api.correct_meeting json.member of a program",
    "POST api.record_event json.cell",
    *(f"GET api.{noun} query.organisation" for noun in (*OF_PEOPLE, *OF_PLACES)),
    *(f"GET api.{noun} query.member" for noun in OF_PEOPLE),
    *(f"POST api.add_meeting_{part} json.carrier" for part in ("item", "opinion")),
    *(f"PUT api.put_meeting_{part} json.carrier" for part in ("head", "item", "opinion")),
    "PUT api.put_task json.carrier",
    "PUT api.put_ratings json.member",
    *(
        f"POST api.{view} json.other cell"
        for view in ("add_day_off", "preview_act", "record_organisation_act", "set_target")
    ),
}
"""Where identifiers stand besides addresses: in the names and values of forms."""
NAMES_NOTHING = frozenset(
    {
        "filename",
        "weight",
        "name",
        "key",
        "frame",
        "event",
        "month",
        "asked",
        "title",
        "step",
        "token",
        "kind",
        "form",
        "year",
        "stage",
    }
)
"""Parts of an address that stand for a file, a month or a value's key, the same for every committee; and a secret, which
opens what it is the key of and is never shown again (`test_feeds`)."""


_MEMBER_IN_NAME = re.compile("-[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$")


def test_every_route_has_a_golden_request(app: Flask) -> None:
    known = routes(app)
    assert sorted(GOLDEN) == known
    assert len(known) >= 9


def test_golden_requests_succeed_and_show_nothing_of_the_decoy(
    app: Flask, worlds: tuple[World, World]
) -> None:
    own, _ = worlds
    for endpoint, method in routes(app):
        golden = GOLDEN[endpoint, method](own)
        response = ask(app, own, golden, endpoint)
        assert (endpoint, response.status_code) == (endpoint, golden.status)
        told = delivered(response)
        if golden.role is Role.OPERATOR:  # who knows the committees by name, and nothing of what they hold
            told = told.replace(f"Đảng bộ {DECOY}".encode(), b"")
        assert not holds(told, DECOY), endpoint
        if (
            access_of(app, endpoint).scope is not Scope.PUBLIC
        ):  # nothing on the way may keep it for the next to ask
            kept = response.headers["Cache-Control"]
            assert (endpoint, kept) in ((endpoint, "no-store"), (endpoint, "private, no-cache"))


OF_THE_OPERATOR = {"operator.retire_day_off", "late_work.again", "late_work.leave"}
"""Whose numbers are of days off, which are nobody's, and of any committee's work."""


ALIKE_IN_BOTH = {("pilot", "code"), ("paper_text", "of")}
"""What is named there is the same in both committees: the pilot of a plan, the month of a report."""


def test_foreign_identifiers_find_nothing_anywhere(app: Flask, worlds: tuple[World, World]) -> None:
    own, decoy = worlds
    before, tried = fingerprint(decoy), set[str]()
    for endpoint, method in routes(app):
        golden = GOLDEN[endpoint, method](own)
        for place, foreign in with_foreign_identifiers(golden, own, decoy):
            if endpoint in OF_THE_OPERATOR and place.startswith("args."):
                continue
            response = ask(app, own, foreign, endpoint)
            assert response.status_code in (404, 422), (endpoint, place, response.status)
            assert not holds(delivered(response), DECOY), (endpoint, place)
            tried.add(f"{method} {endpoint} {_MEMBER_IN_NAME.sub('-member', place)}")
    assert fingerprint(decoy) == before
    assert {one for one in tried if " args." in one} == {
        f"{method} {endpoint} args.{name}"
        for endpoint, method in routes(app)
        for name in GOLDEN[endpoint, method](own).args
        if name not in NAMES_NOTHING
        and endpoint not in OF_THE_OPERATOR
        and (endpoint.partition(".")[0], name) not in ALIKE_IN_BOTH
    }
    assert {one for one in tried if " args." not in one} == TRIED_ELSEWHERE


def test_a_field_no_form_has_is_refused_everywhere(app: Flask, worlds: tuple[World, World]) -> None:
    own, _ = worlds
    before, tried = fingerprint(own), 0
    for endpoint, method in routes(app):
        if method != "GET":
            golden = GOLDEN[endpoint, method](own)
            part = "form" if golden.json is None else "json"
            extended: dict[str, Any] = {part: {**getattr(golden, part), "extra": "1"}}
            response = ask(app, own, replace(golden, seen="", **extended), endpoint)
            assert (endpoint, response.status_code) == (endpoint, 422)
            tried += 1
    assert tried == sum(method != "GET" for _, method in GOLDEN)
    assert fingerprint(own) == before


def test_unknown_and_foreign_are_answered_alike(app: Flask, worlds: tuple[World, World]) -> None:
    own, decoy = worlds
    for endpoint, method in routes(app):
        golden = GOLDEN[endpoint, method](own)
        for place, foreign in with_foreign_identifiers(golden, own, decoy):
            if not place.startswith("args.") or endpoint in OF_THE_OPERATOR:
                continue
            name = place.removeprefix("args.")
            nobody = "2000000000" if foreign.args[name].isdigit() else "00000000-0000-4000-8000-000000000000"
            unknown = replace(foreign, args=foreign.args | {name: nobody})
            first, second = ask(app, own, foreign, endpoint), ask(app, own, unknown, endpoint)
            assert (first.status_code, visible(first)) == (second.status_code, visible(second)), endpoint


def visible(response: TestResponse) -> str:
    """The page without what differs from one showing to the next."""
    lines = response.get_data(as_text=True).splitlines()
    return "\n".join(line for line in lines if "csrf_token" not in line)


def test_nobody_sees_anything_without_logging_in(app: Flask, worlds: tuple[World, World]) -> None:
    own, _ = worlds
    closed = [
        (rule.endpoint, access) for rule, access in route_table(app) if access.scope is not Scope.PUBLIC
    ]
    assert closed
    for endpoint, _ in closed:
        for method in ("GET", "POST", "PUT"):
            if (endpoint, method) in GOLDEN:
                golden = GOLDEN[endpoint, method](own)
                anyone = replace(golden, role=None)
                response = ask(app, own, anyone, endpoint)
                assert response.status_code in (302, 401), endpoint
                assert not holds(delivered(response), "của nhà"), endpoint


def test_an_undeclared_route_stops_the_application(settings: Settings) -> None:
    app = create_app(settings)
    app.add_url_rule("/len-lut", "stray", lambda: "")
    with pytest.raises(RouteUndeclared, match="Trang stray chưa khai báo quyền"):
        check_routes(app)


@pytest.mark.parametrize("part", ["args", "query", "form"])
def test_the_walk_sees_a_route_that_leaks(part: str, settings: Settings, worlds: tuple[World, World]) -> None:
    own, decoy = worlds
    app = create_app(settings)
    app.config["WTF_CSRF_ENABLED"] = False

    def leaky(who: str = "") -> str:
        who = who or request.values["who"]
        with scope(own.committee.engine, decoy.committee.tenant_id) as session:
            found = session.execute(text("SELECT full_name FROM member WHERE public_id = :who"), {"who": who})
            return found.scalar_one_or_none() or ""

    declare(leaky, Permission.VIEW_MEMBER, Scope.TENANT, ("who",))
    address = "/ro-ri/<who>" if part == "args" else "/ro-ri"
    app.add_url_rule(address, "leaky", leaky, methods=["GET", "POST"])
    method = "POST" if part == "form" else "GET"
    asked: dict[str, Any] = {part: {"who": own["member"]}}
    golden = replace(Golden(method=method), **asked)
    [(place, foreign)] = with_foreign_identifiers(golden, own, decoy)
    response = ask(app, own, foreign, "leaky")
    with app.app_context():
        db.engine.dispose()
    assert place == f"{part}.who"
    assert holds(delivered(response), DECOY)


def test_a_revoked_grant_bites_on_the_next_request(app: Flask, worlds: tuple[World, World]) -> None:
    own, _ = worlds
    client = own.committee.client(app, Role.MEMBER)
    assert client.get("/").status_code == 200
    with scope(own.committee.engine, own.committee.tenant_id) as session:
        grant = session.scalars(select(RoleGrant).where(RoleGrant.role == Role.MEMBER)).one()
        grant.valid_to = date(2023, 6, 1)
    response = client.get("/")
    assert (response.status_code, response.headers["Location"]) == (302, "/noi-lam-viec")
    assert "chưa được giao việc" in client.get("/noi-lam-viec").get_data(as_text=True)
    with scope(own.committee.engine, own.committee.tenant_id) as session:
        session.scalars(select(RoleGrant).where(RoleGrant.role == Role.MEMBER)).one().valid_to = None
