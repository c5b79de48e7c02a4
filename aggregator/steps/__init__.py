"""The steps of a refresh. Each gathers what it needs, lets `core/` decide, and applies the decision.

No step calls another; `pipeline.refresh` calls them in order. What a step leaves undone (a crash, a full
disk) stands in the store as not done, and the next refresh finishes it.
"""

from collections.abc import Callable, Iterator, Sequence
from typing import TypeVar

T = TypeVar("T")

Progress = Callable[[str, int, int], None]  # (what is being done, how many are done, of how many)


def silent(_what: str, _done: int, _total: int) -> None:
    """Show no progress."""


def chunks(items: Sequence[T], size: int) -> Iterator[Sequence[T]]:
    """Cut a sequence into pieces of at most `size`."""
    return (items[start : start + size] for start in range(0, len(items), size))
