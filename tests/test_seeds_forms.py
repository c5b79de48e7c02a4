"""Forms of pages that blogs, papers and their furniture take, each on the smallest page that shows it."""

from datetime import UTC, datetime

import pytest

from aggregator.core.seeds import read_seed
from aggregator.model import Document, Entry

NOW = datetime(2026, 11, 1, tzinfo=UTC)
HEAD = "Cable car to the upper village stands still"
BODY = (
    "The cable car to the upper village has stood still since Sunday, after a storm had thrown a "
    "spruce over its lower rope, the operator said."
)
MORE = (
    "Two hundred people are cut off from the road, and the baker has begun to carry flour up the mule track."
)
LAST = "Engineers from the valley expect that the rope can be changed before the end of the month."


def read(text: str, name: str = "page.txt") -> tuple[Entry, ...]:
    return read_seed(Document(name, text.encode()), NOW)


def one(text: str, name: str = "page.txt") -> Entry:
    (entry,) = read(text, name)
    return entry


# --- what an article is filed under -----------------------------------------------------------------------


@pytest.mark.parametrize(
    "trail", ["Home > Region > Valleys", "Start » Verkehr » Berge", "Home / News / West"]
)
def test_the_sections_of_a_menu_or_breadcrumb_are_no_categories(trail: str) -> None:
    entry = one(f"Home\nNews\nSport\n{trail}\n\n{HEAD}\n\n{BODY}\n\n{MORE}\n")

    assert entry.title == HEAD
    assert entry.categories == ()


@pytest.mark.parametrize(
    "line", ["Filed under: Valleys, Ropes", "Tags: Valleys, Ropes", "Topics: Valleys, Ropes"]
)
def test_what_a_line_says_a_piece_is_filed_under_are_its_categories(line: str) -> None:
    entry = one(f"Home > Region > Alps\n\n{HEAD}\n\n{BODY}\n\n{MORE}\n\n{line}\n12 likes\n3 shares\n")

    assert entry.categories == ("Valleys", "Ropes")


# --- furniture --------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "line",
    [
        "A+ A",
        "A- A A+",
        "Skip advert",
        "Member-only story",
        "1.4K claps",
        "Email ThisBlogThis!Share to XShare to FacebookShare to Pinterest",
        "This is an archived article and what it says may have changed since.",
        "This article is more than 6 years old.",
        "All quotes delayed a minimum of 20 minutes.",
    ],
)
def test_buttons_and_notices_around_an_article_are_no_part_of_it(line: str) -> None:
    entry = one(f"{HEAD}\n\n{line}\n\n{BODY}\n\n{MORE}\n\n{line}\n")

    assert (entry.title, entry.author) == (HEAD, None)
    assert entry.text == f"{BODY}\n\n{MORE}"


# --- Markdown ---------------------------------------------------------------------------------------------


def test_a_body_under_front_matter_keeps_what_stands_over_its_first_heading() -> None:
    entry = one(f"---\ntitle: {HEAD}\n---\n\n{BODY}\n\n## The rope\n\n{MORE}\n", "page.md")

    assert entry.title == HEAD
    assert entry.text == f"{BODY}\n\nThe rope\n\n{MORE}"


def test_markdown_keeps_a_paragraph_over_its_heading() -> None:
    entry = one(f"{BODY}\n\n# {HEAD}\n\n{MORE}\n", "page.md")

    assert (entry.title, entry.text) == (HEAD, f"{BODY}\n\n{MORE}")


# --- who and when -----------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("first", "second"),
    [
        ("Posted by Ida Holm at 6:05 PM 2 comments:", "Posted by Ida Holm at 6:05 PM No comments:"),
        ("Posted by Ida Holm at 18:05 Links to this post", "Posted by Ida Holm at 18:05 Links to this post"),
        ("Publicado por Ida Holm en 18:05 3 comentarios:", "Publicado por Ida Holm en 18:05 3 comentarios:"),
        ("Eingestellt von Ida Holm um 18:05", "Eingestellt von Ida Holm um 18:05 1 Kommentar:"),
    ],
)
def test_a_blogs_line_under_the_post_gives_its_author_and_its_time_on_the_day_above(
    first: str, second: str
) -> None:
    buttons = "Email ThisBlogThis!Share to TwitterShare to Facebook"
    entries = read(
        f"Sunday, May 12, 2019\n\n{HEAD}\n\n{BODY}\n\n{first}\n{buttons}\nLabels: ropes\n\n"
        f"Friday, May 10, 2019\n\nFlour goes up by mule\n\n{MORE}\n\n{second}\n{buttons}\nLabels: mules\n"
    )

    assert [(e.title, e.author, e.categories) for e in entries] == [
        (HEAD, "Ida Holm", ("ropes",)),
        ("Flour goes up by mule", "Ida Holm", ("mules",)),
    ]
    assert [e.published and e.published.isoformat()[:16] for e in entries] == [
        "2019-05-12T18:05",
        "2019-05-10T18:05",
    ]


