"""Large workbooks made as a piece of background work that leaves one file; small ones are made while one waits."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import asdict, dataclass
from datetime import date
from functools import partial
from typing import Any

from sqlalchemy import text

from bontot.access import Actor, Permission, organisations_below
from bontot.clock import today
from bontot.db.models import Job
from bontot.db.tenancy import TenantSession
from bontot.errors import NotFound
from bontot.evaluation.runs import Progress
from bontot.imports import outgoing
from bontot.imports.kinds.people import MEMBERS
from bontot.imports.lists import MEMBER_COLUMNS
from bontot.imports.template import BUNDLES
from bontot.jobs.outbox import Enqueued, enqueue
from bontot.registry import Registry
from bontot.services import job_files, members
from bontot.services.audit import note
from bontot.services.paging import WHOLE
from bontot.services.tenants import name_of
from bontot.workbook import MEDIA, listed, workbook

KIND = "sheet"
BOUND = 5_000
"""Rows up to which a workbook is made while one waits."""
MOST = 150_000
"""Rows of the list of members, within what a workbook may hold that comes in."""


@dataclass(frozen=True, slots=True, kw_only=True)
class SheetAsked:
    """Which workbook: the `export` of a name in `EXPORTS`, of the body `top` and those below it (None: of the whole
    committee), as of `day` or of `year`; of people the names that begin with `words`."""

    export: str
    top: int | None
    day: str
    year: int
    words: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Export:
    """A workbook that may be large: what it is called, who may take it, how many rows it has, and its bytes, under a line
    that says who took it."""

    label: str
    permission: Permission
    weigh: Callable[[TenantSession, SheetAsked], int]
    make: Callable[[TenantSession, SheetAsked, str], bytes]


def _members_weigh(session: TenantSession, asked: SheetAsked) -> int:
    day = date.fromisoformat(asked.day)
    within = organisations_below(session, asked.top, day)
    return members.on_rolls(session, within, day, asked.words).total


def _members(session: TenantSession, asked: SheetAsked, said: str) -> bytes:
    day = date.fromisoformat(asked.day)
    within = organisations_below(session, asked.top, day)
    found = members.on_rolls(session, within, day, asked.words, WHOLE, most=MOST)
    title = f"Đảng viên ngày {day:%d/%m/%Y}"
    tab = {"tab": MEMBERS.title} if day == today(session) else {}
    return workbook([listed(title, MEMBER_COLUMNS, found.lines, said, most=MOST, **tab)], footer=said)


def _records_weigh(name: str, session: TenantSession, asked: SheetAsked) -> int:
    return outgoing.weigh(session, name, asked.year)


def _records(name: str, session: TenantSession, asked: SheetAsked, said: str) -> bytes:
    book = outgoing.outgoing(session, name, asked.year, name_of(session))
    return book.content(footer=said)


EXPORTS: Mapping[str, Export] = {
    "dang-vien": Export(
        label="Danh sách đảng viên",
        permission=Permission.VIEW_ORGANISATION,
        weigh=_members_weigh,
        make=_members,
    ),
    **{
        f"ho-so-{name}": Export(
            label="Hồ sơ tổ chức, đảng viên" if "dang-vien" in name else "Hồ sơ hoạt động trong năm",
            permission=Permission.IMPORT,
            weigh=partial(_records_weigh, name),
            make=partial(_records, name),
        )
        for name in BUNDLES
    },
}
_NOW = text("SELECT to_char(now() AT TIME ZONE 'Asia/Ho_Chi_Minh', 'HH24:MI \"ngày\" DD/MM/YYYY')")


def export_of(name: str) -> Export:
    """The export of a name. Raises NotFound."""
    if name not in EXPORTS:
        raise NotFound
    return EXPORTS[name]


def request_sheet(
    session: TenantSession, actor: Actor, asked: SheetAsked, *, reach: frozenset[int]
) -> Enqueued:
    """Asks for a workbook to be made. Raises NotFound out of reach, NotAllowed for who may not take it."""
    actor.require(Permission.VIEW_JOB)
    export = export_of(asked.export)
    actor.require(export.permission)
    if asked.top not in reach and not (asked.top is None and job_files.sees_whole(actor)):
        raise NotFound
    work = enqueue(session, KIND, asdict(asked), actor.name, account_id=actor.account_id)
    note(session, "request_sheet", "tenant", None, actor.account_id, list=asked.export)
    return work


def perform(session: TenantSession, _: Registry, job: Job, progress: Progress) -> dict[str, Any]:
    """Makes the workbook a job names; answers with its rows."""
    asked = SheetAsked(**job.arguments)
    export = export_of(asked.export)
    rows = export.weigh(session, asked)
    progress(0, rows, export.label)
    said = f"{job.requested_by} xuất lúc {session.execute(_NOW).scalar_one()}"
    content = export.make(session, asked, said)
    note(session, "export_list", "tenant", None, job.account_id, list=asked.export, rows=rows)
    job_files.keep(session, job, asked.top, f"{asked.export}-{asked.day}.xlsx", MEDIA, content)
    progress(rows, rows, "")
    return {"rows": rows}
