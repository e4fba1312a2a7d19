"""A body says at which place its papers, and those of the bodies below it, are dated."""

import sqlalchemy as sa
from alembic import op

revision = "0032"
down_revision = "0031"


def upgrade() -> None:
    op.add_column("organisation", sa.Column("paper_place", sa.Text(), nullable=True))
