"""Find the dates that stand inside lines of running text, in the languages of the pages we read."""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Literal

from aggregator.core import clean
from aggregator.core.seeds.draft import When

MONTH_NAMES = {  # number: names and abbreviations; en, de, fr, es, pt, it, nl, ru, uk, pl, tr, ar
    1: (
        "january jan januar jänner janvier janv enero ene janeiro gennaio gen januari января "
        "январь янв січня stycznia ocak يناير كانون_الثاني جانفي"
    ),
    2: (
        "february feb febr februar februari février févr fev febrero fevereiro febbraio февра"
        "ля февраль фев лютого lutego şubat فبراير شباط فيفري"
    ),
    3: "march mar märz mrz mars marzo março maart mrt марта март мар березня marca mart مارس آذار",
    4: (
        "april apr avril avr abril abr aprile апреля апрель апр квітня kwietnia nisan أبريل ا"
        "بريل إبريل نيسان أفريل"
    ),
    5: "may mai mayo maio maggio mag mei мая май травня maja mayıs مايو أيار ماي",
    6: "june jun juni juin junio junho giugno giu июня июнь июн червня czerwca haziran يونيو حزيران جوان",
    7: "july jul juli juillet juil julio julho luglio lug июля июль июл липня lipca temmuz يوليو تموز جويلية",
    8: (
        "august aug août aout agosto ago augustus августа август авг серпня sierpnia ağustos "
        "أغسطس اغسطس آب أوت"
    ),
    9: (
        "september sep sept septembre septiembre setembro set settembre сентября сентябрь сен"
        " сент вересня września eylül سبتمبر أيلول"
    ),
    10: (
        "october oct oktober okt octobre octubre outubro out ottobre ott октября октябрь окт "
        "жовтня października ekim أكتوبر اكتوبر تشرين_الأول"
    ),
    11: (
        "november nov novembre noviembre novembro ноября ноябрь ноя листопада listopada kasım"
        " نوفمبر تشرين_الثاني"
    ),
    12: (
        "december dec dezember dez décembre déc diciembre dic dezembro dicembre декабря декаб"
        "рь дек грудня grudnia aralık ديسمبر كانون_الأول"
    ),
}
# Swedish, Danish, Norwegian, Finnish, Czech, Romanian, Greek, Indonesian, Hindi, Persian
_MORE_MONTHS = {
    1: "januar ocak januarie ianuarie leden ledna januari जनवरी ιανουαρίου tammikuuta ژانویه",
    2: "februarie şubat unor února फरवरी फ़रवरी φεβρουαρίου helmikuuta فوریه",
    3: "maret martie března mars मार्च μαρτίου maaliskuuta مارس",
    4: "aprilie dubna अप्रैल απριλίου huhtikuuta آوریل",
    5: "maj mei května मई μαΐου toukokuuta",
    6: "iunie června जून ιουνίου kesäkuuta ژوئن",
    7: "iulie července जुलाई ιουλίου heinäkuuta",
    8: "agustus srpna अगस्त αυγούστου elokuuta",
    9: "septembrie září सितंबर सितम्बर σεπτεμβρίου syyskuuta",
    10: "octombrie října अक्टूबर अक्तूबर οκτωβρίου lokakuuta",
    11: "noiembrie listopadu नवंबर नवम्बर νοεμβρίου marraskuuta",
    12: "decembrie desember prosince दिसंबर दिसम्बर δεκεμβρίου joulukuuta",
}
_ABBREVIATIONS = (  # Polish, Turkish, Scandinavian, Indonesian
    "sty oca|lut şub feb|mar|kwi nis apr|maj|cze haz|lip tem|sie ağu augusti|wrz eyl|paź eki okt|lis kas|"
    "gru ara des"
)
MONTHS = {
    name.replace("_", " "): number
    for table in (MONTH_NAMES, _MORE_MONTHS, dict(enumerate(_ABBREVIATIONS.split("|"), 1)))
    for number, names in table.items()
    for name in names.split()
}
# Weekdays by their stems; whatever letters follow belong to the word.
WEEKDAY = (
    r"(?:(?:mon|tue|tues|wed|wednes|thu|thur|thurs|fri|sat|satur|sun)(?:day)?"
    r"|montag|dienstag|mittwoch|donnerstag|freitag|samstag|sonnabend|sonntag|lundi|mardi|"
    r"mercredi|jeudi|vendredi|samedi|dimanche"
    r"|lunes|martes|miércoles|jueves|viernes|sábado|domingo|segunda-feira|terça-feira|"
    r"quarta-feira|quinta-feira|sexta-feira"
    r"|lunedì|martedì|mercoledì|giovedì|venerdì|sabato|domenica|maandag|dinsdag|woensdag|"
    r"donderdag|vrijdag|zaterdag|zondag"
    r"|pazartesi|salı|çarşamba|perşembe|cuma(?:rtesi)?|pazar|senin|selasa|rabu|kamis|jum['’]?at|sabtu|minggu"
    r"|måndag|tisdag|onsdag|torsdag|fredag|lördag|söndag|mandag|tirsdag|lørdag|søndag"
    r"|(?:सोम|मंगल|बुध|गुरु|शुक्र|शनि|रवि)वार"
    r"|понедельник|вторник|среда|среду|четверг|пятница|пятницу|суббота|субботу|воскресенье"
    r"|(?:ال)?(?:اثنين|إثنين|ثلاثاء|أربعاء|اربعاء|خميس|جمعة|سبت|أحد)|[월화수목금토일]요일|"
    r"星期[一二三四五六日天]|[月火水木金土日]曜日?|\([월화수목금토일月火水木金土日]\))"
)
_MONTH = "(?P<month>" + "|".join(sorted(map(re.escape, MONTHS), key=len, reverse=True)) + r")(?![^\W\d_])\.?"
_DAY = r"(?P<day>[0-3]?\d)"
_YEAR = r"(?P<year>(?:19|20)\d\d)(?!\d)"
_TIME = (
    r"(?P<time>(?:[01]?\d|"
    r"2[0-3])[:h.][0-5]\d(?::[0-5]\d)?(?:\.\d{1,6})?(?:\s*[ap]\.?\s?m\b\.?)?|(?:1[0-2]|"
    r"0?[1-9])\s*[ap]\.?m\b\.?|(?:오전|오후|上午|下午|午前|午後)\s*\d{1,2}(?::\d\d|[時时点點시]\s?\d\d?[分분])|"
    r"\d{1,2}[時时点點시]\s?\d\d?[分분])"
    r"(?:\s*(?:uhr|hrs?|h|heures?|часов|ч)\b\.?)?"
    r"(?:\s*(?P<zone>Z\b|(?:UTC|GMT)?\s?[+-]\d\d?:?(?:\d\d)?\b|\(?(?:МСК|MSK)\b\)?|\((?!\w*\s)[A-Z]{2,5}\)|"
    r"(?-i:[A-Z]{2,5})\b))?"
)
_JOIN = r"(?:\s*(?:,|\||-|–|—|·|•|/|@|\(|;)?\s*(?:at|um|à|a las|às|alle|om|в|kl\.?|saat|الساعة|,)?\s*|T)"
_LEAD = rf"(?:{WEEKDAY}\.?,?\s*(?:the |den |le |el |,)?\s*)?"
# "17:22, 2 March 2020"
_CLOCK_FIRST = (
    r"(?:(?P<clock>(?:[01]?\d|2[0-3])[:h][0-5]\d(?::[0-5]\d)?(?:\s*[ap]\.?m\b\.?)?)"
    r"(?:\s*[,|–-]\s*|\s+(?P<place>(?-i:[A-Z]{2,4}))[\s,|–-]+|\s+on\s+)(?:on\s+)?)?"
)
_FORMS = (  # each with named groups day, month or number, year
    rf"(?P<year>(?:19|20)\d\d)(?P<sep>[-/.])(?P<number>[01]?\d)(?P=sep){_DAY}(?!\d)\.?",
    rf"(?P<year>(?:19|20)\d\d)\s?[년年]\s?(?P<number>[01]?\d)\s?[월月]\s?{_DAY}\s?[일日]",
    rf"(?P<year>(?:19|20)\d\d)\.\s(?P<number>[01]?\d)\.\s{_DAY}\.?(?!\d)",
    rf"{_DAY}(?:st|nd|rd|th|er|º|ª|\.)?(?:\s|-|/)*(?:of |de |d')?{_MONTH},?(?:\s|-|/)*(?:de |del )?{_YEAR}",
    rf"{_MONTH}\s*{_DAY}(?:st|nd|rd|th)?(?:,|\s)\s*(?:de |del )?{_YEAR}",
    rf"(?P<first>[0-3]?\d)(?P<sep>[-/.])(?P<second>[0-3]?\d)(?P=sep){_YEAR}",
    rf"(?P<year>(?:19|20)\d\d),?\s{_MONTH}\s{_DAY}(?!\d)",
)
DATES = tuple(
    re.compile(
        (
            rf"(?<![\w/:.]){_CLOCK_FIRST}{_LEAD}{form}(?:\s*г(?:ода|"
            rf"\.)?(?!\w))?(?:\s*\([^\W\d]{{1,3}}\))?(?:\s*,?\s*{WEEKDAY})?(?:{_JOIN}{_TIME})?"
        ),
        re.IGNORECASE,
    )
    for form in _FORMS
)
TIME = re.compile(rf"(?<!\w)(?:at |um |à |@ ?)?{_TIME}(?!\w)", re.IGNORECASE)
# Dates that do not name a day of a year: a sign of a meta line, never a value.
VAGUE = re.compile(
    rf"(?<!\w)(?:{_LEAD}(?:{_MONTH}\s*[0-3]?\d(?:st|nd|rd|th)?|[0-3]?\d(?:st|nd|rd|th|"
    rf"\.)?\s*(?:de )?{_MONTH.replace('?P<month>', '?:')})"
    r"|\d+\s*(?:sec(?:ond)?s?|min(?:ute)?s?|hours?|hrs?|days?|weeks?|months?|"
    r"years?)\s+ago|(?:an?|one)\s+(?:minute|hour|day|week|month|year)\s+ago"
    r"|vor \d+ (?:minuten?|stunden?|tagen?|wochen?)|il y a \d+ \w+|hace \d+ \w+|"
    r"\d+ (?:минут\w*|час\w*|дн\w*|день) назад|\d+\s*(?:분|시간|일)\s*전|منذ \d+ \w+"
    r"|yesterday|today|just now|gestern|heute|hier|aujourd'hui|ayer|hoy|вчера|сегодня|"
    r"어제|오늘|أمس|اليوم)(?!\w)",
    re.IGNORECASE,
)
HIJRI = re.compile(
    r"\b(?:muharram|safar|rabi\W{0,2}(?:al|ul|i|ii|u)?\b|jumad[ai]|rajab|sha'?ban|"
    r"ramad[ah]n|shawwal|dhu\W?al|dhul|zul)\w*\W.{0,20}\b1[34]\d\d\b"
    r"|\b1[34]\d\d\s?(?:H|AH|هـ)(?!\w)|(?:محرم|صفر|ربيع|جمادى|رجب|شعبان|رمضان|شوال|"
    r"ذو القعدة|ذي القعدة|ذو الحجة|ذي الحجة).{0,20}1[34]\d\d",
    re.IGNORECASE,
)
NUMERIC = re.compile(r"(?<![\d/-])([0-3]?\d)[/-]([0-3]?\d)[/-](?:19|20)\d\d(?!\d)")
DIGITS = str.maketrans("٠١٢٣٤٥٦٧٨٩۰۱۲۳۴۵۶۷۸۹०१२३४५६७८९０１２３４５６７８９", "0123456789" * 4)
Order = Literal["day", "month"] | None  # what comes first in a numeric date
LONGEST = 400  # characters; a line that says a date is shorter, prose is cut here


