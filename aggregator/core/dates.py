"""Dates as documents write them. What is not said is not guessed: half a date is no date."""

import re
import unicodedata
from datetime import UTC, date, datetime, timedelta

EPOCH = datetime(1970, 1, 1, tzinfo=UTC)  # no web page is older
FUTURE = timedelta(days=1)  # clocks and zones differ by no more
MAX_DATE = 120  # characters; a longer text is prose


def clean_date(when: datetime | None, now: datetime) -> datetime | None:
    """Return the date in UTC, whole seconds; None where it is before 1970 or more than a day after `now`."""
    if when is None:
        return None
    try:
        utc = (when if when.tzinfo else when.replace(tzinfo=UTC)).astimezone(UTC).replace(microsecond=0)
        return utc if EPOCH <= utc <= now + FUTURE else None
    except OverflowError:  # within hours of year 1 or 9999
        return None


def parse_date(raw: str) -> tuple[datetime, bool] | None:
    """Read a date as documents write it: ISO 8601, RFC 822, "January 11, 2019 at 4:05 pm EST", "11.01.2019" …

    Returns the UTC time and whether it names only a day; None where no full date (day, month, year) is given,
    where day and month could be meant the other way round, and where there is more than a date. A time
    without a zone is taken as UTC. Never fills a gap with today's date.
    """
    if len(raw) > MAX_DATE:
        return None
    if when := _as_standards_say(raw):
        return when, False
    folded = _fold(raw if raw.isascii() else _HINDI_MONTH.sub(lambda match: _HINDI[match[0]], raw))
    text = _BASIC_FORMAT.sub(_extended_format, _TWO_WORD_MONTH.sub(r"\1_", " ".join(folded.split())))
    for pattern in _DATES:
        if (match := pattern.search(text)) and (day := _day(match.groupdict())):
            between = match.groupdict().get("between") or ""
            return _with_time(day, f"{text[: match.start()]} {between} {text[match.end() :]}")
    return None


_ISO = re.compile(r"[12]\d{3}-\d\d-\d\dT\d\d:\d\d:\d\d(?:\.\d{1,6})?(?:Z|[+-]\d\d:\d\d)", re.ASCII)
_ENGLISH = {month: n for n, month in enumerate("Jan Feb Mar Apr May Jun Jul Aug Sep Oct Nov Dec".split(), 1)}
_MAIL = re.compile(
    rf"(?:(?:Mon|Tue|Wed|Thu|Fri|Sat|Sun), )?(\d\d) ({'|'.join(_ENGLISH)}) ([12]\d{{3}})"
    r" (\d\d):(\d\d):(\d\d) (?:GMT|UTC|Z|([+-]\d\d)(\d\d))",
    re.ASCII,
)


def _as_standards_say(raw: str) -> datetime | None:
    """Return the time of a date that is written as RFC 3339 or RFC 5322 say; None: look closer.

    Nearly all dates are; this way they take a fifth of the time.
    """
    try:
        if _ISO.fullmatch(raw):
            return datetime.fromisoformat(raw).replace(microsecond=0).astimezone(UTC)
        if match := _MAIL.fullmatch(raw):
            day, month, year, hour, minute, second, east, more = match.groups()
            local = (int(year), _ENGLISH[month], int(day), int(hour), int(minute), int(second))
            offset = timedelta(hours=int(east or 0), minutes=int(f"{(east or '+')[0]}{more or 0}"))
            return datetime(*local, tzinfo=UTC) - offset
    except (ValueError, OverflowError):  # the 31st of February, a leap second, an hour too many
        pass
    return None


def _fold(text: str) -> str:
    """Return lower case without accents, with ASCII digits and apostrophes."""
    if text.isascii():
        return text.lower()
    decomposed = unicodedata.normalize("NFKD", _APOSTROPHE.sub("'", text.lower()))
    letters = "".join(c for c in decomposed if not unicodedata.combining(c))
    return "".join(
        str(unicodedata.decimal(c)) if c.isdecimal() else c for c in unicodedata.normalize("NFC", letters)
    )


# --- words --------------------------------------------------------------------------------------------

