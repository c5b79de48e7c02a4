"""Let news of stories that were over be stories of their own."""

import sqlalchemy as sa
from alembic import op

from aggregator.store.schema import Id

revision = "0018"
down_revision = "0017"


def upgrade() -> None:
    op.create_table(
        "follow_ups",
        sa.Column("story", Id(), nullable=False),
        sa.Column("follows", Id(), nullable=False),
        sa.PrimaryKeyConstraint("story", name=op.f("pk_follow_ups")),
        sa.ForeignKeyConstraint(["story"], ["stories.id"], name=op.f("fk_follow_ups_story")),
        sa.ForeignKeyConstraint(["follows"], ["stories.id"], name=op.f("fk_follow_ups_follows")),
    )
    op.create_index(op.f("ix_follow_ups_follows"), "follow_ups", ["follows"])
