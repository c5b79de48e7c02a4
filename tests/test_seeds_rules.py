"""Single rules of reading seeds, each on the smallest document that shows it."""

from datetime import UTC, datetime

import pytest

from aggregator.core.seeds import read_seed
from aggregator.errors import DocumentError
from aggregator.model import Document, Entry

NOW = datetime(2026, 11, 1, tzinfo=UTC)
BODY = (
    "The lock on the upper canal was shut on Friday after a barge had rammed one of its g"
    "ates, the warden said."
)
MORE = (
    "Twelve boats are waiting below it, and some of their crews have begun to unload the cargo onto lorries."
)


def read(text: str, name: str = "page.txt", encoding: str = "utf-8") -> tuple[Entry, ...]:
    return read_seed(Document(name, text.encode(encoding)), NOW)


def one(text: str, name: str = "page.txt") -> Entry:
    (entry,) = read(text, name)
    return entry


def refused(body: bytes, name: str = "page.txt") -> str:
    with pytest.raises(DocumentError) as caught:
        read_seed(Document(name, body), NOW)
    assert caught.value.subject == name
    return caught.value.reason


# --- dates ------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "masthead",
    [
        "Friday, April 26, 2024 | Shawwal 16, 1445 H\nclear sky\n26°C / 26°C",
        "Canal Times\nFriday, April 26, 2024\nHome\nWorld\nSport",
        "Friday 26 April 2024\nSearch\nLog in",
        "الجمعة 26 أبريل 2024 - 17 شوال 1445\nبحث",
        "Today's paper | April 26, 2024\nHome Latest World Opinion Sport",
    ],
)
def test_the_day_a_page_was_shown_is_not_the_articles(masthead: str) -> None:
    entry = one(f"{masthead}\n\nBarge rams the gate of the upper lock\n\n{BODY}\n\n{MORE}\n")

    assert entry.title == "Barge rams the gate of the upper lock"
    assert entry.published is None


@pytest.mark.parametrize(
    ("line", "published"),
    [
        ("January 11, 2019", "2019-01-11T00:00:00+00:00"),
        ("11 January 2019", "2019-01-11T00:00:00+00:00"),
        ("Published: January 10, 2019 18:30", "2019-01-10T18:30:00+00:00"),
        ("Published January 10, 2019 at 6:30 p.m. EST", "2019-01-10T23:30:00+00:00"),
        ("Updated 10 Jan 2019, 18:30 GMT", "2019-01-10T18:30:00+00:00"),
        ("By Jane Doe | 2019-01-10T18:30:00+02:00", "2019-01-10T16:30:00+00:00"),
        ("Veröffentlicht am 10. Januar 2019 um 18:30 Uhr", "2019-01-10T18:30:00+00:00"),
        ("Publié le 1er février 2019 à 18h30", "2019-02-01T18:30:00+00:00"),
        ("Publicado el 10 de enero de 2019", "2019-01-10T00:00:00+00:00"),
        ("10 января 2019 г., 18:30", "2019-01-10T18:30:00+00:00"),
        ("등록 2019.01.10 오후 6:30", "2019-01-10T18:30:00+00:00"),
        ("2019년 1월 10일", "2019-01-10T00:00:00+00:00"),
        ("نشر في: ١٠ يناير ٢٠١٩", "2019-01-10T00:00:00+00:00"),
        ("25/01/2019", "2019-01-25T00:00:00+00:00"),
        ("01/25/2019", "2019-01-25T00:00:00+00:00"),
        ("10.01.2019", "2019-01-10T00:00:00+00:00"),
    ],
)
def test_a_date_under_the_headline_is_the_articles(line: str, published: str) -> None:
    entry = one(f"Barge rams the gate of the upper lock\n{line}\n{BODY}\n{MORE}\n")

    assert entry.published is not None
    assert entry.published.isoformat() == published
    assert entry.day_only == published.endswith("T00:00:00+00:00")
    assert entry.text == f"{BODY}\n\n{MORE}"


@pytest.mark.parametrize(
    "line", ["2 hours ago", "Yesterday", "Jan 10", "10/01/2019", "January 2019", "Jan 10, 2199"]
)
def test_a_date_that_is_not_given_in_full_is_unknown(line: str) -> None:
    entry = one(f"Barge rams the gate of the upper lock\n{line}\n{BODY}\n{MORE}\n")

    assert entry.published is None
    assert entry.text == f"{BODY}\n\n{MORE}"


