"""`topics`, `feeds` and `check`: what is followed."""

import os
import sys
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import click

from aggregator.cli.printing import print_rows
from aggregator.cli.root import (
    AS_JSON,
    FILE,
    fetching_of,
    has_database,
    main,
    now,
    settings_of_environment,
    store_of,
)
from aggregator.errors import AggregatorError

if TYPE_CHECKING:
    from aggregator.config import Settings
    from aggregator.model import Correction


@main.group(invoke_without_command=True)
@AS_JSON
@click.pass_context
def topics(ctx: click.Context, as_json: bool) -> None:
    """List topics with their counts and feeds.

    \b
    Example:  aggregator topics
              aggregator topics keep strait-of-almery
    """
    if ctx.invoked_subcommand is not None:
        return
    settings = settings_of_environment()
    with store_of(settings) as store:
        rows = [
            {
                "name": topic.name,
                "title": topic.title,
                "stories": stories,
                "feed": f"{settings.public_url}/topics/{topic.name}.atom",
            }
            for topic, stories in store.topic_counts()
        ]
    print_rows(rows, as_json, "No topics yet: run `aggregator refresh` first.")


@topics.command("keep")
@click.argument("name")
def topics_keep(name: str) -> None:
    """Write a discovered topic's file, so that it is yours to change.

    \b
    Example:  aggregator topics keep strait-of-almery
    """
    from aggregator.config import write_topic

    settings = settings_of_environment()
    with store_of(settings) as store:
        topic = store.topic(name)
    if topic is None or topic.everything:
        raise click.ClickException(f"{name}: no such topic; `aggregator topics` lists them")
    path = settings.feeds_dir / f"{topic.name}.toml"
    try:
        settings.feeds_dir.mkdir(parents=True, exist_ok=True)
        with path.open("x", encoding="utf-8") as file:
            file.write(write_topic(topic))
    except OSError as error:
        raise click.ClickException(f"{path}: {error.strerror}") from error
    click.echo(f"Wrote {path}")


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
    with store_of(settings_of_environment()) as store:
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
    print_rows(rows, as_json, "No feeds yet: name some in feeds/*.toml, or `aggregator feeds add URL`.")


@feeds.command("add")
@click.argument("url")
def feeds_add(url: str) -> None:
    """Follow a feed from the next refresh on; the address of a site's page is enough.

    \b
    Example:  aggregator feeds add https://www.example.org/
    """
    from aggregator.core.clean import clean_url
    from aggregator.steps.find import find_feed

    cleaned = clean_url(url if "://" in url else f"https://{url}")
    if cleaned is None:
        raise click.ClickException(f"{url}: is no http or https address")
    settings = settings_of_environment()
    found = find_feed(cleaned, fetching_of(settings), now())
    with store_of(settings) as store:
        added = store.add_feed(found.url, now())
    what = f"{found.feed.title}: {found.url}" if found.feed and found.feed.title else found.url
    click.echo(f"Following {what}" if added else f"{what} is followed already")
    if found.doubt:
        click.echo(f"It could not be asked now: {found.doubt}. It is tried at every refresh.", err=True)
    for other in found.others:
        click.echo(f"The page names another feed: {other}", err=True)


@feeds.command("import")
@click.argument("file", type=FILE)
def feeds_import(file: Path) -> None:
    """Follow every feed of a list that another reader exported.

    \b
    Example:  aggregator feeds import subscriptions.opml
    Folders are not kept: put the file into feeds/ to have each folder as a topic.
    """
    from aggregator.core.opml import read_opml

    lists = read_opml(file.name, file.read_bytes())
    urls = dict.fromkeys(feed.url for one in lists for feed in one.feeds)
    with store_of(settings_of_environment()) as store:
        added = sum(store.add_feed(url, now()) for url in urls)
    click.echo(f"Following {added} new feeds, {len(urls) - added} were followed already")


@feeds.command("export")
def feeds_export() -> None:
    """Print the feeds that are followed as OPML.

    \b
    Example:  aggregator feeds export > feeds.opml
    """
    from aggregator.core.render.opml import Outline, render

    settings = settings_of_environment()
    with store_of(settings) as store:
        followed = store.all_feeds()
    outlines = [Outline(feed.publisher or feed.title or feed.url, feed.url, feed.link) for feed in followed]
    click.echo(render(f"{settings.title}: sources", outlines))


@main.command()
def check() -> None:
    """Validate all configuration; exit code 2 when something is wrong.

    \b
    Example:  aggregator check
    Where there is a database, it also tells which corrections wait for entries that are not here yet.
    """
    from aggregator.config import (
        read_corrections,
        read_publishers,
        read_settings,
        read_topics,
        unknown_settings,
    )
    from aggregator.folder import read_files

    try:
        settings = read_settings()
    except AggregatorError as error:
        click.echo(str(error), err=True)
        sys.exit(2)
    files, unreadable = read_files(settings.feeds_dir)
    topics, mistakes = read_topics(files)
    corrections, errata = read_corrections(files)
    problems = (*unreadable, *mistakes, *read_publishers(files)[1], *errata)
    known = _in_the_database(settings, corrections or ())
    problems = (*problems, *known.mistakes)
    for problem in problems:
        click.echo(f"{settings.feeds_dir}/{problem}", err=True)
    unknown = unknown_settings(os.environ)
    for mistake in unknown:
        click.echo(str(mistake), err=True)
    for waiting in known.waiting:
        click.echo(f"{settings.feeds_dir}/{waiting}")
    click.echo(f"{len(topics)} topics in {settings.feeds_dir}/ are right, {len(problems)} are not.")
    sys.exit(2 if problems or unknown else 0)


@dataclass(frozen=True)
class _Known:
    """What the database knows about corrections."""

    mistakes: tuple[AggregatorError, ...] = ()
    waiting: tuple[AggregatorError, ...] = ()


def _in_the_database(settings: "Settings", corrections: "Sequence[Correction]") -> _Known:
    """Look up the entries that the file's corrections name; nothing is known without a database."""
    from aggregator.steps.correct import review

    if not corrections or not has_database(settings):
        return _Known()
    with store_of(settings) as store:
        return _Known(*review(store, corrections))
