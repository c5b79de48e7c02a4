"""What machines ask: liveness, readiness, robots, static files."""

import logging

from flask import Response

from aggregator.web.answer import Answer, plain
from aggregator.web.assets import AN_HOUR
from aggregator.web.desk import Desk

log = logging.getLogger(__name__)


def healthz(_desk: Desk) -> Response:
    """Say that the process answers."""
    response = plain("ok")
    response.headers["Cache-Control"] = "no-store"
    return response


def readyz(desk: Desk) -> Response:
    """Say whether requests may be sent here; 503 with the reason where not."""
    try:
        reason = desk.store.not_ready()
    except Exception as error:
        log.error("not ready: %s", error)
        reason = "the database does not answer; the log says why"
    response = plain(f"Not ready: {reason}." if reason else "ready", 503 if reason else 200)
    response.headers["Cache-Control"] = "no-store"
    return response


def robots(desk: Desk) -> Response:
    """Tell search engines whether they may come in."""
    rule = "Disallow:" if desk.settings.robots == "allow" else "Disallow: /"
    return Answer(f"User-agent: *\n{rule}\n".encode(), "text/plain; charset=utf-8", AN_HOUR).response()


def static(desk: Desk, name: str) -> Response:
    """Answer with a static file."""
    return desk.assets.serve(name)


def favicon(desk: Desk) -> Response:
    """Answer with the icon where browsers and readers look for it unasked."""
    return desk.assets.serve("icon.svg")
