"""A list is narrowed to what its reader may see, whether that is a cell, a part of the committee or the whole of it."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import create_engine, text

from bontot.access import Role
from bontot.db.tenancy import scope
from bontot.services.tokens import SCOPES, issue
from bontot.settings import Settings
from bontot.web.database import db
from tests.api.conftest import Program
from tests.api.test_every_operation import LISTS
from tests.factories import make_committee
from tests.isolation.golden.asking import World
from tests.isolation.test_routes import forget_requests, holds
from tests.isolation.world import DECOY, world_of

OFTEN = 20
"""Oftener than the driver waits before it prepares a statement."""
Reader = Callable[[Role, int | None], Program]


@pytest.fixture(scope="module")
def world(settings: Settings, worker_id: str) -> Iterator[World]:
    """One's own committee, beside a decoy."""
    engine = create_engine(settings.database_url)
    for code, marker in (("tam-moi", DECOY), ("tam-nha", "của nhà")):
        committee = make_committee(engine, f"{code}-{worker_id}", marker, policy="hanoi_tayho")
        made = world_of(committee, "hanoi_tayho")
    yield made
    engine.dispose()


@pytest.fixture
def reader(app: Flask, world: World) -> Reader:
    """Makes a program that reads as a role at a place."""

    def made(role: Role, place: int | None) -> Program:
        committee = world.committee
        with scope(committee.engine, committee.tenant_id) as session:
            giver = committee.actor(Role.TENANT_ADMIN)
            secret = issue(
                session, giver, name="đọc", role=role, organisation_id=place, scopes=SCOPES, days=30
            )
        forget_requests(app)
        return Program(app.test_client(), secret)

    return made


NOT_BY_PLACE = {"audit-events", "jobs"}
"""Lists that grow as they are read, or show an administrator more for the role's sake."""


def answered(program: Program) -> dict[str, Any]:
    """What a program reads of every list that is open to it."""
    found: dict[str, Any] = {}
    for noun in sorted({*LISTS} - NOT_BY_PLACE):
        answer = program.get(f"/{noun}?limit=200")
        if answer.status_code == 200 and answer.json and "items" in answer.json:
            found[noun] = answer.json["items"]
    return found


def test_the_whole_committee_is_the_same_with_its_ids_and_without(world: World, reader: Reader) -> None:
    whole = answered(reader(Role.TENANT_ADMIN, None))
    from_the_root = answered(reader(Role.COMMITTEE, world.committee.root.id))
    shared = whole.keys() & from_the_root.keys()
    assert {noun: whole[noun] for noun in shared} == from_the_root
    assert len([noun for noun in shared if whole[noun]]) >= 25
    assert not holds(json.dumps(whole, ensure_ascii=False).encode(), DECOY)


def test_a_cell_and_its_superior_read_less_than_the_whole(world: World, reader: Reader) -> None:
    committee = world.committee
    cell, ward = committee.cells[0], committee.ward

    def places(role: Role, place: int | None) -> list[str]:
        found = reader(role, place).get("/organisations?limit=200").json
        return sorted(one["id"] for one in found["items"]) if found else []

    everywhere = places(Role.TENANT_ADMIN, None)
    below = places(Role.COMMITTEE, ward.id)
    assert str(committee.root.public_id) in everywhere
    assert str(committee.root.public_id) not in below
    assert set(below) < set(everywhere)
    assert places(Role.CELL_SECRETARY, cell.id) == [str(cell.public_id)]


def test_a_list_read_often_is_planned_for_each_reader(app: Flask, world: World, reader: Reader) -> None:
    program = reader(Role.COMMITTEE, world.committee.ward.id)
    for _ in range(OFTEN):
        assert program.get("/members").status_code == 200
    with app.app_context(), db.engine.connect() as connection:
        kept = connection.scalars(text("SELECT statement FROM pg_prepared_statements")).all()
    assert [statement for statement in kept if "FROM api_token" in statement] != []
    assert [statement for statement in kept if "FROM membership" in statement] == []
