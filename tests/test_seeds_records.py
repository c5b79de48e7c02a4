"""Rules of documents that name their values: heads, mail, front matter and Markdown, JSON."""

import json
from datetime import UTC, datetime
from typing import Any

import pytest

from aggregator.core.seeds import read_seed
from aggregator.core.seeds.keys import field_of, rank_of
from aggregator.model import Document, Entry

NOW = datetime(2026, 11, 1, tzinfo=UTC)
BODY = (
    "The ferry ran aground in thick fog on Friday, and its passengers had to wait for the tide to come back."
)
MORE = "Nobody was hurt, the coast guard said."


def read(text: str | bytes, name: str = "seed.txt") -> tuple[Entry, ...]:
    return read_seed(Document(name, text if isinstance(text, bytes) else text.encode()), NOW)


def one(text: str | bytes, name: str = "seed.txt") -> Entry:
    (entry,) = read(text, name)
    return entry


def row(**values: Any) -> Entry:
    return one(json.dumps({"title": "Ferry runs aground", "text": BODY, **values}), "seed.json")


def day(entry: Entry) -> str | None:
    return entry.published.isoformat()[:10] if entry.published else None


# --- keys -------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("key", "field"),
    [
        ("pubDate", "published"),
        ("published_at", "published"),
        ("webPublicationDate", "published"),
        ("article:published_time", "published"),
        ("Publication date", "published"),
        ("Publication title", "publisher"),
        ("source.name", "publisher"),
        ("og:site_name", "publisher"),
        ("Author(s)", "author"),
        ("canonicalURL", "url"),
        ("title.rendered", "title"),
        ("Mots-clés", "categories"),
        ("Başlık", "title"),
        ("来源", "publisher"),
        ("연락처", None),
        ("urlToImage", None),
        ("source_id", None),
        ("author_url", None),
        ("ts_fetched", None),
        ("date_download", None),
        ("Retrieved", None),
        ("date clipped", None),
    ],
)
def test_a_key_names_its_field_in_any_spelling(key: str, field: str | None) -> None:
    assert field_of(key) == field


def test_of_two_keys_the_more_telling_one_counts() -> None:
    assert rank_of("published") < rank_of("date") < rank_of("timestamp")  # type: ignore[operator]
    assert day(row(timestamp="2020-01-03", date="2020-01-02", published="2020-01-01")) == "2020-01-01"


# --- values -----------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "value",
    [
        1_583_020_800,
        1_583_020_800_000,
        "1583020800",
        20_200_301,
        [2020, 3, 1],
        {"$date": "2020-03-01T00:00:00Z"},
        {"$date": {"$numberLong": "1583020800000"}},
        {"_seconds": 1_583_020_800, "_nanoseconds": 0},
        {"year": 2020, "month": 3, "day": 1},
        "Sun, 01 Mar 2020 00:00:00 GMT",
        "1 मार्च 2020",
        "2020年3月1日",
        "1. März 2020",
        "1 Maret 2020",
    ],
)
def test_a_date_is_read_in_the_forms_that_databases_and_people_write(value: Any) -> None:
    assert day(row(published=value)) == "2020-03-01"


@pytest.mark.parametrize("value", [0, 7, True, 2019, "soon", {}, [], [2020], {"year": 2020}])
def test_what_is_no_date_is_none(value: Any) -> None:
    assert row(published=value).published is None


def test_the_order_of_numeric_dates_is_told_by_the_other_rows() -> None:
    rows = [{"title": f"Ferry {d}", "text": BODY, "date": d} for d in ("04/03/2022", "25/03/2022")]
    assert [day(entry) for entry in read(json.dumps(rows), "a.json")] == ["2022-03-04", "2022-03-25"]


def test_the_day_of_a_clipping_is_no_day_of_publication() -> None:
    clipped = f"---\ntitle: Ferry\nsource: https://bay.example/ferry\ncreated: 2025-03-09\n---\n{BODY}\n"
    written = f"---\ntitle: Ferry\nsource: Bay Post\ncreated: 2025-03-09\n---\n{BODY}\n"

    assert (one(clipped, "a.md").published, one(clipped, "a.md").url) == (None, "https://bay.example/ferry")
    assert day(one(written, "a.md")) == "2025-03-09"


