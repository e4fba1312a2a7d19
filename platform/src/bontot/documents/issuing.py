"""Issuing a paper: its number from the series that runs through the body's term, and its files kept as they went out.

A number is given once. A paper is never changed: what was wrong in it is put right by another that stands in its place, or
it is cancelled and its number stays used.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import date
from hashlib import sha256
from uuid import UUID

from sqlalchemy import ColumnElement, and_, func, or_, select, text

from bontot.access import Actor, Permission, Role
from bontot.db.models import IssuedFile, IssuedPaper, Organisation
from bontot.db.tenancy import TenantSession
from bontot.documents.asking import Asked, Kind
from bontot.documents.docx import docx
from bontot.documents.office import Office, office_of
from bontot.documents.paper import Paper
from bontot.documents.pdf import pdf
from bontot.documents.phrases import UNPLACED, numbered, written_day
from bontot.documents.types import CELL, COMMITTEE, WORDS, may_be_issued
from bontot.errors import InvalidFields, InvalidInput, NotAllowed, NotFound, Stale
from bontot.services.audit import note
from bontot.services.proceedings import numbering
from bontot.services.terms import Term, term_on
from bontot.text import clean

SETTERS: dict[str, Callable[[Paper], bytes]] = {"pdf": pdf, "docx": docx}
HIGHEST = 9999
RESOLUTION = "NQ"
"""The symbol of the one series whose numbers are also written into records."""
LISTED = 200
UNPLACED_WORDS = (
    "Chưa biết địa danh để ghi trước ngày của văn bản. Quản trị đảng bộ mở trang của {name}, hoặc của tổ chức cấp trên, "
    "bấm “Địa danh ghi trên văn bản” và điền, rồi ban hành lại."
)
_RECORDED = re.compile(r"Số ([0-9]{1,4})(?:-([^\s/]+)/\S+)?")


@dataclass(frozen=True, slots=True, kw_only=True)
class Issuing:
    """What would be issued: the paper as built, the series it would be numbered in with the number to be given next (None:
    papers of the kind are not numbered), and the paper of the same record that it would stand in place of. `version` is how
    many were issued of the record."""

    paper: Paper
    symbol: str
    sign: str
    term: str
    number: int | None
    recorded: bool
    """Whether the number stands in the record already."""
    day: date
    version: int
    replaces: IssuedPaper | None


def may_issue(actor: Actor, organisation_id: int) -> bool:
    """Whether the actor issues papers of a body: of one's own, or as administrator of any."""
    own = actor.role is Role.TENANT_ADMIN or actor.organisation_id == organisation_id
    return own and actor.may(Permission.ISSUE_PAPER)


def prepare(asked: Asked, kind: Kind) -> Issuing:
    """What would be issued, with the next number of its series."""
    paper = kind.build(asked)
    day = min(paper.day, asked.today)
    office = office_of(asked.session, asked.organisation_id, day)
    if not paper.lacks and paper.header.place_and_day.startswith(UNPLACED):
        paper = replace(paper, lacks=UNPLACED_WORDS.format(name=office.name))
    recorded = _RECORDED.fullmatch(paper.header.number)
    symbol = (recorded[2] or kind.symbol) if recorded else symbol_in(paper)
    term = term_on(asked.session, office.id, day)
    number = None
    if symbol:
        number = int(recorded[1]) if recorded else _offered(asked, office, symbol, term, day)
    return Issuing(
        paper=paper,
        symbol=symbol or kind.symbol,
        sign=office.sign,
        term=term.name,
        number=number,
        recorded=recorded is not None,
        day=day,
        version=issued_of(asked.session, office.id, kind.key, asked.of),
        replaces=living(asked.session, office.id, kind.key, asked.of),
    )


def symbol_in(paper: Paper) -> str:
    """The symbol of the series an unnumbered paper belongs to: `NQ` of `Số ……-NQ/CB`; empty where it has none."""
    _, dash, rest = paper.header.number.partition("-")
    return rest.partition("/")[0] if dash else ""


