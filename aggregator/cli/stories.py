"""`stories`: what they are made of, and an editor's hand."""

import json
from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING, Any

import click

from aggregator.cli.printing import print_rows
from aggregator.cli.root import AS_JSON, main, now, settings_of_environment, store_of

if TYPE_CHECKING:
    from aggregator.model import Correction, Member, Story
    from aggregator.steps.decide import Found
    from aggregator.store import Store

WOULD = "{} would come into another story. {} would keep their id, {} would end in others, {} would be new."
DID = "{} came into another story. {} keep their id, {} ended in others, {} are new."
LATER = "Pages and feeds follow at the next refresh; a running service does one within a minute."


@main.group(invoke_without_command=True)
@click.option("--limit", default=20, show_default=True, type=click.IntRange(min=1), help="Stories at most.")
@click.option("--find", "words", default="", help="Only stories whose articles have these words.")
@AS_JSON
@click.pass_context
def stories(ctx: click.Context, limit: int, words: str, as_json: bool) -> None:
    """List the newest stories, and correct how they are grouped.

    \b
    Example:  aggregator stories --find "ferry skerry"
              aggregator stories show bnzm7q
              aggregator stories merge bnzm7q c4ffx2
    A story is named by its id, by the beginning of its id, or by its page's address. What an editor decides
    holds for ever, also when everything is grouped afresh.
    """
    if ctx.invoked_subcommand is not None:
        return
    with store_of(settings_of_environment()) as store:
        rows = [_row(story) for story in _listed(store, words, limit)]
    nothing = "No story has these words." if words else "No stories yet: run `aggregator refresh` first."
    print_rows(rows, as_json, nothing)


def _listed(store: "Store", words: str, limit: int) -> "Sequence[Story]":
    from aggregator.core.search import read_query
    from aggregator.store.narrowing import Filter

    if not words:
        everything = store.topic("all")
        return store.topic_page(everything.id, limit)[0] if everything else ()
    hits, _ = store.search(read_query(words), Filter(), limit * 5)
    found = list(dict.fromkeys(hit.story for hit in hits))[:limit]
    told = store.told(found)
    return [told[story] for story in found if story in told]


def _row(story: "Story") -> dict[str, Any]:
    from aggregator.core.render import story_id

    return {
        "story": story_id(story.id),
        "articles": story.entries,
        "sources": story.publishers,
        "latest": story.latest.strftime("%Y-%m-%d") if story.latest else "",
        "headline": story.headline,
    }


@stories.command("show")
@click.argument("story")
@AS_JSON
def show(story: str, as_json: bool) -> None:
    """Show the articles of a story, each with its number and why it is there.

    \b
    Example:  aggregator stories show bnzm7q
    """
    from aggregator.core.render import story_id, story_path
    from aggregator.steps.decide import find_story

    settings = settings_of_environment()
    with store_of(settings) as store:
        found = find_story(store, story)
        names = store.called(found.entries)
        continued = store.continued_in(found.id)
    rows = [_article(member, names[member.stored.id]) for member in found.members]
    former = found.story.former
    if as_json:
        saga: dict[str, Any] = {"follows": story_id(former.id)} if former else {}
        saga |= {"continued_in": [story_id(later.id) for later in continued]} if continued else {}
        click.echo(json.dumps(_row(found.story) | saga | {"entries": rows}, ensure_ascii=False))
        return
    click.echo(click.style(found.story.headline, bold=True))
    click.echo(settings.public_url + story_path(found.id, found.story.slug))
    for what, other in (("Follows", former), *(("Continued in", later) for later in continued)):
        if other:
            click.echo(f"{what}: {story_id(other.id)}  {other.headline}")
    width = max(len(str(row["number"])) for row in rows)
    for row in rows:
        who = " · ".join(filter(None, (row["published"], row["publisher"])))
        click.echo(f"\n{row['number']:>{width}}  {row['title']}")
        for line in filter(None, (who, row["why"], row["name"])):
            click.echo(f"{'':>{width}}  {line}")


