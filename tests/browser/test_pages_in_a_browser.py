"""The pages in a real Chromium: nothing leaves, nothing fails, nothing overflows."""

from collections.abc import Iterator
from datetime import UTC, datetime

import pytest
from chromium import Watched
from make import (
    NOW,
    fill,
    free_port,
    hours_ago,
    make_app,
    make_entry,
    make_story,
    make_topic,
    serving,
    story_path_of,
)
from playwright.sync_api import Browser

from aggregator.core.render import Site
from aggregator.model import FollowedFeed, Rules, SeedRead
from aggregator.store import open_store
from aggregator.store.database import sqlite_url

pytestmark = pytest.mark.browser

STORY = make_story(
    hours_ago(6, "Bridge at Brekke closes after an inspection of its piers"),
    hours_ago(5, "Brekke bridge closes", publisher="Kanal 9"),
    hours_ago(4, "Міст у Брекке закрито", publisher="Портовий вісник", language="uk"),
    hours_ago(3, "إغلاق جسر بريكه", publisher="صوت الميناء", language="ar"),
    make_entry("Bridge without a date", published=None, publisher="Open Signals"),
    hours_ago(1, "Minister speaks of the bridge", publisher="Nordwire"),
    copies=(1,),
)
LONG = make_story(hours_ago(2, "Bridge " + "ab" * 45, publisher="x" * 90, text="y" * 120))
LOUD = make_story(hours_ago(3, "<script>document.title='owned'</script> bridge", publisher="<img src=x>"))
OLD = make_story(make_entry("Lighthouse keeper looks back", published=datetime(2019, 1, 12, tzinfo=UTC)))
PAGES = [
    "/",
    "/topics/bridges",
    "/topics/lights",
    "/topics/kites",
    story_path_of(STORY),
    story_path_of(LONG),
    "/sources",
    "/search?q=bridge",
    "/search?q=krill+quota",
]