@pytest.mark.parametrize(
    ("value", "author"),
    [
        ("By Jane Doe", "Jane Doe"),
        ("[[Jane Doe]]", "Jane Doe"),
        ("jane@bay.example (Jane Doe)", "Jane Doe"),
        ("Jane Doe <jane@bay.example>", "Jane Doe"),
        ("Doe, Jane", "Doe, Jane"),
        ("Jane Doe; Joe Bloggs", "Jane Doe, Joe Bloggs"),
        ({"first_name": "Jane", "last_name": "Doe"}, "Jane Doe"),
        ([{"name": "Jane Doe"}, {"name": "Joe Bloggs"}], "Jane Doe, Joe Bloggs"),
        ("https://bay.example/#person", None),
        ("Staff", None),
        ("N/A", None),
        (12, None),
    ],
)
def test_an_author_is_a_name_without_what_is_around_it(value: Any, author: str | None) -> None:
    assert row(author=value).author == author


@pytest.mark.parametrize(
    ("value", "publisher"),
    [
        ({"id": None, "name": "Bay Post"}, "Bay Post"),
        ({"uri": "bay.example", "title": "Bay Post"}, "Bay Post"),
        ("[Bay Post](https://bay.example)", "Bay Post"),
        ("https://bay.example/ferry", None),
        ({"id": "bay"}, None),
    ],
)
def test_a_publisher_is_a_name_and_no_address(value: Any, publisher: str | None) -> None:
    assert row(source=value).publisher == publisher


@pytest.mark.parametrize(
    ("value", "labels"),
    [
        ("ports, fog", ("ports", "fog")),
        ("ports; fog", ("ports", "fog")),
        (["ports", {"name": "fog"}], ("ports", "fog")),
        ({"ports": {"name": "ports"}, "fog": {"name": "fog"}}, ("ports", "fog")),
        ([{"name": "subject", "value": "ports"}], ("ports",)),
        ([3, 9], ()),
        ("NEWS; Pg. 3", ("NEWS",)),
        (["clippings", "ports"], ("ports",)),
        ("港口 雾", ("港口", "雾")),
    ],
)
def test_labels_are_words_and_no_numbers_or_marks_of_a_reader(value: Any, labels: tuple[str, ...]) -> None:
    assert row(tags=value).categories == labels


def test_the_name_of_the_site_is_no_part_of_a_title() -> None:
    by_publisher = row(title="Ferry runs aground - Bay Post", source="Bay Post")
    by_address = row(title="Ferry runs aground | Bay Courier", url="https://www.bay-courier.example/a")
    neither = row(title="Ferry runs aground - again", url="https://bay.example/a")

    assert (by_publisher.title, by_address.title) == ("Ferry runs aground", "Ferry runs aground")
    assert (by_address.publisher, neither.title) == ("Bay Courier", "Ferry runs aground - again")


@pytest.mark.parametrize(
    "text",
    [
        f"<p>{BODY}</p><p>{MORE}</p>",
        f"&lt;p&gt;{BODY}&lt;/p&gt;&lt;p&gt;{MORE}&lt;/p&gt;",
        f"**The ferry** ran{BODY.removeprefix('The ferry ran')}\n\n{MORE}",
        f"{BODY}\n\n{MORE} [+1234 chars]",
        [BODY, MORE],
        {"blocks": [{"type": "paragraph", "data": {"text": BODY}}, {"data": {"text": MORE}}]},
        {"rendered": f"<p>{BODY}</p>\n<p>{MORE}</p>"},
    ],
)
def test_a_body_becomes_plain_paragraphs_whatever_marks_it_has(text: Any) -> None:
    assert row(text=text).text == f"{BODY}\n\n{MORE}"


# --- JSON -------------------------------------------------------------------------------------------------

ENTRY = {"title": "Ferry runs aground", "text": BODY, "url": "https://bay.example/ferry"}


@pytest.mark.parametrize(
    "value",
    [
        [ENTRY],
        {"data": ENTRY},
        {"data": {"articles": {"results": [ENTRY]}}},
        {"hits": {"hits": [{"_id": "1", "_source": ENTRY}]}},
        {"data": [{"type": "article", "id": "1", "attributes": ENTRY}]},
        {"data": {"posts": {"edges": [{"node": ENTRY}]}}},
        {"db": [{"data": {"posts": [ENTRY]}}]},
        {"a1": ENTRY},
        {"sections": [{"name": "World", "articles": [ENTRY]}]},
        {"@graph": [{"@type": "WebSite", "name": "Bay"}, {"@type": "NewsArticle", **ENTRY}]},
        {key: {"0": value} for key, value in ENTRY.items()},
        {"columns": list(ENTRY), "data": [list(ENTRY.values())]},
        [list(ENTRY), list(ENTRY.values())],
        {**ENTRY, "related": [{"title": "Pier", "url": "https://bay.example/pier"}]},
    ],
)
def test_an_entry_is_found_wherever_json_keeps_it(value: Any) -> None:
    entry = one(json.dumps(value), "seed.json")
    assert (entry.title, entry.text, entry.url) == tuple(ENTRY.values())


