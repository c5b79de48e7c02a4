"""The log: one event, one line; fields; no secret."""

import io
import json
import logging
from collections.abc import Iterator

import pytest
from hypothesis import given
from hypothesis import strategies as st

from aggregator.logs import FORMS, TALKATIVE, start_logging, without_secrets

log = logging.getLogger("aggregator.test")


@pytest.fixture(autouse=True)
def _as_it_was() -> Iterator[None]:
    """Give the root logger its handlers back, and the loggers that were made quieter their level."""
    root = logging.getLogger()
    handlers, level = root.handlers[:], root.level
    quiet = {name: logging.getLogger(name).level for name in TALKATIVE}
    yield
    root.handlers[:] = handlers
    root.setLevel(level)
    for name, before in quiet.items():
        logging.getLogger(name).setLevel(before)


def written(form: str, level: str = "INFO") -> io.StringIO:
    stream = io.StringIO()
    start_logging(level, form, stream)  # type: ignore[arg-type]
    return stream


def test_as_text_an_event_has_time_level_place_message_and_fields() -> None:
    stream = written("text")
    log.info("read %d feeds", 3, extra={"polled": 3, "worst": "so so"})
    assert stream.getvalue().endswith('+00:00 INFO aggregator.test: read 3 feeds polled=3 worst="so so"\n')


def test_as_json_an_event_is_an_object_with_its_fields() -> None:
    stream = written("json")
    log.warning("read %d feeds", 3, extra={"polled": 3, "worst": None})
    event = json.loads(stream.getvalue())
    assert event.pop("time").endswith("+00:00")
    assert event == {
        "level": "WARNING",
        "logger": "aggregator.test",
        "message": "read 3 feeds",
        "polled": 3,
        "worst": None,
    }


def test_fields_cannot_take_the_place_of_what_every_event_says() -> None:
    stream = written("json")
    log.info("true", extra={"level": "forged", "time": "never"})
    assert json.loads(stream.getvalue())["level"] == "INFO"


@pytest.mark.parametrize("form", sorted(FORMS))
def test_a_fault_is_one_line_with_its_trace(form: str) -> None:
    stream = written(form)
    try:
        raise ValueError("first\nsecond")
    except ValueError:
        log.exception("failed")
    (line,) = stream.getvalue().splitlines()
    assert "Traceback" in line and "second" in line


@pytest.mark.parametrize("form", sorted(FORMS))
@given(text=st.text(st.characters(codec="utf-8"), max_size=50))
def test_whatever_a_feed_says_stays_on_its_line(form: str, text: str) -> None:
    stream = io.StringIO()
    record = log.makeRecord(log.name, logging.INFO, "", 0, "%s", (text,), None, extra={"title": text})
    stream.write(FORMS[form]().format(record))
    assert len(stream.getvalue().splitlines()) == 1


@pytest.mark.parametrize("end", ["\n", "\r", "\r\n", "\x85", "\u2028", "\u2029", "\x0b", "\x0c", "\x1b[2K"])
def test_no_line_can_be_forged(end: str) -> None:
    stream = written("text")
    log.warning("https://a.example/: %s", f"x{end}2026-11-25 ERROR root: forged")
    assert len(stream.getvalue().splitlines()) == 1
    assert "\x1b" not in stream.getvalue()


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("https://ann:hunter2@a.example/feed: 403", "https://…@a.example/feed: 403"),
        ("https://ann@a.example/", "https://…@a.example/"),
        ("postgresql://u:p@ss@db/x", "postgresql://…@db/x"),
        ("https://a.example/f?token=abc&page=2", "https://a.example/f?token=…&page=2"),
        ("https://a.example/f?page=2&api_key=abc#x", "https://a.example/f?page=2&api_key=…#x"),
        ("https://a.example/f?access_token=a%20b", "https://a.example/f?access_token=…"),
        ("https://a.example/f?X-Amz-Signature=ab;KEY=c", "https://a.example/f?X-Amz-Signature=…;KEY=…"),
        ("POST /websub/AbC-12_x failed", "POST /websub/… failed"),
        ("Authorization: Bearer abcdefgh.ijk", "Authorization: Bearer …"),
    ],
)
def test_what_gives_access_is_hidden(text: str, shown: str) -> None:
    assert without_secrets(text) == shown


@pytest.mark.parametrize(
    "text",
    [
        "https://a.example/tokens?monkey=1&q=secret+garden",
        "ann@a.example wrote https://a.example/",
        "a key=value pair, a basic idea",
    ],
)
def test_what_gives_no_access_is_left_as_it_is(text: str) -> None:
    assert without_secrets(text) == text


@pytest.mark.parametrize("form", sorted(FORMS))
def test_secrets_are_hidden_in_messages_fields_and_traces(form: str) -> None:
    stream = written(form)
    address = "https://ann:hunter2@a.example/?token=hunter2"
    try:
        raise ValueError(address)
    except ValueError:
        log.exception("%s failed", address, extra={"url": address})
    assert "a.example" in stream.getvalue() and "hunter2" not in stream.getvalue()


def test_a_long_message_is_cut_between_words() -> None:
    stream = written("text")
    log.info("x " * 4_990 + "https://ann:hunter2" + "2" * 100 + "@a.example/")
    assert len(stream.getvalue()) < 10_200 and "hunter2" not in stream.getvalue()


def test_the_level_is_kept() -> None:
    stream = written("text", "ERROR")
    log.warning("quiet")
    assert stream.getvalue() == ""
