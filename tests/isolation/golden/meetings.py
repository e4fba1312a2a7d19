"""Meetings before, while and after they are held."""

from __future__ import annotations

from datetime import date, timedelta
from itertools import count
from typing import Any
from uuid import UUID

from sqlalchemy import select

from bontot.access import Role
from bontot.db.models import Meeting
from bontot.db.tenancy import scope
from bontot.documents.issuing import issued_of
from bontot.registry import Registry
from bontot.services.proceedings.amending import version_of
from bontot.services.proceedings.items import earlier_items, review_version
from bontot.services.proceedings.reading import ITEMS
from bontot.services.task_changes import own_version
from bontot.services.tasks import task_of, task_of_member
from tests.isolation.golden.asking import (
    AHEAD,
    DAYS,
    Golden,
    Requests,
    World,
    boxes,
    form_key,
    month_boxes,
)

(SHEET,) = Registry.load().policy("national_meetings_2025").sheets
_MONTHS = count()


def roll_form(world: World, year: str, **more: str) -> dict[str, Any]:
    """The form of a meeting of the first cell on a day of March, another each time, everyone present but the first."""
    first, *others = [public_id for _, public_id in world.committee.cells[0].members]
    return {
        "form_key": form_key(),
        "kind": "regular",
        "held_on-day": str(next(DAYS) % 28 + 1),
        "held_on-month": "3",
        "held_on-year": year,
        "row": [first, *others],
        f"mark-{first}": "absent",
        f"reason-{first}": "excused",
        **{f"mark-{other}": "present" for other in others},
        **more,
    }


def a_month() -> str:
    """A month for which nothing was ordered, another each time."""
    years, place = divmod(next(_MONTHS), 12)
    return f"{2016 + years}-{place + 1:02}"


def an_order(world: World, month: str) -> dict[str, Any]:
    """The form of an order that moves a month, seen and agreed."""
    year, number = month.split("-")
    last = {"deadline-day": "20", "deadline-month": number, "deadline-year": year}
    return {
        "form_key": form_key(),
        "version": "0",
        "waived": "khong",
        "document": world.committee.root.name,
        "action": "record",
        **last,
    }


def an_invitation(world: World, **more: str) -> dict[str, Any]:
    """The form of a meeting to come, on another day each time."""
    day = AHEAD + timedelta(days=next(DAYS))
    parts = {f"held_on-{part}": str(getattr(day, part)) for part in ("day", "month", "year")}
    return {
        "form_key": form_key(),
        "kind": "extraordinary",
        "place": world.committee.root.name,
        **parts,
        **more,
    }


def full_marks() -> dict[str, str]:
    """The sheet of a meeting without a thematic part, every item at its most, to be added up."""
    points = {f"points-{item.key}": str(item.maximum) for item in SHEET.items if not item.thematic_only}
    return {"form_key": form_key(), "version": "1", "stage": "confirmed", "action": "try", **points}


def of_meeting(world: World, kind: str) -> dict[str, Any]:
    """The address of a meeting of the first cell."""
    return {"organisation": world["cell"], "meeting": world[kind]}


def item_version(world: World) -> str:
    """The version of the item as it is now."""
    with scope(world.committee.engine, world.committee.tenant_id) as session:
        meeting = session.scalars(select(Meeting).where(Meeting.public_id == world["meeting in parts"])).one()
        return version_of(ITEMS.read(session, meeting)[int(world["item"])])


def review_seen(world: World) -> str:
    """The version of the earlier items as they are now."""
    with scope(world.committee.engine, world.committee.tenant_id) as session:
        meeting = session.scalars(select(Meeting).where(Meeting.public_id == world["meeting after"])).one()
        return review_version(earlier_items(session, meeting))


def task_seen(world: World) -> str:
    """The version of the second member's task as it is now."""
    with scope(world.committee.engine, world.committee.tenant_id) as session:
        return task_of(session, world.committee.cells[0].id, UUID(world["own task"])).version


def own_task_seen(world: World) -> str:
    """The version of it as its carrier sees it."""
    member = world.committee.cells[0].members[1][0]
    with scope(world.committee.engine, world.committee.tenant_id) as session:
        return own_version(task_of_member(session, member, UUID(world["own task"])), member)


def of_own_task(world: World) -> dict[str, Any]:
    """The second member with the task carried."""
    return {"member": world["carrier"], "task": world["own task"]}


def issued_so_far(world: World) -> int:
    """How many papers were issued of the planned meeting."""
    with scope(world.committee.engine, world.committee.tenant_id) as session:
        cell = world.committee.cells[0].id
        return issued_of(session, cell, "meeting_invitation", world["planned"])


