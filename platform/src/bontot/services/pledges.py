"""The yearly pledge (bản đăng ký phấn đấu): signed by a cell or a member criterion by criterion, and confirmed by the body
above: a member's by the cell, a cell's by its superior."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from sqlalchemy import delete, insert, select, text
from sqlalchemy.dialects import postgresql

from bontot.access import Actor, Permission, Role
from bontot.clock import today
from bontot.db.models import PledgeLine, Registration
from bontot.db.rolls import headcount, holds_on
from bontot.db.tenancy import TenantSession
from bontot.errors import FormNotUnderstood, InvalidInput, NotAllowed, NotFound, Stale, noting, refuse_noted
from bontot.evaluation.incremental import mark
from bontot.evaluation.judging import prepare
from bontot.evaluation.period import Period
from bontot.evaluation.rules import Line, SchemeRules
from bontot.evaluation.words import requirement
from bontot.policy.terms import Subject
from bontot.registry import Registry
from bontot.services.audit import note
from bontot.services.judgment_rules import JudgedSubject
from bontot.services.organisations import ended_on
from bontot.services.year_start import is_open
from bontot.text import clean

PARTS = ("content", "target", "due", "carrier")
LABELS = {
    "content": "Nội dung đăng ký",
    "target": "Chỉ tiêu",
    "due": "Thời gian",
    "carrier": "Người phụ trách",
}
SIGNERS = ("secretary", "deputy_secretary")


@dataclass(frozen=True, slots=True)
class Promise:
    """What is undertaken on one criterion: what, how much of it, by when and by whom."""

    content: str
    target: str = ""
    due: str = ""
    carrier: str = ""


@dataclass(frozen=True, slots=True)
class AskedLine:
    """A criterion of the plan, with what a pledge on it would say if nothing else is said."""

    criterion: str
    label: str
    offered: Promise


@dataclass(frozen=True, slots=True)
class AskedPledge:
    """What a plan has pledged: its title and, heading by heading, its criteria; `member_title` is the members' own, where
    the plan has one."""

    plan: str
    title: str
    member_title: str | None
    groups: tuple[tuple[str, tuple[AskedLine, ...]], ...]

    @property
    def lines(self) -> list[AskedLine]:
        """Every criterion once, in order."""
        return [line for _, lines in self.groups for line in lines]


@dataclass(frozen=True, slots=True, kw_only=True)
class Pledge:
    """A pledge on record; `promises` by criterion, empty where only the fact was taken in from a workbook."""

    id: int
    version: int
    signed_on: date
    signed_by: str | None
    signer_id: int | None
    signed_account_id: int | None
    confirmed_on: date | None
    confirmed_by: str | None
    promises: Mapping[str, Promise]


def asked_pledge(
    session: TenantSession, registry: Registry, place_id: int, year: int, subject: Subject
) -> AskedPledge | None:
    """What the plan of a cell has it, or its members, pledge for a year; by the plan of today where the year is still to
    come. None where the plan gives no title to pledge for. Raises PluginUnavailable."""
    return asked_pledges(session, registry, [place_id], year, subject).get(place_id)


def asked_pledges(
    session: TenantSession, registry: Registry, places: Sequence[int], year: int, subject: Subject
) -> dict[int, AskedPledge]:
    """The same of several cells, read at once; without an entry for one that has nothing to pledge for."""
    day = today(session)
    judging = prepare(session, registry, Period(min(year, day.year), day), organisations=places)
    by_plan: dict[str, AskedPledge] = {}
    for rules in judging.rules():
        titled = {one.subject: one for one in rules.schemes if one.policy == rules.policy and one.title}
        asked_of, members = titled.get(subject), titled.get(Subject.MEMBER)
        if asked_of is not None:
            title, groups = asked_of.title or "", tuple(_groups(asked_of, year))
            by_plan[rules.policy] = AskedPledge(
                rules.label, title, members.title if members else None, groups
            )
    codes = {place: judging.population.plan(place) for place in places}
    return {place: by_plan[code] for place, code in codes.items() if code in by_plan}


def _groups(scheme: SchemeRules, year: int) -> list[tuple[str, tuple[AskedLine, ...]]]:
    return [
        (group.label, tuple(_offered(scheme, scheme.lines[number], year) for number in group.lines))
        for group in scheme.groups
    ]


def _offered(scheme: SchemeRules, line: Line, year: int) -> AskedLine:
    target = "Đạt"
    if line.operator is not None and line.figure is not None and line.figure.value is not None:
        said = requirement(line.operator, line.figure.value, line.figure.unit)
        target = f"{line.figure.label}: {said}"
    carrier = "Chi ủy" if scheme.subject is Subject.CELL else "Bản thân"
    return AskedLine(line.key, line.label, Promise(line.label, target, f"Năm {year}", carrier))


_PLEDGES = """
SELECT r.{whose}, r.id, r.version, r.signed_on, m.full_name, r.signed_by_id, r.signed_account_id, r.confirmed_on,
       r.confirmed_by
