"""The door for text, HTML, URLs and dates: nothing enters the model uncleaned."""

import re
import unicodedata
from collections.abc import Iterator
from html import escape, unescape
from typing import NamedTuple
from urllib.parse import SplitResult, quote, unquote, urljoin, urlsplit, urlunsplit

import nh3

from aggregator.core.dates import clean_date, parse_date

__all__ = [
    "MAX_TEXT",
    "MAX_TITLE",
    "MAX_URL",
    "clean_date",
    "clean_html",
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
MAX_DEPTH = 64  # open elements; nh3's time grows with the square of the nesting
MAX_MARKUP = 4 * MAX_TEXT  # characters of HTML looked at; tags and attributes outweigh the text
MAX_TAG = 16_384  # characters; a browser's duplicate-attribute check is quadratic in one tag

# --- text ---------------------------------------------------------------------------------------------

# XML 1.0 (2.2) refuses most of these, PostgreSQL refuses NUL, UTF-8 cannot hold surrogates.
_UNSTORABLE = re.compile(
    "[\x00-\x08\x0e-\x1f\x7f-\x9f\ud800-\udfff\ufdd0-\ufdef"
    + "".join(chr(plane * 0x10000 + end) for plane in range(17) for end in (0xFFFE, 0xFFFF))
    + "]"
)
# Soft hyphens and byte order marks split words; direction overrides turn the text that follows around.
_INVISIBLE = re.compile("[\u00ad\ufeff\u202d\u202e]")
_LINE_END = re.compile("\r\n?|[\x0b\x0c\u2028\u2029]")
_SPACES = re.compile(r"[^\S\n]+")
_AROUND_LINE_END = re.compile(" ?\n ?")
_BLANK_LINES = re.compile("\n{3,}")
_PERHAPS_MARKS = re.compile(rf"[^\x00-\x7f\w\s]{{{MAX_MARKS + 1},}}")  # marks are neither \w nor \s


def clean_text(raw: str, limit: int = MAX_TEXT) -> str:
    """Return text that XML, SQLite and PostgreSQL can hold: no control characters, NFC, capped.

    At most `limit` bytes of UTF-8. Line ends become `\\n`; runs of spaces within a line become one space;
    more than one blank line becomes one.
    """
    text = _storable(_LINE_END.sub("\n", _INVISIBLE.sub("", raw)))
    text = _SPACES.sub(" ", _compose(text))
    text = _BLANK_LINES.sub("\n\n", _AROUND_LINE_END.sub("\n", text)).strip("\n ")
    return _cut(text, limit).rstrip("\n ")


def clean_line(raw: str, limit: int = MAX_TITLE) -> str:
    """Return `clean_text` on one line: every run of white space is one space, none at the ends."""
    return _cut(" ".join(clean_text(raw, 4 * len(raw)).split()), limit).rstrip()


def _storable(text: str) -> str:
    return _UNSTORABLE.sub("\ufffd", text)


def _compose(text: str) -> str:
    """Normalise to NFC; sorting marks takes quadratic time, so the marks of one letter are bounded first."""
    if text.isascii():
        return text
    composed = unicodedata.normalize("NFC", _PERHAPS_MARKS.sub(_bound_marks, text))
    return _PERHAPS_MARKS.sub(_bound_marks, composed)  # a few marks decompose for good


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
    try:
        parts = urlsplit(raw if _SCHEME.match(raw) else urljoin(base_url or "", raw))
        authority = _authority(parts)
    except ValueError:  # an impossible port or bracket
        return None
    if authority is None:
        return None
    path = _percent_encoded(parts.path) or "/"
    url = urlunsplit((parts.scheme.lower(), authority, path, _untracked(parts.query), ""))
    return url if len(url.encode()) <= MAX_URL else None


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
    return quote(_LONE_PERCENT.sub("%25", part), safe=_URL_SAFE, errors="replace")


# --- HTML ---------------------------------------------------------------------------------------------

# One token of markup, as browsers read it (HTML Standard, 13.2.5): a quote counts only after an equals
# sign, a comment or tag that is never closed goes on to the end. No alternative is ever tried twice over
# the same text, so that time stays linear.
_TOKEN = re.compile(
    r"""<!--.*?(?:--!?>|\Z)
      | <(?P<close>/?)(?P<name>[a-zA-Z][^\s/>]*+)
        (?P<attributes>(?:[^>=]++|=\s*+(?:"[^"]*+"|'[^']*+')?+)*+)(?:>|\Z)
      | <[!?/][^>]*+(?:>|\Z)""",
    re.DOTALL | re.VERBOSE,
)
_HREF = re.compile(r"""(?<![^\s/"'])href\s*=\s*(?:"([^"]*)"|'([^']*)'|([^\s"'>]+))""", re.IGNORECASE)
_BIG_REFERENCE = re.compile(r"&#(?:\d{9,}|[xX][0-9a-fA-F]{9,});?")  # int() refuses some thousand digits
_SPACE_RUN = re.compile("[ \t\n\r\f]+")  # what HTML shows as one space
_PRE_LINE_END = re.compile("<pre>\n+")  # a browser eats one at each reading

# What these hold is not text of the document.
_DROPPED = frozenset(
    """script style template iframe noscript noembed noframes object applet svg math audio video canvas
    select textarea title""".split()
)
_ENDLESS = frozenset(("script", "style"))  # left open, they swallow the rest

_VOID = frozenset(("br", "hr", "wbr"))
_BLOCKS = frozenset(
    """p div h1 h2 h3 h4 h5 h6 blockquote ul ol li dl dt dd table caption thead tbody tfoot tr
    figure figcaption pre hr address""".split()
)
_INLINE = frozenset(
    """a b strong i em u s del ins sub sup small mark abbr q cite code kbd samp var br wbr ruby rt rp
    td th""".split()
)
_BREAKS = dict.fromkeys(_BLOCKS, "\n\n") | {"br": "\n", "td": " ", "th": " "}  # what a tag is in plain text
_ALLOWED = _BLOCKS | _INLINE
_RENAMED = dict.fromkeys(
    """article section header footer main aside nav center form fieldset details summary hgroup body
    """.split(),
    "div",
) | {"strike": "s", "tt": "code", "acronym": "abbr"}

_TABLE_FRAME = frozenset(("table", "thead", "tbody", "tfoot", "tr"))
_TABLE_PARTS = _TABLE_FRAME - {"table"} | {"td", "th", "caption"}

# An element that ends those before it by opening: (what it ends, what shields what lies outside).
_ENDS: dict[str, tuple[frozenset[str], frozenset[str]]] = {
    "a": (frozenset("a"), frozenset()),
    "li": (frozenset(("li",)), frozenset(("ul", "ol"))),
    **dict.fromkeys(("dt", "dd"), (frozenset(("dt", "dd")), frozenset(("dl",)))),
    **dict.fromkeys(("td", "th"), (frozenset(("td", "th")), frozenset(("tr", "table")))),
    **{part: (frozenset((part,)), frozenset(("table",))) for part in ("tr", "caption")},
    **dict.fromkeys(
        ("thead", "tbody", "tfoot"), (frozenset(("thead", "tbody", "tfoot", "tr")), frozenset(("table",)))
    ),
}


class _Tag(NamedTuple):
    name: str  # lower case, renamed to one of `_ALLOWED` where it has a near equal
    closes: bool
    attributes: str


def clean_html(raw: str, base_url: str | None = None) -> str:
    """Return HTML that is safe to embed: a strict allow-list, http(s) links made absolute against `base_url`.

    No images, styles, forms or scripts: a reader who opens it asks nobody but us. At most MAX_TEXT bytes.
    """
    limit = MAX_MARKUP
    while True:
        html = _sanitised(raw[:limit], base_url)
        size = len(html.encode())
        if size <= MAX_TEXT:
            return html
        limit = min(limit, len(raw)) * MAX_TEXT // size * 9 // 10


def _sanitised(raw: str, base_url: str | None) -> str:
    """Rebuild the markup well-nested and shallow, then let nh3 decide what may stay."""
    html = nh3.clean(
        _rebuilt(_storable(raw), base_url),
        tags=set(_ALLOWED),
        attributes={"a": {"href"}},
        url_schemes={"http", "https"},
        link_rel="noopener noreferrer nofollow",
        url_relative="deny",
    )
    # Character references have become characters by now.
    return _PRE_LINE_END.sub("<pre>", _storable(_LINE_END.sub("\n", html))).strip()


def _rebuilt(raw: str, base_url: str | None) -> str:
    out: list[str] = []
    open_: list[str] = []
    for token in _tokens(raw):
        if isinstance(token, str):
            if token.strip():
                _shelter("", open_, out)
            out.append(_BIG_REFERENCE.sub("\ufffd", token).replace("<", "&lt;"))
        elif token.name not in _ALLOWED:
            continue
        elif token.closes:
            _close(token.name, open_, out)
        else:
            _open(token, open_, out, base_url)
    return "".join(out)


def _close(name: str, open_: list[str], out: list[str]) -> None:
    if name not in open_:
        return
    while True:
        last = open_.pop()
        out.append(f"</{last}>")
        if last == name:
            return


def _shelter(name: str, open_: list[str], out: list[str]) -> None:
    """Open a cell for what stands between cells: a parser moves it before the table, in quadratic time."""
    if open_ and open_[-1] in _TABLE_FRAME and name not in _TABLE_PARTS:
        open_.append("td")
        out.append("<td>")


def _open(tag: _Tag, open_: list[str], out: list[str], base_url: str | None) -> None:
    _shelter(tag.name, open_, out)
    if tag.name in _BLOCKS:
        _close("p", open_, out)
    ended, shield = _ENDS.get(tag.name, (frozenset(), frozenset()))
    inner = next((name for name in reversed(open_) if name in ended or name in shield), None)
    if inner in ended and inner is not None:
        _close(inner, open_, out)
    if tag.name in _VOID:
        out.append(f"<{tag.name}>")
    elif len(open_) < MAX_DEPTH or tag.name in _TABLE_PARTS:
        open_.append(tag.name)
        out.append(f"<{tag.name}{_link(tag, base_url)}>")


def _link(tag: _Tag, base_url: str | None) -> str:
    """Return the one attribute that stays."""
    if tag.name != "a" or not (match := _HREF.search(tag.attributes)):
        return ""
    url = clean_url(_decoded(match[1] or match[2] or match[3] or ""), base_url)
    return f' href="{escape(url)}"' if url else ""


def _tokens(raw: str) -> Iterator[str | _Tag]:
    """Yield texts (character references as they are) and tags; comments and what is no text are left out."""
    position, closed_later = 0, _Closers(raw)
    while match := _TOKEN.search(raw, position):
        if match.start() > position:
            yield raw[position : match.start()]
        position = match.end()
        name = (match["name"] or "").lower()
        if name in _DROPPED and not match["close"] and not match["attributes"].endswith("/"):
            position = closed_later.after(name, position)
        elif name and position - match.start() <= MAX_TAG:
            yield _Tag(_RENAMED.get(name, name), bool(match["close"]), match["attributes"])
    if position < len(raw):
        yield raw[position:]


class _Closers:
    """Find where an element ends; a name that is not found is not looked for again."""

    def __init__(self, raw: str) -> None:
        self.raw = raw
        self.missing: set[str] = set()

    def after(self, name: str, position: int) -> int:
        """Return the position behind the closing tag, or `position` itself where there is none."""
        if name not in self.missing:
            found = re.compile(rf"</{name}\b[^>]*+(?:>|\Z)", re.IGNORECASE).search(self.raw, position)
            if found:
                return found.end()
            self.missing.add(name)
        return len(self.raw) if name in _ENDLESS else position


def _decoded(text: str) -> str:
    return unescape(_BIG_REFERENCE.sub("\ufffd", text))


def html_to_text(raw: str) -> str:
    """Return the text of an HTML fragment: entities decoded, paragraphs separated by one blank line.

    A fragment without any tag is plain text: its line ends stay. Time is linear in the length.
    """
    raw = raw[:MAX_MARKUP]
    if not _TOKEN.search(raw):
        return clean_text(_decoded(raw))
    pieces: list[str] = []
    preformatted = 0
    for token in _tokens(raw):
        if isinstance(token, str):
            pieces.append(_decoded(token if preformatted else _SPACE_RUN.sub(" ", token)))
            continue
        pieces.append(_BREAKS.get(token.name, ""))
        if token.name == "pre":
            preformatted = max(0, preformatted + (-1 if token.closes else 1))
    return clean_text("".join(pieces))
