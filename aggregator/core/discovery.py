"""Topics nobody configured: labels that publishers put on many entries, names that several stories share.

A discovered topic is a rule like a configured one (a label, or a phrase), written once and never changed by
the program: so it is found again at every refresh, whatever else arrived, in any order, after any restart.
"""

import re
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from uuid import UUID

from aggregator.core.identity import publisher_key, slug, words
from aggregator.model import Rules, Story, TopicConfig

MIN_STORIES = 2  # where there are few stories, else
USUAL_STORIES = 3
MIN_SHARE = 0.004  # of the stories looked at: 8 at 2,000
MAX_SHARE = 0.2  # a name in more of them is the subject of everything here, and tells nothing
SMALL = 25  # stories; with fewer, a name in most of them is still telling
SAME = 0.6  # Jaccard overlap of two sets of stories above which one topic stands for both
MAX_LABEL = 40  # characters
MAX_WORDS = 4
MAX_TOPICS = 30  # discovered, at any time; fewer where there are few stories:
FIRST_TOPICS = 3
STORIES_A_TOPIC = 10

# Labels and words that say where a site files things, not what they are about.
GENERIC = frozenset(
    """news world international national local business economy finance politics sport sports culture
    opinion opinions editorial editorials comment comments blog blogs analysis feature features top
    stories story latest breaking headlines home general other others misc miscellaneous uncategorized
    uncategorised unsorted default article articles post posts all front page video videos photo photos
    gallery podcast podcasts newsletter press release releases update updates today week weekly daily
    archive archives category categories tag tags asia europe africa americas oceania us usa uk eu life
    lifestyle people society entertainment health science technology tech media education weather travel
    magazine print web online featured editor editors choice pick nachrichten welt politik wirtschaft
    kultur sport meinung allgemein aktuell schlagzeilen regional startseite actualites actualités monde
    economie économie politique culture une divers general noticias mundo economia economía politica
    política deportes cultura opinión sociedad portada mondo notizie cronaca esteri новости мир политика
    экономика общество спорт культура главное 뉴스 정치 경제 사회 국제 문화
    스포츠 أخبار سياسة اقتصاد عالم رياضة ثقافة""".split()
)
# Words that begin headlines and sentences with a capital without naming anything.
PLAIN = frozenset(
    """a an the this that these those it its he she they we i you his her their our my your there here what
    when where why how who which while after before as at but by for from if in into no not of off on
    once one or out over since so than then to under until up with without and also amid among about
    again all although any both each even every few last many more most much next only other second
    several some such three two yet monday tuesday wednesday thursday friday saturday sunday january
    february march april may june july august september october november december mr mrs ms dr president
    president-elect vice chancellor minister prime secretary speaker senator sen rep governor gov
    attorney general justice king queen crown prince princess pope gen russian chinese american british
    french german japanese israeli reuters ap afp according meanwhile however watch live video report
    reports says said exclusive update""".split()
)
CAPITAL = r"[A-ZÀ-ÖØ-Þ][\w’'-]*\w"
NAME = re.compile(rf"{CAPITAL}(?:\s+(?:(?:of|for|de|del|der|van|von|al)\s+)?{CAPITAL})*")
SENTENCE = re.compile(r"(?<=[.!?:;])\s+|\n+")


@dataclass(frozen=True, slots=True)
class Candidate:
    """A label or a name, with the stories it would gather."""

    title: str
    stories: frozenset[UUID]
    is_label: bool

    @property
    def weight(self) -> float:
        return len(self.stories) * (2 if len(words(self.title)) > 1 else 1)

    @property
    def rules(self) -> Rules:
        return Rules(categories=(self.title,)) if self.is_label else Rules(any=(self.title.lower(),))


