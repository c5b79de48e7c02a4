"""The log: one event is one line, as text or as JSON. No feed can begin a new one, no secret stands in it."""

import json
import logging
import re
import sys
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any, Literal, TextIO

HIDDEN = "…"
LONGEST = 10_000  # characters of a line's message or trace
# A name and password before a host; what follows words that name secrets; the addresses that hubs push to.
USER = re.compile(r"(?<=://)[^\s/?#@]*(?:@[^\s/?#@]*)*@(?=[^\s/?#@])")
WORDS = "token|secret|passw(?:or)?d|passwd|pwd|api[_-]?key|signature|credential|session"
NAMES = rf"[\w.-]{{0,40}}(?:{WORDS})[\w.-]{{0,40}}"
SECRET = re.compile(rf"([?&;](?:{NAMES}|key|auth|sig|code|access|pass)=)[^&;#\s\"'<>]+", re.IGNORECASE)
HUBS = re.compile(r"(/websub/)[\w-]+")
BEARER = re.compile(r"(\b(?:bearer|basic)\s+)[\w.~+/=-]{8,}", re.IGNORECASE)
# Whatever a terminal or a log reader could take for the end of a line, or for a command.
CONTROL = re.compile("[\x00-\x1f\x7f-\x9f\u2028\u2029\u202a-\u202e\u2066-\u2069]")
NAMED = {"\n": "\\n", "\r": "\\r", "\t": "\\t"}
TALKATIVE = {  # libraries that tell every step they take
    "apscheduler": logging.ERROR,  # that work is under way still when a tick comes is as it should be
    "alembic": logging.WARNING,
}
# What every record has; the rest was given with it.
OWN = frozenset(vars(logging.makeLogRecord({}))) | {"message", "asctime", "color_message"}


def start_logging(level: str, form: Literal["text", "json"], stream: TextIO | None = None) -> None:
    """Have every line of this process written in a form, on stderr where no stream is given."""
    handler = logging.StreamHandler(stream or sys.stderr)
    handler.setFormatter(FORMS[form]())
    logging.basicConfig(level=level, handlers=[handler], force=True)
    for name, least in TALKATIVE.items():
        logging.getLogger(name).setLevel(least)


class TextLines(logging.Formatter):
    """Write an event as time, level, place, message, and its fields as name=value."""

    def format(self, record: logging.LogRecord) -> str:
        fields = "".join(f" {name}={_quoted(value)}" for name, value in _fields(record).items())
        line = f"{_time(record)} {record.levelname} {record.name}: {_message(record)}{fields}"
        trace = _trace(self, record)
        return _one_line(f"{line} | {trace}" if trace else line)


class JsonLines(logging.Formatter):
    """Write an event as a JSON object."""

    def format(self, record: logging.LogRecord) -> str:
        event: dict[str, Any] = {
            "time": _time(record),
            "level": record.levelname,
            "logger": record.name,
            "message": _message(record),
        }
        trace = _trace(self, record)
        event |= {"trace": trace} if trace else {}
        # Escaped to ASCII: so no character in it can be taken for the end of the line.
        return json.dumps(_fields(record) | event)


FORMS: Mapping[str, type[logging.Formatter]] = {"text": TextLines, "json": JsonLines}


def without_secrets(text: str) -> str:
    """Hide what gives access: passwords and tokens in addresses and headers."""
    if "://" in text:
        text = USER.sub(f"{HIDDEN}@", text)
    text = SECRET.sub(rf"\g<1>{HIDDEN}", text)
    return BEARER.sub(rf"\g<1>{HIDDEN}", HUBS.sub(rf"\g<1>{HIDDEN}", text))


def _cut(text: str) -> str:
    """Shorten a text between words: half an address would not be known as one."""
    return text if len(text) <= LONGEST else (text[:LONGEST].rsplit(None, 1) or [""])[0] + " " + HIDDEN


def _message(record: logging.LogRecord) -> str:
    return without_secrets(_cut(record.getMessage()))


def _trace(formatter: logging.Formatter, record: logging.LogRecord) -> str:
    if not record.exc_info:
        return ""
    return without_secrets(_cut(formatter.formatException(record.exc_info)))


def _time(record: logging.LogRecord) -> str:
    return datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds")


def _fields(record: logging.LogRecord) -> dict[str, Any]:
    """Return what was given as `extra`."""
    given = {name: value for name, value in vars(record).items() if name not in OWN}
    return {name: _plain(value) for name, value in given.items()}


def _plain(value: object) -> object:
    if value is None or isinstance(value, bool | int | float):
        return value
    return without_secrets(_cut(str(value)))


def _quoted(value: object) -> str:
    text = str(value)
    return json.dumps(text, ensure_ascii=False) if not text or " " in text or '"' in text else text


def _one_line(text: str) -> str:
    return CONTROL.sub(lambda found: NAMED.get(found[0], f"\\x{ord(found[0]):02x}"), text)
