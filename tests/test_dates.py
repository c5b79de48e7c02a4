"""Dates as documents write them; what is not said is not guessed."""

from datetime import UTC, date, datetime, timedelta, timezone
from email.utils import format_datetime

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from aggregator.core.clean import clean_date, parse_date

NOW = datetime(2019, 1, 20, 12, tzinfo=UTC)
THAT_DAY = datetime(2019, 1, 11, tzinfo=UTC)
FIVE_PAST_FOUR = datetime(2019, 1, 11, 16, 5, tzinfo=UTC)


@pytest.mark.parametrize(
    "raw",
    [
        "2019-01-11",
        "2019-01-11Z",
        "2019-01-11+09:00",
        "20190111",
        "2019/01/11",
        "2019.01.11",
        "2019. 1. 11.",
        "2019-Jan-11",
        "11.01.2019",
        "11. 1. 2019",
        "January 11, 2019",
        "JANUARY 11 2019",
        "  January   11th, 2019 ",
        "Jan. 11, 2019",
        "Fri., Jan. 11, 2019",
        "11 January 2019",
        "11-Jan-2019",
        "11th of January, 2019",
        "Friday 11 January 2019",
        "Posted on January 11, 2019",
        "2019년 1월 11일",
        "2019년 1월 11일 금요일",
        "2019年1月11日",
        "2019年1月11日(金)",
        "11. Januar 2019",
        "Freitag, den 11. Jänner 2019",
        "vendredi 11 janvier 2019",
        "le 11 janv. 2019",
        "viernes, 11 de enero de 2019",
        "11 de janeiro de 2019",
        "sexta-feira, 11 de janeiro de 2019",
        "venerdì 11 gennaio 2019",
        "vrijdag 11 januari 2019",
        "11 января 2019 г.",
        "пятница, 11 января 2019 года",
        "11 січня 2019 р.",
        "п’ятниця, 11 січня 2019 року",
        "الجمعة، 11 يناير 2019",
        "١١ كانون الثاني ٢٠١٩",
        "11 جانفي 2019",
    ],
)
def test_a_day_is_read_as_a_day(raw):
    assert parse_date(raw) == (THAT_DAY, True)


@pytest.mark.parametrize(
    "raw",
    [
        "2019-01-11T16:05:00Z",
        "2019-01-11T16:05Z",
        "2019-01-11t16:05:00.123456z",
        "2019-01-11 16:05",
        "2019-01-12T01:05:00+09:00",
        "2019-01-11T11:05:00-0500",
        "20190111T160500Z",
        "Fri, 11 Jan 2019 16:05:00 +0000",
        "Fri, 11 Jan 2019 16:05:00 GMT",
        "Fri, 11 Jan 2019 11:05:00 EST",
        "Fri, 11 Jan 2019 08:05:00 PST",
        "Sat, 12 Jan 2019 01:05:00 KST",
        "Sat, 12 Jan 2019 01:05:00 +0900 (KST)",
        "Fri, 11 Jan 2019 17:05:00 GMT+01:00",
        "Fri, 11 Jan 19 16:05:00 GMT",
        "Friday, 11-Jan-19 16:05:00 GMT",
        "Fri Jan 11 16:05:00 2019",
        "Fri Jan 11 16:05:00 UTC 2019",
        "January 11, 2019 at 4:05 pm",
        "January 11, 2019, 4:05 p.m.",
        "January 11, 2019 at 11:05 am EST",
        "Jan 11, 2019, 11:05 a.m. ET",
        "4:05 PM, 11 January 2019",
        "Fri 11 Jan 2019 16.05 GMT",
        "11.01.2019 - 16:05",
        "11. Januar 2019, 16:05 Uhr",
        "11. Januar 2019, 17.05 Uhr MEZ",
        "11 janvier 2019 à 16h05",
        "11 de enero de 2019 a las 16:05",
        "11 de janeiro de 2019 às 16h05",
        "11 gennaio 2019 alle ore 16:05",
        "11 января 2019 в 16:05",
        "11 января 2019, 19:05 MSK",
        "2019년 1월 11일 오후 4:05",
        "2019년 1월 11일 오후 4시 5분",
        "2019年1月11日 下午4:05",
        "2019年1月11日(金) 午後4時05分",
        "11 يناير 2019 4:05 م",
    ],
)
def test_a_time_is_read_to_the_minute_in_utc(raw):
    assert parse_date(raw) == (FIVE_PAST_FOUR, False)


