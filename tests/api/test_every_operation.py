"""Whatever is sent, within the document or beside it, is answered within the document: never a fault of ours, never anything
of another committee. Sent as an administrator's and as a secretary's program, with records of one's own and the other's."""

from __future__ import annotations

import functools
import json
from collections.abc import Iterator
from typing import Any

import pytest
import schemathesis
from flask import Flask, Response
from hypothesis import HealthCheck, Phase, given
from hypothesis import settings as walking
from hypothesis import strategies as st
from schemathesis.core.failures import FailureGroup
from schemathesis.generation import GenerationMode
from schemathesis.specs.openapi.checks import (
    content_type_conformance,
    response_headers_conformance,
    response_schema_conformance,
    status_code_conformance,
)
from sqlalchemy import create_engine

from bontot.access import Role
from bontot.db.tenancy import scope
from bontot.services.tokens import SCOPES, issue
from bontot.settings import Settings
from bontot.web import create_app
from bontot.web.database import db
from tests.factories import make_committee
from tests.isolation.golden.asking import World
from tests.isolation.test_routes import fingerprint, forget_requests, holds
from tests.isolation.world import DECOY, world_of

EXAMPLES = 15
CHECKS = [
    schemathesis.checks.not_a_server_error,
    status_code_conformance,
    content_type_conformance,
    response_headers_conformance,
    response_schema_conformance,
]
KINDS = {
    "organisation": ("organisation", "cell", "other cell"),
    "member": ("member", "member of a program", "member to move"),
    "meeting": ("meeting", "meeting in parts", "meeting in rows", "meeting of a program", "scored meeting"),
    "task": ("task", "task of a program"),
    "directive": ("directive", "directive of a program"),
    "planned": ("planned", "planned of a program"),
    "paper": ("issued paper", "issued paper to cancel"),
    "dossier": ("dossier", "dossier to revoke"),
    "day_off": ("own day",),
    "of": ("planned", "meeting in parts"),
    "guest": ("guest",),
    "item": ("item", "item in rows"),
    "opinion": ("opinion",),
    "resolution": ("resolution",),
    "sitting": ("sitting",),
    "vote": ("vote",),
    "run": ("run",),
    "job": ("job", "trial"),
    "code": ("policy",),
}
OTHERS = {
    "key": ("meeting.deadline", "nothing"),
    "month": ("2026-09", "2025-03", "2099-01"),
    "year": ("2023", "2024", "2026", "1800"),
    "stage": ("appraisal", "cell", "voted", "nothing"),
    "frame": ("national_meetings_2025", "nothing"),
    "kind": ("agenda", "meeting_minutes", "meeting_invitation", "nothing"),
    "form": ("pdf", "docx", "exe"),
}
LISTS = (
    "attendances",
    "audit-events",
    "commendations",
    "complaints",
    "concerns",
    "days-off",
    "directives",
    "disciplines",
    "evaluations",
    "fee-bases",
    "fee-payments",
    "fee-reliefs",
    "fee-remittances",
    "fee-settings",
    "fees",
    "frame-adoptions",
    "frames",
    "grants",
    "holidays",
    "imports",
    "inspections",
    "jobs",
    "judgments",
    "meeting-preferences",
    "meetings",
    "member-events",
    "member-states",
    "members",
    "memberships",
    "month-orders",
    "organisation-acts",
    "organisations",
    "own-values",
    "papers",
    "pilot-selections",
    "plan-assignments",
    "planned-meetings",
    "plans",
    "pledges",
    "posts",
    "ratings",
    "recognition-decisions",
    "recognitions",
    "regulations",
    "residence-remarks",
    "resolutions",
    "tasks",
    "token",
    "trainings",
    "year-openings",
)
PLACE, PERSON, MEETING = "/organisations/{organisation}", "/members/{member}", "/meetings/{meeting}"
ROWS = ("guest", "item", "opinion", "resolution", "sitting", "vote")
OTHER = {
    "/days-off": "POST",
    "/days-off/{day_off}/removal": "POST",
    "/directives/{directive}": "GET",
    "/directives/{directive}/answer": "PUT",
    "/directives/{directive}/reception": "POST",
    "/evaluations": "POST",
    "/evaluations/{run}": "GET",
    "/evaluations/{run}/members/{member}": "GET",
    "/evaluations/{run}/organisations/{organisation}": "GET",
    "/evaluations/{run}/verdicts": "GET",
    "/frames/{frame}/adoption": "POST",
    "/frames/{frame}/end": "POST",
    "/jobs/{job}": "GET",
    "/jobs/{job}/repetition": "POST",
    "/jobs/{job}/stop": "POST",
    MEETING: "GET PUT",
    f"{MEETING}/acts": "GET",
    f"{MEETING}/handing-over": "POST",
    f"{MEETING}/reception": "POST",
    f"{MEETING}/scores": "GET",
    f"{MEETING}/scores/{{stage}}": "PUT",
    **{f"{MEETING}/{part}": "GET PUT" for part in ("head", "course")},
    **{f"{MEETING}/{part}s": "GET POST" for part in ROWS},
    **{f"{MEETING}/{part}s/{{{part}}}": "GET PUT" for part in ROWS},
    **{f"{MEETING}/{part}s/{{{part}}}/removal": "POST" for part in ROWS},
    PERSON: "GET",
    f"{PERSON}/events": "POST",
    f"{PERSON}/judgments/{{year}}": "GET",
    f"{PERSON}/judgments/{{year}}/{{stage}}": "PUT",
    f"{PERSON}/pledges/{{year}}": "GET PUT",
    f"{PERSON}/pledges/{{year}}/confirmation": "POST",
    "/organisation-acts": "POST",
    "/organisation-acts/preview": "POST",
    PLACE: "GET",
    f"{PLACE}/drafts/{{kind}}/{{of}}": "GET",
    f"{PLACE}/drafts/{{kind}}/{{of}}/files/{{form}}": "GET",
    f"{PLACE}/drafts/{{kind}}/{{of}}/issue": "POST",
    f"{PLACE}/fees/{{month}}": "GET",
    f"{PLACE}/fees/{{month}}/payments": "POST",
    f"{PLACE}/judgments/{{year}}": "GET",
    f"{PLACE}/judgments/{{year}}/{{stage}}": "PUT",
    f"{PLACE}/meetings": "POST",
    f"{PLACE}/month-orders/{{month}}": "GET PUT",
    f"{PLACE}/month-orders/{{month}}/removal": "POST",
    f"{PLACE}/planned-meetings": "POST",
    f"{PLACE}/planned-meetings/{{planned}}": "GET PUT",
    f"{PLACE}/pledges/{{year}}": "GET PUT",
    f"{PLACE}/pledges/{{year}}/confirmation": "POST",
    f"{PLACE}/ratings/{{year}}": "GET PUT",
    f"{PLACE}/targets": "POST",
    f"{PLACE}/paper-batches": "POST",
    "/paper-batches/{job}": "GET",
    "/paper-batches/{job}/file": "GET",
    "/papers/{paper}": "GET",
    "/papers/{paper}/cancellation": "POST",
    "/papers/{paper}/files/{form}": "GET",
    "/plans/{code}/thresholds": "GET",
    "/plans/{code}/thresholds/{key}/decisions": "POST",
    "/recognitions/{dossier}": "GET",
    "/tasks/{task}": "GET PUT",
    "/tasks/{task}/checks": "GET POST",
    "/tasks/{task}/result": "PUT",
    "/year-openings": "POST",
}
OPERATIONS = sorted(
    {
        *(("GET", f"/{noun}") for noun in LISTS),
        *((method, path) for path, methods in OTHER.items() for method in methods.split()),
    }
)


