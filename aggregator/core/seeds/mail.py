"""Mail and newsletters, as mail programs save them: one message, or a mailbox of several."""

import itertools
import re
from dataclasses import replace
from email import policy
from email.errors import MessageError
from email.header import decode_header
from email.message import Message
from email.parser import Parser

from aggregator.core import clean
from aggregator.core.seeds.draft import Draft
from aggregator.core.seeds.dump.page import is_title
from aggregator.core.seeds.fields import draft_of
from aggregator.core.seeds.furniture import furniture
from aggregator.core.seeds.heads import known_line
from aggregator.core.seeds.keys import field_of
from aggregator.core.seeds.lines import Line, ends_sentence, is_prose, split_lines, unwrap, width, words
from aggregator.core.seeds.marked import SIGNS, paragraphs
from aggregator.core.seeds.names import is_lone_person
from aggregator.core.seeds.records import RULE
from aggregator.core.seeds.vocabulary import Furniture

FIELD = re.compile(r"^(?P<name>[A-Za-z][A-Za-z-]{1,40}):", re.MULTILINE)
ENVELOPES = re.compile(r"^From \S+ .{0,30}\d{4}$", re.MULTILINE)  # mbox (RFC 4155)
ROUTING = frozenset(
    "to reply-to message-id mime-version content-type received return-path list-unsubscribe list-id "
    "delivered-to x-mailer sender cc content-transfer-encoding".split()
)
SIGNATURE = re.compile(r"^-- ?$|^_{10,}$", re.MULTILINE)
REPLY = re.compile(r"^\s*(?:(?:re|fwd?|aw|wg|tr|rv|sv|vs|enc|i|r)\s*:\s*)+", re.IGNORECASE)
ADDRESS = re.compile(r"<?(?P<local>[\w.+-]+)@(?P<host>[\w.-]+)>?")
# Boxes that no person has: what they send is the paper's.
ROLE = re.compile(
    r"^(?:news\w*|info|hello|hallo|hola|mail\w*|edit\w+|redak\w+|redac\w+|contact\w*|kontakt|press\w*|office|team|"
    r"no-?reply|donotreply|digest|dispatch|letters?|bulletin|updates?|alerts?|weekly|daily|subscri\w+|list\w*)$",
    re.IGNORECASE,
)
NAME_OF_BOTH = re.compile(
    r"^(?P<name>.{3,40}?)\s*(?:,|\||–|—|\bfrom\b|\bat\b|\bvon\b|\bde\b|@|\()\s*(?P<paper>.{3,60}?)\)?$"
)
ONLINE = re.compile(
    r"\b(?:view|read) (?:this )?(?:e?mail |message |online |it )*"
    r"(?:in (?:your|the) browser|online|on the web)\b"
    r"|\bunsubscribe\b|\bim browser (?:ansehen|öffnen)\b|\babbestellen\b|"
    r"\bversion en ligne\b|\bse désabonner\b"
    r"|\bver en (?:el )?navegador\b|\bdarse de baja\b|\bотписаться\b|수신거부|退订|配信停止",
    re.IGNORECASE,
)
LINK = re.compile(r"(?P<label>[^\n<>]{0,60}?)[<(\[]?(?P<url>https?://[^\s<>)\]]+)[>)\]]?")
NUMBER = re.compile(r"^(?:\(?\d{1,2}[.)]|[*•●▪■►»#]+)\s+")
NOTICE = 100  # columns; a longer line is text
MAX_MESSAGES = 2_000
MAX_HEADERS = 100


def is_mail(text: str, _name: str) -> bool:
    """Tell whether a text is a message: its head names sender, subject and day, or a mail's route."""
    head = re.split(r"\n[ \t]*\r?\n", text.lstrip("\ufeff\r\n")[:20_000], maxsplit=1)[0]
    names = {name.casefold() for name in FIELD.findall(head)}
    first = FIELD.match(head) or ENVELOPES.match(head.split("\n", 1)[0].strip())
    return bool(first) and "subject" in names and ({"from", "date"} <= names or len(names & ROUTING) >= 2)


