"""File stories in the archive of their topic; note which documents the hub was told about."""

import sqlalchemy as sa
from alembic import op

from aggregator.store.schema import Utc

revision = "0011"
down_revision = "0010"


def upgrade() -> None:
    op.add_column("memberships", sa.Column("archived", Utc()))
    op.execute(
        """
        UPDATE memberships SET archived = CASE WHEN "left" = entered THEN coalesce(
            (SELECT coalesce(entries.published, entries.first_seen) FROM stories
             JOIN entries ON entries.id = stories.lead WHERE stories.id = memberships.story), entered)
        ELSE entered END WHERE view = ''
        """
    )
    op.create_index("ix_memberships_topic_archived_story", "memberships", ["topic", "archived", "story"])
    op.add_column("documents", sa.Column("pinged", Utc()))
    op.execute("UPDATE documents SET pinged = modified")
    op.create_index("ix_documents_pinged_path_etag", "documents", ["pinged", "path", "etag"])