@pytest.fixture(scope="module")
def worlds(settings: Settings, worker_id: str) -> Iterator[tuple[World, World]]:
    """One's own committee and the decoy."""
    engine = create_engine(settings.database_url)

    def make(code: str, marker: str, policy: str) -> World:
        return world_of(make_committee(engine, f"{code}-{worker_id}", marker, policy=policy), policy)

    yield make("api-nha", "của nhà", "hanoi_tayho"), make("api-moi", DECOY, "hanoi_longbien")
    engine.dispose()


@pytest.fixture(scope="module")
def secrets(worlds: tuple[World, World]) -> dict[Role, str]:
    """A token for everything as an administrator, and one as the first cell's secretary."""
    committee = worlds[0].committee
    places = {Role.TENANT_ADMIN: None, Role.CELL_SECRETARY: committee.cells[0].id}
    with scope(committee.engine, committee.tenant_id) as session:
        admin = committee.actor(Role.TENANT_ADMIN)
        return {
            role: issue(session, admin, name="Thử", role=role, organisation_id=place, scopes=SCOPES, days=30)
            for role, place in places.items()
        }


@pytest.fixture(scope="module")
def api(app: Flask) -> schemathesis.BaseSchema:
    return schemathesis.openapi.from_wsgi("/api/v1/openapi.json", app)


