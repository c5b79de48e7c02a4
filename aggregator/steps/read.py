"""Read: seed documents that are new or changed become entries in the store."""

from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path

from aggregator.errors import AggregatorError, DocumentError
from aggregator.folder import FolderItem, read_folder
from aggregator.model import Intake, SeedRead
from aggregator.steps import Progress, silent
from aggregator.store import Store


@dataclass(frozen=True, slots=True)
class Taken:
    """What a step brought in."""

    tried: int = 0  # documents read, or feeds asked
    intake: Intake = field(default_factory=Intake)
    problems: tuple[AggregatorError, ...] = ()

    def __add__(self, other: "Taken") -> "Taken":
        return Taken(self.tried + other.tried, self.intake + other.intake, self.problems + other.problems)


def read_seeds(
    store: Store, root: Path, now: datetime, progress: Progress = silent, unread: dict[str, str] | None = None
) -> Taken:
    """Take in the documents below `root` that are new or changed; one that cannot be read stops no other.

    unread: name -> digest of documents that this process has tried in vain. They are tried again when they
    change, and by the next process, which may be a better version; what is found unreadable is noted in it.
    """
    if not root.is_dir():
        missing = DocumentError(str(root), "is no folder; make it, or name another in AGGREGATOR_SEEDS_DIR")
        return Taken(problems=(missing,))
    tried, intake, unread = 0, Intake(), {} if unread is None else unread
    problems: list[AggregatorError] = []
    for n, item in enumerate(read_folder(root, store.known_seeds() | unread)):
        progress("Reading seeds", n, n + 1)
        if item.is_unchanged:
            continue
        reading, error = _read(item, now)
        intake += store.save_seed(reading)
        tried += 1
        problems += [error] if error else []
        if error and item.digest:
            unread[item.name] = item.digest
        else:
            unread.pop(item.name, None)
    return Taken(tried, intake, tuple(problems))


def _read(item: FolderItem, now: datetime) -> tuple[SeedRead, AggregatorError | None]:
    # Imported where there is something to read: most refreshes find no new document.
    from aggregator.core.clean import clean_line
    from aggregator.core.seeds import read_seed

    try:
        if item.document is None:
            raise item.error or AggregatorError(item.name, "cannot be read")
        entries = read_seed(item.document, now)
    except AggregatorError as error:
        return SeedRead(item.name, now, item.digest, error=error.reason), error
    except Exception as fault:  # a reader's own fault must cost one document, not the refresh
        reason = f"cannot be read ({type(fault).__name__}: {clean_line(str(fault), 200)}); please report it"
        unread = DocumentError(item.name, reason)
        return SeedRead(item.name, now, item.digest, error=reason), unread
    return SeedRead(item.name, now, item.digest, entries), None