def issue(asked: Asked, kind: Kind, *, number: int | None, day: date, version: int) -> IssuedPaper:
    """Issues a paper on a day under a number. Raises NotAllowed for another body's, InvalidFields, Stale when meanwhile
    another was issued of the same record."""
    session, actor = asked.session, asked.actor
    actor.require(Permission.ISSUE_PAPER)
    if not may_issue(actor, asked.organisation_id):
        raise NotAllowed
    # whoever else numbers a paper of this body waits, while its files are set; who records something of it does not
    body = select(Organisation.id).where(Organisation.id == asked.organisation_id)
    session.execute(body.with_for_update(key_share=True))
    found = prepare(asked, kind)
    if found.paper.lacks:
        raise InvalidInput(found.paper.lacks)
    before = found.replaces
    if found.version != version:
        raise Stale
    office = office_of(session, asked.organisation_id, day)
    term = term_on(session, office.id, day)
    errors = _wrong(asked, found, office, term, number, day)
    if errors:
        raise InvalidFields(errors)
    final = as_issued(found.paper, number, found.symbol, office.sign, day)
    row = IssuedPaper(
        organisation_id=asked.organisation_id,
        kind=kind.key,
        about=asked.of,
        symbol=found.symbol,
        sign=office.sign,
        term=term.name,
        number=number,
        name=final.name,
        dated_on=day,
        signer=final.signers[-1].name,
        corrects_id=before.id if before else None,
        issued_by=actor.name,
        account_id=actor.account_id,
    )
    session.add(row)
    session.flush()
    for form, setter in SETTERS.items():
        content = setter(final)
        session.add(IssuedFile(paper_id=row.id, form=form, content=content, sha256=sha256(content).digest()))
    note(session, "issue_paper", "issued_paper", row.id, actor.account_id, kind=kind.key, number=number)
    session.flush()
    return row


def _wrong(
    asked: Asked, found: Issuing, office: Office, term: Term, number: int | None, day: date
) -> dict[str, str]:
    errors: dict[str, str] = {}
    if day > asked.today:
        errors["day"] = "Ngày ban hành chưa đến."
    by = CELL if office.is_cell else COMMITTEE
    if found.symbol and not may_be_issued(found.symbol, by, day):
        who = "Chi bộ" if office.is_cell else "Đảng ủy"
        errors["day"] = f"{who} không được ban hành {WORDS.get(found.symbol, found.symbol)} vào ngày này."
    if found.number is None:
        return errors
    if found.recorded and number != found.number:
        errors["number"] = f"Hồ sơ đã ghi số {found.number:02}; muốn đổi số thì sửa trong hồ sơ trước."
        return errors
    if number is None or not 0 < number <= HIGHEST:
        errors["number"] = f"Nhập số văn bản từ 1 đến {HIGHEST}."
        return errors
    series = _in_series(office.id, found.symbol, term)
    taken = asked.session.scalars(select(IssuedPaper).where(*series, IssuedPaper.number == number)).first()
    later = _offered(asked, office, found.symbol, term, day)
    if taken is not None:
        state = " (đã hủy)" if taken.cancelled_on else ""
        errors["number"] = (
            f"Số {numbered(number, found.symbol, office.sign)} đã cấp cho {taken.name[:1].lower()}{taken.name[1:]}{state}; "
            f"số tiếp theo là {later:02}."
        )
    elif not found.recorded and (of := _recorded_of(asked, office, found.symbol, day, number)):
        errors["number"] = (
            f"Số {numbered(number, found.symbol, office.sign)} đã ghi cho nghị quyết của buổi họp ngày {of:%d/%m/%Y}; "
            f"số tiếp theo là {later:02}."
        )
    return errors


def _offered(asked: Asked, office: Office, symbol: str, term: Term, day: date) -> int:
    """The number after the highest of a series, of those issued here and, of a cell's resolutions, of those recorded."""
    given = next_number(asked.session, office.id, symbol, term)
    if not (office.is_cell and symbol == RESOLUTION):
        return given
    recorded = numbering.next_number(asked.session, office.id, day).partition("-")[0]
    return max(given, int(recorded or 0))


def _recorded_of(asked: Asked, office: Office, symbol: str, day: date, number: int) -> date | None:
    """The day of the meeting of the term in whose record a resolution has the number; None where there is none."""
    if not (office.is_cell and symbol == RESOLUTION):
        return None
    return numbering.also_of(asked.session, office.id, 0, day, numbering.written(number))


def as_issued(paper: Paper, number: int | None, symbol: str, sign: str, day: date) -> Paper:
    """The paper as it goes out, under its number and day."""
    header = paper.header
    if number is not None:
        header = replace(header, number=f"Số {numbered(number, symbol, sign)}")
    if header.place_and_day:
        place = header.place_and_day.rpartition(", ngày ")[0]
        header = replace(header, place_and_day=f"{place}, {written_day(day)}")
    return replace(paper, header=header, day=day)


DASHES, PLAIN = "–— ", "--"
"""A term is the same however its years are joined: `2025-2030`, `2025 – 2030`."""


def _in_series(organisation_id: int, symbol: str, term: Term) -> list[ColumnElement[bool]]:
    """Papers issued under the name of the term; those issued while none was recorded, and of one told by its
    days all, count where they are dated."""
    spelt = term.name.translate(str.maketrans(DASHES[:2], PLAIN, DASHES[2:]))
    dated: list[ColumnElement[bool]] = [] if term.by_days else [IssuedPaper.term == ""]
    if term.since:
        dated.append(IssuedPaper.dated_on > term.since)
    if term.until:
        dated.append(IssuedPaper.dated_on <= term.until)
    return [
        IssuedPaper.organisation_id == organisation_id,
        IssuedPaper.symbol == symbol,
        or_(func.translate(IssuedPaper.term, DASHES, PLAIN) == spelt, and_(*dated)),
    ]


