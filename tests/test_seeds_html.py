"""Reading saved pages: one rule a test."""

import json
from datetime import UTC, datetime
from typing import Any

import pytest

from aggregator.core.seeds import read_seed
from aggregator.model import Document, Entry

NOW = datetime(2026, 11, 1, tzinfo=UTC)
HEAD = "Barge rams the gate of the old lock"
BODY = "A barge loaded with gravel rammed the gate of the old lock on Friday night, the harbour warden said."
MORE = (
    "Twelve boats are waiting below it, and some of their crews have begun to unload the cargo onto lorries."
)
LAST = "The gate is to be lifted out on Tuesday, if the crane arrives in time and the wind has gone by then."


def read(body: str | bytes) -> tuple[Entry, ...]:
    return read_seed(Document("page.html", body if isinstance(body, bytes) else body.encode()), NOW)


def one(body: str | bytes) -> Entry:
    (entry,) = read(body)
    return entry


def page(
    inside: str = "", head: str = "", around: str = "", texts: tuple[str, ...] = (BODY, MORE, LAST)
) -> str:
    """Return a page with an article; `inside` stands between its first two paragraphs."""
    first, *rest = (f"<p>{text}</p>" for text in texts)
    return (
        f"<!doctype html><html><head><title>{HEAD}</title>{head}</head><body><h1>{HEAD}</h1>{around}"
        f"<div class=text>{first}{inside}{''.join(rest)}</div></body></html>"
    )


def ld(*nodes: dict[str, Any]) -> str:
    return f'<script type="application/ld+json">{json.dumps(list(nodes))}</script>'


def article(**values: Any) -> dict[str, Any]:
    return {"@context": "https://schema.org", "@type": "NewsArticle", "headline": HEAD} | values


# --- what a page states for machines ----------------------------------------------------------------------


@pytest.mark.parametrize(
    "author",
    [
        "Ann Lee",
        ["Ann Lee"],
        {"@type": "Person", "name": "Ann Lee"},
        {"@type": "Person", "name": ["Ann Lee"]},
        [{"@type": "Person", "name": "Ann Lee", "url": "https://x.example/ann"}],
        {"@type": "Person", "givenName": "Ann", "familyName": "Lee"},
        {"@id": "#ann"},
        [{"@id": "#ann"}],
    ],
)
def test_an_author_is_found_in_every_form_of_json_ld(author: Any) -> None:
    entry = one(page(head=ld(article(author=author), {"@type": "Person", "@id": "#ann", "name": "Ann Lee"})))

    assert entry.author == "Ann Lee"


def test_several_authors_are_joined() -> None:
    assert one(page(head=ld(article(author=[{"name": "Ann Lee"}, "Bo Dahl"])))).author == "Ann Lee, Bo Dahl"


@pytest.mark.parametrize("wrapped", ["graph", "page", "entity"])
def test_an_article_is_found_wherever_json_ld_nests_it(wrapped: str) -> None:
    inner = article(datePublished="2020-05-04T10:00:00+02:00")
    outer = {
        "graph": {"@graph": [{"@type": "WebSite", "name": "The Lock"}, inner]},
        "page": {"@type": "WebPage", "mainEntity": inner},
        "entity": [[inner]],
    }[wrapped]

    assert one(page(head=ld(outer))).published == datetime(2020, 5, 4, 8, tzinfo=UTC)  # type: ignore[arg-type]


def test_keywords_and_section_are_the_categories() -> None:
    node = article(keywords="locks, barges , ", articleSection=["Canals"])

    assert one(page(head=ld(node))).categories == ("Canals", "locks", "barges")


def test_a_template_that_was_not_filled_in_says_nothing() -> None:
    node = article(
        author={"name": "{{ author.name }}"}, publisher={"name": "null"}, datePublished="0000-00-00"
    )
    entry = one(page(head=ld(node)))

    assert (entry.author, entry.publisher, entry.published) == (None, None, None)


def test_json_ld_with_a_trailing_comma_is_read() -> None:
    script = ld(article(author="Ann Lee")).replace("}]", ",}]")

    assert one(page(head=script)).author == "Ann Lee"


