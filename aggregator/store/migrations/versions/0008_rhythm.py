"""Keep how often feeds bring something, to tell when one is silent against its habit."""

import sqlalchemy as sa
from alembic import op

revision = "0008"
down_revision = "0007"


def upgrade() -> None:
    op.add_column("feeds", sa.Column("rhythm", sa.Float()))
