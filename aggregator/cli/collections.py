"""`inspect`, `group` and `evaluate`: documents and collections; only corrections need the database."""

import json
import sys
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from aggregator.cli.root import AS_JSON, FILE, main, now, settings_of_environment, store_of
from aggregator.errors import AggregatorError

if TYPE_CHECKING:
    from aggregator.core.churn import Churn
    from aggregator.core.lines import Line
    from aggregator.model import Document, Entry


@main.command()
@click.argument("paths", nargs=-1, required=True, type=click.Path(path_type=Path))
@AS_JSON
def inspect(paths: tuple[Path, ...], as_json: bool) -> None:
    """Show what entries seed documents or feed files yield, storing nothing.

    \b
    Example:  aggregator inspect --json seeds/*.txt
    With --json, one object a line. A file that yields nothing is an error; the others are shown all the same.
    """
    from aggregator.core.seeds import read_seed

    failed = False
    for document in _documents(paths):
        try:
            if isinstance(document, AggregatorError):
                raise document
            for entry in read_seed(document, now()):
                click.echo(json.dumps(_shown(entry), ensure_ascii=False) if as_json else _readable(entry))
        except AggregatorError as error:
            click.echo(f"Error: {error}", err=True)
            failed = True
    sys.exit(failed)


@main.command()
@click.argument("file", type=FILE)
@click.option(
    "--batch", default=100, show_default=True, type=click.IntRange(min=1), help="Entries at a time."
)
def group(file: Path, batch: int) -> None:
    """Group entries given as JSON Lines into stories.

    \b
    Example:  aggregator group entries.jsonl --batch 50
    Reads id, title, published, url, body or text, publisher or source, beat; all but id and title may be
    absent. Prints {"id": ..., "story": ...} a line, after the last entry was placed.
    """
    lines = _read_lines(file)
    for line, story in zip(lines, _group(lines, batch)[0], strict=True):
        click.echo(json.dumps({"id": line.id, "story": story}, ensure_ascii=False))


@main.command()
@click.argument("file", type=FILE)
@click.option(
    "--batch", default=100, show_default=True, type=click.IntRange(min=1), help="Entries at a time."
)
@AS_JSON
def evaluate(file: Path, batch: int, as_json: bool) -> None:
    """Group labelled entries and compare the stories with their labels.

    \b
    Example:  aggregator evaluate labelled.jsonl
              aggregator evaluate feeds/corrections.toml
    Each line names its `story`; with `beat`, the measures are means over beats, churn is that of all.
    A file of corrections is a list of labelled pairs: what is stored is grouped afresh without them, and the
    pairs are counted that come out as editors decided. `aggregator stories export` writes all decisions.
    """
    from aggregator.core.evaluate import evaluate_by_beat

    if file.suffix == ".toml":
        _evaluate_corrections(file, as_json)
        return
    lines = _read_lines(file)
    found, churn = _group(lines, batch)
    labelled = [(line, story) for line, story in zip(lines, found, strict=True) if line.story is not None]
    if not labelled:
        raise click.ClickException(f"{file}: no line names a story; labels are expected in `story`")
    scores, collections = evaluate_by_beat(
        [line.story for line, _ in labelled],
        [story for _, story in labelled],
        [line.stored.beat for line, _ in labelled],
    )
    _print(asdict(scores) | {"collections": collections} | asdict(churn), as_json)


def _evaluate_corrections(file: Path, as_json: bool) -> None:
    """Count the pairs of a file of corrections that the grouping gets right without being told."""
    from uuid import uuid4

    from aggregator.config import read_corrections
    from aggregator.steps.judge import judge_corrections

    corrections, mistakes = read_corrections([("corrections.toml", file.read_bytes())])
    if corrections is None:
        raise click.ClickException("\n".join(str(mistake) for mistake in mistakes))
    with store_of(settings_of_environment()) as store:
        judged = judge_corrections(store, corrections, uuid4)
    if not judged.pairs:
        raise click.ClickException(
            f"{file}: none of its pairs is here; it names articles of another database"
        )
    _print({"share_right": judged.right / judged.pairs} | asdict(judged), as_json)


def _documents(paths: Sequence[Path]) -> "Iterator[Document | AggregatorError]":
    from aggregator.folder import read_document, read_folder

    for path in paths:
        if path.is_dir():
            yield from filter(None, (item.document or item.error for item in read_folder(path, {})))
        else:
            try:
                yield read_document(path)
            except AggregatorError as error:
                yield error


def _read_lines(file: Path) -> "tuple[Line, ...]":
    from aggregator.core.lines import read_lines

    with file.open(encoding="utf-8", errors="replace") as lines:
        return read_lines(str(file), lines)


def _group(lines: "Sequence[Line]", batch: int) -> "tuple[list[str], Churn]":
    """Return the story of each line, named s1, s2 … in order of first appearance, and how calm they were."""
    from itertools import count
    from uuid import UUID

    from aggregator.core.churn import Watch
    from aggregator.core.stories import group_all

    numbers, watch = count(1), Watch()
    found = group_all([line.stored for line in lines], batch, lambda: UUID(int=next(numbers)), watch.note)
    names: dict[UUID, str] = {}
    stories = [names.setdefault(found[line.stored.id], f"s{len(names) + 1}") for line in lines]
    return stories, watch.churn()


def _shown(entry: "Entry") -> dict[str, Any]:
    from aggregator.core.identity import entry_keys

    return {
        "id": entry.id or entry_keys(entry, own_id=False)[0][:32],
        "title": entry.title,
        "publisher": entry.publisher,
        "author": entry.author,
        "published": entry.published.isoformat() if entry.published else None,
        "url": entry.url,
        "categories": list(entry.categories),
        "text": entry.text,
    }


def _readable(entry: "Entry") -> str:
    from aggregator.core.identity import first_words

    facts = [
        f"{k}: {v}"
        for k, v in _shown(entry).items()
        if k in ("publisher", "author", "published", "url") and v
    ]
    if entry.categories:
        facts.append(f"categories: {', '.join(entry.categories)}")
    lines = (click.style(entry.title, bold=True), " · ".join(facts), first_words(entry.text, 40))
    return "\n  ".join(line for line in lines if line)


def _print(measures: Mapping[str, float], as_json: bool) -> None:
    figures = {name: round(value, 4) for name, value in measures.items()}
    if as_json:
        click.echo(json.dumps(figures))
        return
    for name, value in figures.items():
        click.echo(f"{name.replace('_', ' '):20} {value:g}")
