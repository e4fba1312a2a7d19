"""One text for everyone and for a few: the condition that a subject was asked for, settled before the database sees it.

Left in the text, "all, or one of these" makes every plan kept for it read everyone: it must also serve for all.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from functools import cache

from sqlalchemy import TextClause, text

_WANTED = re.compile(
    r"\(CAST\(:(?P<ids>\w+) AS bigint\[\]\) IS NULL OR (?P<column>.+?)"
    r" = ANY\(CAST\(:(?P=ids) AS bigint\[\]\)\)(?P<rest>(?:\)\))?)\)"
)


KEEP_PLANS = text("SELECT set_config('plan_cache_mode', 'force_generic_plan', true)")
"""Of a few subjects the statements take less time than planning them: in this transaction one plan is kept for whomever is
asked about."""
READ_EACH_ONCE = text("""
SELECT set_config('enable_nestloop', 'off', true), set_config('enable_seqscan', 'off', true)
""")
"""Of everyone: row-level security keeps from the planner how large the committee is, so that it takes one for the average of
all. In this transaction it reads each table once, by the committee's index, and joins what it read: right for any size."""


def wanted(column: str, ids: str = "subjects") -> str:
    """The condition that a subject is among the bound `ids`; null asks for all."""
    return f"(CAST(:{ids} AS bigint[]) IS NULL OR {column} = ANY(CAST(:{ids} AS bigint[])))"


def wanted_through(column: str, others: str, ids: str = "subjects") -> str:
    """The condition that `column` is among what `others`, a SELECT ending in a column of subjects, has for those asked for;
    it says nothing that the rest of a statement does not, and leads to its rows by their index."""
    return f"(CAST(:{ids} AS bigint[]) IS NULL OR {column} = ANY(ARRAY({others} = ANY(CAST(:{ids} AS bigint[])))))"


def narrowed(statement: str, binds: Mapping[str, object]) -> TextClause:
    """The statement as it reads with these binds: of each `wanted`, only the half that applies."""
    return _settled(statement, frozenset(name for name, value in binds.items() if value is None))


@cache
def _settled(statement: str, missing: frozenset[str]) -> TextClause:
    def half(found: re.Match[str]) -> str:
        if found["ids"] in missing:
            return "true"
        return f"{found['column']} = ANY(CAST(:{found['ids']} AS bigint[])){found['rest']}"

    return text(_WANTED.sub(half, statement))
