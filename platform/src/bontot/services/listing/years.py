"""A year's records: pledges, judgments, titles, ratings."""

from __future__ import annotations

from bontot.services.listing import Key, Listing, of_anyone, same

WHOM = "m.public_id AS member, o.public_id AS organisation"
OF_MEMBER = "{0}.member_id IS NOT NULL AS about_member"

PLEDGES = Listing(
    columns=f"""{WHOM}, {OF_MEMBER.format("r")}, r.year, r.signed_on, signer.public_id AS signed_by, r.confirmed_on,
       r.confirmed_by, r.version""",
    source=f"""
FROM registration r
LEFT JOIN member signer ON signer.id = r.signed_by_id {of_anyone("r", same("r.year", "year", "integer"))}
  AND (CAST(:confirmed AS boolean) IS NULL OR (r.confirmed_on IS NOT NULL) = :confirmed)""",
    keys=(Key("r.year", "integer"), Key("r.id", "bigint")),
)
"""By year. Binds of every list here: `within`, `today`, and `member` and `year` or None; of this one `confirmed` or None."""

OPENINGS = Listing(
    columns="y.year, y.due_on, y.document, y.entered_by, y.entered_at",
    source="FROM year_opening y WHERE true",
    keys=(Key("y.year", "integer"),),
)
"""The years opened for pledges. No binds."""

JUDGMENTS = Listing(
    columns=f"""{WHOM}, {OF_MEMBER.format("j")}, j.year, j.criterion, j.stage, j.verdict, j.points, j.remark, j.judged_on,
       j.judged_by, j.version""",
    source=f"""
FROM judgment j {of_anyone("j", same("j.year", "year", "integer"))}
{same("j.criterion", "criterion")}{same("j.stage", "stage")}""",
    keys=(Key("j.year", "integer"), Key("j.id", "bigint")),
)
"""By year. Binds besides: `criterion` and `stage` or None."""

DOSSIERS = Listing(
    columns=f"""c.public_id AS id, {WHOM}, {OF_MEMBER.format("c")}, c.year, c.policy_code AS plan, c.scheme, c.title,
       d.public_id AS decision, c.recognised_on, c.holds_until, v.public_id AS revocation, c.revoked_on, c.revoked_for,
       c.version""",
    source=f"""
FROM recognition_case c
LEFT JOIN recognition_decision d ON d.id = c.decision_id
LEFT JOIN recognition_decision v ON v.id = c.revocation_id
{of_anyone("c", same("c.year", "year", "integer") + same("c.title", "title") + same("c.public_id", "one", "uuid"))}
  AND (CAST(:recognised AS boolean) IS NULL
       OR (c.recognised_on IS NOT NULL AND c.revoked_on IS NULL) = :recognised)""",
    keys=(Key("c.year", "integer"), Key("c.public_id", "uuid")),
)
"""By year. Binds besides: `title`, `recognised` (and not taken back since) and `one` (a public id) or None."""

DECISIONS = Listing(
    columns="""d.public_id AS id, d.kind, d.year, d.policy_code AS plan, d.scheme, d.number, d.decided_on, d.issuer,
       d.signer""",
    source=f"""
FROM recognition_decision d
WHERE EXISTS (
    SELECT FROM recognition_case c {of_anyone("c")}
      AND (d.id IN (c.decision_id, c.revocation_id)
           OR EXISTS (SELECT FROM recognition_step s WHERE s.case_id = c.id AND s.decision_id = d.id))
){same("d.year", "year", "integer")}""",
    keys=(Key("d.decided_on", "date"), Key("d.public_id", "uuid")),
)
"""Those that decide of somebody within reach, by day."""

RATINGS = Listing(
    columns=f"""{WHOM}, {OF_MEMBER.format("a")}, a.year, a.level, a.decided_on, a.document, a.votes, a.entitled,
       a.version""",
    source=f"FROM annual_rating a {of_anyone('a', same('a.year', 'year', 'integer') + same('a.level', 'level'))}",
    keys=(Key("a.year", "integer"), Key("a.id", "bigint")),
)
"""By year. Binds besides: `level` or None."""
