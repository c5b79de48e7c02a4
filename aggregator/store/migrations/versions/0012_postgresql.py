"""PostgreSQL: texts are ordered by their code points, and an index of words."""

import sqlalchemy as sa
from alembic import op

from aggregator.store.fulltext import index_words

revision = "0012"
down_revision = "0011"

CHUNK = 500  # entries looked at in one go
TEXTS = """SELECT table_name, column_name, character_maximum_length FROM information_schema.columns
    WHERE table_schema = current_schema() AND data_type IN ('text', 'character varying')
    AND table_name != 'alembic_version' ORDER BY table_name, column_name"""
ENTRIES = "SELECT id, title, publisher, text FROM entries WHERE id > :after ORDER BY id LIMIT :chunk"


def upgrade() -> None:
    if op.get_bind().dialect.name == "postgresql":
        _order_texts(op.get_bind())
        op.execute(
            """CREATE TABLE entry_words (
                entry bigint PRIMARY KEY REFERENCES entries (id) ON DELETE CASCADE, words tsvector NOT NULL)"""
        )
        _index(op.get_bind())
        op.execute("CREATE INDEX ix_entry_words_words ON entry_words USING gin (words)")


def _order_texts(connection: sa.Connection) -> None:
    tables: dict[str, list[str]] = {}
    for table, column, length in connection.execute(sa.text(TEXTS)):
        kind = f"varchar({length})" if length else "text"
        tables.setdefault(table, []).append(f'ALTER "{column}" TYPE {kind} COLLATE "C"')
    for table, changes in tables.items():
        op.execute(f'ALTER TABLE "{table}" {", ".join(changes)}')


def _index(connection: sa.Connection) -> None:
    after = 0
    while rows := connection.execute(sa.text(ENTRIES), {"after": after, "chunk": CHUNK}).all():
        index_words(connection, [dict(row._mapping) for row in rows])
        after = rows[-1].id
