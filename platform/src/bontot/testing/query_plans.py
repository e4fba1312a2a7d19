"""How the database would go about a statement."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any, NamedTuple

EXPLAIN = "EXPLAIN (FORMAT JSON) "


class Node(NamedTuple):
    """A node of a query's plan: what it does, and of which table and by which index, "" where it is of none."""

    kind: str
    table: str
    by: str


def nodes(explained: list[Mapping[str, Any]]) -> Iterator[Node]:
    """The nodes of what `EXPLAIN` answered, from the top; without those that only read the committee's number."""
    yield from _below(explained[0]["Plan"])


def _below(plan: Mapping[str, Any]) -> Iterator[Node]:
    if (
        plan["Node Type"] == "Result"
        and plan.get("Parent Relationship") == "InitPlan"
        and "Plans" not in plan
    ):
        return
    yield Node(plan["Node Type"], plan.get("Relation Name", ""), plan.get("Index Name", ""))
    for one in plan.get("Plans", ()):
        yield from _below(one)
