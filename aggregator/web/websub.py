"""Where hubs verify subscriptions and push news to (WebSub)."""

from flask import Response, request

from aggregator.core.websub import is_signed, lease
from aggregator.model import Subscription
from aggregator.web.answer import plain
from aggregator.web.desk import Desk

MAX_PUSH = 10_000_000  # bytes; what is pushed is only a reason to ask


def verify(desk: Desk, token: str) -> Response:
    """Confirm to a hub that we asked for this subscription (WebSub, 5.3), or take its refusal."""
    known = desk.store.subscription(token)
    mode, challenge = request.args.get("hub.mode", ""), request.args.get("hub.challenge", "")
    if known is None or request.args.get("hub.topic") != known.topic:
        return plain("This subscription was not asked for here.", 404)
    if mode == "subscribe" and challenge:
        desk.store.confirm(token, lease(request.args.get("hub.lease_seconds", ""), desk.clock()))
        return Response(challenge, content_type="text/plain; charset=utf-8")
    if mode == "denied":
        desk.store.confirm(token, None)
        return plain("Understood.")
    return plain("Only subscriptions are verified here.", 404)


def push(desk: Desk, token: str) -> Response:
    """Take a push as a reason to ask its feed at the next tick; one that is not signed is no reason."""
    known = desk.store.subscription(token)
    if known is None:
        return plain("This subscription was not asked for here.", 410)
    if (request.content_length or MAX_PUSH + 1) <= MAX_PUSH and _is_genuine(known):
        desk.store.pushed(known.feed, desk.clock())
    return Response(status=204)  # also for a bad signature (WebSub, 8)


def _is_genuine(known: Subscription) -> bool:
    return is_signed(request.get_data(cache=False), known.secret, request.headers.get("X-Hub-Signature", ""))
