"""What is on record of members: events, states, posts, trainings, remarks of where they live."""

from __future__ import annotations

from bontot.services.listing import Key, Listing, between, held, of_member, of_place, same

EVENTS = Listing(
    columns="""m.public_id AS member, e.kind, e.day, CAST(e.entry ->> 'until' AS date) AS until,
       place.public_id AS organisation, e.document, e.entered_by, e.entered_at""",
    source=f"""
FROM member_event e
LEFT JOIN organisation place ON place.id = e.organisation_id {of_member("e", between("e.day") + same("e.kind", "kind"))}""",
    keys=(Key("e.day", "date"), Key("e.id", "bigint")),
    descending=True,
)
"""The latest first. Binds of every list here: `within`, `today` and `member` or None; and of this one `since`, `until` and
`kind` or None."""

STATES = Listing(
    columns="m.public_id AS member, o.public_id AS organisation, st.kind, st.valid_from, st.valid_to, st.document",
    source=f"FROM member_state st {of_member('st', held('st') + same('st.kind', 'kind'))}",
    keys=(Key("st.valid_from", "date"), Key("st.id", "bigint")),
)
"""By day. Binds besides: `as_of` and `kind` or None."""

POSTS = Listing(
    columns="m.public_id AS member, o.public_id AS organisation, t.kind, t.valid_from, t.valid_to, t.term",
    source=f"""
FROM post t
JOIN member m ON m.id = t.member_id {of_place("t", held("t") + same("t.kind", "kind"))}{same("m.id", "member", "bigint")}""",
    keys=(Key("t.valid_from", "date"), Key("t.id", "bigint")),
)
"""Those of organisations within reach, by day. Binds besides: `as_of` and `kind` or None."""

TRAININGS = Listing(
    columns="m.public_id AS member, o.public_id AS organisation, g.kind, g.completed_on, g.title",
    source=f"FROM training g {of_member('g', between('g.completed_on'))}",
    keys=(Key("g.completed_on", "date"), Key("g.id", "bigint")),
)
"""By day. Binds besides: `since` and `until` or None."""

RESIDENCE_REMARKS = Listing(
    columns="m.public_id AS member, o.public_id AS organisation, r.year, r.received_on",
    source=f"FROM residence_remark r {of_member('r', same('r.year', 'year', 'integer'))}",
    keys=(Key("r.year", "integer"), Key("m.public_id", "uuid")),
)
"""By year. Binds besides: `year` or None."""
