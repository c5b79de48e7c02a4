"""First schema."""

import sqlalchemy as sa
from alembic import op

from aggregator.store.schema import Utc

revision = "0001"
down_revision = None


def upgrade() -> None:
    op.create_table(
        "documents",
        sa.Column("path", sa.Text(), nullable=False),
        sa.Column("media_type", sa.Text(), nullable=False),
        sa.Column("etag", sa.String(length=64), nullable=False),
        sa.Column("modified", Utc(), nullable=False),
        sa.Column("updated", Utc(), nullable=False),
        sa.Column("body", sa.LargeBinary(), nullable=False),
        sa.Column("gzip", sa.LargeBinary(), nullable=False),
        sa.PrimaryKeyConstraint("path", name=op.f("pk_documents")),
    )
    op.create_table(
        "feeds",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("url", sa.Text(), nullable=False),
        sa.Column("active", sa.Boolean(), nullable=False),
        sa.Column("added", sa.Boolean(), nullable=False),
        sa.Column("title", sa.Text(), nullable=True),
        sa.Column("publisher", sa.Text(), nullable=True),
        sa.Column("link", sa.Text(), nullable=True),
        sa.Column("etag", sa.Text(), nullable=True),
        sa.Column("last_modified", sa.Text(), nullable=True),
        sa.Column("digest", sa.String(length=64), nullable=True),
        sa.Column("created", Utc(), nullable=False),
        sa.Column("first_success", Utc(), nullable=True),
        sa.Column("next_poll", Utc(), nullable=True),
        sa.Column("last_poll", Utc(), nullable=True),
        sa.Column("last_success", Utc(), nullable=True),
        sa.Column("error", sa.Text(), nullable=True),
        sa.Column("failing_since", Utc(), nullable=True),
        sa.Column("failures", sa.Integer(), server_default="0", nullable=False),
        sa.Column("gone", sa.Boolean(), server_default=sa.false(), nullable=False),
        sa.Column("moved_to", sa.Text(), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_feeds")),
        sa.UniqueConstraint("url", name=op.f("uq_feeds_url")),
    )
    with op.batch_alter_table("feeds", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_feeds_active_next_poll"), ["active", "next_poll"], unique=False)

    op.create_table(
        "meta",
        sa.Column("key", sa.String(length=50), nullable=False),
        sa.Column("value", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("key", name=op.f("pk_meta")),
    )
    op.create_table(
        "seeds",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("digest", sa.String(length=64), nullable=True),
        sa.Column("created", Utc(), nullable=False),
        sa.Column("read", Utc(), nullable=True),
        sa.Column("entries", sa.Integer(), server_default="0", nullable=False),
        sa.Column("error", sa.Text(), nullable=True),
        sa.Column("failing_since", Utc(), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_seeds")),
        sa.UniqueConstraint("name", name=op.f("uq_seeds_name")),
    )
    op.create_table(
        "stories",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("opened", Utc(), nullable=False),
        sa.Column("touched", sa.Boolean(), nullable=False),
        sa.Column("absorbed", sa.Boolean(), server_default=sa.false(), nullable=False),
        sa.Column("merged_into", sa.Uuid(), nullable=True),
        sa.Column("published", Utc(), nullable=True),
        sa.Column("updated", Utc(), nullable=True),
        sa.Column("bumps", sa.Integer(), server_default="0", nullable=False),
        sa.Column("latest", Utc(), nullable=True),
        sa.Column("entries", sa.Integer(), server_default="0", nullable=False),
        sa.Column("publishers", sa.Integer(), server_default="0", nullable=False),
        sa.Column("copies", sa.Integer(), server_default="0", nullable=False),
        sa.Column("lead", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("headline", sa.Text(), nullable=True),
        sa.Column("url", sa.Text(), nullable=True),
        sa.Column("slug", sa.Text(), nullable=True),
        sa.Column("excerpt", sa.Text(), nullable=True),
        sa.Column("card", sa.JSON(), nullable=True),
        sa.ForeignKeyConstraint(["merged_into"], ["stories.id"], name=op.f("fk_stories_merged_into")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_stories")),
    )
    with op.batch_alter_table("stories", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_stories_latest_id"), ["latest", "id"], unique=False)
        batch_op.create_index(batch_op.f("ix_stories_merged_into"), ["merged_into"], unique=False)
        batch_op.create_index(
            "ix_stories_untold",
            ["touched"],
            unique=False,
            sqlite_where=sa.text("touched"),
            postgresql_where=sa.text("touched"),
        )

    op.create_table(
        "topics",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("name", sa.String(length=200), nullable=False),
        sa.Column("title", sa.Text(), nullable=False),
        sa.Column("description", sa.Text(), nullable=False),
        sa.Column("rules", sa.JSON(), nullable=False),
        sa.Column("everything", sa.Boolean(), nullable=False),
        sa.Column("discovered", sa.Boolean(), server_default=sa.false(), nullable=False),
        sa.Column("withdrawn", sa.Boolean(), nullable=False),
        sa.Column("created", Utc(), nullable=False),
        sa.Column("published", Utc(), nullable=True),
        sa.Column("filed", sa.String(length=64), nullable=True),
        sa.Column("dirty", sa.Boolean(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_topics")),
        sa.UniqueConstraint("name", name=op.f("uq_topics_name")),
    )
    op.create_table(
        "entries",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("story", sa.Uuid(), nullable=True),
        sa.Column("first_seen", Utc(), nullable=False),
        sa.Column("published", Utc(), nullable=True),
        sa.Column("day_only", sa.Boolean(), nullable=False),
        sa.Column("updated", Utc(), nullable=True),
        sa.Column("url_key", sa.String(length=64), nullable=True),
        sa.Column("title_key", sa.String(length=64), nullable=False),
        sa.Column("publisher_key", sa.Text(), nullable=True),
        sa.Column("from_feed", sa.Boolean(), nullable=False),
        sa.Column("rule", sa.String(length=10), nullable=True),
        sa.Column("nearest", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("similarity", sa.Float(), nullable=True),
        sa.Column("threshold", sa.Float(), nullable=True),
        sa.Column("copy_of", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("terms", sa.JSON(), nullable=True),
        sa.Column("own_id", sa.Text(), nullable=True),
        sa.Column("url", sa.Text(), nullable=True),
        sa.Column("title", sa.Text(), nullable=False),
        sa.Column("publisher", sa.Text(), nullable=True),
        sa.Column("author", sa.Text(), nullable=True),
        sa.Column("language", sa.Text(), nullable=True),
        sa.Column("rights", sa.Text(), nullable=True),
        sa.Column("categories", sa.JSON(), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("html", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(["story"], ["stories.id"], name=op.f("fk_entries_story")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_entries")),
        sqlite_autoincrement=True,
    )
    with op.batch_alter_table("entries", schema=None) as batch_op:
        batch_op.create_index("ix_entries_first_seen", ["first_seen", "story", "publisher_key"], unique=False)
        batch_op.create_index(batch_op.f("ix_entries_published"), ["published"], unique=False)
        batch_op.create_index(
            "ix_entries_story",
            ["story", "published", "first_seen", "day_only", "publisher_key"],
            unique=False,
        )
        batch_op.create_index(batch_op.f("ix_entries_title_key"), ["title_key"], unique=False)
        batch_op.create_index(batch_op.f("ix_entries_url_key"), ["url_key"], unique=False)

    op.create_table(
        "memberships",
        sa.Column("topic", sa.Uuid(), nullable=False),
        sa.Column("view", sa.String(length=10), nullable=False),
        sa.Column("story", sa.Uuid(), nullable=False),
        sa.Column("entered", Utc(), nullable=False),
        sa.Column("left", Utc(), nullable=True),
        sa.ForeignKeyConstraint(["story"], ["stories.id"], name=op.f("fk_memberships_story")),
        sa.ForeignKeyConstraint(["topic"], ["topics.id"], name=op.f("fk_memberships_topic")),
        sa.PrimaryKeyConstraint("topic", "view", "story", name=op.f("pk_memberships")),
    )
    with op.batch_alter_table("memberships", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_memberships_story"), ["story"], unique=False)
        batch_op.create_index(
            batch_op.f("ix_memberships_topic_view_left_entered"),
            ["topic", "view", "left", "entered"],
            unique=False,
        )

    op.create_table(
        "topic_feeds",
        sa.Column("topic", sa.Uuid(), nullable=False),
        sa.Column("feed", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["feed"], ["feeds.id"], name=op.f("fk_topic_feeds_feed")),
        sa.ForeignKeyConstraint(["topic"], ["topics.id"], name=op.f("fk_topic_feeds_topic")),
        sa.PrimaryKeyConstraint("topic", "feed", name=op.f("pk_topic_feeds")),
    )
    with op.batch_alter_table("topic_feeds", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_topic_feeds_feed"), ["feed"], unique=False)

    op.create_table(
        "topic_names",
        sa.Column("name", sa.String(length=200), nullable=False),
        sa.Column("topic", sa.Uuid(), nullable=False),
        sa.ForeignKeyConstraint(["topic"], ["topics.id"], name=op.f("fk_topic_names_topic")),
        sa.PrimaryKeyConstraint("name", name=op.f("pk_topic_names")),
    )
    op.create_table(
        "topic_stories",
        sa.Column("topic", sa.Uuid(), nullable=False),
        sa.Column("story", sa.Uuid(), nullable=False),
        sa.Column("latest", Utc(), nullable=False),
        sa.ForeignKeyConstraint(["story"], ["stories.id"], name=op.f("fk_topic_stories_story")),
        sa.ForeignKeyConstraint(["topic"], ["topics.id"], name=op.f("fk_topic_stories_topic")),
        sa.PrimaryKeyConstraint("topic", "story", name=op.f("pk_topic_stories")),
    )
    with op.batch_alter_table("topic_stories", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_topic_stories_story"), ["story"], unique=False)
        batch_op.create_index(
            batch_op.f("ix_topic_stories_topic_latest_story"), ["topic", "latest", "story"], unique=False
        )

    op.create_table(
        "origins",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("entry", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("feed", sa.Integer(), nullable=True),
        sa.Column("seed", sa.Integer(), nullable=True),
        sa.Column("key", sa.String(length=64), nullable=False),
        sa.Column("title_key", sa.String(length=64), nullable=False),
        sa.Column("body_key", sa.String(length=64), nullable=False),
        sa.Column("content", sa.String(length=64), nullable=False),
        sa.Column("first_seen", Utc(), nullable=False),
        sa.ForeignKeyConstraint(["entry"], ["entries.id"], name=op.f("fk_origins_entry")),
        sa.ForeignKeyConstraint(["feed"], ["feeds.id"], name=op.f("fk_origins_feed")),
        sa.ForeignKeyConstraint(["seed"], ["seeds.id"], name=op.f("fk_origins_seed")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_origins")),
        sa.UniqueConstraint("feed", "key", name=op.f("uq_origins_feed_key")),
        sa.UniqueConstraint("seed", "key", name=op.f("uq_origins_seed_key")),
    )
    with op.batch_alter_table("origins", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_origins_entry"), ["entry"], unique=False)
        batch_op.create_index(batch_op.f("ix_origins_feed_first_seen"), ["feed", "first_seen"], unique=False)
    if op.get_bind().dialect.name == "sqlite":
        for statement in FULL_TEXT:
            op.execute(statement)


# The index holds no texts of its own ("external content"); triggers keep it in step with the table.
FULL_TEXT = (
    """CREATE VIRTUAL TABLE entries_fts USING fts5(
        title, text, publisher, content='entries', content_rowid='id', tokenize="unicode61 remove_diacritics 2"
    )""",
    """CREATE TRIGGER entries_fts_insert AFTER INSERT ON entries BEGIN
        INSERT INTO entries_fts (rowid, title, text, publisher)
        VALUES (new.id, new.title, new.text, new.publisher);
    END""",
    """CREATE TRIGGER entries_fts_delete AFTER DELETE ON entries BEGIN
        INSERT INTO entries_fts (entries_fts, rowid, title, text, publisher)
        VALUES ('delete', old.id, old.title, old.text, old.publisher);
    END""",
    """CREATE TRIGGER entries_fts_update AFTER UPDATE OF title, text, publisher ON entries BEGIN
        INSERT INTO entries_fts (entries_fts, rowid, title, text, publisher)
        VALUES ('delete', old.id, old.title, old.text, old.publisher);
        INSERT INTO entries_fts (rowid, title, text, publisher)
        VALUES (new.id, new.title, new.text, new.publisher);
    END""",
)
