"""Keep what editors decide."""

import sqlalchemy as sa
from alembic import op

revision = "0010"
down_revision = "0009"


def upgrade() -> None:
    op.add_column("stories", sa.Column("title", sa.Text()))
    op.add_column("stories", sa.Column("corrected", sa.Boolean(), server_default=sa.false(), nullable=False))
    op.add_column("stories", sa.Column("quiet", sa.Boolean(), server_default=sa.false(), nullable=False))
    op.create_table(
        "corrections",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("kind", sa.String(length=10), nullable=False),
        sa.Column("entries", sa.JSON(), nullable=False),
        sa.Column("others", sa.JSON(), nullable=False),
        sa.Column("story", sa.Uuid()),
        sa.Column("title", sa.Text(), nullable=False),
        sa.Column("note", sa.Text(), nullable=False),
        sa.Column("place", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_corrections")),
    )
    op.create_table(
        "named_entries",
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("entry", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.PrimaryKeyConstraint("name", name=op.f("pk_named_entries")),
        sa.ForeignKeyConstraint(["entry"], ["entries.id"], name=op.f("fk_named_entries_entry")),
    )
    op.create_index(op.f("ix_named_entries_entry"), "named_entries", ["entry"])