def test_another_date_on_the_page_tells_how_it_writes_them() -> None:
    first, second = read(
        f"Barge rams the gate\nPosted on 10/01/2019 by Ann\n{BODY}\nBoats wait below\nPosted o"
        f"n 25/01/2019 by Ann\n{MORE}\n"
    )

    assert first.published == datetime(2019, 1, 10, tzinfo=UTC)
    assert second.published == datetime(2019, 1, 25, tzinfo=UTC)


def test_a_dateline_without_a_year_gives_no_date() -> None:
    assert one(f"Barge rams the gate\n\nUPTON, Jan 10 (Reuters) - {BODY}\n\n{MORE}").published is None


def test_a_dateline_with_a_full_date_gives_it() -> None:
    assert one(f"Barge rams the gate\n\nUPTON, January 10, 2019 – {BODY}\n\n{MORE}").published == datetime(
        2019, 1, 10, tzinfo=UTC
    )


# --- publishers -------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("ending", "publisher"),
    [
        (" — Reuters", "Reuters"),
        (" - AFP", "AFP"),
        (" –AP", "AP"),
        (" (AFP)", "AFP"),
        (" [Canal Post]", "Canal Post"),
        (" — The Canal Post", "The Canal Post"),
        (" (With inputs from PTI)", "PTI"),
        (" EFE", "EFE"),
        ("\n\n[Wall  Street Journal]", "Wall Street Journal"),
        ("\n\n(Canal Post)", "Canal Post"),
        ("\n\nSource: Canal Post", "Canal Post"),
        ("\n\n— Canal Post", "Canal Post"),
        ("\n\nvia Canal Post", "Canal Post"),
        ("\n\n© 2019 Canal Media Group. All rights reserved.", "Canal Media Group"),
        (" (With inputs from agencies)", None),
        (" — Agencies", None),
        (" (more to follow)", None),
        ("\n\n[Video]", None),
        ("", None),
    ],
)
def test_the_publisher_is_who_the_text_is_signed_by(ending: str, publisher: str | None) -> None:
    entry = one(f"Barge rams the gate of the upper lock\n\n{BODY}\n\n{MORE}{ending}\n")

    assert entry.publisher == publisher
    if publisher:
        assert entry.text == f"{BODY}\n\n{MORE}"


@pytest.mark.parametrize(
    ("dateline", "publisher"),
    [
        ("PARIS, Jan 10 (Reuters) - ", "Reuters"),
        ("SEOUL, South Korea (AP) — ", "AP"),
        ("BEIJING, Jan. 10 (Xinhua) -- ", "Xinhua"),
        ("Berlin (dpa) – ", "dpa"),
        ("MOSCOW, January 10. /TASS/. ", "TASS"),
        ("SEOUL, Jan. 10, 2019 /PRNewswire/ -- ", "PRNewswire"),
        ("SEOUL/SHANGHAI: ", None),
        ("PARIS — ", None),
        ("The dock (built in 1871) - ", None),
    ],
)
def test_an_agency_in_the_dateline_is_the_publisher_and_the_dateline_stays(
    dateline: str, publisher: str | None
) -> None:
    entry = one(f"Barge rams the gate of the upper lock\n\n{dateline}{BODY}\n\n{MORE}\n")

    assert entry.publisher == publisher
    assert entry.text.startswith(dateline)


def test_a_quotation_signed_by_its_speaker_names_no_publisher() -> None:
    entry = one(
        f"Barge rams the gate\n\n{BODY}\n\n{MORE}\n\n“We saw it come and could do nothing at a"
        f"ll.” — Ann Lee\n"
    )

    assert entry.publisher is None
    assert entry.text.endswith("— Ann Lee")