REQUESTS: Requests = {
    ("schedule.index", "GET"): lambda world: Golden(
        query={"noi": world["organisation"], "thang": "2023-03", "xem": "qua-han"}
    ),
    ("schedule.order", "GET"): lambda world: Golden(
        role=Role.COMMITTEE, args={"organisation": world["organisation"], "month": "2024-06"}
    ),
    ("schedule.order", "POST"): lambda world: Golden(
        role=Role.COMMITTEE,
        method="POST",
        args={"organisation": world["organisation"], "month": (month := a_month())},
        form=an_order(world, month),
        status=302,
    ),
    ("schedule.take_back", "GET"): lambda world: Golden(
        args={"organisation": world["organisation"], "month": "2024-06"}
    ),
    ("schedule.take_back", "POST"): lambda world: Golden(
        method="POST",
        args={"organisation": world["organisation"], "month": "2024-07"},
        form={"form_key": form_key(), "version": "1", "reason": "ghi nhầm"},
        status=302,
    ),
    ("preference.show", "GET"): lambda world: Golden(
        role=Role.CELL_SECRETARY, args={"organisation": world["cell"]}
    ),
    ("preference.show", "POST"): lambda world: Golden(
        role=Role.CELL_SECRETARY,
        method="POST",
        args={"organisation": world["cell"]},
        form={
            "form_key": form_key(),
            "version": "0",
            "choice": "rieng",
            "day": "5",
            **month_boxes("month", AHEAD),
            "action": "record",
        },
        status=302,
    ),
    ("day_off.index", "GET"): lambda _: Golden(query={"nam": str(AHEAD.year)}),
    ("day_off.add", "GET"): lambda _: Golden(),
    ("day_off.add", "POST"): lambda world: Golden(
        method="POST",
        form={
            "form_key": form_key(),
            "organisation": world["cell"],
            "kind": "compensatory",
            "name": world.committee.root.name,
            "source": world.committee.root.name,
            "action": "record",
            **boxes("day", AHEAD + timedelta(days=2 + next(DAYS))),
        },
        status=302,
    ),
    ("day_off.take_back", "GET"): lambda world: Golden(args={"own": world["own day"]}),
    ("day_off.take_back", "POST"): lambda world: Golden(
        method="POST",
        args={"own": world["own day to take back"]},
        form={"form_key": form_key(), "reason": "ghi nhầm"},
        status=302,
    ),
    ("planning.prepare", "GET"): lambda world: Golden(
        role=Role.CELL_SECRETARY, args={"organisation": world["cell"]}
    ),
    ("planning.prepare", "POST"): lambda world: Golden(
        role=Role.CELL_SECRETARY,
        method="POST",
        args={"organisation": world["cell"]},
        form=an_invitation(world),
        status=302,
    ),
    ("planning.show", "GET"): lambda world: Golden(
        args={"organisation": world["cell"], "planned": world["planned"]}
    ),
    ("planning.change", "GET"): lambda world: Golden(
        args={"organisation": world["cell"], "planned": world["planned"]}
    ),
    ("planning.change", "POST"): lambda world: Golden(
        method="POST",
        args={"organisation": world["cell"], "planned": world["planned"]},
        form=an_invitation(world, version="1"),
        status=302,
    ),
    ("planning.withdraw", "GET"): lambda world: Golden(
        args={"organisation": world["cell"], "planned": world["planned to withdraw"]}
    ),
    ("planning.withdraw", "POST"): lambda world: Golden(
        method="POST",
        args={"organisation": world["cell"], "planned": world["planned to withdraw"]},
        form={"form_key": form_key(), "version": "1"},
        status=302,
    ),
    ("meeting.record", "GET"): lambda world: Golden(
        role=Role.CELL_SECRETARY, args={"organisation": world["cell"]}, query={"moi": world["planned"]}
    ),
    ("meeting.record", "POST"): lambda world: Golden(
        role=Role.CELL_SECRETARY,
        method="POST",
        args={"organisation": world["cell"]},
        form=roll_form(world, "2023", action="save"),
        status=302,
    ),
    ("meeting.show", "GET"): lambda world: Golden(
        args={"organisation": world["cell"], "meeting": world["meeting"]}
    ),
    ("meeting.find", "GET"): lambda world: Golden(args={"meeting": world["meeting"]}, status=302),
    ("meeting.correct", "GET"): lambda world: Golden(
        args={"organisation": world["cell"], "meeting": world["meeting"]}
    ),
    ("meeting.correct", "POST"): lambda world: Golden(
        method="POST",
        args={"organisation": world["cell"], "meeting": world["meeting"]},
        form=roll_form(world, "2024", action="save", version="1", reason="ghi nhầm địa điểm"),
        status=302,
    ),
    ("meeting.withdraw", "GET"): lambda world: Golden(
        args={"organisation": world["cell"], "meeting": world["meeting"]}
    ),
    ("meeting.withdraw", "POST"): lambda world: Golden(
        method="POST",
        args={"organisation": world["cell"], "meeting": world["meeting to withdraw"]},
        form={"form_key": form_key(), "version": "1", "reason": "ghi trùng"},
        status=302,
    ),
    ("score.show", "GET"): lambda world: Golden(
        role=Role.CELL_SECRETARY, args={"organisation": world["cell"], "meeting": world["scored meeting"]}
    ),
    ("score.show", "POST"): lambda world: Golden(
        role=Role.COMMITTEE,
        method="POST",
        args={"organisation": world["cell"], "meeting": world["scored meeting"]},
        form=full_marks(),
        status=200,
    ),
    ("part.show", "GET"): lambda world: Golden(
        role=Role.CELL_SECRETARY, args=of_meeting(world, "meeting in parts") | {"name": "hop-them"}
    ),
    ("part.change", "GET"): lambda world: Golden(
        role=Role.CELL_SECRETARY,
        args=of_meeting(world, "meeting in parts") | {"name": "nhiem-vu", "row": world["item"]},
    ),
    ("part.show", "POST"): lambda world: Golden(
        role=Role.CELL_SECRETARY,
        method="POST",
        args=of_meeting(world, "meeting in parts") | {"name": "y-kien"},
        form={"form_key": form_key(), "member_id": world["member"], "summary": "Nhất trí"},
        status=302,
    ),
    ("part.change", "POST"): lambda world: Golden(
        role=Role.CELL_SECRETARY,
        method="POST",
        args=of_meeting(world, "meeting in parts") | {"name": "nhiem-vu", "row": world["item"]},
        form={
            "form_key": form_key(),
            "version": item_version(world),
            "title": world.committee.root.name,
            "due_on-day": "28",
            "due_on-month": "2",
            "due_on-year": "2026",
            "carriers": [world["member"]],
        },
        status=302,
    ),
    ("review.show", "GET"): lambda world: Golden(
        role=Role.CELL_SECRETARY, args=of_meeting(world, "meeting after")
    ),
    ("review.show", "POST"): lambda world: Golden(
        role=Role.CELL_SECRETARY,
        method="POST",
        args=of_meeting(world, "meeting after"),
        form={
            "form_key": form_key(),
            "version": review_seen(world),
            f"state-{world['task']}": "open",
            f"result-{world['task']}": "còn một phần",
        },
        status=302,
    ),
    ("handover.index", "GET"): lambda _: Golden(role=Role.COMMITTEE),
    ("handover.close", "GET"): lambda world: Golden(args=of_meeting(world, "meeting in parts")),
    ("handover.close", "POST"): lambda world: Golden(
        method="POST",
        args=of_meeting(world, "meeting to close"),
        form={"form_key": form_key(), "version": "1"},
        status=302,
    ),
    ("handover.send", "GET"): lambda world: Golden(args=of_meeting(world, "meeting in parts")),
    ("handover.send", "POST"): lambda world: Golden(
        method="POST",
        args=of_meeting(world, "meeting to send"),
        form={"form_key": form_key(), "version": "2"},
        status=302,
    ),
    ("handover.answer", "GET"): lambda world: Golden(args=of_meeting(world, "meeting in parts")),
    ("handover.answer", "POST"): lambda world: Golden(
        role=Role.COMMITTEE,
        method="POST",
        args=of_meeting(world, "meeting to answer"),
        form={"form_key": form_key(), "version": "3", "act": "received"},
        status=302,
    ),
    ("paper.show", "GET"): lambda world: Golden(
        args={"organisation": world["cell"], "kind": "bien-ban", "of": world["meeting in parts"]}
    ),
    ("paper.download", "GET"): lambda world: Golden(
        args={
            "organisation": world["cell"],
            "kind": "nghi-quyet",
            "of": world["meeting in parts"],
            "form": "docx",
        }
    ),
    ("paper.of_member", "GET"): lambda world: Golden(
        args={"member": world["member"], "kind": "nhan-xet-noi-cu-tru", "asked": "2025"},
    ),
    ("paper.of_member_file", "GET"): lambda world: Golden(
        args={"member": world["member"], "kind": "dang-ky", "asked": "2025", "form": "pdf"}
    ),
    ("paper_text.write", "GET"): lambda world: Golden(
        role=Role.CELL_SECRETARY,
        args={"organisation": world["cell"], "kind": "bao-cao", "of": "2026-02"},
    ),
    ("paper_text.write", "POST"): lambda world: Golden(
        role=Role.CELL_SECRETARY,
        method="POST",
        args={"organisation": world["cell"], "kind": "bao-cao", "of": a_month()},
        form={
            "form_key": form_key(),
            "version": "0",
            "parts": "results shortcomings next requests",
            "part-1": f"Hạn chế của {world.committee.root.name}",
        },
        status=302,
    ),
    ("issued.index", "GET"): lambda world: Golden(
        args={"organisation": world["organisation"]}, query={"nam": "2026"}
    ),
    ("issued.issue", "GET"): lambda world: Golden(
        role=Role.CELL_SECRETARY,
        args={"organisation": world["cell"], "kind": "giay-moi", "of": world["planned"]},
    ),
    ("issued.issue", "POST"): lambda world: Golden(
        role=Role.CELL_SECRETARY,
        method="POST",
        args={"organisation": world["cell"], "kind": "giay-moi", "of": world["planned"]},
        form={
            "form_key": form_key(),
            "number": "",
            "version": str(issued_so_far(world)),
            **boxes("day", date(2026, 1, 5)),
        },
        status=302,
    ),
    ("issued.show", "GET"): lambda world: Golden(
        args={"organisation": world["cell"], "paper": world["issued paper"]}
    ),
    ("issued.show", "POST"): lambda world: Golden(
        role=Role.CELL_SECRETARY,
        method="POST",
        args={"organisation": world["cell"], "paper": world["issued paper to cancel"]},
        form={"form_key": form_key(), "reason": "ghi nhầm"},
        status=302,
    ),
    ("issued.download", "GET"): lambda world: Golden(
        args={"organisation": world["cell"], "paper": world["issued paper"], "form": "pdf"}
    ),
    ("task.of_cell", "GET"): lambda world: Golden(
        role=Role.CELL_SECRETARY, args={"organisation": world["cell"]}, query={"loai": "dang-lam"}
    ),
    ("task.show", "GET"): lambda world: Golden(
        role=Role.CELL_SECRETARY,
        args={"organisation": world["cell"], "task": world["task"]},
        query={"viec": "xong"},
    ),
    ("task.change", "GET"): lambda world: Golden(
        role=Role.CELL_SECRETARY, args={"organisation": world["cell"], "task": world["own task"]}
    ),
    ("task.change", "POST"): lambda world: Golden(
        role=Role.CELL_SECRETARY,
        method="POST",
        args={"organisation": world["cell"], "task": world["own task"]},
        form={
            "form_key": form_key(),
            "version": task_seen(world),
            "title": world.committee.root.name,
            "carriers": [world["carrier"]],
            "reason": "ghi nhầm",
            **boxes("due_on", date(2026, 2, 27)),
        },
        status=302,
    ),
    ("task.of_member", "GET"): lambda world: Golden(role=Role.MEMBER, args=of_own_task(world)),
    ("task.report", "POST"): lambda world: Golden(
        role=Role.MEMBER,
        method="POST",
        args=of_own_task(world),
        form={
            "form_key": form_key(),
            "version": own_task_seen(world),
            "words": "xong cả",
            **boxes("day", date(2026, 2, 2)),
        },
        status=302,
    ),
    ("directive.index", "GET"): lambda _: Golden(role=Role.CELL_SECRETARY, query={"loai": "chua-tra-loi"}),
    ("directive.show", "GET"): lambda world: Golden(
        role=Role.CELL_SECRETARY,
        args={"organisation": world["cell"], "directive": world["directive"]},
        query={"viec": "tra-loi"},
    ),
    ("directive.answer", "POST"): lambda world: Golden(
        role=Role.CELL_SECRETARY,
        method="POST",
        args={"organisation": world["cell"], "directive": world["directive"]},
        form={
            "form_key": form_key(),
            "version": "1",
            "result": world.committee.root.name,
            **boxes("answered_on", date(2026, 2, 19)),
        },
        status=302,
    ),
    ("directive.judge", "POST"): lambda world: Golden(
        role=Role.COMMITTEE,
        method="POST",
        args={"organisation": world["cell"], "directive": world["directive answered"]},
        form={"form_key": form_key(), "version": "2", "act": "received"},
        status=302,
    ),
    ("task.record", "POST"): lambda world: Golden(
        role=Role.CELL_SECRETARY,
        method="POST",
        args={"organisation": world["cell"], "task": world["task"]},
        form={
            "form_key": form_key(),
            "version": "0",
            "action": "check",
            "day-day": "2",
            "day-month": "2",
            "day-year": "2026",
        },
        status=302,
    ),
}
