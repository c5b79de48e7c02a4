"""Nothing enters the model uncleaned: text, HTML and URLs that feeds say."""

import sqlite3
import unicodedata

import pytest
from hypothesis import example, given
from hypothesis import strategies as st
from lxml import etree

from aggregator.core.clean import (
    MAX_TEXT,
    MAX_URL,
    clean_line,
    clean_text,
    clean_url,
    html_to_text,
)

BASE = "https://news.example/korea/page.html"
ANY_TEXT = st.text(st.characters(codec=None))  # with lone surrogates
MARKS = st.text("a\u0301\u0323\u0344\u0f73\u1100\u1161 \n", max_size=200)
FRAGMENTS = (
    "<p>|</p>|<div>|</div>|<b>|</b>|<a>|<a href='/x?a=1&amp;b=2'>|</a>|<ul>|<li>|</ul>|<table>|<tr>|"
    "<td>|</table>|<pre>|\n|</pre>|<br>|<hr/>|<script>|</script>|<style>|<svg>|<math>|<!--|-->|<h1>|&lt;|&nbsp;|&#1;|&#13;|&|"
    "<|>|\"|'|=|<ruby>|<rt>|<q>|<dl>|<dd>|<caption>|<thead>|<img src=x onerror=f()>|<a href=javascript:f()>|"
    "<b onclick=f()>|<b/|\x00|\r"
).split("|")
MARKUP = st.lists(
    st.sampled_from(FRAGMENTS) | st.text(st.characters(codec=None), max_size=5), max_size=30
).map("".join)


def is_storable(text: str) -> bool:
    """Ask the three that must take it: XML, UTF-8, SQLite."""
    element = etree.Element("text")
    element.text = text
    read_back = etree.fromstring(etree.tostring(element)).text or ""
    with sqlite3.connect(":memory:") as database:
        stored = database.execute("SELECT ?", (text,)).fetchone()[0]
    database.close()
    return read_back == text and stored == text and text.encode().decode() == text


# --- text ---------------------------------------------------------------------------------------------


@pytest.mark.parametrize("clean", [clean_text, clean_line, html_to_text])
def test_every_code_point_comes_out_as_text_that_can_be_stored(clean):
    everything = [chr(number) for number in range(0x110000)]

    cleaned = [
        clean("".join(everything[start : start + 4_096])) for start in range(0, len(everything), 4_096)
    ]

    assert all(is_storable(text) for text in cleaned)


def test_letters_of_every_script_stay_as_they_are():
    text = "Ελλάδα, Україна, العربية, עברית, 한국어, 日本語, हिन्दी, 🇰🇷 👩\u200d👧"

    assert clean_text(text) == text


def test_a_control_character_a_surrogate_and_a_noncharacter_become_the_replacement_character():
    assert clean_text("a\x00b\x9bc\ud800d\uffffe\U0001fffef") == "a�b�c�d�e�f"


def test_line_ends_and_blank_lines_are_made_even():
    assert clean_text(" one\r\ntwo\rthree\u2028four \n \n\t\n five ") == "one\ntwo\nthree\nfour\n\nfive"


def test_every_kind_of_space_becomes_a_plain_one():
    assert clean_text("a\u00a0\u2003\tb\u3000c") == "a b c"


def test_what_splits_words_unseen_or_turns_text_around_is_gone():
    assert clean_text("\ufeffinter\u00adnational \u202elatot") == "international latot"


def test_text_is_composed():
    assert clean_text("Zu\u0308rich") == "Zürich"


@pytest.mark.parametrize(("limit", "kept"), [(7, "한국"), (6, "한국"), (5, "한"), (2, ""), (0, ""), (-1, "")])
def test_a_cap_counts_bytes_and_never_cuts_a_character(limit, kept):
    assert clean_text("한국어", limit) == kept


def test_a_line_has_no_line_end():
    assert clean_line(" Kim\n\n meets \t Moon ") == "Kim meets Moon"


def test_a_title_is_capped_at_a_kilobyte():
    assert clean_line("가" * 1_000) == "가" * 333


def test_a_letter_carries_a_bounded_number_of_marks():
    # Without the bound, sorting 400,000 marks takes hours.
    assert len(clean_text("a" + "\u0301\u0323" * 200_000)) < 40


@given(ANY_TEXT | MARKS)
@example("\u00ad\n\u00ad")
@example("a\u0344" * 40)
def test_cleaning_text_twice_is_cleaning_it_once(raw):
    for clean in (clean_text, clean_line):
        once = clean(raw)
        assert clean(once) == once
        assert unicodedata.is_normalized("NFC", once)
        assert is_storable(once)


