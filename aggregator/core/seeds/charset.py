"""Bytes of a document -> text: by byte order mark, declaration, UTF-8, a guess, Windows-1252, in order."""

import codecs
import re

from charset_normalizer import from_bytes

from aggregator.errors import DocumentError
from aggregator.model import Document

SAMPLE = 20_000  # bytes that the statistical guess looks at; it is slow, and more do not change it
DECLARED_WITHIN = 8_192  # bytes; the HTML standard asks for the first 1,024, browsers look further
NULS = 20_000  # bytes among which they are counted
SPACES = 0.05  # share of the characters that are ASCII in any language: spaces, line ends, digits
REPAIRED = 0.02  # share of broken sequences below which a text is UTF-8 with accidents

MARKS = (  # UTF-32 first: its little-endian mark begins with UTF-16's
    (codecs.BOM_UTF32_LE, "utf-32-le"),
    (codecs.BOM_UTF32_BE, "utf-32-be"),
    (codecs.BOM_UTF8, "utf-8"),
    (codecs.BOM_UTF16_LE, "utf-16-le"),
    (codecs.BOM_UTF16_BE, "utf-16-be"),
)
BINARY = (  # first bytes, and what such a file is
    (b"%PDF", "a PDF file; save its text"),
    (b"\x89PNG", "a PNG picture"),
    (b"GIF8", "a GIF picture"),
    (b"\xff\xd8\xff", "a JPEG picture"),
    (b"PK\x03\x04", "a ZIP archive or an office document; unpack it, or save its text"),
    (b"\x1f\x8b", "gzip-compressed; unpack it"),
    (b"BZh", "bzip2-compressed; unpack it"),
    (b"\xfd7zXZ", "xz-compressed; unpack it"),
    (b"(\xb5/\xfd", "zstd-compressed; unpack it"),
    (b"Rar!", "a RAR archive; unpack it"),
    (b"7z\xbc\xaf", "a 7-Zip archive; unpack it"),
    (b"\xd0\xcf\x11\xe0", "an old office document; save its text"),
    (b"{\\rtf", "a rich-text file; save it as plain text"),
    (b"SQLite format 3", "an SQLite database"),
    (b"\x7fELF", "a program"),
    (b"OggS", "a sound file"),
    (b"ID3", "a sound file"),
    (b"RIFF", "a sound, picture or video file"),
    (b"bplist", "a web archive or property list; save the page as HTML or text"),
)
DECLARATION = re.compile(
    rb"""(?:<\?xml[^>]{0,200}?encoding\s*=\s*["']|<meta[^>]{0,200}?charset\s*=\s*["']?)\s*([\w.:-]{2,40})""",
    re.IGNORECASE,
)
SINGLE_BYTE = re.compile(r"^(?:iso-?8859|iso8859|latin|windows-?12|cp-?12|koi8|mac)", re.IGNORECASE)
# Encodings that contain ASCII; others (UTF-7, UTF-16) would contradict the declaration that names them.
TEXT_ENCODING = re.compile(
    (
        r"^(?:utf-?8|us-?ascii|ascii|iso-?8859-?\d+|iso8859_\d+|latin-?\d|windows-?\d+|"
        r"cp-?\d+|koi8[-_][rtu]|euc-?\w\w|euc_\w+|ks_c_5601\S*|uhc|johab|shift[-_]?jis\w*|sjis|"
        r"x-sjis|iso-2022-\w\w|big5\S*|gb\w+|hz|tis-?620|mac\w+)$"
    ),
    re.IGNORECASE,
)


def decode(document: Document) -> str:
    """Return a document's text; raises DocumentError where it is binary or has none."""
    body = document.body
    if kind := next((kind for magic, kind in BINARY if body.startswith(magic)), None):
        raise DocumentError(document.name, f"is {kind}")
    text = _by_mark(body)
    if text is None:
        text = _unmarked_utf16(body) if b"\0" in body else _escaped_japanese(body)
    if text is None:
        if b"\0" in body:
            raise DocumentError(
                document.name, "is a binary file, or UTF-16 without a byte order mark; save it as UTF-8 text"
            )
        text = _by_declaration(body) or _utf8(body) or _guessed(body)
    if not text.strip():
        raise DocumentError(document.name, "is empty; put a document in its place or remove it")
    return text


