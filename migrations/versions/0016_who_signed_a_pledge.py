"""Who signed a pledge on a page is known by the log-in, so that another confirms it."""

import sqlalchemy as sa
from alembic import op

revision = "0016"
down_revision = "0015"


def upgrade() -> None:
    op.add_column("registration", sa.Column("signed_account_id", sa.BigInteger()))
