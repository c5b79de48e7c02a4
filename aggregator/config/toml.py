"""A TOML file as a model: every mistake with its line, and what was probably meant."""

import difflib
import json
import re
import tomllib
from collections.abc import Mapping
from typing import Any, TypeVar, get_args

from pydantic import BaseModel, ValidationError

from aggregator.errors import ConfigError

M = TypeVar("M", bound=BaseModel)
Location = tuple[int | str, ...]

# What pydantic finds wrong, in words that say what to write instead.
WORDS = {
    "tuple_type": 'must be a list, such as ["one", "two"]',
    "string_type": "must be text in quotes",
    "bool_type": "must be true or false",
    "bool_parsing": "must be true or false",
    "missing": "is missing",
    "model_type": "must be a table of its own, under a line such as [[feeds]]",
    "url_parsing": "is no http or https address",
    "url_scheme": "is no http or https address",
    "url_type": "must be an address in quotes",
    "url_too_long": "is too long for an address",
}


def read_toml(model: type[M], name: str, body: bytes) -> tuple[M | None, tuple[ConfigError, ...]]:
    """Read a file; None where it has mistakes, which are returned in the order of their lines."""
    try:
        text = body.decode("utf-8-sig")
        return model.model_validate(tomllib.loads(text)), ()
    except UnicodeDecodeError as error:
        line = body[: error.start].count(b"\n") + 1
        return None, (ConfigError(f"{name}:{line}", "is not UTF-8; save the file in that encoding"),)
    except tomllib.TOMLDecodeError as error:
        found = re.search(r"at line (\d+)", str(error))
        line = int(found[1]) if found else text.rstrip().count("\n") + 1
        return None, (ConfigError(f"{name}:{line}", f"is not valid TOML: {error}"),)
    except ValidationError as error:
        mistakes = {(line_of(text, e["loc"]), _explain(model, e)): None for e in error.errors()}
        return None, tuple(ConfigError(f"{name}:{line}", words) for line, words in sorted(mistakes))


def line_of(text: str, location: Location) -> int:
    """Find the line that sets the key of a location such as ("feeds", 1, "url"); 1 where it can't be told."""
    lines = text.splitlines()
    names = [part for part in location if isinstance(part, str)]
    index = next((part for part in location if isinstance(part, int)), None)
    heads = [n for n, line in enumerate(lines) if re.match(rf"\s*\[\[\s*{re.escape(names[0])}\s*\]\]", line)]
    start = heads[index] if index is not None and index < len(heads) else 0
    inside = (n for n in range(start, len(lines)) if _sets(lines[n], names[-1]))
    outside = (n for n, line in enumerate(lines) if _sets(line, names[0]))
    return next(inside, start or next(outside, 0)) + 1


def quoted(text: str) -> str:
    """Write a text as a basic string of TOML."""
    return json.dumps(text, ensure_ascii=False).replace("\x7f", "\\u007f")


def _sets(line: str, key: str) -> bool:
    return bool(re.match(rf"\s*\[*\s*[\"']?{re.escape(key)}[\"']?\s*[=.\]]", line))


def _explain(model: type[BaseModel], error: Mapping[str, Any]) -> str:
    """Say what is wrong with one key, and what was probably meant."""
    key = ".".join(str(part) for part in error["loc"] if isinstance(part, str))
    if error["type"] != "extra_forbidden":
        return f"{key}: {WORDS.get(error['type'], str(error['msg']).removeprefix('Value error, '))}"
    known = _at(model, error["loc"][:-1]).model_fields
    near = difflib.get_close_matches(str(error["loc"][-1]), known, n=1)
    return f"unknown key {key!r}" + (
        f"; did you mean {near[0]!r}?" if near else f"; known keys are {', '.join(known)}"
    )


def _at(model: type[BaseModel], location: Location) -> type[BaseModel]:
    """Return the model of the table that a location leads to."""
    for part in location:
        if isinstance(part, str):
            inner: type[BaseModel] = get_args(model.model_fields[part].annotation)[0]
            model = inner
    return model
