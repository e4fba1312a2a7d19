"""Work in the background as its committee sees it: what, how far, what came of it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import Select, func, select

from bontot.db.models import Job
from bontot.db.tenancy import TenantSession
from bontot.errors import NotFound
from bontot.services.paging import SIZE, Page


@dataclass(frozen=True, slots=True)
class JobView:
    """A piece of work: `progress` of `total` criteria, `doing` what is counted now, `message` why it failed or waits."""

    public_id: UUID
    kind: str
    arguments: dict[str, Any]
    state: str
    progress: int
    total: int
    doing: str | None
    message: str | None
    result: dict[str, Any] | None
    requested_by: str
    created_at: datetime
    finished_at: datetime | None

    @property
    def ended(self) -> bool:
        """Whether nothing more will change."""
        return self.state in ("done", "failed")


def _views() -> Select[Any]:
    columns = (getattr(Job, name) for name in JobView.__dataclass_fields__)
    return select(*columns)


def job_of(session: TenantSession, public_id: UUID) -> JobView:
    """The work of an address. Raises NotFound."""
    row = session.execute(_views().where(Job.public_id == public_id)).first()
    if row is None:
        raise NotFound
    return JobView(*row)


def jobs(session: TenantSession, number: int) -> Page[JobView]:
    """A page of the committee's work, the latest first."""
    total = session.scalar(select(func.count()).select_from(Job)) or 0
    rows = session.execute(_views().order_by(Job.id.desc()).limit(SIZE).offset((number - 1) * SIZE))
    return Page([JobView(*row) for row in rows], number, total)


def waiting(session: TenantSession, kind: str, year: int) -> JobView | None:
    """Work of that kind for that year which nobody has begun, and which will therefore see today's records."""
    asked = _views().where(
        Job.kind == kind, Job.state == "waiting", Job.arguments["year"].as_integer() == year
    )
    row = session.execute(asked.order_by(Job.id).limit(1)).first()
    return None if row is None else JobView(*row)
