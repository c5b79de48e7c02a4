"""The edge: whom it believes, for which hosts it answers, how often it is asked, what answers carry."""

import urllib.request
from ipaddress import ip_network
from threading import Thread
from typing import Any

import pytest
from flask import Flask, request
from flask.testing import FlaskClient
from hypothesis import given
from hypothesis import strategies as st
from make import NOW, SITE, fill, make_app, make_entry, make_story, make_topic
from waitress import wasyncore

from aggregator.config import Settings
from aggregator.serving import listen
from aggregator.store import Store
from aggregator.web import HEADERS, create_app, web_settings
from aggregator.web.edge import Forwarded, is_for_us, is_prefix
from aggregator.web.limits import SEARCHES, Limit, Rate

PROXIES = (ip_network("10.0.0.0/8"), ip_network("fd00::/8"))
SAID = {
    "X-Forwarded-For": "203.0.113.9",
    "X-Forwarded-Proto": "https",
    "X-Forwarded-Host": "news.example",
    "X-Forwarded-Prefix": "/news",
}


def heard(peer: str, headers: dict[str, str], path: str = "/x") -> dict[str, Any]:
    """Return what the application behind the edge takes a request for."""
    app = Flask(__name__)
    app.add_url_rule("/<path:rest>", "echo", lambda rest: echo(rest))

    def echo(rest: str) -> dict[str, Any]:
        return {
            "client": request.remote_addr,
            "scheme": request.scheme,
            "host": request.host,
            "path": f"/{rest}",
            "forwarded": sorted(name for name, _ in request.headers if name.startswith("X-Forwarded")),
        }

    app.wsgi_app = Forwarded(app.wsgi_app, PROXIES)  # type: ignore[method-assign]
    answer = app.test_client().get(path, headers=headers, environ_base={"REMOTE_ADDR": peer})
    return dict(answer.json or {})


# ---- proxies


def test_a_trusted_proxy_says_who_asks_for_what() -> None:
    found = heard("10.0.0.2", SAID)
    assert (found["client"], found["scheme"], found["host"]) == ("203.0.113.9", "https", "news.example")


def test_nobody_else_is_believed() -> None:
    found = heard("203.0.113.5", SAID)
    assert (found["client"], found["scheme"], found["host"]) == ("203.0.113.5", "http", "localhost")
    assert found["forwarded"] == []


@pytest.mark.parametrize(
    ("chain", "client"),
    [
        ("6.6.6.6, 203.0.113.9", "203.0.113.9"),  # what the client itself sent before is hearsay
        ("6.6.6.6, 203.0.113.9, 10.1.1.1", "203.0.113.9"),  # two proxies of ours
        ("203.0.113.9:4711", "203.0.113.9"),
        ("[2001:db8::1]:4711", "2001:db8::1"),
        ("10.1.1.1", "10.1.1.1"),  # all of it ours
        ("nonsense", "10.0.0.2"),
        ("203.0.113.9, nonsense", "10.0.0.2"),
        ("", "10.0.0.2"),
    ],
)
def test_the_client_is_the_last_address_that_is_no_proxy_of_ours(chain: str, client: str) -> None:
    assert heard("10.0.0.2", {"X-Forwarded-For": chain})["client"] == client


def test_a_proxy_reached_over_ipv6_is_known_by_either_way_of_writing() -> None:
    assert heard("::ffff:10.0.0.2", SAID)["client"] == "203.0.113.9"
    assert heard("fd00::1", SAID)["client"] == "203.0.113.9"


def test_a_scheme_that_is_none_is_not_taken() -> None:
    assert heard("10.0.0.2", {"X-Forwarded-Proto": "javascript"})["scheme"] == "http"


def test_a_prefix_is_taken_off_addresses_and_put_before_links(store: Store) -> None:
    fill(store, make_story(), topics=[make_topic()])
    client = make_app(store, trusted_proxies=PROXIES).test_client()
    proxied = {"environ_base": {"REMOTE_ADDR": "10.0.0.2"}, "headers": {"X-Forwarded-Prefix": "/news/"}}

    pages = [client.get(path, **proxied).text for path in ("/topics/bridges", "/news/topics/bridges")]

    assert pages[0] == pages[1]
    assert 'href="/news/sources"' in pages[0] and 'href="/sources"' not in pages[0]
    assert 'href="/sources"' in client.get("/topics/bridges", headers={"X-Forwarded-Prefix": "/news"}).text