# A month stands at its place in the row. English, German, French, Spanish, Portuguese, Italian, Dutch,
# Russian and Ukrainian (two cases), Arabic (Egypt, the Levant, the Maghreb).
_MONTH_ROWS = """
january february march april may june july august september october november december
januar februar marz april mai juni juli august september oktober november dezember
janner februar maerz april mai juni juli august september oktober november dezember
janvier fevrier mars avril mai juin juillet aout septembre octobre novembre decembre
enero febrero marzo abril mayo junio julio agosto septiembre octubre noviembre diciembre
enero febrero marzo abril mayo junio julio agosto setiembre octubre noviembre diciembre
janeiro fevereiro marco abril maio junho julho agosto setembro outubro novembro dezembro
gennaio febbraio marzo aprile maggio giugno luglio agosto settembre ottobre novembre dicembre
januari februari maart april mei juni juli augustus september oktober november december
jan feb mrt apr mei jun jul aug sep okt nov dec
январь февраль март апрель май июнь июль август сентябрь октябрь ноябрь декабрь
января февраля марта апреля мая июня июля августа сентября октября ноября декабря
січень лютий березень квітень травень червень липень серпень вересень жовтень листопад грудень
січня лютого березня квітня травня червня липня серпня вересня жовтня листопада грудня
styczen luty marzec kwiecien maj czerwiec lipiec sierpien wrzesien pazdziernik listopad grudzien
stycznia lutego marca kwietnia maja czerwca lipca sierpnia wrzesnia pazdziernika listopada grudnia
ocak şubat mart nisan mayıs haziran temmuz ağustos eylül ekim kasım aralık
ocak subat mart nisan mayis haziran temmuz agustos eylul ekim kasim aralik
januari februari mars april maj juni juli augusti september oktober november december
januar februar marts april maj juni juli august september oktober november desember
januari februari maret april mei juni juli agustus september oktober november desember
يناير فبراير مارس أبريل مايو يونيو يوليو أغسطس سبتمبر أكتوبر نوفمبر ديسمبر
يناير فبراير مارس إبريل مايو يونيه يوليه أغسطس سبتمبر أكتوبر نوفمبر ديسمبر
كانون_الثاني شباط آذار نيسان أيار حزيران تموز آب أيلول تشرين_الأول تشرين_الثاني كانون_الأول
جانفي فيفري مارس أفريل ماي جوان جويلية أوت سبتمبر أكتوبر نوفمبر ديسمبر
"""
_WEEKDAYS = """
monday tuesday wednesday thursday friday saturday sunday tues thur thurs weds
montag dienstag mittwoch donnerstag freitag samstag sonnabend sonntag mo di mi do fr sa so
lundi mardi mercredi jeudi vendredi samedi dimanche
lunes martes miercoles jueves viernes sabado domingo
segunda-feira terca-feira quarta-feira quinta-feira sexta-feira segunda terca quarta quinta sexta
lunedi martedi mercoledi giovedi venerdi sabato domenica
maandag dinsdag woensdag donderdag vrijdag zaterdag zondag ma wo vr za zo
понедельник вторник среда среду четверг пятница пятницу суббота субботу воскресенье пн вт ср чт пт сб вс
понеділок вівторок середа середу четвер п'ятниця субота суботу неділя неділю нд
الاثنين الإثنين الثلاثاء الأربعاء الخميس الجمعة السبت الأحد
poniedzialek wtorek sroda czwartek piatek sobota niedziela
pazartesi salı sali çarşamba carsamba persembe cuma cumartesi pazar
mandag tirsdag onsdag torsdag fredag lordag sondag mandag tisdag onsdag torsdag lordag
senin selasa rabu kamis jumat sabtu minggu
월요일 화요일 수요일 목요일 금요일 토요일 일요일 월 화 수 목 금 토 일
月曜日 火曜日 水曜日 木曜日 金曜日 土曜日 日曜日 月 火 水 木 金 土 日
星期一 星期二 星期三 星期四 星期五 星期六 星期日 星期天 周一 周二 周三 周四 周五 周六 周日
"""
# What else may stand beside a date.
_FILLERS = """
at on the of um uhr am den der le du de del a las los el alle ore il em as do om op klo date
posted published в о от г года р року الساعة في يوم
"""


def _month_numbers() -> dict[str, int]:
    """Return every month name, and every beginning of three letters or more that means one month only."""
    named = [
        (name, number)
        for row in _fold(_MONTH_ROWS).strip().splitlines()
        for number, name in enumerate(row.split(), 1)
    ]
    beginnings: dict[str, set[int]] = {}
    for name, number in named:
        for length in range(3, len(name)):
            beginnings.setdefault(name[:length], set()).add(number)
    return {name: min(numbers) for name, numbers in beginnings.items() if len(numbers) == 1} | dict(named)


def _filler_words() -> frozenset[str]:
    weekdays = _fold(_WEEKDAYS).split()
    short = {day[:length] for day in weekdays if day.isascii() for length in (3, 4)}
    return frozenset(weekdays) | short | frozenset(_fold(_FILLERS).split())


