"""The door for text, HTML, URLs and dates: nothing enters the model uncleaned."""

import re
import unicodedata
from urllib.parse import SplitResult, quote, unquote, urljoin, urlsplit, urlunsplit

from aggregator.core import markup
from aggregator.core.dates import clean_date, parse_date

__all__ = [
    "MAX_TEXT",
    "MAX_TITLE",
    "MAX_URL",
    "clean_date",
    "clean_line",
    "clean_text",
    "clean_url",
    "html_to_text",
    "parse_date",
]

MAX_TITLE = 1_000  # bytes of UTF-8
MAX_TEXT = 500_000  # bytes of UTF-8
MAX_URL = 2_048  # bytes; what servers and readers agree to take
MAX_MARKS = 30  # combining marks in a row; the bound of Unicode's stream-safe text format (UAX 15, 13)
MAX_MARKUP = 4 * MAX_TEXT  # characters of HTML looked at; tags and attributes outweigh the text

# --- text ---------------------------------------------------------------------------------------------

# XML 1.0 (2.2) refuses most of these, PostgreSQL refuses NUL, UTF-8 cannot hold surrogates. Three sets, as
# one over all planes is searched ten times more slowly.
_ASCII_CONTROL = re.compile("[\x00-\x08\x0e-\x1f\x7f]")
_UNSTORABLE = re.compile("[\x00-\x08\x0e-\x1f\x7f-\x9f\ud800-\udfff\ufdd0-\ufdef\ufffe\uffff]")
_ASTRAL = re.compile("[\U00010000-\U0010ffff]")
_ASTRAL_NONCHARACTER = re.compile(
    "[" + "".join(chr(plane * 0x10000 + end) for plane in range(1, 17) for end in (0xFFFE, 0xFFFF)) + "]"
)
_ASCII_LINE_ENDS = ("\r\n", "\r", "\x0b", "\x0c")
_LINE_ENDS = (*_ASCII_LINE_ENDS, "\u2028", "\u2029")
# Soft hyphens and byte order marks split words; direction overrides turn the text that follows around.
_INVISIBLE = ("\u00ad", "\ufeff", "\u202d", "\u202e")
_SPACES = ("\t", "\u00a0", "\u1680", *map(chr, range(0x2000, 0x200B)), "\u202f", "\u205f", "\u3000")
_PERHAPS_MARKS = re.compile(rf"[^\x00-\x7f\w\s]{{{MAX_MARKS + 1},}}")  # marks are neither \w nor \s
# UTF-8 of what most texts consist of: ASCII without controls, and letters up to U+02FF.
_LATIN = bytes((0x09, 0x0A, *range(0x20, 0x7F), *range(0x80, 0xC0), *range(0xC2, 0xCC)))
_C1 = re.compile(rb"\xc2[\x80-\x9f]")


def clean_text(raw: str, limit: int = MAX_TEXT) -> str:
    """Return text that XML, SQLite and PostgreSQL can hold: no control characters, NFC, capped.

    At most `limit` bytes of UTF-8. Line ends become `\\n`; runs of spaces within a line become one space;
    more than one blank line becomes one.
    """
    if raw.isascii():  # none of the others has to be looked for
        text = _without(_ASCII_LINE_ENDS, "\n", raw)
        text = (text if _is_plain(text) else _storable(text)).replace("\t", " ")
    else:
        text = _without(_INVISIBLE, "", _without(_LINE_ENDS, "\n", raw))
        text = _without(_SPACES, " ", text if _is_plain(text) else _compose(_storable(text)))
    text = _squeezed(text, "  ")
    text = _squeezed(text.replace(" \n", "\n").replace("\n ", "\n"), "\n\n\n").strip("\n ")
    return _cut(text, limit).rstrip("\n ")


def clean_line(raw: str, limit: int = MAX_TITLE) -> str:
    """Return `clean_text` on one line: every run of white space is one space, none at the ends."""
    text = raw if raw.isascii() and raw.isprintable() else clean_text(raw, 4 * len(raw))
    return _cut(" ".join(text.split()), limit).rstrip()


def _without(strings: tuple[str, ...], instead: str, text: str) -> str:
    for string in strings:  # many times as fast as one regular expression, as most texts have none of them
        text = text.replace(string, instead)
    return text


def _squeezed(text: str, run: str) -> str:
    """Return the text with no `run` of equal characters, nor a longer one."""
    while run in text:
        text = text.replace(run, run[1:])
    return text


def _is_plain(text: str) -> bool:
    """Tell quickly whether a text can be stored and is composed: Latin letters, and punctuation (U+2000…).

    False proves nothing. A few passes over bytes cost a tenth of the regular expressions they save.
    """
    try:
        raw = text.encode()
    except UnicodeEncodeError:  # a surrogate
        return False
    others = raw.translate(None, _LATIN)
    if others.strip(b"\xe2") or _C1.search(raw):
        return False
    return len(others) == raw.count(b"\xe2\x80") + raw.count(b"\xe2\x82")


def _storable(text: str) -> str:
    if text.isascii():
        return _ASCII_CONTROL.sub("\ufffd", text)
    text = _UNSTORABLE.sub("\ufffd", text)
    return _ASTRAL_NONCHARACTER.sub("\ufffd", text) if _ASTRAL.search(text) else text


def _compose(text: str) -> str:
    """Normalise to NFC; sorting marks takes quadratic time, so the marks of one letter are bounded first."""
    if text.isascii():
        return text
    bounded = _PERHAPS_MARKS.sub(_bound_marks, text)
    composed = unicodedata.normalize("NFC", bounded)
    # A few marks decompose for good.
    return composed if composed == bounded else _PERHAPS_MARKS.sub(_bound_marks, composed)


