"""feeds/publishers.toml: aliases, sites and owners of publishers."""

from collections.abc import Iterable
from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field

from aggregator.config.toml import read_toml
from aggregator.core.identity import squeezed
from aggregator.errors import ConfigError
from aggregator.model import KnownPublisher

FILE = "publishers.toml"

Name = Annotated[str, Field(pattern=r"\w")]


class _Publisher(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)

    name: Name
    aliases: tuple[Name, ...] = ()
    domains: tuple[Annotated[str, Field(pattern=r"^[^\s/:]+\.[^\s/:]+$")], ...] = ()
    owner: Name | None = None


class _Publishers(BaseModel):
    """The keys of the file."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    publishers: tuple[_Publisher, ...] = ()


def read_publishers(
    files: Iterable[tuple[str, bytes]],
) -> tuple[tuple[KnownPublisher, ...] | None, tuple[ConfigError, ...]]:
    """Read publishers.toml among the files; None where there is none, or none that can be used."""
    body = next((body for name, body in files if name == FILE), None)
    if body is None:
        return None, ()
    read, mistakes = read_toml(_Publishers, FILE, body)
    mistakes += _repeats(read.publishers, body) if read else ()
    if read is None or mistakes:
        return None, mistakes
    return tuple(KnownPublisher(p.name, p.aliases, p.domains, p.owner) for p in read.publishers), ()


def _repeats(publishers: Iterable[_Publisher], body: bytes) -> tuple[ConfigError, ...]:
    """Return a mistake for each name that stands for two publishers."""
    holders: dict[str, _Publisher] = {}
    mistakes: list[ConfigError] = []
    lines = body.decode("utf-8-sig").splitlines()
    for publisher in publishers:
        for name in (publisher.name, *publisher.aliases, *publisher.domains):
            holder = holders.setdefault(squeezed(name), publisher)
            if holder is not publisher:
                line = next((n for n, row in enumerate(lines, 1) if name in row), 1)
                reason = f"{name!r} is also a name of {holder.name!r}"
                mistakes.append(ConfigError(f"{FILE}:{line}", reason))
    return tuple(mistakes)
