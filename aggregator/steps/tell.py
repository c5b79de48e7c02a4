"""File and publish: what subscribers will be told about the stories that changed."""

from collections import defaultdict
from collections.abc import Callable, Collection, Iterator, Sequence
from dataclasses import replace
from datetime import datetime
from uuid import UUID

from aggregator.core.publish import VIEWS, Arrival, admit, retell, tell
from aggregator.core.render.entries import is_iri
from aggregator.core.topics import Filing, Matcher, searched
from aggregator.model import Topic
from aggregator.steps import Progress, chunks, silent
from aggregator.store import Store

CHUNK = 500  # stories told in one transaction


def file_earlier(store: Store) -> None:
    """File what is stored already under topics whose rules or feeds changed; no story leaves a topic.

    Stories that changed since they were told are not looked at: `tell_stories` files them by the same rules.
    """
    unfiled = store.unfiled_topics()
    for topic in unfiled:
        if not topic.rules:
            store.file_earlier((topic.id, story) for story in store.told_from_feeds_of(topic.id))
    matchers = [(topic.id, Matcher(topic.rules)) for topic in unfiled if topic.rules]
    after = 0
    while matchers and (found := store.told_entries(after)):
        looked = [(story, searched(entry)) for _, story, entry in found]
        store.file_earlier(
            (topic, story) for topic, matcher in matchers for story, entry in looked if matcher.matches(entry)
        )
        after = found[-1][0]
    for topic in unfiled:
        store.all_filed(topic)


def tell_stories(store: Store, mint: Callable[[], UUID], now: datetime, progress: Progress = silent) -> int:
    """Publish the stories that changed and file them under topics; return how many there were."""
    store.touch_changed()
    untold = store.untold()
    topics = [topic for topic in store.topics() if not topic.withdrawn]
    filing = Filing(topics)
    arrivals: dict[UUID, list[Arrival[UUID]]] = defaultdict(list)
    for n, ids in enumerate(chunks(untold, CHUNK)):
        progress("Publishing", n * CHUNK, len(untold))
        for arrival, filed in _tell_chunk(store, mint, filing, ids, now):
            for topic_id in filed:
                arrivals[topic_id].append(arrival)
    for topic in topics:
        if topic.id in arrivals:
            _admit(store, topic, arrivals[topic.id], now)
    _admit_entries(store, untold, now)
    for ids in chunks(untold, CHUNK):
        store.all_told(ids)
    progress("Publishing", len(untold), len(untold))
    return len(untold)


def _tell_chunk(
    store: Store, mint: Callable[[], UUID], filing: Filing, ids: Sequence[UUID], now: datetime
) -> Iterator[tuple[Arrival[UUID], Collection[UUID]]]:
    """Tell some stories; return each as an arrival, with the topics that it is filed under."""
    members = store.members(ids)
    before = store.told(ids)
    titles, formers = store.titles(ids), store.formers(ids)
    drawn = store.drawn_from(m.stored.id for found in members.values() for m in found)
    told = [
        retell(before[story], found, now, before[story].absorbed, formers.get(story))
        if story in before
        else tell(story, found, now, titles.get(story), formers.get(story))
        for story, found in members.items()
    ]
    matched = {
        story: frozenset[UUID]().union(*(filing(m.stored.entry, drawn.get(m.stored.id, ())) for m in found))
        for story, found in members.items()
    }
    filed = store.save_told(told, matched, now)
    own = {m.stored.id: m.stored.entry.id for found in members.values() for m in found}
    store.claim_ids({entry: iri if iri and is_iri(iri) else None for entry, iri in own.items()}, mint)
    brought, quiet = store.brought_by_new_feeds(ids, now), store.quiet(ids)
    dates = {m.stored.id: m.stored.dated for found in members.values() for m in found}
    return (
        (
            Arrival(
                story.id,
                story.latest or now,
                story.lead,
                story.publishers,
                brought.get(story.id),
                known=story.id in quiet,
                dated=dates.get(story.lead),
            ),
            filed[story.id],
        )
        for story in told
    )


def _admit(store: Store, topic: Topic, arrivals: Sequence[Arrival[UUID]], now: datetime) -> None:
    """Give new stories their places in the topic's documents."""
    first = topic.published is None
    new = dict.fromkeys(VIEWS, arrivals) if first else _without_place(store, topic, arrivals)
    admitted = {
        view: admit([arrival for arrival in new[view] if arrival.publishers >= needed], now, first)
        for view, needed in VIEWS.items()
    }
    store.admit(topic.id, admitted, now, {a.of: a.dated for a in new[""] if a.dated})


def _admit_entries(store: Store, told: Sequence[UUID], now: datetime) -> None:
    """Give the entries of stories that were told their places in the topics' views of original entries."""
    arrivals: dict[UUID, list[Arrival[int]]] = defaultdict(list)
    for ids in chunks(told, CHUNK):
        for topic, arrival in store.entry_arrivals(ids, now):
            arrivals[topic].append(arrival)
    for topic in sorted(arrivals, key=str):
        first = not store.has_entries(topic)
        store.admit_entries(topic, admit(arrivals[topic], now, first))


def _without_place(
    store: Store, topic: Topic, arrivals: Sequence[Arrival[UUID]]
) -> dict[str, list[Arrival[UUID]]]:
    """Return view -> the arrivals that never had a place in its document."""
    new = {view: list[Arrival[UUID]]() for view in VIEWS}
    for part in chunks(arrivals, CHUNK):
        ids = [arrival.of for arrival in part]
        placed, shown = store.placed(topic.id, ids), store.shown_as(topic.id, ids)
        for view, found in new.items():
            there, as_which = placed.get(view, ()), shown.get(view, {})
            found.extend(replace(a, shown_as=as_which.get(a.of)) for a in part if a.of not in there)
    return new
