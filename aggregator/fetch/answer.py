"""What an answer says: its words for people, its headers, its body undone."""

import re
import zlib
from collections.abc import Iterable, Mapping
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from http import HTTPStatus

from aggregator.fetch.failures import TooLargeError, UnusableError

GZIP = b"\x1f\x8b"
MEMBERS = 100  # parts of a gzip body; more are an attack on the time that it takes
LONGEST_RETRY = 7 * 24 * 3600.0  # seconds
RETRY_STATUSES = {429, 503}  # RFC 6585 §4, RFC 9110 §15.6.4
LISTS = {"cache-control", "link"}  # fields that may come more than once and then belong together

WORDS = {
    401: "asks for a password (401 Unauthorized); ask its publisher for an open feed, or drop it",
    402: "asks for payment (402 Payment Required); ask its publisher for access, or drop it",
    403: "refuses us (403 Forbidden); ask its publisher for access, or drop it",
    404: "answered 404 Not Found; check the address",
    410: "has ended (410 Gone); remove it or find its successor",
    429: "asks us to come less often (429 Too Many Requests); we wait as long as it asks",
    451: "is withheld for legal reasons (451 Unavailable For Legal Reasons); drop it",
}


def status_words(status: int) -> str:
    """Say what a status that is no success means, and what to do."""
    if status >= 500:
        return f"has a problem of its own ({status}); trying again later"
    return WORDS.get(status, f"answered {_named(status)}, which is no feed; check the address")


def _named(status: int) -> str:
    try:
        return f"{status} {HTTPStatus(status).phrase}"
    except ValueError:
        return str(status)


def retry_after(status: int, headers: Mapping[str, str]) -> float | datetime | None:
    """Return the seconds that an answer asks us to stay away, at most a week; None: it does not say.

    A date counts from the answer's own Date, whatever our clock says; without one it is returned itself.
    """
    value = headers.get("retry-after", "").strip()
    if status not in RETRY_STATUSES or not value:
        return None
    if re.fullmatch(r"[0-9]+", value):
        return min(float(value[:12]), LONGEST_RETRY)
    until, sent = _date(value), _date(headers.get("date", ""))
    if until is None or sent is None:
        return until
    return min(max((until - sent).total_seconds(), 0.0), LONGEST_RETRY)


def _date(text: str) -> datetime | None:
    try:
        when = parsedate_to_datetime(text)
    except (ValueError, TypeError, OverflowError, IndexError):
        return None
    return when if when.tzinfo else when.replace(tzinfo=UTC)


def read_headers(fields: Iterable[tuple[str, str]]) -> dict[str, str]:
    """Return headers by their names in lower case; of a field that comes twice, the first."""
    headers: dict[str, str] = {}
    for name, raw in fields:
        key, value = name.lower(), _text(raw)
        if key not in headers:
            headers[key] = value
        elif key in LISTS:
            headers[key] += f", {value}"
    return headers


def _text(value: str) -> str:
    """Return a header's value without the surrogates that stand for bytes that are no UTF-8."""
    try:
        value.encode()
    except UnicodeEncodeError:
        return value.encode("utf-8", "surrogateescape").decode("latin-1")
    return value


def coding_of(values: Iterable[str]) -> str:
    """Return the one content coding of an answer: gzip, deflate or identity.

    Raises UnusableError, in words, for others and for more than one.
    """
    listed = [coding.strip().lower() for value in values for coding in value.split(",")]
    codings = [coding.removeprefix("x-") for coding in listed if coding not in ("", "identity")]
    if len(codings) > 1:
        raise UnusableError("sent a body that is compressed more than once; only its publisher can mend that")
    coding = codings[0] if codings else "identity"
    if coding not in ("identity", "gzip", "deflate"):
        raise UnusableError("sent a body in a compression nobody asked for; only its publisher can mend that")
    return coding


def decode(wire: bytes | bytearray, coding: str, cap: int) -> bytes:
    """Undo one content coding.

    Raises TooLargeError past `cap` bytes; UnusableError, in words, for a body that is broken or cut short.
    """
    if coding == "identity" or not wire:
        if len(wire) > cap:
            raise TooLargeError
        return bytes(wire)
    try:
        body = _gunzip(wire, cap) if coding == "gzip" else _inflate(wire, cap)
    except zlib.error as error:
        raise UnusableError("sent a body whose compression is broken; trying again later") from error
    if body.startswith(GZIP):
        raise UnusableError("sent a body that is compressed more than once; only its publisher can mend that")
    return body


def _gunzip(wire: bytes | bytearray, cap: int) -> bytes:
    """Undo gzip: members one after the other (RFC 1952 §2.2); what follows them and is none is left."""
    parts: list[bytes] = []  # joined at the end: most bodies have one part, and that is not copied then
    rest: bytes | bytearray = wire
    for _ in range(MEMBERS):
        part, rest = _stream(rest, zlib.MAX_WBITS | 16, cap - sum(map(len, parts)))
        parts.append(part)
        if not rest.startswith(GZIP):
            return b"".join(parts)
    raise UnusableError(
        f"sent a body of more than {MEMBERS} compressed parts; only its publisher can mend that"
    )


def _inflate(wire: bytes | bytearray, cap: int) -> bytes:
    """Undo deflate: with zlib's head as RFC 9110 §8.4.1.2 has it, else raw as some servers send it."""
    with_head = len(wire) > 1 and wire[0] & 0x0F == zlib.DEFLATED and (wire[0] << 8 | wire[1]) % 31 == 0
    return _stream(wire, zlib.MAX_WBITS if with_head else -zlib.MAX_WBITS, cap)[0]


def _stream(wire: bytes | bytearray, bits: int, cap: int) -> tuple[bytes, bytes]:
    """Return what one compressed stream holds, and what follows it."""
    stream = zlib.decompressobj(bits)
    body = stream.decompress(wire, cap + 1)
    if len(body) > cap:
        raise TooLargeError
    if not stream.eof:
        raise UnusableError("broke off before its end; trying again later")
    return body, stream.unused_data