@pytest.mark.parametrize(
    "raw",
    [
        "",
        "today",
        "tomorrow at 4:05 pm",
        "3 hours ago",
        "January 11",
        "11 Jan 16:05",
        "January 2019",
        "2019",
        "2019-01",
        "16:05",
        "11.01.",
        "11.01.19",
        "Jan 11, 19",
        "1547222700",
    ],
)
def test_half_a_date_is_no_date(raw):
    assert parse_date(raw) is None


@pytest.mark.parametrize(
    "raw",
    [
        "31 February 2019",
        "2019-13-01",
        "2019-00-10",
        "32 Jan 2019",
        "0000-01-01",
        "2019-01-11 25:00",
        "2019-01-11 16:75",
        "January 11, 2019 at 16:05 am",
        "9999-12-31T23:59:59-10:00",
        "2019-01-11 16:05 QQT",
        "11 Frimaire 2019",
    ],
)
def test_an_impossible_date_is_no_date(raw):
    assert parse_date(raw) is None


@pytest.mark.parametrize(
    "raw",
    [
        "On January 11, 2019 Kim met Moon in Panmunjom",
        "Copyright 2019",
        "January 11, 2019 – January 13, 2019",
        "January 11, 2019 16",
        "11 January 2019 by the staff",
        "January 11, 2019 " + "x" * 10_000,
    ],
)
def test_more_than_a_date_is_prose(raw):
    assert parse_date(raw) is None


@pytest.mark.parametrize("raw", ["03/04/2019", "3/4/2019 16:05", "03-04-2019"])
def test_a_date_that_could_be_meant_two_ways_is_not_guessed(raw):
    assert parse_date(raw) is None


@pytest.mark.parametrize("raw", ["13/04/2019", "04/13/2019", "13-04-2019"])
def test_a_part_above_twelve_is_the_day(raw):
    assert parse_date(raw) == (datetime(2019, 4, 13, tzinfo=UTC), True)


def test_two_equal_parts_mean_one_thing():
    assert parse_date("04/04/2019") == (datetime(2019, 4, 4, tzinfo=UTC), True)


def test_american_local_time_follows_the_season():
    winter, summer = parse_date("January 11, 2019 4:05 pm ET"), parse_date("July 11, 2019 4:05 pm ET")

    assert winter == (datetime(2019, 1, 11, 21, 5, tzinfo=UTC), False)
    assert summer == (datetime(2019, 7, 11, 20, 5, tzinfo=UTC), False)


@pytest.mark.parametrize(("raw", "hour"), [("12:05 am", 0), ("12:05 pm", 12), ("1 am", 1), ("11 pm", 23)])
def test_the_twelve_hour_clock_turns_at_twelve(raw, hour):
    found = parse_date(f"January 11, 2019 {raw}")

    assert found is not None
    assert found[0].hour == hour


def test_a_leap_second_is_the_last_second():
    assert parse_date("2016-12-31T23:59:60Z") == (datetime(2016, 12, 31, 23, 59, 59, tzinfo=UTC), False)


