"""This process among those that work on one database: it says that it lives, and may lead."""

import logging
import threading
from collections.abc import Callable
from datetime import datetime, timedelta
from types import TracebackType

from aggregator.machine import has_ended
from aggregator.store import Lead, Store, Worker

BEAT = timedelta(seconds=5)  # a quarter of a lease: it may fail three times in a row
MISSED = 3  # beats, after which a worker is silent where that counts
FAREWELL = timedelta(seconds=2)  # until which leaving is waited for; unsaid, the lease says it

log = logging.getLogger(__name__)


class Member:
    """Keep this process's lease up meanwhile: `with Member(…) as member`."""

    def __init__(self, store: Store, worker: Worker, clock: Callable[[], datetime]) -> None:
        self.worker = worker
        self.clock = clock
        self.on_vacancy: Callable[[], None] = lambda: None  # called from another thread while nobody leads
        self._store = store
        self.pause = min(BEAT, store.silence / MISSED)
        self._is_vacant = False
        self._looking = threading.Lock()  # so that no older look overwrites a newer one
        self._ended = threading.Event()
        self._heart = threading.Thread(target=self._live, name="lease", daemon=True)

    def __enter__(self) -> "Member":
        self._renew()
        self._heart.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.leave()

    def lead(self) -> Lead:
        """Lead where nobody does; return who leads."""
        with self._looking:
            self._renew()
            self._is_vacant = False
            return self._store.lead(self.worker, self.clock())

    def is_wanted(self) -> bool:
        """Tell whether nobody leads."""
        return self._is_vacant

    def leave(self) -> None:
        """Give up the lease and all that is held by it, at once."""
        self._ended.set()
        # Beside, as the database may be locked by the very work that does not end.
        farewell = threading.Thread(target=self._leave, name="farewell", daemon=True)
        farewell.start()
        farewell.join(FAREWELL.total_seconds())

    def _leave(self) -> None:
        self._heart.join()
        try:
            self._store.leave([self.worker.id])
        except Exception as error:
            log.warning("could not give up the lease, which ends by itself: %s", error)

    def _live(self) -> None:
        while not self._ended.wait(self.pause.total_seconds()):
            try:
                self._beat()
            except Exception as error:
                log.warning("could not renew the lease, trying again soon: %s", error)

    def _beat(self) -> None:
        with self._looking:
            self._renew()
        if self._is_vacant:
            self.on_vacancy()

    def _renew(self) -> None:
        """Renew the lease; see who of this machine died without leaving, and whether somebody leads."""
        now = self.clock()
        self._store.renew(self.worker, now)
        workers, lead = self._store.at_work(now)
        ended = [other.id for other in workers if has_ended(other)]
        if ended:
            self._store.leave(ended)
        self._is_vacant = lead is None or lead.worker in ended
