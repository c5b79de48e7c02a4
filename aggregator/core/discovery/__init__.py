"""Topics nobody configured: labels that publishers put on many entries, names that several stories share.

A discovered topic is a rule like a configured one (a label, or a phrase), written once and never changed by
the program: so it is found again at every refresh, whatever else arrived, in any order, after any restart.
A name becomes a topic where its stories are an affair: headlines say it, and its stories have more in
common than stories at random have. Each candidate is judged on what its rule would gather.
"""

from collections import Counter, defaultdict
from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import islice
from math import log
from uuid import UUID

from aggregator.core.discovery.cohesion import Cohesion
from aggregator.core.discovery.labels import is_telling, parts_of
from aggregator.core.discovery.mentions import CASED, Reading, read
from aggregator.core.discovery.names import Name, names
from aggregator.core.discovery.terms import terms
from aggregator.core.identity import topic_name, words
from aggregator.model import Entry, Rules, Topic, TopicConfig

MIN_STORIES = 2  # where there are few stories, else
USUAL_STORIES = 3
MIN_SHARE = 0.004  # of the stories looked at: 8 at 2,000
MAX_SHARE = 0.125  # a name in more of them is the subject of everything here, and tells nothing
ALWAYS_FEW = 10  # stories; so many are not too many, however few there are
SMALL = 25  # stories; among fewer no share and no likeness can be measured
AFFAIR = 2.0  # times what random stories share, see `Cohesion`
MEDIUM = 100  # stories; among fewer likeness is measured badly,
AFFAIR_AMONG_FEW = 1.5  # and less is asked;
SUBJECT = 0.5  # and a name that so many stories say, and their headlines, is what all this is about
HEADLINED = 0.3  # of a topic's stories, at least, say its name in a headline
TERM_AFFAIR = 3.0  # of a term in a script without capitals
TERM_HEADLINED = 0.5
SAME = 0.6  # Jaccard overlap of two sets of stories above which one topic stands for both
WITHIN = 0.8  # of a candidate's stories in a topic that is not WIDER: it is a part of that one's affair
WIDER = 4  # times as many stories
RELATED = 0.35  # so too, where the two have a word in common
ONE_WORD = 0.7  # a label of one word tells less than one of several
MAX_LABELS = 20  # that one rule looks for: paths and lists may hold a label in many ways
MAX_TOPICS = 30  # discovered, at any time; fewer where there are few stories:
FIRST_TOPICS = 3
STORIES_A_TOPIC = 10
# A look at 2,000 stories costs a second of processor, more than all else that little news costs.


@dataclass(frozen=True, slots=True)
class Candidate:
    """A label or a name, with the stories its rule would gather."""

    title: str
    rules: Rules
    stories: frozenset[UUID]
    score: float


def discover(
    stories: Iterable[tuple[UUID, Sequence[Entry]]],
    taken: Iterable[tuple[Topic, Collection[UUID]]],
    room: int = MAX_TOPICS,
) -> tuple[TopicConfig, ...]:
    """Propose topics that these stories call for, the best first, at most `room`.

    stories: each with its entries. taken: the topics there are, each with those of the stories it holds;
    a proposal that would gather about the same as one of them is left out.
    """
    readings = sorted((read(story, entries) for story, entries in stories), key=lambda r: r.id)
    ranked = sorted(_candidates(readings), key=lambda c: (-c.score, c.title))
    there = [(topic, frozenset(held)) for topic, held in taken]
    return tuple(islice(_chosen(ranked, there, len(readings)), max(0, room)))


def _chosen(
    ranked: Iterable[Candidate], taken: Sequence[tuple[Topic, frozenset[UUID]]], total: int
) -> Iterator[TopicConfig]:
    """Take candidates in their order, except those that would repeat what is there or what was taken."""
    configured = [(t.title, held) for t, held in taken if not (t.discovered or t.everything)]
    discovered = [(topic.title, held) for topic, held in taken if topic.discovered]
    used = {topic.name for topic, _ in taken}
    for candidate in ranked:
        name = topic_name(candidate.title)
        if name in used or any(_adds_nothing(candidate, *topic) for topic in configured):
            continue
        if any(_repeats(candidate, *topic, total) for topic in discovered):
            continue
        used.add(name)
        discovered.append((candidate.title, candidate.stories))
        yield TopicConfig(name=name, title=candidate.title, rules=candidate.rules)


