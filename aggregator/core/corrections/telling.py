"""What is wrong with corrections, in words that say what to do."""

from collections.abc import Iterable, Mapping

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