def test_entries_of_a_feed_are_published_by_it_unless_they_say_who() -> None:
    said = {**ENTRY, "title": "Pier", "source": "AP"}
    feed = {"rss": {"channel": {"title": "Bay Post", "link": "https://bay.example", "item": [ENTRY, said]}}}
    assert [entry.publisher for entry in read(json.dumps(feed), "seed.json")] == ["Bay Post", "AP"]


@pytest.mark.parametrize(
    "text",
    [
        '{"title": "A", "text": "a"}\n{broken\n{"title": "B", "text": "b"}\n',
        '[{"title": "A", "text": "a"},\n{"title": "B", "text": "b"},\n{"title": "C',
        '{\n "title": "A"\n}\n{\n "title": "B"\n}\n',
        '\x1e{"title": "A"}\n\x1e{"title": "B"}\n',
        'callback([{"title": "A"}, {"title": "B"}]);',
        '{"title": "A"} {"title": "B"}',
    ],
)
def test_what_is_broken_in_json_does_not_lose_the_rest(text: str) -> None:
    assert [entry.title for entry in read(text, "seed.json")] == ["A", "B"]


# --- heads ------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "head",
    [
        "Title: Ferry runs aground\nSource: Bay Post\nDate: 2020-03-01",
        "TITLE : Ferry runs aground\nSOURCE : Bay Post\nDATE : 2020-03-01",
        "**Title:** Ferry runs aground\n**Source:** Bay Post\n**Date:** 2020-03-01",
        "Title = Ferry runs aground\nSource = Bay Post\nDate = 2020-03-01",
        "Title\tFerry runs aground\nSource\tBay Post\nDate\t2020-03-01",
        "[Title] Ferry runs aground\n[Source] Bay Post\n[Date] 2020-03-01",
        "Title:\nFerry runs aground\nSource:\nBay Post\nDate:\n2020-03-01",
        "Title: Ferry runs\n  aground\nSource: Bay Post\nWord count: 74\nDate: 2020-03-01",
        "Copyright 2020 Bay Post\nAll Rights Reserved\nTitle: Ferry runs aground\nDate: March 1, 2020 Sunday",
        "1 of 1 DOCUMENTS\n\nBay Post\n\nMarch 1, 2020\n\nHEADLINE: Ferry runs aground\n\nLENGTH: 9 words",
        "Ferry runs aground\nBy: Jane Doe\nSource: Bay Post\nDate: 2020-03-01",
    ],
)
def test_a_head_is_read_in_the_forms_that_people_and_databases_write(head: str) -> None:
    entry = one(f"{head}\n\n{BODY}\n")
    assert (entry.title, entry.publisher, day(entry)) == ("Ferry runs aground", "Bay Post", "2020-03-01")
    assert entry.text == BODY


def test_a_text_may_begin_like_a_key_or_without_a_blank_line() -> None:
    note = "Note: the port's rules require a reply from a human being, and a waltz is none, a pilot said."
    assert one(f"Title: Ferry\nDate: 2020-03-01\n\n{note}\n").text == note
    assert one(f"Title: Ferry\nDate: 2020-03-01\n{BODY}\n").text == BODY


def test_keys_under_a_text_belong_to_the_head() -> None:
    entry = one(f"Title: Ferry\nDate: 2020-03-01\n\n{BODY}\n\nSource: Bay Post\nURL: https://bay.example/a\n")
    assert (entry.publisher, entry.url, entry.text) == ("Bay Post", "https://bay.example/a", BODY)


@pytest.mark.parametrize(
    "rule", ["-----", "=====", "***", "###", "* * *", "--- 2 ---", "\f", "2 of 2 DOCUMENTS", "", "─────"]
)
def test_records_are_parted_by_rules_or_by_their_heads(rule: str) -> None:
    record = "Title: Ferry {}\nDate: 2020-03-0{}\n\n" + BODY
    entries = read(f"{record.format(1, 1)}\n\n{rule}\n\n{record.format(2, 2)}\n")
    assert [(e.title, day(e), e.text) for e in entries] == [
        ("Ferry 1", "2020-03-01", BODY),
        ("Ferry 2", "2020-03-02", BODY),
    ]


