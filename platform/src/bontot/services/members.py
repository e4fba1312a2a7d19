"""Reading members: who is on a roll, and one member's record through time."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import date
from uuid import UUID

from sqlalchemy import TextClause, select, text

from bontot.db import rolls
from bontot.db.models import Member
from bontot.db.rolls import ATTENDANCE_ROLL, holds_on
from bontot.db.statements import planned_anew, within
from bontot.db.tenancy import TenantSession
from bontot.errors import NotFound
from bontot.services.organisations import OnDay, on_days
from bontot.services.paging import IS_WHOLE, MOST, Page, window
from bontot.text import clean, search_key


@dataclass(frozen=True, slots=True)
class MemberLine:
    """A member in a list, with the home cell and the states that hold on the day; `above` is the body above the cell where
    the list holds cells of several, whose names may be alike. Dates are known to their precision; `official_date` is one
    that has come by the day."""

    public_id: UUID
    full_name: str
    birth_year: int | None
    official: bool
    employment: str
    cell_id: UUID
    cell_name: str
    states: Sequence[str]
    above: str
    cell_code: str
    card_number: str | None
    birth: tuple[date | None, str]
    admission: tuple[date | None, str]
    official_date: date | None


@dataclass(frozen=True, slots=True)
class Headcount:
    """How many are on a roll, and how many of them are in a state that a reader asks about."""

    members: int
    probationary: int
    exempt: int


@dataclass(frozen=True, slots=True)
class Profile:
    """Who a member is. Dates are known to their precision: "day", "month" or "year"."""

    full_name: str
    birth_date: date | None
    birth_precision: str
    female: bool | None
    card_number: str | None
    admission_date: date | None
    admission_precision: str
    official_date: date | None
    employment: str
    ended_on: date | None
    end_kind: str | None


@dataclass(frozen=True, slots=True)
class Span:
    """Something that held of a member over `[valid_from, valid_to)`: a cell, a post or a state (`kind`), and where, under
    the name that place had on the day asked about, or at the end where that came before."""

    kind: str
    place_id: int | None
    place: UUID | None
    place_name: str | None
    valid_from: date
    valid_to: date | None
    document: str | None

    def known_on(self, day: date) -> Span:
        """The same, where an end after a day is not known yet."""
        return self if self.valid_to is None or self.valid_to <= day else replace(self, valid_to=None)

    def holds_on(self, day: date) -> bool:
        """Whether it holds on a day."""
        return self.valid_from <= day and (self.valid_to is None or day < self.valid_to)


@dataclass(frozen=True, slots=True)
class Presence:
    """A meeting the member had to attend; `mark` is None when nobody was marked."""

    meeting_id: UUID
    place_id: int
    cell_id: UUID
    kind: str
    held_on: date
    mark: int | None
    reason: str | None


@dataclass(frozen=True, slots=True)
class FeeMonth:
    """One month of fees, in đồng."""

    month: date
    due: int
    paid: int
    paid_on: date | None
    exempt: bool


_HOME = """
membership s
JOIN member m ON m.id = s.member_id AND (m.ended_on IS NULL OR :day < m.ended_on)
"""
_ON_ROLL = f"s.kind = 'home' AND {holds_on('s', ':day')}"

_LIST = planned_anew(f"""
SELECT m.public_id, m.full_name, CAST(extract(year FROM m.birth_date) AS integer),
       coalesce(m.official_date <= :day, false), m.employment, o.public_id, p.name,
       ARRAY(SELECT st.kind FROM member_state st WHERE st.member_id = m.id AND {holds_on("st", ":day")} ORDER BY 1),
       CASE WHEN {IS_WHOLE} OR min(p.parent_id) OVER () < max(p.parent_id) OVER () THEN coalesce(u.name, '') ELSE '' END,
       p.code, m.card_number, m.birth_date, m.birth_precision, m.admission_date, m.admission_precision,
       CASE WHEN m.official_date <= :day THEN m.official_date END, count(*) OVER ()
