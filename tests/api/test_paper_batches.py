"""A program has papers made together, follows them and takes them: those it asked for itself, and no others."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Iterator
from datetime import date
from typing import Any
from uuid import uuid4

import pytest
from flask import Flask
from sqlalchemy import select

from bontot.access import Role
from bontot.client import Client
from bontot.db.models import Outbox
from bontot.db.tenancy import PLATFORM, scope
from bontot.jobs.tasks import Desk
from bontot.registry import Registry
from bontot.services.meetings import MeetingEntry, record_meeting
from tests.api.conftest import Give, Program
from tests.api.test_client import served
from tests.factories import Committee


@pytest.fixture
def client(app: Flask, program: Program) -> Iterator[Client]:
    """A client of the site."""
    with served(app) as address:
        yield Client(address, program.secret)


def work_off(committee: Committee) -> None:
    """Does all work of the committee that waits."""
    with scope(committee.engine, PLATFORM) as session:
        waiting = session.scalars(
            select(Outbox.id).where(Outbox.tenant_id == committee.tenant_id, Outbox.done_at.is_(None))
        ).all()
    for outbox_id in waiting:
        Desk(committee.engine, Registry.load()).do(outbox_id)


def asked(program: Program, organisation: object, **content: Any) -> dict[str, Any]:
    """What is answered to a program that asks for papers."""
    answer = program.post(f"/organisations/{organisation}/paper-batches", content)
    found: dict[str, Any] = answer.json or {}
    assert answer.status_code == 202, found
    assert answer.headers["Location"] == f"/api/v1/paper-batches/{found['id']}"
    return found


def test_the_reports_of_a_wards_cells_are_asked_for_followed_and_taken(
    give: Give, committee: Committee
) -> None:
    program = give(Role.COMMITTEE, committee.ward.id)
    batch = asked(program, committee.ward.public_id, kind="report", of="2023-Q1", form="docx")
    path = f"/paper-batches/{batch['id']}"
    assert batch == {
        "id": batch["id"],
        "organisation": str(committee.ward.public_id),
        "kind": "report",
        "of": "2023-Q1",
        "form": "docx",
        "both_sides": False,
        "state": "waiting",
        "progress": 0,
        "total": 0,
        "message": None,
        "papers": None,
        "without": [],
        "nothing": None,
        "file": None,
    }
    assert program.get(f"{path}/file").status_code == 404
    work_off(committee)
    done = program.get(path).json or {}
    file = done.pop("file")
    over = {"state": "done", "progress": 2, "total": 2, "papers": 2}
    assert done == {name: value for name, value in (batch | over).items() if name != "file"}
    taken = program.get(f"{path}/file")
    assert (file["name"], file["size"], f'"{file["sha256"]}"') == (
        "bao-cao-2023-Q1.zip",
        len(taken.data),
        taken.headers["ETag"],
    )
    with zipfile.ZipFile(io.BytesIO(taken.data)) as archive:
        assert len(archive.namelist()) == 2


def test_papers_another_program_or_a_person_asked_for_are_not_found(
    app: Flask, give: Give, committee: Committee
) -> None:
    ward, other = (give(Role.COMMITTEE, committee.ward.id) for _ in range(2))
    batch = asked(ward, committee.ward.public_id, kind="fee_report", of="2023-05")
    by_hand = committee.client(app, Role.TENANT_ADMIN)
    assert by_hand.get(f"/viec/{batch['id']}").status_code == 200
    work_off(committee)
    for path in (f"/paper-batches/{batch['id']}", f"/paper-batches/{batch['id']}/file"):
        assert [one.get(path).status_code for one in (ward, other)] == [200, 404]
        assert ward.get(path.replace(batch["id"], str(uuid4()))).status_code == 404


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (
            {"kind": "report", "of": "2023-13"},
            (
                "of",
                "Báo cáo lập theo tháng, quý hoặc năm đã bắt đầu; xin ghi như 2026-03, 2026-Q1 hoặc 2026.",
            ),
        ),
        (
            {"kind": "meeting_minutes", "of": "2020-01"},
            ("", "Không có gì để in: {ward} không có biên bản sinh hoạt trong thời gian này."),
        ),
        ({"of": "2023"}, ("kind", "Thiếu trường này.")),
    ],
)
def test_what_cannot_be_made_is_refused_in_words(
    give: Give, committee: Committee, content: dict[str, str], said: tuple[str, str]
) -> None:
    program = give(Role.COMMITTEE, committee.ward.id)
    refused = program.post(f"/organisations/{committee.ward.public_id}/paper-batches", content)
    field, words = said
    assert refused.status_code == 422
    problem: dict[str, Any] = refused.json or {}
    words = words.format(ward=committee.ward.name)
    assert problem["errors"] == ([{"field": field, "detail": words}] if field else [])
    assert field or problem["detail"] == words


def test_papers_beyond_the_programs_reach_or_rights_are_not_made(give: Give, committee: Committee) -> None:
    secretary = give(Role.CELL_SECRETARY, committee.cells[0].id)
    content = {"kind": "report", "of": "2023-05"}
    beyond = secretary.post(f"/organisations/{committee.cells[1].public_id}/paper-batches", content)
    reader = give(Role.TENANT_ADMIN, None, ("papers:read",))
    forbidden = reader.post(f"/organisations/{committee.ward.public_id}/paper-batches", content)
    assert (beyond.status_code, forbidden.status_code) == (404, 403)
    asked(secretary, committee.cells[0].public_id, **content)


def test_papers_of_which_there_turned_out_to_be_none_are_done_and_say_so(
    client: Client, committee: Committee
) -> None:
    with scope(committee.engine, committee.tenant_id) as session:
        entry = MeetingEntry(kind="regular", held_on=date(2023, 3, 3), marks={})
        record_meeting(session, committee.actor(Role.TENANT_ADMIN), committee.cells[0].id, entry)
    asked = client.ask_papers(str(committee.ward.public_id), "meeting_self_score", "2023-03").content
    work_off(committee)
    done = client.paper_batch(asked["id"]).content
    label = "bảng tự chấm điểm buổi sinh hoạt"
    assert (done["state"], done["message"], done["papers"], done["file"]) == ("done", None, 0, None)
    assert (
        done["nothing"] == f"Không có gì để in: {committee.ward.name} không có {label} trong thời gian này."
    )
    assert done["without"] == [f"{committee.cells[0].name}, ngày 03/03/2023"]
    made = client.ask_papers(str(committee.ward.public_id), "meeting_minutes", "2023-03").content
    work_off(committee)
    assert client.paper_batch_file(made["id"]).startswith(b"%PDF")
