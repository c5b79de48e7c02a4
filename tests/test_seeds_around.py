"""What stands around posts and articles: addresses, links, notes, names; each rule on a small document."""

from datetime import UTC, datetime

import pytest

from aggregator.core.seeds import read_seed
from aggregator.model import Document, Entry

NOW = datetime(2026, 11, 1, tzinfo=UTC)
BODY = (
    "The lock on the upper canal was shut on Friday after a barge had rammed one of its g"
    "ates, the warden said."
)
MORE = (
    "Twelve boats are waiting below it, and some of their crews have begun to unload the cargo onto lorries."
)


def read(text: str, name: str = "page.txt") -> tuple[Entry, ...]:
    return read_seed(Document(name, text.encode()), NOW)


def one(text: str, name: str = "page.txt") -> Entry:
    (entry,) = read(text, name)
    return entry


# --- addresses, links to the whole piece, counters --------------------------------------------------------


@pytest.mark.parametrize(
    "label",
    [
        "Permalink:",
        "Permanent link:",
        "Original:",
        "Lien permanent :",
        "Enlace permanente:",
        "Постоянная ссылка:",
        "원문 링크:",
        "الرابط الدائم:",
        "原文链接：",
        "Dauerlink",
    ],
)
def test_a_labelled_address_under_a_post_is_its_url_and_no_text(label: str) -> None:
    page = "".join(
        f"{title}\nPosted on May {day}, 2011\n\n{body}\n\n{label} http://canal.example/2011/05/{day}/\n\n"
        for title, day, body in (
            ("Barge rams the gate of the upper lock", 9, BODY),
            ("Boats wait below the broken gate", 4, MORE),
        )
    )

    entries = read(page)

    assert [entry.url for entry in entries] == [
        "http://canal.example/2011/05/9/",
        "http://canal.example/2011/05/4/",
    ]
    assert [entry.text for entry in entries] == [BODY, MORE]


@pytest.mark.parametrize(
    "link",
    [
        "Continue reading Barge rams the gate of the upper lock",
        "Read more about Barge rams the gate",
        "Weiterlesen Kahn rammt das Tor der oberen Schleuse",
        "Seguir leyendo",
        "Lire la suite de «La péniche et l’écluse»",
        "Читать далее",
    ],
)
def test_the_link_to_the_whole_piece_leaves_a_teaser(link: str) -> None:
    page = (
        f"Barge rams the gate of the upper lock\nMay 9, 2011\n\n{BODY} {link}\n\n"
        f"Boats wait below the broken gate\nMay 4, 2011\n\n{MORE} {link}\n"
    )

    assert [entry.text for entry in read(page)] == [BODY, MORE]


def test_a_sentence_that_asks_to_read_on_stays() -> None:
    asked = f"{MORE} Read more books, the warden told them."

    assert one(f"Barge rams the gate of the upper lock\n\n{BODY}\n\n{asked}\n").text.endswith("told them.")


@pytest.mark.parametrize(
    "line",
    [
        "You are visitor number 004183",
        "Besucher Nr. 12.345 seit März 1999",
        "Vous êtes le visiteur n° 8812",
        "페이스북(으로) 기사보내기 트위터(으로) 기사보내기 카카오톡(으로) 기사보내기",
        "SNS 기사보내기",
        "바로가기 복사하기 본문 글씨 줄이기 본문 글씨 키우기",
    ],
)
def test_counters_and_rows_of_share_buttons_are_no_text(line: str) -> None:
    page = f"Barge rams the gate of the upper lock\n\n{line}\n\n{BODY}\n\n{MORE}\n\n{line}\n"

    assert one(page).text == f"{BODY}\n\n{MORE}"


# --- the paper's name, and what no headline is ------------------------------------------------------------


@pytest.mark.parametrize(
    ("head", "owned", "publisher"),
    [
        ("The Upper Canal Post | News of the locks", "© 2021 Canal Post Cooperative", "The Upper Canal Post"),
        ("Upper Canal Mercury", "© Mercury & Coast Newspapers 2021", "Upper Canal Mercury"),
        ("Lindener Kanalblatt", "© 2021 Verlagsgesellschaft Kanalblatt GmbH", "Lindener Kanalblatt"),
        ("Канальный вестник — новости шлюзов", "© «Канальный вестник», 2005–2021", "Канальный вестник"),
        ("Boats and weather", "© 2021 The Canal Post", "The Canal Post"),
    ],
)
def test_the_paper_at_the_head_goes_before_the_company_that_owns_it(
    head: str, owned: str, publisher: str
) -> None:
    page = (
        f"{head}\n\nHome\nSport\n\nBarge rams the gate of the upper lock\nMay 9, 2021\n\n"
        f"{BODY}\n\n{MORE}\n\n{owned}\n"
    )

    assert one(page).publisher == publisher


