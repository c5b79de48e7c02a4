"""Tell publishers that somebody named from mere titles of feeds."""

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"


def upgrade() -> None:
    op.add_column("entries", sa.Column("named", sa.Boolean(), nullable=False, server_default=sa.true()))
    # Until now an entry of a feed without a configured publisher had its feed's title as its publisher.
    op.execute(
        """UPDATE entries SET named = false WHERE from_feed AND id IN (
             SELECT origins.entry FROM origins JOIN feeds ON feeds.id = origins.feed
             WHERE feeds.publisher IS NULL AND feeds.title = entries.publisher)"""
    )
