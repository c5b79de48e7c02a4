"""Let old entries go without a way back; count what is done."""

import sqlalchemy as sa
from alembic import op

from aggregator.store.schema import Utc
from aggregator.store.texts import Text

revision = "0014"
down_revision = "0013"


def upgrade() -> None:
    with op.batch_alter_table("origins") as origins:
        origins.alter_column(
            "entry", existing_type=sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True
        )
    op.create_table(
        "removed_stories",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("removed", Utc(), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_removed_stories"),
    )
    op.create_table(
        "tombstones",
        sa.Column("key", Text(64), nullable=False),
        sa.PrimaryKeyConstraint("key", name="pk_tombstones"),
    )
    for key, counted in (
        ("polls counted", "SELECT 0"),
        ("failures counted", "SELECT 0"),
        ("stories counted", "SELECT count(*) FROM stories"),
        ("joins counted", "SELECT count(*) FROM entries WHERE rule <> 'opened'"),
        ("merges counted", "SELECT count(*) FROM stories WHERE merged_into IS NOT NULL"),
        ("bumps counted", "SELECT coalesce(sum(bumps), 0) FROM stories"),
    ):
        op.execute(
            f"INSERT INTO meta (key, value) SELECT '{key}', CAST(({counted}) AS TEXT)"  # noqa: S608 # ours
            f" WHERE NOT EXISTS (SELECT 1 FROM meta WHERE key = '{key}')"
        )
