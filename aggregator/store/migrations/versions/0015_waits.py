"""Keep until when a publisher asked not to be asked, by hand neither."""

import sqlalchemy as sa
from alembic import op

from aggregator.store.schema import Utc

revision = "0015"
down_revision = "0014"


def upgrade() -> None:
    op.add_column("feeds", sa.Column("wait_until", Utc()))