def _article(member: "Member", name: str) -> dict[str, Any]:
    from aggregator.core.publish import explain
    from aggregator.core.render.stories import when

    entry = member.stored.entry
    return {
        "number": member.stored.id,
        "title": entry.title,
        "publisher": entry.publisher or "",
        "published": when(entry.published, entry.day_only, member.stored.first_seen),
        "why": explain(member.placement) or "It opened the story.",
        "name": name,
    }


@stories.command("merge")
@click.argument("stories", nargs=-1, required=True)
def merge_stories(stories: tuple[str, ...]) -> None:
    """Make stories one. The eldest keeps its id and headline; the others' pages lead there.

    \b
    Example:  aggregator stories merge bnzm7q c4ffx2
    """
    from uuid import uuid4

    from aggregator.core.render import story_id
    from aggregator.steps.decide import find_story, merge

    with store_of(settings_of_environment()) as store:
        found = [find_story(store, name) for name in stories]
        if len({one.id for one in found}) < max(2, len(found)):
            raise click.ClickException("name two or more stories, each once")
        elder = merge(store, found, uuid4, now())
    ended = [story_id(one.id) for one in found if one.id != elder]
    articles = sum(len(one.entries) for one in found)
    click.echo(f"{story_id(elder)} has {articles} articles now; {', '.join(ended)} leads there. {LATER}")


@stories.command("split")
@click.argument("story")
@click.argument("entries", nargs=-1, required=True)
def split_story(story: str, entries: tuple[str, ...]) -> None:
    """Take articles out of a story, into one of their own; near-copies of them go with them.

    \b
    Example:  aggregator stories split bnzm7q 17 23
    Articles are named by their number as `aggregator stories show` prints it, by address or by id. The
    larger part keeps the story's id.
    """
    from uuid import uuid4

    from aggregator.core.render import story_id
    from aggregator.steps.decide import find_story, split

    with store_of(settings_of_environment()) as store:
        found = find_story(store, story)
        leaving = _with_copies(found, _numbers(store, found, entries))
        if len(leaving) == len(found.entries):
            raise click.ClickException(f"{story}: these are all its articles; leave one at least")
        gone, rest = split(store, found, leaving, uuid4, now())
    click.echo(f"Apart from now on: {len(leaving)} in {story_id(gone)}")
    click.echo(f"                   {len(found.entries) - len(leaving)} in {story_id(rest)}")
    click.echo(LATER)


def _numbers(store: "Store", found: "Found", wanted: Iterable[str]) -> set[int]:
    names = store.called(found.entries)
    known: dict[str, set[int]] = {}
    for member in found.members:
        entry = member.stored.entry
        for name in (str(member.stored.id), entry.url, entry.id, names[member.stored.id]):
            known.setdefault(name or "", set()).add(member.stored.id)
    for name in wanted:
        if len(known.get(name, ())) != 1 or not name:
            which = "is no article" if name not in known else "is several articles"
            hint = "`aggregator stories show` prints the numbers of its articles"
            raise click.ClickException(f"{name}: {which} of this story; {hint}")
    return {entry for name in wanted for entry in known[name]}


def _with_copies(found: "Found", leaving: set[int]) -> set[int]:
    """Add near-copies of articles that leave, unless nothing would be left."""
    copies = {m.stored.id: m.placement.copy_of for m in found.members}
    gone = leaving
    while more := {entry for entry, of in copies.items() if of in gone} - gone:
        gone = gone | more
    return gone if len(gone) < len(copies) else leaving


@stories.command("pin")
@click.argument("story")
@click.option("--off", is_flag=True, help="Take the pin out again.")
def pin_story(story: str, off: bool) -> None:
    """Say that a story is right as it is: its articles stay in it, and it never ends in another one.

    \b
    Example:  aggregator stories pin bnzm7q
    New articles may still join it.
    """
    from uuid import uuid4

    from aggregator.core.render import story_id
    from aggregator.model import Kind
    from aggregator.steps.decide import find_story, pin, undo

    with store_of(settings_of_environment()) as store:
        found = find_story(store, story)
        if off:
            done = undo(store, found, Kind.PIN, uuid4, now())
            click.echo(f"{story_id(found.id)} is {'no longer' if done else 'not'} pinned.")
            return
        pin(store, found, uuid4, now())
    click.echo(f"{story_id(found.id)} is pinned with its {len(found.entries)} articles.")


