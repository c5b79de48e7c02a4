"""Many rows at once, the fastest way that each database has."""

from collections.abc import Callable, Iterable, Sequence
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
    """Insert rows that all name the same columns, in the same order."""
    names = tuple(rows[0])
    quoted = ", ".join(connection.dialect.identifier_preparer.quote(name) for name in names)
    if connection.dialect.name == "postgresql":
        _copy(connection, f"COPY {table.name} ({quoted}) FROM STDIN", _prepared(connection, table, rows))
        return
    # Column by column, and not by SQLAlchemy row by row: that takes longer than SQLite itself.
    places = ", ".join("?" * len(names))
    statement = f"INSERT INTO {table.name} ({quoted}) VALUES ({places})"  # noqa: S608 # names of our schema
    connection.exec_driver_sql(statement, _prepared(connection, table, rows))


def update(connection: sa.Connection, table: sa.Table, rows: Sequence[dict[str, Any]]) -> None:
    """Write rows that are there: all name the same columns in the same order, `id` first."""
    names = tuple(rows[0])
    if connection.dialect.name == "postgresql":
        chosen: dict[str, Any] = {name: sa.bindparam(f"to_{name}") for name in names[1:]}
        change = sa.update(table).where(table.c.id == sa.bindparam("to_id")).values(**chosen)
        connection.execute(change, [{f"to_{name}": value for name, value in row.items()} for row in rows])
        return
    quoted = [connection.dialect.identifier_preparer.quote(name) for name in names]
    places = ", ".join(f"{name} = ?{n}" for n, name in enumerate(quoted[1:], 2))
    statement = f"UPDATE {table.name} SET {places} WHERE {quoted[0]} = ?1"  # noqa: S608 # names of our schema
    connection.exec_driver_sql(statement, _prepared(connection, table, rows))


def _prepared(
    connection: sa.Connection, table: sa.Table, rows: Sequence[dict[str, Any]]
) -> list[tuple[Any, ...]]:
    """Return rows as the database takes them."""
    columns = []
    for name, values in zip(rows[0], zip(*(row.values() for row in rows), strict=True), strict=True):
        made = table.c[name].type.dialect_impl(connection.dialect).bind_processor(connection.dialect)
        columns.append(_made(name, made, values) if made else values)
    return list(zip(*columns, strict=True))


def _made(name: str, made: Callable[[Any], Any], values: Iterable[Any]) -> list[Any]:
    # Errors are told as SQLAlchemy tells its own, so that callers see one kind.
    try:
        return list(map(made, values))
    except ValueError as error:
        raise sa.exc.StatementError(str(error), name, None, error) from error


def _copy(connection: sa.Connection, statement: str, rows: Iterable[tuple[Any, ...]]) -> None:
    dialect = connection.dialect
    driver: Any = connection.connection.driver_connection
    try:
        with driver.cursor() as cursor, cursor.copy(statement) as copy:
            for row in rows:
                copy.write_row(row)
    except dialect.loaded_dbapi.Error as error:
        gone = dialect.is_disconnect(error, driver, None)
        raise sa.exc.DBAPIError.instance(
            statement, None, error, dialect.loaded_dbapi.Error, connection_invalidated=gone, dialect=dialect
        ) from error
