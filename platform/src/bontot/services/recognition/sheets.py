"""Whether subjects judged themselves, as some steps of the recognition lay down (`Act.SHEET`)."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from sqlalchemy import text

from bontot.db.tenancy import TenantSession
from bontot.evaluation.asked import is_judged
from bontot.policy.terms import Stage
from bontot.services.recognition.lines import Line
from bontot.services.recognition.titles import Title


@dataclass(frozen=True, slots=True)
class SelfSheet:
    """On how many of the criteria of a sheet a subject judged itself."""

    judged: int
    asked: int

    @property
    def whole(self) -> bool:
        """Whether nothing is left out."""
        return self.judged == self.asked


_JUDGED = {
    of_members: text(f"""
SELECT {whose}, array_agg(criterion) FROM judgment
WHERE year = :year AND stage = '{Stage.SELF_ASSESSMENT}' AND {whose} = ANY(CAST(:subjects AS bigint[]))
GROUP BY {whose}
""")
    for of_members, whose in ((True, "member_id"), (False, "organisation_id"))
}


def sheets_of(session: TenantSession, title: Title, lines: Sequence[Line]) -> dict[int, SelfSheet]:
    """How far each of those subjects judged itself on the criteria of a title, by id."""
    binds = {"year": title.year, "subjects": [line.id for line in lines]}
    rows = session.execute(_JUDGED[title.of_members], binds)
    judged: dict[int, list[str]] = {row[0]: row[1] for row in rows}
    found = {}
    for line in lines:
        asked = set(_asked(title, line))
        found[line.id] = SelfSheet(len(asked.intersection(judged.get(line.id, ()))), len(asked))
    return found


def _asked(title: Title, line: Line) -> Iterator[str]:
    """The criteria that wait for somebody's judgment on a subject of its type and sector; where a title goes by points,
    those that give points."""
    for one in title.scheme.lines:
        if title.scheme.by_points and one.points is None:
            continue
        fits = (not one.organisation_types or line.place_type in one.organisation_types) and (
            not one.sectors or line.place_sector in one.sectors
        )
        if is_judged(one) and not one.met_unless_judged and fits:
            yield one.key