def test_the_stated_text_is_taken_where_the_page_shows_less() -> None:
    entry = one(page(head=ld(article(articleBody=f"{BODY}\n\n{MORE}\n\n{LAST}")), texts=(BODY,)))

    assert entry.text == f"{BODY}\n\n{MORE}\n\n{LAST}"


@pytest.mark.parametrize("name", ["last-modified", "article:modified_time", "revised"])
def test_the_day_of_a_change_is_not_the_day_of_publication(name: str) -> None:
    assert one(page(head=f'<meta name="{name}" content="2020-05-04">')).published is None


def test_a_profiles_address_is_no_author() -> None:
    head = '<meta property="article:author" content="https://www.facebook.com/paper">'

    assert one(page(head=head)).author is None


def test_the_address_is_that_of_the_article_before_that_of_the_front_page() -> None:
    head = (
        '<link rel=canonical href="https://a.example/"><meta property="og:url" content="https://a.example/7">'
    )

    assert one(page(head=head)).url == "https://a.example/7"


def test_a_browsers_note_says_where_a_page_was_saved_from() -> None:
    body = page().replace("<html>", "<!-- saved from url=(0021)https://a.example/7 --><html>")

    assert one(body).url == "https://a.example/7"


def test_nested_microdata_gives_the_name_and_not_the_job() -> None:
    around = (
        "<div itemprop=author itemscope itemtype='https://schema.org/Person'><img alt=''>"
        "<span itemprop=name>Ann Lee</span> <span itemprop=jobTitle>Canal editor</span></div>"
    )

    assert one(page(around=around)).author == "Ann Lee"


# --- what stands around the text --------------------------------------------------------------------------


@pytest.mark.parametrize(
    "around",
    [
        "<div class=byline>By <a href=/ann>Ann Lee</a></div>",
        "<p>By Ann Lee, Canal editor</p>",
        "<span class='author vcard'><a class='fn url'>Ann Lee</a></span>",
        "<a rel=author href=/ann>Ann Lee</a>",
        "<div class=meta><span>Von Ann Lee</span><span>12. Mai 2019</span></div>",
        "<div class=info>2019-05-12 来源：水报 作者：Ann Lee 点击：12</div>",
        "<p><i>Ann Lee, 12.05.2019</i></p>",
    ],
)
def test_a_byline_is_read_in_the_forms_that_sites_give_it(around: str) -> None:
    assert one(page(around=around)).author == "Ann Lee"


@pytest.mark.parametrize(
    ("around", "published"),
    [
        ("<time datetime='2019-05-12T10:15:00+02:00'>yesterday</time>", "2019-05-12T08:15"),
        ("<span class=date>10:15, 12 мая 2019 (МСК)</span>", "2019-05-12T10:15"),
        ("<span class=date>12 мая 2019, 10:15 (МСК)</span>", "2019-05-12T07:15"),
        ("<div class=info>입력<span>2019.05.12 10:15</span></div>", "2019-05-12T10:15"),
        ("<abbr class=published title='2019-05-12T10:15:00Z'>Sunday</abbr>", "2019-05-12T10:15"),
        ("<span data-timestamp=1557656100>May 12</span>", "2019-05-12T10:15"),
        ("<p class=date>2019年5月12日 10時15分</p>", "2019-05-12T10:15"),
        ("<p>प्रकाशित: 12 मई 2019, 10:15 AM IST</p>", "2019-05-12T04:45"),
    ],
)
def test_a_date_is_read_beside_the_headline(around: str, published: str) -> None:
    entry = one(page(around=around))

    assert entry.published is not None
    assert entry.published.isoformat()[:16] == published


@pytest.mark.parametrize("name", ["today", "header-date", "date-du-jour", "heute"])
def test_the_day_of_saving_in_a_pages_head_is_not_the_day_of_publication(name: str) -> None:
    body = page().replace("<h1>", f"<div class={name}>Sunday, May 12, 2019</div><h1>", 1)

    assert one(body).published is None