# --- authors ----------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("line", "author"),
    [
        ("By Jane Doe", "Jane Doe"),
        ("By Jane Doe, Staff Writer", "Jane Doe"),
        ("by JANE DOE and JOHN ROE", "JANE DOE and JOHN ROE"),
        ("By Jane Doe in Upton", "Jane Doe"),
        ("By Jane Doe | January 10, 2019", "Jane Doe"),
        ("Written by: Jane Doe", "Jane Doe"),
        ("Jane Doe | Reuters", "Jane Doe"),
        ("Von Hans Meier", "Hans Meier"),
        ("Par Marie Dupont", "Marie Dupont"),
        ("Posted by Jane Doe on January 10, 2019", "Jane Doe"),
        ("By Reuters", None),
        ("By Our Correspondent", None),
        ("Posted on by", None),
    ],
)
def test_the_author_is_the_byline_without_job_and_place(line: str, author: str | None) -> None:
    entry = one(f"Barge rams the gate of the upper lock\n{line}\n{BODY}\n{MORE}\n")

    assert entry.author == author
    assert entry.text == f"{BODY}\n\n{MORE}"


# --- lines ------------------------------------------------------------------------------------------------


def test_hand_wrapped_paragraphs_are_joined() -> None:
    wrapped = (
        "The lock on the upper canal was shut on Friday after a barge had rammed\n"
        "one of its gates, the warden said. Twelve boats are waiting below it,\n"
        "and some of their crews have begun to unload the cargo onto lorries.\n"
        "The next paragraph begins here, since the line above it had room left\n"
        "for another word or two, and ends a little further down the page than\n"
        "anybody who had to type it on paper would have wished for.\n"
    )
    entry = one(f"Barge rams the gate of the upper lock\n\n{wrapped}")

    assert "rammed one of its gates" in entry.text
    assert "\n" not in entry.text.replace("\n\n", "")


@pytest.mark.parametrize("newline", ["\n", "\r\n", "\r", "\u2028"])
def test_line_ends_of_all_systems_are_read_alike(newline: str) -> None:
    text = f"Barge rams the gate\n\n\u00a0By\u00a0Jane Doe\t\n\n{BODY}\n\n{MORE}\n".replace("\n", newline)

    entry = one(text)

    assert (entry.title, entry.author, entry.text) == ("Barge rams the gate", "Jane Doe", f"{BODY}\n\n{MORE}")


def test_a_page_in_capitals_over_two_lines_keeps_its_headline_whole() -> None:
    entry = one(f"BARGE RAMS THE GATE OF THE UPPER LOCK\nAND SHUTS THE CANAL\n\n{BODY}\n\n{MORE}\n")

    assert entry.title == "BARGE RAMS THE GATE OF THE UPPER LOCK AND SHUTS THE CANAL"


def test_a_post_that_is_signed_by_no_one_has_no_publisher_and_takes_none_from_its_neighbour() -> None:
    first, second, third = read(
        f"Barge rams the gate\n\nPosted on by\n\n{BODY}\n\nBoats wait below the lock\n\nPosted"
        f" on by\n\n{MORE}\n\n[AP]\n\n"
        f"Lock to open on Monday\n\nPosted on by\n\n{BODY}\n"
    )

    assert [first.publisher, second.publisher, third.publisher] == [None, "AP", None]


# --- encodings and what is no text ------------------------------------------------------------------------

GERMAN = (
    "Fähre rammt die Schleuse am Oberkanal\n\nDie Schleuse wurde am Freitag gesperrt, nac"
    "hdem eine Fähre eines der Tore gerammt hatte. Zwölf Schiffe warten, und die Mannscha"
    "ften löschen die Ladung über Brücken.\n"
)
RUSSIAN = (
    "Баржа протаранила ворота верхнего шлюза\n\nШлюз на верхнем канале закрыли в пятницу,"
    " после того как баржа протаранила одни из его ворот, сообщил смотритель. Двенадцать "
    "судов ждут ниже шлюза.\n"
)
KOREAN = (
    "바지선이 상류 갑문을 들이받다\n\n바지선이 갑문 하나를 들이받은 뒤 상류 "
    "운하의 갑문이 금요일 닫혔다고 관리인이 말했다. 배 열두 척이 아래에서 기다"
    "리고 있으며 일부 선원은 짐을 내리기 시작했다.\n"
)


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-32"])
@pytest.mark.parametrize("text", [GERMAN, RUSSIAN, KOREAN])
def test_unicode_is_read_in_all_its_encodings(text: str, encoding: str) -> None:
    (entry,) = read(text, encoding=encoding)

    assert entry.title == text.split("\n")[0]