FROM {_HOME}
JOIN organisation o ON o.id = s.organisation_id
JOIN organisation_period p ON p.organisation_id = o.id AND {holds_on("p", ":day")}
LEFT JOIN organisation_period u ON u.organisation_id = p.parent_id AND {holds_on("u", ":day")}
WHERE {_ON_ROLL} AND {within("s.organisation_id")} AND (:words = '' OR strpos(' ' || m.search_key, ' ' || :words) > 0)
ORDER BY m.sort_key, m.birth_date, m.id LIMIT :size OFFSET :skip
""")


def on_rolls(
    session: TenantSession,
    places: Collection[int] | None,
    day: date,
    words: str = "",
    number: int = 1,
    *,
    most: int = MOST,
) -> Page[MemberLine]:
    """The members at home in the organisations `places` (None: in all) on `day`, by given name, a page at a time, or the
    whole list up to `most`; `words` with or without accents must begin words of the name. Raises NotFound for a page beyond
    the last."""
    ids = None if places is None else list(places)
    binds = {"within": ids, "day": day, "words": search_key(clean(words)), **window(number, most)}
    rows = session.execute(_LIST, binds).all()
    if not rows and number > 1:
        raise NotFound
    lines = [MemberLine(*[*row[:11], row[11:13], row[13:15], row[15]]) for row in rows]
    return Page(lines, number, rows[0][-1] if rows else 0)


@dataclass(frozen=True, slots=True)
class Choice:
    """A member to be chosen on a page: two of a name are told apart by the year of birth."""

    id: int
    public_id: UUID
    full_name: str
    birth_year: int | None


_AT_HOME = text(f"""
SELECT m.id, m.public_id, m.full_name, CAST(extract(year FROM m.birth_date) AS integer)
FROM {_HOME} WHERE {_ON_ROLL} AND s.organisation_id = :cell ORDER BY m.sort_key, m.birth_date, m.id
""")


def at_home(session: TenantSession, organisation_id: int, day: date) -> list[Choice]:
    """Everyone at home in one cell on `day`, by given name."""
    rows = session.execute(_AT_HOME, {"cell": organisation_id, "day": day})
    return [Choice(*row) for row in rows]


_FIGURES = "count(*), count(*) FILTER (WHERE NOT official), count(*) FILTER (WHERE exempt)"
_COUNT = text(f"SELECT {_FIGURES} FROM ({rolls.headcount()}) AS roll WHERE organisation_id = ANY(:within)")
_COUNTS = text(f"""
SELECT asked.id, asked.day, counted.* FROM unnest(CAST(:ids AS bigint[]), CAST(:days AS date[])) AS asked (id, day),
LATERAL (SELECT {_FIGURES} FROM ({rolls.headcount("asked.day")}) AS roll WHERE organisation_id = asked.id) AS counted
""")


def headcount(session: TenantSession, within: frozenset[int], day: date) -> Headcount:
    """How many are at home in the organisations on `day`."""
    return Headcount(*session.execute(_COUNT, {"within": list(within), "day": day}).one())


def headcounts(session: TenantSession, asked: Iterable[OnDay]) -> dict[OnDay, Headcount]:
    """How many are at home in each organisation on its day, in one statement."""
    rows = session.execute(_COUNTS, on_days(asked))
    return {(id_, day): Headcount(*told) for id_, day, *told in rows}


_PROFILE = text("""
SELECT full_name, birth_date, birth_precision, female, card_number, admission_date, admission_precision, official_date,
       employment, ended_on, end_kind
FROM member WHERE id = :member
""")


def address_of(session: TenantSession, member_id: int) -> UUID:
    """The public id of a member."""
    found: UUID = session.execute(select(Member.public_id).where(Member.id == member_id)).scalar_one()
    return found


def profile(session: TenantSession, member_id: int) -> Profile:
    """Who the member is."""
    return Profile(*session.execute(_PROFILE, {"member": member_id}).one())


def _spans(table: str, document: str) -> TextClause:
    """A member's intervals in a table that names an organisation."""
    called = "greatest(s.valid_from, least(s.valid_to - 1, CAST(:day AS date)))"
    return text(f"""
SELECT s.kind, s.organisation_id, o.public_id, p.name, s.valid_from, s.valid_to, s.{document}
FROM {table} s
JOIN organisation o ON o.id = s.organisation_id
LEFT JOIN organisation_period p ON p.organisation_id = o.id AND {holds_on("p", called)}
WHERE s.member_id = :member ORDER BY s.valid_from DESC, s.id DESC""")