def test_a_numeric_date_is_read_as_the_pages_country_writes_it() -> None:
    around = "<span class=date>04/05/2019</span>"

    found = [
        one(page(around=around).replace("<html>", f"<html lang={lang}>")) for lang in ("en-GB", "en-US", "en")
    ]

    assert [e.published and e.published.date().isoformat() for e in found] == [
        "2019-05-04",
        "2019-04-05",
        None,
    ]


@pytest.mark.parametrize(
    "tags",
    [
        "<p>Tags: <a href=/1>locks</a>, <a href=/2>barges</a></p>",
        "<div class=tag-list><a href=/1>locks</a><a href=/2>barges</a></div>",
        "<p><a rel=tag href=/1>locks</a> <a rel=tag href=/2>barges</a></p>",
        (
            "<div><h3>Schlagwörter</h3><ul><li><a href=/1>locks</a></li><li><a "
            "href=/2>barges</a></li></ul></div>"
        ),
        "<p>关键词：<a href=/1>locks</a>，<a href=/2>barges</a></p>",
        "<div><a href=/tag/locks>locks</a> <a href=/tag/barges>barges</a></div>",
    ],
)
def test_labels_are_read_below_the_text(tags: str) -> None:
    entry = one(page().replace("</body>", f"{tags}</body>"))

    assert (entry.categories, entry.text) == (("locks", "barges"), f"{BODY}\n\n{MORE}\n\n{LAST}")


def test_breadcrumbs_and_menus_are_no_categories() -> None:
    around = (
        "<nav><a href=/tag/news>News</a></nav><ol class=breadcrumb><li><a href=/canals>Canals</a></li></ol>"
    )

    assert one(page(around=around)).categories == ()


@pytest.mark.parametrize(
    "title",
    [f"{HEAD} | The Lock", f"{HEAD} - Canals - The Lock", f"The Lock: News: {HEAD}", f"{HEAD}：The Lock"],
)
def test_the_browsers_title_names_the_site_beside_the_headline(title: str) -> None:
    entry = one(page().replace(f"<title>{HEAD}", f"<title>{title}"))

    assert (entry.title, entry.publisher) == (HEAD, "The Lock")


# --- the text ---------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "inside",
    [
        "<p><a href=/x>READ MORE: What the diver found below</a></p>",
        "<p><b>À lire aussi :</b> <a href=/x>Le canal sera vidé</a></p>",
        "<p>Читайте также: <a href=/x>Канал осушат</a></p>",
        "<article><h3><a href=/x>Canal to be drained</a></h3><p>It will take a week.</p></article>",
        (
            "<div class=inline-newsletter><p>The best of our canals, in your inbox every Friday "
            "morning.</p></div>"
        ),
        "<div class=story__share><a>Tweet</a></div>",
        (
            "<div class='wp-caption'><img src=a.jpg><p class=wp-caption-text>The gate on Friday. Photo: B. "
            "Dahl</p></div>"
        ),
        (
            "<table align=right><tr><td><img src=a.jpg><br><font size=1>The gate on "
            "Friday.</font></td></tr></table>"
        ),
        "<blockquote>Twelve boats are waiting below it</blockquote>",
        "<div style='display:none'>Hidden from all readers of this page, whatever they do.</div>",
        "<amp-ad><div>Ad loading, please wait for a while.</div></amp-ad>",
        "<ul class=toc><li><a href=#1>The night</a></li></ul>",
    ],
)
def test_what_stands_between_paragraphs_and_is_not_the_articles_is_left_out(inside: str) -> None:
    entry = one(page(inside))

    assert entry.text == f"{BODY}\n\n{MORE}\n\n{LAST}"


def test_a_quotation_that_the_text_does_not_repeat_stays() -> None:
    assert (
        "I heard it before I saw it"
        in one(page("<blockquote>“I heard it before I saw it.”</blockquote>")).text
    )


def test_a_paragraph_named_after_its_frame_stays() -> None:
    body = page().replace("<p>", '<p class="topic-page__text">')

    assert one(body).text == f"{BODY}\n\n{MORE}\n\n{LAST}"


def test_an_article_inside_a_form_is_read() -> None:
    body = page().replace("<body>", "<body><form action=/x>").replace("</body>", "</form></body>")

    assert one(body).text == f"{BODY}\n\n{MORE}\n\n{LAST}"


