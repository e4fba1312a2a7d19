"""What begins a year and what ends it."""

from __future__ import annotations

from datetime import date
from typing import Any

from bontot.access import Role
from bontot.db.tenancy import scope
from bontot.policy.terms import Subject
from bontot.registry import Registry
from bontot.services.pledges import asked_pledge
from tests.isolation.golden.asking import (
    Golden,
    Requests,
    World,
    boxes,
    form_key,
)


def a_judgment(criterion: str, **more: str) -> dict[str, Any]:
    """The form of a superior who concludes on one criterion that nobody of the stages before has judged."""
    parts = {"verdict": "met", "version": "0", **more}
    named = {f"{part}-{criterion}": value for part, value in parts.items()}
    return {"form_key": form_key(), "stage": "appraisal", **named}


def a_pledge(world: World, *, of_member: bool) -> dict[str, Any]:
    """The form of the pledge for 2026 of the first cell or its first member, as the plan offers it."""
    cell, subject = world.committee.cells[0].id, Subject.MEMBER if of_member else Subject.CELL
    with scope(world.committee.engine, world.committee.tenant_id) as session:
        asked = asked_pledge(session, Registry.load(), cell, 2026, subject)
    lines = asked.lines if asked else []
    return {
        "form_key": form_key(),
        "version": "0",
        **{f"content-{line.criterion}": line.label for line in lines},
        **boxes("signed_on", date(2026, 1, 5)),
    }


def a_vote(world: World) -> dict[str, Any]:
    """The form of a cell that votes on its first member: eight of ten."""
    public_id = world["member"]
    counts = {
        "entitled": "10",
        "present": "10",
        "issued": "10",
        "returned": "10",
        "valid": "9",
        "invalid": "1",
    }
    return {
        "form_key": form_key(),
        "action": "record",
        "subject": public_id,
        f"votes-{public_id}": "8",
        "done_on-day": "25",
        "done_on-month": "11",
        "done_on-year": "2023",
        "exception": "Mới chuyển đến",
        **counts,
    }


def a_revocation() -> dict[str, Any]:
    """The form of a title taken back, seen and agreed."""
    day = {"day-day": "5", "day-month": "5", "day-year": "2024"}
    paper = {"number": "15-QĐ/ĐU", "issuer": "Ban Thường vụ", "signer": "Người Ký", "reason": "không còn đạt"}
    return {"form_key": form_key(), "action": "record", **day, **paper}


def a_rating(world: World) -> dict[str, Any]:
    """The form of a cell that rates its first member."""
    public_id = world["member"]
    day = {"decided_on-day": "20", "decided_on-month": "12", "decided_on-year": "2023"}
    return {
        "form_key": form_key(),
        f"level-{public_id}": "good",
        f"votes-{public_id}": "9",
        f"version-{public_id}": "0",
        "entitled": "10",
        "document": "30-QĐ/ĐU",
        **day,
    }


