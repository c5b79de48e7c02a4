"""A desk as full as one gets: thousands of stories, and everything hostile or odd that feeds say."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta

from make import (
    NOW,
    SITE,
    Told,
    fail_feed,
    fill,
    hours_ago,
    make_entry,
    make_story,
    make_topic,
    read_feed,
    story_path_of,
)

from aggregator.core.render import Site
from aggregator.model import Fetched, FollowedFeed, Rules, SeedRead, TopicConfig
from aggregator.store import Store

SUBJECTS = (
    "bridge ferry harbour lighthouse cable pilot tunnel quarry orchard vineyard railway airport reservoir "
    "dam canal museum theatre stadium hospital school bakery brewery foundry shipyard observatory"
).split()
PLACES = "Brekke Osterholm Karsund Palmora Lindvik Skerry Tarn Imre Vashara Kelland".split()
WORDS = (
    "opens closes delayed inspected repaired sold flooded reopened praised planned vote budget inquiry "
    "strike record winter summer council minister engineers visitors workers report price levy"
).split()
PAPERS = (
    "Harbour Gazette",
    "Nordwire",
    "Kanal 9",
    "The Meridian",
    "Baltic Ledger",
    "Coastal Radio",
    "Open Signals",
)
DAYS = 50  # that the crowd of stories is spread over
LONG_WORD = "Donaudampfschifffahrtselektrizitätenhauptbetriebswerkbauunterbeamtengesellschaftsvorstände"
HOSTILE = (
    "<script>document.title='owned'</script>",
    "\"><img src=x onerror=document.title='owned'>",
    "</title></head><body onload=alert(1)>",
    "{{ 7*7 }} {% raw %} ${7*7}",
    "&lt;b&gt; &amp;amp; ]]> --> <!-- <![CDATA[",
    "javascript:alert(1)",
    "\u202eright to left\u202c \u200f\u2067 isolated",
)
HEADLINE = "Bridge at Brekke closes after an inspection of its piers"
SPOKEN = (
    "The northern pier of the bridge at Brekke has a crack, said Ada Quill of Lindvik Telecom at noon. "
    "Its cables will be led over the old road until the engineers have seen every part of the structure."
)
# The story that shows everything: who was first, a copy, other scripts and directions, unknown dates.
MAIN = make_story(
    hours_ago(6, HEADLINE, text=SPOKEN),
    hours_ago(5, "Brekke bridge closes", publisher="Kanal 9", text=SPOKEN),
    hours_ago(4, "Міст у Брекке закрито", publisher="Портовий вісник", language="uk", text="Міст закрито."),
    hours_ago(3, "إغلاق جسر بريكه بعد التفتيش", publisher="صوت الميناء", language="ar", text="أغلق الجسر."),
    hours_ago(2.5, "브레케 다리 폐쇄", publisher="항구신문", language="ko", text="다리가 폐쇄되었다."),
    make_entry("Bridge without a date", published=None, publisher="Open Signals"),
    hours_ago(-40, "Bridge whose clock goes ahead", publisher="Clock Ahead"),
    hours_ago(1, "Minister speaks of the bridge", publisher="Nordwire", text="A minister spoke. " + SPOKEN),
    make_entry(
        "Bridge of a day", published=datetime(2026, 11, 24, tzinfo=UTC), day_only=True, publisher="Daily"
    ),
    copies=(1,),
)
CROWD = make_story(
    *(
        hours_ago(
            70 - n, f"Bridge vote, report {n}", publisher=f"Paper {n % 40} of {PLACES[n % 10]}", text=SPOKEN
        )
        for n in range(60)
    ),
    copies=tuple(range(3, 30, 3)),
)
WIDE = make_story(hours_ago(2, f"Bridge {LONG_WORD}", publisher=LONG_WORD, text=LONG_WORD, author=LONG_WORD))
ARABIC = make_story(hours_ago(3, "جسر bridge", publisher="صوت الميناء", language="ar", text="أغلق الجسر."))
UNDATED = make_story(
    make_entry("Bridge with neither date nor publisher", published=None, publisher=None, url=None)
)
OLD = make_story(make_entry("Lighthouse keeper looks back", published=datetime(2019, 1, 12, tzinfo=UTC)))

PAGES = (
    "/",
    "/topics/bridge",
    "/topics/bridge?order=sources",
    "/topics/hostile",
    "/topics/kites",
    "/topics/all",
    *(story_path_of(told) for told in (MAIN, CROWD, WIDE, ARABIC, UNDATED, OLD)),
    "/search",
    "/search?q=bridge",
    "/search?q=krill+quota&topic=bridge",
    "/sources",
    "/nothing/here",
)  # every kind of page, and every state of each
KINDS = tuple(PAGES[n] for n in (0, 1, 3, 4, 6, 7, 8, 12, 13, 14, 15, 16))  # one of each kind and state


def fill_desk(store: Store, stories: int, site: Site = SITE) -> None:
    """Fill a store with so many stories beside the odd ones, 25 topics, and feeds in every state."""
    loud = [_loud(n, text) for n, text in enumerate(HOSTILE)]
    fill(
        store,
        *_crowded(stories),
        OLD,
        *loud,
        UNDATED,
        ARABIC,
        WIDE,
        CROWD,
        MAIN,
        topics=list(_topics()),
        site=site,
    )
    _let_sources_fail(store)


def _topics() -> Iterator[TopicConfig]:
    feeds = tuple(FollowedFeed(f"https://{name}.example/feed") for name in "abcde")
    yield make_topic("bridge", title="Bridges", description="Bridges and their piers.", feeds=feeds)
    for subject in SUBJECTS[1:]:
        yield make_topic(subject, rules=Rules(any=(subject,), categories=(subject.upper(),)))
    yield make_topic("hostile", title=HOSTILE[0], description=HOSTILE[1], rules=Rules(any=HOSTILE))
    yield make_topic("kites", rules=Rules(any=("kite",)))


def _loud(n: int, text: str) -> Told:
    loud = hours_ago(n + 1, f"{text} bridge", text=text, publisher=text, author=text, categories=(text,))
    return make_story(loud, hours_ago(n, f"{text} again", publisher="Nordwire"), terms=(text,))


def _crowded(stories: int) -> Iterator[Told]:
    for n in range(stories):
        subject, place = SUBJECTS[n % len(SUBJECTS)], PLACES[n // 3 % len(PLACES)]
        said = f"{place} {subject} {WORDS[n % len(WORDS)]}, {WORDS[n * 7 % len(WORDS)]} number {n}"
        text = f"The {subject} of {place} was {WORDS[n * 5 % len(WORDS)]}, more on this will follow."
        first = hours_ago(3 + n * DAYS * 24 / stories, said, text=text, publisher=PAPERS[n % 7])
        others = (
            replace(first, title=f"{said} ({m})", url=f"{first.url}-{m}", publisher=PAPERS[(n + m) % 7])
            for m in range(1, n % 4)
        )
        yield make_story(first, *others)


def _let_sources_fail(store: Store) -> None:
    moved = Fetched("https://b.example/feed", "https://b.example/new", 200, moved_to="https://b.example/new")
    read_feed(store, "https://d.example/feed", make_entry("Kite 1"), title="A feed that is well")
    read_feed(store, "https://b.example/feed", make_entry("Kite 2"), title="A feed that moved", fetched=moved)
    long_ago = NOW - timedelta(days=90)
    read_feed(store, "https://e.example/feed", make_entry("Kite 3"), title="A quiet feed", now=long_ago)
    for hours in (9, 5, 1):
        at = NOW - timedelta(hours=hours)
        fail_feed(store, "https://a.example/feed", "answered 403; check the address", now=at)
    fail_feed(store, "https://c.example/feed", "answered 410", gone=True)
    store.save_seed(SeedRead("broken.txt", NOW - timedelta(days=3), error="holds no article"))
