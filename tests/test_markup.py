"""The pages' markup: the Nu HTML checker and html-validate find no error, and the outline is whole."""

import json
import re
import shutil
import subprocess
import sys
from collections.abc import Iterator
from itertools import pairwise
from pathlib import Path
from urllib.error import HTTPError
from urllib.request import urlopen

import html5lib
import pytest
from desk import PAGES

TOOLS = Path(sys.prefix, "markup", "node_modules")  # where make puts them
VNU = TOOLS / "vnu-jar/build/dist/vnu.jar"
HTML_VALIDATE = TOOLS / "html-validate/bin/html-validate.mjs"
RULES = {"root": True, "extends": ["html-validate:recommended", "html-validate:a11y"]}
RULES |= {"rules": {"long-title": "off"}}  # headlines are as long as they are
RELATIVE = re.compile(r"\b(ago|yesterday|tomorrow|just now|(minute|hour)s? (ago|old))\b", re.IGNORECASE)


@pytest.fixture(scope="module")
def pages(full_desk: str, tmp_path_factory: pytest.TempPathFactory) -> dict[str, Path]:
    """Return every page by its path, as a file."""
    folder = tmp_path_factory.mktemp("pages")
    found = {path: folder / f"{n}.html" for n, path in enumerate(PAGES)}
    for path, file in found.items():
        file.write_bytes(fetched(full_desk + path))
    return found


def fetched(address: str) -> bytes:
    try:
        with urlopen(address) as answer:
            return bytes(answer.read())
    except HTTPError as error:  # an error is a page as well
        with error:
            return error.read()


def need(program: str, tool: Path) -> str:
    found = shutil.which(program)
    if found is None or not tool.exists():
        pytest.skip(f"{program} or {tool.name} is not here: install Java and Node.js, then `make test`")
    return found


def test_the_nu_html_checker_finds_no_error(pages: dict[str, Path]) -> None:
    command = [need("java", VNU), "-jar", str(VNU), "--format", "json", "--exit-zero-always"]
    done = subprocess.run([*command, *map(str, pages.values())], capture_output=True, text=True)

    assert messages(pages, json.loads(done.stderr)["messages"]) == []


def messages(pages: dict[str, Path], said: list[dict[str, str]]) -> list[tuple[str, str, str]]:
    """Return what was said with the path of the page, what only informs left out."""
    paths = {file.name: path for path, file in pages.items()}
    return [
        (paths[Path(m["url"]).name], m["message"], m.get("extract", ""))
        for m in said
        if m["type"] != "info" or m.get("subType") == "warning"
    ]


def test_html_validate_finds_no_error(pages: dict[str, Path], tmp_path: Path) -> None:
    rules = tmp_path / "rules.json"
    rules.write_text(json.dumps(RULES))
    command = [need("node", HTML_VALIDATE), str(HTML_VALIDATE), "--config", str(rules), "--formatter", "json"]
    found_by = tmp_path / "found.json"  # a pipe would be cut where it ends before much was read
    with found_by.open("w") as output:
        subprocess.run([*command, *map(str, pages.values())], stdout=output)

    paths = {str(file): path for path, file in pages.items()}
    found = [
        (paths.get(page["filePath"], page["filePath"]), m["line"], m["ruleId"], m["message"])
        for page in json.loads(found_by.read_text())
        for m in page["messages"]
    ]
    assert found == []


@pytest.mark.parametrize("path", PAGES)
def test_a_page_has_one_outline(pages: dict[str, Path], path: str) -> None:
    """One h1, no level skipped, one main, header and footer, and a name for every nav."""
    tree = html5lib.parse(pages[path].read_text("utf-8"), treebuilder="lxml", namespaceHTMLElements=False)
    levels = [int(element.tag[1]) for element in elements(tree, "h1", "h2", "h3", "h4", "h5", "h6")]

    assert levels[0] == 1
    assert levels.count(1) == 1
    assert all(after <= before + 1 for before, after in pairwise(levels))
    assert [len(list(tree.iter(name))) for name in ("main", "header", "footer")] == [1, 1, 1]
    assert all(nav.get("aria-label") for nav in tree.iter("nav"))


def elements(tree, *names: str) -> Iterator:  # type: ignore[no-untyped-def,type-arg] # lxml has no types
    return (element for element in tree.iter("*") if element.tag in names)


@pytest.mark.parametrize("path", PAGES)
def test_a_chart_says_its_numbers_or_stands_beside_them(pages: dict[str, Path], path: str) -> None:
    for tag in re.findall(r"<svg[^>]*>", pages[path].read_text("utf-8")):
        said = re.search(r'role="img" aria-label="[^"]*\d', tag)
        assert bool(said) != ('aria-hidden="true"' in tag), tag


@pytest.mark.parametrize("path", PAGES)
def test_times_are_absolute_and_their_zone_is_named(pages: dict[str, Path], path: str) -> None:
    html = pages[path].read_text("utf-8")
    text = re.sub(r"<[^>]*>", " ", html.partition("<main")[2])

    assert all(
        re.fullmatch(r"\d{4}-\d\d-\d\d(T\d\d:\d\dZ)?", at) for at in re.findall(r'datetime="([^"]*)"', html)
    )
    assert not RELATIVE.search(text)
    assert "All times UTC" in text or path == "/nothing/here"  # an error asks the store for nothing
