"""Praise and discipline, inspections, rules in force, what people asked for; of cases the outcome alone."""

from __future__ import annotations

from bontot.services.listing import Key, Listing, between, held, of_anyone, of_place

WHOM = "m.public_id AS member, o.public_id AS organisation"

COMMENDATIONS = Listing(
    columns=f"{WHOM}, c.reason, c.awarded_on",
    source=f"FROM commendation c {of_anyone('c', between('c.awarded_on'))}",
    keys=(Key("c.awarded_on", "date"), Key("c.id", "bigint")),
)
"""By day, as all here. Binds of all: `within`, `since`, `until`; of what may be of members `today` and `member`."""

DISCIPLINES = Listing(
    columns=f"{WHOM}, c.form, c.number, c.found_on, c.decided_on",
    source=f"FROM discipline c {of_anyone('c', between('c.decided_on'))}",
    keys=(Key("c.decided_on", "date"), Key("c.id", "bigint")),
)

COMPLAINTS = Listing(
    columns="o.public_id AS organisation, c.member_id IS NOT NULL AS about_member, c.received_on, c.founded",
    source=f"FROM complaint c {of_anyone('c', between('c.received_on'))}",
    keys=(Key("c.received_on", "date"), Key("c.id", "bigint")),
)
"""Whom one is about is not said."""

INSPECTIONS = Listing(
    columns="o.public_id AS organisation, c.kind, c.held_on",
    source=f"FROM inspection c {of_place('c', between('c.held_on'))}",
    keys=(Key("c.held_on", "date"), Key("c.id", "bigint")),
)

CONCERNS = Listing(
    columns="o.public_id AS organisation, c.subject, c.raised_on, c.answered_on",
    source=f"FROM concern c {of_place('c', between('c.raised_on'))}",
    keys=(Key("c.raised_on", "date"), Key("c.id", "bigint")),
)

REGULATIONS = Listing(
    columns="o.public_id AS organisation, c.kind, c.number, c.title, c.valid_from, c.valid_to",
    source=f"FROM regulation c {of_place('c', held('c'))}",
    keys=(Key("c.valid_from", "date"), Key("c.id", "bigint")),
)
"""Binds: `within` and `as_of` or None."""
