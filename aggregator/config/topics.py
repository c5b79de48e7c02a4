"""Topics and the feeds they draw on, from the files of feeds/."""

import re
from collections.abc import Iterable
from dataclasses import replace

from pydantic import AnyHttpUrl, BaseModel, ConfigDict, field_validator

from aggregator.config.publishers import FILE as PUBLISHERS
from aggregator.config.toml import line_of, quoted, read_toml
from aggregator.core.corrections.telling import FILE as CORRECTIONS
from aggregator.errors import ConfigError
from aggregator.model import FollowedFeed, Rules, Topic, TopicConfig

SLUG = re.compile(r"[a-z0-9]+(?:-[a-z0-9]+)*")
RESERVED = ("all",)  # `/topics/all.atom` is everything
NOT_TOPICS = (CORRECTIONS, PUBLISHERS)

Read = tuple[tuple[TopicConfig, ...], tuple[ConfigError, ...]]


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

    @field_validator("any", "all", "none", "categories")
    @classmethod
    def _words(cls, value: tuple[str, ...]) -> tuple[str, ...]:
        if not all(word.strip() for word in value):
            raise ValueError("holds an empty word, which nothing can match; take it out")
        return value


def read_topics(files: Iterable[tuple[str, bytes]]) -> Read:
    """Read topic files, given as (name, content); every mistake is returned beside the good ones."""
    topics: dict[str, TopicConfig] = {}
    mistakes: list[ConfigError] = []
    bodies = dict(files)
    for name, body in bodies.items():
        found, wrong = _topics_in(name, body)
        mistakes += wrong
        for topic in found:
            # Who is named after its file was there first, whatever another one was called by mistake.
            first, *others = sorted((topics.get(topic.name, topic), topic), key=_is_named_otherwise)
            topics[topic.name] = first
            mistakes += [_repeated(other, first, bodies) for other in others if other is not first]
    kept, clashes = _without_clashes(topics, bodies)
    return kept, (*mistakes, *clashes)


def _is_named_otherwise(topic: TopicConfig) -> bool:
    return topic.origin != f"{topic.name}.toml"


def _repeated(topic: TopicConfig, known: TopicConfig, bodies: dict[str, bytes]) -> ConfigError:
    reason = f"topic {topic.name!r} is also in {known.origin}; give one of them another name"
    return ConfigError(_place(topic.origin, bodies[topic.origin], "name"), reason)


def _without_clashes(topics: dict[str, TopicConfig], bodies: dict[str, bytes]) -> Read:
    """Leave out topics that claim, as an earlier name, what another topic is called or was called."""
    claimed: dict[str, str] = {}
    kept: list[TopicConfig] = []
    mistakes: list[ConfigError] = []
    for topic in topics.values():
        taken = [was for was in topic.was if was in topics or was in claimed]
        if not taken:
            kept.append(topic)
            claimed |= dict.fromkeys(topic.was, topic.origin)
            continue
        other = topics[taken[0]].origin if taken[0] in topics else claimed[taken[0]]
        reason = f"was: {taken[0]!r} is a name in {other}; a name can stand for one topic only"
        mistakes.append(ConfigError(_place(topic.origin, bodies[topic.origin], "was"), reason))
    return tuple(kept), tuple(mistakes)


def _place(name: str, body: bytes, key: str) -> str:
    if not name.endswith(".toml"):
        return name
    return f"{name}:{line_of(body.decode('utf-8-sig', 'replace'), (key,))}"


def _topics_in(name: str, body: bytes) -> Read:
    if name.endswith(".opml"):
        from aggregator.core.opml import read_opml  # here: it is slow to import, and most folders have none

        try:
            return tuple(map(_unreserved, read_opml(name, body))), ()
        except ConfigError as error:
            return (), (error,)
    if name.endswith(".toml") and name not in NOT_TOPICS:
        return _read(name, body)
    return (), ()


def _unreserved(topic: TopicConfig) -> TopicConfig:
    """Give a folder that another reader calls "All" a name that is free."""
    return replace(topic, name=f"{topic.name}-feeds") if topic.name in RESERVED else topic


def read_topic(name: str, body: bytes) -> TopicConfig:
    """Read one topic's file; raises ConfigError with file, line and a suggestion for the first mistake."""
    topics, mistakes = _read(name, body)
    if mistakes:
        raise mistakes[0]
    return topics[0]


def _read(name: str, body: bytes) -> Read:
    topic, mistakes = read_toml(_Topic, name, body)
    if topic is None:
        return (), mistakes
    slug = topic.name or _slug_of(name)
    if not slug:
        return (), (ConfigError(name, 'gives no usable name; add a line such as name = "my-topic"'),)
    config = TopicConfig(
        name=slug,
        title=topic.title or slug.replace("-", " ").capitalize(),
        description=topic.description,
        was=tuple(w for w in topic.was if w != slug),
        rules=Rules(topic.any, topic.all, topic.none, topic.categories),
        feeds=tuple(FollowedFeed(str(f.url), f.publisher, f.title) for f in topic.feeds),
        withdrawn=topic.withdrawn,
        origin=name,
    )
    return (config,), ()


def _slug_of(file_name: str) -> str:
    stem = file_name.rsplit("/", 1)[-1].removesuffix(".toml").lower()
    slug = re.sub(r"[^a-z0-9]+", "-", stem).strip("-")
    return "" if slug in RESERVED else slug


def write_topic(topic: Topic) -> str:
    """Write a topic as the file that configures it."""
    lines = [f"name = {quoted(topic.name)}", f"title = {quoted(topic.title)}"]
    rules = {key: getattr(topic.rules, key) for key in ("any", "all", "none", "categories")}
    lines += [f"{key} = [{', '.join(map(quoted, values))}]" for key, values in rules.items() if values]
    return "\n".join(lines) + "\n"