def _by_mark(body: bytes) -> str | None:
    for mark, encoding in MARKS:
        if body.startswith(mark):
            return body[len(mark) :].decode(encoding, errors="replace")
    return None


def _unmarked_utf16(body: bytes) -> str | None:
    """Return UTF-16 without a mark, told by its ASCII: every other byte of it is nothing."""
    at_odd = sum(byte == 0 for byte in body[1:NULS:2])
    at_even = sum(byte == 0 for byte in body[0:NULS:2])
    if len(body) % 2 or min(at_odd, at_even) or max(at_odd, at_even) < SPACES * min(len(body), NULS) / 2:
        return None
    try:
        text = body.decode("utf-16-le" if at_odd else "utf-16-be")
    except UnicodeError:
        return None
    return None if re.search("[\0-\x08\x0e-\x1f]", text) else text


def _escaped_japanese(body: bytes) -> str | None:
    """Return ISO-2022-JP, as mail writes it: ASCII that switches character sets by escapes."""
    if b"\x1b$" not in body or not body.isascii():
        return None
    try:
        return body.decode("iso2022_jp")
    except UnicodeError:
        return None


def _by_declaration(body: bytes) -> str | None:
    match = DECLARATION.search(body[:DECLARED_WITHIN])
    if not match or not TEXT_ENCODING.match(name := match[1].decode("ascii", "replace")):
        return None
    # The web reads latin-1 as Windows-1252 (WHATWG Encoding, 4.2), and Korean by its extension.
    name = {
        "iso-8859-1": "cp1252",
        "us-ascii": "cp1252",
        "ascii": "cp1252",
        "latin1": "cp1252",
        "euc-kr": "cp949",
        "ks_c_5601-1987": "cp949",
        "gb2312": "gb18030",
        "gbk": "gb18030",
    }.get(name.lower(), name)
    try:
        text = body.decode(name)
    except (LookupError, UnicodeError):
        return None
    return _as_utf8(body, name) or text


def _as_utf8(body: bytes, declared: str) -> str | None:
    """Return a text whose letters are UTF-8 although a single-byte encoding is declared.

    Programs save pages as UTF-8 and leave the declaration; the other way round it hardly ever fits.
    """
    if body.isascii() or not SINGLE_BYTE.match(declared):
        return None
    try:
        return body.decode("utf-8")
    except UnicodeDecodeError:
        return None


def _utf8(body: bytes) -> str | None:
    """Return UTF-8 text, also where a few bytes in it are broken."""
    try:
        return body.decode("utf-8")
    except UnicodeDecodeError:
        text = body.decode("utf-8", errors="replace")
    broken = text.count("\ufffd")
    sound = sum(character > "\x7f" for character in text) - broken
    return text if broken <= REPAIRED * sound else None


def _guessed(body: bytes) -> str:
    found = from_bytes(_sample(body))
    best = found.best()
    # Where Western Europe's letters explain the bytes as well as any others do, they are meant.
    western = next((match for match in found if match.encoding == "cp1252"), None)
    if best and western and (western.chaos, -western.coherence) <= (best.chaos, -best.coherence):
        best = western
    for encoding in (best.encoding if best else None, "cp1252"):
        if encoding and TEXT_ENCODING.match(encoding):
            try:
                return body.decode(encoding)
            except (LookupError, UnicodeError):
                continue
    return body.decode("cp1252", errors="replace")


def _sample(body: bytes) -> bytes:
    """Return the bytes worth guessing from: lines that are not ASCII."""
    lines = [line for line in body[: 20 * SAMPLE].splitlines(keepends=True) if not line.isascii()]
    return b"".join(lines)[:SAMPLE] or body[:SAMPLE]
