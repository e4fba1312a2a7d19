"""A value or a plan may be tried as work in the background; the application keeps the planner's statistics fresh."""

import sqlalchemy as sa
from alembic import op

from bontot.db import roles

revision = "0007"
down_revision = "0006"


def upgrade() -> None:
    op.drop_constraint(op.f("ck_job_kind_known"), "job")
    op.create_check_constraint(op.f("ck_job_kind_known"), "job", "kind IN ('evaluation', 'import', 'trial')")
    tables = op.get_bind().scalars(
        sa.text("""
SELECT c.relname FROM pg_class AS c
WHERE c.relnamespace = 'public'::regnamespace AND c.relkind IN ('r', 'p')
  AND (c.relispartition OR has_table_privilege(:app, c.oid, 'INSERT')) ORDER BY c.relname"""),
        {"app": roles.APP},
    )
    for table in tables:  # partitions too: each is analysed by its own right, and shows no row by it
        op.execute(f"GRANT MAINTAIN ON {table} TO {roles.APP}")
