"""What programs ask of every noun: lists, one record, and what they change, each upon the tag of what they read."""

from __future__ import annotations

from datetime import date
from functools import partial
from typing import Any
from uuid import uuid4

from bontot.db.tenancy import scope
from bontot.policy.terms import Subject
from bontot.registry import Registry
from bontot.services.judgment_rules import JudgedSubject
from bontot.services.judgments import sheet_of
from bontot.services.pledges import asked_pledge
from tests.isolation.golden.asking import AHEAD, Golden, Requests, World
from tests.isolation.golden.organisations import last_act

OF_PEOPLE = (
    "attendances",
    "bases",
    "commendations",
    "decisions",
    "disciplines",
    "judgments",
    "member_events",
    "member_states",
    "payments",
    "pledges",
    "posts",
    "ratings",
    "recognitions",
    "reliefs",
    "residence_remarks",
    "trainings",
)
"""Lists about members, and organisations."""
OF_PLACES = (
    "assignments",
    "complaints",
    "concerns",
    "days_off",
    "directives",
    "inspections",
    "orders",
    "organisation_acts",
    "papers",
    "pilots",
    "planned_meetings",
    "preferences",
    "regulations",
    "remittances",
    "resolutions",
)
"""Lists about organisations alone."""
OF_ALL = (
    "adoptions",
    "audit_events",
    "fee_settings",
    "grants",
    "holidays",
    "imports",
    "own_values",
    "year_openings",
)
"""Lists of the committee as a whole."""
ROWS: dict[str, dict[str, Any]] = {
    "guest": {"name": "Khách"},
    "sitting": {"held_on": "2026-01-22", "place": "Nhà văn hóa"},
    "opinion": {"member": "carrier", "summary": "Ý kiến"},
    "vote": {"about": "other", "subject": "Việc khác", "votes_for": 2},
    "resolution": {"subject": "Việc tháng này"},
    "item": {"title": "Việc", "due_on": "2026-03-20", "carriers": ["carrier"]},
}
"""What is written into each part of a meeting; "carrier" stands for the member who carries and speaks."""


def keyed(**more: str) -> dict[str, str]:
    """The headers of a request that makes something."""
    return {"Idempotency-Key": str(uuid4()), **more}


def a_row(world: World, part: str) -> dict[str, Any]:
    """A row of a part with the member it names."""
    who = world["carrier"]
    found: dict[str, Any] = {}
    for name, value in ROWS[part].items():
        found[name] = who if value == "carrier" else [who] if value == ["carrier"] else value
    return found


def add_row(part: str, world: World) -> Golden:
    """Another row; the one resolution a meeting has goes to a meeting without."""
    kind = "scored meeting" if part == "resolution" else "meeting in rows"
    return Golden(
        method="POST",
        args={"meeting": world[kind]},
        headers=keyed(),
        json=a_row(world, part),
        status=201,
    )


def of_row(part: str, world: World) -> dict[str, Any]:
    """The row's address."""
    kind = "item in rows" if part == "item" else part
    return {"meeting": world["meeting in rows"], part: world[kind]}


def rows(part: str) -> Requests:
    """Everything that is asked of a part."""
    read = f"api.meeting_{part}_row"
    return {
        (f"api.meeting_{part}s", "GET"): lambda world: Golden(args={"meeting": world["meeting in parts"]}),
        (read, "GET"): lambda world: Golden(args=of_row(part, world)),
        (f"api.add_meeting_{part}", "POST"): partial(add_row, part),
        (f"api.put_meeting_{part}", "PUT"): lambda world: Golden(
            method="PUT", args=of_row(part, world), seen=read, json=a_row(world, part)
        ),
        (f"api.remove_meeting_{part}", "POST"): lambda world: Golden(
            method="POST", args=of_row(part, world), seen=read, json={}
        ),
    }


def a_pledge(world: World, *, of_member: bool) -> dict[str, Any]:
    """The pledge of the second cell's plan for 2026, as it is offered; the first cell's of its first member."""
    place, subject = world.committee.cells[0].id, Subject.MEMBER if of_member else Subject.CELL
    with scope(world.committee.engine, world.committee.tenant_id) as session:
        asked = asked_pledge(session, Registry.load(), place, 2026, subject)
    lines = asked.lines if asked else []
    promises = [{"criterion": line.criterion, "content": line.label} for line in lines]
    return {"signed_on": "2026-01-05", "promises": promises, "reason": "ghi lại"}