def test_a_line_that_closes_a_post_gives_time_and_categories() -> None:
    foot = "Posted at 08:12 AM in Ropes, Mules | Permalink | Comments (3) | TrackBack (0)"
    entries = read(
        f"May 12, 2019\n\n{HEAD}\n\n{BODY}\n\n{foot}\n\n"
        f"May 10, 2019\n\nFlour goes up by mule\n\n{MORE}\n\n{foot}\n"
    )

    assert [e.title for e in entries] == [HEAD, "Flour goes up by mule"]
    assert [e.published and e.published.isoformat()[:16] for e in entries] == [
        "2019-05-12T08:12",
        "2019-05-10T08:12",
    ]
    assert {e.categories for e in entries} == {("Ropes", "Mules")}


@pytest.mark.parametrize(
    ("line", "published"),
    [
        ("Publié le 03/04/2019 à 18h02 par la rédaction, mis à jour à 19h10", "2019-04-03T18:02"),
        ("Publié le 03/04/2019 à 18h02, mis à jour le 05/04/2019 à 07h15", "2019-04-03T18:02"),
        ("Publié le 03/04/2019 à 18h02 depuis la vallée, mis à jour le 05/04/2019", "2019-04-03T18:02"),
    ],
)
def test_a_line_that_says_when_is_no_headline_and_outside_english_the_day_comes_first(
    line: str, published: str
) -> None:
    entry = one(
        f"Le téléphérique du haut village est à l’arrêt\n{line}\n\n"
        "Le téléphérique du haut village est à l’arrêt depuis dimanche, après la chute d’un arbre sur le "
        "câble, a dit l’exploitant de la ligne.\n\n"
        "Deux cents personnes sont coupées de la route, et le boulanger monte la farine à dos de mulet.\n"
    )

    assert entry.title == "Le téléphérique du haut village est à l’arrêt"
    assert entry.published and entry.published.isoformat()[:16] == published


@pytest.mark.parametrize(
    "byline",
    ["By Ida Holm Chief Reporter", "Ida Holm Senior Transport Correspondent", "By Ida Holm, Staff Writer"],
)
def test_a_byline_is_read_without_the_job_after_the_name(byline: str) -> None:
    assert one(f"{HEAD}\n{byline}\n12 May 2019\n\n{BODY}\n\n{MORE}\n").author == "Ida Holm"


# --- where a post ends ------------------------------------------------------------------------------------

SECOND = "Flour goes up by mule"


@pytest.mark.parametrize(
    "link", ["Continue reading →", "Weiterlesen …", "[Read more]", "Lire la suite »", "(more…)"]
)
def test_the_link_to_the_whole_piece_is_no_part_of_its_last_line(link: str) -> None:
    entries = read(f"{HEAD}\nMay 12, 2019\n\n{BODY} {link}\n\n{SECOND}\nMay 10, 2019\n\n{MORE} {link}\n")

    assert [e.text for e in entries] == [BODY, MORE]


def test_a_sentence_that_tells_to_read_on_stays() -> None:
    said = f"{BODY} The mayor told the children to read more."

    assert one(f"{HEAD}\n\n{said}\n\n{MORE}\n").text.startswith(said)