@pytest.mark.parametrize(
    "prefix", ["//evil.example", "/a//b", "javascript:x", '/"><b>', "/../x", "", "/ü", "x"]
)
def test_a_prefix_that_would_lead_elsewhere_is_none(prefix: str) -> None:
    assert not is_prefix(prefix)


@given(st.text(), st.text(), st.text(), st.text())
def test_whatever_a_proxy_says_is_answered(chain: str, scheme: str, host: str, prefix: str) -> None:
    seen: list[str] = []

    def app(environ: Any, _start: Any) -> list[bytes]:
        seen.append(environ["PATH_INFO"])
        return []

    said = {"FOR": chain, "PROTO": scheme, "HOST": host, "PREFIX": prefix}
    environ = {f"HTTP_X_FORWARDED_{name}": value for name, value in said.items()}
    Forwarded(app, PROXIES)(environ | {"REMOTE_ADDR": "10.0.0.2", "PATH_INFO": "/x"}, lambda *_: None)
    assert seen == ["/x"]


def test_the_server_passes_on_what_proxies_say(store: Store) -> None:
    fill(store, make_story())
    settings = Settings(trusted_proxies="127.0.0.0/8", port=8080)  # type: ignore[arg-type]
    server = listen(create_app(store, SITE, web_settings(settings), lambda: NOW), "127.0.0.1", 0)
    thread = Thread(target=server.run)
    thread.start()
    try:
        asked = urllib.request.Request(
            f"http://127.0.0.1:{server.effective_port}/", headers={"X-Forwarded-Prefix": "/news"}
        )
        with urllib.request.urlopen(asked, timeout=30) as answer:
            assert b'href="/news/sources"' in answer.read()
    finally:
        server.trigger.pull_trigger(lambda: wasyncore.close_all(server._map))
        thread.join(10)
        server.task_dispatcher.shutdown()


# ---- hosts

OURS = ("news.example",)


@pytest.mark.parametrize(
    "host",
    [
        "news.example",
        "News.Example:443",
        "news.example.",
        "localhost:8080",
        "aggregator:8080",
        "127.0.0.1:8080",
        "[::1]:8080",
        "[::1]",
        "192.168.1.20",
        "",
    ],
)
def test_it_answers_for_its_own_name_and_for_addresses(host: str) -> None:
    assert is_for_us(host, OURS)


@pytest.mark.parametrize(
    "host", ["evil.example", "news.example.evil.example", "127.0.0.1.evil.example", "x.y:80"]
)
def test_it_answers_for_no_other_name(host: str) -> None:
    assert not is_for_us(host, OURS)
    assert is_for_us(host, ())  # no base URL: nobody said what its name is


def test_the_base_url_says_for_which_host_it_answers(store: Store) -> None:
    fill(store, make_story(), topics=[make_topic()])
    settings = web_settings(Settings(base_url="https://news.example:8443/desk/"))  # type: ignore[arg-type]
    client = create_app(store, SITE, settings, lambda: NOW).test_client()

    for path in ("/", "/topics/bridges.atom", "/nothing", "/search?q=bridge"):
        refused = client.get(path, headers={"Host": "evil.example"})
        assert refused.status_code == 400 and "AGGREGATOR_BASE_URL" in refused.text, path
    for path in ("/healthz", "/readyz", "/metrics"):
        assert client.get(path, headers={"Host": "evil.example"}).status_code == 200, path
    assert client.get("/topics/bridges.atom", headers={"Host": "news.example:8443"}).status_code == 200


def test_a_trusted_proxy_names_the_host_that_was_asked_for(store: Store) -> None:
    fill(store, make_story(), topics=[make_topic()])
    app = make_app(store, trusted_hosts=OURS, trusted_proxies=PROXIES)
    proxied = {"Host": "backend.internal", "X-Forwarded-Host": "news.example"}

    answers = [
        app.test_client().get("/topics/bridges.atom", headers=proxied, environ_base={"REMOTE_ADDR": peer})
        for peer in ("10.0.0.2", "203.0.113.5")
    ]

    assert [answer.status_code for answer in answers] == [200, 400]