@given(ANY_TEXT, st.integers(0, 40))
def test_capped_text_fits_and_stays_as_it_is(raw, limit):
    once = clean_text(raw, limit)

    assert len(once.encode()) <= limit
    assert clean_text(once, limit) == once


# --- URLs ---------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("raw", "clean"),
    [
        ("https://news.example/a", "https://news.example/a"),
        ("  https://news.example/a\n", "https://news.example/a"),
        ("HTTPS://News.EXAMPLE:443/A?B=C", "https://news.example/A?B=C"),
        ("http://news.example:8080", "http://news.example:8080/"),
        ("https://user:secret@news.example/", "https://news.example/"),
        ("https://news.example/a#part", "https://news.example/a"),
        ("https://news.example/?utm_source=rss&id=7&fbclid=x&UTM_medium=y", "https://news.example/?id=7"),
        ("https://news.example/a?utm%5Fsource=rss", "https://news.example/a"),
        ("https://news.example/a?ref=7&source=x", "https://news.example/a?ref=7&source=x"),
        ("https://news.example/a b/ü?q=한", "https://news.example/a%20b/%C3%BC?q=%ED%95%9C"),
        ("https://news.example/100%", "https://news.example/100%25"),
        ("https://news.example/%7Ea", "https://news.example/%7Ea"),
        ("https://xn--mnchen-3ya.example/", "https://xn--mnchen-3ya.example/"),
        ("https://MÜNCHEN.example/", "https://münchen.example/"),
        ("http://[2001:DB8::1]:81/", "http://[2001:db8::1]:81/"),
        ("/a?b=1", "https://news.example/a?b=1"),
        ("b.html", "https://news.example/korea/b.html"),
        ("//other.example/a", "https://other.example/a"),
    ],
)
def test_a_url_is_made_absolute_comparable_and_untracked(raw, clean):
    assert clean_url(raw, BASE) == clean


@pytest.mark.parametrize(
    "raw",
    [
        "",
        "javascript:alert(1)",
        " javascript:alert(1)",
        "JaVaScRiPt:alert(1)",
        "java\nscript:alert(1)",
        "data:text/html,x",
        "vbscript:x",
        "file:///etc/passwd",
        "ftp://news.example/",
        "mailto:a@news.example",
        "tag:news.example,2019:1",
        "https://",
        "https:///path",
        "https://news.example:0/",
        "https://news.example:99999/",
        "https://news.example:x/",
        "https://[::1",
        "https://news.example/a\x00b",
        "https://news.example/a\tb",
        "https://good.example\\@evil.example/",
        "https://a b.example/",
        "https://news.example/\ud800",
        "https://news.example/" + "a" * MAX_URL,
        "https://news.example/" + "한" * 300,
    ],
)
def test_what_is_no_proper_web_address_is_no_url(raw):
    assert clean_url(raw) is None
    assert raw == "" or clean_url(raw, BASE) is None


def test_a_relative_url_without_a_base_is_no_url():
    assert clean_url("/a") is None


@given(
    st.text(st.characters(codec=None))
    | st.text("htps:/.?#&=@[]\\%a0 üutm_\n", max_size=30).map("https://h.example".__add__)
)
def test_a_clean_url_is_clean_whatever_came_in(raw):
    for base in (None, BASE):
        url = clean_url(raw, base)
        if url is not None:
            assert url.startswith(("http://", "https://"))
            assert clean_url(url) == clean_url(url, BASE) == url
            assert is_storable(url)
            assert len(url.encode()) <= MAX_URL


# --- HTML ---------------------------------------------------------------------------------------------

ATTACKS = [
    "<script>alert(1)</script>",
    "<svg/onload=alert(1)>",
    "<b>x</b><img/src=x onerror=alert(1)>",
    "<a href=javascript:alert(1)>x</a>",
    "<a href='java&#10;script:alert(1)'>x</a>",
    "<a href='&#x6A&#x61vascript:alert(1)'>x</a>",
    "<a href='data:text/html,<script>alert(1)</script>'>x</a>",
    '<a href="https://x.example/&quot; onmouseover=alert(1) &quot;">x</a>',
    "<p style='background:url(//evil.example)' class=x id=y onclick=alert(1)>x</p>",
    "<iframe src=//evil.example></iframe><object data=//evil.example></object><embed src=//evil.example>",
    "<form action=//evil.example><input name=password><button>go</button></form>",
    "<meta http-equiv=refresh content='0;url=//evil.example'><base href=//evil.example><link href=x>",
    "<math><mtext><table><mglyph><style><!--</style><img title='--&gt;&lt;img src=x onerror=alert(1)&gt;'>",
    "<svg></p><style><a id='</style><img src=1 onerror=alert(1)>'>",
    "<noscript><p title='</noscript><img src=x onerror=alert(1)>'></noscript>",
    "<template><script>alert(1)</script></template><x-card onclick=alert(1)>x</x-card>",
    "<b\x00 onclick=alert(1)>x</b><b/\x0conclick=alert(1)>y</b>",
    "<a href=https://x.example/ \nonclick='alert(1)' ping=//evil.example target=_top>x</a>",
    "<table background=//evil.example><td background=//evil.example>x</table>",
    "<video poster=//evil.example><source src=x onerror=alert(1)></video><audio src=x onerror=alert(1)>",
    "<textarea><script>alert(1)</script></textarea><title><img src=x onerror=alert(1)></title>",
    "<xmp><img src=x onerror=alert(1)></xmp><plaintext><img src=x onerror=alert(1)>",
]