@pytest.mark.parametrize("heading", ["Media contacts", "Press enquiries:", "Pressekontakt", "Contact presse"])
def test_the_addresses_of_a_press_office_are_no_part_of_its_last_release(heading: str) -> None:
    contacts = f"{heading}\nIda Holm\npress@ropeway.example\n+41 00 000 00 00\n"
    entries = read(f"{HEAD}\nMay 12, 2019\n\n{BODY}\n\n{SECOND}\nMay 10, 2019\n\n{MORE}\n\n{contacts}")

    assert [e.text for e in entries] == [BODY, MORE]
    assert one(f"{HEAD}\n\n{BODY}\n\n{MORE}\n\n{contacts}").text == f"{BODY}\n\n{MORE}"


def test_readers_comments_under_an_archives_last_post_are_no_part_of_it() -> None:
    comments = "2 comments\n\nropewalker says:\nMay 13, 2019 at 9:10 am\nAsk the baker.\n"
    entries = read(f"{HEAD}\nMay 12, 2019\n\n{BODY}\n\n{SECOND}\nMay 10, 2019\n\n{MORE}\n\n{comments}")

    assert [e.text for e in entries] == [BODY, MORE]


def test_the_items_of_a_list_with_dashes_name_no_publisher() -> None:
    items = "– Days: 14\n– Mules: 6\n– Complaints: none"
    entries = read(f"{HEAD}\nMay 12, 2019\n\n{BODY}\n\n{items}\n\n{SECOND}\nMay 10, 2019\n\n{MORE}\n")

    assert [e.publisher for e in entries] == [None, None]
    assert entries[0].text == "\n\n".join([BODY, *items.split("\n")])


# --- the site's own name ----------------------------------------------------------------------------------

TWO_POSTS = f"{HEAD}\nMay 12, 2019\n\n{BODY}\n\n{SECOND}\nMay 10, 2019\n\n{MORE}\n"


@pytest.mark.parametrize(
    ("above", "below"),
    [
        ("Upper Valley Notes\nWhat moves between the two villages\n\n", ""),
        ("UPPER VALLEY NOTES\n\n", ""),
        ("Upper Valley Notes\nHome | Ropes | Mules | Contact\n\n", ""),
        ("Category: Ropes | Upper Valley Notes\n\n", ""),
        ("Upper Valley Notes\n\nCategory: Ropes\n\n", ""),
        ("Category: Ropes\n\n", "\n© 2019 Upper Valley Notes\n"),
        ("Category: Ropes\n\n", "\nSubscribe to Upper Valley Notes\n"),
        ("Category: Ropes\n\n", "\nUpper Valley Notes is proudly powered by WordPress\n"),
    ],
)
def test_posts_without_a_source_are_published_by_the_site_that_states_its_name(
    above: str, below: str
) -> None:
    entries = read(f"{above}{TWO_POSTS}{below}")

    assert [(e.title, (e.publisher or "").title()) for e in entries] == [
        (HEAD, "Upper Valley Notes"),
        (SECOND, "Upper Valley Notes"),
    ]


@pytest.mark.parametrize(
    ("above", "below"),
    [
        ("Latest news\n\n", ""),
        ("Category: Ropes\n\n", "\nSubscribe to: Posts (Atom)\n"),
        ("Category: Ropes\n\n", "\nSubscribe to our newsletter\n"),
        ("Category: Ropes\n\n", "\nProudly powered by WordPress\n"),
        ("Tag archive\nRopes\n\n", "\nPowered by Blogger.\n"),
    ],
)
def test_a_page_that_states_no_name_gives_no_publisher(above: str, below: str) -> None:
    assert [e.publisher for e in read(f"{above}{TWO_POSTS}{below}")] == [None, None]


def test_where_some_posts_name_a_source_the_others_stay_without_one() -> None:
    entries = read(f"Upper Valley Notes\nA diary\n\n{TWO_POSTS.rstrip()}\n\n[Reuters]\n")

    assert [e.publisher for e in entries] == [None, "Reuters"]


# --- lists ------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("lead", ["{}  ", "{}: ", "{} – ", "[{}] "])
def test_a_date_before_the_headline_on_its_line_is_the_posts(lead: str) -> None:
    first, second = lead.format("2019-05-12"), lead.format("2019-05-10")
    entries = read(
        f"News\n----\n\n{first}{HEAD}\n{BODY}\n\n{second}{SECOND}\n{MORE}\n\n{LAST}\n\nBack to top\n"
    )

    assert [(e.title, e.published and e.published.date().isoformat()) for e in entries] == [
        (HEAD, "2019-05-12"),
        (SECOND, "2019-05-10"),
    ]
    assert [e.text for e in entries] == [BODY, f"{MORE}\n\n{LAST}"]