# Hindi and Marathi; vowel signs are no letters to a regular expression.
_HINDI = {
    name: english
    for english, names in (
        ("january", "जनवरी"),
        ("february", "फरवरी फ़रवरी"),
        ("march", "मार्च"),
        ("april", "अप्रैल"),
        ("may", "मई"),
        ("june", "जून"),
        ("july", "जुलाई"),
        ("august", "अगस्त"),
        ("september", "सितंबर सितम्बर"),
        ("october", "अक्टूबर अक्तूबर"),
        ("november", "नवंबर नवम्बर"),
        ("december", "दिसंबर दिसम्बर"),
    )
    for name in names.split()
}
_HINDI_MONTH = re.compile("|".join(_HINDI))
_APOSTROPHE = re.compile("[’ʼ`´]")
_MONTHS = _month_numbers()
_FILLER_WORDS = _filler_words()
_TWO_WORD_MONTH = re.compile("(كانون|تشرين) (?=ال)")

# --- the day ------------------------------------------------------------------------------------------

_YEAR = r"(?P<year>[12]\d{3})(?!\d)"
_MONTH = r"(?P<month>[^\W\d]{2,14})\.?"
_DAY = r"(?<!\d)(?P<day>\d{1,2})"
_NUMBER = r"(?P<number>\d{1,2})"
_ORDINAL = r"(?:(?:st|nd|rd|th|er|\.?o|-?го)(?!\w)|\.)?"
_OF = r"[ ,،-]*(?:(?:of|de|del) |d')?"

# The first that fits decides.
_DATES = tuple(
    re.compile(pattern)
    for pattern in (
        rf"(?<!\d)(?P<year>[12]\d{{3}})(?P<separator>[-/.]){_NUMBER}(?P=separator)(?P<day>\d{{1,2}})(?!\d)(?:t(?=\d\d))?",
        rf"(?<!\d)(?P<year>[12]\d{{3}})\. ?{_NUMBER}\. ?(?P<day>\d{{1,2}})\.?(?!\d)",
        rf"(?<!\d)(?P<year>[12]\d{{3}}) ?[년年] ?{_NUMBER} ?[월月] ?(?P<day>\d{{1,2}}) ?[일日号號]",
        rf"{_DAY}\. ?{_NUMBER}\. ?{_YEAR}",
        rf"(?<!\d)(?P<first>\d{{1,2}})(?P<separator>[-/])(?P<second>\d{{1,2}})(?P=separator){_YEAR}",
        rf"{_DAY}{_ORDINAL}{_OF}{_MONTH}{_OF}{_YEAR}",
        rf"\b{_MONTH}[ -]?{_DAY}{_ORDINAL}{_OF}{_YEAR}",
        rf"(?<!\d){_YEAR}[ ,-]+{_MONTH}[ -]?{_DAY}(?!\d)",
        # asctime(3), date(1)
        rf"\b{_MONTH} {_DAY} (?P<between>\d\d:\d\d:\d\d(?: [a-z]{{3,5}}| [+-]\d{{4}})?) {_YEAR}",
        rf"{_DAY}[ -]{_MONTH}[ -](?P<short>\d\d)(?= \d\d:\d\d)",  # RFC 822 and 850: a year of two digits
    )
)
_BASIC_FORMAT = re.compile(
    r"^([12]\d{3})(\d\d)(\d\d)(?:t(\d\d)(\d\d)(\d\d))?(?=$|z|[+-]\d)"
)  # ISO 8601 without marks


def _extended_format(match: re.Match[str]) -> str:
    year, month, day, *time = match.groups()
    return f"{year}-{month}-{day}" + (f"t{':'.join(time)}" if time[0] else "")


def _day(found: dict[str, str | None]) -> date | None:
    try:
        if first := found.get("first"):
            return _unambiguous(int(first), int(found["second"] or 0), int(found["year"] or 0))
        month = int(found.get("number") or 0) or _MONTHS.get(found.get("month") or "", 0)
        return date(_year(found), month, int(found["day"] or 0))
    except ValueError:  # the 31st of February; a word that is no month
        return None


def _year(found: dict[str, str | None]) -> int:
    if year := found.get("year"):
        return int(year)
    short = int(found["short"] or 0)
    return short + (2000 if short < 50 else 1900)  # RFC 2822, 4.3


def _unambiguous(first: int, second: int, year: int) -> date | None:
    """Return the date where only one of day/month and month/day can be meant."""
    if first == second or second > 12:
        return date(year, first, second)
    return date(year, second, first) if first > 12 else None


# --- the time -----------------------------------------------------------------------------------------

