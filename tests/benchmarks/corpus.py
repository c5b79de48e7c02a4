"""A corpus of feeds: made-up English, sizes as the web has them, the same for the same seed."""

import gzip
import random
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from html import escape
from itertools import accumulate

from aggregator.model import Entry, Stored

NOW = datetime(2026, 11, 24, 9, tzinfo=UTC)
PORT = 8890
CHANGED = 0.05  # share of the answering feeds that have a second version
FAULTS = {
    "missing": 0.02,
    "failing": 0.02,
    "page": 0.005,
    "empty": 0.005,
    "moved": 0.04,
}  # shares of the feeds
ENTRIES = (20, 50)  # a feed has 35 on average
PLACES = (
    "Brekke Almery Tamsel Ostrey Corrin Senna Halden Varga Lisse Morrow Pellan Quint Rosk Tarn Ulmen".split()
)
ACTORS = "ministry council union court company bank regulator navy hospital university port airline".split()
ACTS = (
    "approves rejects delays investigates closes opens expands sells audits rebuilds suspends reports".split()
)
THINGS = "bridge cable harbour budget treaty merger tunnel reactor vaccine satellite pipeline strike".split()
LITTLE = "the a of in and to for on with at by from after before under this that its their said will".split()
SYLLABLES = """ba ber cal con den dis er fer gen hal in jun ker lan mar nor ol per qui res ser tal un ver wil
yar zen ing ment tion able ness ity ous ive al""".split()
TAG = re.compile("<[^>]+>")
VOCABULARY = 8_000  # words, as frequent as words are (Zipf)
TOPICS = "world science business sport culture health technology".split()


@dataclass(frozen=True, slots=True)
class Post:
    """One entry as it is going to be written."""

    id: str
    title: str
    body: str  # HTML
    at: datetime
    author: str
    topics: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Made:
    """A feed as it is served; its second version is empty where it does not change."""

    host: str
    path: str
    kind: str  # "sound", or one of FAULTS
    is_atom: bool
    versions: tuple[bytes, bytes]
    zipped: bool
    validators: str  # which ones it sends: "both", "etag", "date", "none"

    @property
    def url(self) -> str:
        return f"http://{self.host}:{PORT}{'/old' if self.kind == 'moved' else ''}{self.path}"

    def wire(self, version: int) -> bytes:
        """Return a version as it goes over the wire."""
        body = self.versions[version] or self.versions[0]
        return gzip.compress(body, 6, mtime=0) if self.zipped else body


class Dice(random.Random):
    """Random numbers, and the words and events that are drawn with them."""

    def __init__(self, seed: int) -> None:
        super().__init__(seed)
        syllables = (self.choices(SYLLABLES, k=self.randint(2, 4)) for _ in range(VOCABULARY))
        self._vocabulary = ["".join(parts) for parts in syllables]
        self._ranks = list(accumulate(1 / rank for rank in range(10, VOCABULARY + 10)))
        self.events: list[list[str]] = []
        self.told: list[float] = []  # how often, added up

    def words(self, number: int) -> list[str]:
        """Draw words; every third is one of the little ones."""
        drawn = self.choices(self._vocabulary, cum_weights=self._ranks, k=number)
        return [word if n % 3 else self.choice(LITTLE) for n, word in enumerate(drawn)]


def corpus(number: int, seed: int = 11) -> Iterator[Made]:
    """Make so many feeds, each at an address of its own; a fifth of what they report is told by several."""
    dice = Dice(seed)
    dice.events = [_event(dice) for _ in range(6 * number)]
    # Few events are told by many feeds, most by one or two.
    dice.told = list(accumulate(min(dice.paretovariate(1.1), 40) for _ in dice.events))
    kinds, shares = [*FAULTS, "sound"], [*FAULTS.values(), 1 - sum(FAULTS.values())]
    for n in range(number):
        kind, is_atom = dice.choices(kinds, shares)[0], dice.random() < 0.4
        posts = [_post(dice, f"{n}-{k}") for k in range(dice.randint(*ENTRIES))]
        versions = [posts]
        if kind in ("sound", "moved") and dice.random() < CHANGED:
            new = [_post(dice, f"{n}-new{k}", new=True) for k in range(dice.randint(1, 4))]
            versions.append([*new, *posts[: -len(new)]])
        host = f"127.{20 + n // 62500}.{n // 250 % 250}.{n % 250 + 1}"
        title, full = (
            f"{dice.choice(PLACES)} {dice.choice(('Post', 'Times', 'Courier'))} {n}",
            dice.random() < 0.3,
        )
        bodies = [
            (_atom if is_atom else _rss)(host, title, posts, NOW + timedelta(hours=age), full).encode()
            for age, posts in enumerate(versions)
        ]
        validators = dice.choices(("both", "etag", "date", "none"), (60, 15, 15, 10))[0]
        yield Made(
            host,
            f"/feed/{n}.xml",
            kind,
            is_atom,
            (bodies[0], bodies[1] if len(bodies) > 1 else b""),
            dice.random() < 0.85,
            validators,
        )


def _event(dice: Dice) -> list[str]:
    return [
        f"{dice.choice(PLACES)} {dice.choice(ACTORS)}",
        dice.choice(ACTS),
        f"{dice.choice(PLACES)} {dice.choice(THINGS)}",
        " ".join(dice.words(4)),
    ]