def a_conclusion(world: World) -> dict[str, Any]:
    """A verdict on the first criterion a superior decides of the second cell in 2023."""
    place = world.committee.cells[0]
    with scope(world.committee.engine, world.committee.tenant_id) as session:
        subject = JudgedSubject(id=place.id, of_member=False, place_id=place.id, is_cell=True)
        asked = sheet_of(session, Registry.load(), subject, 2024, date(2024, 12, 31)).asked
    one = next(one for one in asked if "appraisal" in one.stages)
    said = {"points": "1"} if one.by_points else {"verdict": "met"}
    return {"conclusions": [{"criterion": one.criterion, **said}], "judged_on": "2024-12-20"}


def of_cell(world: World, **more: Any) -> dict[str, Any]:
    """The first cell, and what else an address names."""
    return {"organisation": world["cell"], **more}


REQUESTS: Requests = {
    **{
        (f"api.{noun}", "GET"): lambda world: Golden(
            query={"organisation": world["organisation"], "member": world["member"]}
        )
        for noun in OF_PEOPLE
    },
    **{
        (f"api.{noun}", "GET"): lambda world: Golden(query={"organisation": world["organisation"]})
        for noun in OF_PLACES
    },
    **{(f"api.{noun}", "GET"): lambda _: Golden(query={"limit": "5"}) for noun in OF_ALL},
    **{endpoint: request for part in ROWS for endpoint, request in rows(part).items()},
    ("api.meeting_head", "GET"): lambda world: Golden(args={"meeting": world["meeting in parts"]}),
    ("api.put_meeting_head", "PUT"): lambda world: Golden(
        method="PUT",
        args={"meeting": world["meeting in rows"]},
        seen="api.meeting_head",
        json={"chair": world["carrier"], "ends_at": "21:00"},
    ),
    ("api.meeting_course", "GET"): lambda world: Golden(args={"meeting": world["meeting in parts"]}),
    ("api.put_meeting_course", "PUT"): lambda world: Golden(
        method="PUT",
        args={"meeting": world["meeting in rows"]},
        seen="api.meeting_course",
        json={"news": "Một văn bản"},
    ),
    ("api.meeting_acts", "GET"): lambda world: Golden(args={"meeting": world["meeting to answer"]}),
    ("api.meeting_scores", "GET"): lambda world: Golden(args={"meeting": world["meeting in parts"]}),
    ("api.put_scores", "PUT"): lambda world: Golden(
        method="PUT",
        args={"meeting": world["meeting in rows"], "stage": "proposed"},
        headers={"If-Match": '"1"'},
        json={"points": []},
        status=404,
    ),
    ("api.hand_over", "POST"): lambda world: Golden(
        method="POST",
        args={"meeting": world["meeting in rows"]},
        seen="api.meeting",
        json={"act": "closed"},
        status=422,
    ),
    ("api.receive", "POST"): lambda world: Golden(
        method="POST",
        args={"meeting": world["meeting in rows"]},
        seen="api.meeting",
        json={"act": "remarked", "remark": "Tốt"},
    ),
    ("api.put_task", "PUT"): lambda world: Golden(
        method="PUT",
        args={"task": world["own task"]},
        seen="api.task",
        json={
            "title": world.committee.root.name,
            "due_on": "2026-02-28",
            "carriers": [world["carrier"]],
            "reason": "giao lại",
        },
    ),
    ("api.task_checks", "GET"): lambda world: Golden(args={"task": world["task"]}),
    ("api.check_task", "POST"): lambda world: Golden(
        method="POST",
        args={"task": world["own task"]},
        headers=keyed(),
        json={"checked_on": "2026-02-10", "remark": "được một nửa"},
        status=201,
    ),
    ("api.directive", "GET"): lambda world: Golden(args={"directive": world["directive"]}),
    ("api.put_answer", "PUT"): lambda world: Golden(
        method="PUT",
        args={"directive": world["directive of a program"]},
        seen="api.directive",
        json={"answered_on": "2026-02-20", "result": "đã làm"},
    ),
    ("api.receive_answer", "POST"): lambda world: Golden(
        method="POST",
        args={"directive": world["directive of a program"]},
        seen="api.directive",
        json={"act": "returned", "remark": "cần rõ hơn"},
        status=403,
    ),
    ("api.set_target", "POST"): lambda world: Golden(
        method="POST",
        args={"organisation": world["organisation"]},
        headers=keyed(),
        json={
            "kind": "target",
            "title": world.committee.root.name,
            "due_on": AHEAD.isoformat(),
            "cells": [world["other cell"]],
        },
        status=201,
    ),
    ("api.planned_meeting", "GET"): lambda world: Golden(args=of_cell(world, planned=world["planned"])),
    ("api.plan_meeting", "POST"): lambda world: Golden(
        method="POST",
        args={"organisation": world["other cell"]},
        headers=keyed(),
        json={"kind": "thematic", "held_on": AHEAD.isoformat(), "place": "Nhà văn hóa", "agenda": ["Một"]},
        status=201,
    ),
    ("api.put_planned_meeting", "PUT"): lambda world: Golden(
        method="PUT",
        args={"organisation": world["other cell"], "planned": world["planned of a program"]},
        seen="api.planned_meeting",
        json={"kind": "extraordinary", "held_on": AHEAD.isoformat(), "place": "Nhà văn hóa"},
    ),
    ("api.order", "GET"): lambda world: Golden(
        args={"organisation": world["organisation"], "month": "2024-06"}
    ),
    ("api.put_order", "PUT"): lambda world: Golden(
        method="PUT",
        args={"organisation": world["other cell"], "month": "2024-09"},
        seen="api.order",
        json={"deadline": "2024-09-20", "document": "12-CV/QU"},
    ),
    ("api.remove_order", "POST"): lambda world: Golden(
        method="POST",
        args={"organisation": world["other cell"], "month": "2024-09"},
        seen="api.order",
        json={"reason": "ghi nhầm"},
    ),
    ("api.add_day_off", "POST"): lambda world: Golden(
        method="POST",
        headers=keyed(),
        json={
            "organisation": world["other cell"],
            "day": AHEAD.isoformat(),
            "kind": "swapped_off",
            "name": "Nghỉ bù",
            "source": "TB 12",
        },
        status=201,
    ),
    ("api.remove_day_off", "POST"): lambda world: Golden(
        method="POST",
        args={"day_off": world["own day"]},
        json={"reason": " "},
        status=422,
    ),
    ("api.paper", "GET"): lambda world: Golden(args={"paper": world["issued paper"]}),
    ("api.paper_file", "GET"): lambda world: Golden(args={"paper": world["issued paper"], "form": "pdf"}),
    ("api.cancel_paper", "POST"): lambda world: Golden(
        method="POST",
        args={"paper": world["issued paper"]},
        headers=keyed(),
        json={"reason": " "},
        status=422,
    ),
    ("api.ask_paper_batch", "POST"): lambda world: Golden(
        method="POST",
        args={"organisation": world["organisation"]},
        headers=keyed(),
        json={"kind": "report", "of": "2026-03"},
        status=202,
    ),
    ("api.paper_batch", "GET"): lambda world: Golden(args={"job": world["job with a file"]}),
    ("api.paper_batch_file", "GET"): lambda world: Golden(args={"job": world["job with a file"]}),
    ("api.draft", "GET"): lambda world: Golden(args=of_cell(world, kind="agenda", of=world["planned"])),
    ("api.draft_file", "GET"): lambda world: Golden(
        args=of_cell(world, kind="agenda", of=world["planned"], form="docx")
    ),
    ("api.issue_paper", "POST"): lambda world: Golden(
        method="POST",
        args=of_cell(world, kind="meeting_invitation", of=world["planned"]),
        seen="api.draft",
        headers=keyed(),
        json={"day": "2026-03-01"},
        status=201,
    ),
    ("api.frames", "GET"): lambda _: Golden(),
    ("api.adopt_frame", "POST"): lambda _: Golden(
        method="POST",
        args={"frame": "national_meetings_2025"},
        headers=keyed(),
        json={"day": "2024-01-01", "document": "NQ 01"},
        status=422,
    ),
    ("api.end_frame", "POST"): lambda _: Golden(
        method="POST",
        args={"frame": "national_meetings_2025"},
        headers=keyed(),
        json={"day": "2020-01-01", "document": "NQ 02"},
        status=422,
    ),
    ("api.open_year", "POST"): lambda _: Golden(
        method="POST",
        headers=keyed(),
        json={"year": 2020, "due_on": "2020-03-01", "document": "KH 01"},
        status=422,
    ),
    ("api.cell_pledge", "GET"): lambda world: Golden(args=of_cell(world, year="2025")),
    ("api.member_pledge", "GET"): lambda world: Golden(args={"member": world["member"], "year": "2025"}),
    ("api.sign_cell_pledge", "PUT"): lambda world: Golden(
        method="PUT",
        args=of_cell(world, year="2020"),
        seen="api.cell_pledge",
        json=a_pledge(world, of_member=False),
        status=404,
    ),
    ("api.sign_member_pledge", "PUT"): lambda world: Golden(
        method="PUT",
        args={"member": world["carrier"], "year": "2026"},
        seen="api.member_pledge",
        json=a_pledge(world, of_member=True),
    ),
    ("api.confirm_cell_pledge", "POST"): lambda world: Golden(
        method="POST",
        args={"organisation": world["other cell"], "year": "2025"},
        headers={"If-Match": '"1"'},
        json={},
        status=404,
    ),
    ("api.confirm_member_pledge", "POST"): lambda world: Golden(
        method="POST",
        args={"member": world["carrier"], "year": "2024"},
        headers={"If-Match": '"1"'},
        json={},
        status=404,
    ),
    ("api.sheet_of_organisation", "GET"): lambda world: Golden(args=of_cell(world, year="2024")),
    ("api.sheet_of_member", "GET"): lambda world: Golden(args={"member": world["member"], "year": "2024"}),
    ("api.judge_organisation", "PUT"): lambda world: Golden(
        method="PUT",
        args=of_cell(world, year="2024", stage="appraisal"),
        seen="api.sheet_of_organisation",
        json=a_conclusion(world),
    ),
    ("api.judge_member", "PUT"): lambda world: Golden(
        method="PUT",
        args={"member": world["member"], "year": "2024", "stage": "appraisal"},
        seen="api.sheet_of_member",
        json={"conclusions": []},
    ),
    ("api.recognition", "GET"): lambda world: Golden(args={"dossier": world["dossier"]}),
    ("api.ratings_of_place", "GET"): lambda world: Golden(args=of_cell(world, year="2023")),
    ("api.put_ratings", "PUT"): lambda world: Golden(
        method="PUT",
        args=of_cell(world, year="2024"),
        seen="api.ratings_of_place",
        json={
            "decided_on": "2024-12-20",
            "document": "30-QĐ/ĐU",
            "levels": [{"subject": world["member"], "level": "good"}],
        },
    ),
    ("api.stop_job", "POST"): lambda world: Golden(
        method="POST", args={"job": world["job to repeat"]}, headers=keyed(), json={}, status=409
    ),
    ("api.repeat_job", "POST"): lambda world: Golden(
        method="POST", args={"job": world["job to stop"]}, headers=keyed(), json={}, status=409
    ),
    ("api.preview_act", "POST"): lambda world: Golden(method="POST", json=an_act(world)),
    ("api.record_organisation_act", "POST"): lambda world: Golden(
        method="POST",
        headers=keyed(**{"If-Match": f'"{last_act(world)}"'}),
        json=an_act(world) | {"document": " "},
        status=422,
    ),
}


def an_act(world: World) -> dict[str, Any]:
    """The second cell renamed."""
    return {
        "kind": "rename",
        "day": "2026-05-01",
        "document": "12-QĐ/QU",
        "document_day": "2026-04-20",
        "issued_by": world.committee.root.name,
        "changed": [{"organisation": world["other cell"], "name": "Chi bộ khác"}],
    }
