"""What row-level security cannot hold against is not in the program (safety rules 7, 8 and 10)."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

import psycopg
import pytest
from psycopg import errors

from bontot.keys import key
from tests.conftest import Database

ROOT = Path(__file__).parents[2]
SOURCES = sorted([*(ROOT / "platform" / "src").rglob("*.py"), *(ROOT / "migrations").rglob("*.py")])
FORBIDDEN = {
    "autocommit": re.compile(r"autocommit\s*=\s*True"),
    "a setting that outlives its transaction": re.compile(
        r"set_config\([^)]*,\s*false\s*\)|\bSET\s+(SESSION|ROLE)\b|\"SET\s+(?!LOCAL|TRANSACTION)[a-z_.]+\s*="
    ),
    "a temporary table that outlives its transaction": re.compile(
        r"CREATE\s+TEMP(ORARY)?\s+TABLE(?!.*ON COMMIT DROP)", re.IGNORECASE
    ),
    "a materialized view": re.compile(r"MATERIALIZED\s+VIEW", re.IGNORECASE),
    "a function with its owner's rights": re.compile(r"SECURITY\s+DEFINER", re.IGNORECASE),
    "COPY": re.compile(r"\bCOPY\s+[a-z_{]+|\.copy\("),
    "a lock without its committee": re.compile(
        r"pg_(try_)?advisory_(xact_)?lock\((?!:tenant|app_tenant\(\)|\{UPGRADE_LOCK\})"
    ),
}
ALLOWED = {
    (
        "autocommit",
        "embedded/engines.py",
    ),  # creating databases is done outside transactions, before any table
    ("autocommit", "commands/db.py"),
    ("autocommit", "testing/databases.py"),
}
PLANTED = {
    "autocommit": "psycopg.connect(url, autocommit=True)",
    "a setting that outlives its transaction": "SELECT set_config('app.tenant_id', '1', false)",
    "a temporary table that outlives its transaction": "CREATE TEMPORARY TABLE staged (words text)",
    "a materialized view": "CREATE MATERIALIZED VIEW board AS SELECT 1",
    "a function with its owner's rights": "CREATE FUNCTION f() RETURNS int SECURITY DEFINER",
    "COPY": "COPY member FROM STDIN",
    "a lock without its committee": "SELECT pg_advisory_xact_lock(:year)",
}


def found(text: str) -> Iterator[str]:
    return (name for name, pattern in FORBIDDEN.items() if pattern.search(text))


def test_nothing_forbidden_stands_in_the_program() -> None:
    assert len(SOURCES) > 150
    seen = {
        (name, f"{path.parent.name}/{path.name}")
        for path in SOURCES
        for name in found(path.read_text(encoding="utf-8"))
    }
    assert seen == ALLOWED


@pytest.mark.parametrize("name", FORBIDDEN)
def test_what_is_forbidden_would_be_seen(name: str) -> None:
    assert name in found(PLANTED[name])


def test_rows_cannot_be_copied_in_past_the_policies(database: Database) -> None:
    with (
        psycopg.connect(database.database_url) as connection,
        pytest.raises(errors.FeatureNotSupported, match="COPY FROM not supported with row-level security"),
        connection.cursor() as cursor,
        cursor.copy("COPY member (tenant_id, full_name) FROM STDIN") as copy,
    ):
        copy.write_row((1, "Nguyễn Văn A"))


def test_names_outside_the_database_begin_with_whose_they_are() -> None:
    names = {key(tenant, "lock", "evaluate", 2023) for tenant in (0, 7, 70)}
    assert names == {
        "bontot:0:lock:evaluate:2023",
        "bontot:7:lock:evaluate:2023",
        "bontot:70:lock:evaluate:2023",
    }