FROM registration AS r LEFT JOIN member AS m ON m.id = r.signed_by_id
WHERE r.year = :year AND r.{whose} = ANY(:ids)
"""
_OF_CELLS, _OF_MEMBERS = (text(_PLEDGES.format(whose=whose)) for whose in ("organisation_id", "member_id"))


def pledge_of(session: TenantSession, subject: JudgedSubject, year: int) -> Pledge | None:
    """The pledge of a cell or member for a year."""
    return pledges_of(session, [subject.id], year, of_members=subject.of_member).get(subject.id)


def pledges_of(
    session: TenantSession, ids: Sequence[int], year: int, *, of_members: bool
) -> dict[int, Pledge]:
    """The pledges of several cells, or members, for a year, in two statements; without an entry for who has none."""
    statement = _OF_MEMBERS if of_members else _OF_CELLS
    rows = session.execute(statement, {"year": year, "ids": list(ids)}).all()
    promises: dict[int, dict[str, Promise]] = {row.id: {} for row in rows}
    written = select(PledgeLine).where(PledgeLine.registration_id.in_(promises)).order_by(PledgeLine.id)
    for line in session.scalars(written):
        said = Promise(line.content, line.target, line.due, line.carrier)
        promises[line.registration_id][line.criterion] = said
    return {
        row[0]: Pledge(
            id=row.id,
            version=row.version,
            signed_on=row.signed_on,
            signed_by=row.full_name,
            signer_id=row.signed_by_id,
            signed_account_id=row.signed_account_id,
            confirmed_on=row.confirmed_on,
            confirmed_by=row.confirmed_by,
            promises=promises[row.id],
        )
        for row in rows
    }


def _whose(subject: JudgedSubject) -> dict[str, int | None]:
    return {
        "organisation_id": None if subject.of_member else subject.id,
        "member_id": subject.id if subject.of_member else None,
    }


@dataclass(frozen=True, slots=True, kw_only=True)
class PledgeEntry:
    """What is signed: a promise for each criterion, and the day."""

    signed_on: date
    promises: Mapping[str, Promise]
    reason: str = ""
    """Why a pledge already signed is changed."""


def sign(
    session: TenantSession,
    actor: Actor,
    subject: JudgedSubject,
    year: int,
    asked_for: AskedPledge,
    entry: PledgeEntry,
    version: int,
) -> None:
    """Signs a pledge, or signs it anew: what stood is kept in the trail with the reason, and has to be confirmed again.

    A member's is signed by the member; a cell's by its secretary or deputy of the day. Raises NotAllowed for who is
    neither the member nor of the cell or above it, Stale when it changed since `version` was read (0: there was none),
    InvalidFields.
    """
    actor.require(Permission.PLEDGE)
    if not may_sign(actor, subject):
        raise NotAllowed
    existing = _locked(session, subject, year)
    if (existing.version if existing else 0) != version:
        raise Stale
    errors: dict[str, str] = {}
    promises = _checked(asked_for, entry.promises, errors)
    _check_day(session, year, entry.signed_on, errors)
    if not subject.of_member and (ended_on(session, subject.id) or date.max) <= date(year, 1, 1):
        errors.setdefault("", f"Chi bộ đã kết thúc trước năm {year}.")
    signer = None
    with noting(errors, "signed_on"):
        signer = _signer(session, actor, subject, entry.signed_on)
    if existing is not None:
        with noting(errors, "reason"):
            if not clean(entry.reason, field="reason"):
                raise InvalidInput("Cần ghi lý do sửa.", "reason")
    refuse_noted(errors)
    before = None
    if existing is None:
        existing = _opened(session, subject, year, entry.signed_on)
    else:
        before = _kept(session, existing)
        existing.signed_on = entry.signed_on
        existing.confirmed_on = existing.confirmed_by = None
        existing.version = version + 1
        session.execute(delete(PledgeLine).where(PledgeLine.registration_id == existing.id))
    existing.signed_by_id = signer
    copied = subject.of_member and actor.member_id != subject.id  # a member's paper, signed by the member
    existing.signed_account_id = None if copied else actor.account_id
    rows = [
        {"registration_id": existing.id, "criterion": key, **{part: getattr(one, part) for part in PARTS}}
        for key, one in promises.items()
    ]
    session.execute(insert(PledgeLine), rows)
    detail = {} if before is None else {"reason": clean(entry.reason), "before": before}
    note(session, "sign_pledge", subject.table, subject.id, actor.account_id, year=year, **detail)
    _mark(session, subject, year)


def _opened(session: TenantSession, subject: JudgedSubject, year: int, signed_on: date) -> Registration:
    """A pledge where there was none. Raises Stale where somebody else signs the first at this very moment."""
    values = {**_whose(subject), "year": year, "signed_on": signed_on}
    fresh = postgresql.insert(Registration).values(values).on_conflict_do_nothing().returning(Registration)
    found: Registration | None = session.scalars(fresh).one_or_none()
    if found is None:
        raise Stale
    return found


def may_sign(actor: Actor, subject: JudgedSubject) -> bool:
    """Whether the actor enters a pledge of a subject within reach: one's own, or as the cell's secretary or from above."""
    if actor.role is Role.MEMBER:
        return subject.of_member and actor.member_id == subject.id
    return subject.place_id is not None and actor.may(Permission.PLEDGE)


def may_confirm(actor: Actor, subject: JudgedSubject) -> bool:
    """Whether the actor confirms a pledge of a subject within reach: a member's as the cell's secretary or from above, not
    one's own; a cell's from above alone."""
    if not actor.may(Permission.CONFIRM_PLEDGE) or subject.place_id is None:
        return False
    if subject.of_member:
        return actor.member_id != subject.id
    return actor.role in (Role.COMMITTEE, Role.TENANT_ADMIN)


def signed_by_actor(actor: Actor, pledge: Pledge | Registration) -> bool:
    """Whether it was the actor who signed: by the same log-in, or as the same member."""
    signer = pledge.signer_id if isinstance(pledge, Pledge) else pledge.signed_by_id
    return pledge.signed_account_id == actor.account_id or (
        actor.member_id is not None and signer == actor.member_id
    )


def who_else_confirms(subject: JudgedSubject) -> str:
    """What is said to whoever signed a pledge and would confirm it."""
    others = (
        "phó bí thư hoặc đảng ủy cấp trên, bằng tài khoản khác,"
        if subject.of_member
        else "đồng chí khác ở đảng ủy cấp trên"
    )
    return f"Bản này do chính đồng chí ký, nên {others} xác nhận."


def confirm(
    session: TenantSession, actor: Actor, subject: JudgedSubject, year: int, version: int, by: str
) -> None:
    """Confirms a signed pledge for a body, `by` its name; one confirmed already stays. Raises NotAllowed, NotFound, Stale,
    and InvalidInput for who signed it."""
    if not may_confirm(actor, subject):
        raise NotAllowed
    existing = _locked(session, subject, year)
    if existing is None:
        raise NotFound
    if existing.version != version:
        raise Stale
    if existing.confirmed_on is not None:
        return
    if signed_by_actor(actor, existing):
        raise InvalidInput(who_else_confirms(subject))
    existing.confirmed_on, existing.confirmed_by = today(session), by
    existing.version = version + 1
    note(session, "confirm_pledge", subject.table, subject.id, actor.account_id, year=year)
    _mark(session, subject, year)


_CONFIRM_MEMBERS = text(f"""
UPDATE registration SET confirmed_on = :day, confirmed_by = :by, version = version + 1
WHERE year = :year AND confirmed_on IS NULL AND member_id IS DISTINCT FROM :oneself
  AND signed_account_id IS DISTINCT FROM :account AND member_id IN (
    SELECT member_id FROM ({headcount()}) AS roll WHERE organisation_id = :cell)
