"""Meetings before, while and after they are held."""

from __future__ import annotations

from datetime import timedelta
from itertools import count
from typing import Any

from sqlalchemy import select

from bontot.access import Role
from bontot.db.models import Meeting
from bontot.db.tenancy import scope
from bontot.registry import Registry
from bontot.services.proceedings.amending import version_of
from bontot.services.proceedings.items import earlier_items, review_version
from bontot.services.proceedings.reading import ITEMS
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
    ("paper.of_minutes", "GET"): lambda world: Golden(args=of_meeting(world, "meeting in parts")),
    ("paper.of_resolution", "GET"): lambda world: Golden(args=of_meeting(world, "meeting in parts")),
    ("task.of_cell", "GET"): lambda world: Golden(
        role=Role.CELL_SECRETARY, args={"organisation": world["cell"]}, query={"loai": "dang-lam"}
    ),
    ("task.show", "GET"): lambda world: Golden(
        role=Role.CELL_SECRETARY,
        args={"organisation": world["cell"], "task": world["task"]},
        query={"viec": "xong"},
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
