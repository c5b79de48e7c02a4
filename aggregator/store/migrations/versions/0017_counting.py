"""Keep what pages count and searches look through: which entries a topic has, and how many a publisher has."""

import sqlalchemy as sa
from alembic import op

from aggregator.store.schema import BigId, Utc
from aggregator.store.texts import Text

revision = "0017"
down_revision = "0016"


def upgrade() -> None:
    op.create_table(
        "topic_entries",
        sa.Column("topic", sa.Uuid(), nullable=False),
        sa.Column("entry", BigId, autoincrement=False, nullable=False),
        sa.Column("appeared", Utc(), nullable=False),
        sa.Column("day_only", sa.Boolean(), nullable=False),
        sa.Column("publisher_key", Text()),
        sa.PrimaryKeyConstraint("topic", "entry", name=op.f("pk_topic_entries")),
        sqlite_with_rowid=False,
    )
    op.create_table(
        "publisher_counts",
        sa.Column("publisher_key", Text(), nullable=False),
        sa.Column("entries", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("publisher_key", name=op.f("pk_publisher_counts")),
    )
    op.add_column("topic_stories", sa.Column("publishers", sa.Integer(), server_default="0", nullable=False))
    op.add_column("topic_stories", sa.Column("opened", Utc()))
    for statement in FILLED:
        op.execute(statement)
    op.create_index(
        "ix_topic_stories_publishers", "topic_stories", ["topic", "publishers", "latest", "story"]
    )
    op.create_index("ix_topic_stories_opened", "topic_stories", ["topic", "opened", "story"])
    op.create_index("ix_topic_entries_appeared", "topic_entries", APPEARED)
    op.create_index("ix_entries_publisher_key_id", "entries", ["publisher_key", "id"])
    # Both ways of dating an entry, so that those of a time are found whether it has a date or not.
    op.drop_index("ix_entries_published", "entries")
    op.create_index("ix_entries_published_first_seen", "entries", ["published", "first_seen"])
    for statement in POSTGRESQL if op.get_bind().dialect.name == "postgresql" else SQLITE:
        op.execute(statement)


APPEARED = ["topic", "appeared", "publisher_key", "day_only"]
FILLED = (
    """UPDATE topic_stories SET
    publishers = (SELECT s.publishers FROM stories s WHERE s.id = topic_stories.story),
    opened = (SELECT s.opened FROM stories s WHERE s.id = topic_stories.story)""",
    """INSERT INTO topic_entries (topic, entry, appeared, day_only, publisher_key)
    SELECT t.topic, e.id, coalesce(e.published, e.first_seen), e.day_only, e.publisher_key
    FROM topic_stories t JOIN entries e ON e.story = t.story ORDER BY t.topic, e.id""",
    """INSERT INTO publisher_counts (publisher_key, entries)
    SELECT coalesce(publisher_key, ''), count(*) FROM entries GROUP BY coalesce(publisher_key, '')""",
)

# Triggers, so that no way by which an entry comes into a story or a story into a topic can forget them.
# SQLite's; OR IGNORE and the like are left out on purpose: the statement that fires a trigger overrules it.
FILE_STORY = """UPDATE topic_stories SET
    publishers = (SELECT publishers FROM stories WHERE id = new.story),
    opened = (SELECT opened FROM stories WHERE id = new.story)
    WHERE topic = new.topic AND story = new.story;
    INSERT INTO topic_entries (topic, entry, appeared, day_only, publisher_key)
    SELECT new.topic, id, coalesce(published, first_seen), day_only, publisher_key
    FROM entries WHERE story = new.story;"""
UNFILE_STORY = """DELETE FROM topic_entries
    WHERE topic = old.topic AND entry IN (SELECT id FROM entries WHERE story = old.story);"""
FILE_ENTRY = """INSERT INTO topic_entries (topic, entry, appeared, day_only, publisher_key)
    SELECT topic, new.id, coalesce(new.published, new.first_seen), new.day_only, new.publisher_key
    FROM topic_stories WHERE story = new.story;"""
UNFILE_ENTRY = """DELETE FROM topic_entries
    WHERE entry = old.id AND topic IN (SELECT topic FROM topic_stories WHERE story = old.story);"""
ORDER_STORY = """UPDATE topic_stories SET publishers = new.publishers, opened = new.opened
    WHERE story = new.id;"""
COUNT = """INSERT INTO publisher_counts (publisher_key, entries) VALUES (coalesce(new.publisher_key, ''), 1)
    ON CONFLICT (publisher_key) DO UPDATE SET entries = publisher_counts.entries + 1;"""
DISCOUNT = """UPDATE publisher_counts SET entries = entries - 1
    WHERE publisher_key = coalesce(old.publisher_key, '');"""
FACTS = ("story", "published", "first_seen", "day_only", "publisher_key")
SQLITE = tuple(
    f"CREATE TRIGGER {name} AFTER {event} {condition} BEGIN {does} END"
    for name, event, condition, does in (
        ("stories_filed", "INSERT ON topic_stories", "", FILE_STORY),
        ("stories_unfiled", "DELETE ON topic_stories", "", UNFILE_STORY),
        (
            "stories_refiled",
            "UPDATE OF topic, story ON topic_stories",
            "WHEN new.topic IS NOT old.topic OR new.story IS NOT old.story",
            f"{UNFILE_STORY} {FILE_STORY}",
        ),
        (
            "stories_ordered",
            "UPDATE OF publishers, opened ON stories",
            "WHEN new.publishers IS NOT old.publishers OR new.opened IS NOT old.opened",
            ORDER_STORY,
        ),
        ("entries_filed", "INSERT ON entries", "WHEN new.story IS NOT NULL", FILE_ENTRY),
        ("entries_unfiled", "DELETE ON entries", "WHEN old.story IS NOT NULL", UNFILE_ENTRY),
        (
            "entries_refiled",
            f"UPDATE OF {', '.join(FACTS)} ON entries",
            f"WHEN {' OR '.join(f'new.{name} IS NOT old.{name}' for name in FACTS)}",
            f"{UNFILE_ENTRY} {FILE_ENTRY}",
        ),
        ("entries_counted", "INSERT ON entries", "", COUNT),
        ("entries_discounted", "DELETE ON entries", "", DISCOUNT),
        (
            "entries_recounted",
            "UPDATE OF publisher_key ON entries",
            "WHEN new.publisher_key IS NOT old.publisher_key",
            f"{DISCOUNT} {COUNT}",
        ),
    )
)


def _function(name: str, leave: str, enter: str) -> str:
    return f"""CREATE FUNCTION {name}() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN
        IF TG_OP <> 'INSERT' THEN {leave or "NULL;"} END IF;
        IF TG_OP <> 'DELETE' THEN {enter} END IF;
        RETURN NULL;
    END $$"""


def _changed(*names: str) -> str:
    return " OR ".join(f"new.{name} IS DISTINCT FROM old.{name}" for name in names)


POSTGRESQL = (
    _function("file_story", UNFILE_STORY, FILE_STORY),
    _function("file_entry", UNFILE_ENTRY, FILE_ENTRY),
    _function("count_entry", DISCOUNT, COUNT),
    _function("order_story", "", ORDER_STORY),
    *(
        f"CREATE TRIGGER {name} AFTER {event} FOR EACH ROW {condition} EXECUTE FUNCTION {does}()"
        for name, event, condition, does in (
            ("stories_filed", "INSERT OR DELETE ON topic_stories", "", "file_story"),
            (
                "stories_refiled",
                "UPDATE OF topic, story ON topic_stories",
                f"WHEN ({_changed('topic', 'story')})",
                "file_story",
            ),
            (
                "stories_ordered",
                "UPDATE OF publishers, opened ON stories",
                f"WHEN ({_changed('publishers', 'opened')})",
                "order_story",
            ),
            ("entries_filed", "INSERT ON entries", "WHEN (new.story IS NOT NULL)", "file_entry"),
            ("entries_unfiled", "DELETE ON entries", "WHEN (old.story IS NOT NULL)", "file_entry"),
            (
                "entries_refiled",
                f"UPDATE OF {', '.join(FACTS)} ON entries",
                f"WHEN ({_changed(*FACTS)})",
                "file_entry",
            ),
            ("entries_counted", "INSERT OR DELETE ON entries", "", "count_entry"),
            (
                "entries_recounted",
                "UPDATE OF publisher_key ON entries",
                f"WHEN ({_changed('publisher_key')})",
                "count_entry",
            ),
        )
    ),
)
