"""The tables are brought up by their owner, once, and agree with the models."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import psycopg
import pytest
from alembic.autogenerate import compare_metadata
from alembic.runtime.migration import MigrationContext
from sqlalchemy import Connection, create_engine, text

from bontot import embedded
from bontot.db import migrate, models, roles  # noqa: F401 - declares the tables
from bontot.db.base import Base
from bontot.embedded.addresses import postgres_url
from bontot.errors import DatabaseUnreachable, MigrationBusy
from tests.conftest import Database

REVISION = """
from alembic import op

revision = "t1"
down_revision = None


def upgrade() -> None:
    op.execute("UPDATE organisation_note SET words = 'mới'")
"""


def only_revision(folder: Path) -> Path:
    """A folder of migrations with one that rewrites the rows of `organisation_note`."""
    product = Path(migrate.__file__).parents[4] / "migrations"
    (folder / "versions").mkdir(parents=True)
    (folder / "env.py").write_text((product / "env.py").read_text())
    (folder / "versions" / "t1.py").write_text(REVISION)
    return folder


def unmigrated(database: Database) -> None:
    """Put the database back to no migration and one table under forced row-level security, with one row."""
    with psycopg.connect(database.owner_url) as connection:
        connection.execute("DELETE FROM alembic_version")
        connection.execute("CREATE TABLE organisation_note (words text)")
        connection.execute("INSERT INTO organisation_note VALUES ('cũ')")
        connection.execute("ALTER TABLE organisation_note ENABLE ROW LEVEL SECURITY")
        connection.execute("ALTER TABLE organisation_note FORCE ROW LEVEL SECURITY")
        connection.execute(
            "CREATE POLICY migration ON organisation_note"
            " USING ((SELECT current_setting('app.migrating', true)) = 'on')"
        )


def words(database: Database) -> list[str]:
    with psycopg.connect(database.superuser_url) as connection:
        return [row[0] for row in connection.execute("SELECT words FROM organisation_note")]


def test_the_models_and_the_migrations_describe_the_same_tables(database: Database) -> None:
    engine = create_engine(database.owner_url)
    with engine.connect() as connection:
        partitions = set(connection.scalars(text("SELECT relname FROM pg_class WHERE relispartition")))

        def is_whole_table(named: object, name: str | None, kind: str, *_: object) -> bool:
            return not (kind == "table" and name in partitions)

        context = MigrationContext.configure(connection, opts={"include_object": is_whole_table})
        assert compare_metadata(context, Base.metadata) == []
    engine.dispose()


SAID = """
SELECT c.relname || '.' || k.conname, pg_get_constraintdef(k.oid)
FROM pg_constraint AS k JOIN pg_class AS c ON c.oid = k.conrelid
WHERE k.contype IN ('c', 'x') AND c.relnamespace = CAST(:schema AS regnamespace) AND NOT c.relispartition
UNION ALL
SELECT c.relname || '.' || a.attname, pg_get_expr(d.adbin, d.adrelid)
FROM pg_attrdef AS d JOIN pg_class AS c ON c.oid = d.adrelid
JOIN pg_attribute AS a ON a.attrelid = d.adrelid AND a.attnum = d.adnum
WHERE c.relnamespace = CAST(:schema AS regnamespace) AND NOT c.relispartition
"""
"""Checks, exclusions and defaults of a schema, which the comparison of tables leaves out."""


def both_say(connection: Connection) -> tuple[dict[str, str], dict[str, str]]:
    """What the migrated tables say, and what the models would."""
    connection.execute(text("CREATE SCHEMA modelled"))
    Base.metadata.create_all(connection.execution_options(schema_translate_map={None: "modelled"}))
    migrated, modelled = (
        {row[0]: row[1] for row in connection.execute(text(SAID), {"schema": schema})}
        for schema in ("public", "modelled")
    )
    return migrated, modelled


def test_the_models_and_the_migrations_ask_the_same_of_a_row(database: Database) -> None:
    engine = create_engine(database.superuser_url)
    with engine.connect() as connection:
        migrated, modelled = both_say(connection)
        connection.rollback()
        connection.execute(text("ALTER TABLE meeting DROP CONSTRAINT ck_meeting_kind_known"))
        connection.execute(
            text("ALTER TABLE meeting ADD CONSTRAINT ck_meeting_kind_known CHECK (kind <> 'other')")
        )
        connection.execute(text("ALTER TABLE meeting ALTER version SET DEFAULT 2"))
        faulty, _ = both_say(connection)
        connection.rollback()
    engine.dispose()
    assert len(migrated) >= 100
    assert migrated == modelled
    assert {key for key in faulty if faulty[key] != modelled[key]} == {
        "meeting.ck_meeting_kind_known",
        "meeting.version",
    }


UNREACHED = """
SELECT c.relname || '.' || k.conname FROM pg_constraint AS k JOIN pg_class AS c ON c.oid = k.conrelid
WHERE k.contype = 'f' AND k.confdeltype = 'c' AND NOT c.relispartition AND NOT EXISTS (
    SELECT FROM pg_index AS i WHERE i.indrelid = k.conrelid AND i.indpred IS NULL
      AND (CAST(i.indkey AS smallint[]))[0:cardinality(k.conkey) - 1] @> k.conkey)
