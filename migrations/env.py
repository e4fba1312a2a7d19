"""What Alembic runs around the migrations: the connection, its rights and its limits come from `bontot.db.migrate`."""

from alembic import context

from bontot.db import models  # noqa: F401 - the tables must be declared before they are compared
from bontot.db.base import Base

context.configure(
    connection=context.config.attributes["connection"],
    target_metadata=Base.metadata,
    transactional_ddl=True,
)
with context.begin_transaction():
    context.run_migrations()