def discover(
    stories: Sequence[Story], taken: Iterable[frozenset[UUID]], names: Iterable[str], room: int = MAX_TOPICS
) -> tuple[TopicConfig, ...]:
    """Propose topics that these stories call for, the best first, at most `room`.

    taken: the stories of each topic there is already, except of the one that holds everything; a proposal
    that would gather about the same is left out. names: names of topics that are in use.
    """
    chosen = list(taken)
    used = {*names, ""}
    found: list[TopicConfig] = []
    for candidate in _ranked(stories):
        name = slug(candidate.title) or _fallback(candidate.title)
        if len(found) >= room:
            break
        if name in used or any(_overlap(candidate.stories, other) >= SAME for other in chosen):
            continue
        used.add(name)
        chosen.append(candidate.stories)
        found.append(TopicConfig(name=name, title=candidate.title, rules=candidate.rules))
    return tuple(found)


def allowed(stories: int) -> int:
    """Return how many discovered topics there may be where so many stories are looked at."""
    return min(MAX_TOPICS, FIRST_TOPICS + stories // STORIES_A_TOPIC)


def _fallback(title: str) -> str:
    """Name a topic whose title has no ASCII letters by its code points, so that it has an address."""
    return "topic-" + "-".join(f"{ord(c):x}" for c in "".join(words(title))[:8])


def _overlap(a: frozenset[UUID], b: frozenset[UUID]) -> float:
    return len(a & b) / (len(a | b) or 1)


def _ranked(stories: Sequence[Story]) -> list[Candidate]:
    """Order candidates by what they gather; several words tell more than one; ties by title."""
    candidates = [*_labels(stories), *_names(stories)]
    return sorted(candidates, key=lambda c: (-c.weight, not c.is_label, -len(c.title), c.title))


def _enough(count: int, total: int) -> bool:
    return count >= max(MIN_STORIES if total < SMALL else USUAL_STORIES, MIN_SHARE * total)


def _labels(stories: Sequence[Story]) -> Iterator[Candidate]:
    holders: dict[tuple[str, ...], set[UUID]] = defaultdict(set)
    spellings: dict[tuple[str, ...], Counter[str]] = defaultdict(Counter)
    for story in stories:
        for label in story.categories:
            holders[words(label)].add(story.id)
            spellings[words(label)][label.strip()] += 1
    for key, found in holders.items():
        title = max(sorted(spellings[key]), key=spellings[key].__getitem__)
        if _is_telling(key, title) and _enough(len(found), len(stories)):
            yield Candidate(title, frozenset(found), is_label=True)


def _is_telling(key: tuple[str, ...], title: str) -> bool:
    return (
        bool(key)
        and len(title) <= MAX_LABEL
        and len(key) <= MAX_WORDS
        and not all(word in GENERIC or word in PLAIN or word.isdigit() for word in key)
        and any(len(word) > 2 or not word.isascii() for word in key)
    )


def _names(stories: Sequence[Story]) -> Iterator[Candidate]:
    """Find names of two words or more that enough stories share, the longest spelling of each."""
    holders: dict[str, set[UUID]] = defaultdict(set)
    for story in stories:
        for name in _names_in(story):
            holders[name].add(story.id)
    publishers = {publisher_key(name) for story in stories for name in story.contributors}
    most = MAX_SHARE * len(stories) if len(stories) > SMALL else len(stories)
    for name, found in holders.items():
        telling = publisher_key(name) not in publishers
        if telling and _enough(len(found), len(stories)) and len(found) <= most:
            yield Candidate(name, frozenset(found), is_label=False)


def _names_in(story: Story) -> set[str]:
    """Return the names of a story: runs of capitalised words in its text; headlines may capitalise all."""
    found = set()
    for sentence in SENTENCE.split(story.excerpt):
        for match in NAME.finditer(sentence):
            run = match.group().split()
            while run and run[0].lower() in PLAIN | GENERIC:
                run = run[1:]
            name = " ".join(run[:MAX_WORDS]).removesuffix("’s").removesuffix("'s")
            if 2 <= len(run) <= MAX_WORDS and _is_telling(words(name), name):
                found.add(name)
    return found
