"""What a committee decided of its plans: which govern where, its own values, frames, pilots."""

from __future__ import annotations

from bontot.services.listing import Key, Listing, held, of_place, same

OWN_VALUES = Listing(
    columns="v.policy_code AS plan, v.key, v.value, v.valid_from, v.document, v.entered_by, v.entered_at",
    source=f"FROM threshold_override v WHERE true{same('v.policy_code', 'plan')}{same('v.key', 'key')}",
    keys=(Key("v.valid_from", "date"), Key("v.id", "bigint")),
)
"""By day; a value of null returned to the plan's own. Binds: `plan` and `key` or None."""

ASSIGNMENTS = Listing(
    columns="o.public_id AS organisation, a.policy_code AS plan, a.valid_from, a.valid_to",
    source=f"FROM policy_assignment a {of_place('a', held('a'))}",
    keys=(Key("a.valid_from", "date"), Key("a.id", "bigint")),
)
"""Binds: `within` and `as_of` or None."""

FRAMES = Listing(
    columns="""f.policy_code AS frame, f.valid_from, f.valid_to, f.document, f.entered_by, f.end_document, f.ended_by""",
    source=f"FROM frame_adoption f WHERE true{held('f')}",
    keys=(Key("f.valid_from", "date"), Key("f.id", "bigint")),
)
"""Every time one was switched on. Binds: `as_of` or None."""

PILOTS = Listing(
    columns="""o.public_id AS organisation, s.policy_code AS plan, s.selected_on, s.selected_by, s.document, s.ended_on,
       s.end_document""",
    source=f"FROM pilot_selection s {of_place('s')}",
    keys=(Key("s.selected_on", "date"), Key("s.id", "bigint")),
)
"""Cells chosen for a pilot. Binds: `within`."""
