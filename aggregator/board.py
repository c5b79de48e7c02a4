"""What keeps this process from refreshing: told on /sources, also while the database cannot hold it."""

import logging
from datetime import datetime

from aggregator.errors import AggregatorError, StoreError
from aggregator.store import Store
from aggregator.store.outages import REFRESH, Outage

log = logging.getLogger(__name__)


class Board:
    """Keep what went wrong with the last refresh, here and in the database, until one goes well."""

    def __init__(self, store: Store) -> None:
        self._store = store
        self._outage: Outage | None = None

    def outages(self) -> tuple[Outage, ...]:
        """Return what is out as far as this process knows."""
        return () if self._outage is None else (self._outage,)

    def failed(self, error: Exception, now: datetime) -> None:
        """Note that a refresh failed."""
        since = self._outage.since if self._outage else now
        self._outage = Outage(REFRESH, _reason(error), since)
        try:
            self._store.note_outage(REFRESH, self._outage.reason, since)
        except Exception as unwritten:  # the database may be the very thing that is out
            log.debug("cannot note that a refresh failed: %s", unwritten)

    def worked(self) -> None:
        """Note that a refresh went well, whoever's failed before."""
        self._store.end_outage(REFRESH)
        self._outage = None


def _reason(error: Exception) -> str:
    """Say what is the matter; without paths and addresses, as pages may be public."""
    if isinstance(error, StoreError):
        return f"the database {error.reason}"
    if isinstance(error, AggregatorError):
        return str(error)
    return f"something went wrong in it ({type(error).__name__}); see the log, it is tried again by itself"
