"""What people decided: for each criterion and subject of a year, the judgment of the highest stage.

A self-assessment is kept and decides nothing: who decides is the cell or the superior (dossier, jurisdictions, kinds of
criteria). Points are the superior's: a self-score is kept beside them and adds nothing.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np
from sqlalchemy import TextClause, text
from sqlalchemy.orm import Session

from bontot.evaluation.columns import Column, Ids, Outcomes, align
from bontot.evaluation.period import Period
from bontot.evaluation.rules import Line
from bontot.policy.counts import NO_DATA
from bontot.policy.terms import Outcome, Stage, Subject

STAGES = tuple(Stage)
HUNDREDTHS = 100
"""Points have two decimals; they are added up as hundredths."""

_OF_YEAR = "SELECT * FROM judgment WHERE year = :year AND judged_on <= :as_of"
_OF_SOME = f"""
{_OF_YEAR} AND member_id = ANY(CAST(:members AS bigint[]))
UNION ALL
{_OF_YEAR} AND organisation_id = ANY(CAST(:organisations AS bigint[]))"""


def _highest(judgments: str) -> TextClause:
    """For each criterion and kind of subject: whom, and at the highest stage which verdict, which stage, how many points."""
    return text(f"""
SELECT criterion, member_id IS NOT NULL, array_agg(coalesce(member_id, organisation_id)),
       array_agg(CASE verdict WHEN 'met' THEN {int(Outcome.MET)} WHEN 'not_met' THEN {int(Outcome.NOT_MET)}
                              WHEN 'not_applicable' THEN {int(Outcome.NOT_APPLICABLE)} END),
       array_agg(stage),
       array_agg(CASE stage WHEN '{Stage.APPRAISAL}' THEN CAST(points * {HUNDREDTHS} AS bigint) END)
FROM (SELECT DISTINCT ON (criterion, member_id, organisation_id)
             criterion, member_id, organisation_id, stage, verdict, points
      FROM ({judgments}) AS made
      ORDER BY criterion, member_id, organisation_id,
               array_position(CAST(ARRAY{list(map(str, Stage))} AS text[]), stage) DESC) AS highest
GROUP BY criterion, member_id IS NOT NULL
""")


_ALL, _SOME = _highest(_OF_YEAR), _highest(_OF_SOME)


@dataclass(frozen=True, slots=True)
class Judged:
    """One criterion's judgments: by subject a verdict or points, and the stage at which it was given."""

    subjects: list[int]
    verdicts: list[int | None]
    stages: list[str]
    points: list[int | None]


@dataclass(frozen=True)
class Judgments:
    """All judgments of a year; read when the first is asked for."""

    read: Callable[[], dict[tuple[str, bool], Judged]]

    @cached_property
    def by_criterion(self) -> dict[tuple[str, bool], Judged]:
        """By criterion, and whether it is of members."""
        return self.read()

    def outcomes(self, line: Line, subject: Subject, ids: Ids) -> Outcomes:
        """What was decided for each subject; no data where nobody entitled decided, or decided what the plan does not
        offer."""
        judged = self.by_criterion.get((line.key, subject is Subject.MEMBER))
        if judged is None:
            return np.full(len(ids), Outcome.NO_DATA, np.int8)
        entitled = STAGES[STAGES.index(line.least_stage) :]
        made = zip(judged.subjects, judged.verdicts, judged.stages, strict=True)
        column = align(ids, [(id_, verdict, 1) for id_, verdict, stage in made if stage in entitled], NO_DATA)
        found = np.where(column.known, column.part, Outcome.NO_DATA).astype(np.int8)
        if not line.may_be_not_applicable:
            found[found == Outcome.NOT_APPLICABLE] = Outcome.NO_DATA
        return found

    def points(self, criterion: str, subject: Subject, ids: Ids, maximum: int) -> Column:
        """The points the superior recorded of each subject, in hundredths, of `maximum` hundredths."""
        judged = self.by_criterion.get((criterion, subject is Subject.MEMBER))
        pairs = zip(judged.subjects, judged.points, strict=True) if judged else ()
        return align(ids, [(id_, points, maximum) for id_, points in pairs], (None, maximum))


def read_judgments(
    session: Session,
    period: Period,
    *,
    organisations: Sequence[int] | None = None,
    members: Sequence[int] | None = None,
) -> Judgments:
    """The judgments of the year made by the day of the evaluation, in one statement: a year may be judged in January."""
    restricted = organisations is not None or members is not None
    binds = {
        "year": period.year,
        "as_of": period.as_of,
        "organisations": list(organisations or ()),
        "members": list(members or ()),
    }

    def read() -> dict[tuple[str, bool], Judged]:
        rows = session.execute(_SOME if restricted else _ALL, binds)
        return {(criterion, of_member): Judged(*lists) for criterion, of_member, *lists in rows}

    return Judgments(read)
