"""A small committee with people and meetings, for tests that need records to look at.

Two of them with different markers make a pair: everything a person could read in one carries its marker, so that a leak into
the other is seen.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date
from uuid import UUID

from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import Engine, select

from bontot.access import Actor, Role
from bontot.clock import today
from bontot.db.models import (
    Account,
    Member,
    Membership,
    Organisation,
    OrganisationPeriod,
    PolicyAssignment,
    Post,
    Tenant,
)
from bontot.db.tenancy import PLATFORM, TenantSession, scope
from bontot.services.accounts import create_account, grant_role, grants_of, open_session
from bontot.text import collation_key, natural_key, search_key
from bontot.web.request import SECRET_COOKIE

FOUNDED = date(2015, 1, 1)
GIVEN = ("An", "Bình", "Cường", "Dung", "Đạt", "Giang", "Hà", "Khôi", "Lan", "Minh", "Nga", "Oanh")


@dataclass
class Unit:
    """An organisation as the tests know it, with its members in order of given name."""

    id: int
    public_id: UUID
    name: str
    members: list[tuple[int, UUID]] = field(default_factory=list)


@dataclass
class Committee:
    """A tenant: district → ward → two cells; the first cell's first member is its secretary."""

    engine: Engine
    tenant_id: int
    code: str
    root: Unit
    ward: Unit
    cells: list[Unit]
    accounts: dict[Role, int]

    @property
    def today(self) -> date:
        """The day in Viet Nam, as the product has it: tomorrow already, where tests run in the evening."""
        with scope(self.engine, PLATFORM) as session:
            return today(session)

    def actor(self, role: Role) -> Actor:
        """Who acts in that role."""
        with scope(self.engine, self.tenant_id) as session:
            grant = grants_of(session, self.accounts[role], today(session))[0]
        return Actor(
            account_id=self.accounts[role],
            name="",
            role=role,
            tenant_id=self.tenant_id,
            organisation_id=grant[2],
            member_id=grant[3],
        )

    def client(self, app: Flask, role: Role) -> FlaskClient:
        """A browser already logged in as that role."""
        with scope(self.engine, self.tenant_id) as session:
            grant_id = grants_of(session, self.accounts[role], today(session))[0][0]
        with scope(self.engine, PLATFORM) as session:
            secret = open_session(session, self.accounts[role], tenant_id=self.tenant_id, grant_id=grant_id)
        client = app.test_client()
        client.set_cookie(SECRET_COOKIE, secret)
        return client


def make_committee(
    engine: Engine, code: str, marker: str, *, cells: int = 2, members: int = 10, policy: str = "hanoi_tayho"
) -> Committee:
    """A tenant whose every name carries `marker`, with so many members in each cell and one account a role."""
    with scope(engine, PLATFORM) as session:
        tenant = Tenant(code=code, name=f"Đảng bộ {marker}")
        session.add(tenant)
        session.flush()
        tenant_id = tenant.id
        accounts = {
            role: create_account(session, f"{role}.{code}", f"{marker} {role}", "mật khẩu chỉ để kiểm thử").id
            for role in (Role.TENANT_ADMIN, Role.COMMITTEE, Role.CELL_SECRETARY, Role.MEMBER)
        }
    with scope(engine, tenant_id) as session:
        root = _unit(session, f"Quận {marker}", "upper_committee", None, "Q")
        ward = _unit(session, f"Phường {marker}", "grassroots_committee", root, "P")
        units = [
            _unit(session, f"Chi bộ {marker} số {number}", "subordinate_cell", ward, f"C{number}")
            for number in range(1, cells + 1)
        ]
        session.add(
            PolicyAssignment(organisation_id=root.id, policy_code=policy, valid_from=date(2023, 1, 1))
        )
        for cell in units:
            cell.members = [_member(session, cell, marker, place) for place in range(members)]
        first = units[0].members[0][0]
        session.add(Post(organisation_id=units[0].id, member_id=first, kind="secretary", valid_from=FOUNDED))
        since = date(2023, 1, 1)
        grant_role(session, accounts[Role.TENANT_ADMIN], Role.TENANT_ADMIN, valid_from=since)
        grant_role(
            session, accounts[Role.COMMITTEE], Role.COMMITTEE, organisation_id=ward.id, valid_from=since
        )
        grant_role(
            session,
            accounts[Role.CELL_SECRETARY],
            Role.CELL_SECRETARY,
            organisation_id=units[0].id,
            member_id=first,
            valid_from=since,
        )
        grant_role(
            session, accounts[Role.MEMBER], Role.MEMBER, member_id=units[0].members[1][0], valid_from=since
        )
    return Committee(engine, tenant_id, code, root, ward, units, accounts)


def operator_client(app: Flask, engine: Engine) -> FlaskClient:
    """A browser logged in as the instance's operator, who is made on first use."""
    with scope(engine, PLATFORM) as session:
        operator = session.scalar(select(Account).where(Account.login == "van-hanh"))
        operator = operator or create_account(
            session, "van-hanh", "Người vận hành", "mật khẩu chỉ để kiểm thử", operator=True
        )
        secret = open_session(session, operator.id)
    client = app.test_client()
    client.set_cookie(SECRET_COOKIE, secret)
    return client


def _unit(session: TenantSession, name: str, kind: str, parent: Unit | None, code: str) -> Unit:
    organisation = Organisation(founded_on=FOUNDED)
    session.add(organisation)
    session.flush()
    session.add(
        OrganisationPeriod(
            organisation_id=organisation.id,
            parent_id=parent.id if parent else None,
            name=name,
            code=code,
            type=kind,
            sector="residential",
            sort_key=natural_key(name),
            valid_from=FOUNDED,
        )
    )
    session.flush()
    return Unit(organisation.id, organisation.public_id, name)


def _member(session: TenantSession, cell: Unit, marker: str, place: int) -> tuple[int, UUID]:
    name = f"Nguyễn {marker} {place // len(GIVEN) or ''} {GIVEN[place % len(GIVEN)]}".replace("  ", " ")
    member = Member(
        full_name=name,
        sort_key=collation_key(name),
        search_key=search_key(name),
        birth_date=date(1950 + place % 40, 1, 1),
        admission_date=FOUNDED,
        official_date=date(2016, 1, 1),
        employment="retired",
    )
    session.add(member)
    session.flush()
    session.add(Membership(organisation_id=cell.id, member_id=member.id, valid_from=FOUNDED))
    session.flush()
    return member.id, member.public_id
