"""What went wrong, in words: a page for people, plain text where programs read."""

import logging
from pathlib import PurePosixPath

from flask import Flask, Response, request
from werkzeug.exceptions import HTTPException
from werkzeug.wrappers import Response as AnyResponse

from aggregator.errors import StoreError
from aggregator.web.answer import plain
from aggregator.web.desk import Desk

log = logging.getLogger(__name__)

RETRY_AFTER = 60  # seconds until a lock or a full disk may be over
DOCUMENTS = (".atom", ".rss", ".json", ".opml", ".xml", ".txt", ".ico", ".css", ".js", ".svg")
TEXTS = {
    400: "This request cannot be understood.",
    404: "There is nothing at this address.",
    405: "This address can only be read.",
    410: "What was here has ended.",
    503: "The database cannot be read just now. Please try again in a minute.",
    500: "Something went wrong here. It has been written to the log.",
}


def handle_problems(app: Flask, desk: Desk) -> None:
    """Have the application answer errors in words."""

    def known(error: HTTPException) -> AnyResponse:
        status = error.code or 500
        if status < 400:
            return error.get_response()
        response = _words(desk, status)
        if status == 405:
            response.headers["Allow"] = "GET, HEAD, OPTIONS"
        return response

    def unknown(error: Exception) -> AnyResponse:
        log.error("%s %s failed", request.method, request.path, exc_info=error)
        return _words(desk, 500)

    def unread(error: StoreError) -> AnyResponse:
        log.error("%s %s failed: %s", request.method, request.path, error)
        response = _words(desk, 503)
        response.headers["Retry-After"] = str(RETRY_AFTER)
        return response

    app.register_error_handler(HTTPException, known)
    app.register_error_handler(StoreError, unread)
    app.register_error_handler(Exception, unknown)


def _words(desk: Desk, status: int) -> Response:
    if status == 400 or PurePosixPath(request.path).suffix in DOCUMENTS:
        return plain(TEXTS.get(status, f"Error {status}."), status)
    return desk.problem(status)