"""


def test_a_row_that_goes_finds_those_that_go_with_it_by_an_index(database: Database) -> None:
    engine = create_engine(database.superuser_url)
    with engine.connect() as connection:
        cascades = connection.scalar(text("SELECT count(*) FROM pg_constraint WHERE confdeltype = 'c'"))
        unreached = connection.scalars(text(UNREACHED)).all()
        connection.execute(text("DROP INDEX ix_follow_up_task"))
        faulty = connection.scalars(text(UNREACHED)).all()
        connection.rollback()
    engine.dispose()
    assert (cascades or 0) >= 20
    assert (unreached, faulty) == ([], ["follow_up.fk_follow_up_tenant_id_task_id"])


UNCOUNTED = """
SELECT c.relname FROM pg_class AS c
WHERE c.relnamespace = 'public'::regnamespace AND c.relkind IN ('r', 'p')
  AND NOT has_table_privilege(:app, c.oid, 'MAINTAIN') AND (c.relispartition OR has_table_privilege(:app, c.oid, 'INSERT'))
"""


def test_what_the_application_writes_it_may_count_anew_for_the_planner(database: Database) -> None:
    engine = create_engine(database.superuser_url)
    with engine.connect() as connection:
        uncounted = connection.scalars(text(UNCOUNTED), {"app": roles.APP}).all()
        connection.execute(text(f"REVOKE MAINTAIN ON attendance_2023 FROM {roles.APP}"))
        faulty = connection.scalars(text(UNCOUNTED), {"app": roles.APP}).all()
        connection.rollback()
    engine.dispose()
    assert (uncounted, faulty) == ([], ["attendance_2023"])


def test_a_migrated_database_is_current_and_a_second_upgrade_changes_nothing(
    fresh_database: Database,
) -> None:
    assert migrate.is_current(fresh_database.owner_url)
    migrate.upgrade(fresh_database.owner_url)
    assert migrate.is_current(fresh_database.owner_url)
    with psycopg.connect(fresh_database.owner_url) as connection:
        connection.execute("DELETE FROM alembic_version")
    assert not migrate.is_current(fresh_database.owner_url)


def test_a_migration_sees_the_rows_that_row_level_security_hides_from_their_owner(
    fresh_database: Database, tmp_path: Path
) -> None:
    unmigrated(fresh_database)
    with psycopg.connect(fresh_database.owner_url) as connection:
        assert connection.execute("SELECT * FROM organisation_note").fetchall() == []
    migrate.upgrade(fresh_database.owner_url, scripts=only_revision(tmp_path / "scripts"))
    assert words(fresh_database) == ["mới"]


def test_a_migration_gives_up_and_changes_nothing_when_a_table_is_in_use(
    fresh_database: Database, tmp_path: Path
) -> None:
    unmigrated(fresh_database)
    scripts = only_revision(tmp_path / "scripts")
    with psycopg.connect(fresh_database.superuser_url) as reader:
        reader.execute("LOCK TABLE organisation_note IN ACCESS EXCLUSIVE MODE")
        with pytest.raises(MigrationBusy):
            migrate.upgrade(fresh_database.owner_url, scripts=scripts)
    assert words(fresh_database) == ["cũ"]
    migrate.upgrade(fresh_database.owner_url, scripts=scripts)
    assert words(fresh_database) == ["mới"]


def test_two_upgrades_at_once_take_turns(fresh_database: Database, tmp_path: Path) -> None:
    unmigrated(fresh_database)
    scripts = only_revision(tmp_path / "scripts")
    upgrade = (
        "import sys, pathlib; from bontot.db import migrate;"
        "migrate.upgrade(sys.argv[1], scripts=pathlib.Path(sys.argv[2]))"
    )
    command = [sys.executable, "-c", upgrade, fresh_database.owner_url, str(scripts)]
    upgraders = [subprocess.Popen(command) for _ in range(3)]
    assert [upgrader.wait(60) for upgrader in upgraders] == [0, 0, 0]
    assert words(fresh_database) == ["mới"]


_COLUMNS = """
SELECT c.relname || '.' || a.attname, format_type(a.atttypid, a.atttypmod),
       a.attnotnull AND NOT a.atthasdef AND a.attidentity = ''