@pytest.mark.parametrize(
    "row",
    [
        "January February March April May June July August September October November December",
        "Jan Feb Mar Apr May Jun Jul Aug Sept Oct Nov Dec",
        "Januar Februar März April Mai Juni Juli August September Oktober November Dezember",
        "janvier février mars avril mai juin juillet août septembre octobre novembre décembre",
        "janv. févr. mars avr. mai juin juil. août sept. oct. nov. déc.",
        "enero febrero marzo abril mayo junio julio agosto septiembre octubre noviembre diciembre",
        "ene. feb. mar. abr. may. jun. jul. ago. sept. oct. nov. dic.",
        "janeiro fevereiro março abril maio junho julho agosto setembro outubro novembro dezembro",
        "jan fev mar abr mai jun jul ago set out nov dez",
        "gennaio febbraio marzo aprile maggio giugno luglio agosto settembre ottobre novembre dicembre",
        "gen feb mar apr mag giu lug ago set ott nov dic",
        "januari februari maart april mei juni juli augustus september oktober november december",
        "jan feb mrt apr mei jun jul aug sep okt nov dec",
        "января февраля марта апреля мая июня июля августа сентября октября ноября декабря",
        "янв фев мар апр май июн июл авг сен окт ноя дек",
        "січня лютого березня квітня травня червня липня серпня вересня жовтня листопада грудня",
        "يناير فبراير مارس أبريل مايو يونيو يوليو أغسطس سبتمبر أكتوبر نوفمبر ديسمبر",
    ],
)
def test_every_month_has_its_number_in_every_language(row):
    dates = [parse_date(f"7 {month} 2019") for month in row.split()]

    assert dates == [(datetime(2019, month, 7, tzinfo=UTC), True) for month in range(1, 13)]


@given(
    st.text(st.characters(codec=None))
    | st.text("0123456789 :-/.,+TZapmJanMay년월일年月日٣Gt", max_size=40)
    | st.from_regex(r"\A\d{1,4}[-/. ]\d{1,2}[-/. ]\d{1,4}( \d{1,2}:\d\d)?.{0,5}\Z")
)
@example("2019-01-11T16:05:00+99:99")
@example("1 jan 2019 ²:00")
def test_any_text_gives_a_utc_date_or_nothing(raw):
    found = parse_date(raw)

    assert found is None or found[0].tzinfo is UTC
    assert found is None or not found[1] or (found[0].hour, found[0].minute) == (0, 0)


@given(
    st.datetimes(datetime(1970, 1, 2), datetime(2100, 1, 1)).map(lambda when: when.replace(microsecond=0)),
    st.integers(-12 * 4, 14 * 4).map(lambda quarters: timezone(timedelta(minutes=15 * quarters))),
)
def test_the_two_standard_formats_are_read_back(when, zone):
    moment = when.replace(tzinfo=zone)

    assert parse_date(moment.isoformat()) == parse_date(format_datetime(moment)) == (moment, False)


@given(st.dates(date(1900, 1, 1), date(2100, 1, 1)))
def test_the_day_that_is_written_is_the_day_that_is_read(day):
    midnight = datetime(day.year, day.month, day.day, tzinfo=UTC)

    assert parse_date(day.isoformat()) == parse_date(f"{day:%d %B %Y}") == parse_date(f"{day:%d.%m.%Y}")
    assert parse_date(f"{day:%B} {day.day}, {day.year}") == (midnight, True)


# --- clean_date ---------------------------------------------------------------------------------------


def test_a_date_is_kept_in_utc_and_whole_seconds():
    seoul = datetime(2019, 1, 12, 1, 5, 7, 999, timezone(timedelta(hours=9)))

    assert clean_date(seoul, NOW) == datetime(2019, 1, 11, 16, 5, 7, tzinfo=UTC)


@pytest.mark.parametrize(
    "when",
    [
        None,
        datetime(1969, 12, 31, 23, 59, tzinfo=UTC),
        NOW + timedelta(days=1, seconds=1),
        datetime.max.replace(tzinfo=timezone(timedelta(hours=-10))),
        datetime.min.replace(tzinfo=timezone(timedelta(hours=10))),
    ],
)
def test_a_date_that_cannot_be_is_unknown(when):
    assert clean_date(when, NOW) is None


@pytest.mark.parametrize("when", [datetime(1970, 1, 1, tzinfo=UTC), NOW, NOW + timedelta(days=1)])
def test_a_date_that_can_be_is_kept(when):
    assert clean_date(when, NOW) == when


def test_a_date_without_a_zone_is_utc():
    assert clean_date(datetime(2019, 1, 11, 16, 5), NOW) == FIVE_PAST_FOUR
