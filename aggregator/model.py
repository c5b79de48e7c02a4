"""The nouns: frozen values that travel between the rooms. The words are those of the README's glossary.

All times are UTC and aware. `None` means "not known"; an empty string or tuple means "known to be empty".
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import Generic, TypeVar
from uuid import UUID

Key = TypeVar("Key", UUID, int)  # ids of stories, and of entries


@dataclass(frozen=True, slots=True)
class Document:
    """A file from seeds/ as it lies on disk."""

    name: str  # path below seeds/, with forward slashes
    body: bytes


@dataclass(frozen=True, slots=True)
class Fetched:
    """An answer to one GET of a feed."""

    url: str  # the address asked for
    final_url: str  # the address that answered, after redirects
    status: int  # 200 or 304
    headers: Mapping[str, str] = field(default_factory=dict)  # names in lower case; the last answer's
    body: bytes = b""  # content decoding undone; empty for 304
    moved_to: str | None = None  # where an unbroken chain of 301/308 leads; None: nothing permanent


@dataclass(frozen=True, slots=True)
class Enclosure:
    """A file that belongs to an entry: a recording, a film, a picture."""

    url: str
    type: str = ""  # media type; empty: not declared
    length: int | None = None  # bytes; None: not declared


@dataclass(frozen=True, slots=True)
class Entry:
    """One published item: of a feed, or one article inside a seed. Everything in it has been cleaned."""

    title: str  # plain text; never empty
    text: str = ""  # plain text of the body, paragraphs separated by one blank line; empty: a bare title
    id: str | None = None  # atom:id, guid, or the document's own id; None: it has none
    url: str | None = None  # atom:link rel=alternate; None: the document does not say
    publisher: str | None = None  # who reported it; None: the document does not say
    author: str | None = None  # byline
    published: datetime | None = None  # None: the document does not say
    day_only: bool = False  # `published` has the precision of a day (its time is 00:00)
    updated: datetime | None = None  # atom:updated, only where the document has one of its own
    categories: tuple[str, ...] = ()  # the publisher's own labels
    language: str | None = None  # BCP 47 tag; None: not declared and not clear from the words
    rights: str | None = None  # atom:rights / dc:rights
    enclosures: tuple[Enclosure, ...] = ()


@dataclass(frozen=True, slots=True)
class ParsedFeed:
    """What a feed document says."""

    title: str | None
    entries: tuple[Entry, ...]
    language: str | None = None
    link: str | None = None  # the page the feed belongs to
    ttl: float | None = None  # seconds the publisher asks between polls (ttl, sy:update*); None: did not say
    skip_hours: tuple[int, ...] = ()  # hours of the day, UTC, in which it asks not to be asked
    skip_days: tuple[int, ...] = ()  # days of the week likewise, Monday 0
    hub: str | None = None  # WebSub hub
    self_url: str | None = None
    id: str | None = None  # atom:id; None: the format has none
    updated: datetime | None = None  # atom:updated, lastBuildDate
    known: int = 0  # entries that stand in the document as they stood, and are not among `entries`
    blocks: bytes | None = None  # by which entries are recognised next time; None: they cannot be


@dataclass(frozen=True, slots=True)
class Stored:
    """An entry as the store knows it; what the grouping works on."""

    id: int  # rises with arrival
    entry: Entry
    first_seen: datetime  # when we first read it; never changes
    publisher_key: str | None = None  # normalised publisher, for counting; None: unknown, counts as none
    beat: str | None = None  # collections that are grouped apart (`aggregator group`); None in the service

    @property
    def dated(self) -> datetime:
        """Return its date; where that is unknown, its arrival."""
        return self.entry.published or self.first_seen


class Rule(StrEnum):
    """Why an entry is in its story."""

    OPENED = "opened"  # nothing known was near enough: it opened the story
    JOINED = "joined"  # near enough to the story's entries
    COPY = "copy"  # a near-copy of `nearest`: the same text published again
    MERGED = "merged"  # its story turned out to be the same event as an elder one
    EDITOR = "editor"  # an editor decided it


@dataclass(frozen=True, slots=True)
class Placement:
    """Where an entry belongs, and why; stored as it was when it was decided."""

    entry: int  # Stored.id
    story: UUID
    rule: Rule
    nearest: int | None = None  # the entry it is most like; None: it opened the story
    similarity: float = 0.0  # to the story, on the scale of `threshold`
    threshold: float = 0.0  # the similarity that was needed
    terms: tuple[str, ...] = ()  # words that carried it, as people read them, strongest first, at most 6
    copy_of: int | None = None  # the entry whose text it repeats


@dataclass(frozen=True, slots=True)
class Grouping:
    """What one batch changed: placements of new and of moved entries, and stories that became one."""

    placements: tuple[Placement, ...] = ()
    merges: tuple[tuple[UUID, UUID], ...] = ()  # (the elder that stays, the younger that ends), in order
    follows: tuple[tuple[UUID, UUID], ...] = ()  # (a follow-up, the story that it follows)
    notes: tuple[tuple[int, bytes], ...] = ()  # (Stored.id, what is remembered of it) of the new entries
    version: int = 0  # of the notes; others are not understood


@dataclass(frozen=True, slots=True)
class Live:
    """A grouped entry as the grouping takes it back after a restart: what it noted of it, or the entry."""

    placement: Placement
    note: bytes | None = None  # as `Grouping.notes` gave it; None: unknown, or of another version
    stored: Stored | None = None  # None: there is a note


class Kind(StrEnum):
    """What an editor can decide."""

    TOGETHER = "together"  # entries report one event
    APART = "apart"  # entries do not
    PIN = "pin"  # a story is right as it is
    TITLE = "title"  # a story's headline


@dataclass(frozen=True, slots=True)
class Correction:
    """An editor's decision. Entries have names: an address, an own id, or a key as `inspect` prints it."""

    kind: Kind
    entries: tuple[str, ...] = ()  # names; of a pin: those of its story when it was pinned
    others: tuple[
        str, ...
    ] = ()  # of APART: none of `entries` belongs to these; empty: no two of `entries` do
    story: UUID | None = None  # of PIN and TITLE
    title: str = ""  # of TITLE
    note: str = ""  # the editor's own words
    place: str = ""  # file and line; empty: a command made it


