"""One good request for every route: what a reader of the committee may rightly ask.

A route without an entry here fails the suite. Take identifiers from the world: each place where one stands (address,
query, form key or value) is tried again with the decoy's.
"""

from __future__ import annotations

import io
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import date
from itertools import count
from typing import Any
from uuid import uuid4

from bontot.access import Role
from bontot.db.tenancy import PLATFORM, scope
from bontot.registry import Registry
from bontot.services import holidays
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


def full_marks() -> dict[str, str]:
    """The sheet of a meeting without a thematic part, every item at its most, to be added up."""
    points = {f"points-{item.key}": str(item.maximum) for item in SHEET.items if not item.thematic_only}
    return {"form_key": form_key(), "version": "1", "stage": "confirmed", "action": "try", **points}


def a_judgment(criterion: str, **more: str) -> dict[str, Any]:
    """The form of a superior who concludes on one criterion that nobody of the stages before has judged."""
    parts = {"verdict": "met", "version": "0", **more}
    named = {f"{part}-{criterion}": value for part, value in parts.items()}
    return {"form_key": form_key(), "stage": "appraisal", **named}


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
        role=Role.CELL_SECRETARY, args={"organisation": world["cell"]}
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
    ("job.index", "GET"): lambda _: Golden(role=Role.COMMITTEE),
    ("job.show", "GET"): lambda world: Golden(args={"job": world["job"]}),
}
