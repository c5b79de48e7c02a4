"""Let several processes work: who lives, who leads, who polls which feed."""

import sqlalchemy as sa
from alembic import op

from aggregator.store.schema import BigId, Utc
from aggregator.store.texts import Text

revision = "0013"
down_revision = "0012"


def upgrade() -> None:
    op.create_table(
        "workers",
        sa.Column("id", Text(100), nullable=False),
        sa.Column("machine", Text(), nullable=False),
        sa.Column("process", Text(50), nullable=False),
        sa.Column("until", Utc(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_workers")),
    )
    op.create_table(
        "claims",
        sa.Column("feed", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("worker", Text(100), nullable=False),
        sa.Column("called", sa.Boolean(), server_default=sa.false(), nullable=False),
        sa.PrimaryKeyConstraint("feed", name=op.f("pk_claims")),
        sa.ForeignKeyConstraint(["feed"], ["feeds.id"], name=op.f("fk_claims_feed")),
    )
    leads = op.create_table(
        "leads",
        sa.Column("name", Text(20), nullable=False),
        sa.Column("worker", Text(100), nullable=False),
        sa.Column("epoch", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("name", name=op.f("pk_leads")),
    )
    op.bulk_insert(leads, [{"name": "stories", "worker": "", "epoch": 0}])
    op.create_table(
        "changes",
        sa.Column("id", BigId, nullable=False),
        sa.Column("entry", BigId, nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_changes")),
    )
