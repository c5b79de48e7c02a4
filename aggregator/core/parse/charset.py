"""Bytes from the web -> text, whatever their headers claim."""

import codecs
import re
from collections.abc import Iterable, Iterator
from contextlib import suppress
from itertools import chain

from charset_normalizer import from_bytes

SAMPLE = 50_000  # bytes that a statistical guess looks at
REPAIRABLE = 10  # a text is UTF-8 with damage when it has so many sound characters for each bad byte
FEW = 16  # bad bytes that are damage, not another encoding, where UTF-8 is what the document declares

_MARKS = (  # UTF-32 first: its little-endian mark begins with that of UTF-16
    (codecs.BOM_UTF32_LE, "utf-32-le"),
    (codecs.BOM_UTF32_BE, "utf-32-be"),
    (codecs.BOM_UTF8, "utf-8"),
    (codecs.BOM_UTF16_LE, "utf-16-le"),
    (codecs.BOM_UTF16_BE, "utf-16-be"),
)
_WIDE = (  # how the first "<" looks where a mark is missing
    (b"<\0\0\0", "utf-32-le"),
    (b"\0\0\0<", "utf-32-be"),
    (b"<\0", "utf-16-le"),
    (b"\0<", "utf-16-be"),
)
_IN_HEADER = re.compile(r"charset\s*=\s*[\"']?([\w.:-]{1,40})", re.IGNORECASE)
_IN_DOCUMENT = re.compile(
    rb"""<\?xml[^>]{1,200}?encoding\s*=\s*["']([\w.:-]{1,40})|<meta[^>]{1,200}?charset\s*=\s*["']?([\w.:-]{1,40})""",
    re.IGNORECASE,
)
# What a label means on the web (WHATWG Encoding, 4.2): the extension that its users really write.
_WEB_MEANING = {
    "ascii": "cp1252",
    "iso8859-1": "cp1252",
    "iso8859-9": "cp1254",
    "tis-620": "cp874",
    "gb2312": "gb18030",
    "gbk": "gb18030",
    "euc_kr": "cp949",
    "shift_jis": "cp932",
    "big5": "big5hkscs",
}
# Codecs that turn bytes into other bytes, into code, or into names are no encodings of documents.
_TEXT_CODEC = re.compile(
    r"utf-8|utf-(16|32)(-[lb]e)?|iso|cp\d|koi8|gb|big5|euc|shift|johab|hz|mac|tis|kz1048|ptcp"
)
_SEVEN_BIT = {"iso2022": b"\x1b", "hz": b"~{"}  # what shows that an ASCII text is none

_ESCAPED = re.compile("[\udc80-\udcff]")  # a byte that is not UTF-8, as `surrogateescape` shows it
_CUT_SEQUENCE = re.compile("[\udcc2-\udcf4][\udc80-\udcbf]+")  # the beginning of a character


def decode(body: bytes, content_type: str = "") -> str:
    """Return the text of a document.

    In this order: byte order mark; UTF-8 where the bytes prove it, whatever is declared; the charset of
    `content_type`; that of the document; UTF-8 with a few bad bytes, repaired; a statistical guess;
    Windows-1252.
    """
    if wide := _wide(body):
        return wide
    declared = list(_declared(body, content_type))
    seven_bit = next((name for name in declared if _is_seven_bit(name, body)), None)
    if seven_bit:
        return body.decode(seven_bit, errors="replace")
    with suppress(UnicodeDecodeError):
        return body.decode()
    text = body.decode("utf-8", errors="surrogateescape")
    sound = body.decode("utf-8", errors="ignore")
    bad, foreign = len(text) - len(sound), len(sound) - len(sound.encode("ascii", "ignore"))
    if bad * REPAIRABLE <= foreign or (bad <= FEW and not _is_other(declared)):
        return _repaired(text)
    candidates = chain((name for name in declared if name != "utf-8"), _guessed(body))
    return next(_decodings(body, candidates), None) or body.decode("cp1252", errors="replace")


def _wide(body: bytes) -> str | None:
    for mark, encoding in _MARKS:
        if body.startswith(mark):
            return body[len(mark) :].decode(encoding, errors="replace")
    head = body[:64].lstrip(b" \r\n\t")
    return next(
        (body.decode(encoding, errors="replace") for mark, encoding in _WIDE if head.startswith(mark)), None
    )


def _declared(body: bytes, content_type: str) -> Iterator[str]:
    """Yield the names of usable codecs that the header and the document name."""
    header, document = _IN_HEADER.search(content_type), _IN_DOCUMENT.search(body[:2_048])
    labels = [header[1]] if header else []
    labels += [(document[1] or document[2]).decode("ascii", "ignore")] if document else []
    for label in labels:
        try:
            name = codecs.lookup(label).name
        except (LookupError, ValueError):
            continue
        name = _WEB_MEANING.get(name, name)
        # A declaration that could be read byte by byte is not in a wide encoding.
        if _TEXT_CODEC.match(name) and not name.startswith(("utf-16", "utf-32")):
            yield name


def _is_seven_bit(name: str, body: bytes) -> bool:
    return any(name.startswith(kind) and sign in body for kind, sign in _SEVEN_BIT.items())


def _is_other(declared: list[str]) -> bool:
    return bool(declared) and "utf-8" not in declared


def _repaired(text: str) -> str:
    """Return UTF-8 text with stray bytes read as Windows-1252: an editor pasted them in."""
    return _ESCAPED.sub(
        lambda match: bytes([ord(match[0]) - 0xDC00]).decode("cp1252", errors="replace"),
        _CUT_SEQUENCE.sub("\ufffd", text),
    )


def _guessed(body: bytes) -> Iterator[str]:
    lines = b"".join(line for line in body[: 20 * SAMPLE].splitlines(keepends=True) if not line.isascii())
    if best := from_bytes(lines[:SAMPLE]).best():
        yield best.encoding


def _decodings(body: bytes, names: Iterable[str]) -> Iterator[str]:
    """Yield the text in each encoding that fits but for a few bad bytes."""
    for name in names:
        text = body.decode(name, errors="replace")
        foreign = len(text) - len(text.encode("ascii", "ignore"))
        if text.count("\ufffd") * REPAIRABLE <= foreign:
            yield text
