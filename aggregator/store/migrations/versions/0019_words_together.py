"""Add new entries to SQLite's index of words many at a time, not by a trigger after each."""

from alembic import op

revision = "0019"
down_revision = "0018"


def upgrade() -> None:
    if op.get_bind().dialect.name == "sqlite":
        op.execute("DROP TRIGGER entries_fts_insert")