@dataclass(frozen=True, slots=True)
class Rules:
    """Which entries belong to a configured topic: (`any` or `categories`) and `all` and not `none`."""

    any: tuple[str, ...] = ()
    all: tuple[str, ...] = ()
    none: tuple[str, ...] = ()
    categories: tuple[str, ...] = ()

    def __bool__(self) -> bool:
        return bool(self.any or self.all or self.none or self.categories)


@dataclass(frozen=True, slots=True)
class FollowedFeed:
    """A feed that a topic's file names."""

    url: str
    publisher: str | None = None  # None: the feed's own title
    title: str | None = None  # None: the feed's own title


@dataclass(frozen=True, slots=True)
class KnownPublisher:
    """What feeds/publishers.toml says of a publisher."""

    name: str
    aliases: tuple[str, ...] = ()  # other names of it, such as the titles of its feeds
    domains: tuple[str, ...] = ()  # registered domains of its sites
    owner: str | None = None  # publishers of one owner count as one; None: it is its own


@dataclass(frozen=True, slots=True)
class TopicConfig:
    """One file of feeds/: a topic and the feeds it draws on."""

    name: str  # slug in its address
    title: str
    description: str = ""
    was: tuple[str, ...] = ()  # earlier names, answered with 301
    rules: Rules = field(default_factory=Rules)
    feeds: tuple[FollowedFeed, ...] = ()
    withdrawn: bool = False  # answered with 410
    origin: str = ""  # the file it was read from, for messages


