"""What a request has to pass before a view is asked: its host is ours, and its client may ask so often."""

from flask import Flask, Response, request

from aggregator.web.answer import plain
from aggregator.web.desk import Desk
from aggregator.web.edge import is_for_us
from aggregator.web.limits import Limit

COSTLY = ("/search", "/search.atom")
PROBES = ("/healthz", "/readyz", "/metrics")  # asked by machines under whatever name they know
OTHER_HOST = (
    "This instance answers for {ours}, as AGGREGATOR_BASE_URL says, and for no other host. Whoever runs it: "
    "set AGGREGATOR_BASE_URL to the address that readers use, or have the proxy pass the Host header on."
)
TOO_OFTEN = (
    "You have searched very often within a minute. Please wait {wait} s. Whoever runs this behind a proxy: "
    "name it in AGGREGATOR_TRUSTED_PROXIES, else all readers count as one."
)


def put_up(app: Flask, desk: Desk) -> None:
    """Have the application ask every request before it is answered."""
    limit = Limit(desk.settings.searches)

    def ask() -> Response | None:
        if request.path in PROBES:
            return None
        if not is_for_us(request.environ.get("HTTP_HOST", ""), desk.settings.trusted_hosts):
            return plain(OTHER_HOST.format(ours=" and ".join(desk.settings.trusted_hosts)), 400)
        if request.path in COSTLY and (wait := limit.take(request.remote_addr or "")):
            response = plain(TOO_OFTEN.format(wait=wait), 429)
            response.headers["Retry-After"] = str(wait)
            return response
        return None

    app.before_request(ask)