def test_comments_longer_than_the_article_are_left_out() -> None:
    comments = f"<div id=comments>{f'<article class=comment><p>{LAST} I was there.</p></article>' * 9}</div>"

    assert "I was there" not in one(page().replace("</body>", f"{comments}</body>")).text


def test_paragraphs_may_be_divided_by_line_breaks_alone() -> None:
    text = f"<div class=post-body>{BODY}<br><br>{MORE}<br /><br />{LAST}</div>"
    entry = one(f"<html><body><h2>Harbour Notes</h2><h1>{HEAD}</h1>{text}</body></html>")

    assert (entry.title, entry.text) == (HEAD, f"{BODY}\n\n{MORE}\n\n{LAST}")


# --- several articles -------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "item",
    [
        "<div class=card><h2><a href=/{n}>Lock {n} is shut</a></h2><p>{text}</p></div>",
        "<section class=noticia><h3><a href=/{n}>Lock {n} is shut</a></h3><div>{text}</div></section>",
        "<li><a href=/{n}><h4>Lock {n} is shut</h4></a><p>{text}</p></li>",
        "<tr><td><b><a href=/{n}>Lock {n} is shut</a></b><br>{text}</td></tr>",
        "<article><h2>Lock {n} is shut</h2><p>{text}</p><a rel=bookmark href=/{n}>#</a></article>",
    ],
)
def test_what_repeats_with_a_headline_that_is_a_link_is_a_listing(item: str) -> None:
    items = "".join(item.format(n=n, text=text) for n, text in enumerate((BODY, MORE, LAST)))
    body = f"<html><head><base href=https://a.example/></head><body><h1>News</h1><div><table>{items}</div></body></html>"
    if "<tr" not in item:
        body = body.replace("<table>", "")

    entries = read(body)

    assert [(e.title, e.url, e.text) for e in entries] == [
        (f"Lock {n} is shut", f"https://a.example/{n}", text) for n, text in enumerate((BODY, MORE, LAST))
    ]


@pytest.mark.parametrize(("head", "body"), [("h2", "p"), ("dt", "dd")])
def test_headlines_that_are_links_and_texts_side_by_side_are_a_listing(head: str, body: str) -> None:
    items = "".join(
        f"<{head}><a href=https://a.example/{n}>Lock {n} is shut</a></{head}><{body}>{text}</{body}>"
        for n, text in enumerate((BODY, MORE, LAST))
    )
    entries = read(f"<html><body><h1>News</h1><dl>{items}</dl></body></html>")

    assert [(e.title, e.text) for e in entries] == [
        (f"Lock {n} is shut", text) for n, text in enumerate((BODY, MORE, LAST))
    ]


def test_the_parts_of_an_article_are_no_listing() -> None:
    parts = "".join(
        f"<section><h2>Part {n}</h2><p>{text}</p></section>" for n, text in enumerate((BODY, MORE, LAST))
    )

    assert one(f"<html><body><h1>{HEAD}</h1>{parts}</body></html>").title == HEAD


def test_the_updates_of_a_live_page_are_one_entry() -> None:
    updates = "".join(
        f"<article><h2><a href=#{n}>Update {n}</a></h2><p>{text}</p></article>"
        for n, text in enumerate((BODY, MORE))
    )
    head = ld(article() | {"@type": "LiveBlogPosting"})

    assert one(f"<html><head>{head}</head><body><h1>{HEAD}</h1>{updates}</body></html>").title == HEAD


# --- bytes ------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("encoding", ["utf-16-le", "utf-16-be"])
def test_utf_16_without_a_mark_is_told_by_its_zero_bytes(encoding: str) -> None:
    assert one(page().encode(encoding)).title == HEAD


def test_a_declaration_that_was_left_when_a_page_was_saved_as_utf_8_does_not_count() -> None:
    body = page(head="<meta charset=iso-8859-1>").replace("gravel", "gravier mouillé")

    assert "mouillé" in one(body).text


def test_a_page_of_a_million_elements_ends() -> None:
    entry = one(page("<i></i>" * 200_000, texts=(BODY, MORE)))

    assert entry.text.startswith(BODY)
