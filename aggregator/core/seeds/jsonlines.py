"""JSON Lines, JSON arrays, and JSON objects that hold a list of entries."""

import json
from collections.abc import Mapping
from typing import Any

from aggregator.core.seeds.draft import Draft
from aggregator.core.seeds.fields import draft_of, field_of

LISTS = ("entries", "items", "articles", "posts", "results", "documents", "docs", "stories", "data", "news")
MAX_DEPTH = 4  # objects around the list: {"response": {"results": […]}}


def is_json(text: str, _name: str) -> bool:
    """Tell whether a text is JSON: it, or its first line, is an object or a list of objects."""
    start = text.lstrip("\ufeff \t\r\n")
    if not start.startswith(("{", "[")):
        return False
    return _loads(start.split("\n", 1)[0]) is not None or _loads(start) is not None


def read_json(text: str) -> tuple[Draft, ...]:
    """Return the entries of a JSON text, in order; lines and items that are no entry are passed over."""
    text = text.lstrip("\ufeff")
    whole = _loads(text)
    rows = (
        _rows(whole)
        if whole is not None
        else [row for line in text.splitlines() for row in _rows(_loads(line))]
    )
    return tuple(draft_of(row) for row in rows)


def _rows(value: Any, depth: int = 0) -> list[Mapping[str, Any]]:
    """Return the objects that have a title, wherever the list of them is kept."""
    if isinstance(value, list):
        return [item for item in value if isinstance(item, Mapping) and _has_title(item)]
    if not isinstance(value, Mapping):
        return []
    if _has_title(value) and not any(isinstance(value.get(key), list) and _rows(value[key]) for key in LISTS):
        return [value]
    if depth >= MAX_DEPTH:
        return []
    inner = [value[key] for key in LISTS if key in value] + [
        v for v in value.values() if isinstance(v, Mapping)
    ]
    return next((rows for item in inner if (rows := _rows(item, depth + 1))), [])


def _has_title(item: Mapping[str, Any]) -> bool:
    return any(
        field_of(key) == "title" and isinstance(value, str) and value.strip() for key, value in item.items()
    )


def _loads(text: str) -> Any:
    """Return what a JSON text says; None where it is none, or nested beyond reason."""
    text = text.strip()
    if not text.startswith(("{", "[")):
        return None
    try:
        return json.loads(text)
    except (ValueError, RecursionError):
        return None
