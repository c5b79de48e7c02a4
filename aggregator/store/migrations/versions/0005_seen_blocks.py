"""Keep by what the entries of a feed's last document are recognised in its next one."""

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"


def upgrade() -> None:
    op.add_column("feeds", sa.Column("blocks", sa.LargeBinary()))