# ---- rates


class Clock:
    """A clock that a test puts forward."""

    now = 1000.0

    def __call__(self) -> float:
        return self.now


def test_a_client_may_ask_some_questions_at_once_and_then_one_at_a_time() -> None:
    clock = Clock()
    limit = Limit(Rate(burst=3, seconds=2), clock)

    assert [limit.take("203.0.113.9") for _ in range(5)] == [0, 0, 0, 2, 2]
    clock.now += 2
    assert [limit.take("203.0.113.9") for _ in range(2)] == [0, 2]
    clock.now += 3600
    assert [limit.take("203.0.113.9") for _ in range(4)] == [0, 0, 0, 2]


def test_clients_do_not_count_for_each_other_but_one_network_of_ipv6_does() -> None:
    limit = Limit(Rate(burst=1, seconds=10), Clock())

    assert [limit.take(one) for one in ("203.0.113.9", "203.0.113.10", "::ffff:203.0.113.9")] == [0, 0, 10]
    assert [limit.take(one) for one in ("2001:db8::1", "2001:db8::2", "2001:db8:0:1::1")] == [0, 10, 0]
    assert [limit.take(one) for one in ("", "unix:")] == [0, 10]


def test_what_is_remembered_of_clients_is_bounded() -> None:
    limit = Limit(Rate(burst=1, seconds=10), Clock(), remembered=50)

    for n in range(500):
        limit.take(f"10.0.{n // 250}.{n % 250}")

    assert len(limit) == 50
    assert limit.take("10.0.1.249") > 0  # the last ones are those that are remembered


def test_who_searches_too_often_is_told_when_to_come_back(store: Store) -> None:
    fill(store, make_story())
    client = make_app(store, searches=Rate(burst=2, seconds=60)).test_client()

    for path in ("/search?q=bridge", "/search.atom?q=bridge"):
        assert client.get(path).status_code == 200
    answer = client.get("/search?q=bridge")

    assert answer.status_code == 429
    assert 0 < int(answer.headers["Retry-After"]) <= 60
    assert "Please wait" in answer.text and answer.mimetype == "text/plain"
    assert client.get("/").status_code == 200
    assert client.get("/search?q=x", environ_base={"REMOTE_ADDR": "203.0.113.9"}).status_code == 200


# ---- headers


def test_every_answer_with_a_body_carries_the_security_headers(store: Store, client: FlaskClient) -> None:
    told = make_story(make_entry("A bridge"))
    fill(store, told, topics=[make_topic()])
    limited = make_app(store, trusted_hosts=OURS, searches=Rate(1, 60)).test_client()
    asset = next(part for part in client.get("/").text.split('"') if part.startswith("/static/"))
    feed = "/topics/bridges.atom"
    answers = {
        "page": client.get("/"),
        "stored feed": client.get(feed),
        "its head": client.head(feed),
        "static": client.get(asset),
        "404 page": client.get("/nothing"),
        "404 text": client.get("/topics/no.atom"),
        "405": client.post("/"),
        "options": client.options("/"),
        "robots": client.get("/robots.txt"),
        "live": client.get("/healthz"),
        "ready": client.get("/readyz"),
        "metrics": client.get("/metrics"),
        "400": limited.get("/", headers={"Host": "evil.example"}),
        "search": limited.get("/search?q=x"),
        "429": limited.get("/search?q=x"),
        "moved": client.get(f"/stories/{'x' * 26}.atom"),
    }
    store.close()
    store.engine.connect = None  # type: ignore[assignment] # whatever is asked of it now fails
    answers["500"] = client.get("/sources")

    wanted = {name: answer.status_code for name, answer in answers.items()}
    assert [wanted[name] for name in ("405", "400", "429", "500")] == [405, 400, 429, 500]
    for name, answer in answers.items():
        assert {key: answer.headers.get(key) for key in HEADERS} == HEADERS, name
        assert "Set-Cookie" not in answer.headers, name


def test_by_default_a_client_is_stopped_that_searches_without_end(store: Store) -> None:
    clock = Clock()
    limit = Limit(SEARCHES, clock)

    assert [limit.take("203.0.113.9") for _ in range(150)].count(0) == 100
    clock.now += 60
    assert limit.take("203.0.113.9") == 0
