"""What machines ask: liveness, robots, static files."""

from flask import Response

from aggregator.web.answer import Answer, plain
from aggregator.web.assets import AN_HOUR
from aggregator.web.desk import Desk


def healthz(_desk: Desk) -> Response:
    """Say that the process answers."""
    response = plain("ok")
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