def test_the_last_sentence_of_a_post_is_no_headline_of_the_next() -> None:
    page = "".join(
        f"{title}\nPublicado el {day} mayo, 2018 por Milagros Ferrán\nDeja un comentario\n\n"
        f"{BODY}\n\n{last}\n\nPublicado en Canales | Etiquetado barcos, esclusas | Deja un comentario\n\n"
        for title, day, last in (
            ("Una barcaza choca con la esclusa", 9, "«Nadie resultó herido en el canal», dijo la guarda."),
            ("Doce barcos esperan río abajo", 4, "La esclusa volverá a abrir el lunes por la mañana."),
            ("El canal cumple un siglo", 2, "Habrá música."),
        )
    )

    entries = read(page)

    assert [entry.title for entry in entries] == [
        "Una barcaza choca con la esclusa",
        "Doce barcos esperan río abajo",
        "El canal cumple un siglo",
    ]
    assert entries[0].categories == ("Canales", "barcos", "esclusas")
    assert entries[1].text.endswith("el lunes por la mañana.")


def test_the_menus_section_is_no_label_where_posts_have_their_own() -> None:
    page = "Startseite Schleusen Sport Kultur\n\nSie sind hier: Startseite > Schleusen\n\n" + "".join(
        f"{title}\n{day}.08.2022 | Von Jens Kowalke\n\n{BODY}\n\nSchlagwörter: {label}\n\n"
        for title, day, label in (("Kahn rammt Tor", 17, "Kanal"), ("Zwölf Boote warten", 16, "Boote"))
    )

    assert [entry.categories for entry in read(page)] == [("Kanal",), ("Boote",)]


@pytest.mark.parametrize(
    "line",
    [
        "We value your privacy",
        "We and our 214 partners store and access information on a device.",
        "ACCEPT ALL   MANAGE OPTIONS",
        "Alle akzeptieren   Einstellungen",
        "Weather: 6°C Light rain",
        "Wetter in Oberlinden: 24 °C, leicht bewölkt",
        "Погода: +4 °C, облачно",
        "Share on Facebook   Share on X   Share by email   31 Comments",
    ],
)
def test_consent_weather_and_share_rows_make_no_archive_of_an_article(line: str) -> None:
    page = (
        f"{line}\n\nCanal Post\nThursday 16 January 2025\n{line}\n\nBarge rams the gate of the upper lock\n"
        f"By Jane Doe\nLocal Democracy Reporter\nPublished: 15 January 2025, 17:42 GMT\n{line}\n\n{BODY}\n\n"
        f"Read more: Where will the barges go?\n\n{MORE}\n"
    )

    entry = one(page)

    assert (entry.title, entry.author) == ("Barge rams the gate of the upper lock", "Jane Doe")
    assert entry.text == f"{BODY}\n\n{MORE}"


# --- notes about the author -------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "note",
    [
        "Jane Doe covers the canals for the Post. Reach her at jdoe@canal.example.",
        "Jane Doe is a staff writer for the Canal Post.",
        "Contact the reporter at jdoe@canal.example or 555-0123.",
        "Jane Doe can be reached at jdoe@canal.example.",
        "Jane Doe ist Redakteurin beim Kanalblatt.",
        "Jane Doe es corresponsal del Diario del Canal.",
        "jdoe@canal.example",
    ],
)
def test_a_note_about_the_author_leaves_the_end_of_a_text(note: str) -> None:
    page = (
        f"Barge rams the gate of the upper lock\nBy Jane Doe\nMay 9, 2021\n\n{BODY}\n\n{MORE}\n\n{note}\n\n"
        f"Source: https://canal.example/2021/05/barge\nSaved from The Canal Post on 3 March 2023\n"
    )

    entry = one(page)

    assert entry.text == f"{BODY}\n\n{MORE}"
    assert (entry.author, entry.publisher) == ("Jane Doe", "The Canal Post")
    assert entry.published == datetime(2021, 5, 9, tzinfo=UTC)


