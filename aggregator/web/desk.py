"""What every view works with: the store, our name and address, the clock, and a way to answer with a page."""

from collections.abc import Callable, Hashable
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any, Literal, TypeVar
from urllib.parse import urlsplit
from uuid import UUID
from zoneinfo import ZoneInfo

from flask import Response, has_request_context, render_template, request

from aggregator.core.render import Site, story_path
from aggregator.store import Store, StoredDocument
from aggregator.store.health import Pulse
from aggregator.store.outages import Outage
from aggregator.web.answer import Answer
from aggregator.web.assets import Assets
from aggregator.web.edge import PREFIX, Network
from aggregator.web.limits import SEARCHES, Rate
from aggregator.web.times import Times

HTML = "text/html; charset=utf-8"
REMEMBERED = 500  # figures kept at the same time

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class WebSettings:
    """How the pages are served."""

    timezone: str = "UTC"  # of times on pages; feeds are always UTC
    max_age: int = 900  # seconds that readers may keep a feed
    robots: Literal["disallow", "allow"] = "disallow"
    base_url_is_set: bool = True  # otherwise links point to this machine, and the pages say so
    checked_every: float = 1.0  # seconds that a process serves a feed without asking whether it changed
    trusted_hosts: tuple[str, ...] = ()  # names that requests may be for; empty: any
    trusted_proxies: tuple[Network, ...] = ()  # peers whose X-Forwarded-* counts
    admin_token: str = field(default="", repr=False)  # empty: nothing can be changed over HTTP
    searches: Rate = SEARCHES  # that one client may ask for


class Memo:
    """Remember figures until the store holds other entries or documents."""

    def __init__(self) -> None:
        self._kept: tuple[Hashable, dict[Hashable, Any]] = (None, {})  # one value: threads see it whole

    def get(self, pulse: Pulse, key: Hashable, count: Callable[[], T]) -> T:
        """Return a figure as it was counted last, or count it."""
        state, figures = self._kept
        if state != (pulse.last_entry, pulse.changed) or len(figures) > REMEMBERED:
            figures = {}
            self._kept = ((pulse.last_entry, pulse.changed), figures)
        if key not in figures:
            figures[key] = count()
        found: T = figures[key]
        return found


@dataclass(frozen=True, slots=True)
class Desk:
    """The hands of a view."""

    store: Store
    site: Site
    settings: WebSettings
    clock: Callable[[], datetime]
    assets: Assets
    outages: Callable[[], tuple[Outage, ...]] = tuple  # what this process knows to be out, beside the store
    memo: Memo = field(default_factory=Memo)

    def times(self) -> Times:
        """Read the clock, once for a request."""
        return Times(ZoneInfo(self.settings.timezone), self.clock())

    def link(self, path: str) -> str:
        """Return the address of one of our paths, for a page: without scheme and host, so that any works."""
        forwarded = request.environ.get(PREFIX) if has_request_context() else None
        return (urlsplit(self.site.url).path.rstrip("/") if forwarded is None else forwarded) + path

    def story_link(self, story: UUID, slug: str) -> str:
        """Return the address of a story's page, for a page."""
        return self.link(story_path(story, slug))

    def asset(self, name: str) -> str:
        return self.link(f"/static/{self.assets.addresses[name]}")

    def page(self, template: str, times: Times, pulse: Pulse, **values: Any) -> Response:
        """Answer with a page."""
        changed = times.full(pulse.changed) if pulse.changed else None
        html = render_template(template, times=times, pulse=pulse, changed=changed, **values)
        return Answer(html.encode(), HTML).response()

    def feed(self, body: bytes, media_type: str, modified: datetime | None) -> Response:
        """Answer with a feed that was written for this request."""
        return Answer(
            body,
            self._feed_type(media_type),
            modified=self._not_ahead(modified),
            headers=self.feed_headers(),
        ).response()

    def stored_feed(self, document: StoredDocument) -> Response:
        """Answer with a feed as it is stored."""
        return Answer(
            document.body,
            self._feed_type(document.media_type),
            tag=document.etag,
            packed=document.gzip,
            modified=self._not_ahead(document.modified),
            headers=self.feed_headers(document.path),
        ).response()

    def _feed_type(self, media_type: str) -> str:
        return feed_type(media_type, request.headers.get("Sec-Fetch-Dest") == "document")

    def _not_ahead(self, modified: datetime | None) -> datetime | None:
        """Return a date that is not in the future (RFC 9110, 8.8.2.1), even where the clock was put back."""
        return modified if modified and modified <= self.clock() else None

    def feed_headers(self, path: str = "") -> dict[str, str]:
        """Return the headers of a feed, whether it is sent or known already.

        `path`: its address below the base URL, where the hub is told about it (WebSub, 4).
        """
        kept = f"public, max-age={self.settings.max_age}"
        headers = {"Cache-Control": kept, "Vary": "Sec-Fetch-Dest, Accept-Encoding"}
        if path and self.site.hub:
            headers["Link"] = f'<{self.site.hub}>; rel="hub", <{self.site.url}{path}>; rel="self"'
        return headers

    @property
    def unheard(self) -> Site:
        """Return what feeds are rendered with that no hub is told about."""
        return replace(self.site, hub=None)

    def problem(self, status: int, **values: Any) -> Response:
        """Answer with a page that says what went wrong; the store is not asked, it may be the reason."""
        html = render_template("problem.html", pulse=None, changed=None, status=status, **values)
        return Response(html, status, content_type=HTML)


def feed_type(media_type: str, opened: bool) -> str:
    """Return the Content-Type of a feed; `opened` in a browser, which would save Atom and RSS to a file."""
    shown = "application/xml" if opened and media_type.endswith("+xml") else media_type
    return f"{shown}; charset=utf-8"
