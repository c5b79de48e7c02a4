"""Hubs push news: subscriptions asked for, verified and renewed, pushes believed or not (WebSub)."""

import hmac
from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from ipaddress import ip_network
from urllib.parse import parse_qs
from uuid import uuid4

import pytest
from databases import Databases
from flask.testing import FlaskClient
from hypothesis import given
from hypothesis import strategies as st
from make import NOW, fail_feed, follow, make_app, make_entry, make_store, read_feed
from pytest_httpserver import HTTPServer

from aggregator.core.polling import SAFETY_NET, SPREAD, next_poll
from aggregator.core.websub import AT_ONCE, LONGEST_LEASE, PATIENCE, is_signed, lease, to_ask
from aggregator.fetch import FetchSettings
from aggregator.model import FeedState, Pushable, Subscription
from aggregator.steps.subscribe import Subscriber
from aggregator.store import Store

FEED = "http://127.0.0.1:8000/feed"  # on the host of its hub, so that this may be private, too
HOUR, DAY = timedelta(hours=1), timedelta(days=1)
PUBLIC = "https://desk.example"


def at(server: HTTPServer, path: str) -> str:
    return f"http://127.0.0.1:{server.port}{path}"


@pytest.fixture
def store(databases: Databases, httpserver: HTTPServer) -> Iterator[Store]:
    """Return a store that follows a feed which names our server as its hub."""
    opened = make_store(databases)
    follow(opened)
    opened.add_feed(FEED, NOW)
    httpserver.expect_request("/hub", method="POST").respond_with_data("", status=202)
    read_feed(opened, FEED, make_entry(), hub=at(httpserver, "/hub"), self_url=FEED)
    yield opened
    opened.close()


@pytest.fixture
def client(store: Store) -> FlaskClient:
    return make_app(store, NOW).test_client()


def subscribe(store: Store, now=NOW) -> int:  # type: ignore[no-untyped-def]
    fetching = FetchSettings(host_spacing=0, allow_networks=(ip_network("127.0.0.0/8"),))
    return Subscriber(fetching, PUBLIC).subscribe(store, uuid4, now)


def asked_of(store: Store) -> Subscription:
    found = store.pushable()[0].subscription
    assert found is not None
    return found


def verify(store: Store, client: FlaskClient, **changes: str) -> tuple[int, str]:
    query = {
        "hub.mode": "subscribe",
        "hub.topic": FEED,
        "hub.challenge": "tell me",
        "hub.lease_seconds": "86400",
    }
    answer = client.get(f"/websub/{asked_of(store).token}", query_string=query | changes)
    return answer.status_code, answer.text


def state(store: Store) -> FeedState:
    return next(feed for feed in store.all_feeds() if feed.url == FEED)


def signature(secret: str, body: bytes, algorithm: str = "sha256") -> str:
    return f"{algorithm}={hmac.new(secret.encode(), body, algorithm).hexdigest()}"


# ---- asking hubs


def test_a_hub_is_asked_once_with_an_address_that_nobody_can_guess(
    store: Store, httpserver: HTTPServer
) -> None:
    assert [subscribe(store), subscribe(store)] == [1, 0]
    ((request, _),) = httpserver.log
    form = {name: values[0] for name, values in parse_qs(request.get_data(as_text=True)).items()}
    asked = asked_of(store)
    assert form["hub.callback"] == f"{PUBLIC}/websub/{asked.token}"
    assert (form["hub.mode"], form["hub.topic"], form["hub.secret"]) == ("subscribe", FEED, asked.secret)
    assert len(asked.token) == 32 and len(asked.secret) == 64


def test_a_hub_that_does_not_confirm_is_asked_again_a_day_later(store: Store) -> None:
    subscribe(store)
    assert subscribe(store, NOW + PATIENCE - HOUR) == 0
    assert subscribe(store, NOW + PATIENCE) == 1


def test_a_lease_is_renewed_before_it_ends_under_the_same_address(store: Store, client: FlaskClient) -> None:
    subscribe(store)
    verify(store, client, **{"hub.lease_seconds": str(4 * 86_400)})
    token = asked_of(store).token
    assert subscribe(store, NOW + 2 * DAY) == 0
    assert subscribe(store, NOW + 3 * DAY) == 1
    assert asked_of(store).token == token


def test_another_hub_is_asked_anew(store: Store, client: FlaskClient, httpserver: HTTPServer) -> None:
    subscribe(store)
    verify(store, client)
    httpserver.expect_request("/other", method="POST").respond_with_data("", status=202)
    hub = at(httpserver, "/other")
    read_feed(store, FEED, make_entry(), hub=hub, self_url=FEED, now=NOW + HOUR)
    assert subscribe(store, NOW + HOUR) == 1
    assert asked_of(store).hub == hub


