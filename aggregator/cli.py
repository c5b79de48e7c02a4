"""The command line: the only room that knows all others, reads the clock and the environment.

Imports stand inside the commands, so that `aggregator --help` costs no more than click.
"""

import json
import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from aggregator import __version__
from aggregator.errors import AggregatorError

if TYPE_CHECKING:
    from aggregator.config import Settings
    from aggregator.core.evaluate import Scores
    from aggregator.core.lines import Line
    from aggregator.model import Document, Entry
    from aggregator.pipeline import Line as Pipeline
    from aggregator.pipeline import Report
    from aggregator.steps import Progress
    from aggregator.store import Store

FILE = click.Path(exists=True, dir_okay=False, path_type=Path)
AS_JSON = click.option("--json", "as_json", is_flag=True, help="Print JSON.")


def now() -> datetime:
    """Read the clock: UTC, whole seconds."""
    return datetime.now(UTC).replace(microsecond=0)  # noqa: TID251 # the one place


class Commands(click.Group):
    """Turn our own errors into one line on stderr and exit code 1."""

    def invoke(self, ctx: click.Context) -> Any:
        try:
            return super().invoke(ctx)
        except AggregatorError as error:
            raise click.ClickException(str(error)) from error


@click.group(cls=Commands, context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(__version__, prog_name="aggregator")
def main() -> None:
    """Follow a subject: feeds and saved documents in, stories under topics out.

    \b
    Start here:  aggregator run
    Settings:    AGGREGATOR_* in the environment; topics in feeds/, documents in seeds/
    """


# ---- the service


@main.command()
def run() -> None:
    """Run the whole service: web and scheduler.

    \b
    Example:  AGGREGATOR_PORT=9000 aggregator run
    """
    from aggregator.service import serve

    settings = _settings()
    with _store(settings) as store:
        serve(settings, store, _pipeline(settings, store), now)


@main.command()
@click.option(
    "--now", "everything", is_flag=True, help="Poll feeds that are not due too, still conditionally."
)
@AS_JSON
def refresh(everything: bool, as_json: bool) -> None:
    """Read what is new, group it, publish, exit.

    \b
    Example:  aggregator refresh --now
    Exit code 1 when there was something to read and none of it could be.
    """
    from aggregator.pipeline import refresh as refresh_once

    settings = _settings()
    with _store(settings) as store, _progress() as progress:
        pipeline = _pipeline(settings, store)
        try:
            report = refresh_once(pipeline, now(), everything, progress)
        finally:
            pipeline.poller.close()
    _print_report(report, as_json)
    sys.exit(1 if report.nothing_worked else 0)


# ---- documents and collections


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
    for line, story in zip(lines, _group(lines, batch), strict=True):
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
    Each line names its `story`; with `beat`, the measures are means over beats.
    """
    from aggregator.core.evaluate import evaluate_by_beat

    lines = _read_lines(file)
    found = _group(lines, batch)
    labelled = [(line, story) for line, story in zip(lines, found, strict=True) if line.story is not None]
    if not labelled:
        raise click.ClickException(f"{file}: no line names a story; labels are expected in `story`")
    scores, collections = evaluate_by_beat(
        [line.story for line, _ in labelled],
        [story for _, story in labelled],
        [line.stored.beat for line, _ in labelled],
    )
    _print_scores(scores, collections, as_json)


# ---- what is followed


@main.command()
@AS_JSON
def topics(as_json: bool) -> None:
    """List topics with their counts and feeds.

    \b
    Example:  aggregator topics
    """
    settings = _settings()
    with _store(settings) as store:
        rows = [
            {
                "name": topic.name,
                "title": topic.title,
                "stories": stories,
                "feed": f"{settings.public_url}/topics/{topic.name}.atom",
            }
            for topic, stories in store.topic_counts()
        ]
    _print_rows(rows, as_json, "No topics yet: run `aggregator refresh` first.")


@main.group(invoke_without_command=True)
@AS_JSON
@click.pass_context
def feeds(ctx: click.Context, as_json: bool) -> None:
    """List the feeds that are followed, with their health.

    \b
    Example:  aggregator feeds
              aggregator feeds add https://www.example.org/feed
    """
    if ctx.invoked_subcommand is not None:
        return
    with _store(_settings()) as store:
        rows = [
            {
                "feed": feed.url,
                "title": feed.publisher or feed.title or "",
                "state": "ended"
                if feed.gone
                else "failing"
                if feed.error
                else "ok"
                if feed.last_success
                else "new",
                "last success": feed.last_success.isoformat() if feed.last_success else "",
                "problem": feed.error or "",
            }
            for feed in store.all_feeds()
        ]
    _print_rows(rows, as_json, "No feeds yet: name some in feeds/*.toml, or `aggregator feeds add URL`.")


@feeds.command("add")
@click.argument("url")
def feeds_add(url: str) -> None:
    """Follow a feed from the next refresh on.

    \b
    Example:  aggregator feeds add https://www.example.org/feed
    """
    from aggregator.core.clean import clean_url

    cleaned = clean_url(url)
    if cleaned is None:
        raise click.ClickException(f"{url}: is no http or https address")
    with _store(_settings()) as store:
        added = store.add_feed(cleaned, now())
    click.echo(f"Following {cleaned}" if added else f"{cleaned} is followed already")


@main.command()
def check() -> None:
    """Validate all configuration; exit code 2 when something is wrong.

    \b
    Example:  aggregator check
    """
    from aggregator.config import read_settings, read_topics
    from aggregator.folder import read_files

    try:
        settings = read_settings()
    except AggregatorError as error:
        click.echo(str(error), err=True)
        sys.exit(2)
    topics, problems = read_topics(read_files(settings.feeds_dir))
    for problem in problems:
        click.echo(f"{settings.feeds_dir}/{problem}", err=True)
    click.echo(f"{len(topics)} topics in {settings.feeds_dir}/ are right, {len(problems)} are not.")
    sys.exit(2 if problems else 0)


# ---- composition


def _settings() -> "Settings":
    from aggregator.config import read_settings

    return read_settings()


@contextmanager
def _store(settings: "Settings") -> "Iterator[Store]":
    from aggregator.store import open_store
    from aggregator.store.database import sqlite_url

    store = open_store(settings.database_url or sqlite_url(settings.data_dir / "aggregator.sqlite3"))
    try:
        yield store
    finally:
        store.close()


def _pipeline(settings: "Settings", store: "Store") -> "Pipeline":
    from uuid import uuid4

    from aggregator.core.render import Site
    from aggregator.fetch import FetchSettings
    from aggregator.pipeline import Line
    from aggregator.steps.group import Grouper
    from aggregator.steps.poll import Poller

    fetching = FetchSettings(
        base_url=settings.public_url,
        host_spacing=settings.host_spacing_seconds,
        allow_networks=settings.allow_networks,
    )
    return Line(
        store=store,
        site=Site(settings.public_url, settings.title),
        feeds_dir=settings.feeds_dir,
        seeds_dir=settings.seeds_dir,
        poller=Poller(fetching, settings.refresh_every),
        grouper=Grouper(store, uuid4),
        mint=uuid4,
    )


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


def _group(lines: "Sequence[Line]", batch: int) -> list[str]:
    """Return the story of each line, named s1, s2 … in order of first appearance."""
    from itertools import count
    from uuid import UUID

    from aggregator.core.stories import group_all

    numbers = count(1)
    found = group_all([line.stored for line in lines], batch, lambda: UUID(int=next(numbers)))
    names: dict[UUID, str] = {}
    return [names.setdefault(found[line.stored.id], f"s{len(names) + 1}") for line in lines]


# ---- what people see


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


def _print_report(report: "Report", as_json: bool) -> None:
    problems = [str(problem) for problem in report.problems]
    if as_json:
        figures = {"seeds": report.seeds, "polled": report.polled, "new": report.intake.new}
        figures |= {"changed": report.intake.changed, "grouped": report.grouped, "stories": report.told}
        click.echo(json.dumps(figures | {"documents": report.rendered, "problems": problems}))
        return
    for problem in problems:
        click.echo(f"Problem: {problem}", err=True)
    click.echo(str(report))


def _print_scores(scores: "Scores", collections: int, as_json: bool) -> None:
    from dataclasses import asdict

    figures = {name: round(value, 4) for name, value in asdict(scores).items()} | {"collections": collections}
    if as_json:
        click.echo(json.dumps(figures))
        return
    for name, value in figures.items():
        click.echo(f"{name.replace('_', ' '):20} {value:g}")


def _print_rows(rows: Sequence[dict[str, Any]], as_json: bool, nothing: str) -> None:
    if as_json:
        click.echo(json.dumps(rows, ensure_ascii=False))
    elif not rows:
        click.echo(nothing)
    else:
        from rich.console import Console
        from rich.table import Table

        table = Table(*(key.capitalize() for key in rows[0]), box=None)
        for row in rows:
            table.add_row(*(str(value) for value in row.values()))
        Console().print(table)


@contextmanager
def _progress() -> "Iterator[Progress]":
    """Show a bar for each thing being done, where somebody looks at a terminal."""
    from aggregator.steps import silent

    if not sys.stderr.isatty():
        yield silent
        return
    from rich.console import Console
    from rich.progress import Progress as Bars

    with Bars(console=Console(stderr=True), transient=True) as bars:
        known: dict[str, Any] = {}

        def show(what: str, done: int, total: int) -> None:
            if what not in known:
                known[what] = bars.add_task(what, total=total)
            bars.update(known[what], completed=done, total=total)

        yield show
