"""One way to answer with a document: validators, codings and 304 as RFC 9110 asks."""

import gzip
from dataclasses import dataclass
from datetime import UTC, datetime
from email.utils import format_datetime, parsedate_to_datetime
from functools import cached_property
from wsgiref.types import WSGIEnvironment

from flask import Response, request
from werkzeug.datastructures import Headers

from aggregator.core.identity import digest

REVALIDATE = "no-cache"  # may be kept, and is asked for again each time: 304 is cheap, stale news is not


@dataclass(frozen=True)
class Answer:
    """A document and how it may be kept."""

    body: bytes
    content_type: str
    cache: str = REVALIDATE
    tag: str = ""  # digest of the body; empty: it is worked out
    packed: bytes | None = None  # the body as gzip; None: it is packed when asked for
    modified: datetime | None = None
    vary: str = "Accept-Encoding"
    disposition: str = ""

    @cached_property
    def etag(self) -> str:
        """Return the digest of the body, which is its tag without a coding."""
        return self.tag or digest(self.body)[:32]

    def response(self) -> Response:
        """Answer the request under way: 200, or 304 where the client has it already."""
        coding = "gzip" if request.accept_encodings["gzip"] > 0 else ""
        response: Response
        if self._is_known():
            response = Unchanged(status=304)
            del response.headers["Content-Type"]
        else:
            response = Response(self._coded(coding), content_type=self.content_type)
            if coding:
                response.headers["Content-Encoding"] = coding
            if self.disposition:
                response.headers["Content-Disposition"] = self.disposition
        response.set_etag(f"{self.etag}-{coding}" if coding else self.etag)
        response.headers["Cache-Control"] = self.cache
        response.headers["Vary"] = self.vary
        if self.modified is not None:
            response.headers["Last-Modified"] = _http_date(self.modified)
        return response

    def _coded(self, coding: str) -> bytes:
        if not coding:
            return self.body
        return self.packed if self.packed is not None else gzip.compress(self.body, compresslevel=6, mtime=0)

    def _is_known(self) -> bool:
        """Tell whether the client holds these bytes, in either coding: a tag decides where one is sent."""
        if "If-None-Match" in request.headers:
            tags = request.if_none_match
            return tags.star_tag or any(tags.contains_weak(tag) for tag in (self.etag, f"{self.etag}-gzip"))
        since = request.headers.get("If-Modified-Since")
        # Only the very date we gave: a later one proves nothing about a change within its second.
        return bool(since and self.modified) and _read_date(since) == self._second

    @property
    def _second(self) -> datetime | None:
        return self.modified and self.modified.replace(microsecond=0)


class Unchanged(Response):
    """An answer without a body that keeps its Last-Modified, which Werkzeug takes off every 304."""

    def get_wsgi_headers(self, environ: WSGIEnvironment) -> Headers:
        headers = super().get_wsgi_headers(environ)
        if date := self.headers.get("Last-Modified"):
            headers["Last-Modified"] = date
        return headers


def _http_date(when: datetime) -> str:
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
