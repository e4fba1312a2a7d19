"""Who works in a committee: accounts its admin makes, the role each has there, and the plan that governs it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from sqlalchemy import TextClause, select, text

from bontot.access import Actor, Permission, Role
from bontot.db.models import Member, OrganisationPeriod, PolicyAssignment, RoleGrant
from bontot.db.models.organisation import CELL_TYPES
from bontot.db.rolls import holds_on
from bontot.db.tenancy import TenantSession
from bontot.errors import InvalidInput, NotFound, noting, refuse_noted
from bontot.evaluation.incremental import mark_whole
from bontot.registry import Registry
from bontot.services.accounts import (
    check_new_password,
    create_account,
    free_login,
    grant_role,
    grants_of,
)
from bontot.services.audit import note
from bontot.services.paging import Page, window
from bontot.text import clean, search_key

GRANTABLE = (Role.TENANT_ADMIN, Role.COMMITTEE, Role.CELL_SECRETARY, Role.MEMBER)


@dataclass(frozen=True, slots=True)
class GrantLine:
    """A role in force: whose, what, where, since when."""

    id: int
    login: str
    name: str
    role: Role
    place: str
    valid_from: date


@dataclass(frozen=True, slots=True, kw_only=True)
class Appointment:
    """A role to give. `organisation_id` is the subtree's top (committee) or the cell (secretary); `card` is the card number
    of the person's own record, needed for a member."""

    role: Role
    organisation_id: int | None = None
    card: str = ""


_BARE = r"""regexp_replace(translate(lower(normalize(a.display_name, NFD)), 'Đđ', 'dd'), '[\u0300-\u036f]', '', 'g')"""
"""A name as `bontot.text.search_key` writes it."""


def _lines(which: str) -> TextClause:
    return text(f"""
SELECT g.id, a.login, a.display_name, g.role, coalesce(p.name, m.full_name, ''), g.valid_from, count(*) OVER ()
FROM role_grant g
JOIN account a ON a.id = g.account_id
LEFT JOIN organisation_period p ON p.organisation_id = g.organisation_id AND {holds_on("p", ":day")}
LEFT JOIN member m ON m.id = g.member_id
WHERE {holds_on("g", ":day")} AND {which}
ORDER BY array_position(ARRAY['tenant_admin', 'committee', 'cell_secretary', 'member'], g.role),
         p.sort_key, m.sort_key, a.login, g.id
LIMIT :size OFFSET :skip
""")


_LIST = _lines(f"(:words = '' OR strpos(' ' || {_BARE}, ' ' || :words) > 0 OR strpos(a.login, :words) > 0)")
_ONE = _lines("g.id = :grant")


def grant_lines(session: TenantSession, day: date, words: str = "", number: int = 1) -> Page[GrantLine]:
    """The roles in force in the committee on `day`, admins first, a page at a time; `words` with or without accents must
    begin words of the name, or be part of the log-in. Raises NotFound for a page beyond the last."""
    rows = session.execute(_LIST, {"day": day, "words": search_key(clean(words)), **window(number)}).all()
    if not rows and number > 1:
        raise NotFound
    return Page([_line(*row[:-1]) for row in rows], number, rows[0][-1] if rows else 0)


def _line(id_: int, login: str, name: str, role: str, place: str, valid_from: date) -> GrantLine:
    return GrantLine(id_, login, name, Role(role), place, valid_from)


def appoint(
    session: TenantSession,
    actor: Actor,
    *,
    login: str,
    name: str,
    password: str,
    appointment: Appointment,
    day: date,
) -> None:
    """Makes an account and gives it a role in the committee from `day`.

    Raises InvalidFields for everything that is missing, does not fit the role, or is a login somebody has (who works in the
    committee already is given a further role; another committee's account is admitted by the operator, who knows it is the
    same person).
    """
    actor.require(Permission.MANAGE_ACCOUNTS)
    errors: dict[str, str] = {}
    place = member_id = None
    with noting(errors):
        place, member_id = _fitting(session, appointment, day)
    with noting(errors):
        name = clean(name, longest=100, field="name")
        if not name:
            raise InvalidInput("Cần ghi họ tên người dùng.", "name")
    with noting(errors):
        login = free_login(session, login)
    with noting(errors):
        check_new_password(password, login, name)
    refuse_noted(errors)
    account = create_account(session, login, name, password)
    give(session, account.id, appointment.role, place, member_id, day, actor)


def line_of(session: TenantSession, grant_id: int, day: date) -> GrantLine:
    """A role in force on `day`. Raises NotFound."""
    row = session.execute(_ONE, {"day": day, "grant": grant_id, **window(1)}).first()
    if row is None:
        raise NotFound
    return _line(*row[:-1])


def give_another(
    session: TenantSession, actor: Actor, grant_id: int, appointment: Appointment, day: date
) -> GrantLine:
    """Gives who holds a role in the committee a further one from `day`, under the same log-in; the role held before.

    Raises NotFound, and InvalidFields for what does not fit the role or is held already.
    """
    actor.require(Permission.MANAGE_ACCOUNTS)
    line, held = line_of(session, grant_id, day), session.get(RoleGrant, (session.tenant_id, grant_id))
    if held is None:
        raise NotFound
    errors: dict[str, str] = {}
    with noting(errors):
        place, member_id = _fitting(session, appointment, day)
        same = (appointment.role, place, member_id if appointment.role is Role.MEMBER else None)
        for _, role, at, own, _ in grants_of(session, held.account_id, day):
            if same == (role, at, own if role is Role.MEMBER else None):
                raise InvalidInput(f"{line.name} đang giữ vai trò này rồi.", "role")
    refuse_noted(errors)
    give(session, held.account_id, appointment.role, place, member_id, day, actor)
    return line


