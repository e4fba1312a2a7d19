"""The trail of one record is found by an index, however long everybody's trail has grown."""

from __future__ import annotations

import psycopg
from sqlalchemy import Engine, TextClause, create_engine, text

from bontot.db.tenancy import scope
from bontot.services import judgment_lists, meeting_lists
from bontot.testing.databases import Database
from tests.factories import make_committee

INDEX = "ix_audit_event_subject"
FILL = text("""
INSERT INTO audit_event (action, subject, subject_id, detail)
SELECT (ARRAY['judge', 'change_meeting'])[n % 2 + 1], (ARRAY['member', 'organisation', 'meeting'])[n % 3 + 1],
       n % 500, '{"year": 2023, "stage": "cell", "before": {}}'
FROM generate_series(1, 30000) AS n
""")
OF_MEMBER = {"table": "member", "subject": 6, "action": "judge", "year": 2023}
HISTORIES: dict[str, tuple[TextClause, dict[str, object]]] = {
    "changes": (judgment_lists.CHANGES, OF_MEMBER | {"limit": 50}),
    "judged since": (judgment_lists.SINCE_OF_MEMBER, OF_MEMBER | {"moment": "2023-01-01"}),
    "corrections": (meeting_lists.CORRECTIONS, {"meeting": 7, "limit": 100}),
}


def planned(engine: Engine, tenant_id: int) -> dict[str, bool]:
    """For each history that pages show, whether the application reads it by the index."""
    with scope(engine, tenant_id) as session:
        return {
            name: INDEX in "\n".join(session.scalars(text(f"EXPLAIN {statement.text}"), binds))
            for name, (statement, binds) in HISTORIES.items()
        }


def test_a_history_is_read_by_the_index_of_its_record(fresh_database: Database) -> None:
    """Two committees have done thirty thousand things each, on records of the same ids."""
    engine = create_engine(fresh_database.database_url)
    tenants = [make_committee(engine, code, "nhà", members=2).tenant_id for code in ("nha", "moi")]
    for tenant_id in tenants:
        with scope(engine, tenant_id) as session:
            session.execute(FILL)
    with psycopg.connect(fresh_database.superuser_url) as owner:
        owner.execute("ANALYZE audit_event")
    with scope(engine, tenants[0]) as session:
        for statement, binds in HISTORIES.values():
            assert session.execute(statement, binds).all()
    assert planned(engine, tenants[0]) == dict.fromkeys(HISTORIES, True)
    with psycopg.connect(fresh_database.superuser_url) as owner:
        owner.execute(f"DROP INDEX {INDEX}")
    assert planned(engine, tenants[0]) == dict.fromkeys(HISTORIES, False)
    engine.dispose()
