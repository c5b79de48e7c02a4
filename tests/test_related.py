"""Names in a story, and the stories that speak of the same."""

import re
from uuid import UUID

import sqlalchemy as sa
from flask.testing import FlaskClient
from make import fill, hours_ago, make_entry, make_story, read, story_path_of

from aggregator.core.discovery.subjects import pairs, related, subjects
from aggregator.core.search import Mention
from aggregator.store import Store

CUT = (
    "The long cable of Lindvik Telecom under the Velmar Strait has been cut, said Ada Quill in the morning.",
    "A ship that belongs to Lindvik Telecom left for the Velmar Strait in the morning with twenty people.",
    "Some talks about the Velmar Strait begin, and Ada Quill of Lindvik Telecom will take part in all.",
)
BREAK = make_story(
    hours_ago(3, "Cable in the Velmar Strait cut", text=CUT[0]),
    hours_ago(2, "Ship on its way", text=CUT[1], publisher="Nordwire"),
)


def said(*texts: str) -> list[Mention]:
    return [Mention(UUID(int=n), text) for n, text in enumerate(texts, 1)]


def test_names_come_in_order_of_how_many_articles_say_them() -> None:
    found = subjects([make_entry(f"Notice {n}", text=text) for n, text in enumerate(CUT)])

    assert [(name.title, len(name.stories)) for name in found] == [
        ("Lindvik Telecom", 3),
        ("Velmar Strait", 3),
        ("Ada Quill", 2),
    ]


def test_a_name_that_one_of_several_articles_says_is_not_listed() -> None:
    found = subjects([make_entry("One", text=CUT[1]), make_entry("Two", text="A ship left in the morning.")])

    assert found == ()


def test_a_publisher_is_no_subject() -> None:
    texts = (
        "It was Nordwire that saw the ships in the Velmar Strait.",
        "He told Nordwire all about the Velmar Strait.",
    )
    found = subjects([make_entry("Notice", text=text, publisher="Nordwire") for text in texts])

    assert [name.title for name in found] == ["Velmar Strait"]


def test_a_single_article_names_what_it_names() -> None:
    assert {name.title for name in subjects([make_entry(text=CUT[0])])} >= {"Lindvik Telecom", "Ada Quill"}


def test_stories_that_share_more_and_rarer_names_come_first() -> None:
    names = subjects([make_entry("Notice", text=text) for text in CUT])
    asked = pairs(names)

    found = related(
        names,
        said(
            "Lindvik Telecom and the Velmar Strait",
            "Ada Quill, Lindvik Telecom and the Velmar Strait",
            "Only Lindvik Telecom",
        ),
    )

    assert len(asked) == 3
    assert [one.story.int for one in found] == [2, 1]
    assert found[0].names == ("Lindvik Telecom", "Velmar Strait", "Ada Quill")


def test_names_that_every_story_says_relate_none() -> None:
    names = subjects([make_entry("Notice", text=CUT[1])])

    assert related(names, said(*["Lindvik Telecom and the Velmar Strait"] * 30)) == ()


def test_a_story_without_names_has_no_relations() -> None:
    assert pairs(subjects([make_entry("nothing", text="nothing at all")])) == ()


def test_the_page_of_a_story_links_its_names_to_a_search_for_them(store: Store, client: FlaskClient) -> None:
    fill(store, BREAK)

    html = client.get(story_path_of(BREAK), follow_redirects=True).text
    link = re.search(r'href="(/search\?q=[^"]*)"><bdi>Velmar Strait</bdi></a>', html)

    assert "Lindvik Telecom 2 articles" in read(client, story_path_of(BREAK))
    assert link and "2 articles in 1 story" in read(client, link[1].replace("&amp;", "&"))


def test_the_page_of_a_story_leads_to_those_that_name_the_same(store: Store, client: FlaskClient) -> None:
    talks = make_story(hours_ago(30, "Talks on patrols", text=CUT[2]))
    other = make_story(hours_ago(40, "A lighthouse", text="The Velmar Strait has a lighthouse."))
    fill(store, BREAK, talks, other)

    page = read(client, story_path_of(BREAK))

    assert "Related stories Talks on patrols 23 Nov, also names Velmar Strait and Lindvik Telecom" in page
    assert "A lighthouse" not in page


def test_relations_are_looked_for_anew_when_something_arrives(store: Store, client: FlaskClient) -> None:
    fill(store, BREAK)
    assert "Related stories" not in read(client, story_path_of(BREAK))

    fill(store, make_story(hours_ago(1, "Talks on patrols", text=CUT[2])), seed="more.txt")

    assert "Related stories Talks on patrols" in read(client, story_path_of(BREAK))


def test_relations_take_few_statements_however_many_there_are(store: Store, client: FlaskClient) -> None:
    others = [make_story(hours_ago(9 + n, f"Talks {n}", text=CUT[2])) for n in range(9)]
    fill(store, BREAK, *others)
    path = client.get(story_path_of(BREAK)).location
    statements: list[str] = []
    sa.event.listen(store.engine, "before_cursor_execute", lambda *a: statements.append(a[2]))

    assert "Related stories" in read(client, path)

    assert len([s for s in statements if not s.startswith("BEGIN")]) <= 10


def test_names_are_counted_in_every_article_of_a_long_story(store: Store, client: FlaskClient) -> None:
    told = make_story(*(hours_ago(n, f"Notice {n}", text=CUT[n % 2]) for n in range(60)))
    fill(store, told)

    assert "Lindvik Telecom 60 articles" in read(client, story_path_of(told))
