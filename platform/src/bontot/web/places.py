"""Choosing an organisation in a form: those within reach, as the tree has them."""

from __future__ import annotations

from collections.abc import Iterator

from bontot.errors import InvalidInput
from bontot.services import organisations
from bontot.services.organisations import Node
from bontot.web.database import session
from bontot.web.request import reach, this_day


def offered() -> list[tuple[int, Node]]:
    """Every organisation within reach today with its depth in the tree, in the tree's order."""
    return list(_listed(organisations.tree(session(), reach(), this_day())))


def chosen(public_id: str) -> int | None:
    """The organisation picked; None for none. Raises InvalidInput for one that is not in the list."""
    if not public_id:
        return None
    for _, node in offered():
        if str(node.public_id) == public_id:
            return node.id
    raise InvalidInput("Xin chọn tổ chức trong danh sách.", "organisation")


def parents(nodes: tuple[Node, ...], above: Node | None = None) -> Iterator[tuple[Node, Node | None]]:
    """Every organisation of some trees with the one directly above it."""
    for node in nodes:
        yield node, above
        yield from parents(node.below, node)


def _listed(nodes: tuple[Node, ...], depth: int = 0) -> Iterator[tuple[int, Node]]:
    for node in nodes:
        yield depth, node
        yield from _listed(node.below, depth + 1)