def test_few_hubs_are_asked_at_once() -> None:
    feeds = [Pushable(n, FEED, "https://hub.example/", f"{FEED}/{n}") for n in range(100)]
    assert len(to_ask(feeds, NOW)) == AT_ONCE


def test_a_hub_in_a_private_network_is_not_asked_because_a_feed_elsewhere_names_it(
    store: Store, httpserver: HTTPServer
) -> None:
    public = "https://gazette.example/feed"
    store.add_feed(public, NOW)
    read_feed(store, public, make_entry("Road opens"), hub=at(httpserver, "/hub"), self_url=public)
    assert subscribe(store) == 2
    asked = [parse_qs(request.get_data(as_text=True))["hub.topic"] for request, _ in httpserver.log]
    assert asked == [[FEED]]


# ---- verification


def test_what_was_asked_for_is_confirmed_with_the_challenge(store: Store, client: FlaskClient) -> None:
    subscribe(store)
    assert verify(store, client) == (200, "tell me")
    assert state(store).pushed_until == NOW + DAY


@pytest.mark.parametrize(
    "changes", [{"hub.topic": "https://b.example/"}, {"hub.mode": "unsubscribe"}, {"hub.challenge": ""}]
)
def test_what_was_not_asked_for_is_not_confirmed(
    store: Store, client: FlaskClient, changes: dict[str, str]
) -> None:
    subscribe(store)
    assert verify(store, client, **changes)[0] == 404
    assert state(store).pushed_until is None
    assert client.get("/websub/nobody?hub.mode=subscribe&hub.challenge=x").status_code == 404


def test_a_denied_subscription_leaves_the_feed_to_be_polled(store: Store, client: FlaskClient) -> None:
    subscribe(store)
    verify(store, client)
    assert verify(store, client, **{"hub.mode": "denied"})[0] == 200
    assert state(store).pushed_until is None


# ---- pushes


@pytest.mark.parametrize("algorithm", ["sha1", "sha256", "sha384", "sha512"])
def test_a_signed_push_makes_the_feed_due(store: Store, client: FlaskClient, algorithm: str) -> None:
    subscribe(store)
    asked = asked_of(store)
    headers = {"X-Hub-Signature": signature(asked.secret, b"<feed/>", algorithm)}
    assert client.post(f"/websub/{asked.token}", data=b"<feed/>", headers=headers).status_code == 204
    assert [feed.url for feed in store.due_feeds(NOW)] == [FEED]


@pytest.mark.parametrize("header", ["", "sha256=00", "md5=00", "sha256=ü", "nonsense"])
def test_a_push_without_the_right_signature_is_nothing(
    store: Store, client: FlaskClient, header: str
) -> None:
    subscribe(store)
    token = asked_of(store).token
    answer = client.post(f"/websub/{token}", data=b"<feed/>", headers={"X-Hub-Signature": header})
    assert answer.status_code == 204
    assert store.due_feeds(NOW) == ()


def test_a_push_for_nothing_is_410_and_a_feed_that_fails_keeps_its_distance(
    store: Store, client: FlaskClient
) -> None:
    subscribe(store)
    assert client.post("/websub/nobody", data=b"x").status_code == 410
    fail_feed(store, FEED, "answered 503")
    asked = asked_of(store)
    headers = {"X-Hub-Signature": signature(asked.secret, b"x")}
    client.post(f"/websub/{asked.token}", data=b"x", headers=headers)
    assert store.due_feeds(NOW) == ()


def test_a_feed_that_is_pushed_is_polled_as_a_safety_net_alone() -> None:
    feed = FeedState(1, FEED, newest=NOW, pushed_until=NOW + DAY)
    wait = next_poll(feed, NOW, timedelta(minutes=30), {}) - NOW
    assert abs(wait - SAFETY_NET) <= SPREAD * SAFETY_NET
    late = next_poll(replace(feed, pushed_until=NOW - DAY), NOW, timedelta(minutes=30), {}) - NOW
    assert late < HOUR


@given(st.text(max_size=20))
def test_any_lease_ends_within_a_month(raw: str) -> None:
    assert NOW <= lease(raw, NOW) <= NOW + LONGEST_LEASE


@given(st.binary(max_size=50), st.text(max_size=50))
def test_nobody_signs_without_the_secret(body: bytes, header: str) -> None:
    assert not is_signed(body, "secret of the hub", header)
