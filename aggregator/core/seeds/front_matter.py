"""Front matter: YAML's simple forms, TOML, JSON, and Pandoc's title block, each with its body."""

import json
import re
import tomllib
from collections.abc import Mapping
from typing import Any, NamedTuple

from aggregator.core.seeds.keys import field_of

FENCES = {
    "---": re.compile(r"^(?:---|\.\.\.)[ \t]*$", re.MULTILINE),
    "+++": re.compile(r"^\+\+\+[ \t]*$", re.MULTILINE),
}
KEY = re.compile(r"^[\w\"' .-]+?\s*[:=](?:\s|$)")
YAML_KEY = re.compile(r"^(?P<key>\"[^\"]{1,60}\"|'[^']{1,60}'|[\w@][^:#\n]{0,60}?)\s*:(?:\s+(?P<value>.*))?$")
BLOCK_SCALAR = re.compile(r"^[|>][+-]?\d?[+-]?$")
PANDOC = re.compile(r"\A%[ \t]+(?P<title>.+)\n(?:%[ \t]*(?P<author>.*)\n)?(?:%[ \t]*(?P<date>.*)\n)?")
MAX_DEPTH = 6  # mappings and lists in one another
MAX_HEAD = 100_000  # characters
MAX_FLOW = 60  # lines of a list in brackets
ESCAPES = {"n": "\n", "t": " ", '"': '"', "\\": "\\", "/": "/"}


class Fronted(NamedTuple):
    """Front matter and the text under it."""

    values: dict[str, Any]
    body: str


def fronted(text: str) -> list[Fronted]:
    """Return the front matter of each article of a text, and the text under it; none where there is none."""
    if text.startswith("{"):
        return _json(text)
    if text.startswith("%"):
        match = PANDOC.match(text)
        return [Fronted(match.groupdict(""), text[match.end() :])] if match else []
    if text[:3] not in FENCES:
        return []
    heads = _fenced(text)
    if not heads or heads[0][0] != 0:
        return []
    parse = parse_yaml if text.startswith("---") else parse_toml
    ends = [start for start, _, _ in heads[1:]] + [len(text)]
    return [
        Fronted(_flat(parse(head)), text[body:end]) for (_, head, body), end in zip(heads, ends, strict=True)
    ]


def _fenced(text: str) -> list[tuple[int, str, int]]:
    """Return where each front matter begins, what it says, and where its body begins."""
    lines = [(match.start(), match.end() + 1) for match in FENCES[text[:3]].finditer(text)]
    found: list[tuple[int, str, int]] = []
    i = 0
    while i + 1 < len(lines):
        head = text[lines[i][1] : lines[i + 1][0]]
        # A rule in a body looks like a fence: what follows it is no list of keys.
        if _is_head(head) and (not found or _has_title(head)):
            found.append((lines[i][0], head, lines[i + 1][1]))
            i += 1
        i += 1
    return found


def _is_head(head: str) -> bool:
    if len(head) > MAX_HEAD:
        return False
    lines = [line for line in head.split("\n") if line.strip() and line[0] not in " \t#-[]{}"]
    return bool(lines) and all(KEY.match(line) or YAML_KEY.match(line) for line in lines)


def _has_title(head: str) -> bool:
    return any(field_of(re.split("[:=]", line)[0]) for line in head.split("\n"))


def _json(text: str) -> list[Fronted]:
    """Read Hugo's front matter in JSON: an object, and then a text that is none."""
    try:
        values, end = json.JSONDecoder().raw_decode(text)
    except (ValueError, RecursionError):
        return []
    body = text[end:].strip()
    has_title = isinstance(values, dict) and any(field_of(key) == "title" for key in values)
    is_text = body and body[0] not in "[,}]" and not re.search(r"^\{", body, re.MULTILINE)  # else JSON Lines
    return [Fronted(_flat(values), body)] if has_title and is_text else []


def _flat(values: dict[str, Any]) -> dict[str, Any]:
    """Return the keys together with those of tables that are no field: Hugo's `params`, Zola's `extra`."""
    flat = dict(values)
    for key, inner in values.items():
        if isinstance(inner, Mapping) and field_of(key) is None:
            flat = {**inner, **{k: v for k, v in flat.items() if k != key}}
    return _jekyll(flat) if "layout" in flat else flat


def _jekyll(values: dict[str, Any]) -> dict[str, Any]:
    """Split labels at spaces, as Jekyll reads a text under `categories` or `tags`."""
    spaced = {
        key: values[key].split()
        for key in ("categories", "tags")
        if isinstance(values.get(key), str) and not re.search("[,;]", values[key])
    }
    return {**values, **spaced}


def parse_toml(head: str) -> dict[str, Any]:
    """Return TOML's values; where it is broken, what can be read line by line."""
    try:
        return tomllib.loads(head)
    except (tomllib.TOMLDecodeError, RecursionError, ValueError):
        return parse_yaml(re.sub(r"(?m)^([\w-]+)\s*=\s*", r"\1: ", head))


# --- YAML -----------------------------------------------------------------------------------------------


def parse_yaml(head: str) -> dict[str, Any]:
    """Return the keys of YAML's simple forms: scalars, lists, mappings, each as block or in brackets."""
    return _mapping(head.split("\n"), 0, 0, 0)[0]


