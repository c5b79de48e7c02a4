"""Charts, times and words: pure functions of the pages."""

from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st
from make import NOW

from aggregator.web.charts import MAX_BARS, bars, by_day, histogram, strip, window
from aggregator.web.times import Times, about, lag
from aggregator.web.words import count, counted, foreign, language

UTC_TIMES = Times(ZoneInfo("UTC"), NOW)
moments = st.datetimes(datetime(1990, 1, 1), datetime(2030, 1, 1), timezones=st.just(UTC))


@given(st.lists(moments, min_size=3, max_size=40))
def test_a_histogram_shows_every_moment_in_few_bars(found: list[datetime]) -> None:
    chart = histogram(found, UTC_TIMES)
    if min(found) == max(found):
        assert chart is None
        return

    assert chart is not None
    values = [int(n) for n in chart.bars.label.rpartition(": ")[2].split(", ")]
    assert sum(values) == len(found)
    assert len(values) <= MAX_BARS + 1
    assert chart.start <= min(found)
    assert max(found) < chart.end


@given(st.lists(moments, max_size=30))
def test_the_ticks_of_a_strip_lie_on_its_line(found: list[datetime]) -> None:
    drawn = strip(found)
    if len(set(found)) < 2:
        assert drawn is None
        return

    assert drawn is not None
    places = [int(tick.split()[0]) for tick in drawn[0].split("M")[2:]]
    assert all(0 < place <= 117 for place in places)
    assert places[-1:] == [117]


@given(st.lists(st.integers(0, 10_000), min_size=1, max_size=40))
def test_bars_stand_in_proportion_and_a_zero_is_a_line(values: list[int]) -> None:
    chart = bars(values, "Articles", hot=len(values) - 1)

    assert chart.label == "Articles: " + ", ".join(map(str, values))
    heights = [int(path.split("v-")[1].split("h")[0]) for path in (chart.path + chart.hot).split("M")[1:]]
    assert len(heights) == len(values)
    assert all((height == 1) == (value == 0) for height, value in zip(heights, values, strict=True))
    assert max(heights) <= chart.height


def test_hours_become_days_of_the_zone_and_bare_dates_stay_their_day() -> None:
    tokyo = Times(ZoneInfo("Asia/Tokyo"), NOW)
    hours = {"2026-11-23 14": 1, "2026-11-23 16": 2, "2026-11-23": 4}

    days = by_day(hours, date(2026, 11, 23), date(2026, 11, 24), tokyo)

    assert days.values == (5, 2)
    assert days.busiest == (date(2026, 11, 23), 5)


@pytest.mark.parametrize(
    ("newest", "last"),
    [
        (None, date(2026, 11, 24)),
        (NOW, date(2026, 11, 24)),
        (NOW + timedelta(days=1), date(2026, 11, 24)),
        (NOW - timedelta(days=13), date(2026, 11, 24)),
        (NOW - timedelta(days=14), date(2026, 11, 10)),
        (datetime(2019, 1, 12, tzinfo=UTC), date(2019, 1, 12)),
    ],
)
def test_a_chart_ends_today_unless_coverage_ended_before_it_begins(
    newest: datetime | None, last: date
) -> None:
    assert window(newest, UTC_TIMES, 14) == (last - timedelta(days=13), last)


def test_a_date_stands_beside_a_time_only_where_it_changes() -> None:
    at = datetime(2026, 10, 13, 15, 30, tzinfo=UTC)

    assert UTC_TIMES.at(at, date(2026, 10, 13)).label == "15:30"
    assert UTC_TIMES.at(at, date(2026, 10, 14)).label == "13 Oct 15:30"
    assert UTC_TIMES.at(at.replace(year=2019)).label == "13 Oct 2019 15:30"
    assert UTC_TIMES.full(at).label == "13 Oct 2026, 15:30"
    assert UTC_TIMES.heading(UTC_TIMES.today) == "Today, Tuesday 24 November"


@pytest.mark.parametrize(("minutes", "words"), [(0, "+0:00"), (65, "+1:05"), (60 * 26 + 14, "+26:14")])
def test_a_lag_is_in_hours_and_minutes(minutes: int, words: str) -> None:
    assert lag(timedelta(minutes=minutes, seconds=40)) == words


def test_numbers_agree_with_their_nouns() -> None:
    assert count(1, "story", "stories") == "1 story"
    assert count(1204, "story", "stories") == "1,204 stories"
    assert counted(1, 1) == "1 article"
    assert counted(3, 0) == "3 articles"
    assert counted(13, 10) == "13 articles from 10 sources"


def test_a_language_is_named_and_marked_where_it_is_not_the_pages() -> None:
    assert language("pt-BR") == "Portuguese"
    assert language("tlh") == "tlh"
    assert foreign("en-GB", "en") is None
    assert foreign("uk", "en") == "uk"


@pytest.mark.parametrize(
    ("seconds", "words"),
    [
        (1, "2 minutes"),
        (2_400, "40 minutes"),
        (3_600, "hour"),
        (7_200, "2 hours"),
        (80_000, "day"),
        (200_000, "2 days"),
    ],
)
def test_a_span_is_written_in_its_largest_unit(seconds: float, words: str) -> None:
    assert about(seconds) == words
