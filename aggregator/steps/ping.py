"""Ping: our hub is told which documents changed (WebSub), so that it fetches and pushes them."""

import time
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from aggregator.core.websub import ping_form
from aggregator.errors import AggregatorError, FetchError
from aggregator.fetch import FetchRequest, FetchSettings, fetch_one
from aggregator.store import Store

AT_ONCE = 100  # documents in one refresh; what is left waits for the next one
DEADLINE = 10.0  # seconds for an answer
SEEN = timedelta(seconds=1.5)  # until every process serves what has just been written
REFUSED = frozenset(range(400, 500)) - {408, 429}  # statuses that say no, and would again


@dataclass(frozen=True, slots=True)
class Pinger:
    """Tell the hub, once for every change."""

    fetching: FetchSettings
    hub: str
    base_url: str
    pause: Callable[[float], None] = time.sleep

    def ping(self, store: Store, now: datetime) -> tuple[AggregatorError, ...]:
        """Tell the hub about documents with new bytes; return what went wrong, at most one of each.

        Where the hub cannot be reached, the rest waits for the next refresh.
        """
        changed = store.unpinged(AT_ONCE)
        if changed:
            self.pause(SEEN.total_seconds())  # it fetches at once, and must not get the old bytes
        problems: dict[str, AggregatorError] = {}
        for path, etag in changed:
            problem = self._tell(self.base_url + path)
            if problem is not None:
                problems.setdefault(str(problem), problem)
                if problem.status not in REFUSED:
                    break
            store.note_pinged(path, etag, now)
        return tuple(problems.values())

    def _tell(self, url: str) -> FetchError | None:
        settings = replace(self.fetching, host_spacing=0, deadline=DEADLINE)
        try:
            fetch_one(FetchRequest(self.hub, form=ping_form(url)), settings)
        except FetchError as error:
            return error
        return None
