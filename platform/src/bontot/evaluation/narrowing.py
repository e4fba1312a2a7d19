"""One text for everyone and for a few: the condition that a subject was asked for, settled before the database sees it.

Left in the text, "all, or one of these" makes every plan kept for it read everyone: it must also serve for all.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from functools import cache

from sqlalchemy import TextClause, text

_WANTED = re.compile(
    r"\(CAST\(:(?P<ids>\w+) AS bigint\[\]\) IS NULL OR (?P<column>.+?) = ANY\(CAST\(:(?P=ids) AS bigint\[\]\)\)\)"
)


def wanted(column: str, ids: str = "subjects") -> str:
    """The condition that a subject is among the bound `ids`; null asks for all."""
    return f"(CAST(:{ids} AS bigint[]) IS NULL OR {column} = ANY(CAST(:{ids} AS bigint[])))"


def narrowed(statement: str, binds: Mapping[str, object]) -> TextClause:
    """The statement as it reads with these binds: of each `wanted`, only the half that applies."""
    return _settled(statement, frozenset(name for name, value in binds.items() if value is None))


@cache
def _settled(statement: str, missing: frozenset[str]) -> TextClause:
    def half(found: re.Match[str]) -> str:
        if found["ids"] in missing:
            return "true"
        return f"{found['column']} = ANY(CAST(:{found['ids']} AS bigint[]))"

    return text(_WANTED.sub(half, statement))
