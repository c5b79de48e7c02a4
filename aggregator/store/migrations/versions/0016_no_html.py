"""Keep no HTML of entries: nothing showed it, and it was half of what an entry takes."""

from alembic import op

revision = "0016"
down_revision = "0015"


def upgrade() -> None:
    op.drop_column("entries", "html")
