"""What hostile publishers send: one row for each trick, and what is to be said of it.

`said`: words of the reason; READ: it gives a feed all the same; EITHER: one of both, and nothing worse.
"""

import gzip
import json
import zlib
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import chain

from hostile_server import Answer, Exchange, reply

READ, EITHER = "", "*"
CANARY = "/canary"  # nobody who reads feeds has business there
SCRIPTS = (
    "<script>alert(1)</script>",
    "<svg/onload=alert(1)>",
    "\"><img src=x onerror=alert(1)>",
    "javascript:alert(1)",
    "<b>x</b><img/src=x onerror=alert(1)//",
    "<math><mtext><table><mglyph><style><img src=x onerror=alert(1)>",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Family:
    """One endpoint."""

    name: str
    answer: Answer
    said: str = EITHER


def families(url: str) -> Iterator[Family]:
    """Yield all; url: where the server is, for documents that point back to it."""
    canary = url + CANARY
    yield from chain(_redirects(url), _statuses(), _heads(), _bodies())
    yield from chain(_markup(canary), _encodings(), _dates(), _identities(), _fields(canary), _others(canary))


# ---- documents


def rss(items: str = "", channel: str = "", head: str = "", title: str = "A feed") -> bytes:
    """Return an RSS document with an item of its own, so that it can be seen to be read."""
    plain = "<item><title>A sound item of this feed</title><guid>sound</guid></item>"
    whole = f'{head}<rss version="2.0"><channel><title>{title}</title>{channel}{plain}{items}</channel></rss>'
    return whole.encode("utf-8", "surrogatepass")


def atom(entries: str = "", head: str = "", attributes: str = "") -> bytes:
    plain = "<entry><title>A sound entry of this feed</title><id>urn:x:sound</id></entry>"
    root = f'<feed xmlns="http://www.w3.org/2005/Atom" {attributes}><title>A feed</title>'
    return f"{head}{root}{plain}{entries}</feed>".encode("utf-8", "surrogatepass")


def json_feed(*items: object, **others: object) -> bytes:
    feed = {"version": "https://jsonfeed.org/version/1.1", "title": "A feed", "items": list(items)}
    return json.dumps(feed | others).encode()


def item(**elements: str) -> str:
    return "<item>" + "".join(f"<{name}>{text}</{name}>" for name, text in elements.items()) + "</item>"


def page(head: str = "", body: str = "Please log in.") -> bytes:
    return f"<!doctype html><html><head><title>Log in</title>{head}</head><body>{body}</body></html>".encode()


# ---- HTTP


def redirect(to: str, status: int = 302) -> bytes:
    return f"HTTP/1.1 {status} Moved\r\nLocation: {to}\r\nContent-Length: 0\r\n\r\n".encode(
        "utf-8", "surrogateescape"
    )


def _redirects(url: str) -> Iterator[Family]:
    private = """10.0.0.1 172.16.0.1 192.168.0.1 169.254.169.254 100.64.0.1 0.0.0.0 224.0.0.1 255.255.255.255
    240.0.0.1 192.0.2.1 198.18.0.1 [::1] [::] [fe80::1] [fd00::1] [ff02::1] [2001:db8::1] [::ffff:10.0.0.1]
    [::ffff:a00:1] [64:ff9b::a9fe:a9fe] [64:ff9b:1::1] [2002:a9fe:a9fe::] [::a9fe:a9fe]
    [2001:0:a9fe:a9fe::1] 10。0。0。1""".split()
    for host in private:
        yield Family(f"redirect to {host}", redirect(f"http://{host}/feed"), "private network")
    odd = """0x0a000001 167772161 012.0.0.1 10.1 0 0x7f.1 1.2.3.4.5 1.2.3.256 [fe80::1%25lo] [::1%lo]
    [nonsense] exa_mple..com -a- ${x}""".split()
    for host in odd:
        yield Family(f"redirect to {host}", redirect(f"http://{host}/feed"), "; ")
    for to in (
        *"file:///etc/passwd ftp://10.0.0.1/x gopher://10.0.0.1/x javascript:alert(1)".split(),
        *"//10.0.0.1/feed http:///feed http://user:secret@10.0.0.1/ http://10.0.0.1:22/ https://10.0.0.1/".split(),
        "data:text/xml,x",
        *"jar:http://x!/ unix:///var/run/x dict://10.0.0.1:11211/ http:\\\\10.0.0.1\\feed".split(),
        *(f"http://10.0.0.1\\@{url[7:]}/", "http://" + "a" * 3_000, "/" + "a" * 3_000, "", " ", "http://["),
        *("/a\x01b", "/a\tb", "/\x00", "http://a:99999/", "http://a:b/", "\udcff\udcfe"),
    ):
        yield Family(f"redirect to {to[:40]!r}", redirect(to), "; ")
    yield Family("redirect without location", reply(302), "without saying where")
    yield Family("redirect to itself", _to_itself, "in a circle")
    yield Family("redirect without end", _ever_on, "more than 5 times")
    for status in (300, 304, 305, 306):
        yield Family(f"redirect {status}", redirect("/feed", status), f"{status}")


async def _to_itself(exchange: Exchange) -> None:
    await exchange.send(redirect(exchange.path))


async def _ever_on(exchange: Exchange) -> None:
    await exchange.send(redirect(exchange.path + "x"))


def _statuses() -> Iterator[Family]:
    for status in (
        *(202, 203, 204, 205, 206, 226, 400, 401, 402, 403, 404, 405, 406, 407, 408, 409, 410, 413, 414, 415),
        *(418, 421, 422, 423, 425, 426, 428, 429, 431, 451, 499, 500, 501, 502, 503, 504, 505, 507, 508, 511),
        *(520, 599, 600, 799, 999),
    ):
        yield Family(f"status {status}", reply(status), f"{status}")


def _heads() -> Iterator[Family]:
    ok = b"HTTP/1.1 200 OK\r\n"
    yield Family("no answer", b"", "closed the connection")
    yield Family("ssh", b"SSH-2.0-OpenSSH_9.6\r\n\r\n", "no valid HTTP")
    yield Family("http 0.9", rss(), "no valid HTTP")
    yield Family("status line of letters", b"HTTP/1.1 abc OK\r\n\r\n", "no valid HTTP")
    yield Family("status 000", b"HTTP/1.1 000 OK\r\n\r\n", "; ")
    yield Family("http 9.9", b"HTTP/9.9 200 OK\r\n\r\n", "; ")
    yield Family("one long header", ok + b"X: " + b"a" * 100_000 + b"\r\n\r\n", "too long")
    yield Family("many headers", reply(200, rss(), *(f"X-{n}: a" for n in range(5_000))), "too long")
    yield Family(
        "headers in sum", reply(200, rss(), *(f"X-{n}: {'a' * 3_000}" for n in range(9))), "too long"
    )
    yield Family("long status line", b"HTTP/1.1 200 " + b"a" * 100_000 + b"\r\n\r\n", "; ")
    yield Family("header with NUL", ok + b"X\x00Y: a\r\n\r\n", "no valid HTTP")
    yield Family("header without colon", ok + b"nonsense\r\n\r\n", "; ")
    yield Family("header with a folded line", reply(200, rss(), "ETag: a\r\n b"), EITHER)
    yield Family("etag with control characters", reply(200, rss(), 'ETag: "a\x01b"'), READ)
    yield Family("etag of no text", reply(200, rss()).replace(b"200 OK", b'200 OK\r\nETag: "\xff"'), EITHER)
    yield Family("date without end", reply(200, rss(), "Expires: +9999 Nov 15:00:00 9999999999"), READ)
    yield Family("age without end", reply(200, rss(), f"Cache-Control: max-age={'9' * 5_000}"), READ)
    yield Family("later without end", reply(503, b"", f"Retry-After: {'9' * 5_000}"), "503")
    yield Family("negative length", ok + b"Content-Length: -5\r\n\r\n" + rss(), "; ")
    yield Family("length of letters", ok + b"Content-Length: abc\r\n\r\n" + rss(), "; ")
    yield Family("endless length", ok + b"Content-Length: " + b"9" * 5_000 + b"\r\n\r\n", "; ")
    yield Family("two lengths", ok + b"Content-Length: 5\r\nContent-Length: 9\r\n\r\n" + rss(), "; ")
    both = ok + b"Content-Length: 5\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nabcde\r\n0\r\n\r\n"
    yield Family("length and chunks", both, "; ")
    yield Family("cookies", reply(200, rss(), *(f"Set-Cookie: a{n}=b; Path=/" for n in range(50))), READ)
    yield Family("interim answers", b"HTTP/1.1 103 Early Hints\r\n\r\n" * 500 + reply(200, rss()), EITHER)
    yield Family("switching protocols", b"HTTP/1.1 101 Switching\r\nUpgrade: x\r\n\r\n", "; ")
    yield Family("smuggled answer", reply(200, rss()) + reply(200, b"smuggled"), EITHER)
    for charset in (
        "punycode",
        "idna",
        "rot13",
        "zip",
        "../../etc/passwd",
        "undefined",
        "utf-7",
        "a" * 5_000,
    ):
        yield Family(
            f"charset {charset[:20]}", reply(200, rss(), f"Content-Type: text/xml; charset={charset}"), READ
        )
    for kind in (
        "text/html",
        "image/png",
        "application/octet-stream",
        "\xff",
        "",
        "multipart/mixed; boundary=x",
    ):
        yield Family(f"type {kind}", reply(200, rss(), f"Content-Type: {kind}"), READ)
    for link in ("<" * 5_000, "<>;" * 2_000, '<x>; rel="' + "hub " * 3_000):
        yield Family(f"link header {link[:3]}", reply(200, rss(), f"Link: {link}"), READ)


def compressed(body: bytes, coding: str = "gzip") -> bytes:
    return reply(200, body, f"Content-Encoding: {coding}")


def _bodies() -> Iterator[Family]:
    zipped = gzip.compress(rss())
    yield Family("gzip cut short", compressed(zipped[:-9]), "broke off")
    yield Family("gzip with a broken middle", compressed(zipped[:30] + b"\0\0\0" + zipped[33:]), "; ")
    yield Family("gzip with a wrong sum", compressed(zipped[:-8] + b"\0" * 8), "; ")
    yield Family("gzip that is none", compressed(rss()), "compression is broken")
    yield Family("gzip with more behind", compressed(zipped + b"more"), EITHER)
    yield Family("gzip twice", compressed(gzip.compress(zipped)), "more than once")
    yield Family("gzip twice and said so", compressed(gzip.compress(zipped), "gzip, gzip"), "more than once")
    yield Family("gzip unsaid", reply(200, zipped), "compressed without saying so")
    yield Family("deflate cut short", compressed(zlib.compress(rss())[:-2], "deflate"), "broke off")
    for coding in ("br", "zstd", "compress", "aes128gcm", "identity, br", "x" * 1_000):
        yield Family(f"coding {coding[:20]}", compressed(zipped, coding), "nobody asked for")
    yield Family("gzip bomb", compressed(_bomb(300)), "larger than")
    yield Family(
        "gzip bomb of items", compressed(gzip.compress(rss(item(title="a") * 2_000_000))), "larger than"
    )
    yield Family("deflate bomb", compressed(zlib.compress(bytes(100_000_000)), "deflate"), "larger than")
    yield Family("gzip members", compressed(gzip.compress(b"") * 5_000), "compressed parts")
    yield Family("bomb in layers", compressed(gzip.compress(gzip.compress(_bomb(100)))), "; ")
    yield Family("length too long", reply(200, rss(), length=90_000), "broke off")
    yield Family("length past the limit", reply(200, rss(), length=99_999_999), "larger than")
    chunked = b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n"
    yield Family("chunk cut short", chunked + b"ffff\r\nabc", "broke off")
    yield Family("chunk of letters", chunked + b"zz\r\nabc", "; ")
    yield Family("chunk without end", chunked + b"f" * 5_000 + b"\r\nabc", "; ")
    yield Family("chunks of one byte", chunked + b"1\r\na\r\n" * 50_000 + b"0\r\n\r\n", "; ")
    yield Family("chunk extensions", chunked + b"1;" + b"a" * 50_000 + b"\r\na\r\n0\r\n\r\n", "; ")
    yield Family("trailers", chunked + b"1\r\na\r\n0\r\n" + b"X: a\r\n" * 5_000 + b"\r\n", "; ")
    yield Family("endless body", _endless(b"HTTP/1.1 200 OK\r\n\r\n", b"<item>" * 10_000), "larger than")
    yield Family(
        "endless chunks", _endless(chunked, b"ea60\r\n" + b"<item>" * 10_000 + b"\r\n"), "larger than"
    )
    yield Family("nothing", reply(200), "is empty")
    yield Family("white space", reply(200, b" \r\n" * 10_000), "is empty")
    yield Family("zeros", reply(200, bytes(1_000_000)), "is empty")


def _bomb(megabytes: int) -> bytes:
    packer = zlib.compressobj(9, wbits=31)
    return b"".join(packer.compress(bytes(1_000_000)) for _ in range(megabytes)) + packer.flush()


def _endless(head: bytes, piece: bytes) -> Answer:
    async def answer(exchange: Exchange) -> None:
        await exchange.send(head)
        while True:
            await exchange.send(piece)

    return answer


# ---- XML


def _markup(canary: str) -> Iterator[Family]:
    def dtd(name: str, subset: str, text: str = "&x;", said: str = EITHER) -> Family:
        head = f"<?xml version='1.0'?><!DOCTYPE rss [{subset}]>"
        return Family(name, reply(200, rss(item(title=f"Entity {text}", guid=name), head=head)), said)

    laughs = "".join(f'<!ENTITY l{n} "{f"&l{n - 1};" * 10}">' for n in range(1, 12))
    yield dtd("a billion laughs", f'<!ENTITY l0 "ha">{laughs}', "&l11;")
    yield dtd("a long entity many times", f'<!ENTITY x "{"a" * 100_000}">', "&x;" * 5_000)
    yield dtd("an entity of itself", '<!ENTITY x "&x;">')
    for target in ("file:///etc/passwd", canary, "php://filter/read=x/resource=/etc/passwd", "/etc/passwd"):
        yield dtd(f"external entity {target[:12]}", f'<!ENTITY x SYSTEM "{target}">')
        yield dtd(f"parameter entity {target[:12]}", f'<!ENTITY % y SYSTEM "{target}"> %y;')
    yield dtd("public entity", f'<!ENTITY x PUBLIC "a" "{canary}">')
    yield dtd("many entities", "".join(f'<!ENTITY x{n} "a">' for n in range(50_000)))
    yield dtd("subset without end", "<!ENTITY x '", "")
    for name, head in {
        "external dtd": f'<!DOCTYPE rss SYSTEM "{canary}">',
        "public dtd": f'<!DOCTYPE rss PUBLIC "-//X//EN" "{canary}">',
        "style sheet": f'<?xml-stylesheet type="text/xsl" href="{canary}"?>',
        "many instructions": "<?x y?>" * 50_000,
        "comments": "<!-- x -->" * 50_000,
        "comment without end": "<!--" * 40_000,
        "doctype without end": "<!DOCTYPE rss [" * 20_000,
        "blank beginning": " \n" * 100_000,
    }.items():
        yield Family(name, reply(200, rss(head=head)))
    include = f'<xi:include xmlns:xi="http://www.w3.org/2001/XInclude" href="{canary}" parse="text"/>'
    yield Family("xinclude", reply(200, rss(include + item(title=include))), READ)
    yield Family("deep elements", reply(200, rss("<a>" * 100_000)))
    yield Family("deep items", reply(200, rss("<item><title>x" * 20_000)))
    yield Family("deep html", reply(200, rss(item(title="Deep", description="&lt;div>" * 50_000))), READ)
    attributes = " ".join(f'a{n}="b"' for n in range(20_000))
    yield Family("many attributes", reply(200, rss(f"<item {attributes}><title>x</title></item>")))
    spaces = " ".join(f'xmlns:n{n}="urn:{n}"' for n in range(5_000))
    yield Family("many namespaces", reply(200, atom(attributes=spaces)))
    yield Family("a long author", reply(200, rss(item(title="x", author="a" * 200_000))))
    yield Family("a long name", reply(200, rss(f"<{'a' * 500_000}/>")))
    yield Family("cut in a tag", reply(200, rss(item(title="x"))[:-30]))
    yield Family("cut in text", reply(200, rss("<item><title>Half a ti")[:-20]))
    yield Family("cdata without end", reply(200, rss("<item><title><![CDATA[x")))
    yield Family("unquoted", reply(200, rss("<item a=b c><title>x & y < z</title></item>")))
    yield Family("two roots", reply(200, rss() + rss()))
    yield Family("warning before", reply(200, b"<br />\n<b>Warning</b>: mysql_connect()\n" + rss()), EITHER)
    yield Family("xhtml content", reply(200, atom(_xhtml())), READ)


def _xhtml() -> str:
    scripts = "".join(SCRIPTS[:2])
    content = f'<content type="xhtml"><div xmlns="http://www.w3.org/1999/xhtml">{scripts}</div></content>'
    return f"<entry><title>Pages in an entry</title><id>urn:x:page</id>{content}</entry>"


def _encodings() -> Iterator[Family]:
    text = '<?xml version="1.0" encoding="{}"?>' + rss(item(title="Fähren über den Øresund")).decode()
    for declared, real in (
        *(
            ("utf-8", "latin-1"),
            ("latin-1", "utf-8"),
            ("utf-16", "utf-8"),
            ("utf-8", "utf-16"),
            ("x", "utf-8"),
        ),
        *(("utf-8", "utf-16-le"), ("utf-8", "utf-16-be"), ("utf-8", "utf-32"), ("punycode", "utf-8")),
        *(("utf-7", "utf-7"), ("cp037", "cp037"), ("koi8-r", "utf-8"), ("", "utf-8"), ("utf-8", "cp1252")),
        *(("unicode_escape", "utf-8"), ("raw_unicode_escape", "utf-8"), ("hex", "utf-8"), ("bz2", "utf-8")),
    ):
        yield Family(f"{real} called {declared}", reply(200, text.format(declared).encode(real, "replace")))
    yield Family(
        "bad bytes", reply(200, rss(item(title="caf@ for ever")).replace(b"@", b"\xe9\xff\xc3")), READ
    )
    yield Family("overlong", reply(200, rss(item(title="a@@b c")).replace(b"@@", b"\xc0\xbc")), READ)
    yield Family("surrogate bytes", reply(200, rss(item(title="one \ud800 two"))), READ)
    yield Family("zeros inside", reply(200, rss().replace(b"sound", b"so\0und")), EITHER)
    yield Family("random", reply(200, bytes((n * 7919 >> 3) % 256 for n in range(50_000))), "; ")
    for number in (
        "0",
        "1",
        "xD800",
        "xDFFF",
        "xFFFE",
        "xFFFF",
        "x110000",
        "x" + "F" * 5_000,
        "9" * 5_000,
        "-1",
    ):
        body = rss(item(title=f"Character &#{number}; here", guid=f"&#{number};", description=f"&#{number};"))
        yield Family(f"character {number[:10]}", reply(200, body), EITHER)


# ---- what is said in sound documents


def _dates() -> Iterator[Family]:
    for date in (
        *(
            "0000-00-00T00:00:00Z",
            "0001-01-01T00:00:00Z",
            "9999-12-31T23:59:59Z",
            "9999-12-31T23:59:59-23:59",
        ),
        *(
            "99999-01-01",
            "-2026-01-01",
            "2026-02-30",
            "2026-13-45T99:99:99Z",
            "Thu, 01 Jan 1970 00:00:00 GMT",
        ),
        *("Fri, 99 Nov 2026 99:99:99 +9999", "9" * 5_000, "Fri, 20 Nov 2026 10:00:00 +99999999", "yesterday"),
        *(
            "2026-11-20T10:00:00+24:00",
            "1e999",
            "NaN",
            "٢٠٢٦-١١-٢٠",
            "0",
            "1763600000",
            "12:00",
            "Nov",
            "20/11/26",
        ),
        "Mon, 01 Jan 0000 00:00:00 " + "Z" * 10_000,
    ):
        both = item(title=f"Dated {date[:30]}", guid=f"dated {date[:30]}", pubDate=date)
        dated = f"<entry><title>Dated</title><id>urn:x:d</id><published>{date}</published></entry>"
        yield Family(
            f"date {date[:30]}", reply(200, rss(both, f"<lastBuildDate>{date}</lastBuildDate>")), READ
        )
        yield Family(f"atom date {date[:30]}", reply(200, atom(dated)), READ)
    yield Family("date that moves", _moving_date, READ)
    for name, value in {
        "ttl": "9" * 5_000,
        "sy:updateFrequency": "0",
        "skipHours": "<hour>x</hour>" * 999,
    }.items():
        space = ' xmlns:sy="http://purl.org/rss/1.0/modules/syndication/"'
        element = f"<{name}{space if ':' in name else ''}>{value}</{name}>"
        yield Family(f"rhythm {name}", reply(200, rss(channel=element)), READ)


async def _moving_date(exchange: Exchange) -> None:
    minute = int(exchange.began) % 60
    entry = item(title="The date of this moves", guid="moves", pubDate=f"2026-11-20T10:{minute:02}:00Z")
    await exchange.send(reply(200, rss(entry)))


def _identities() -> Iterator[Family]:
    yield Family("no ids", reply(200, rss(item(title="Nameless one") + item(title="Nameless two"))), READ)
    twice = "".join(
        item(title=f"One id for number {n}", guid="same", description=f"Text {n}") for n in range(9)
    )
    yield Family("one id for all", reply(200, rss(twice)), READ)
    yield Family(
        "ids of another feed", reply(200, rss(item(title="Impostor of the ferry", guid="good-1"))), READ
    )
    other = rss(item(title="Impostor's second try", guid="g", link="http://good.example/ferry"))
    yield Family("address of another feed", reply(200, other), READ)
    yield Family("ids that flap", Flapping(), READ)
    yield Family("ids new at each poll", AllNew(), READ)
    yield Family("shrinks to nothing", Shrinking(), READ)
    yield Family("long id", reply(200, rss(item(title="Long id", guid="a" * 1_000_000))), READ)
    many = "".join(f"<item><title>T{n}</title></item>" for n in range(100_000))
    yield Family("100,000 entries", reply(200, rss(many)), READ)
    objects = [{"id": str(n), "title": f"J{n}"} for n in range(100_000)]
    yield Family("100,000 objects", reply(200, json_feed(*objects)), READ)
    yield Family(
        "no entries", reply(200, b'<rss version="2.0"><channel><title>x</title></channel></rss>'), READ
    )
    yield Family("no channel", reply(200, b'<rss version="2.0"/>'), EITHER)
    big = "".join(item(title=f"Huge {n}", description=f"{n} word " * 120_000) for n in range(9))
    yield Family("huge items", reply(200, rss(big)), EITHER)


class Flapping:
    """Change every id with each poll, and nothing else."""

    def __init__(self) -> None:
        self.polls = 0

    async def __call__(self, exchange: Exchange) -> None:
        self.polls += 1
        link = "http://flap.example/1"
        entry = item(title="The ids of this one flap", link=link, guid=f"flap-{self.polls}")
        await exchange.send(reply(200, rss(entry)))


class AllNew:
    """Bring other entries with each poll."""

    def __init__(self) -> None:
        self.polls = 0

    async def __call__(self, exchange: Exchange) -> None:
        self.polls += 1
        entries = (item(title=f"New {self.polls} {n}", guid=f"{self.polls} {n}") for n in range(20))
        await exchange.send(reply(200, rss("".join(entries))))


class Shrinking:
    """Be a feed once, and then one without entries."""

    def __init__(self) -> None:
        self.polls = 0

    async def __call__(self, exchange: Exchange) -> None:
        self.polls += 1
        lasting = item(title="This one shrinks to nothing", guid="shrinks")
        empty = b'<rss version="2.0"><channel><title>A feed</title></channel></rss>'
        await exchange.send(reply(200, rss(lasting) if self.polls == 1 else empty))


def _fields(canary: str) -> Iterator[Family]:
    for n, script in enumerate(SCRIPTS):
        raw = f"<![CDATA[{script}]]>"
        names = (
            "title link guid author category description comments pubDate source rights dc:creator".split()
        )
        one = item(**{name: f"Bridge {raw}" if name == "title" else raw for name in names if ":" not in name})
        channel = f"<link>{raw}</link><description>{raw}</description><language>{raw}</language>"
        yield Family(f"script {n} in RSS", reply(200, rss(one, channel, title=raw)), READ)
        entry = f"""<entry><title type="html">{raw}</title><id>{raw}</id><link href='x:{n}'/>
        <author><name>{raw}</name><uri>{raw}</uri></author><category term='{n}' label='{n}'/>
        <content type="html">{raw}</content><rights type="html">{raw}</rights></entry>"""
        yield Family(f"script {n} in Atom", reply(200, atom(entry)), READ)
        keys = "id url external_url title content_html content_text summary date_published language".split()
        lists = {
            "tags": [script],
            "authors": [{"name": script, "url": script}],
            "attachments": [{"url": script}],
        }
        whole = json_feed(dict.fromkeys(keys, script) | lists, title=script, home_page_url=script)
        yield Family(f"script {n} in JSON", reply(200, whole), READ)
    control = "".join(map(chr, range(1, 32))) + "\x7f\x85\u2028\u202e\ufffe"
    yield Family(
        "control characters", reply(200, rss(item(title=f"Con{control}trol", author=control))), EITHER
    )
    yield Family("control in JSON", reply(200, json_feed({"id": control, "title": f"C {control}"})), READ)
    yield Family(
        "surrogates in JSON", reply(200, json_feed({"id": "\ud800", "title": "S \udc00\ud800"})), READ
    )
    many = [{"id": "1", "title": "a" * 1_000_000, "tags": ["t"] * 100_000, "content_text": "a" * 2_000_000}]
    yield Family("long fields", reply(200, json_feed(*many)), READ)
    yield Family(
        "many categories", reply(200, rss(item(title="C", category="</category><category>x" * 50_000)))
    )
    marks = "e" + "\u0301" * 200_000
    yield Family("many marks", reply(200, rss(item(title=marks, description=marks))), READ)
    links = "".join(
        f'<link rel="{rel}" href="{canary}"/>' for rel in "self hub next icon related license".split()
    )
    points = f"""{links}<icon>{canary}</icon><entry><title>Out of line</title><id>urn:x:o</id>{links}
    <content src="{canary}" type="text/html"/><link rel="enclosure" href="{canary}"/></entry>"""
    yield Family(
        "links to follow",
        reply(200, atom(points, attributes=f'xml:base="{canary}/"'), f"Link: <{canary}>; rel=hub"),
        READ,
    )
    media = f'<enclosure url="{canary}" length="1" type="a/b"/><image><url>{canary}</url></image>'
    yield Family(
        "media to follow",
        reply(200, rss(media + item(title="M", description=f'&lt;img src="{canary}">'))),
        READ,
    )
    more = json_feed(next_url=canary, feed_url=canary, icon=canary, hubs=[{"type": "WebSub", "url": canary}])
    yield Family("pages to follow", reply(200, more), READ)


def _others(canary: str) -> Iterator[Family]:
    alternate = f'<link rel="alternate" type="application/rss+xml" href="{canary}">'
    yield Family("page", reply(200, page()), "web page, not a feed")
    yield Family("page that names a feed", reply(200, page(alternate)), "use the feed that the page names")
    refresh = f'<meta http-equiv="refresh" content="0;url={canary}"><script src="{canary}"></script>'
    yield Family("page that leads on", reply(200, page(refresh)), "web page, not a feed")
    yield Family("page without end", reply(200, page(body="<div>" * 200_000)), "web page, not a feed")
    yield Family("page with many links", reply(200, page('<link rel="alternate"' * 50_000)), "web page")
    for name, body in {
        "pdf": b"%PDF-1.7\n" + bytes(range(256)) * 100,
        "png": b"\x89PNG\r\n\x1a\n" + bytes(range(256)) * 100,
        "zip": b"PK\x03\x04" + bytes(range(256)) * 100,
        "program": b"\x7fELF\x02\x01\x01" + bytes(range(256)) * 100,
        "database": b"SQLite format 3\0" + bytes(range(256)) * 100,
        "plain text": b"Nothing to see here.\n" * 100,
        "calendar": b"BEGIN:VCALENDAR\r\nEND:VCALENDAR\r\n",
        "table": b"id,title\n1,x\n",
        "opml": b'<opml version="2.0"><body><outline text="x"/></body></opml>',
        "sitemap": b'<urlset xmlns="http://www.sitemaps.org/schemas/sitemap/0.9"><url/></urlset>',
        "error": b"<Error><Code>AccessDenied</Code></Error>",
        "picture": b'<svg xmlns="http://www.w3.org/2000/svg"/>',
        "unknown xml": b"<?xml version='1.0'?><wonder/>",
        "json list": b"[1, 2, 3]",
        "json object": b'{"error": "not found"}',
        "activity": b'{"@context": "https://www.w3.org/ns/activitystreams", "orderedItems": []}',
        "items that are none": b'{"version": "https://jsonfeed.org/version/1", "items": {"a": 1}}',
        "broken json": b'{"version": "https://jsonfeed.org/version/1", "items": [',
        "deep json": b'{"items": ' + b"[" * 100_000,
        "deep objects": b'{"a":' * 100_000,
    }.items():
        yield Family(name, reply(200, body), "; ")
    for name, objects in {
        "items of numbers": [1, 2.5, None, True, "x", [], [[]]],
        "fields of other kinds": [
            {key: {"a": [1]} for key in "id url title content_html tags authors".split()}
        ],
        "huge numbers": [{"id": 10**400, "title": "N", "date_published": 10**300}],
        "no numbers": [{"id": float("nan"), "title": "Infinite", "date_published": float("inf")}],
    }.items():
        yield Family(name, reply(200, json_feed(*objects)), READ)
    digits = b'{"items": [{"id": ' + b"9" * 100_000 + b', "title": "Digits"}]}'
    yield Family("endless digits", reply(200, digits), EITHER)
