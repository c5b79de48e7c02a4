"""Every page for everybody: axe finds nothing, light or dark, on phones or desks, with all folds open."""

from importlib.resources import files
from typing import Any

import pytest
from desk import KINDS
from playwright.sync_api import Browser

pytestmark = pytest.mark.browser

AXE = (files("axe_playwright_python") / "axe.min.js").read_text(encoding="utf-8")
LEVELS = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]
OPEN = "document.querySelectorAll('details').forEach(d => { d.open = true })"


@pytest.mark.parametrize("path", KINDS)
def test_axe_finds_no_violation(browser: Browser, full_desk: str, path: str) -> None:
    found = []
    for scheme in ("light", "dark"):
        context = browser.new_context(base_url=full_desk, color_scheme=scheme)  # type: ignore[arg-type]
        page = context.new_page()
        page.goto(path)
        page.evaluate(OPEN)
        page.evaluate(AXE)
        for width in (390, 1280):
            page.set_viewport_size({"width": width, "height": 900})
            found += [(scheme, width, *problem) for problem in violations(page.evaluate(RUN, LEVELS))]
        context.close()

    assert found == []


RUN = "levels => axe.run({runOnly: levels, resultTypes: ['violations']})"


def violations(result: dict[str, Any]) -> list[tuple[str, str]]:
    return [(v["id"], node["html"]) for v in result["violations"] for node in v["nodes"]]
