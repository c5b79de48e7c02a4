"""Keep what feeds ask for between polls, how quiet they are, and where they moved."""

import sqlalchemy as sa
from alembic import op

from aggregator.store.schema import Utc

revision = "0004"
down_revision = "0003"


def upgrade() -> None:
    for name, kind in (
        ("moved_since", Utc()),
        ("location", sa.Text()),
        ("ttl", sa.Float()),
        ("skip_hours", sa.JSON()),
        ("skip_days", sa.JSON()),
        ("newest", Utc()),
    ):
        op.add_column("feeds", sa.Column(name, kind))