_HALVES = dict.fromkeys(("am", "오전", "上午", "午前", "ص"), 0) | dict.fromkeys(
    ("pm", "오후", "下午", "午後", "م"), 12
)
_BEFORE = r"(?:(?P<before>오전|오후|上午|下午|午前|午後) ?)?"
_AFTER = r"(?: ?(?P<after>[ap]\.? ?m\b\.?|ص|م)(?!\w))?"
_HOUR = r"(?<![\d:.+−-])(?P<hour>\d{1,2})"
_MINUTE = r"(?:[:.h] ?(?P<minute>\d\d)(?:[:.](?P<second>\d\d)(?:[.,]\d{1,9})?)?(?!\d|:))"
_TIMES = tuple(
    re.compile(pattern)
    for pattern in (
        rf"{_BEFORE}{_HOUR} ?{_MINUTE}{_AFTER}",
        rf"{_BEFORE}{_HOUR} ?[시時时点點] ?(?P<minute>\d{{1,2}}) ?[분分]",
        rf"{_BEFORE}{_HOUR} ?(?:(?P<after>[ap]\.? ?m\b\.?)|(?:uhr|h|시|時|时|点|點)(?!\w))",
    )
)
_OFFSET = re.compile(r"(?:\b(?:utc|gmt|z))? ?(?P<sign>[+\-−])(?P<hours>\d{1,2}):?(?P<minutes>\d\d)?(?!\d)")
_WORD = re.compile(r"[^\W_]+(?:['-][^\W_]+)*")

# Hours east of Greenwich. Where a name has two meanings, RFC 822's, then the one of more people.
_ZONES = {
    name: float(hours)
    for hours, *names in (
        row.split()
        for row in """
        0 z utc ut gmt wet
        1 bst cet mez west wat
        2 cest mesz eet sast cat
        3 eest msk мск eat trt
        3.5 irst
        4 gst
        5 pkt
        5.5 ist
        5.75 npt
        7 ict wib
        8 sgt hkt pht awst
        9 kst jst
        9.5 acst
        10 aest
        10.5 acdt
        11 aedt
        12 nzst
        13 nzdt
        -2.5 ndt
        -3 brt art adt
        -3.5 nst
        -4 ast edt
        -5 est cdt
        -6 cst mdt
        -7 mst pdt
        -8 pst akdt
        -9 akst
        -10 hst
        """.strip().splitlines()
    )
    for name in names
}
_AMERICAN = {"et": -5.0, "ct": -6.0, "mt": -7.0, "pt": -8.0}  # standard time; which one holds, the date says


def _with_time(day: date, rest: str) -> tuple[datetime, bool] | None:
    """Return the date with the time that `rest` gives; None where `rest` holds anything else."""
    match = next((found for pattern in _TIMES if (found := pattern.search(rest))), None)
    if match is None:
        midnight = datetime(day.year, day.month, day.day, tzinfo=UTC)
        return (midnight, True) if _zone(rest, day) is not None else None
    offset = _zone(f"{rest[: match.start()]} {rest[match.end() :]}", day)
    local = _local(day, match)
    if offset is None or local is None:
        return None
    try:
        return local - offset, False
    except OverflowError:
        return None


def _local(day: date, match: re.Match[str]) -> datetime | None:
    found = match.groupdict()
    hour, minute, second = (int(found.get(name) or 0) for name in ("hour", "minute", "second"))
    half = _HALVES.get(re.sub(r"[. ]", "", found.get("before") or found.get("after") or ""))
    if half is not None and hour <= 12:
        hour = hour % 12 + half
    elif half == 0:
        return None  # 16:05 am
    try:
        return datetime(
            day.year, day.month, day.day, hour, minute, min(second, 59), tzinfo=UTC
        )  # leap second
    except ValueError:
        return None


def _zone(rest: str, day: date) -> timedelta | None:
    """Return the distance from UTC (none said: zero); None where there is a word that no date has."""
    offsets = [_numeric(match) for match in _OFFSET.finditer(rest)]
    words = _WORD.findall(_OFFSET.sub(" ", rest))
    zones = [word for word in words if word in _ZONES or word in _AMERICAN]
    if len(offsets) > 1 or any(word not in zones and word not in _FILLER_WORDS for word in words):
        return None
    if offsets:
        return offsets[0]
    return timedelta(hours=_named(zones[0], day)) if zones else timedelta(0)


def _numeric(match: re.Match[str]) -> timedelta:
    distance = timedelta(hours=int(match["hours"]), minutes=int(match["minutes"] or 0))
    return distance if match["sign"] == "+" else -distance


def _named(zone: str, day: date) -> float:
    return _ZONES[zone] if zone in _ZONES else _AMERICAN[zone] + _is_summer_in_america(day)


def _is_summer_in_america(day: date) -> bool:
    """Tell whether daylight saving time holds (since 2007: second Sunday of March to first of November)."""
    return _sunday(day.year, 3, 2) <= day < _sunday(day.year, 11, 1)


def _sunday(year: int, month: int, nth: int) -> date:
    first = date(year, month, 1)
    return first + timedelta(days=6 - first.weekday(), weeks=nth - 1)
