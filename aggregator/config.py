"""What is followed (files in feeds/) and how it runs (the environment), read once into frozen values."""

import difflib
import json
import re
import tomllib
from collections.abc import Iterable, Mapping
from datetime import timedelta
from ipaddress import IPv4Network, IPv6Network
from pathlib import Path
from typing import Annotated, Any, Literal, TypeVar
from zoneinfo import ZoneInfo

from pydantic import AnyHttpUrl, BaseModel, ConfigDict, Field, ValidationError, field_validator
from pydantic_settings import BaseSettings, NoDecode, SettingsConfigDict

from aggregator.core.identity import squeezed
from aggregator.core.opml import read_opml
from aggregator.errors import ConfigError
from aggregator.model import FollowedFeed, KnownPublisher, Rules, Topic, TopicConfig

Network = IPv4Network | IPv6Network

SLUG = re.compile(r"[a-z0-9]+(?:-[a-z0-9]+)*")
RESERVED = ("all",)  # `/topics/all.atom` is everything
PUBLISHERS = "publishers.toml"
NOT_TOPICS = ("corrections.toml", PUBLISHERS)


class Settings(BaseSettings):
    """How the program runs: `AGGREGATOR_*` in the environment, each with its default."""

    model_config = SettingsConfigDict(env_prefix="AGGREGATOR_", frozen=True, extra="ignore")

    data_dir: Path = Path("data")
    database_url: str = ""  # empty: SQLite in data_dir
    feeds_dir: Path = Path("feeds")
    seeds_dir: Path = Path("seeds")
    base_url: AnyHttpUrl | None = None  # None: http://127.0.0.1:<port>, and the pages say so
    host: str = "127.0.0.1"
    port: int = Field(default=8080, ge=1, le=65535)
    refresh_minutes: float = Field(default=30, ge=1, le=24 * 60)
    host_spacing_seconds: float = Field(default=1, ge=0, le=60)
    title: str = Field(default="aggregator", min_length=1, max_length=100)
    timezone: str = "UTC"
    log_level: Literal["DEBUG", "INFO", "WARNING", "ERROR"] = "INFO"
    allow_networks: Annotated[tuple[Network, ...], NoDecode] = ()
    robots: Literal["disallow", "allow"] = "disallow"

    @field_validator("allow_networks", mode="before")
    @classmethod
    def _split(cls, value: object) -> object:
        return value.replace(",", " ").split() if isinstance(value, str) else value

    @field_validator("log_level", mode="before")
    @classmethod
    def _upper(cls, value: object) -> object:
        return value.upper() if isinstance(value, str) else value

    @field_validator("timezone")
    @classmethod
    def _known_zone(cls, value: str) -> str:
        try:
            ZoneInfo(value)
        except (KeyError, ValueError, OSError) as error:
            raise ValueError(f"no such time zone: {value!r}; names look like 'Europe/Berlin'") from error
        return value

    @property
    def public_url(self) -> str:
        """Return the address our links are built on, without a slash at its end."""
        return str(self.base_url or f"http://127.0.0.1:{self.port}").rstrip("/")

    @property
    def refresh_every(self) -> timedelta:
        return timedelta(minutes=self.refresh_minutes)


def read_settings() -> Settings:
    """Read the environment; raises ConfigError that names every variable that is wrong."""
    try:
        return Settings()
    except ValidationError as error:
        reasons = "; ".join(f"AGGREGATOR_{e['loc'][0]}".upper() + f" {e['msg']}" for e in error.errors())
        raise ConfigError("environment", reasons) from error


class _Feed(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)

    url: AnyHttpUrl
    publisher: str | None = None
    title: str | None = None


class _Topic(BaseModel):
    """The keys of a topic's file."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    name: str = ""
    title: str = ""
    description: str = ""
    was: tuple[str, ...] = ()
    any: tuple[str, ...] = ()
    all: tuple[str, ...] = ()
    none: tuple[str, ...] = ()
    categories: tuple[str, ...] = ()
    withdrawn: bool = False
    feeds: tuple[_Feed, ...] = ()

    @field_validator("name", "was")
    @classmethod
    def _slugs(cls, value: str | tuple[str, ...]) -> str | tuple[str, ...]:
        for name in (value,) if isinstance(value, str) else value:
            if name and not SLUG.fullmatch(name):
                raise ValueError(f"{name!r} is not a name: use lower-case letters, digits and single hyphens")
            if name in RESERVED:
                raise ValueError(f"{name!r} is the topic of all stories; choose another name")
        return value


class _Publisher(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)

    name: Annotated[str, Field(pattern=r"\w")]
    aliases: tuple[Annotated[str, Field(pattern=r"\w")], ...] = ()
    domains: tuple[Annotated[str, Field(pattern=r"^[^\s/:]+\.[^\s/:]+$")], ...] = ()
    owner: Annotated[str, Field(pattern=r"\w")] | None = None


class _Publishers(BaseModel):
    """The keys of publishers.toml."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    publishers: tuple[_Publisher, ...] = ()


M = TypeVar("M", bound=BaseModel)


def read_topics(
    files: Iterable[tuple[str, bytes]],
) -> tuple[tuple[TopicConfig, ...], tuple[ConfigError, ...]]:
    """Read topic files, given as (name, content); a bad file is an error beside the good ones."""
    topics: dict[str, TopicConfig] = {}
    errors: list[ConfigError] = []
    for name, body in files:
        try:
            for topic in _topics_in(name, body):
                if topic.name in topics:
                    raise ConfigError(name, f"topic {topic.name!r} is also in {topics[topic.name].origin}")
                topics[topic.name] = topic
        except ConfigError as error:
            errors.append(error)
    return tuple(topics.values()), tuple(errors)


