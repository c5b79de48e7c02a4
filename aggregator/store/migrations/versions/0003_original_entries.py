"""Pass original entries on: their ids, their places in documents, the feeds they came from."""

import sqlalchemy as sa
from alembic import op

from aggregator.store.schema import Utc

revision = "0003"
down_revision = "0002"


def upgrade() -> None:
    op.add_column("feeds", sa.Column("own_id", sa.Text()))
    op.add_column("origins", sa.Column("source_updated", Utc()))
    op.add_column("entries", sa.Column("joined", Utc()))
    op.add_column("stories", sa.Column("told", Utc()))
    op.create_table(
        "passed_ids",
        sa.Column("id", sa.String(length=64), nullable=False),
        sa.Column("entry", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("iri", sa.Text(), nullable=False),
        sa.UniqueConstraint("entry", name=op.f("uq_passed_ids_entry")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_passed_ids")),
        sa.ForeignKeyConstraint(["entry"], ["entries.id"], name=op.f("fk_passed_ids_entry")),
    )
    op.create_table(
        "entry_memberships",
        sa.Column("topic", sa.Uuid(), nullable=False),
        sa.Column("entry", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("entered", Utc(), nullable=False),
        sa.Column("left", Utc()),
        sa.PrimaryKeyConstraint("topic", "entry", name=op.f("pk_entry_memberships")),
        sa.ForeignKeyConstraint(["topic"], ["topics.id"], name=op.f("fk_entry_memberships_topic")),
        sa.ForeignKeyConstraint(["entry"], ["entries.id"], name=op.f("fk_entry_memberships_entry")),
    )
    op.create_index(
        "ix_entry_memberships_topic_left_entered", "entry_memberships", ["topic", "left", "entered"]
    )
    op.create_index("ix_entry_memberships_entry", "entry_memberships", ["entry"])
    op.execute("UPDATE stories SET told = updated")
    op.execute("UPDATE entries SET joined = first_seen WHERE story IS NOT NULL")
    # Told once more, so that entries stored until now get their places; nothing is shown again for that.
    op.execute("UPDATE stories SET touched = true WHERE published IS NOT NULL AND merged_into IS NULL")
