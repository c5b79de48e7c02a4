"""The database behind plain methods: one method is one transaction, frozen values in and out."""

from sqlalchemy import URL

from aggregator.errors import StoreError
from aggregator.store.archive import ArchiveStore
from aggregator.store.claims import ClaimStore
from aggregator.store.corrections import CorrectionStore
from aggregator.store.coverage import CoverageStore
from aggregator.store.database import connect, migrate
from aggregator.store.documents import DocumentStore, StoredDocument
from aggregator.store.followups import FollowUpStore
from aggregator.store.grouping import GroupingStore
from aggregator.store.intake import IntakeStore
from aggregator.store.leases import Lead, LeaseStore, Worker, guard_of
from aggregator.store.outages import OutageStore
from aggregator.store.pages import PageStore
from aggregator.store.passing import PassingStore
from aggregator.store.publishers import PublisherStore
from aggregator.store.publishing import PublishingStore
from aggregator.store.retention import RetentionStore
from aggregator.store.search import SearchStore
from aggregator.store.topics import TopicStore
from aggregator.store.watching import WatchStore
from aggregator.store.websub import WebSubStore

__all__ = ["Lead", "Store", "StoredDocument", "Worker", "open_store"]


class Store(
    ClaimStore,
    LeaseStore,
    IntakeStore,
    GroupingStore,
    FollowUpStore,
    CorrectionStore,
    TopicStore,
    PublishingStore,
    DocumentStore,
    ArchiveStore,
    PassingStore,
    PublisherStore,
    PageStore,
    CoverageStore,
    SearchStore,
    WebSubStore,
    WatchStore,
    OutageStore,
    RetentionStore,
):
    """Everything that is kept."""

    def led(self, lead: Lead) -> "Store":
        """Return the same, but only to be written to as long as this lead holds (SupersededError)."""
        return Store(self.engine, guard_of(lead))

    @property
    def unled(self) -> "Store":
        """Return the same, to be written to by whoever leads."""
        return Store(self.engine)


def open_store(url: str | URL) -> Store:
    """Open the database at a URL, made or brought to this version first.

    Raises StoreError where it cannot be used.
    """
    engine = connect(url)
    try:
        migrate(engine)
    except StoreError:
        engine.dispose()
        raise
    return Store(engine)