def _bound_marks(match: re.Match[str]) -> str:
    kept, run = [], 0
    for character in match[0]:
        run = run + 1 if unicodedata.category(character).startswith("M") else 0
        if run <= MAX_MARKS:
            kept.append(character)
    return "".join(kept)


def _cut(text: str, limit: int) -> str:
    """Return the longest beginning of `text` that has at most `limit` bytes of UTF-8."""
    if 4 * len(text) <= limit:
        return text
    return text.encode()[: max(limit, 0)].decode(errors="ignore")


# --- URLs ---------------------------------------------------------------------------------------------

_DEFAULT_PORTS = {"http": 80, "https": 443}
_HOST = re.compile(r"[a-z0-9._\-\u00a1-\U0010ffff]+|\[[0-9a-f:.]+\]")
_CONTROL = re.compile("[\x00-\x1f\x7f-\x9f\ud800-\udfff]")
_SCHEME = re.compile("[A-Za-z][A-Za-z0-9+.-]*:")
_LONE_PERCENT = re.compile("%(?![0-9A-Fa-f]{2})")
_UNRESERVED = re.compile(r"[\w.~=&/-]*", re.ASCII)
# Most addresses are as they should be; the one thing to look at is their parameters.
_PROPER = re.compile(r"(https?://[a-z0-9.-]+)(/[\w/.~-]*)?(?:\?([\w.~=&-]*))?(?:#[\w.~=&/-]*)?", re.ASCII)
_URL_SAFE = "/%:@!$&'()*+,;=~?"  # besides letters, digits and -._ ; RFC 3986, 3.3 and 3.4

# Parameters that tell a site where a reader came from, and nothing about what to show.
_TRACKING = frozenset(
    """
    fbclid gclid gclsrc dclid gbraid wbraid msclkid yclid ymclid twclid ttclid igshid igsh li_fat_id
    mc_cid mc_eid mkt_tok ref_src ref_url _hsenc _hsmi __hstc __hssc __hsfp hsctatracking vero_id vero_conv
    oly_enc_id oly_anon_id s_cid wt_mc wt.mc_id wickedid rb_clickid xtor cmpid ocid ncid icid smid ftag cmp
    at_medium at_campaign at_link_origin ns_mchannel ns_campaign ns_source ns_linkname ns_fee
    guccounter guce_referrer guce_referrer_sig soc_src soc_trk _ga _gl
    """.split()
)
_TRACKING_PREFIXES = ("utm_", "at_custom", "pk_", "mtm_", "hsa_")


def clean_url(raw: str, base_url: str | None = None) -> str | None:
    """Return an absolute http(s) URL without user info, tracking parameters and fragment.

    None where it is no such URL, or a longer one than 2 kB. What a URL cannot hold is percent-encoded.
    """
    raw = raw.strip()
    if not raw or len(raw) > 2 * MAX_URL or _CONTROL.search(raw):
        return None
    if match := _PROPER.fullmatch(raw):
        start, path, query = match.groups()
        url = f"{start}{path or '/'}"
        return _short(f"{url}?{kept}" if query and (kept := _untracked(query)) else url)
    return _clean_url(raw, base_url)


def _short(url: str) -> str | None:
    return url if len(url.encode()) <= MAX_URL else None


def _clean_url(raw: str, base_url: str | None) -> str | None:
    """Return what `clean_url` returns, for any address."""
    try:
        parts = urlsplit(raw if _SCHEME.match(raw) else urljoin(base_url or "", raw))
        authority = _authority(parts)
    except ValueError:  # an impossible port or bracket
        return None
    if authority is None:
        return None
    path = _percent_encoded(parts.path) or "/"
    return _short(urlunsplit((parts.scheme.lower(), authority, path, _untracked(parts.query), "")))


def _authority(parts: SplitResult) -> str | None:
    """Return host and port as they are compared; None where the URL is not http(s) or has no proper host."""
    if parts.scheme.lower() not in _DEFAULT_PORTS or not parts.hostname:
        return None
    if "\\" in parts.netloc:  # browsers take it for a slash, and so for the end of the host
        return None
    host = f"[{parts.hostname}]" if ":" in parts.hostname else parts.hostname
    host = clean_text(host.lower())
    if not _HOST.fullmatch(host) or "\ufffd" in host:
        return None
    if parts.port in {None, _DEFAULT_PORTS[parts.scheme.lower()]}:
        return host
    return f"{host}:{parts.port}" if parts.port else None


def _untracked(query: str) -> str:
    kept = [pair for pair in query.split("&") if pair and not _is_tracking(pair)]
    return _percent_encoded("&".join(kept))


def _is_tracking(pair: str) -> bool:
    name = unquote(pair.partition("=")[0]).lower()
    return name in _TRACKING or name.startswith(_TRACKING_PREFIXES)


def _percent_encoded(part: str) -> str:
    if _UNRESERVED.fullmatch(part):
        return part
    return quote(_LONE_PERCENT.sub("%25", part), safe=_URL_SAFE, errors="replace")


# --- HTML ---------------------------------------------------------------------------------------------


def html_to_text(raw: str) -> str:
    """Return the text of an HTML fragment: entities decoded, paragraphs separated by one blank line.

    A fragment without tags is plain text: its line ends stay. Time is linear in the length. No HTML is kept:
    what is published is an excerpt, in markup of our own.
    """
    return clean_text(markup.text_of(raw[:MAX_MARKUP]))