def next_number(session: TenantSession, organisation_id: int, symbol: str, term: Term) -> int:
    """The number after the highest that was given in a series; those of cancelled papers stay given."""
    highest = session.scalar(
        select(func.max(IssuedPaper.number)).where(*_in_series(organisation_id, symbol, term))
    )
    return (highest or 0) + 1


def issued_of(session: TenantSession, organisation_id: int, kind: str, about: str) -> int:
    """How many papers were issued of a record, those cancelled included."""
    counted = select(func.count()).where(
        IssuedPaper.organisation_id == organisation_id, IssuedPaper.kind == kind, IssuedPaper.about == about
    )
    return session.scalar(counted) or 0


def living(session: TenantSession, organisation_id: int, kind: str, about: str) -> IssuedPaper | None:
    """The paper in force of a record: the one issued last and not cancelled."""
    return session.scalars(
        select(IssuedPaper)
        .where(
            IssuedPaper.organisation_id == organisation_id,
            IssuedPaper.kind == kind,
            IssuedPaper.about == about,
            IssuedPaper.cancelled_on.is_(None),
        )
        .order_by(IssuedPaper.id.desc())
        .limit(1)
    ).first()


def cancel(session: TenantSession, actor: Actor, row: IssuedPaper, reason: str, today: date) -> None:
    """Cancels a paper: its number stays used, its files stay. Raises NotAllowed for another body's, InvalidFields, Stale
    for one already cancelled."""
    actor.require(Permission.ISSUE_PAPER)
    if not may_issue(actor, row.organisation_id):
        raise NotAllowed
    session.refresh(row, with_for_update=True)
    if row.cancelled_on is not None:
        raise Stale
    reason = clean(reason, field="reason")
    if not reason:
        raise InvalidInput("Ghi lý do hủy văn bản.", "reason")
    row.cancelled_on, row.cancelled_for, row.cancelled_by = today, reason, actor.name
    note(session, "cancel_paper", "issued_paper", row.id, actor.account_id, reason=reason)


def called(row: IssuedPaper) -> str:
    """The number of an issued paper as it is cited, or of a kind without numbers its day."""
    if row.number is None:
        return f"ngày {row.dated_on:%d/%m/%Y}"
    return f"số {numbered(row.number, row.symbol, row.sign)}, ngày {row.dated_on:%d/%m/%Y}"


def issued_by_body(session: TenantSession, organisation_id: int, most: int = LISTED) -> Sequence[IssuedPaper]:
    """The papers a body issued, the latest first; at most two hundred, or `most`."""
    return session.scalars(
        select(IssuedPaper)
        .where(IssuedPaper.organisation_id == organisation_id)
        .order_by(IssuedPaper.id.desc())
        .limit(most)
    ).all()


def issued(session: TenantSession, organisation_id: int, public_id: UUID) -> IssuedPaper:
    """An issued paper of a body. Raises NotFound."""
    row = session.scalars(
        select(IssuedPaper).where(
            IssuedPaper.organisation_id == organisation_id, IssuedPaper.public_id == public_id
        )
    ).first()
    if row is None:
        raise NotFound
    return row


def beside(session: TenantSession, row: IssuedPaper, *, before: bool) -> Sequence[IssuedPaper]:
    """The paper that one stands in place of, or those that stand in its place."""
    which = IssuedPaper.id == row.corrects_id if before else IssuedPaper.corrects_id == row.id
    return session.scalars(select(IssuedPaper).where(which).order_by(IssuedPaper.id)).all()


@dataclass(frozen=True, slots=True)
class Kept:
    """A kept file: its format, size, SHA-256 in hexadecimal, and whether its bytes still give that."""

    form: str
    size: int
    sha256: str
    whole: bool


_KEPT = text("""
SELECT form, octet_length(content), encode(sha256, 'hex'), sha256(content) = sha256 FROM issued_file
WHERE paper_id = :paper ORDER BY form DESC
""")


def kept(session: TenantSession, row: IssuedPaper) -> list[Kept]:
    """The files of an issued paper, each read again and held against its SHA-256."""
    return [Kept(*found) for found in session.execute(_KEPT, {"paper": row.id})]


def file_of(session: TenantSession, row: IssuedPaper, form: str) -> bytes:
    """The bytes that went out. Raises NotFound for a format there is none of."""
    found = session.get(IssuedFile, (session.tenant_id, row.id, form))
    if found is None:
        raise NotFound
    return found.content