@dataclass(frozen=True, slots=True)
class Member:
    """An entry in its story."""

    stored: Stored
    placement: Placement


@dataclass(frozen=True, slots=True)
class Coverage:
    """One line of a story's coverage, as subscribers see it."""

    entry: int  # Stored.id
    headline: str
    url: str | None
    publisher: str | None
    published: datetime | None  # None: the document does not say; readers then see `first_seen`
    day_only: bool
    first_seen: datetime


@dataclass(frozen=True, slots=True)
class Former:
    """The story that a follow-up follows, as it was called when the follow-up was told."""

    id: UUID
    headline: str
    slug: str


@dataclass(frozen=True, slots=True)
class Story:
    """A story as it was last published: everything that its entry in our feeds is made of."""

    id: UUID
    lead: int  # Stored.id of the entry it was first told with
    headline: str  # fixed at first publication, as are url, excerpt and slug
    url: str | None  # the lead's address; None: it has none, and the story's page stands in
    excerpt: str  # at most 60 words of the lead's text
    slug: str  # of the headline; empty: the headline has no ASCII words
    published: datetime  # when we first published it; never changes
    updated: datetime  # its last significant change
    bumps: int = 0  # how often `updated` moved
    entries: int = 1  # how many entries report it
    publishers: int = 0  # how many known publishers report it independently: copies are not counted
    copies: int = 0  # how many of its entries repeat another one's text
    absorbed: bool = False  # another published story ended in it since it was last told
    corrected: bool = False  # an editor renamed it or took entries out since it was last told
    quiet: bool = False  # regrouping changed it since it was last told: nothing of it is news
    title: str | None = None  # an editor's headline; None: it has its own
    own_headline: str = ""  # what it had before an editor renamed it; empty: nobody did
    latest: datetime | None = None  # newest date among its entries (`first_seen` where a date is unknown)
    coverage: tuple[Coverage, ...] = ()  # the first 20 entries in order of publication
    author: str | None = None  # the lead's byline, else its publisher
    contributors: tuple[str, ...] = ()  # publishers, in order of publication
    categories: tuple[str, ...] = ()  # publishers' own labels
    rights: tuple[str, ...] = ()  # publishers' own words about rights
    why: str = ""  # one sentence on why its entries are together; empty: it has one entry
    language: str | None = None  # the lead's
    merged_into: UUID | None = None  # the elder story it turned out to be
    former: Former | None = None  # what it is a follow-up of; None: it is none


@dataclass(frozen=True, slots=True)
class Topic:
    """A named, lasting stream of stories, as the store knows it."""

    id: UUID
    name: str
    title: str
    created: datetime
    description: str = ""
    rules: Rules = field(default_factory=Rules)
    everything: bool = False  # the topic `all`
    discovered: bool = False  # found by the program, in no file
    withdrawn: bool = False
    published: datetime | None = None  # when its documents first took stories; None: never


@dataclass(frozen=True, slots=True)
class Membership(Generic[Key]):
    """A place in the subscription document of one topic and view."""

    of: Key  # the story's id; in the view of original entries, the entry's
    entered: datetime
    left: datetime | None = None  # None: it is in the document


@dataclass(frozen=True, slots=True)
class CameFrom:
    """Where an entry was read first: what atom:source says of it (RFC 4287, 4.2.11)."""

    title: str  # the feed's, or the document's name
    updated: datetime  # the feed's own date when the entry was taken; where it had none, when that was
    id: str | None = None  # atom:id; None: the feed has none
    url: str | None = None  # the feed's address; None: a document, not a feed
    page: str | None = None  # the page the feed belongs to


@dataclass(frozen=True, slots=True)
class Passed:
    """An original entry as we pass it on to subscribers."""

    member: Member
    id: str  # its own id where that is an IRI and nobody claimed it before, else ours; never changes
    joined: datetime  # when it came into its story
    slug: str  # of its story
    source: CameFrom | None = None
    nearest: str | None = None  # the entry it is most like, by the id that one is passed on with


