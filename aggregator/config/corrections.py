"""feeds/corrections.toml: an editor's decisions, told again at every refresh and under version control."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Annotated, TypeAlias
from uuid import UUID

from pydantic import BaseModel, ConfigDict, Field, field_validator

from aggregator.config.toml import line_of, quoted, read_toml
from aggregator.core.corrections.constraints import Constraints
from aggregator.core.corrections.telling import FILE, contradiction
from aggregator.core.render import read_story_name, story_path
from aggregator.errors import ConfigError
from aggregator.model import Correction, Kind

MANY = 2  # entries from which on something can be said of them

Name = Annotated[str, Field(pattern=r"\S", max_length=2_000)]
Read: TypeAlias = tuple[tuple[Correction, ...] | None, tuple[ConfigError, ...]]


class _Together(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)

    entries: tuple[Name, ...]
    note: str = ""

    @field_validator("entries")
    @classmethod
    def _several(cls, value: tuple[str, ...]) -> tuple[str, ...]:
        return _distinct(value, MANY)


class _Apart(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)

    entries: tuple[Name, ...]
    others: tuple[Name, ...] = ()
    note: str = ""

    @field_validator("entries", "others")
    @classmethod
    def _once(cls, value: tuple[str, ...]) -> tuple[str, ...]:
        return _distinct(value, 1)


class _Story(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)

    story: str
    title: str = ""
    pinned: bool = False
    entries: tuple[Name, ...] = ()  # that belong to it for certain; none: those that do when it is pinned
    note: str = ""

    @field_validator("story")
    @classmethod
    def _known_form(cls, value: str) -> str:
        if read_story_name(value) is None:
            raise ValueError(
                f"{value!r} is no story; give the 26 characters that `aggregator stories` shows, "
                "or its page's address"
            )
        return value

    @property
    def id(self) -> UUID:
        return read_story_name(self.story) or UUID(int=0)


class _Corrections(BaseModel):
    """The keys of the file."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    together: tuple[_Together, ...] = ()
    apart: tuple[_Apart, ...] = ()
    stories: tuple[_Story, ...] = ()


def _distinct(names: tuple[str, ...], least: int) -> tuple[str, ...]:
    if len(set(names)) < len(names):
        twice = next(name for name in names if names.count(name) > 1)
        raise ValueError(f"{twice!r} stands here twice; take one away")
    if len(names) < least:
        raise ValueError(f"needs at least {least} entries")
    return names


def read_corrections(files: Iterable[tuple[str, bytes]]) -> Read:
    """Read corrections.toml among the files; None where there is none, or none that can be used."""
    body = next((body for name, body in files if name == FILE), None)
    if body is None:
        return None, ()
    read, mistakes = read_toml(_Corrections, FILE, body)
    if read is None:
        return None, mistakes
    text = body.decode("utf-8-sig")
    found = (*_of_entries(read, text), *_of_stories(read, text))
    mistakes = tuple(_senseless(read, text)) or (*_contradictions(found), *_told_twice(found))
    return (None, mistakes) if mistakes else (found, ())


def _of_entries(read: _Corrections, text: str) -> tuple[Correction, ...]:
    together = (
        Correction(Kind.TOGETHER, t.entries, note=t.note, place=_place(text, "together", n))
        for n, t in enumerate(read.together)
    )
    apart = (
        Correction(Kind.APART, a.entries, a.others, note=a.note, place=_place(text, "apart", n))
        for n, a in enumerate(read.apart)
    )
    return (*together, *apart)


def _of_stories(read: _Corrections, text: str) -> tuple[Correction, ...]:
    found: list[Correction] = []
    for n, story in enumerate(read.stories):
        place = _place(text, "stories", n)
        if story.pinned:
            found.append(Correction(Kind.PIN, story.entries, story=story.id, note=story.note, place=place))
        if story.title.strip():
            title = " ".join(story.title.split())
            found.append(Correction(Kind.TITLE, story=story.id, title=title, note=story.note, place=place))
    return tuple(found)


def _place(text: str, table: str, number: int) -> str:
    return f"{FILE}:{line_of(text, (table, number, 'story' if table == 'stories' else 'entries'))}"


def _senseless(read: _Corrections, text: str) -> Iterable[ConfigError]:
    """Yield a mistake for each table that decides nothing."""
    for n, apart in enumerate(read.apart):
        if both := set(apart.entries) & set(apart.others):
            yield ConfigError(_place(text, "apart", n), f"{min(both)!r} stands on both sides; take one away")
        elif len(apart.entries) + len(apart.others) < MANY:
            yield ConfigError(_place(text, "apart", n), "needs at least 2 entries to keep apart")
    for n, story in enumerate(read.stories):
        if not (story.pinned or story.title.strip()):
            reason = 'decides nothing; add title = "…" or pinned = true'
            yield ConfigError(_place(text, "stories", n), reason)
        elif story.entries and not story.pinned:
            reason = "entries: are those of a pinned story; add pinned = true, or take them away"
            yield ConfigError(_place(text, "stories", n), reason)


def _contradictions(found: Iterable[Correction]) -> Iterable[ConfigError]:
    """Yield a mistake for each correction that those above it contradict, by the names alone."""
    constraints = Constraints[str]()
    for correction in found:
        if clash := constraints.add(correction.kind, correction.entries, correction.others):
            yield ConfigError(correction.place, contradiction(*clash))


def _told_twice(found: Iterable[Correction]) -> Iterable[ConfigError]:
    seen: dict[tuple[Kind, UUID], str] = {}
    for correction in found:
        if correction.story is not None:
            first = seen.setdefault((correction.kind, correction.story), correction.place)
            if first != correction.place:
                reason = f"decides about a story that line {first.rpartition(':')[2]} decides about already"
                yield ConfigError(correction.place, reason)


def write_corrections(decided: Iterable[Correction], entries: Mapping[str, str], base: str) -> str:
    """Write decisions as corrections.toml.

    entries: name -> headline, of those that are here; the others are marked as waited for. base: of links.
    """
    tables: dict[tuple[str, object], list[Correction]] = {}
    for n, correction in enumerate(decided):
        table = ("stories", correction.story) if correction.story else (correction.kind.value, n)
        tables.setdefault(table, []).append(correction)
    written = (_write(name, parts, entries, base) for (name, _), parts in tables.items())
    return "\n".join(written)


def _write(table: str, parts: Sequence[Correction], headlines: Mapping[str, str], base: str) -> str:
    first, lines = parts[0], [f"[[{table}]]"]
    if first.story:
        lines.append(f"story = {quoted(base + story_path(first.story, ''))}")
    for part in parts:
        if part.kind is Kind.PIN:
            lines.append("pinned = true")
        if part.title:
            lines.append(f"title = {quoted(part.title)}")
        for key, names in (("entries", part.entries), ("others", part.others)):
            lines += [f"{key} = [", *(_name(name, headlines) for name in names), "]"] if names else []
    note = next((part.note for part in parts if part.note), "")
    return "\n".join([*lines, *([f"note = {quoted(note)}"] if note else [])]) + "\n"


def _name(name: str, headlines: Mapping[str, str]) -> str:
    here = headlines.get(name)
    remark = " ".join(here.split()) if here is not None else "not here yet: this waits for it"
    return f"    {quoted(name)},  # {''.join(c for c in remark if c.isprintable())}"
