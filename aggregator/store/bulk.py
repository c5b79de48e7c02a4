"""Many rows at once, the fastest way that each database has."""

from collections.abc import Sequence
from typing import Any

import sqlalchemy as sa

# What AUTOINCREMENT keeps, so that an id is never used twice.
LAST_ID = sa.text("SELECT seq FROM sqlite_sequence WHERE name = :table")
NEXT_IDS = sa.text(
    "SELECT nextval(pg_get_serial_sequence(:table, 'id')) FROM generate_series(1, :count) ORDER BY 1"
)


def next_ids(connection: sa.Connection, table: sa.Table, count: int) -> list[int]:
    """Return the ids that a table would give its next rows, in order.

    Nobody else can take them, for a transaction that writes is the only one; asking for each id beside
    inserting its row costs several times as much.
    """
    if connection.dialect.name == "postgresql":
        return list(connection.execute(NEXT_IDS, {"table": table.name, "count": count}).scalars())
    last = connection.execute(LAST_ID, {"table": table.name}).scalar() or 0
    return list(range(last + 1, last + 1 + count))


def insert(connection: sa.Connection, table: sa.Table, rows: Sequence[dict[str, Any]]) -> None:
    """Insert rows that all name the same columns."""
    if connection.dialect.name == "postgresql":
        _copy(connection, table, rows)
    else:
        connection.execute(sa.insert(table), rows)


def _copy(connection: sa.Connection, table: sa.Table, rows: Sequence[dict[str, Any]]) -> None:
    dialect = connection.dialect
    names = tuple(rows[0])
    prepare = [table.c[name].type.dialect_impl(dialect).bind_processor(dialect) for name in names]
    quoted = ", ".join(dialect.identifier_preparer.quote(name) for name in names)
    statement = f"COPY {table.name} ({quoted}) FROM STDIN"
    driver: Any = connection.connection.driver_connection
    # Errors are told as SQLAlchemy tells its own, so that callers see one kind.
    try:
        with driver.cursor() as cursor, cursor.copy(statement) as copy:
            for row in rows:
                values = zip(prepare, row.values(), strict=True)
                copy.write_row([made(value) if made else value for made, value in values])
    except ValueError as error:
        raise sa.exc.StatementError(str(error), statement, None, error) from error
    except dialect.loaded_dbapi.Error as error:
        gone = dialect.is_disconnect(error, driver, None)
        raise sa.exc.DBAPIError.instance(
            statement, None, error, dialect.loaded_dbapi.Error, connection_invalidated=gone, dialect=dialect
        ) from error