def test_one_line_that_begins_with_a_date_makes_no_list() -> None:
    entry = one(f"{HEAD}\n\n{BODY}\n\n2019-05-10 Mules, flour and rope\n\n{MORE}\n")

    assert (entry.title, entry.published) == (HEAD, None)


# --- saved pages ------------------------------------------------------------------------------------------


def test_paragraphs_that_are_wrapped_one_by_one_are_one_article() -> None:
    wrapped = "".join(
        f"<div class=b><p>{text}</p></div><div class=ad>Advert</div>" for text in (BODY, MORE, LAST)
    )
    entry = one(f"<html><body><div class=s><h1>{HEAD}</h1>{wrapped}</div></body></html>", "page.html")

    assert (entry.title, entry.text) == (HEAD, f"{BODY}\n\n{MORE}\n\n{LAST}")


def test_a_browsers_title_that_begins_with_the_sites_name_gives_headline_and_site() -> None:
    entry = one(
        f"<html><head><title>The Upper Herald - {HEAD}</title></head><body><table><tr><td>"
        f"<h2>{HEAD}</h2><p>{BODY}<p>{MORE}</td></tr></table></body></html>",
        "page.htm",
    )

    assert (entry.title, entry.publisher) == (HEAD, "The Upper Herald")
    assert entry.text == f"{BODY}\n\n{MORE}"


def test_the_heading_over_a_saved_listing_files_its_articles() -> None:
    articles = "".join(
        f"<article><h2>{title}</h2><time datetime=2019-05-12>May 12</time><p>{text}</p></article>"
        for title, text in ((HEAD, BODY), (SECOND, MORE))
    )
    entries = read(f"<html><body><main><h1>Category: Ropes</h1>{articles}</main></body></html>", "page.html")

    assert [(e.title, e.categories) for e in entries] == [(HEAD, ("Ropes",)), (SECOND, ("Ropes",))]


def test_names_without_by_between_dates_and_headlines_are_the_authors_of_a_list() -> None:
    entries = read(
        f"Upper Valley Notes\nAbout\nFollow\n\n"
        f"Ida Holm\nMay 12, 2019·4 min read\n\n{HEAD}\n\n{BODY}\n\n1.2K\n\n14 responses\n\n"
        f"Per Lund\nMay 10, 2019·7 min read\n\n{SECOND}\n\n{MORE}\n\n{LAST}\n\n301\n\n3 responses\n"
    )

    assert [(e.title, e.author, e.text) for e in entries] == [
        (HEAD, "Ida Holm", BODY),
        (SECOND, "Per Lund", f"{MORE}\n\n{LAST}"),
    ]


@pytest.mark.parametrize(
    "end",
    [
        "Entradas antiguas\nInicio\nSuscribirse a: Entradas (Atom)",
        "Older Posts Home\nSubscribe to: Posts (Atom)",
        f"Billets récents\n{HEAD}\n{SECOND}\nArchives\nmai 2019",
    ],
)
def test_the_lists_under_an_archive_are_no_part_of_its_last_post(end: str) -> None:
    assert [e.text for e in read(f"{TWO_POSTS}\n{end}\n")] == [BODY, MORE]


def test_a_caption_with_its_photographer_is_neither_headline_nor_text() -> None:
    (entry,) = read(
        """The Harbour Weekly
Home  Boats  Weather today 9 °C rain

Ferry to Skerry returns after a winter on the slip

By Ada Quill
5 March 2021

Share  Tweet  Comments (4)

The ferry at the slip on Friday. Photo: The Harbour Weekly

The ferry to Skerry sailed again on Friday after four months on the slip at Osterholm.

Engineers had replaced both shafts, and the harbour master said that she ran more quietly than before.

The first passengers were two teachers and a dog, who had waited for the boat since November.
"""
    )
    assert entry.title == "Ferry to Skerry returns after a winter on the slip"
    assert (entry.publisher, entry.author) == ("The Harbour Weekly", "Ada Quill")
    assert "Photo" not in entry.text and entry.text.startswith("The ferry to Skerry sailed")