_CELLS = _spans("membership", "document")
_POSTS = _spans("post", "term")
_STATES = text("""
SELECT kind, CAST(NULL AS bigint), CAST(NULL AS uuid), CAST(NULL AS text), valid_from, valid_to, document
FROM member_state WHERE member_id = :member ORDER BY valid_from DESC, id DESC
""")


def cells_of(session: TenantSession, member_id: int, day: date) -> list[Span]:
    """The cells the member belonged to, the latest first, as they were called on `day`."""
    return [Span(*row) for row in session.execute(_CELLS, {"member": member_id, "day": day})]


def posts_of(session: TenantSession, member_id: int, day: date) -> list[Span]:
    """The posts held, the latest first, with places as called on `day`; `document` is the term."""
    return [Span(*row) for row in session.execute(_POSTS, {"member": member_id, "day": day})]


def states_of(session: TenantSession, member_id: int) -> list[Span]:
    """Exemptions and absences, the latest first."""
    return [Span(*row) for row in session.execute(_STATES, {"member": member_id})]


_PRESENCE = text(f"""
SELECT m.public_id, o.id, o.public_id, m.kind, m.held_on, a.mark, a.reason
FROM ({ATTENDANCE_ROLL}) AS r
JOIN meeting m ON m.id = r.meeting_id
JOIN organisation o ON o.id = r.organisation_id
LEFT JOIN attendance a ON a.year = r.year AND a.meeting_id = r.meeting_id AND a.member_id = r.member_id
WHERE r.member_id = :member AND r.year = :year ORDER BY m.held_on, m.id
""")


def attendance_of(session: TenantSession, member_id: int, year: int) -> list[Presence]:
    """The meetings of a year the member had to attend, by day."""
    return [Presence(*row) for row in session.execute(_PRESENCE, {"member": member_id, "year": year})]


_FEES = text("""
SELECT month, due, paid, paid_on, exempt FROM fee
WHERE member_id = :member AND month >= make_date(:year, 1, 1) AND month < make_date(:year + 1, 1, 1) ORDER BY month
""")


def fees_of(session: TenantSession, member_id: int, year: int) -> list[FeeMonth]:
    """The fees of a year, by month."""
    return [FeeMonth(*row) for row in session.execute(_FEES, {"member": member_id, "year": year})]


def begun(spans: Iterable[Span], day: date) -> list[Span]:
    """What had begun by a day, as it was known then."""
    return [span.known_on(day) for span in spans if span.valid_from <= day]


def as_of(profile: Profile, day: date) -> Profile:
    """Who the member was on a day gone by: no end and no recognition that came later."""
    gone = profile.ended_on is not None and profile.ended_on <= day
    official = profile.official_date if profile.official_date and profile.official_date <= day else None
    return replace(
        profile,
        official_date=official,
        ended_on=profile.ended_on if gone else None,
        end_kind=profile.end_kind if gone else None,
    )


def paid_by(fees: Iterable[FeeMonth], day: date) -> list[FeeMonth]:
    """The months begun by a day, with what had been paid by then."""
    return [
        fee if fee.paid_on is None or fee.paid_on <= day else replace(fee, paid=0, paid_on=None)
        for fee in fees
        if fee.month <= day
    ]


def arrears(fees: Iterable[FeeMonth], day: date) -> int:
    """What is still owed for the months before the one that runs, in đồng."""
    past = (fee for fee in fees if fee.month < day.replace(day=1) and not fee.exempt)
    return sum(max(fee.due - fee.paid, 0) for fee in past)