FROM pg_class c JOIN pg_attribute a ON a.attrelid = c.oid
WHERE c.relnamespace = 'public'::regnamespace AND c.relkind IN ('r', 'p') AND NOT c.relispartition
  AND a.attnum > 0 AND NOT a.attisdropped
"""
Columns = dict[str, tuple[str, bool]]


def columns(url: str) -> Columns:
    """Every column by `table.column`: its type, and whether each new row must say it."""
    with psycopg.connect(url) as connection:
        return {row[0]: (row[1], row[2]) for row in connection.execute(_COLUMNS)}


def broken_for_the_version_before(before: Columns, after: Columns) -> list[str]:
    """What a program that knows the tables `before` could not read, or could not write, on those `after`."""
    known = {name.partition(".")[0] for name in before}
    lost = [name for name, (kind, _) in before.items() if name not in after or after[name][0] != kind]
    asked = [
        name
        for name, (_, required) in after.items()
        if required and name.partition(".")[0] in known and not before.get(name, ("", False))[1]
    ]
    return sorted({*lost, *asked})


def test_the_version_before_each_migration_still_runs_on_the_tables_after_it(
    servers: embedded.Servers,
) -> None:
    """Expand, backfill, contract (safety rule 23): while sites are restarted one by one both versions are at work."""
    with psycopg.connect(servers.addresses.server_url, autocommit=True) as connection:
        roles.provision(connection, "tung_buoc")
    owner, steps = (
        postgres_url(roles.OWNER, servers.addresses.sockets, "tung_buoc"),
        [*sorted(migrate.older()), migrate.newest()],
    )
    before: Columns = {}
    for step in steps:
        migrate.upgrade(owner, step)
        after = columns(owner)
        assert (step, broken_for_the_version_before(before, after)) == (step, [])
        before = after
    assert len(steps) > 20
    assert len(before) > 400


@pytest.mark.parametrize(
    ("fault", "seen"),
    [
        ("ALTER TABLE fee DROP COLUMN month CASCADE", "fee.month"),
        ("ALTER TABLE member RENAME full_name TO name", "member.full_name"),
        ("ALTER TABLE fee ADD COLUMN strict text NOT NULL", "fee.strict"),
        ("ALTER TABLE api_token ALTER used_at SET NOT NULL", "api_token.used_at"),
        ("ALTER TABLE account ALTER display_name TYPE varchar(100)", "account.display_name"),
    ],
)
def test_a_migration_that_takes_something_away_is_seen(
    fresh_database: Database, fault: str, seen: str
) -> None:
    before = columns(fresh_database.owner_url)
    with psycopg.connect(fresh_database.owner_url) as connection:
        connection.execute(fault)
    assert seen in broken_for_the_version_before(before, columns(fresh_database.owner_url))


def test_an_unreachable_database_is_said_in_words() -> None:
    with pytest.raises(DatabaseUnreachable) as caught:
        migrate.upgrade("postgresql://bontot_owner@/bontot?host=/khong/co")
    assert str(caught.value) == DatabaseUnreachable.sentence
