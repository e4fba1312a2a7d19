"""One good request for every route: what a reader of the committee may rightly ask.

A route without an entry here fails the suite. Take identifiers from the world: each place where one stands (address,
query, form key or value) is tried again with the decoy's.
"""

from __future__ import annotations

import io
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import date, timedelta
from itertools import count
from typing import Any
from uuid import uuid4

from sqlalchemy import select

from bontot.access import Role
from bontot.db.models import Meeting
from bontot.db.tenancy import PLATFORM, scope
from bontot.policy.terms import Subject
from bontot.registry import Registry
from bontot.services import holidays
from bontot.services.fees.ledger import ledger
from bontot.services.pledges import asked_pledge
from bontot.services.proceedings.amending import version_of
from bontot.services.proceedings.items import earlier_items, review_version
from bontot.services.proceedings.reading import ITEMS
from bontot.services.reorganising.recording import version_of as last_event
from tests.factories import Committee
from tests.workbooks import workbook

(SHEET,) = Registry.load().policy("national_meetings_2025").sheets


@dataclass(frozen=True, kw_only=True)
class Golden:
    """A request that must succeed. `role` is who asks (None: nobody logged in); `status` what must come back."""

    role: Role | None = Role.TENANT_ADMIN
    method: str = "GET"
    args: dict[str, Any] = field(default_factory=dict)
    query: dict[str, str] = field(default_factory=dict)
    form: dict[str, Any] = field(default_factory=dict)
    status: int = 200


@dataclass(frozen=True)
class World:
    """A committee and the public names of one record of each kind, all of which the decoy has too."""

    committee: Committee
    identifiers: dict[str, str]
    versions: dict[str, str] = field(default_factory=dict)
    """The version of a record by its kind: figures that stand for nothing else."""
    secret: str = ""
    """Of a calendar given out of the first cell: its only key."""

    def __getitem__(self, kind: str) -> str:
        return self.identifiers[kind]


def form_key() -> str:
    """A key no form has used."""
    return str(uuid4())


def a_workbook(code: str) -> bytes:
    """One new cell of that code."""
    head = ("Mã", "Tên", "Loại hình", "Mã cấp trên", "Ngày thành lập")
    return workbook({"Tổ chức": [head, (code, f"Chi bộ {code}", "Chi bộ trực thuộc", "P", date(2020, 1, 1))]})


def roll_form(world: World, year: str, **more: str) -> dict[str, Any]:
    """The form of a meeting of the first cell on a day of March, another each time, everyone present but the first."""
    first, *others = [public_id for _, public_id in world.committee.cells[0].members]
    return {
        "form_key": form_key(),
        "kind": "regular",
        "held_on-day": str(next(_DAYS) % 28 + 1),
        "held_on-month": "3",
        "held_on-year": year,
        "row": [first, *others],
        f"mark-{first}": "absent",
        f"reason-{first}": "excused",
        **{f"mark-{other}": "present" for other in others},
        **more,
    }


_YEARS, _DAYS = count(2050), count()


def a_day_off(world: World) -> str:
    """The number of a day off in years to come, which belongs to no committee."""
    with scope(world.committee.engine, PLATFORM) as session:
        day = holidays.add_day(
            session,
            day=date(next(_YEARS), 5, 5),
            kind="statutory",
            name="Ngày nghỉ",
            source="Thông báo",
            by="thử",
        )
        return str(day.id)


def own_value(world: World) -> dict[str, Any]:
    """A value that every plan leaves to the committee."""
    return {"code": world["policy"], "key": "meeting.deadline"}


def decision(world: World, **more: str) -> dict[str, Any]:
    """The form of a decision, from 1 April 2024."""
    day = {"valid_from-day": "1", "valid_from-month": "4", "valid_from-year": "2024"}
    return {
        "form_key": form_key(),
        "document": f"Nghị quyết của {world.committee.root.name}",
        **day,
        **more,
    }


def first_day(world: World) -> dict[str, Any]:
    """The form of a decision on a frame, each time from a later day, so that one asked again finds the frame as it was."""
    return decision(world) | {"valid_from-year": str(next(_YEARS))}


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
        "full_name": f"Trần Mới {next(_YEARS)}",
        "female": "nu",
        "employment": "working",
        "document": "07-QĐ/ĐU",
        **boxes,
    }


AHEAD = date.today() + timedelta(days=40)  # noqa: DTZ011 - a day to come, whichever
_MONTHS = count()


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
    day = AHEAD + timedelta(days=next(_DAYS))
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