@dataclass(frozen=True, slots=True)
class FeedState:
    """A feed we follow, with what its publisher told us."""

    id: int
    url: str
    title: str | None = None  # its own title; None: not read yet
    publisher: str | None = None  # as configured; None: its own title
    link: str | None = None  # the page it belongs to
    etag: str | None = None  # validators, verbatim as received
    last_modified: str | None = None
    digest: str | None = None  # of the last body that was parsed; where it is no feed, of its error too
    next_poll: datetime | None = None  # None: as soon as possible
    last_poll: datetime | None = None
    last_success: datetime | None = None
    error: str | None = None  # of the last poll, in words; None: it went well
    failing_since: datetime | None = None
    failures: int = 0  # polls that failed in a row
    gone: bool = False  # answered 410: not polled again
    moved_to: str | None = None  # a permanent redirect leads there
    moved_since: datetime | None = None  # and has done so since
    location: str | None = None  # where it is asked instead of `url`, once that redirect has held for a week
    ttl: float | None = None  # what the feed last asked for, as in ParsedFeed
    skip_hours: tuple[int, ...] = ()
    skip_days: tuple[int, ...] = ()
    newest: datetime | None = None  # when it last brought something; None: not known
    rhythm: float | None = None  # seconds from one entry to the next, as a rule; None: too few to tell
    pushed_until: datetime | None = None  # a hub has promised to push its news until then
    blocks: bytes | None = None  # of its last document, as in ParsedFeed

    @property
    def address(self) -> str:
        """Return where to ask for it."""
        return self.location or self.url


@dataclass(frozen=True, slots=True)
class Poll:
    """What one poll of a feed gave: entries, nothing new, or an error."""

    feed: int  # FeedState.id
    at: datetime
    next_poll: datetime | None  # None: never again
    fetched: Fetched | None = None  # None: no usable answer
    digest: str | None = None  # as FeedState.digest becomes; None: stays
    parsed: ParsedFeed | None = None  # None: unchanged, or not readable
    error: str | None = None  # None: it went well
    gone: bool = False  # the publisher says that the feed has ended
    newest: datetime | None = None  # when the feed last brought something; None: not known
    wait_until: datetime | None = (
        None  # its publisher asks not to be asked before (Retry-After); None: it does not
    )
    reached: bool | None = None  # whether its host was; None: nobody was asked
    ours: bool = False  # it failed as our own network did, and is not to blame


@dataclass(frozen=True, slots=True)
class Subscription:
    """What a hub was asked for (WebSub): to push a feed's news to an address of ours."""

    feed: int  # FeedState.id
    hub: str
    topic: str  # the feed as the hub knows it: its rel=self
    token: str  # the last part of our address; nobody else can guess it
    secret: str  # with which the hub signs what it pushes
    asked: datetime
    until: datetime | None = None  # end of the lease; None: the hub has not confirmed it


@dataclass(frozen=True, slots=True)
class Pushable:
    """A feed that names a hub, with what was asked of it."""

    feed: int
    url: str  # as a person named it: only its own host may be private
    hub: str
    topic: str
    subscription: Subscription | None = None  # None: nothing yet


@dataclass(frozen=True, slots=True)
class SeedRead:
    """What one reading of a seed document gave: entries, or an error."""

    name: str
    at: datetime
    digest: str | None = None  # SHA-256 of the content; None: it could not be read
    entries: tuple[Entry, ...] = ()
    error: str | None = None


@dataclass(frozen=True, slots=True)
class Intake:
    """How many entries a reading brought."""

    new: int = 0
    changed: int = 0
    known: int = 0

    def __add__(self, other: "Intake") -> "Intake":
        return Intake(self.new + other.new, self.changed + other.changed, self.known + other.known)
