"""What opens something stays with its instance: a token or calendar address that came from another one has no secret."""

from alembic import op

revision = "0031"
down_revision = "0030"


def upgrade() -> None:
    op.alter_column("api_token", "secret_hash", nullable=True)
    op.alter_column("calendar_feed", "token_hash", nullable=True)
