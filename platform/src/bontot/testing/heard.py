"""What is asked of a database while something is done."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any, NamedTuple

from sqlalchemy import Engine, event


class Statement(NamedTuple):
    """A statement as the driver is given it."""

    text: str
    binds: Any


@contextmanager
def heard(engine: Engine) -> Iterator[list[Statement]]:
    """The statements sent through an engine inside the block, in their order."""
    sent: list[Statement] = []

    def hear(*given: Any) -> None:
        sent.append(Statement(given[2], given[3]))

    event.listen(engine, "before_cursor_execute", hear)
    try:
        yield sent
    finally:
        event.remove(engine, "before_cursor_execute", hear)