# --- mail -------------------------------------------------------------------------------------------------


def mail(sender: str, body: str = BODY, extra: str = "") -> str:
    head = f"From: {sender}\nTo: a@b.example\nSubject: Ferry\nDate: Sun, 1 Mar 2020 07:00:00 +0200\n"
    return f"{head}{extra}\n{body}\n"


@pytest.mark.parametrize(
    ("sender", "author", "publisher"),
    [
        ("Jane Doe <jane.doe@bay.example>", "Jane Doe", None),
        ("Bay Letter <hello@bayletter.example>", None, "Bay Letter"),
        ("The Tideline Dispatch <dispatch@tideline.example>", None, "The Tideline Dispatch"),
        ("Jane Doe from The Dispatch <jane@d.example>", "Jane Doe", "The Dispatch"),
        ("=?utf-8?B?0JLQtdGB0YLQuCDQmtC+0YHRiw==?= <news@vesti.example>", None, "Вести Косы"),
        ("jane@bay.example", None, None),
    ],
)
def test_a_sender_is_a_person_or_a_paper(sender: str, author: str | None, publisher: str | None) -> None:
    entry = one(mail(sender))
    assert (entry.title, entry.author, entry.publisher) == ("Ferry", author, publisher)
    assert (entry.text, day(entry)) == (BODY, "2020-03-01")


@pytest.mark.parametrize("word", ["=?utf-8?B?x?=", "=?nonsense?Q?x?=", "=?utf-8?Q?=?="])
def test_a_broken_word_in_a_head_is_kept_as_written(word: str) -> None:
    assert (
        one(f"From: a@b.example\nSubject: {word}\nDate: Sun, 1 Mar 2020 07:00:00 +0200\n\n{BODY}\n").text
        == BODY
    )


def test_a_signature_and_the_lines_about_the_subscription_are_no_text() -> None:
    foot = "-- \nYou signed up.\nUnsubscribe: https://x.example"
    body = f"View in your browser: https://bay.example/14\n\n{BODY}\n\n{foot}"
    entry = one(mail("Bay Letter <hello@bayletter.example>", body))
    assert (entry.text, entry.url) == (BODY, "https://bay.example/14")


def test_a_message_in_parts_is_read_from_its_plain_or_its_html_part() -> None:
    parts = (
        f"--x\nContent-Type: text/html; charset=utf-8\nContent-Transfer-Encoding: quoted-printable\n\n"
        f"<p>{BODY[:40]}=\n{BODY[40:]}</p>\n--x--"
    )
    extra = 'MIME-Version: 1.0\nContent-Type: multipart/alternative; boundary="x"\n'
    assert one(mail("Jane Doe <jane@bay.example>", parts, extra)).text == BODY


# --- Markdown ---------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("marks", "text"),
    [
        ("[[Ferry|The ferry]] ran", "The ferry ran"),
        ("The [[ferry]] ran", "The ferry ran"),
        ("The ferry[^1] ran", "The ferry ran"),
        ("The ==ferry== ~~ran~~", "The ferry ran"),
        ("The [ferry](https://x.example/a_(b)) ran", "The ferry ran"),
        ("![[ferry.jpg]] The ferry ran", "The ferry ran"),
        ("> [!note]\n> The ferry ran", "The ferry ran"),
        ("<!-- more -->\n\nThe ferry ran", "The ferry ran"),
        ("{{< figure src=a.jpg >}}\n\nThe ferry ran", "The ferry ran"),
        ("The ferry ran\n\n[^1]: A note.\n    It goes on.", "The ferry ran"),
        ("| The | ferry |\n|---|---|\n| ran | out |", "The | ferry ran | out"),
    ],
)
def test_marks_of_markdown_are_no_text(marks: str, text: str) -> None:
    entry = one(f"# Ferry runs aground\n\n{marks}\n\n{BODY}\n", "a.md")
    assert " ".join(entry.text.removesuffix(BODY).split()) == " ".join(text.split())