def a_judgment(criterion: str, **more: str) -> dict[str, Any]:
    """The form of a superior who concludes on one criterion that nobody of the stages before has judged."""
    parts = {"verdict": "met", "version": "0", **more}
    named = {f"{part}-{criterion}": value for part, value in parts.items()}
    return {"form_key": form_key(), "stage": "appraisal", **named}


def fees_of(world: World) -> dict[str, Any]:
    """The form of the first cell's fees of October 2026: the first member's due typed and paid, of the others nothing."""
    with scope(world.committee.engine, world.committee.tenant_id) as session:
        found = ledger(session, world.committee.cells[0].id, date(2026, 10, 1))
    first = world["member"]
    others = [line.public_id for line in found.lines if str(line.public_id) != first]
    return {
        "form_key": form_key(),
        "version": found.version,
        "row": [first, *others],
        f"fee-{first}": "month",
        f"due-{first}": "32.000",
        **{f"fee-{other}": "other" for other in others},
        **boxes("paid_on", date(2026, 10, 5)),
    }


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


def boxes(name: str, day: date) -> dict[str, str]:
    """The boxes of a day in a form."""
    return {f"{name}-{part}": str(getattr(day, part)) for part in ("day", "month", "year")}


def month_boxes(name: str, day: date) -> dict[str, str]:
    """The boxes of a month in a form."""
    return {f"{name}-{part}": str(getattr(day, part)) for part in ("month", "year")}


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


