"""Evaluations, and who stands how in one."""

from __future__ import annotations

from bontot.evaluation.runs import STANDING
from bontot.policy.terms import Outcome
from bontot.services.evaluations import JUDGED
from bontot.services.listing import Key, Listing

NAMES = " ".join(f"WHEN {one:d} THEN '{one.name.lower()}'" for one in Outcome)

EVALUATIONS = Listing(
    columns="""public_id AS id, year, policy_code AS plan, rules ->> 'label' AS label, as_of, evaluated_at,
       superseded_by_id IS NOT NULL AS superseded""",
    source=f"""
FROM evaluation_run
WHERE (CAST(:year AS integer) IS NULL OR year = :year)
  AND (:superseded OR superseded_by_id IS NULL)
  AND (:whole OR {JUDGED})""",
    keys=(Key("year", "integer"), Key("public_id", "uuid")),
    descending=True,
)
"""The latest year first. Binds: `year` or None; `superseded`: also those that a later one took the place of; `whole`: also
those that judged nobody the reader sees; and those of `services.evaluations.reader`."""


def _verdicts(table: str, public: str) -> Listing:
    return Listing(
        columns=f"s.public_id AS subject, CASE v.outcome {NAMES} END AS outcome",
        source=f"""
FROM {table} AS v
JOIN {public} AS s ON s.id = v.subject_id
WHERE v.run_id = :run AND v.scheme = :scheme
  AND (CAST(:among AS bigint[]) IS NULL OR v.subject_id = ANY(CAST(:among AS bigint[])))
  AND (CAST(:outcome AS smallint) IS NULL OR v.outcome = :outcome)""",
        keys=(Key("s.public_id", "uuid"),),
    )


VERDICTS = {
    (standing, public): _verdicts(STANDING if standing else "verdict", public)
    for standing in (False, True)
    for public in ("member", "organisation")
}
"""By whether the run is read as it stands since, and what it judges. Binds: `run`, `scheme`, and `among` and `outcome` or
None."""
