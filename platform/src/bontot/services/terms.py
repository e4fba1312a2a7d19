"""The term of office of a body: what the numbers of its papers and resolutions run through (dossier documents §2).

A term runs from one congress's close to the next. Where no congress is recorded it is the one named on the post of the
secretary, or else of the deputy, and reaches back to the first year in that name.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from sqlalchemy import text
from sqlalchemy.orm import Session

from bontot.db.rolls import holds_on

_FIRST, _LAST = "'[12][0-9]{3}'", "'^.*([12][0-9]{3})'"


def _year(which: str) -> str:
    return f"CAST(substring(t.term FROM {which}) AS integer)"


TERM = f"""
SELECT coalesce(c.congress, make_date(named.first_year, 1, 1) - 1) AS since, c.until, c.congress,
       coalesce(named.term, '') AS name
FROM (
    SELECT max(held_on) FILTER (WHERE held_on < :day) AS congress, min(held_on) FILTER (WHERE held_on >= :day) AS until
    FROM meeting WHERE organisation_id = :organisation AND kind = 'congress'
) AS c
LEFT JOIN LATERAL (
    SELECT t.term, {_year(_FIRST)} AS first_year FROM post t
    WHERE t.organisation_id = :organisation AND t.kind IN ('secretary', 'deputy_secretary') AND t.term <> ''
      AND t.valid_from <= :day
      AND ({holds_on("t", ":day")} OR {_year(_LAST)} >= extract(year FROM CAST(:day AS date)))
      AND (c.congress IS NULL OR coalesce({_year(_FIRST)} >= extract(year FROM c.congress), t.valid_from > c.congress))
      AND coalesce({_year(_FIRST)} < extract(year FROM c.until), true)
    ORDER BY {holds_on("t", ":day")} DESC, t.kind DESC, t.valid_from DESC LIMIT 1
) AS named ON true
"""
"""One row, the term of the body `:organisation` that `:day` is in, the day of a congress the last of the term it ends: the
days after `since` up to `until`, each None where it is not known, the `congress` it began with, and its `name`. A name stays
its term's when the post has gone over to somebody of whom none is recorded; one of the time before the congress it began
with, or after the one it ended with, is none."""
_TERM = text(TERM)


@dataclass(frozen=True, slots=True)
class Term:
    """A term of office: the days after `since` up to `until`, None where it is not known."""

    name: str
    since: date | None
    until: date | None
    congress: bool
    """Whether it began with a congress that is recorded."""

    @property
    def by_days(self) -> bool:
        """Whether its days alone say what belongs to it: between congresses, or before the first one without a name."""
        return self.congress or (self.until is not None and not self.name)


def term_on(session: Session, organisation_id: int, day: date) -> Term:
    """The term of a body that a day is in; its name is empty where nothing tells it from others."""
    row = session.execute(_TERM, {"organisation": organisation_id, "day": day}).one()
    name = row.name or (f"từ {row.congress:%d/%m/%Y}" if row.congress else "")
    return Term(name, row.since, row.until, congress=row.congress is not None)