GOLDEN: dict[tuple[str, str], Callable[[World], Golden]] = {
    ("static", "GET"): lambda _: Golden(role=None, args={"filename": "bontot.css"}),
    ("assets.htmx", "GET"): lambda _: Golden(role=None),
    ("assets.font", "GET"): lambda _: Golden(role=None, args={"weight": "400"}),
    ("account.log_in", "GET"): lambda _: Golden(role=None),
    ("account.log_in", "POST"): lambda world: Golden(
        role=None,
        method="POST",
        form={"login": f"tenant_admin.{world.committee.code}", "password": "mật khẩu chỉ để kiểm thử"},
        status=302,
    ),
    ("account.log_out", "POST"): lambda _: Golden(method="POST", status=302),
    ("account.choose", "GET"): lambda _: Golden(),
    ("account.choose", "POST"): lambda world: Golden(
        method="POST", form={"tenant": world["tenant"], "grant": world["grant"]}, status=302
    ),
    ("home.show", "GET"): lambda _: Golden(),
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
    ("fee.month", "GET"): lambda world: Golden(
        role=Role.CELL_SECRETARY, args={"organisation": world["cell"]}, query={"thang": "2026-10"}
    ),
    ("fee.month", "POST"): lambda world: Golden(
        role=Role.CELL_SECRETARY,
        method="POST",
        args={"organisation": world["cell"]},
        query={"thang": "2026-10"},
        form=fees_of(world),
        status=302,
    ),
    ("fee.correct", "GET"): lambda world: Golden(args={"member": world["member"], "asked": "2026-09"}),
    ("fee.correct", "POST"): lambda world: Golden(
        method="POST",
        args={"member": world["member"], "asked": "2026-09"},
        form={
            "form_key": form_key(),
            "version": "1",
            "due": "20.000",
            "paid": "20.000",
            "reason": "ghi nhầm",
            **boxes("paid_on", date(2026, 10, 5)),
        },
        status=302,
    ),
    ("fee.report", "GET"): lambda world: Golden(
        args={"organisation": world["organisation"]}, query={"ky": "2026-Q3"}
    ),
    ("fee_board.year", "GET"): lambda world: Golden(args={"organisation": world["organisation"]}),
    ("fee_board.remit", "GET"): lambda world: Golden(args={"organisation": world["cell"]}),
    ("fee_board.remit", "POST"): lambda world: Golden(
        role=Role.COMMITTEE,
        method="POST",
        args={"organisation": world["cell"]},
        form={"form_key": form_key(), "amount": "50.000", **boxes("remitted_on", date(2026, 10, 5))},
        status=302,
    ),
    ("fee_basis.basis", "GET"): lambda world: Golden(args={"member": world["member"]}),
    ("fee_basis.basis", "POST"): lambda world: Golden(
        method="POST",
        args={"member": world["member"]},
        form={
            "form_key": form_key(),
            "group": "pension",
            "figure": "6.400.000",
            **month_boxes("since", date(2026, 11, 1)),
        },
        status=302,
    ),
    ("fee_basis.relief", "GET"): lambda world: Golden(args={"member": world["member"]}),
    ("fee_basis.relief", "POST"): lambda world: Golden(
        method="POST",
        args={"member": world["member"]},
        form={
            "form_key": form_key(),
            "kind": "poor",
            "document": world.committee.root.name,
            **month_boxes("since", date(2026, 11, 1)),
        },
        status=302,
    ),
    ("fee_basis.end", "GET"): lambda world: Golden(
        args={"member": world["member"], "relief": world["relief"]}
    ),
    ("fee_basis.end", "POST"): lambda world: Golden(
        method="POST",
        args={"member": world["member"], "relief": world["relief"]},
        form={"form_key": form_key(), "reason": "ghi nhầm", **month_boxes("since", date(2026, 8, 1))},
        status=302,
    ),
    ("fee_basis.rules", "GET"): lambda _: Golden(role=Role.CELL_SECRETARY),
    ("fee_basis.decide", "GET"): lambda _: Golden(args={"key": "minimum_wage"}),
    ("fee_basis.decide", "POST"): lambda world: Golden(
        method="POST",
        args={"key": "minimum_wage"},
        form={
            "form_key": form_key(),
            "value": "5.310.000",
            "document": world.committee.root.name,
            **boxes("valid_from", date(2026, 1, 1)),
        },
        status=302,
    ),
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
    ("review.show", "GET"): lambda world: Golden(
        role=Role.CELL_SECRETARY, args=of_meeting(world, "meeting after")
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
    ("member.index", "GET"): lambda _: Golden(query={"tim": "nguyen"}),
    ("member.of_organisation", "GET"): lambda world: Golden(args={"organisation": world["organisation"]}),
    ("member.own", "GET"): lambda _: Golden(role=Role.MEMBER, status=302),
    ("member.show", "GET"): lambda world: Golden(args={"member": world["member"]}, query={"nam": "2023"}),
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
    ("reform.record", "GET"): lambda _: Golden(),
    ("reform.record", "POST"): lambda world: Golden(
        method="POST",
        form=an_act(world, rows="1", type="grassroots_committee", parent="")
        | {"name-1": "Đảng bộ mới", "code-1": "M", "plan-1": "", f"to-{world['organisation']}": "1"},
    ),
    ("grant.index", "GET"): lambda _: Golden(),
    ("grant.index", "POST"): lambda world: Golden(
        method="POST",
        form={
            "form_key": form_key(),
            "name": "Bí thư mới",
            "login": f"moi-{form_key()}",
            "password": "mật khẩu chỉ để kiểm thử",
            "role": "cell_secretary",
            "card": "",
            "organisation": world["cell"],
        },
        status=302,
    ),
    ("grant.another", "GET"): lambda world: Golden(args={"number": world["grant"]}),
    ("grant.another", "POST"): lambda world: Golden(
        method="POST",
        args={"number": world["grant"]},
        form={
            "form_key": form_key(),
            "role": "committee",
            "card": "",
            "organisation": world["organisation"],
        },
        status=302,
    ),
    ("grant.end", "POST"): lambda world: Golden(
        method="POST", args={"number": world["spare_grant"]}, status=302
    ),
    ("operator.show", "GET"): lambda _: Golden(role=Role.OPERATOR),
    ("operator.add_day_off", "POST"): lambda _: Golden(
        role=Role.OPERATOR,
        method="POST",
        form={
            "day-day": "3",
            "day-month": "3",
            "day-year": str(next(_YEARS)),
            "kind": "statutory",
            "name": "Ngày nghỉ",
            "source": "Thông báo thử",
        },
        status=302,
    ),
    ("operator.retire_day_off", "POST"): lambda world: Golden(
        role=Role.OPERATOR, method="POST", args={"number": a_day_off(world)}, status=302
    ),
    ("plan.index", "GET"): lambda _: Golden(role=Role.MEMBER, query={"ngay": "2024-05-01"}),
    ("plan.show", "GET"): lambda world: Golden(role=Role.MEMBER, args={"code": world["policy"]}),
    ("plan.criteria", "GET"): lambda world: Golden(role=Role.MEMBER, args={"code": world["policy"]}),
    ("plan.compare", "GET"): lambda world: Golden(
        args={"code": world["policy"]}, query={"viec": world["comparison"]}
    ),
    ("plan.compare", "POST"): lambda world: Golden(
        method="POST", args={"code": world["policy"]}, form={"voi": "hanoi_longbien", "nam": "2024"}
    ),
    ("plan.value", "GET"): lambda world: Golden(args=own_value(world)),
    ("own_value.set_own", "GET"): lambda world: Golden(args=own_value(world), query={"viec": world["trial"]}),
    ("own_value.set_own", "POST"): lambda world: Golden(
        method="POST",
        args=own_value(world),
        form=decision(world, value="5", agreed="5|2024-04-01"),
        status=302,
    ),
    ("own_value.withdraw", "GET"): lambda world: Golden(
        args=own_value(world), query={"viec": world["trial of a return"]}
    ),
    ("own_value.withdraw", "POST"): lambda world: Golden(
        method="POST", args=own_value(world), form=decision(world, agreed="|2024-04-01"), status=302
    ),
    ("frame.index", "GET"): lambda _: Golden(role=Role.MEMBER),
    ("frame.adopt", "GET"): lambda _: Golden(args={"frame": "national_rating_2025"}),
    ("frame.adopt", "POST"): lambda world: Golden(
        method="POST", args={"frame": "national_rating_2025"}, form=first_day(world), status=302
    ),
    ("frame.end", "GET"): lambda _: Golden(args={"frame": "national_meetings_2025"}),
    ("frame.end", "POST"): lambda world: Golden(
        method="POST", args={"frame": "national_meetings_2025"}, form=first_day(world), status=302
    ),
    ("imports.index", "GET"): lambda _: Golden(),
    ("imports.index", "POST"): lambda _: Golden(
        method="POST",
        form={
            "form_key": form_key(),
            "no_secrets": "yes",
            "file": (io.BytesIO(a_workbook("C7")), "tệp.xlsx"),
        },
        status=302,
    ),
    ("imports.show", "GET"): lambda world: Golden(args={"batch": world["batch"]}),
    ("imports.apply", "POST"): lambda world: Golden(
        method="POST", args={"batch": world["batch"]}, form={"form_key": form_key()}, status=302
    ),
    ("imports.discard", "POST"): lambda world: Golden(
        method="POST", args={"batch": world["batch to discard"]}, form={"form_key": form_key()}, status=302
    ),
    ("imports.sample", "GET"): lambda _: Golden(args={"name": "to-chuc-dang-vien"}),
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
    ("evaluation.index", "GET"): lambda _: Golden(role=Role.MEMBER),
    ("evaluation.index", "POST"): lambda _: Golden(
        method="POST", form={"form_key": form_key(), "year": "2023"}, status=302
    ),
    ("evaluation.show", "GET"): lambda world: Golden(args={"run": world["run"]}, query={"bang": "1"}),
    ("evaluation.of_organisation", "GET"): lambda world: Golden(
        role=Role.CELL_SECRETARY, args={"run": world["run"], "organisation": world["cell"]}
    ),
    ("evaluation.of_member", "GET"): lambda world: Golden(
        args={"run": world["run"], "member": world["member"]}
    ),
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
    ("schedule.preferred", "GET"): lambda world: Golden(
        role=Role.CELL_SECRETARY, args={"organisation": world["cell"]}
    ),
    ("schedule.preferred", "POST"): lambda world: Golden(
        role=Role.CELL_SECRETARY,
        method="POST",
        args={"organisation": world["cell"]},
        form={
            "form_key": form_key(),
            "version": "0",
            "choice": "rieng",
            "day": "5",
            "month": f"{AHEAD:%m/%Y}",
            "action": "record",
        },
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
    ("feed.index", "GET"): lambda _: Golden(role=Role.MEMBER),
    ("feed.index", "POST"): lambda world: Golden(
        role=Role.COMMITTEE, method="POST", form={"form_key": form_key(), "what": world["cell"]}
    ),
    ("feed.read", "GET"): lambda world: Golden(role=None, args={"token": world.secret}),
    ("feed.end", "POST"): lambda world: Golden(method="POST", args={"feed": world["feed"]}, status=302),
    ("reminder.index", "GET"): lambda _: Golden(role=Role.MEMBER),
    ("reminder.index", "POST"): lambda _: Golden(
        role=Role.MEMBER, method="POST", form={"form_key": form_key(), "email": "toi@vi-du.vn"}, status=302
    ),
    ("reminder.change", "GET"): lambda _: Golden(),
    ("reminder.change", "POST"): lambda _: Golden(
        method="POST", form={"form_key": form_key(), "version": "0", "days_before": "2"}, status=302
    ),
    ("reminder.again", "POST"): lambda world: Golden(
        method="POST", args={"letter": world["letter"]}, status=302
    ),
    ("job.index", "GET"): lambda _: Golden(role=Role.COMMITTEE),
    ("job.show", "GET"): lambda world: Golden(args={"job": world["job"]}),
}
