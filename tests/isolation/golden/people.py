"""Members."""

from __future__ import annotations

from datetime import date
from typing import Any

from bontot.access import Role
from tests.isolation.golden.asking import (
    YEARS,
    Golden,
    Requests,
    World,
    form_key,
)


def an_event(world: World, **more: str) -> dict[str, Any]:
    """The form of an official transfer to the second cell, seen and agreed."""
    day = {"day-day": "1", "day-month": "4", "day-year": "2026"}
    paper = {"document_day-day": "20", "document_day-month": "3", "document_day-year": "2026"}
    return {
        "form_key": form_key(),
        "version": "0",
        "action": "record",
        "organisation": world["other cell"],
        "document": world.committee.root.name,
        **day,
        **paper,
        **more,
    }


def an_admission() -> dict[str, Any]:
    """The form of somebody newly admitted, seen and agreed; another each time."""
    days = {"birth": date(1990, 1, 1), "day": date(2025, 6, 2), "document_day": date(2025, 5, 26)}
    boxes = {
        f"{name}-{part}": str(getattr(day, part))
        for name, day in days.items()
        for part in ("day", "month", "year")
    }
    return {
        "form_key": form_key(),
        "action": "record",
        "full_name": f"Trần Mới {next(YEARS)}",
        "female": "nu",
        "employment": "working",
        "document": "07-QĐ/ĐU",
        **boxes,
    }


REQUESTS: Requests = {
    ("member.index", "GET"): lambda _: Golden(query={"tim": "nguyen"}),
    ("member.of_organisation", "GET"): lambda world: Golden(args={"organisation": world["organisation"]}),
    ("member.own", "GET"): lambda _: Golden(role=Role.MEMBER, status=302),
    ("member.show", "GET"): lambda world: Golden(args={"member": world["member"]}, query={"nam": "2023"}),
    ("member.task", "GET"): lambda world: Golden(args={"member": world["carrier"], "task": world["task"]}),
    ("people.due", "GET"): lambda _: Golden(role=Role.COMMITTEE),
    ("people.choose", "GET"): lambda world: Golden(args={"member": world["member"]}),
    ("people.record", "GET"): lambda world: Golden(
        args={"member": world["member"], "event": "chuyen-chinh-thuc"}
    ),
    ("people.record", "POST"): lambda world: Golden(
        role=Role.COMMITTEE,
        method="POST",
        args={"member": world["member to move"], "event": "chuyen-chinh-thuc"},
        form=an_event(world),
        status=302,
    ),
    ("people.correct", "GET"): lambda world: Golden(args={"member": world["member to correct"]}),
    ("people.correct", "POST"): lambda world: Golden(
        method="POST",
        args={"member": world["member to correct"]},
        form=an_event(world, version=world.versions["member to correct"], reason="ghi nhầm ngày"),
        status=302,
    ),
    ("people.take_back", "GET"): lambda world: Golden(args={"member": world["member to correct"]}),
    ("people.take_back", "POST"): lambda world: Golden(
        method="POST",
        args={"member": world["member to restore"]},
        form={"form_key": form_key(), "version": world.versions["member to restore"], "reason": "ghi nhầm"},
        status=302,
    ),
    ("people.admit", "GET"): lambda world: Golden(args={"organisation": world["cell"]}),
    ("people.admit", "POST"): lambda world: Golden(
        method="POST", args={"organisation": world["cell"]}, form=an_admission(), status=302
    ),
}