def _mapping(lines: list[str], start: int, indent: int, depth: int) -> tuple[dict[str, Any], int]:
    values: dict[str, Any] = {}
    i, last = start, ""
    while i < len(lines):
        line = lines[i]
        if not line.strip() or line.lstrip().startswith("#"):
            i += 1
            continue
        own = _indent(line)
        match = YAML_KEY.match(line.strip())
        if own < indent:
            break
        if own == indent and match:
            last = match["key"].strip("\"' ")
            values[last], i = _value(lines, i, (match["value"] or "").strip(), depth)
            continue
        if last and isinstance(values[last], str):  # a plain text that goes on
            values[last] = f"{values[last]} {line.strip()}".strip()
        i += 1
    return values, i


def _value(lines: list[str], index: int, raw: str, depth: int) -> tuple[Any, int]:
    """Return the value of the key at a line, and the line after it."""
    indent = _indent(lines[index])
    raw = raw if raw.startswith(("'", '"', "[", "{")) else re.sub(r"(?:^|\s+)#.*$", "", raw)
    if BLOCK_SCALAR.match(raw):
        return _block(lines, index + 1, indent, raw)
    if raw.startswith(("[", "{")):
        return _flow(lines, index, raw)
    if raw:
        return _scalar(raw), index + 1
    following = next((i for i in range(index + 1, len(lines)) if lines[i].strip()), None)
    if following is None or depth >= MAX_DEPTH:
        return "", index + 1
    inner = _indent(lines[following])
    if _is_item(lines[following]) and inner >= indent:
        return _sequence(lines, following, inner, depth + 1)
    if inner > indent and YAML_KEY.match(lines[following].strip()):
        return _mapping(lines, following, inner, depth + 1)
    return "", index + 1


def _sequence(lines: list[str], start: int, indent: int, depth: int) -> tuple[list[Any], int]:
    items: list[Any] = []
    i = start
    while i < len(lines) and (not lines[i].strip() or _indent(lines[i]) >= indent):
        if not _is_item(lines[i]) or _indent(lines[i]) != indent:
            i += 1
            continue
        text = lines[i].strip()[1:].strip()
        if YAML_KEY.match(text) and not text.startswith(("'", '"', "[")):
            # The item is a mapping: its first key stands behind the dash.
            inner = len(lines[i]) - len(lines[i].lstrip()[1:].lstrip())
            lines[i] = " " * inner + text
            value, i = _mapping(lines, i, inner, depth + 1)
            items.append(value)
        else:
            items.append(_scalar(text))
            i += 1
    return items, i


def _is_item(line: str) -> bool:
    return line.strip() == "-" or line.strip().startswith("- ")


def _indent(line: str) -> int:
    return len(line) - len(line.lstrip(" \t"))


def _block(lines: list[str], start: int, indent: int, mark: str) -> tuple[str, int]:
    """Read a text of several lines: `|` keeps them, `>` joins them."""
    i = start
    while i < len(lines) and (not lines[i].strip() or _indent(lines[i]) > indent):
        i += 1
    kept = [line.strip() for line in lines[start:i]]
    joined = "\n".join(kept).strip()
    return (joined if mark[0] == "|" else re.sub(r"(?<!\n)\n(?!\n)", " ", joined)), i


def _flow(lines: list[str], index: int, raw: str) -> tuple[Any, int]:
    """Read a list or mapping in brackets, on one line or several."""
    text, i = raw, index + 1
    while text.count(raw[0]) > text.count({"[": "]", "{": "}"}[raw[0]]) and i < min(
        len(lines), index + MAX_FLOW
    ):
        text += " " + lines[i].strip()
        i += 1
    return _bracketed(text.strip()), i


def _bracketed(text: str) -> Any:
    closing = text.rfind("]" if text.startswith("[") else "}")
    parts = _split(text[1 : closing if closing > 0 else len(text)])
    if text.startswith("{"):
        pairs = (part.partition(":") for part in parts)
        return {key.strip("\"' "): _scalar(value.strip()) for key, _, value in pairs}
    return [_bracketed(part) if part.startswith("{") else _scalar(part) for part in parts]


def _split(text: str) -> list[str]:
    """Split at the commas outside quotation marks and brackets."""
    parts, depth, quote = [""], 0, ""
    for character in text:
        opens = not quote and character in "\"'" and not parts[-1].strip()
        quote = character if opens else "" if character == quote else quote
        depth += 0 if quote else (character in "[{") - (character in "]}")
        if character == "," and not quote and depth <= 0:
            parts.append("")
        else:
            parts[-1] += character
    return [part.strip() for part in parts if part.strip()]


def _scalar(raw: str) -> str:
    raw = raw.strip()
    if raw in {"~", "null", "Null", "NULL"}:
        return ""
    if len(raw) >= 2 and raw[0] == "'" and (end := raw.rfind("'")) > 0:
        return raw[1:end].replace("''", "'")
    if len(raw) >= 2 and raw[0] == '"' and (end := raw.rfind('"')) > 0:
        return re.sub(r"\\([nt\"\\/])", lambda match: ESCAPES[match[1]], raw[1:end])
    return re.sub(r"\s+#.*$", "", raw)
