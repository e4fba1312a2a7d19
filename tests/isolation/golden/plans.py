"""Plans, frames, values, and what came of them."""

from __future__ import annotations

from typing import Any

from bontot.access import Role
from tests.isolation.golden.asking import (
    YEARS,
    Golden,
    Requests,
    World,
    decision,
    form_key,
)


def own_value(world: World) -> dict[str, Any]:
    """A value that every plan leaves to the committee."""
    return {"code": world["policy"], "key": "meeting.deadline"}


def first_day(world: World) -> dict[str, Any]:
    """The form of a decision on a frame, each time from a later day, so that one asked again finds the frame as it was."""
    return decision(world) | {"valid_from-year": str(next(YEARS))}


REQUESTS: Requests = {
    ("plan.index", "GET"): lambda _: Golden(role=Role.MEMBER, query={"ngay": "2024-05-01"}),
    ("plan.show", "GET"): lambda world: Golden(role=Role.MEMBER, args={"code": world["policy"]}),
    ("plan.criteria", "GET"): lambda world: Golden(role=Role.MEMBER, args={"code": world["policy"]}),
    ("plan.compare", "GET"): lambda world: Golden(
        args={"code": world["policy"]}, query={"viec": world["comparison"]}
    ),
    ("plan.compare", "POST"): lambda world: Golden(
        method="POST", args={"code": world["policy"]}, form={"voi": "hanoi_longbien", "nam": "2024"}
    ),
    ("plan.value", "GET"): lambda world: Golden(args=own_value(world)),
    ("own_value.set_own", "GET"): lambda world: Golden(args=own_value(world), query={"viec": world["trial"]}),
    ("own_value.set_own", "POST"): lambda world: Golden(
        method="POST",
        args=own_value(world),
        form=decision(world, value="5", agreed="5|2024-04-01"),
        status=302,
    ),
    ("own_value.withdraw", "GET"): lambda world: Golden(
        args=own_value(world), query={"viec": world["trial of a return"]}
    ),
    ("own_value.withdraw", "POST"): lambda world: Golden(
        method="POST", args=own_value(world), form=decision(world, agreed="|2024-04-01"), status=302
    ),
    ("frame.index", "GET"): lambda _: Golden(role=Role.MEMBER),
    ("frame.adopt", "GET"): lambda _: Golden(args={"frame": "national_rating_2025"}),
    ("frame.adopt", "POST"): lambda world: Golden(
        method="POST", args={"frame": "national_rating_2025"}, form=first_day(world), status=302
    ),
    ("frame.end", "GET"): lambda _: Golden(args={"frame": "national_meetings_2025"}),
    ("frame.end", "POST"): lambda world: Golden(
        method="POST", args={"frame": "national_meetings_2025"}, form=first_day(world), status=302
    ),
    ("evaluation.index", "GET"): lambda _: Golden(role=Role.MEMBER),
    ("evaluation.index", "POST"): lambda _: Golden(
        method="POST", form={"form_key": form_key(), "year": "2023"}, status=302
    ),
    ("evaluation.show", "GET"): lambda world: Golden(args={"run": world["run"]}, query={"bang": "1"}),
    ("evaluation.of_organisation", "GET"): lambda world: Golden(
        role=Role.CELL_SECRETARY, args={"run": world["run"], "organisation": world["cell"]}
    ),
    ("evaluation.of_member", "GET"): lambda world: Golden(
        args={"run": world["run"], "member": world["member"]}
    ),
}
