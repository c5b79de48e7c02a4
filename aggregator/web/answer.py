"""One way to answer with a document: validators, codings and 304 as RFC 9110 asks."""

import gzip
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from email.utils import format_datetime, parsedate_to_datetime
from functools import cached_property, lru_cache
from wsgiref.types import WSGIEnvironment

from flask import Response, request
from werkzeug.datastructures import Accept, Headers
from werkzeug.http import parse_accept_header, parse_etags

from aggregator.core.identity import digest

REVALIDATE = "no-cache"  # may be kept, and is asked for again each time: 304 is cheap, stale news is not
COMMON = 100  # characters of a header that is worth remembering


@dataclass(frozen=True)
class Answer:
    """A document and how it may be kept."""

    body: bytes
    content_type: str
    cache: str = REVALIDATE
    tag: str = ""  # digest of the body; empty: it is worked out
    packed: bytes | None = None  # the body as gzip; None: it is packed when asked for
    modified: datetime | None = None
    disposition: str = ""
    headers: Mapping[str, str] = field(default_factory=dict)  # more of them, of 304 too

    @cached_property
    def etag(self) -> str:
        """Return the digest of the body, which is its tag without a coding."""
        return self.tag or digest(self.body)[:32]

    def response(self) -> Response:
        """Answer the request under way: 200, or 304 where the client has it already."""
        packed = takes_gzip(request.headers.get("Accept-Encoding", ""))
        modified = http_date(self.modified) if self.modified else ""
        response: Response
        if is_known(request.environ, self.etag, modified):
            response = Unchanged(status=304)
            del response.headers["Content-Type"]
        else:
            response = Response(self._coded(packed), content_type=self.content_type)
            if packed:
                response.headers["Content-Encoding"] = "gzip"
            if self.disposition:
                response.headers["Content-Disposition"] = self.disposition
        response.set_etag(tag_of(self.etag, packed))
        response.headers["Cache-Control"] = self.cache
        response.headers["Vary"] = "Accept-Encoding"
        response.headers.update(self.headers)
        if modified:
            response.headers["Last-Modified"] = modified
        return response

    def _coded(self, packed: bool) -> bytes:
        if not packed:
            return self.body
        return self.packed if self.packed is not None else gzip.compress(self.body, compresslevel=6, mtime=0)


def tag_of(etag: str, packed: bool) -> str:
    """Return the tag of a document in a coding: each has its own (RFC 9110, 8.8.3.3)."""
    return f"{etag}-gzip" if packed else etag


def takes_gzip(header: str) -> bool:
    """Tell whether a client that sends this Accept-Encoding takes gzip."""
    return _takes_gzip(header) if len(header) <= COMMON else _takes_gzip.__wrapped__(header)


@lru_cache
def _takes_gzip(header: str) -> bool:
    return parse_accept_header(header, Accept)["gzip"] > 0


def is_known(environ: WSGIEnvironment, etag: str, modified: str) -> bool:
    """Tell whether the client holds these bytes, in either coding: a tag decides where one is sent.

    modified: our Last-Modified; empty: there is none.
    """
    known = environ.get("HTTP_IF_NONE_MATCH")
    if known is not None:
        tags = parse_etags(known)
        return tags.star_tag or any(tags.contains_weak(tag_of(etag, packed)) for packed in (False, True))
    since = environ.get("HTTP_IF_MODIFIED_SINCE")
    # Only the very date we gave: a later one proves nothing about a change within its second.
    return bool(since and modified) and (since == modified or _read_date(since) == _read_date(modified))


class Unchanged(Response):
    """An answer without a body that keeps its Last-Modified, which Werkzeug takes off every 304."""

    def get_wsgi_headers(self, environ: WSGIEnvironment) -> Headers:
        headers = super().get_wsgi_headers(environ)
        if date := self.headers.get("Last-Modified"):
            headers["Last-Modified"] = date
        return headers


def http_date(when: datetime) -> str:
    """Write a time as HTTP does, in whole seconds."""
    return format_datetime(when.astimezone(UTC), usegmt=True)


def _read_date(text: str | None) -> datetime | None:
    try:
        return parsedate_to_datetime(text or "")
    except (ValueError, OverflowError):
        return None


def plain(text: str, status: int = 200) -> Response:
    """Answer in plain text."""
    return Response(text + "\n", status, content_type="text/plain; charset=utf-8")


def moved(path: str) -> Response:
    """Send on for good to another of our addresses, with the query as it came."""
    query = request.query_string.decode("latin-1")
    response = Response(status=301)
    response.location = path + (f"?{query}" if query else "")
    return response