def admit(session: TenantSession, account_id: int, appointment: Appointment, day: date) -> None:
    """Gives an existing account a role in the committee; the operator's way, from the command line. Raises as `appoint`."""
    place, member_id = _fitting(session, appointment, day)
    give(session, account_id, appointment.role, place, member_id, day, None)


def give(
    session: TenantSession,
    account_id: int,
    role: Role,
    organisation_id: int | None,
    member_id: int | None,
    day: date,
    by: Actor | None,
) -> None:
    """Writes the grant and its trail."""
    grant = grant_role(
        session, account_id, role, organisation_id=organisation_id, member_id=member_id, valid_from=day
    )
    note(session, "grant_role", "role_grant", grant.id, by.account_id if by else None, role=role.value)


def end_grant(session: TenantSession, actor: Actor, grant_id: int, day: date) -> GrantLine:
    """Ends a role from `day`; the next request of its holder is refused. Raises NotFound, or InvalidInput for one's own."""
    actor.require(Permission.MANAGE_ACCOUNTS)
    line = line_of(session, grant_id, day)
    grant = session.get(RoleGrant, (session.tenant_id, grant_id), with_for_update=True)
    if grant is None:
        raise NotFound
    if grant.account_id == actor.account_id:
        raise InvalidInput("Không tự thôi vai trò của chính mình. Nhờ một quản trị khác của đảng bộ.")
    if grant.valid_from >= day:
        session.delete(grant)
    else:
        grant.valid_to = day
    note(session, "end_grant", "role_grant", grant_id, actor.account_id, role=line.role.value)
    return line


def assign_plan(
    session: TenantSession, registry: Registry, *, policy_code: str, organisation_id: int, valid_from: date
) -> None:
    """Puts an organisation and all below it under a plan from a day on; an earlier assignment ends there.

    Raises PluginUnavailable for a plan this instance does not have, InvalidInput for a day not after the earlier
    assignment's.
    """
    registry.policy(policy_code)
    earlier = session.scalar(
        select(PolicyAssignment).where(
            PolicyAssignment.organisation_id == organisation_id, PolicyAssignment.valid_to.is_(None)
        )
    )
    if earlier is not None:
        if valid_from <= earlier.valid_from:
            begun = earlier.valid_from.strftime("%d/%m/%Y")
            raise InvalidInput(
                f"Tổ chức này đã theo kế hoạch {earlier.policy_code} từ {begun}.", "valid_from"
            )
        earlier.valid_to = valid_from
        session.flush()
    row = PolicyAssignment(organisation_id=organisation_id, policy_code=policy_code, valid_from=valid_from)
    session.add(row)
    session.flush()
    mark_whole(session)
    note(session, "assign_plan", "policy_assignment", row.id, None, policy=policy_code)


def organisation_by_code(session: TenantSession, code: str, day: date) -> int:
    """The organisation that carries a code on `day`. Raises NotFound."""
    found: int | None = session.scalar(
        select(OrganisationPeriod.organisation_id).where(
            OrganisationPeriod.code == code,
            OrganisationPeriod.valid_from <= day,
            (OrganisationPeriod.valid_to.is_(None)) | (OrganisationPeriod.valid_to > day),
        )
    )
    if found is None:
        raise NotFound(f"Không có tổ chức nào mang mã {code}.")
    return found


def _fitting(session: TenantSession, appointment: Appointment, day: date) -> tuple[int | None, int | None]:
    """The place and member a role is bound to, checked."""
    if appointment.role not in GRANTABLE:
        raise InvalidInput("Xin chọn vai trò.", "role")
    if appointment.role is Role.MEMBER:
        return None, _member(session, appointment.card)
    place = place_of_role(session, appointment.role, appointment.organisation_id, day)
    bound = appointment.role is not Role.TENANT_ADMIN and appointment.card.strip()
    return place, _member(session, appointment.card) if bound else None


def place_of_role(session: TenantSession, role: Role, organisation_id: int | None, day: date) -> int | None:
    """Where a role over others is worked in: nowhere in particular for an administrator, a cell for its secretary. Raises
    InvalidInput for a place that does not fit."""
    if role is Role.TENANT_ADMIN:
        return None
    if organisation_id is None:
        raise InvalidInput("Xin chọn tổ chức cho vai trò này.", "organisation")
    kind = session.scalar(
        select(OrganisationPeriod.type).where(
            OrganisationPeriod.organisation_id == organisation_id,
            OrganisationPeriod.valid_from <= day,
            (OrganisationPeriod.valid_to.is_(None)) | (OrganisationPeriod.valid_to > day),
        )
    )
    if kind is None or (role is Role.CELL_SECRETARY and kind not in CELL_TYPES):
        raise InvalidInput("Vai trò bí thư, phó bí thư cần chọn một chi bộ.", "organisation")
    return organisation_id


def _member(session: TenantSession, card: str) -> int:
    card = clean(card, longest=20, field="card")
    found: int | None = session.scalar(select(Member.id).where(Member.card_number == card)) if card else None
    if found is None:
        raise InvalidInput("Không có đảng viên nào mang số thẻ này.", "card")
    return found
