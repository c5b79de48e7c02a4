"""Headlines that come again: one wording for many occasions, told apart by dates and numbers."""

from datetime import UTC, datetime, timedelta

import pytest

from aggregator.model import Stored
from tests.arrivals import arrival, group

NOON = datetime(2026, 3, 2, 12, tzinfo=UTC)

# A headline with a number, and what its short reports say each time.
NUMBERED = [
    (
        "Norland fires ballistic missile that flies {} km",
        "The missile fell into the eastern sea.",
        "840",
        "610",
    ),
    ("Jobless claims in Veldt fall to {}", "Economists had expected a small rise.", "21,300", "19,800"),
    (
        "Quake of magnitude {} shakes Tarn island",
        "No damage was reported, the seismologists say.",
        "5.1",
        "4.8",
    ),
    ("Central bank of Ostrey sells {} million crowns", "The auction was oversubscribed.", "250", "310"),
    (
        "Wildfire near Corrin grows to {} hectares",
        "Crews from four counties are on the slopes.",
        "1,200",
        "4,750",
    ),
    ("Almery reports {} new cases of river fever", "The ministry publishes its count daily.", "112", "97"),
    (
        "Harbour of Brekke handles {} containers in week",
        "The port publishes its figures weekly.",
        "8,410",
        "7,925",
    ),
    ("Ferry strike in Pellan enters day {}", "The union and the company have not met.", "3", "4"),
    ("Senna Rovers win by {} goals at home", "The crowd sang until the lights went out.", "2", "5"),
    ("Varga index closes {} points higher", "Shares of banks led the market.", "48", "103"),
    ("Lottery jackpot in Lisse rises to {} million", "Nobody had the six numbers.", "14", "17"),
    ("Rescuers pull {} from sea off Quint", "The boats had left in the night.", "38", "51"),
    ("Drone attack on Morrow wounds {}", "Air defence says that it shot down most.", "9", "14"),
    ("Rosk petrol price climbs to {} a litre", "Drivers queue at the border.", "1.87", "1.94"),
    ("Snow closes {} schools in Halden county", "Buses do not run on the side roads.", "23", "61"),
    ("Satellite launch {} from Ulmen succeeds", "It reached its orbit after nine minutes.", "17", "18"),
    ("Parliament in Tamsel adjourns after {} votes", "The speaker lost her patience.", "6", "11"),
    ("Prisoner exchange frees {} at Veldt border", "Buses brought them across the bridge.", "30", "45"),
]
# A headline without a number that comes again days later, and what is reported then.
REPEATED = [
    (
        "Norland fires ballistic missile into eastern sea",
        "Its neighbours protested.",
        "Radar followed it for eleven minutes.",
    ),
    (
        "Protesters march through Almery over pensions",
        "The police counted fewer than the unions.",
        "Rain fell, and the speeches were short.",
    ),
    (
        "Rail services in Ostrey halted by signal fault",
        "Passengers were led along the track.",
        "A relay in the eastern yard is blamed.",
    ),
    (
        "Explosion heard in centre of Corrin",
        "Windows broke in several streets.",
        "A gas pipe had leaked under a bakery.",
    ),
    (
        "Markets slip as investors await central bank of Lisse",
        "Trading was thin.",
        "The crown gave up its gains of the morning.",
    ),
    (
        "Avalanche buries skiers above Tarn",
        "Dogs searched until dark.",
        "Two had beacons and were found alive.",
    ),
    ("Gunmen attack convoy on Quint highway", "Nobody claimed it.", "The lorries carried flour and tents."),
    (
        "Court in Varga postpones verdict on former minister",
        "The judge had fallen ill.",
        "A witness wants to be heard again.",
    ),
    (
        "Power cut darkens half of Morrow",
        "A transformer had burnt.",
        "An ice storm had brought down the lines.",
    ),
    (
        "Talks between Rosk and Senna end without result",
        "The envoys left by different doors.",
        "Water rights remain the sticking point.",
    ),
]
PAIRS = (
    [(title.format(a), text, title.format(b), text, 1.0) for title, text, a, b in NUMBERED]
    + [(title.format(a), "", title.format(b), "", 1.0) for title, _, a, b in NUMBERED]
    + [(title, text, title, more, 3.0) for title, text, more in REPEATED]
    + [(title, "", title, "", 3.0) for title, _, _ in REPEATED]
)


def dated(number: int, title: str, text: str, days: float, publisher: str) -> Stored:
    return arrival(number, title, text, published=NOON + timedelta(days=days), publisher=publisher)


def test_there_are_fifty_pairs_at_least() -> None:
    assert len(set(PAIRS)) >= 50


@pytest.mark.parametrize("pair", PAIRS, ids=lambda pair: f"{pair[2]}{' …' if pair[1] else ''}")
@pytest.mark.parametrize("size", [1, 2])
def test_a_headline_that_comes_again_is_another_story(
    pair: tuple[str, str, str, str, float], size: int
) -> None:
    title, text, again, more, days = pair

    stories = group(
        [dated(1, title, text, 0, "Courier"), dated(2, again, more, days, "Gazette")], size
    ).stories()

    assert stories[1] != stories[2]


@pytest.mark.parametrize("size", [1, 7, 200])
def test_headlines_that_come_again_stay_apart_among_all_the_others(size: int) -> None:
    firsts = [dated(n, pair[0], pair[1], 0, f"P{n}") for n, pair in enumerate(PAIRS)]
    seconds = [dated(100 + n, pair[2], pair[3], pair[4], f"Q{n}") for n, pair in enumerate(PAIRS)]

    stories = group([*firsts, *seconds], size).stories()

    together = [n for n in range(len(PAIRS)) if stories[n] == stories[100 + n]]
    assert [PAIRS[n][2] for n in together] == []


def test_the_same_occasion_told_twice_within_hours_is_one_story() -> None:
    for title, _, number, _ in NUMBERED:
        entries = [
            dated(1, title.format(number), "", 0, "Courier"),
            dated(2, title.format(number), "", 0.1, "Gazette"),
        ]
        assert len(set(group(entries).stories().values())) == 1, title