REQUESTS: Requests = {
    ("first_days.index", "GET"): lambda _: Golden(role=Role.COMMITTEE, query={"nam": "2026"}),
    ("first_days.open_year", "GET"): lambda _: Golden(query={"nam": "2026"}),
    ("first_days.open_year", "POST"): lambda world: Golden(
        method="POST",
        form={
            "form_key": form_key(),
            "nam": "2026",
            "document": world.committee.root.name,
            **boxes("due_on", date(2026, 12, 31)),
        },
        status=302,
    ),
    ("pledge.of_cell", "GET"): lambda world: Golden(
        role=Role.CELL_SECRETARY, args={"organisation": world["cell"]}, query={"nam": "2026"}
    ),
    ("pledge.of_cell", "POST"): lambda world: Golden(
        role=Role.CELL_SECRETARY,
        method="POST",
        args={"organisation": world["cell"]},
        query={"nam": "2026"},
        form=a_pledge(world, of_member=False),
        status=302,
    ),
    ("pledge.of_member", "GET"): lambda world: Golden(
        args={"member": world["member"]}, query={"nam": "2026"}
    ),
    ("pledge.of_member", "POST"): lambda world: Golden(
        method="POST",
        args={"member": world["member"]},
        query={"nam": "2026"},
        form=a_pledge(world, of_member=True),
        status=302,
    ),
    ("pledge.confirm_cell", "POST"): lambda world: Golden(
        method="POST",
        args={"organisation": world["cell"]},
        query={"nam": "2025"},
        form={"form_key": form_key(), "version": "1"},
        status=302,
    ),
    ("pledge.confirm_member", "POST"): lambda world: Golden(
        method="POST",
        args={"member": world["member"]},
        query={"nam": "2025"},
        form={"form_key": form_key(), "version": "1"},
        status=302,
    ),
    ("pledge.confirm_members", "POST"): lambda world: Golden(
        method="POST",
        args={"organisation": world["cell"]},
        query={"nam": "2026"},
        form={"form_key": form_key()},
        status=302,
    ),
    ("pilot.index", "GET"): lambda _: Golden(args={"code": "provincial_pilot"}),
    ("pilot.choose", "GET"): lambda _: Golden(args={"code": "provincial_pilot"}),
    ("pilot.choose", "POST"): lambda world: Golden(
        method="POST",
        args={"code": "provincial_pilot"},
        form={
            "form_key": form_key(),
            "organisation": world["other cell"],
            "selected_by": world.committee.root.name,
            "document": world.committee.root.name,
            **boxes("selected_on", date(2024, 4, 20)),
        },
        status=302,
    ),
    ("pilot.end", "GET"): lambda world: Golden(
        args={"code": "provincial_pilot", "organisation": world["cell"]}
    ),
    ("pilot.end", "POST"): lambda world: Golden(
        method="POST",
        args={"code": "provincial_pilot", "organisation": world["cell"]},
        form={
            "form_key": form_key(),
            "document": world.committee.root.name,
            **boxes("ended_on", date(2024, 4, 20)),
        },
        status=302,
    ),
    ("target.of_organisation", "GET"): lambda world: Golden(args={"organisation": world["organisation"]}),
    ("target.of_organisation", "POST"): lambda world: Golden(
        method="POST",
        args={"organisation": world["organisation"]},
        form={
            "form_key": form_key(),
            "kind": "target",
            "title": world.committee.root.name,
            "cells": world["cell"],
            **boxes("due_on", date(2099, 11, 30)),
        },
        status=302,
    ),
    ("judgment.index", "GET"): lambda _: Golden(query={"nam": "2023", "doi-tuong": "dang-vien"}),
    ("judgment.below", "GET"): lambda world: Golden(
        args={"organisation": world["organisation"]}, query={"nam": "2023"}
    ),
    ("judgment.own", "GET"): lambda _: Golden(role=Role.MEMBER, query={"nam": "2023"}, status=302),
    ("judgment.of_organisation", "GET"): lambda world: Golden(
        args={"organisation": world["cell"]}, query={"nam": "2023"}
    ),
    ("judgment.of_organisation", "POST"): lambda world: Golden(
        method="POST",
        args={"organisation": world["cell"]},
        query={"nam": "2024"},
        form=a_judgment("tayho.cell.3.solidarity"),
        status=302,
    ),
    ("judgment.criterion_of_organisation", "GET"): lambda world: Golden(
        args={"organisation": world["cell"], "key": "tayho.cell.3.solidarity"}, query={"nam": "2023"}
    ),
    ("judgment.criterion_of_organisation", "POST"): lambda world: Golden(
        method="POST",
        args={"organisation": world["cell"], "key": "tayho.cell.3.cooperation"},
        query={"nam": "2024"},
        form=a_judgment("tayho.cell.3.cooperation", record=world["meeting"]),
        status=302,
    ),
    ("judgment.criterion_of_member", "GET"): lambda world: Golden(
        role=Role.CELL_SECRETARY,
        args={"member": world["member"], "key": "tayho.member.1.line"},
        query={"nam": "2023"},
    ),
    ("judgment.criterion_of_member", "POST"): lambda world: Golden(
        method="POST",
        args={"member": world["member"], "key": "tayho.member.4.people"},
        query={"nam": "2024"},
        form=a_judgment("tayho.member.4.people"),
        status=302,
    ),
    ("judgment.of_member", "GET"): lambda world: Golden(
        role=Role.CELL_SECRETARY, args={"member": world["member"]}, query={"nam": "2023"}
    ),
    ("judgment.of_member", "POST"): lambda world: Golden(
        method="POST",
        args={"member": world["member"]},
        query={"nam": "2024"},
        form=a_judgment("tayho.member.1.line"),
        status=302,
    ),
    ("recognition.index", "GET"): lambda _: Golden(role=Role.COMMITTEE, query={"nam": "2023"}),
    ("recognition.step", "GET"): lambda world: Golden(
        args={"title": "hanoi_tayho:tayho.member", "step": "vote"},
        query={"nam": "2023", "noi": world["cell"]},
    ),
    ("recognition.step", "POST"): lambda world: Golden(
        role=Role.CELL_SECRETARY,
        method="POST",
        args={"title": "hanoi_tayho:tayho.member", "step": "vote"},
        query={"nam": "2023", "noi": world["cell"]},
        form=a_vote(world),
        status=302,
    ),
    ("dossier.of_organisation", "GET"): lambda world: Golden(
        role=Role.CELL_SECRETARY, args={"organisation": world["cell"]}, query={"nam": "2023"}
    ),
    ("dossier.of_member", "GET"): lambda world: Golden(
        args={"member": world["member"]}, query={"nam": "2023"}
    ),
    ("dossier.undo", "GET"): lambda world: Golden(
        args={"title": "hanoi_tayho:tayho.cell", "case": world["dossier"]}, query={"nam": "2023"}
    ),
    ("dossier.undo", "POST"): lambda world: Golden(
        role=Role.COMMITTEE,
        method="POST",
        args={"title": "hanoi_tayho:tayho.cell", "case": world["dossier"]},
        query={"nam": "2023"},
        form={"form_key": form_key(), "version": world.versions["dossier"], "reason": "ghi nhầm"},
        status=302,
    ),
    ("dossier.withdraw", "GET"): lambda world: Golden(
        args={"title": "hanoi_tayho:tayho.cell", "case": world["dossier to revoke"]}, query={"nam": "2023"}
    ),
    ("dossier.withdraw", "POST"): lambda world: Golden(
        method="POST",
        args={"title": "hanoi_tayho:tayho.cell", "case": world["dossier to revoke"]},
        query={"nam": "2023"},
        form={**a_revocation(), "version": world.versions["dossier to revoke"]},
        status=302,
    ),
    ("recognised.listed", "GET"): lambda _: Golden(query={"nam": "2023"}),
    ("recognised.comparison", "GET"): lambda _: Golden(query={"nam": "2024"}),
    ("rating.index", "GET"): lambda _: Golden(query={"nam": "2023"}),
    ("rating.of_place", "GET"): lambda world: Golden(
        args={"organisation": world["organisation"]}, query={"nam": "2023"}
    ),
    ("rating.of_place", "POST"): lambda world: Golden(
        role=Role.CELL_SECRETARY,
        method="POST",
        args={"organisation": world["cell"]},
        query={"nam": "2023"},
        form=a_rating(world),
        status=302,
    ),
}
