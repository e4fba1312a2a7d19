"""Setting how members pay as a keeper does who has just looked: on the bases and reliefs as they stand."""

from __future__ import annotations

from datetime import date

from bontot.access import Actor
from bontot.db.tenancy import TenantSession
from bontot.services.fees import bases
from bontot.services.fees.bases import Relief, bases_of, reliefs_of, version_of


def set_basis(
    session: TenantSession, actor: Actor, member: int, group: str, figure: int | None, since: date
) -> None:
    bases.set_basis(session, actor, member, group, figure, since, version_of(bases_of(session, member)))


def grant_relief(session: TenantSession, actor: Actor, member: int, relief: Relief) -> None:
    bases.grant_relief(session, actor, member, relief, version_of(reliefs_of(session, member)))


def end_relief(
    session: TenantSession, actor: Actor, member: int, relief: int, since: date, reason: str
) -> None:
    version = version_of(reliefs_of(session, member))
    bases.end_relief(session, actor, member, relief, since, reason, version)