def allowed(stories: int) -> int:
    """Return how many discovered topics there may be where so many stories are looked at."""
    return min(MAX_TOPICS, FIRST_TOPICS + stories // STORIES_A_TOPIC)


def _are_same(a: frozenset[UUID], b: frozenset[UUID]) -> bool:
    return len(a & b) >= SAME * (len(a | b) or 1)


def _adds_nothing(candidate: Candidate, title: str, held: frozenset[UUID]) -> bool:
    """Say whether a candidate is the same as a topic that somebody configured, or is named in its title.

    Other parts such a topic may have: it is as wide as its owner likes.
    """
    if _are_same(candidate.stories, held):
        return True
    named = set(words(candidate.title)) <= set(words(title))
    return named and _is_within(candidate, held, RELATED)


def _repeats(candidate: Candidate, title: str, held: frozenset[UUID], total: int) -> bool:
    """Say whether a candidate is the same as, or only a part of, a discovered topic."""
    if _are_same(candidate.stories, held):
        return True
    if len(held) > WIDER * len(candidate.stories) or len(held) > total / 2:
        return False
    related = not set(words(candidate.title)).isdisjoint(words(title))
    return _is_within(candidate, held, RELATED if related else WITHIN)


def _is_within(candidate: Candidate, held: frozenset[UUID], share: float) -> bool:
    return len(candidate.stories & held) >= share * len(candidate.stories)


def _candidates(readings: Sequence[Reading]) -> Iterator[Candidate]:
    writers = frozenset[str]().union(*(reading.writers for reading in readings)) - {""}
    tongues = _tongues(readings)
    cohesion = Cohesion(readings, tongues)
    yield from _labels(readings, writers)
    cased = [place for place, reading in enumerate(readings) if reading.script in CASED]
    for name in names(readings, tongues, _least(len(cased))):
        if is_telling(name.title, writers) and (score := _name_score(name, len(cased), cohesion)):
            yield _candidate(name, readings, score)
    for term in terms(readings, tongues):
        if is_telling(term.title, writers) and (score := _term_score(term, tongues, cohesion)):
            yield _candidate(term, readings, score)


def _candidate(name: Name, readings: Sequence[Reading], score: float) -> Candidate:
    phrases = dict.fromkeys((name.title.lower(), *(" ".join(phrase) for phrase in name.phrases[1:])))
    stories = frozenset(readings[place].id for place in name.stories)
    return Candidate(name.title, Rules(any=tuple(phrases)), stories, score)


def _name_score(name: Name, total: int, cohesion: Cohesion) -> float:
    """Rank a name by how much of an affair it is; 0: it is none."""
    prominence = len(name.headlined) / len(name.stories)
    if total < SMALL or (total < MEDIUM and min(prominence, len(name.stories) / total) >= SUBJECT):
        return _score_among_few(name)
    likeness = _likeness(name, cohesion)
    enough = AFFAIR if total >= MEDIUM else AFFAIR_AMONG_FEW
    if len(name.stories) > _most(total) or prominence < HEADLINED or likeness < enough:
        return 0.0
    return log(likeness) * prominence * log(1 + len(name.stories))


def _score_among_few(name: Name) -> float:
    """Rank a name where nothing can be measured: one word tells less, and has to be in the headlines."""
    prominence = len(name.headlined) / len(name.stories)
    is_word = len(name.phrases[0]) == 1
    if not name.headlined or (is_word and (len(name.headlined) < MIN_STORIES or prominence < 1 / 2)):
        return 0.0
    return (1 + prominence) / (4 if is_word else 2) * log(1 + len(name.stories))


def _term_score(term: Name, tongues: Sequence[str], cohesion: Cohesion) -> float:
    """Rank a term; more is asked of it than of a name."""
    total = Counter(tongues)[tongues[min(term.stories)]]
    prominence = len(term.headlined) / len(term.stories)
    likeness = _likeness(term, cohesion)
    if len(term.stories) > _most(total) or prominence < TERM_HEADLINED or likeness < TERM_AFFAIR:
        return 0.0
    return log(likeness) * prominence * log(1 + len(term.stories))


def _likeness(name: Name, cohesion: Cohesion) -> float:
    return cohesion(name.stories, {word for phrase in name.phrases for word in phrase})


def _least(total: int) -> float:
    return max(MIN_STORIES if total < SMALL else USUAL_STORIES, MIN_SHARE * total)


def _most(total: int) -> float:
    return max(ALWAYS_FEW, MAX_SHARE * total)


def _tongues(readings: Sequence[Reading]) -> list[str]:
    """Return each story's language; what declares none is taken for the usual one of its script."""
    declared: dict[str, Counter[str]] = defaultdict(Counter)
    for reading in readings:
        if reading.language:
            declared[reading.script][reading.language] += 1
    usual = {script: max(sorted(found), key=found.__getitem__) for script, found in declared.items()}
    return [reading.language or usual.get(reading.script, reading.script) for reading in readings]


def _labels(readings: Sequence[Reading], writers: Collection[str]) -> Iterator[Candidate]:
    """Find labels that tell something; "World/Asia" is also a label "Asia"."""
    holders: dict[tuple[str, ...], set[UUID]] = defaultdict(set)
    spellings: dict[tuple[str, ...], Counter[str]] = defaultdict(Counter)
    labels: dict[tuple[str, ...], Counter[str]] = defaultdict(Counter)
    for reading in readings:
        for label in reading.labels:
            for part in parts_of(label):
                holders[words(part)].add(reading.id)
                spellings[words(part)][part] += 1
                labels[words(part)][label] += 1
    for key, held in holders.items():
        title = max(sorted(spellings[key]), key=spellings[key].__getitem__)
        if len(held) >= _least(len(readings)) and is_telling(title, writers):
            rules = Rules(categories=_distinct(title, labels[key]))
            score = log(1 + len(held)) * (1 if len(key) > 1 else ONE_WORD)
            yield Candidate(title, rules, frozenset(held), score)


def _distinct(title: str, labels: Counter[str]) -> tuple[str, ...]:
    """Return one spelling of each label, the title first, then the most frequent."""
    ranked = sorted(labels, key=lambda label: (words(label) != words(title), -labels[label], label))
    by_words = {words(label): label for label in reversed(ranked)}
    first = (title,) if words(title) in by_words else ()
    rest = [by_words[key] for key in reversed(by_words) if key != words(title)]
    return (*first, *rest)[:MAX_LABELS]
