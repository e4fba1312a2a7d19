"""What programs ask, and the pages that give them tokens."""

from __future__ import annotations

from datetime import date
from typing import Any
from uuid import UUID, uuid4

from sqlalchemy import select

from bontot.db.models import Meeting, Task
from bontot.db.tenancy import scope
from bontot.services.fees.ledger import ledger
from bontot.services.tasks import task_of
from tests.isolation.golden.asking import Golden, Requests, World, form_key


def keyed(**more: str) -> dict[str, str]:
    """The headers of a request that makes something."""
    return {"Idempotency-Key": str(uuid4()), **more}


def a_meeting(world: World, day: str) -> dict[str, Any]:
    """A meeting of the second cell, at which its last member was."""
    who = world["member of a program"]
    return {"kind": "regular", "held_on": day, "marks": [{"member": who, "mark": "present"}]}


def tag_of_meeting(world: World) -> str:
    """The entity tag of the meeting as it stands."""
    with scope(world.committee.engine, world.committee.tenant_id) as session:
        asked = select(Meeting.version).where(Meeting.public_id == UUID(world["meeting of a program"]))
        return f'"{session.scalar(asked)}"'


def tag_of_month(world: World) -> str:
    """The entity tag of the second cell's month as it stands."""
    with scope(world.committee.engine, world.committee.tenant_id) as session:
        return f'"{ledger(session, world.committee.cells[1].id, date(2025, 3, 1)).version}"'


def tag_of_task(world: World) -> str:
    """The entity tag of the task as it stands."""
    with scope(world.committee.engine, world.committee.tenant_id) as session:
        place = select(Task.organisation_id).where(Task.public_id == UUID(world["task of a program"]))
        return f'"{task_of(session, session.scalars(place).one(), UUID(world["task of a program"])).version}"'


def pressed(webhook: str, status: int) -> Golden:
    """A button of an address."""
    return Golden(method="POST", args={"webhook": webhook}, form={"form_key": form_key()}, status=status)