@pytest.mark.parametrize(
    ("text", "encoding"), [(GERMAN, "cp1252"), (RUSSIAN, "cp1251"), (RUSSIAN, "koi8-r"), (KOREAN, "cp949")]
)
def test_older_encodings_are_recognised_without_a_declaration(text: str, encoding: str) -> None:
    (entry,) = read(text, encoding=encoding)

    assert entry.title == text.split("\n")[0]


def test_a_broken_byte_in_utf8_spoils_one_character_only() -> None:
    (entry,) = read_seed(Document("a.txt", RUSSIAN.encode() + b" \xff\n"), NOW)

    assert entry.title == RUSSIAN.split("\n")[0]


@pytest.mark.parametrize(
    ("body", "words"),
    [
        (b"", "empty"),
        (b" \r\n\t\xc2\xa0\n", "empty"),
        (b"\xef\xbb\xbf", "empty"),
        (b"%PDF-1.7\n%\xe2\xe3", "PDF"),
        (b"\x89PNG\r\n\x1a\n", "PNG"),
        (b"PK\x03\x04\x14\x00", "ZIP"),
        (b"\x1f\x8b\x08\x00", "gzip"),
        (b"text\0with\0nuls", "binary"),
        (b"One line and nothing else", "no article"),
        (b"<html><body><nav>Home</nav></body></html>", "no article"),
        (b'{"articles": []}', "no article"),
        (b"---\ntags: [a]\n---\n", "no article"),
    ],
)
def test_what_yields_nothing_is_refused_with_its_reason(body: bytes, words: str) -> None:
    assert words in refused(body)


# --- kinds ------------------------------------------------------------------------------------------------


def test_content_decides_about_the_kind_before_the_name_does() -> None:
    json = '{"title": "Barge rams the gate", "body": "It was shut."}'
    for name in ("a.txt", "a.html", "a.md", "a"):
        assert one(json, name).title == "Barge rams the gate"


def test_an_archives_heading_is_no_key_of_a_head() -> None:
    entries = read(
        f"Category: Canals\n\nBarge rams the gate\n\nPosted on by\n\n{BODY}\n\nBoats wait\n\nP"
        f"osted on by\n\n{MORE}\n"
    )

    assert [(entry.title, entry.categories) for entry in entries] == [
        ("Barge rams the gate", ("Canals",)),
        ("Boats wait", ("Canals",)),
    ]


def test_labels_of_a_post_are_added_to_the_pages() -> None:
    first, second = read(
        f"Tag: Canals\nBarge rams the gate\nPosted on May 4, 2019 by Ann Lee\n{BODY}\nPosted i"
        f"n Locks, canals | 2 Comments\n"
        f"Boats wait\nPosted on May 3, 2019 by Ann Lee\n{MORE}\nPosted in Boats | Leave a comment\n"
    )

    assert first.categories == ("Canals", "Locks")
    assert second.categories == ("Canals", "Boats")


@pytest.mark.parametrize(
    ("text", "language"),
    [(GERMAN, "de"), (RUSSIAN, "ru"), (KOREAN, "ko"), (f"Barge rams the gate\n\n{BODY}\n\n{MORE}", "en")],
)
def test_the_language_is_told_by_script_and_common_words(text: str, language: str) -> None:
    assert one(text).language == language


def test_a_language_that_is_not_clear_is_unknown() -> None:
    assert one('{"title": "OK", "body": "Lorem ipsum dolor sit amet."}').language is None


def test_tracking_is_taken_off_an_address_and_other_schemes_are_no_address() -> None:
    assert (
        one('{"title": "A", "url": "https://example.org/a?utm_source=x&id=1#top"}').url
        == "https://example.org/a?id=1"
    )
    assert one('{"title": "A", "url": "javascript:alert(1)"}').url is None


def test_of_a_saved_page_s_markup_the_text_alone_is_kept() -> None:
    entry = one(
        f'<html><body><article><h1>Barge rams the gate</h1><p onclick="x()">{BODY}</p>'
        f'<script>alert(1)</script><p><a href="/more">{MORE}</a></p></article></body></html>'
    )

    assert entry.text == f"{BODY}\n\n{MORE}"


def test_reading_is_the_same_each_time() -> None:
    text = (
        f"Category: Canals\n\nBarge rams the gate\n\nPosted on by\n\n{BODY}\n\nBoats wait\n\nP"
        f"osted on by\n\n{MORE}\n"
    )

    assert read(text) == read(text)