@pytest.mark.parametrize("raw", ATTACKS)
def test_code_in_an_attack_is_no_text(raw):
    text = html_to_text(f"<p>before <b>{raw} after</p>")

    assert text.startswith("before")
    assert "alert" not in text
    assert "evil.example" not in text


@given(MARKUP)
@example("<pre>\n\n\nx</pre>")
@example("&#13;&#0;&#xd800;<p>&#128;")
def test_any_markup_becomes_clean_text(raw):
    text = html_to_text(raw)

    assert is_storable(text)
    assert clean_text(text) == text


@pytest.mark.parametrize(
    "raw",
    [
        "<div>" * 200_000,
        "".join(f"<b x={n}><font y={n}>" for n in range(20_000)) + "<p>x" * 50_000,
        "<table>" + "x<b>y</b>" * 200_000,
        "<!--" * 200_000,
        "<a " * 200_000,
        '<a ="' * 200_000,
        "<svg></svg" * 100_000,
        f"<a {' '.join(f'a{n}' for n in range(50_000))}>x</a>",
        f"&#{'1' * 500_000};",
    ],
    ids=[
        "nesting",
        "formatting",
        "table",
        "comments",
        "open tags",
        "quotes",
        "closers",
        "attributes",
        "reference",
    ],
)
def test_markup_that_stalls_parsers_is_read_in_linear_time(raw):
    # Each of these takes a parser minutes to hours; the test run's own limit is the clock.
    assert len(html_to_text(raw).encode()) <= MAX_TEXT


# --- HTML to text -------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("html", "text"),
    [
        ("<p>One.</p><p>Two.</p>", "One.\n\nTwo."),
        ("One.<br>Two.<br/><br>Three.", "One.\nTwo.\n\nThree."),
        ("<b>Ki</b>m &amp; Moon&nbsp;met &#8212; today", "Kim & Moon met — today"),
        ("&amp;lt;", "&lt;"),
        ("<p>a\n  wrapped\n line</p>", "a wrapped line"),
        ("<pre>one\n  two</pre>", "one\ntwo"),
        ("<ul><li>one<li>two</ul>", "one\n\ntwo"),
        ("<table><tr><td>a<td>b<tr><td>c</table>", "a b\n\nc"),
        ("a<script>if (1 < 2) {}</script>b<style>p {}</style>c<!-- d -->e", "abce"),
        ("a<script src=x />b", "ab"),
        ("a<iframe>b", "ab"),
        ("<p>5 < 6 and 7 > 6</p>", "5 < 6 and 7 > 6"),
        ("plain\n\ntext &amp; lines", "plain\n\ntext & lines"),
        ('<a title="1 > 0" href=x>link</a>', "link"),
        ("cut off <a href='", "cut off"),
        ("<article><h1>T</h1>x</article>", "T\n\nx"),
        ("<scr<script>ipt>no code</script>", "ipt>no code"),
        ("<![CDATA[<script>x</script>]]><?php 1 ?><!doctype html>y<!--x-->", "x]]>y"),
        ("", ""),
    ],
)
def test_html_becomes_the_text_that_people_see(html, text):
    assert html_to_text(html) == text


@given(MARKUP)
def test_text_of_any_markup_is_clean(raw):
    text = html_to_text(raw)

    assert clean_text(text) == text
    assert is_storable(text)


@given(st.text(st.characters(codec="utf-8", exclude_categories=["Cc", "Cn"]), max_size=50))
def test_escaped_text_comes_back(text):
    escaped = text.replace("&", "&amp;").replace("<", "&lt;")

    assert html_to_text(f"<p>{escaped}</p>") == clean_text(text).replace("\n", " ")