RETURNING member_id
""")


def confirm_members(session: TenantSession, actor: Actor, cell_id: int, year: int, by: str) -> int:
    """Confirms every signed pledge of a cell's members but one's own and what one signed for others; how many that were."""
    actor.require(Permission.CONFIRM_PLEDGE)
    binds = {
        "day": today(session),
        "by": by,
        "year": year,
        "cell": cell_id,
        "oneself": actor.member_id,
        "account": actor.account_id,
    }
    members = session.scalars(_CONFIRM_MEMBERS, binds).all()
    for member in members:
        note(session, "confirm_pledge", "member", member, actor.account_id, year=year)
    if members and year <= today(session).year:
        mark(session, cell_id, year, Registration, members=members)
    return len(members)


def _locked(session: TenantSession, subject: JudgedSubject, year: int) -> Registration | None:
    whose = _whose(subject)
    statement = select(Registration).where(
        Registration.year == year,
        Registration.organisation_id.is_not_distinct_from(whose["organisation_id"]),
        Registration.member_id.is_not_distinct_from(whose["member_id"]),
    )
    found: Registration | None = session.scalars(statement.with_for_update()).one_or_none()
    return found


def _checked(
    asked_for: AskedPledge, promises: Mapping[str, Promise], errors: dict[str, str]
) -> dict[str, Promise]:
    lines = {line.criterion: line for line in asked_for.lines}
    if promises.keys() - lines.keys():
        raise FormNotUnderstood
    read: dict[str, Promise] = {}
    for key, line in lines.items():
        given = promises.get(key, Promise(""))
        cleaned: dict[str, str] = {}
        for part in PARTS:
            name = f"{part}-{key}"
            with noting(errors, name):
                cleaned[part] = clean(getattr(given, part), field=name)
        if cleaned.get("content") == "":
            errors.setdefault(f"content-{key}", f"Ghi nội dung đăng ký cho “{line.label}”.")
        if len(cleaned) == len(PARTS):
            read[key] = Promise(**cleaned)
    return read


def _check_day(session: TenantSession, year: int, signed_on: date, errors: dict[str, str]) -> None:
    if not is_open(session, year):
        errors.setdefault("", f"Năm {year} chưa mở đăng ký.")
    if signed_on > today(session):
        errors.setdefault("signed_on", "Ngày ký chưa đến.")
    elif not date(year - 1, 10, 1) <= signed_on <= date(year, 12, 31):
        errors.setdefault("signed_on", f"Ngày ký phải từ 01/10/{year - 1} đến 31/12/{year}.")


_SECRETARY = f"""
SELECT member_id FROM post AS p WHERE p.organisation_id = :cell AND p.kind = ANY(:kinds) AND {holds_on("p", ":day")}
ORDER BY p.member_id IS DISTINCT FROM :preferred, array_position(CAST(:kinds AS text[]), p.kind), p.id LIMIT 1
"""


def _signer(session: TenantSession, actor: Actor, subject: JudgedSubject, day: date) -> int:
    """Who signs: the member; of a cell the actor where he or she is its secretary or deputy on the day, else the secretary.
    Raises InvalidInput where there is none."""
    if subject.of_member:
        return subject.id
    binds = {"cell": subject.id, "kinds": list(SIGNERS), "day": day, "preferred": actor.member_id}
    found: int | None = session.execute(text(_SECRETARY), binds).scalar()
    if found is None:
        raise InvalidInput(f"Ngày {day:%d/%m/%Y} chi bộ chưa có bí thư, phó bí thư để ký.", "signed_on")
    return found


def _kept(session: TenantSession, registration: Registration) -> dict[str, object]:
    lines = session.scalars(select(PledgeLine).where(PledgeLine.registration_id == registration.id))
    return {
        "signed_on": str(registration.signed_on),
        "confirmed_on": str(registration.confirmed_on) if registration.confirmed_on else None,
        "lines": {line.criterion: [getattr(line, part) for part in PARTS] for line in lines},
    }


def _mark(session: TenantSession, subject: JudgedSubject, year: int) -> None:
    """To be judged again, once the year has begun: a member's pledge counts for the member, a cell's for all of it."""
    if subject.place_id is None or year > today(session).year:
        return
    members = [subject.id] if subject.of_member else None
    mark(session, subject.place_id, year, Registration, members=members)
