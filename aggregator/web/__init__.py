"""The web: pages and stored feeds. `create_app` puts it together; each subject has its module.

Views get a `Desk` and what their address says; rows end in the store, templates get frozen values.
"""

from collections.abc import Callable, Iterable
from datetime import datetime, timedelta
from functools import partial
from typing import Any
from wsgiref.types import StartResponse, WSGIApplication, WSGIEnvironment

from flask import Flask, Response
from jinja2 import StrictUndefined

from aggregator.config import Settings
from aggregator.core.render import Site
from aggregator.store import Store
from aggregator.store.outages import Outage
from aggregator.web import (
    admin,
    archive,
    feeds,
    gates,
    home,
    metrics,
    search,
    search_feed,
    service,
    sources,
    stories,
    topics,
    websub,
)
from aggregator.web.assets import read_assets
from aggregator.web.desk import Desk, WebSettings
from aggregator.web.edge import Forwarded, below
from aggregator.web.problems import handle_problems
from aggregator.web.stored import StoredFeeds
from aggregator.web.words import count

__all__ = ["WebSettings", "create_app", "web_settings"]

FEED_AGE = timedelta(minutes=15)  # readers may keep a feed so long at the most

# The only addresses that take anything: hubs push there, and the admin adds feeds.
TAKING = (
    ("/websub/<token>", websub.verify, "GET"),
    ("/websub/<token>", websub.push, "POST"),
    ("/feeds", admin.feeds, "GET"),
    ("/feeds", admin.add_feed, "POST"),
)

ROUTES: tuple[tuple[str, Callable[..., Response]], ...] = (
    ("/", home.page),
    ("/topics/<name>", topics.page),
    ("/topics/<name>.<any(atom, rss, json):suffix>", feeds.feed),
    ("/topics/<name>/<month>.atom", archive.feed),
    ("/topics.opml", feeds.outlines),
    ("/stories/<key>", stories.page),
    ("/stories/<key>.<any(atom, json):suffix>", stories.feed),
    ("/entries/<int:number>", stories.entry),
    ("/search", search.page),
    ("/search.atom", search_feed.feed),
    ("/opensearch.xml", search.description),
    ("/sources", sources.page),
    ("/sources.json", sources.as_json),
    ("/sources.opml", feeds.sources),
    ("/healthz", service.healthz),
    ("/readyz", service.readyz),
    ("/metrics", metrics.metrics),
    ("/robots.txt", service.robots),
    ("/favicon.ico", service.favicon),
    ("/static/<name>", service.static),
)

# What a page may do: nothing but show our own style, script and pictures, and send our own forms.
HEADERS = {
    "Content-Security-Policy": (
        "default-src 'none'; style-src 'self'; script-src 'self'; img-src 'self'; form-action 'self'; "
        "base-uri 'none'; frame-ancestors 'none'"
    ),
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "no-referrer",
}


def web_settings(settings: Settings) -> WebSettings:
    """Return what the settings say about pages and feeds."""
    return WebSettings(
        timezone=settings.timezone,
        max_age=int(min(settings.refresh_every, FEED_AGE).total_seconds()),
        robots=settings.robots,
        base_url_is_set=settings.base_url is not None,
        trusted_hosts=(settings.base_url.host,) if settings.base_url and settings.base_url.host else (),
        trusted_proxies=settings.trusted_proxies,
        admin_token=settings.admin_token,
    )


def create_app(
    store: Store,
    site: Site,
    settings: WebSettings,
    clock: Callable[[], datetime],
    outages: Callable[[], tuple[Outage, ...]] = tuple,
) -> Flask:
    """Put the web application together; `outages` tells what this process knows beside the store."""
    app = Flask(__name__, static_folder=None)
    desk = Desk(store, site, settings, clock, read_assets(), outages)
    _prepare_templates(app, desk)
    for path, view in ROUTES:
        app.add_url_rule(path, f"{view.__module__}.{view.__name__}", partial(view, desk), methods=("GET",))
    for path, view, method in TAKING:
        app.add_url_rule(path, f"{view.__module__}.{view.__name__}", partial(view, desk), methods=(method,))
    gates.put_up(app, desk)
    app.after_request(_guarded)
    handle_problems(app, desk)
    # Feeds say the same to everybody: what proxies say of a client is looked at behind them.
    behind = StoredFeeds(Forwarded(app.wsgi_app, settings.trusted_proxies), desk, HEADERS)
    app.wsgi_app = BelowPrefix(behind, desk.link(""))  # type: ignore[method-assign] # as Flask documents
    return app


class BelowPrefix:
    """Take the base URL's path off an address, for a proxy that passes it on."""

    def __init__(self, app: WSGIApplication, prefix: str) -> None:
        self._app = app
        self._prefix = prefix

    def __call__(self, environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
        path = environ.get("PATH_INFO", "")
        if (shorter := below(self._prefix, path)) != path:
            environ = environ | {"PATH_INFO": shorter}
        return self._app(environ, start_response)


def _prepare_templates(app: Flask, desk: Desk) -> None:
    app.jinja_env.undefined = StrictUndefined
    app.jinja_env.trim_blocks = True
    app.jinja_env.lstrip_blocks = True
    app.jinja_env.autoescape = True
    names: dict[str, Any] = {
        "site": desk.site,
        "settings": desk.settings,
        "link": desk.link,
        "asset": desk.asset,
        "count": count,
    }
    app.jinja_env.globals.update(names)


def _guarded(response: Response) -> Response:
    response.headers.update(HEADERS)
    return response