@pytest.fixture(scope="module")
def address(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    store = open_store(sqlite_url(tmp_path_factory.mktemp("browser") / "desk.sqlite"))
    topics = [
        make_topic(
            "bridges", description="Bridges and their piers.", feeds=(FollowedFeed("https://a.example/f"),)
        ),
        make_topic("lights", rules=Rules(any=("lighthouse",))),
        make_topic("kites", rules=Rules(any=("kite",))),
    ]
    more = [make_story(hours_ago(9 * n, f"Bridge notice number {n}")) for n in range(1, 40)]
    port = free_port()
    site = Site(f"http://127.0.0.1:{port}", "Strait Desk")
    fill(store, STORY, LONG, LOUD, OLD, *more, topics=topics, site=site)
    store.save_seed(SeedRead("broken.txt", NOW, error="holds no article"))
    with serving(make_app(store, site=site, base_url_is_set=False), port) as served:
        yield served
    store.close()


@pytest.fixture
def watched(browser: Browser, address: str) -> Iterator[Watched]:
    context = browser.new_context(base_url=address)
    yield Watched(context.new_page(), address)
    context.close()


@pytest.mark.parametrize("path", PAGES)
def test_a_page_opens_without_a_complaint_or_a_request_elsewhere(watched: Watched, path: str) -> None:
    watched.page.goto(path, wait_until="load")

    assert watched.complaints == []
    assert watched.requests <= 6  # a redirect, the page, style, script, icon
    assert watched.page.title().endswith("· Strait Desk")
    assert watched.page.context.cookies() == []


@pytest.mark.parametrize("path", PAGES)
@pytest.mark.parametrize("width", [320, 390, 1280])
def test_nothing_scrolls_sideways(watched: Watched, path: str, width: int) -> None:
    watched.page.set_viewport_size({"width": width, "height": 900})
    watched.page.goto(path)
    watched.page.evaluate("document.querySelectorAll('details').forEach(d => { d.open = true })")

    assert watched.page.evaluate("document.documentElement.scrollWidth") <= width


@pytest.mark.parametrize("path", PAGES)
def test_nothing_overflows_with_wider_text_spacing(watched: Watched, path: str) -> None:
    watched.page.set_viewport_size({"width": 320, "height": 900})
    watched.page.goto(path)
    # WCAG 2.2, 1.4.12, set through the DOM because no style may be added.
    watched.page.evaluate(
        """document.querySelectorAll('*').forEach(e => { if (e.style) {
             e.style.lineHeight = '1.5'; e.style.letterSpacing = '.12em'
             e.style.wordSpacing = '.16em' } })"""
    )

    assert watched.page.evaluate("document.documentElement.scrollWidth") <= 320


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize(
    "path", ["/", "/topics/bridges", story_path_of(STORY), "/sources", "/search?q=bridge"]
)
def test_text_stands_out_from_its_ground(browser: Browser, address: str, path: str, scheme: str) -> None:
    context = browser.new_context(base_url=address, color_scheme=scheme)  # type: ignore[arg-type]
    page = context.new_page()
    page.goto(path)
    worst = page.evaluate(CONTRAST)
    context.close()

    assert worst >= 4.5  # WCAG 2.2, 1.4.3


# The lowest contrast of an element with text of its own against the nearest ground that is painted.
CONTRAST = """() => {
  const parts = c => c.match(/[\\d.]+/g).map(Number)
  const light = c => { const [r, g, b] = parts(c).map(v => v / 255)
    .map(v => v <= .04045 ? v / 12.92 : ((v + .055) / 1.055) ** 2.4)
    return .2126 * r + .7152 * g + .0722 * b }
  const ground = e => { while (e) { const c = getComputedStyle(e).backgroundColor
    if (parts(c)[3] !== 0) return c; e = e.parentElement } return 'rgb(255, 255, 255)' }
  const texts = [...document.querySelectorAll('body *')].filter(e =>
    [...e.childNodes].some(n => n.nodeType === 3 && n.data.trim()))
  return Math.min(...texts.map(e => { const a = light(getComputedStyle(e).color), b = light(ground(e))
    return (Math.max(a, b) + .05) / (Math.min(a, b) + .05) }))
}"""


@pytest.mark.parametrize("path", PAGES)
def test_everything_is_there_without_javascript(browser: Browser, address: str, path: str) -> None:
    texts = []
    for enabled in (True, False):
        context = browser.new_context(base_url=address, java_script_enabled=enabled)
        page = context.new_page()
        page.goto(path)
        texts.append(page.locator("body").inner_text())
        context.close()

    assert texts[0] == texts[1]
    assert len(texts[0]) > 100


def test_what_a_feed_says_never_runs(watched: Watched) -> None:
    for path in ("/", "/topics/bridges", story_path_of(LOUD)):
        watched.page.goto(path)
        assert watched.page.title() != "owned"
        assert watched.page.locator("main img, main script").count() == 0
        assert "<script>document.title='owned'</script> bridge" in watched.page.inner_text("main")
    assert watched.complaints == []


def test_who_tabs_comes_first_to_the_content(watched: Watched) -> None:
    watched.page.goto("/")
    watched.page.keyboard.press("Tab")
    assert watched.page.evaluate("document.activeElement.textContent") == "Skip to content"

    watched.page.keyboard.press("Enter")
    assert watched.page.evaluate("document.activeElement.id") == "main"


def test_single_keys_move_between_headlines_until_they_are_switched_off(watched: Watched) -> None:
    page = watched.page
    focused = "document.activeElement.textContent"
    page.goto("/topics/bridges")
    headlines = page.locator("main .hl").all_text_contents()
    page.keyboard.press("j")
    page.keyboard.press("j")
    assert page.evaluate(focused) == headlines[1]
    page.keyboard.press("k")
    assert page.evaluate(focused) == headlines[0]

    page.keyboard.press("/")
    assert page.evaluate("document.activeElement.name") == "q"
    page.keyboard.type("j/?k")
    assert page.input_value("[type=search]") == "j/?k"
    page.evaluate("document.activeElement.blur()")

    page.keyboard.press("?")
    page.keyboard.press("j")
    assert page.evaluate("document.activeElement.tagName") == "BODY"
    page.reload()
    page.keyboard.press("j")
    assert page.evaluate("document.activeElement.tagName") == "BODY"
    assert watched.complaints == []


def test_the_search_box_leads_to_what_was_found_without_javascript_too(
    browser: Browser, address: str
) -> None:
    context = browser.new_context(base_url=address, java_script_enabled=False)
    page = context.new_page()
    page.goto("/")
    page.get_by_role("searchbox").fill("“brekke bridge”")
    page.keyboard.press("Enter")
    page.wait_for_url("**/search?q=*")

    assert page.locator("mark").all_text_contents() == ["Brekke bridge"]
    assert page.input_value("[name=q]") == "“brekke bridge”"
    context.close()


def test_older_stories_are_one_click_away(watched: Watched) -> None:
    page = watched.page
    page.goto("/topics/bridges")
    first = set(page.locator("main h3 .hl").all_text_contents())
    page.get_by_role("link", name="Older stories").click()
    page.wait_for_url("**before=**")

    assert first.isdisjoint(page.locator("main h3 .hl").all_text_contents())
    assert watched.complaints == []


def test_the_address_of_a_feed_is_selected_by_one_click(watched: Watched, address: str) -> None:
    page = watched.page
    page.goto("/topics/bridges")
    page.get_by_text("Subscribe to this topic").click()
    page.locator(".url").click()

    assert page.evaluate("getSelection().toString().trim()") == f"{address}/topics/bridges.atom"


def test_a_feed_opened_in_the_browser_is_a_page_to_read(watched: Watched) -> None:
    page = watched.page
    page.goto("/topics/bridges.atom")

    assert page.evaluate("document.contentType") == "application/xml"
    assert page.evaluate("getComputedStyle(document.querySelector('entry > title')).display") == "block"
    for hidden in ("entry > id", "entry > content", "entry > category", "entry > contributor"):
        assert page.evaluate(f"getComputedStyle(document.querySelector('{hidden}')).display") == "none"
    page.set_viewport_size({"width": 320, "height": 900})
    assert page.evaluate("document.documentElement.scrollWidth") <= 320
    assert watched.complaints == []
    page.evaluate("document.querySelector('subtitle a').click()")
    page.wait_for_url("**/topics/bridges")