@dataclass(frozen=True, slots=True)
class Found:
    """A date inside a line: where it stands and what it says."""

    start: int
    end: int
    when: When | None  # None: numbers that can be read two ways, like 01/02/2019


def western(text: str) -> str:
    """Return the text with Arabic, Persian, Indian and wide digits as 0-9; positions stay the same."""
    return text.translate(DIGITS)


def find_dates(line: str, order: Order = None) -> tuple[Found, ...]:
    """Return the full dates in a line, leftmost first, not overlapping."""
    text = western(line[:LONGEST])
    if not re.search(r"(?:19|20)\d\d", text):  # every full date has a year; most lines have none
        return ()
    hits = sorted((m.start(), -m.end(), i, m) for i, form in enumerate(DATES) for m in form.finditer(text))
    found: list[Found] = []
    for start, minus_end, _, match in hits:
        if not found or start >= found[-1].end:
            found.append(Found(start, -minus_end, _value(match, order)))
    return tuple(found)


def first_date(line: str, order: Order = None) -> When | None:
    """Return the first date of a line that can be read one way only."""
    return next((found.when for found in find_dates(line, order) if found.when), None)


def at_clock(day: When, clock: str) -> When:
    """Return the moment of a day that a clock's time names ("7:14 PM"); the day where it names none."""
    match = TIME.fullmatch(western(clock))
    moment = clean.parse_date(f"{day[0]:%Y-%m-%d}{_clock(match.groupdict())}") if match else None
    return moment or day


