"""Subscribe to feeds at their hubs."""

import sqlalchemy as sa
from alembic import op

from aggregator.store.schema import Utc

revision = "0006"
down_revision = "0005"


def upgrade() -> None:
    op.add_column("feeds", sa.Column("hub", sa.Text()))
    op.add_column("feeds", sa.Column("self_url", sa.Text()))
    op.add_column("feeds", sa.Column("pushed_until", Utc()))
    op.create_table(
        "subscriptions",
        sa.Column("feed", sa.Integer(), nullable=False),
        sa.Column("hub", sa.Text(), nullable=False),
        sa.Column("topic", sa.Text(), nullable=False),
        sa.Column("token", sa.String(length=64), nullable=False),
        sa.Column("secret", sa.String(length=64), nullable=False),
        sa.Column("asked", Utc(), nullable=False),
        sa.Column("until", Utc()),
        sa.PrimaryKeyConstraint("feed", name=op.f("pk_subscriptions")),
        sa.UniqueConstraint("token", name=op.f("uq_subscriptions_token")),
        sa.ForeignKeyConstraint(["feed"], ["feeds.id"], name=op.f("fk_subscriptions_feed")),
    )
