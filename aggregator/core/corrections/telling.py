"""What is wrong with corrections, in words that say what to do."""

from collections.abc import Collection, Iterable, Iterator, Mapping
from uuid import UUID

from aggregator.core.corrections.constraints import Clash
from aggregator.errors import ConfigError
from aggregator.model import Correction

FILE = "corrections.toml"


def contradiction(one: str, other: str) -> str:
    """Say that what else is decided about two entries objects."""
    return (
        f"contradicts what else is decided about {one!r} and {other!r}: entries cannot be together and "
        "apart, also not by way of others; take one of the two decisions back"
    )


def contradictory(clash: Clash) -> ConfigError:
    """Say which correction contradicts those before it."""
    words = contradiction(clash.one, clash.other)
    if clash.correction.place:
        return ConfigError(clash.correction.place, words)
    return ConfigError(FILE, f"{words}. The one that does not hold was made by `aggregator stories`")


def ambiguous(decided: Iterable[Correction], doubtful: Mapping[str, int]) -> tuple[ConfigError, ...]:
    """Say which names stand for several entries."""
    return tuple(
        ConfigError(
            correction.place or FILE,
            f"{name!r} is {doubtful[name]} entries; name the one that is meant by its own id, "
            "or by the id that `aggregator stories show` gives it",
        )
        for correction in decided
        for name in (*correction.entries, *correction.others)
        if name in doubtful
    )


def waiting(
    decided: Iterable[Correction], found: Mapping[str, Collection[int]], stories: Collection[UUID]
) -> Iterator[ConfigError]:
    """Say which corrections wait for what is not here yet; they hold as soon as it comes.

    found: name -> the entries it stands for. stories: those that exist.
    """
    for correction in decided:
        missing = [name for name in (*correction.entries, *correction.others) if not found.get(name)]
        if missing:
            more = f" and {len(missing) - 1} more" if len(missing) > 1 else ""
            yield ConfigError(correction.place or FILE, f"waits for {missing[0]}{more}, not here yet")
        if correction.story and correction.story not in stories:
            yield ConfigError(correction.place or FILE, "waits for its story, not here yet")