@pytest.mark.parametrize(
    "head",
    [
        "---\ntitle: Ferry\nauthor:\n  name: Jane Doe\ntags: [ports, fog]\n---\n",
        "---\ntitle: >-\n  Ferry\nauthors:\n  - name: Jane Doe\n    url: /jane\ntags:\n- ports\n- fog\n---\n",
        '+++\ntitle = "Ferry"\n[params]\nauthor = "Jane Doe"\n[taxonomies]\ntags = ["ports", "fog"]\n+++\n',
        '{"title": "Ferry", "author": "Jane Doe", "tags": ["ports", "fog"]}\n\n',
        "---\nlayout: post\ntitle: Ferry\nauthor: Jane Doe # a comment\ntags: ports fog\n---\n",
        "# Ferry\n\n- Author: [[Jane Doe]]\n- Tags: ports, fog\n\n",
        "# Ferry\n\n**Author:** Jane Doe\n**Tags:** ports, fog\n\n---\n\n",
        "Title: Ferry\nAuthor: Jane Doe\nTags: ports, fog\n\n",
    ],
)
def test_a_note_says_who_and_what_in_many_forms(head: str) -> None:
    entry = one(f"{head}{BODY}\n", "a.md")
    assert (entry.title, entry.author, entry.categories) == ("Ferry", "Jane Doe", ("ports", "fog"))
    assert entry.text == BODY


def test_a_file_may_be_named_by_its_day() -> None:
    assert day(one(f"---\ntitle: Ferry\n---\n{BODY}\n", "2020-03-01-ferry.md")) == "2020-03-01"
    assert one(f"---\ntitle: Ferry\n---\n{BODY}\n", "ferry.md").published is None


def test_first_headings_part_articles_and_second_ones_where_they_say_who_or_when() -> None:
    first = f"# Ferry\n\n{BODY}\n\n# Pier\n\n{BODY}\n"
    second = (
        f"# Week 9\n\n## [Ferry](https://x.example/a)\n\n{BODY}\n\n## [Pier](https://x.example/b)\n\n{BODY}\n"
    )
    chapters = f"# Ferry\n\n{BODY}\n\n## The fog\n\n{BODY}\n\n## The tide\n\n{BODY}\n"

    assert [entry.title for entry in read(first, "a.md")] == ["Ferry", "Pier"]
    assert [entry.url for entry in read(second, "a.md")] == ["https://x.example/a", "https://x.example/b"]
    assert one(chapters, "a.md").title == "Ferry"


# --- pages ------------------------------------------------------------------------------------------------


def test_a_company_that_owns_a_page_is_named_as_its_paper() -> None:
    top = "Menu\nHome\nPenmarsh Observer\n\nFerry runs aground in thick fog\nBy Jane Doe\n\n"
    page = f"{top}{BODY}\n\n{BODY}\n\n"
    assert one(f"{page}© Penmarsh Media Group 2020\n").publisher == "Penmarsh Observer"
    assert one(f"{page}© Other Media Group 2020\n").publisher == "Other Media Group"


def test_numbers_of_links_are_no_text() -> None:
    head = "[1]Home\n[2]News\n\nFerry runs aground in the fog\n\nBy [3]Jane Doe | March 1, 2020\n\n"
    page = f"{head}{BODY}\n\n{MORE}\n"
    references = "\nReferences\n\n   1. https://bay.example/\n   2. https://bay.example/news\n"
    entry = one(page + references)
    assert (entry.title, entry.author) == ("Ferry runs aground in the fog", "Jane Doe")
    assert entry.text == f"{BODY}\n\n{MORE}"


# --- encodings --------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "encoding"),
    [
        (
            "Título: El barco encalló en la niebla de mañana\nFecha: 2020-03-01\n\nNadie resultó herido.",
            "cp1252",
        ),
        ("Titre : Le bac s'est échoué à l'aube\nDate : 2020-03-01\n\nLe bac a été dégagé.", "latin-1"),
        (
            "Заголовок: Паром сел на мель в тумане\nДата: 2020-03-01\n\nНикто не пострадал.",
            "koi8-r",
        ),
        ("Заголовок: Паром сел на мель\nДата: 2020-03-01\n\nНикто не пострадал.", "utf-16-le"),
        ("タイトル: 霧で渡し船が座礁\n日付: 2020-03-01\n\nけが人はいなかった。", "iso2022_jp"),
        ("タイトル: 霧で渡し船が座礁\n日付: 2020-03-01\n\nけが人はいなかった。", "utf-16-be"),
    ],
)
def test_an_encoding_is_told_by_its_bytes(text: str, encoding: str) -> None:
    title = text.split("\n")[0].split(":", 1)[1].strip()
    assert one(text.encode(encoding)).title == title