def _value(match: re.Match[str], order: Order) -> When | None:
    parts = match.groupdict()
    if parts.get("first"):
        day_month = _day_and_month(
            int(parts["first"]), int(parts["second"]), "day" if parts["sep"] == "." else order
        )
    else:
        month = parts.get("month")
        day_month = (int(parts["day"]), MONTHS[month.casefold()] if month else int(parts["number"]))
    if day_month is None:
        return None
    day, month_number = day_month
    return clean.parse_date(f"{int(parts['year']):04d}-{month_number:02d}-{day:02d}{_clock(parts)}") or None


def _day_and_month(first: int, second: int, order: Order) -> tuple[int, int] | None:
    if first > 12 or first == second:
        return first, second
    if second > 12 or order == "month":
        return second, first
    return (first, second) if order == "day" else None


def order_of(lines: Iterable[str], language: str | None) -> Order:
    """Tell how a page writes 10/01/2019: by its other dates, else its language; None where neither says."""
    pairs = [(int(a), int(b)) for line in lines for a, b in NUMERIC.findall(line[:LONGEST])]
    day, month = any(a > 12 >= b for a, b in pairs), any(b > 12 >= a for a, b in pairs)
    if day != month:
        return "day" if day else "month"
    return "day" if language and language != "en" else None  # only English is written both ways


def _clock(parts: dict[str, str | None]) -> str:
    time = (parts.get("time") or parts.get("clock") or "").strip()
    if not time:
        return ""
    time = re.sub(r"(\d)[時时点點시]\s?(\d\d?)[分분]", lambda m: f"{m[1]}:{int(m[2]):02d}", time)
    if half := re.match(r"(오전|오후|上午|下午|午前|午後)\s*(.+)", time):
        time = f"{half[2]} {'AM' if half[1] in {'오전', '上午', '午前'} else 'PM'}"
    clock = re.sub(r"(?<=\d)[h.](?=\d\d)", ":", time.lower(), count=1)
    clock = re.sub(r"\s*([ap])\.?\s?m\.?", r" \1m", clock)
    zone = (parts.get("zone") or parts.get("place") or "").strip("() ")
    return f" {clock} {zone}".rstrip()
