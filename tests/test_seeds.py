"""Seed documents, each with what it must yield: `data/seeds/<name>.<any>` and `<name>.json` beside it.

In the expectations `starts` and `ends` are the first and last words of an entry's text, `absent` lists words
of the site around it that no text may contain, and `published` is as precise as the document.
"""

import json
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from aggregator.core.seeds import read_seed
from aggregator.model import Document, Entry

NOW = datetime(2026, 11, 1, tzinfo=UTC)
DATA = Path(__file__).parent / "data" / "seeds"
SHARED = Path(__file__).resolve().parents[1].parent / "shared" / "seeds"
EXPECTATIONS = {path.stem: path for path in sorted(DATA.glob("*.json"))}


def source_of(expectation: Path) -> Path:
    """Return the document that an expectation is about."""
    return next(path for path in expectation.parent.glob(f"{expectation.stem}.*") if path.suffix != ".json")


def shown(entry: Entry, wanted: dict[str, Any]) -> dict[str, Any]:
    """Return an entry as an expectation words it."""
    published = entry.published.isoformat() if entry.published else None
    if published:
        published = published[:10] if entry.day_only else published[: max(len(wanted["published"] or ""), 16)]
    return {
        "title": entry.title,
        "publisher": entry.publisher,
        "author": entry.author,
        "published": published,
        "categories": sorted(entry.categories),
        "url": entry.url,
        "starts": entry.text[: len(wanted["starts"])],
        "ends": entry.text[-len(wanted["ends"]) :],
    }


@pytest.mark.parametrize("name", EXPECTATIONS)
def test_a_document_yields_exactly_its_entries(name: str) -> None:
    expected = json.loads(EXPECTATIONS[name].read_text(encoding="utf-8"))
    source = source_of(EXPECTATIONS[name])

    entries = read_seed(Document(source.name, source.read_bytes()), NOW)

    wanted = [entry | {"categories": sorted(entry["categories"])} for entry in expected["entries"]]
    assert len(entries) == len(wanted), [entry.title for entry in entries]
    assert [shown(entry, want) for entry, want in zip(entries, wanted, strict=True)] == wanted
    assert not [words for words in expected["absent"] for entry in entries if words in entry.text]


def test_there_are_documents_of_both_page_shapes_and_of_other_kinds() -> None:
    names = [source_of(path).name for path in EXPECTATIONS.values()]
    pages = [name for name in names if name.startswith(("archive_", "article_"))]
    assert len(pages) >= 25
    assert len(names) - len(pages) >= 12


@pytest.mark.shared
@pytest.mark.parametrize("name", ["000_85d3de105060aec6.txt", "003_64a8e2b2121541b9.txt"])
def test_the_documents_that_were_asked_for_yield_what_they_must(name: str) -> None:
    if not SHARED.is_dir():
        pytest.skip("the folder ../shared is not beside this checkout")
    expected = json.loads((SHARED / "expected.json").read_text(encoding="utf-8"))[name]["entries"]

    entries = read_seed(Document(name, (SHARED / name).read_bytes()), NOW)

    fields = ("title", "publisher", "published", "categories")
    found = [{key: getattr(entry, key) for key in fields} for entry in entries]
    assert found == [
        {key: entry[key] for key in fields} | {"categories": tuple(entry["categories"])} for entry in expected
    ]