@pytest.mark.parametrize(
    "paragraph",
    [
        "The meeting is open to all. Contact the clerk at clerk@town.example before Thursday at noon.",
        "Anyone who saw the barge is asked to contact detectives at tips@police.example by Friday.",
        "Tom Hale is a reporter for the Bay Paper and was on board when the barge hit the gate.",
    ],
)
def test_somebody_else_at_the_end_of_a_text_stays(paragraph: str) -> None:
    page = f"Barge rams the gate of the upper lock\nBy Jane Doe\nMay 9, 2021\n\n{BODY}\n\n{paragraph}\n"

    assert one(page).text == f"{BODY}\n\n{paragraph}"


# --- papers in Markdown, feet of mails and records, names of saved sites ----------------------------------


@pytest.mark.parametrize(
    ("headline", "under"),
    [
        ("Barge rams the gate", "*Radio Canal — 14 May 2024*"),
        ("Barge rams the gate (*Radio Canal*)", "14 May 2024"),
        ("Barge rams the gate [Radio Canal]", "14 May 2024"),
        ("Barge rams the gate — _Radio Canal_", "14 May 2024"),
        ("Barge rams the gate", "[Radio Canal, 14 May 2024]"),
    ],
)
def test_an_item_of_a_markdown_digest_names_its_paper(headline: str, under: str) -> None:
    text = (
        f"## {headline}\n\n{under}\n\n{BODY}\n\n## {headline.replace('gate', 'quay')}\n\n{under}\n\n{MORE}\n"
    )

    entries = read(text, "week.md")

    assert [entry.title for entry in entries] == ["Barge rams the gate", "Barge rams the quay"]
    assert {entry.publisher for entry in entries} == {"Radio Canal"}
    assert {entry.published for entry in entries} == {datetime(2024, 5, 14, tzinfo=UTC)}
    assert entries[0].text == BODY


def test_a_remark_in_brackets_is_no_paper_of_a_markdown_headline() -> None:
    first = f"## Barge rams the gate (again)\n\n*14 May 2024*\n\n{BODY}\n\n"
    text = f"{first}## Boats wait (video)\n\n*15 May 2024*\n\n{MORE}\n"

    assert [(e.title, e.publisher) for e in read(text, "week.md")] == [
        ("Barge rams the gate (again)", None),
        ("Boats wait (video)", None),
    ]


@pytest.mark.parametrize(
    ("head", "foot"),
    [
        ("Link: http://canal.example/9\nTags: canal, boats\n", ""),
        ("X-URL: <http://canal.example/9>\nKeywords: canal, boats\n", ""),
        ("Archived-At: <http://canal.example/9>\n", "\nTags: canal, boats\n"),
        ("", "\nURL: http://canal.example/9\nKeywords: canal, boats\n"),
    ],
)
def test_a_mails_head_or_foot_names_address_and_labels(head: str, foot: str) -> None:
    mail = (
        "From: Canal Post <news@canal.example>\nSubject: Barge rams the gate\n"
        f"Date: Wed, 12 Mar 1997 19:20:00 +0700\n{head}\n{BODY}\n\n{MORE}\n{foot}"
    )

    entry = one(mail, "mail.txt")

    assert (entry.url, entry.categories) == ("http://canal.example/9", ("canal", "boats"))
    assert entry.text == f"{BODY}\n\n{MORE}"


def test_a_databases_lines_under_a_record_are_no_text() -> None:
    record = (
        f"Title: Barge rams the gate\nPublication title: Canal Post\nFull text: {BODY}\n\n{MORE}\n\n"
        "Copyright: Copyright Canal Post 2010\nLast updated: 2017-11-20\nDatabase: Regional Papers\n"
    )

    assert one(record).text == f"{BODY}\n\n{MORE}"


@pytest.mark.parametrize(
    "title",
    [
        "November | 2014 | The Canal Voice",
        "Archives mai 2016 – The Canal Voice",
        "May 2016 « The Canal Voice",
    ],
)
def test_a_saved_archives_month_is_not_its_publisher(title: str) -> None:
    posts = "".join(
        f'<div class="billet"><h2><a href="/{n}">{head}</a></h2><p>By Jane Doe, May {n}, 2016</p>'
        f"<p>{body}</p></div>"
        for n, head, body in ((9, "Barge rams the gate", BODY), (4, "Boats wait below", MORE))
    )

    entries = read(f"<html><head><title>{title}</title></head><body>{posts}</body></html>", "page.html")

    assert [entry.title for entry in entries] == ["Barge rams the gate", "Boats wait below"]
    assert {entry.publisher for entry in entries} == {"The Canal Voice"}