REQUESTS: Requests = {
    ("token.index", "GET"): lambda _: Golden(),
    ("token.index", "POST"): lambda world: Golden(
        method="POST",
        form={
            "form_key": form_key(),
            "name": "Phần mềm kế toán",
            "role": "cell_secretary",
            "organisation": world["cell"],
            "scopes": ["fees:read", "fees:write"],
            "days": "30",
        },
    ),
    ("token.revoke", "POST"): lambda world: Golden(
        method="POST", args={"issued": world["token"]}, status=302
    ),
    ("token.guide", "GET"): lambda _: Golden(),
    ("webhook.index", "GET"): lambda _: Golden(),
    ("webhook.index", "POST"): lambda world: Golden(
        method="POST",
        form={
            "form_key": form_key(),
            "name": "Kho dữ liệu",
            "url": "https://nhan.vi-du.vn/tin",
            "kinds": ["meeting.recorded", "task.overdue"],
            "role": "cell_secretary",
            "organisation": world["cell"],
        },
    ),
    ("webhook.show", "GET"): lambda world: Golden(args={"webhook": world["webhook"]}),
    ("webhook.send_test", "POST"): lambda world: pressed(world["webhook"], 302),
    ("webhook.resume", "POST"): lambda world: pressed(world["paused webhook"], 302),
    ("webhook.change_key", "POST"): lambda world: pressed(world["webhook"], 200),
    ("webhook.end", "POST"): lambda world: Golden(
        method="POST", args={"webhook": world["webhook to end"]}, status=302
    ),
    ("webhook.send_again", "POST"): lambda world: Golden(
        method="POST", args={"delivery": world["delivery"]}, status=302
    ),
    ("api.openapi", "GET"): lambda _: Golden(role=None),
    ("api.token", "GET"): lambda _: Golden(),
    ("api.organisations", "GET"): lambda world: Golden(query={"parent": world["organisation"]}),
    ("api.organisation", "GET"): lambda world: Golden(args={"organisation": world["organisation"]}),
    ("api.members", "GET"): lambda world: Golden(query={"organisation": world["organisation"], "limit": "3"}),
    ("api.member", "GET"): lambda world: Golden(args={"member": world["member"]}),
    ("api.record_event", "POST"): lambda world: Golden(
        method="POST",
        args={"member": world["member of a program"]},
        headers=keyed(**{"If-Match": '"0"'}),
        json={
            "kind": "official_transfer",
            "day": "2026-03-05",
            "organisation": world["cell"],
            "document": world.committee.root.name,
            "document_day": "2026-03-01",
        },
        status=201,
    ),
    ("api.memberships", "GET"): lambda world: Golden(
        query={"organisation": world["organisation"], "member": world["member"]}
    ),
    ("api.meetings", "GET"): lambda world: Golden(query={"organisation": world["cell"]}),
    ("api.meeting", "GET"): lambda world: Golden(args={"meeting": world["meeting in parts"]}),
    ("api.record_meeting", "POST"): lambda world: Golden(
        method="POST",
        args={"organisation": world["other cell"]},
        headers=keyed(),
        json=a_meeting(world, "2024-07-03"),
        status=201,
    ),
    ("api.correct_meeting", "PUT"): lambda world: Golden(
        method="PUT",
        args={"meeting": world["meeting of a program"]},
        headers={"If-Match": tag_of_meeting(world)},
        json={**a_meeting(world, "2024-05-04"), "reason": world.committee.root.name},
    ),
    ("api.tasks", "GET"): lambda world: Golden(query={"organisation": world["cell"], "done": "false"}),
    ("api.task", "GET"): lambda world: Golden(args={"task": world["task"]}),
    ("api.put_result", "PUT"): lambda world: Golden(
        method="PUT",
        args={"task": world["task of a program"]},
        headers={"If-Match": tag_of_task(world)},
        json={"done_on": "2024-06-01", "result": world.committee.root.name},
    ),
    ("api.fees", "GET"): lambda world: Golden(
        query={"organisation": world["organisation"], "member": world["member"]}
    ),
    ("api.month", "GET"): lambda world: Golden(args={"organisation": world["cell"], "month": "2026-10"}),
    ("api.take", "POST"): lambda world: Golden(
        method="POST",
        args={"organisation": world["other cell"], "month": "2025-03"},
        headers=keyed(**{"If-Match": tag_of_month(world)}),
        json={
            "paid_on": "2025-03-05",
            "taken": [{"member": world["member of a program"], "how": "month", "due": 20_000}],
        },
        status=201,
    ),
    ("api.evaluations", "GET"): lambda _: Golden(query={"year": "2023"}),
    ("api.evaluate", "POST"): lambda _: Golden(
        method="POST", headers=keyed(), json={"year": 2024}, status=202
    ),
    ("api.evaluation", "GET"): lambda world: Golden(args={"run": world["run"]}),
    ("api.verdicts", "GET"): lambda world: Golden(args={"run": world["run"]}, query={"standing": "true"}),
    ("api.of_organisation", "GET"): lambda world: Golden(
        args={"run": world["run"], "organisation": world["cell"]}
    ),
    ("api.of_member", "GET"): lambda world: Golden(args={"run": world["run"], "member": world["member"]}),
    ("api.plans", "GET"): lambda _: Golden(query={"as_of": "2024-03-01"}),
    ("api.thresholds", "GET"): lambda world: Golden(args={"code": world["policy"]}),
    ("api.decide", "POST"): lambda world: Golden(
        method="POST",
        args={"code": world["policy"], "key": "meeting.deadline"},
        headers=keyed(),
        json={"value": "6", "valid_from": "2024-02-01", "document": world.committee.root.name},
        status=201,
    ),
    ("api.jobs", "GET"): lambda _: Golden(query={"kind": "evaluation"}),
    ("api.job", "GET"): lambda world: Golden(args={"job": world["job"]}),
}
