"""Organisations."""

from __future__ import annotations

from datetime import date
from typing import Any

from bontot.access import Role
from bontot.db.tenancy import scope
from bontot.services.reorganising.recording import version_of as last_event
from tests.isolation.golden.asking import (
    Golden,
    Requests,
    World,
    form_key,
)


def last_act(world: World) -> str:
    """The last act on the committee's organisations."""
    with scope(world.committee.engine, world.committee.tenant_id) as session:
        return str(last_event(session))


def an_act(world: World, **more: str) -> dict[str, Any]:
    """The form of an act on organisations, to see what it changes."""
    days = {"day": date(2026, 5, 1), "document_day": date(2026, 4, 20)}
    boxes = {
        f"{name}-{part}": str(getattr(day, part))
        for name, day in days.items()
        for part in ("day", "month", "year")
    }
    paper = {"document": "12-QĐ/QU", "issued_by": world.committee.root.name}
    return {"form_key": form_key(), "version": last_act(world), "action": "see", **boxes, **paper, **more}


REQUESTS: Requests = {
    ("organisation.tree", "GET"): lambda _: Golden(query={"ngay": "2023-03-03"}),
    ("organisation.show", "GET"): lambda world: Golden(args={"organisation": world["organisation"]}),
    ("board.months", "GET"): lambda world: Golden(
        args={"organisation": world["organisation"]}, query={"nam": "2023"}
    ),
    ("board.criteria", "GET"): lambda world: Golden(
        args={"organisation": world["organisation"]}, query={"nam": "2023"}
    ),
    ("cell.own", "GET"): lambda _: Golden(role=Role.CELL_SECRETARY, status=302),
    ("cell.show", "GET"): lambda world: Golden(args={"organisation": world["cell"]}, query={"nam": "2023"}),
    ("guide.show", "GET"): lambda world: Golden(
        role=Role.CELL_SECRETARY, args={"organisation": world["cell"]}
    ),
    ("reorganising.choose", "GET"): lambda world: Golden(args={"organisation": world["cell"]}),
    ("reorganising.record", "GET"): lambda world: Golden(
        args={"organisation": world["cell"], "event": "chia-tach"}
    ),
    ("reorganising.record", "POST"): lambda world: Golden(
        method="POST",
        args={"organisation": world["cell"], "event": "sap-nhap"},
        form=an_act(world, others=world["other cell"], way="here"),
    ),
    ("reorganising.correct", "GET"): lambda world: Golden(
        args={"organisation": world["other cell"], "act": world["act"]}
    ),
    ("reorganising.correct", "POST"): lambda world: Golden(
        method="POST",
        args={"organisation": world["other cell"], "act": world["act"]},
        form=an_act(world, reason="ghi nhầm ngày"),
    ),
    ("reorganising.take_back", "GET"): lambda world: Golden(
        args={"organisation": world["other cell"], "act": world["act"]}
    ),
    ("reorganising.take_back", "POST"): lambda world: Golden(
        method="POST",
        args={"organisation": world["organisation"], "act": world["act to undo"]},
        form={"form_key": form_key(), "version": last_act(world), "reason": "ghi nhầm"},
        status=302,
    ),
    ("paper_place.show", "GET"): lambda world: Golden(args={"organisation": world["cell"]}),
    ("paper_place.show", "POST"): lambda world: Golden(
        method="POST",
        args={"organisation": world["cell"]},
        form={"form_key": form_key(), "version": "0", "place": "An Bình"},
        status=302,
    ),
    ("reform.record", "GET"): lambda _: Golden(),
    ("reform.record", "POST"): lambda world: Golden(
        method="POST",
        form=an_act(world, rows="1", type="grassroots_committee", parent="")
        | {"name-1": "Đảng bộ mới", "code-1": "M", "plan-1": "", f"to-{world['organisation']}": "1"},
    ),
}
