"""Admitting somebody: a new member on probation from the ceremony, unless the cell has that very person."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date
from uuid import UUID

from sqlalchemy import text

from bontot.access import Actor, Permission, organisations_in_reach
from bontot.clock import today
from bontot.db.models import Member, Membership
from bontot.db.rolls import holds_on
from bontot.db.tenancy import TenantSession
from bontot.errors import InvalidInput, NotFound, noting, refuse_noted
from bontot.evaluation.incremental import mark_whole
from bontot.services.audit import note
from bontot.services.people.consequences import Consequences, consequences, place_on
from bontot.services.people.events import Entry
from bontot.services.people.history import ADMISSION
from bontot.services.people.ledger import Ledger
from bontot.services.people.recording import DOCUMENT_NEEDED, keep
from bontot.services.people.rules import check_dates, check_exists, check_is_cell
from bontot.services.reorganising.recording import hold_still
from bontot.text import clean, collation_key, search_key

_TAKE_TURNS = text("SELECT pg_advisory_xact_lock(:tenant, hashtext('member_admission'))")


@dataclass(frozen=True, slots=True, kw_only=True)
class Admission:
    """Somebody newly admitted: who, the ceremony, and the decision whose day Party age is counted from."""

    full_name: str
    birth_date: date
    female: bool | None
    employment: str
    ceremony: date
    document: str
    document_day: date


def consider_admission(session: TenantSession, actor: Actor, cell_id: int, given: Admission) -> Consequences:
    """What an admission would change; nothing is kept. Raises as `admit`."""
    place = place_on(session, cell_id, given.ceremony)
    found = consequences(
        session, None, given.ceremony, lambda: _admit(session, actor, cell_id, given), [cell_id]
    )
    return replace(found, namesakes=_namesakes(session, given, None if place is None else place.id))


def admit(session: TenantSession, actor: Actor, cell_id: int, given: Admission) -> UUID:
    """Admits somebody to a cell, on probation from the ceremony; the new member's public id.

    Raises NotAllowed, NotFound for a cell out of reach, InvalidFields for what does not fit, and for somebody the cell has.
    """
    member = _admit(session, actor, cell_id, given)
    note(session, "record_member_event", "member", member.id, actor.account_id, kind=ADMISSION)
    mark_whole(session)
    return member.public_id


def _admit(session: TenantSession, actor: Actor, cell_id: int, given: Admission) -> Member:
    actor.require(Permission.RECORD_MEMBER)
    day = today(session)
    if cell_id not in organisations_in_reach(session, actor, day):
        raise NotFound
    hold_still(session)
    session.execute(_TAKE_TURNS, {"tenant": session.tenant_id})
    errors: dict[str, str] = {}
    name = document = ""
    place = place_on(session, cell_id, given.ceremony)
    if place is None:
        raise NotFound
    with noting(errors):
        name = clean(given.full_name, longest=100, field="full_name")
        if len(name.split()) < 2:
            raise InvalidInput("Cần ghi đủ họ và tên.", "full_name")
    with noting(errors):
        document = clean(given.document, longest=200, field="document")
        if not document:
            raise InvalidInput(DOCUMENT_NEEDED, "document")
    with noting(errors, "birth"):
        try:
            check_dates(given.birth_date, given.document_day, None)
        except InvalidInput as refusal:
            raise InvalidInput(str(refusal), "birth") from None
    with noting(errors):
        check_is_cell(place, "day")
        check_exists(place, given.ceremony, "day")
        if given.ceremony > day:
            raise InvalidInput(f"Ngày này chưa đến (hôm nay là {day:%d/%m/%Y}).", "day")
        if given.ceremony < given.document_day:
            raise InvalidInput("Lễ kết nạp tổ chức sau khi có quyết định kết nạp.", "day")
    if given.employment not in ("working", "retired", "studying", "other"):
        errors["employment"] = "Xin chọn công việc."
    given = replace(given, full_name=name, document=document)
    if name and _namesakes(session, given, cell_id, within=True):
        errors.setdefault(
            "full_name", f"{place.name} đã có đồng chí {name}, sinh {given.birth_date:%d/%m/%Y}."
        )
    refuse_noted(errors)
    member = Member(
        full_name=name,
        sort_key=collation_key(name),
        search_key=search_key(name),
        birth_date=given.birth_date,
        birth_precision="day",
        female=given.female,
        admission_date=given.document_day,
        admission_precision="day",
        employment=given.employment,
    )
    entry = Entry(
        kind=ADMISSION,
        day=given.ceremony,
        document=document,
        document_day=given.document_day,
        organisation_id=cell_id,
    )
    ledger = Ledger(session)
    ledger.add(member)
    ledger.add(
        Membership(
            member_id=member.id,
            organisation_id=cell_id,
            kind="home",
            valid_from=given.ceremony,
            document=entry.document_words,
        )
    )
    keep(session, actor, member.id, entry, ledger, cell_id)
    return member


_NAMESAKES = text(f"""
SELECT coalesce(p.name, 'nơi khác') FROM member m
JOIN membership s ON s.member_id = m.id AND s.kind = 'home' AND {holds_on("s", ":day")}
LEFT JOIN organisation_period p ON p.organisation_id = s.organisation_id AND {holds_on("p", ":day")}
WHERE m.search_key = :words AND m.birth_date = :birth AND (s.organisation_id = :cell) = :within ORDER BY 1
""")


def _namesakes(
    session: TenantSession, given: Admission, cell_id: int | None, *, within: bool = False
) -> tuple[str, ...]:
    """Where somebody of the same name and day of birth is at home: in the cell itself, or elsewhere."""
    binds = {
        "words": search_key(given.full_name),
        "birth": given.birth_date,
        "cell": cell_id,
        "within": within,
        "day": today(session),
    }
    return tuple(session.scalars(_NAMESAKES, binds))
