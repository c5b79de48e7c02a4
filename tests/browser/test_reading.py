"""Pages as people use them: on paper, by keyboard, with other colours and other directions."""

from collections.abc import Iterator

import pytest
from chromium import Watched
from desk import KINDS, LONG_WORD, MAIN, WIDE
from make import story_path_of
from playwright.sync_api import Browser, Page

pytestmark = pytest.mark.browser

CROWDED = "/topics/bridge"


@pytest.fixture
def page(browser: Browser, full_desk: str) -> Iterator[Page]:
    context = browser.new_context(base_url=full_desk, viewport={"width": 390, "height": 844})
    yield context.new_page()
    context.close()


@pytest.mark.parametrize("path", KINDS)
def test_a_page_takes_four_requests_few_elements_and_stays_where_it_is(
    browser: Browser, full_desk: str, path: str
) -> None:
    """Cold; below 1,500 elements with 25 stories or 60 articles; no layout shift."""
    context = browser.new_context(base_url=full_desk, viewport={"width": 390, "height": 844})
    page = context.new_page()
    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.url) if request.redirected_from is None else None)
    page.goto(path, wait_until="networkidle")

    assert len(asked) <= 4
    assert all(address.startswith(full_desk) for address in asked)
    assert page.evaluate("document.querySelectorAll('*').length") < 1_500
    assert page.evaluate(SHIFT) == 0
    context.close()


SHIFT = """() => new Promise(done => {
  let moved = 0
  new PerformanceObserver(list => list.getEntries().forEach(entry => moved += entry.value))
    .observe({type: 'layout-shift', buffered: true})
  setTimeout(() => done(moved), 200) // buffered entries come in a task of their own
})"""


@pytest.mark.parametrize("path", KINDS)
def test_nothing_of_a_full_desk_scrolls_sideways(page: Page, path: str) -> None:
    """At 320 px, which is also 1280 px at four times the size; a word of 90 letters included."""
    page.set_viewport_size({"width": 320, "height": 800})
    page.goto(path)
    page.evaluate("document.querySelectorAll('details').forEach(d => { d.open = true })")

    assert page.evaluate("document.documentElement.scrollWidth") <= 320
    if path == story_path_of(WIDE):
        assert LONG_WORD in page.inner_text("h1")


def test_a_story_on_paper_is_its_text_with_addresses(page: Page) -> None:
    page.goto(story_path_of(MAIN))
    page.emulate_media(media="print")

    for gone in ("nav", "header form", "details", "footer"):
        assert not page.locator(gone).first.is_visible(), gone
    link = page.locator(".tl h3 a").first
    after = link.evaluate("a => getComputedStyle(a, '::after').content")
    assert link.get_attribute("href") in after or "attr(href)" in after


def test_an_arabic_headline_leaves_the_line_above_it_in_order(page: Page) -> None:
    """Time, lag, source and language stand from left to right; the headline itself runs from the right."""
    page.goto(story_path_of(MAIN))
    entry = page.locator(".tl > li", has=page.locator('h3[lang="ar"]'))

    edges = [entry.locator(part).first.bounding_box() for part in ("time", ".n", "b bdi", ".tag")]
    places = [edge["x"] for edge in edges if edge]
    assert len(places) == 4
    assert places == sorted(places)
    assert entry.locator("h3 a").evaluate("a => getComputedStyle(a.parentElement).direction") == "rtl"
    assert entry.locator("h3").evaluate("h => getComputedStyle(h).textAlign") in ("match-parent", "left")


def test_single_keys_go_to_the_next_page_and_back(page: Page) -> None:
    page.goto(CROWDED)
    first = page.locator("main h3 .hl").all_text_contents()

    page.keyboard.press("n")
    page.wait_for_url("**before=**")
    assert set(page.locator("main h3 .hl").all_text_contents()).isdisjoint(first)

    page.keyboard.press("p")
    page.wait_for_url("**upto=**")
    assert page.locator("main h3 .hl").all_text_contents() == first


@pytest.mark.parametrize("modifier", ["Control", "Alt", "Meta"])
def test_keys_with_modifiers_are_the_browsers(page: Page, modifier: str) -> None:
    page.goto(CROWDED)
    page.keyboard.press(f"{modifier}+j")

    assert page.evaluate("document.activeElement.tagName") == "BODY"


@pytest.mark.parametrize("field", ["input", "select", "textarea", "div contenteditable"])
def test_keys_in_a_field_are_text(page: Page, field: str) -> None:
    page.goto(CROWDED)
    page.evaluate(
        """field => { const [name, attribute] = field.split(' '), e = document.createElement(name)
        if (attribute) e.setAttribute(attribute, 'true')
        e.id = 'field'; document.querySelector('main').prepend(e); e.focus() }""",
        field,
    )
    page.keyboard.press("j")

    assert page.evaluate("document.activeElement.id") == "field"


def test_a_mirrored_page_mirrors_its_charts(page: Page) -> None:
    page.goto(CROWDED)
    page.evaluate("document.documentElement.dir = 'rtl'")

    assert page.locator("svg.c").first.evaluate("s => getComputedStyle(s).transform").startswith("matrix(-1")
    assert page.evaluate("document.documentElement.scrollWidth") <= 390


def test_in_forced_colours_charts_and_focus_can_be_seen(browser: Browser, full_desk: str) -> None:
    context = browser.new_context(base_url=full_desk, forced_colors="active")
    page = context.new_page()
    page.goto(CROWDED)
    page.keyboard.press("Tab")
    ground = page.locator("body").evaluate("e => getComputedStyle(e).backgroundColor")

    assert page.locator("svg.c path").first.evaluate("e => getComputedStyle(e).fill") != ground
    assert page.locator(":focus").evaluate("e => getComputedStyle(e).outlineStyle") == "solid"
    context.close()


def test_no_page_of_a_full_desk_complains(browser: Browser, full_desk: str) -> None:
    context = browser.new_context(base_url=full_desk)
    watched = Watched(context.new_page(), full_desk)
    for path in KINDS:
        watched.page.goto(path, wait_until="load")
        assert watched.page.title() != "owned"
    context.close()

    assert [said for said in watched.complaints if "404" not in said] == []  # one of them is not there