def read_mail(text: str) -> tuple[Draft, ...]:
    """Return the entries of a message or a mailbox: one a message, or each item of a newsletter."""
    text = text.lstrip("\ufeff\r\n").replace("\r\n", "\n").replace("\r", "\n")
    starts = [
        match.start()
        for match in ENVELOPES.finditer(text)
        if text[max(0, match.start() - 2) : match.start()] in {"", "\n\n"}
    ]
    bounds = [*starts[:MAX_MESSAGES], len(text)] if starts else [0, len(text)]
    messages = (text[a:b] for a, b in itertools.pairwise(bounds))
    return tuple(
        draft for message in messages for draft in _message(ENVELOPES.sub("", message, count=1).lstrip("\n"))
    )


def _message(text: str) -> tuple[Draft, ...]:
    message = Parser(policy=policy.compat32).parsestr(text)
    author, publisher = _sender(message)
    draft = Draft(
        title=REPLY.sub("", _header(message, "subject")),
        author=author,
        publisher=publisher,
        published=clean.parse_date(_header(message, "date")),
    )
    lines, foot = _without_foot(_body_lines(_text(message)))
    said = draft_of({**_own_fields(message), **foot})
    draft = replace(draft, categories=said.categories)
    url = next(
        (m["url"] for line in lines if ONLINE.search(line.text) and (m := LINK.search(line.text))), None
    )
    lines = [line for line in lines if not _is_notice(line.text)]
    items = _items(lines)
    if len(items) >= 2:
        return tuple(replace(draft, title=title, text=body, url=link) for title, body, link in items)
    return (
        replace(
            draft,
            text="\n\n".join(line.text for line in lines if any(map(str.isalnum, line.text))),
            url=said.url or _own(url),
        ),
    )


TOLD = frozenset({"url", "categories"})  # what a head or a foot may say besides sender and day
HEADERS = {"archived-at": "url", "x-url": "url", "x-keywords": "keywords"}  # RFC 5064; by old custom


def _own_fields(message: Message) -> dict[str, str]:
    """Return the address and the labels that a head names: "Link: …", "Tags: …", "Keywords: …"."""
    names = ((HEADERS.get(name.casefold(), name), name) for name in list(message.keys())[:MAX_HEADERS])
    return {key: _header(message, name).strip("<> ") for key, name in names if field_of(key) in TOLD}


def _without_foot(lines: list[Line]) -> tuple[list[Line], dict[str, str]]:
    """Part a body from the lines "URL: …" and "Keywords: …" under it."""
    end, told = len(lines), {}
    while end > 1 and (found := known_line(lines[end - 1].text)) and field_of(found[0]) in TOLD:
        told[found[0]] = found[1].strip("<> ")
        end -= 1
    return lines[:end], told


def _own(url: str | None) -> str | None:
    return None if url is None or "unsubscribe" in url.casefold() else url


# --- head -----------------------------------------------------------------------------------------------


def _header(message: Message, name: str) -> str:
    """Return a field of the head as text: unfolded, and its encoded words (RFC 2047) read."""
    raw = " ".join(str(message.get(name, "")).split())
    if "=?" not in raw:
        return raw
    try:
        parts = decode_header(raw)
        return "".join(
            p.decode(charset or "ascii", "replace") if isinstance(p, bytes) else p for p, charset in parts
        )
    except (MessageError, ValueError, LookupError):
        return raw


def _sender(message: Message) -> tuple[str | None, str | None]:
    """Return the author and the publisher that the sender's name and address tell."""
    raw = _header(message, "from")
    address = ADDRESS.search(raw)
    name = (raw[: address.start()] if address else raw).strip(" \"'<>,")
    if not name and address:
        bracketed = re.search(r"\(([^()]+)\)\s*$", raw)
        name = bracketed[1] if bracketed else ""
    if not name:
        return None, None
    both = NAME_OF_BOTH.match(name)
    if both and is_lone_person(both["name"]):
        return both["name"], both["paper"]
    if address and ROLE.match(address["local"]):
        return None, name
    squeezed = "".join(words(name)).casefold()
    host = address["host"].casefold().replace("-", "") if address else ""
    is_list = any(message.get(field) for field in ("list-unsubscribe", "list-id"))
    own_box = address is not None and name.split()[-1].casefold() in address["local"].casefold()
    if squeezed[:12] in host or not is_lone_person(name) or (is_list and not own_box):
        return None, name
    return name, None