@stories.command("rename")
@click.argument("story")
@click.argument("title", required=False)
def rename_story(story: str, title: str | None) -> None:
    """Give a story another headline; without one, its own again. Its address stays.

    \b
    Example:  aggregator stories rename bnzm7q "Ferry Terna: 84 saved off Skerry"
    """
    from uuid import uuid4

    from aggregator.core.clean import clean_line
    from aggregator.core.render import story_id
    from aggregator.model import Kind
    from aggregator.steps.decide import find_story, rename, undo

    with store_of(settings_of_environment()) as store:
        found = find_story(store, story)
        words = clean_line(title or "")
        if words:
            rename(store, found, words, uuid4, now())
        elif not undo(store, found, Kind.TITLE, uuid4, now()):
            raise click.ClickException(f"{story_id(found.id)} has its own headline; name another one")
    click.echo(f"{story_id(found.id)} has {'the new' if words else 'its own'} headline. {LATER}")


@stories.command("export")
@AS_JSON
def export_corrections(as_json: bool) -> None:
    """Print all that editors decided, as feeds/corrections.toml; with --json, one decision a line.

    \b
    Example:  aggregator stories export > feeds/corrections.toml
    What the file says is the file's from then on: take it out there to decide otherwise.
    """
    from aggregator.config import write_corrections

    settings = settings_of_environment()
    with store_of(settings) as store:
        decided = store.corrections()
        named = store.named()
        wanted = {name for c in decided for name in (*c.entries, *c.others)}
        titles = {s.id: s.entry.title for s in store.entries(named[name] for name in wanted & named.keys())}
    headlines = {name: titles[named[name]] for name in sorted(wanted & named.keys())}
    if as_json:
        for correction in decided:
            click.echo(json.dumps(_shown(correction, headlines), ensure_ascii=False))
    elif decided:
        click.echo(write_corrections(decided, headlines, settings.public_url), nl=False)
    else:
        click.echo("# Nothing is decided yet; `aggregator stories --help` says how.")


def _shown(correction: "Correction", headlines: dict[str, str]) -> dict[str, Any]:
    from aggregator.core.render import story_id

    shown: dict[str, Any] = {"kind": correction.kind.value}
    if correction.story:
        shown["story"] = story_id(correction.story)
    for key, names in (("entries", correction.entries), ("others", correction.others)):
        if names:
            shown[key] = [{"name": name, "title": headlines.get(name)} for name in names]
    waiting = [name for name in (*correction.entries, *correction.others) if name not in headlines]
    facts = {
        "title": correction.title,
        "note": correction.note,
        "place": correction.place,
        "waiting": waiting,
    }
    return shown | {key: value for key, value in facts.items() if value}


@main.command()
@click.option("--dry-run", is_flag=True, help="Only say what would change.")
@AS_JSON
def regroup(dry_run: bool, as_json: bool) -> None:
    """Group what is stored afresh, with this version's grouping and editors' decisions.

    \b
    Example:  aggregator regroup --dry-run
    A story keeps its id where most of its articles stay together; the page of one that ends leads on.
    Subscribers are shown nothing again: neither new stories of old articles, nor changed ones.
    """
    from uuid import uuid4

    from aggregator.steps.regroup import apply_regrouping
    from aggregator.steps.regroup import regroup as compare

    with store_of(settings_of_environment()) as store:
        change = compare(store, uuid4)
        if not dry_run:
            apply_regrouping(store, change, now())
    figures = {
        "entries": change.entries,
        "moved": len(change.placements),
        "stories": change.before,
        "kept": change.kept,
        "retired": len(change.retired),
        "new": change.new,
        "shown_again": 0,  # by the rules of `core/publish.py`: a regrouped story is quiet
    }
    if as_json:
        click.echo(json.dumps(figures | {"applied": not dry_run}))
        return
    what = (
        f"{len(change.placements)} of {change.entries} articles",
        f"{change.kept} of {change.before} stories",
        f"{len(change.retired)}",
        f"{change.new}",
    )
    click.echo((WOULD if dry_run else DID).format(*what))
    click.echo(f"Subscribers are shown nothing again for it. {'' if dry_run else LATER}".rstrip())
