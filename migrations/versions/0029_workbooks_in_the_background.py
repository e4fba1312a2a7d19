"""A large workbook is kept while it waits to be checked in the background."""

from alembic import op

revision = "0029"
down_revision = "0026"


def upgrade() -> None:
    op.execute("ALTER TABLE import_batch DROP CONSTRAINT ck_import_batch_state_known")
    op.execute(
        "ALTER TABLE import_batch ADD CONSTRAINT ck_import_batch_state_known"
        " CHECK (state IN ('checking', 'previewed', 'applied', 'discarded', 'undone')) NOT VALID"
    )
    op.execute("ALTER TABLE import_batch VALIDATE CONSTRAINT ck_import_batch_state_known")
