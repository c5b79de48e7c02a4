"""What may be changed over HTTP, by whoever sends the admin token; nothing unless one is set."""

from hmac import compare_digest
from typing import Any

from flask import Response, request

from aggregator.core.clean import clean_url
from aggregator.core.identity import digest
from aggregator.web.answer import moved, plain
from aggregator.web.desk import Desk

MAX_BODY = 10_000  # bytes; an address has 2,000 characters at most
CLOSED = "Nothing can be changed over HTTP here: AGGREGATOR_ADMIN_TOKEN is not set."


def add_feed(desk: Desk) -> Response:
    """Follow a feed from the next refresh on, as `aggregator feeds add` does, without asking it first."""
    if not desk.settings.admin_token:
        return plain(CLOSED, 404)
    if not _is_admin(request.headers.get("Authorization", ""), desk.settings.admin_token):
        response = plain("Send the admin token: Authorization: Bearer …", 401)
        response.headers["WWW-Authenticate"] = 'Bearer realm="aggregator"'
        return response
    request.max_content_length = MAX_BODY  # also of what comes without its length
    if (request.content_length or 0) > MAX_BODY:
        return plain("Send the address of one feed.", 413)
    url = clean_url(_asked())
    if url is None:
        return plain("Send an http or https address as `url`, in a form or as JSON.", 400)
    added = desk.store.add_feed(url, desk.clock())
    return plain(f"{'Following' if added else 'Followed already:'} {url}", 201 if added else 200)


def feeds(desk: Desk) -> Response:
    """Lead who reads this address to the page of feeds."""
    return moved(desk.link("/sources"))


def _is_admin(header: str, token: str) -> bool:
    scheme, _, sent = header.partition(" ")
    # Digests of one length: how long it takes tells nothing about the token.
    same = compare_digest(digest(sent.strip()), digest(token))
    return same and scheme.lower() == "bearer"


def _asked() -> str:
    body: Any = request.get_json(silent=True) if request.is_json else request.form
    found = body.get("url") if hasattr(body, "get") else None
    return found if isinstance(found, str) else ""