def _post(dice: Dice, number: str, new: bool = False) -> Post:
    told = dice.random() < 0.55
    event = dice.choices(dice.events, cum_weights=dice.told)[0] if told else _event(dice)
    at = (
        NOW + timedelta(minutes=dice.randint(1, 50))
        if new
        else NOW - timedelta(hours=dice.expovariate(1 / 90))
    )
    lead = f"The {' '.join(event)}, {_sentence(dice)}"
    return Post(
        id=number,
        title=" ".join([*event, *dice.words(dice.randint(0, 3))]).capitalize(),
        body=_body(dice, lead, number),
        at=at.replace(microsecond=0),
        author=f"{dice.choice(PLACES)} Desk",
        topics=tuple(dice.sample(TOPICS, dice.randint(0, 3))),
    )


def _sentence(dice: Dice) -> str:
    return " ".join(dice.words(dice.randint(9, 24))).capitalize() + "."


def _body(dice: Dice, lead: str, number: str) -> str:
    """Return one paragraph or many, with the links, pictures and footers that feeds have."""
    few = dice.random()
    more = 0 if few < 0.45 else dice.randint(2, 5) if few < 0.85 else dice.randint(7, 18)
    texts = [lead] + [" ".join(_sentence(dice) for _ in range(dice.randint(2, 5))) for _ in range(more)]
    parts = [f"<p>{escape(text, quote=False)}</p>" for text in texts]
    if dice.random() < 0.6:
        parts[-1] = parts[-1].replace(" said ", f' <a href="/said/{number}?utm_source=rss&amp;x=1">said</a> ')
    if dice.random() < 0.4:
        parts.insert(0, f'<p><img src="/img/{number}.jpg" width="640" height="360" alt="A view"/></p>')
    if dice.random() < 0.25:
        parts.append(
            f'<p>The post <a href="/p/{number}">appeared</a> first here&nbsp;&#8212; &copy; 2026.</p>'
        )
    return "\n".join(parts)


def _rss(host: str, title: str, posts: Sequence[Post], built: datetime, full: bool) -> str:
    site = f"http://{host}:{PORT}"
    head = (
        '<?xml version="1.0" encoding="utf-8"?>\n<rss version="2.0" '
        'xmlns:content="http://purl.org/rss/1.0/modules/content/" xmlns:dc="http://purl.org/dc/elements/1.1/">\n'
        f"<channel>\n<title>{title}</title>\n<link>{site}/</link>\n<description>News</description>\n"
        f"<language>en</language>\n<lastBuildDate>{format_datetime(built)}</lastBuildDate>\n"
    )
    items = (
        f"<item>\n<title>{escape(post.title)}</title>\n<link>{site}/p/{post.id}</link>\n"
        f'<guid isPermaLink="false">tag:{host},2026:{post.id}</guid>\n'
        f"<pubDate>{format_datetime(post.at)}</pubDate>\n<dc:creator>{post.author}</dc:creator>\n"
        + "".join(f"<category><![CDATA[{topic}]]></category>\n" for topic in post.topics)
        + _rss_body(post.body, full)
        + "</item>\n"
        for post in posts
    )
    return f"{head}{''.join(items)}</channel>\n</rss>\n"


def _rss_body(body: str, full: bool) -> str:
    if not full:
        return f"<description>{escape(body)}</description>\n"
    beginning = escape(body.replace("<p>", "").replace("</p>", "")[:200])
    return f"<description>{beginning}</description>\n<content:encoded><![CDATA[{body}]]></content:encoded>\n"


def _atom(host: str, title: str, posts: Sequence[Post], built: datetime, full: bool) -> str:
    site, kind = f"http://{host}:{PORT}", "content" if full else "summary"
    head = (
        '<?xml version="1.0" encoding="utf-8"?>\n<feed xmlns="http://www.w3.org/2005/Atom" xml:lang="en">\n'
        f"<title>{title}</title>\n<id>tag:{host},2026:feed</id>\n<updated>{built.isoformat()}</updated>\n"
        f'<link href="{site}/"/>\n'
    )
    entries = (
        f'<entry>\n<title type="html">{escape(post.title)}</title>\n<link href="{site}/p/{post.id}"/>\n'
        f"<id>tag:{host},2026:{post.id}</id>\n<published>{post.at.isoformat()}</published>\n"
        f"<updated>{post.at.isoformat()}</updated>\n<author><name>{post.author}</name></author>\n"
        + "".join(f'<category term="{topic}"/>\n' for topic in post.topics)
        + f'<{kind} type="html">{escape(post.body)}</{kind}>\n</entry>\n'
        for post in posts
    )
    return f"{head}{''.join(entries)}</feed>\n"


def corpus_entries(number: int, seed: int = 11, days: float = 3.5) -> list[Stored]:
    """Make so many entries as the grouping gets them, oldest first, all of them within some days.

    Their vocabulary, lengths and stories are those of `corpus`; a body is what a feed's summary holds.
    """
    dice = Dice(seed)
    dice.events = [_event(dice) for _ in range(number // 6)]
    dice.told = list(accumulate(min(dice.paretovariate(1.1), 40) for _ in dice.events))
    posts = [_post(dice, str(n)) for n in range(number)]
    times = sorted(NOW - timedelta(days=dice.random() * days) for _ in posts)
    return [
        Stored(
            n, Entry(post.title, TAG.sub("", post.body), publisher=post.author, published=at), at, post.author
        )
        for n, (post, at) in enumerate(zip(posts, times, strict=True))
    ]