def test_every_operation_of_the_document_is_tried(api: schemathesis.BaseSchema) -> None:
    described = {
        (method.upper(), path.removeprefix("/api/v1"))
        for path, methods in api.raw_schema["paths"].items()
        for method in methods
    }
    assert described == set(OPERATIONS)


@pytest.mark.parametrize(("method", "path"), OPERATIONS)
def test_answers_keep_to_the_document(
    app: Flask,
    api: schemathesis.BaseSchema,
    worlds: tuple[World, World],
    secrets: dict[Role, str],
    method: str,
    path: str,
) -> None:
    own, decoy = worlds
    operation = api[f"/api/v1{path}"][method]
    before = fingerprint(decoy)
    modes = st.sampled_from([GenerationMode.POSITIVE, GenerationMode.NEGATIVE])
    names = [name for name in (*KINDS, *OTHERS) if f"{{{name}}}" in path]

    @settings_of_the_walk
    @given(data=st.data())
    def walk(data: st.DataObject) -> None:
        mode = data.draw(modes if method != "GET" or not names else st.just(GenerationMode.POSITIVE))
        case = data.draw(operation.as_strategy(generation_mode=mode))
        for name in names:
            case.path_parameters[name] = data.draw(named(name, own, decoy))
        role = data.draw(st.sampled_from(list(secrets)))
        forget_requests(app)
        response = case.call(headers={"Authorization": f"Bearer {secrets[role]}"})
        case.validate_response(response, checks=CHECKS)
        assert response.status_code != 429  # the limit would hide what the operation itself answers
        assert not holds(response.content, DECOY)

    walk()
    assert fingerprint(decoy) == before


settings_of_the_walk = walking(
    max_examples=EXAMPLES,
    deadline=None,
    derandomize=True,
    database=None,
    phases=[Phase.generate],
    suppress_health_check=list(HealthCheck),
)


def named(name: str, own: World, decoy: World) -> st.SearchStrategy[Any]:
    """What an address may name: a record of one's own, mostly; of the other; of nobody."""
    if name in OTHERS:
        return st.sampled_from(OTHERS[name])
    mine = [own[kind] for kind in KINDS[name]]
    theirs = [decoy[kind] for kind in KINDS[name]]
    nobody = "999999" if mine[0].isdigit() else "00000000-0000-4000-8000-000000000000"
    return st.sampled_from([*mine, *mine, *theirs, nobody])


def test_the_walk_sees_an_answer_that_is_not_in_the_document(
    settings: Settings, secrets: dict[Role, str]
) -> None:
    app = create_app(settings)
    honest: Any = app.view_functions["api.token"]

    @functools.wraps(honest)
    def careless() -> Response:
        answer: Response = honest()
        answer.data = json.dumps({**(answer.json or {}), "secret_hash": "00"})
        return answer

    app.view_functions["api.token"] = careless
    forget_requests(app)
    made = schemathesis.openapi.from_wsgi("/api/v1/openapi.json", app)
    case = made["/api/v1/token"]["GET"].Case()
    response = case.call(headers={"Authorization": f"Bearer {secrets[Role.TENANT_ADMIN]}"})
    with pytest.raises(FailureGroup):
        case.validate_response(response, checks=CHECKS)
    with app.app_context():
        db.engine.dispose()
