"""What shapes the calendar of meetings: invitations, orders for a month, days off, days preferred."""

from __future__ import annotations

from bontot.db.statements import within
from bontot.services.listing import Key, Listing, between, held, of_place, same

PLANNED = Listing(
    columns="""p.public_id AS id, o.public_id AS organisation, p.kind, p.held_on, p.starts_at, p.place, p.thematic_topic,
       p.notified_on, g.public_id AS meeting, p.version""",
    source=f"""
FROM planned_meeting p
LEFT JOIN meeting g ON g.id = p.meeting_id {of_place("p", between("p.held_on"))}""",
    keys=(Key("p.held_on", "date"), Key("p.public_id", "uuid")),
)
"""By day, as all here. Binds: `within`, and `since` and `until` or None."""

ORDERS = Listing(
    columns="""o.public_id AS organisation, x.month, x.day, x.deadline, x.waived, x.document,
       giver.public_id AS ordered_by, x.entered_by, x.entered_at, x.version""",
    source=f"""
FROM month_exception x
LEFT JOIN organisation giver ON giver.id = x.ordered_by_id {of_place("x", between("x.month"))}""",
    keys=(Key("x.month", "date"), Key("x.id", "bigint")),
)
"""Binds as of `PLANNED`."""

OWN_DAYS = Listing(
    columns="h.public_id AS id, o.public_id AS organisation, h.day, h.kind, h.name, h.source, h.entered_by, h.entered_at",
    source=f"""
FROM holiday_override h
LEFT JOIN organisation o ON o.id = h.organisation_id
WHERE (h.organisation_id IS NULL OR {within("h.organisation_id")})
{between("h.day")}{same("h.public_id", "one", "uuid")}""",
    keys=(Key("h.day", "date"), Key("h.public_id", "uuid")),
)
"""Those of the whole committee too. Binds besides: `one` (a public id) or None."""

HOLIDAYS = Listing(
    columns="h.day, h.kind, h.name",
    source=f"FROM holiday h WHERE h.retired_at IS NULL{between('h.day')}",
    keys=(Key("h.day", "date"), Key("h.id", "bigint")),
)
"""The platform's calendar. Binds: `since` and `until` or None."""

PREFERENCES = Listing(
    columns="o.public_id AS organisation, f.day, f.valid_from, f.valid_to",
    source=f"FROM meeting_preference f {of_place('f', held('f'))}",
    keys=(Key("f.valid_from", "date"), Key("f.id", "bigint")),
)
"""Binds: `within` and `as_of` or None."""
