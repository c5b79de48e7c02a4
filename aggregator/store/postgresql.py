"""PostgreSQL: its engine, and what differs from SQLite's.

One transaction writes at a time, as on SQLite: it holds a lock of the whole database from its beginning. So
what a transaction has read stays true until its end, ids are given in the order in which they become visible,
and none has to be run again because another one came between. Readers and writers do not wait for each other:
a reader sees one state from its first statement to its last. Leases, claims and pushes are written beside.
"""

from typing import Any

import sqlalchemy as sa

from aggregator.errors import StoreError

LOCK_TIMEOUT = 10_000  # milliseconds a writer waits for another one, as on SQLite
IDLE = 20_000  # milliseconds a transaction may do nothing, a lease: its process hangs, and others wait for it
# Seconds that one address may take to answer, and what the server's lists call us; a URL may say otherwise.
CONNECTING: dict[str, Any] = {"connect_timeout": 10, "application_name": "aggregator"}
WRITER = 0x61676772  # the advisory lock of who writes or migrates; it is of one database, not of the server
READING: dict[str, Any] = {"isolation_level": "REPEATABLE READ", "postgresql_readonly": True}
SESSION = (
    f"SET TIME ZONE 'UTC'; SET lock_timeout = {LOCK_TIMEOUT};"
    f" SET idle_in_transaction_session_timeout = {IDLE}"
)
LOCK = f"SELECT pg_advisory_xact_lock({WRITER})"
REFUSED = ("authentication failed", "does not exist", "no pg_hba.conf entry", "permission denied")

REASONS = {  # SQLSTATE -> what it means here, and what to do; {}: the server's own words
    "53100": "cannot grow ({}); make room on its server, it is tried again by itself",
    "53200": "has too little memory ({}); see what else its server does, it is tried again by itself",
    "55P03": "is held by another process ({}); see which one, it is tried again by itself",
}


def make_engine(url: sa.URL) -> sa.Engine:
    """Make an engine; raises StoreError where its driver is not installed."""
    try:
        engine = sa.create_engine(
            url.set(drivername="postgresql+psycopg"),
            pool_pre_ping=True,  # a connection that a restart cut is replaced before it is used
            connect_args={name: value for name, value in CONNECTING.items() if name not in url.query},
        )
    except ImportError as error:
        reason = "needs the driver psycopg: pip install 'aggregator[postgres]'"
        raise StoreError(url.render_as_string(hide_password=True), reason) from error

    @sa.event.listens_for(engine, "connect")
    def _prepare(connection: Any, _record: Any) -> None:
        connection.execute(SESSION)
        connection.commit()

    @sa.event.listens_for(engine, "begin")
    def _begin(connection: sa.Connection) -> None:
        options = connection.get_execution_options()
        if options.get("migrating"):
            connection.exec_driver_sql("SET LOCAL lock_timeout = 0")  # others may have much to migrate
        if not (options.get("reading") or options.get("beside")):
            connection.exec_driver_sql(LOCK)

    @sa.event.listens_for(engine, "handle_error")
    def _in_words(context: sa.ExceptionContext) -> StoreError | None:
        error = context.original_exception
        reason = REASONS.get(getattr(error, "sqlstate", None) or "")
        shown = url.render_as_string(hide_password=True)
        return StoreError(shown, reason.format(str(error).partition("\n")[0])) if reason else None

    return engine


def is_away(error: sa.exc.OperationalError) -> bool:
    """Tell whether the server could not be reached, or cut the connection: it may be back in a moment."""
    if any(reason in str(error) for reason in REFUSED):
        return False
    return error.connection_invalidated or error.statement is None