def _topics_in(name: str, body: bytes) -> tuple[TopicConfig, ...]:
    if name.endswith(".opml"):
        return read_opml(name, body)
    if name.endswith(".toml") and name not in NOT_TOPICS:
        return (read_topic(name, body),)
    return ()


def read_publishers(
    files: Iterable[tuple[str, bytes]],
) -> tuple[tuple[KnownPublisher, ...] | None, tuple[ConfigError, ...]]:
    """Read publishers.toml among the files; None where there is none, or none that can be used."""
    body = next((body for name, body in files if name == PUBLISHERS), None)
    if body is None:
        return None, ()
    try:
        found = _validated(_Publishers, PUBLISHERS, body).publishers
        _refuse_repeats(found, body)
    except ConfigError as error:
        return None, (error,)
    return tuple(KnownPublisher(p.name, p.aliases, p.domains, p.owner) for p in found), ()


def _refuse_repeats(publishers: Iterable[_Publisher], body: bytes) -> None:
    """Raise ConfigError where a name stands for two publishers."""
    holders: dict[str, str] = {}
    for publisher in publishers:
        for name in (publisher.name, *publisher.aliases, *publisher.domains):
            holder = holders.setdefault(squeezed(name), publisher.name)
            if holder != publisher.name:
                line = next((n for n, row in enumerate(body.decode().splitlines(), 1) if name in row), 1)
                raise ConfigError(f"{PUBLISHERS}:{line}", f"{name!r} is also a name of {holder!r}")


def _validated(model: type[M], name: str, body: bytes) -> M:
    """Read a TOML file as a model; raises ConfigError with file, line and a suggestion."""
    try:
        text = body.decode("utf-8-sig")
        raw = tomllib.loads(text)
    except UnicodeDecodeError as error:
        line = body[: error.start].count(b"\n") + 1
        raise ConfigError(f"{name}:{line}", "is not UTF-8; save the file in that encoding") from error
    except tomllib.TOMLDecodeError as error:
        found = re.search(r"at line (\d+)", str(error))
        line = int(found[1]) if found else text.rstrip().count("\n") + 1
        raise ConfigError(f"{name}:{line}", f"is not valid TOML: {error}") from error
    try:
        return model.model_validate(raw)
    except ValidationError as error:
        first = error.errors()[0]
        raise ConfigError(f"{name}:{_line_of(text, first['loc'])}", _explain(model, first)) from error


def read_topic(name: str, body: bytes) -> TopicConfig:
    """Read one topic's file; raises ConfigError with file, line and a suggestion."""
    topic = _validated(_Topic, name, body)
    slug = topic.name or _slug_of(name)
    return TopicConfig(
        name=slug,
        title=topic.title or slug.replace("-", " ").capitalize(),
        description=topic.description,
        was=tuple(w for w in topic.was if w != slug),
        rules=Rules(topic.any, topic.all, topic.none, topic.categories),
        feeds=tuple(FollowedFeed(str(f.url), f.publisher, f.title) for f in topic.feeds),
        withdrawn=topic.withdrawn,
        origin=name,
    )


def write_topic(topic: Topic) -> str:
    """Write a topic as the file that configures it."""
    lines = [f"name = {_toml(topic.name)}", f"title = {_toml(topic.title)}"]
    rules = {key: getattr(topic.rules, key) for key in ("any", "all", "none", "categories")}
    lines += [f"{key} = [{', '.join(map(_toml, values))}]" for key, values in rules.items() if values]
    return "\n".join(lines) + "\n"


def _toml(text: str) -> str:
    return json.dumps(text, ensure_ascii=False).replace("\x7f", "\\u007f")


def _slug_of(file_name: str) -> str:
    stem = file_name.removesuffix(".toml").lower()
    slug = re.sub(r"[^a-z0-9]+", "-", stem).strip("-")
    if not slug or slug in RESERVED:
        raise ConfigError(file_name, 'gives no usable name; add a line such as name = "my-topic"')
    return slug


def _line_of(text: str, location: tuple[int | str, ...]) -> int:
    """Find the line that sets the key of a location such as ("feeds", 1, "url"); 1 where it can't be told."""
    lines = text.splitlines()
    start, key = 0, next((part for part in reversed(location) if isinstance(part, str)), "")
    index = next((part for part in location if isinstance(part, int)), None)
    if isinstance(location[0], str) and index is not None:
        heads = [n for n, line in enumerate(lines) if line.strip().startswith(f"[[{location[0]}]]")]
        start = heads[index] if index < len(heads) else 0
    found = (
        n for n, line in enumerate(lines[start:], start) if re.match(rf"\s*[\"']?{re.escape(key)}\b", line)
    )
    return next(found, start) + 1


def _explain(model: type[BaseModel], error: Mapping[str, Any]) -> str:
    """Say what is wrong with one key, and what was probably meant."""
    key = ".".join(str(part) for part in error["loc"] if isinstance(part, str))
    if error["type"] != "extra_forbidden":
        return f"{key}: {error['msg']}"
    inner: Mapping[str, type[BaseModel]] = {"feeds": _Feed, "publishers": _Publisher}
    known = (model if len(error["loc"]) == 1 else inner[error["loc"][0]]).model_fields
    near = difflib.get_close_matches(str(error["loc"][-1]), known, n=1)
    return f"unknown key {key!r}" + (
        f"; did you mean {near[0]!r}?" if near else f"; known keys are {', '.join(known)}"
    )