# --- body -----------------------------------------------------------------------------------------------


def _text(message: Message) -> str:
    """Return a message's text: its plain part, else what its HTML says."""
    parts = [part for part in message.walk() if not part.is_multipart()]
    plain = next(
        (
            text
            for part in parts
            if part.get_content_type() == "text/plain" and (text := _payload(part)).strip()
        ),
        "",
    )
    html = next(
        (
            text
            for part in parts
            if part.get_content_type() == "text/html" and (text := _payload(part)).strip()
        ),
        "",
    )
    return plain or clean.html_to_text(html)


def _payload(part: Message) -> str:
    raw = part.get_payload()
    if str(part.get("content-transfer-encoding", "")).strip().casefold() not in {
        "base64",
        "quoted-printable",
    }:
        return raw if isinstance(raw, str) else ""  # the document's own decoding has read it
    body = part.get_payload(decode=True)
    try:
        return (
            body.decode(part.get_content_charset() or "utf-8", "replace") if isinstance(body, bytes) else ""
        )
    except LookupError:
        return body.decode("utf-8", "replace") if isinstance(body, bytes) else ""


def _body_lines(body: str) -> list[Line]:
    """Return a body's paragraphs, without the signature under it."""
    signature = SIGNATURE.search(body)
    if signature and body[: signature.start()].strip():
        rest = body[signature.end() :]
        # An underline may also part the items of a newsletter.
        body = body if RULE.search(rest) or len(rest) > 1_000 else body[: signature.start()]
    if SIGNS.search(body):
        body = paragraphs(RULE.sub("\n\n——————\n\n", body))
    return list(unwrap(split_lines(body)))


def _is_notice(text: str) -> bool:
    kind = None if _is_rule(text) else furniture(text)
    if width(text) > NOTICE:
        return False
    if "://" in text and not ONLINE.search(text):
        return False
    return bool(ONLINE.search(text) and width(text) < 200) or kind in {
        Furniture.SIGN_UP,
        Furniture.COPYRIGHT,
        Furniture.BUTTON,
    }


def _items(lines: list[Line]) -> list[tuple[str, str, str | None]]:
    """Return headline, text and address of each item; a newsletter sets items apart by rules or numbers."""
    ruled = any(_is_rule(line.text) for line in lines)
    heads = [i for i in range(len(lines) - 1) if _is_item_head(lines, i, ruled)]
    if len(heads) < 2:
        return []
    bounds = [*heads, len(lines)]
    return [_item(lines[a:b]) for a, b in itertools.pairwise(bounds)]


def _is_rule(text: str) -> bool:
    return len(text) >= 3 and not any(map(str.isalnum, text)) and bool(RULE.match(text))


def _is_item_head(lines: list[Line], index: int, ruled: bool) -> bool:
    text = lines[index].text
    counted = NUMBER.match(text) is not None and not ruled
    parted = ruled and (index == 0 or _is_rule(lines[index - 1].text))
    bare = NUMBER.sub("", text)
    if (
        not (counted or parted)
        or not is_title(bare)
        or is_prose(bare)
        or (ends_sentence(bare) and bare[-1] == ".")
    ):
        return False
    return any(is_prose(line.text) for line in lines[index + 1 : index + 4])


def _item(lines: list[Line]) -> tuple[str, str, str | None]:
    kept, url = [], None
    for line in lines[1:]:
        link = LINK.search(line.text)
        found = known_line(line.text)
        if link and (width(line.text) - len(link["url"]) < 40):
            url = url or link["url"]
        elif not _is_rule(line.text) and not (found and field_of(found[0])):
            kept.append(line.text)
    return NUMBER.sub("", lines[0].text), "\n\n".join(kept), url
