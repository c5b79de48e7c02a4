"""Every number of the grouping, each with its reason. One set for all kinds of news; see docs/grouping.md."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Settings:
    """Constants of the method; similarities are relative: 1 is the threshold."""

    # What is remembered
    live: int = 20_000  # entries kept for comparison, by arrival: as many as a restart brings back
    window: float = 4.0  # days between two entries of one event, at most
    slice: int = 200  # entries decided together: more cost less each, but bursts in a row fall into fragments
    fresh: int = 2_000  # entries back in arrival that may still move to another story

    # Who is compared
    candidates: int = 48  # nearest entries looked at for each entry: bounds the work
    block: int = 4_096  # entries inverted together for retrieval
    chunk: int = 256  # entries retrieved for at once: bounds memory
    common: float = 0.005  # a stem in more of the entries than this finds no candidates (it still weighs)
    common_least: int = 100  # ... but never below so many entries
    floor: float = 0.015  # cosine below which an entry is no candidate
    background: float = 20.0  # entries of nothing in particular that soften document frequencies at the start
    member_credit: int = (
        1  # tenths of a document: what entries count in frequencies beside their story's head
    )

    # The neighbourhood
    neighbours: int = 12  # texts among which local weights are learnt
    of_one_story: int = 4  # neighbours from one story, at most ...
    whole_story: int = 8  # ... unless the story is no larger than this

    # The score
    global_power: float = 0.6  # idf ** power: flattens the weights of rare words
    local_power: float = 0.8
    local_threshold: float = 0.105  # cosine with local weights that is enough to join
    global_threshold: float = 0.195  # cosine with global weights that is enough to join
    enough_words: float = 14.0  # stems of the shorter text at which both count half
    enough_words_power: float = 6.0
    enough_texts: float = 4.0  # texts in the neighbourhood at which the local score counts half
    enough_texts_power: float = 8.0
    free_days: float = 0.5  # apart without doubt; after that similarity fades
    fading: float = 0.8  # per day: bare titles recur, and what follows next day is often the next event
    half_dated: float = 0.5  # factor where only one date is known: most dates lie outside the window
    again: float = 0.75  # days after which a publisher's equal headline, or one with other numbers, recurs
    again_late: float = 1.5  # days after which anybody's equal headline is about another occasion

    # The decision
    best_links: int = 4  # a story is as near as the mean of its nearest so many entries
    size_doubt: float = 0.3  # per doubling of a text-rich story above 3 entries
    relook: int = 4  # nearest earlier entries that are looked at again for each newcomer
    few: int = 50  # fresh entries up to which all are looked at again: the first texts say little about words
    relook_floor: float = 0.15  # ... that are at least so similar
    passes: int = 5  # second looks at what is fresh
    noticed: float = 0.3  # links below are not worth keeping
    margin: float = 0.1  # an entry moves to a story that is nearer by so much
    merge_at: float = 1.15  # two stories become one at this mean link, seen from both sides ...
    merge_doubt: float = 0.2  # ... more per doubling of the smaller one, where texts are long ...
    merge_most: int = 32  # ... and never when both have more entries: what grew so far apart is two events
    merge_floor: float = 0.6  # one side's mean link below which a merge is not thought of
    merge_links: int = 1  # links that count for each entry of the other story
    split_least: int = 4  # a story of so many entries ...
    split_most: int = 12  # ... to so many, all under consideration, falls apart ...
    split_below: float = 0.6  # ... into two parts whose mean bond is below this and no bond is enough to join


SETTINGS = Settings()
