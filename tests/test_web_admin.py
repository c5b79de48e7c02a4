"""Feeds added over HTTP: by whoever has the token, and by nobody where there is none."""

import pytest
from flask.testing import FlaskClient
from make import make_app

from aggregator.store import Store
from aggregator.web import WebSettings

TOKEN = "a-long-token-of-tests-0123456789"
FEED = "https://paper.example/feed"


@pytest.fixture
def admin(store: Store) -> FlaskClient:
    return make_app(store, admin_token=TOKEN).test_client()


def bearer(token: str = TOKEN) -> dict[str, str]:
    return {"Authorization": f"Bearer {token}"}


def followed(store: Store) -> list[str]:
    return [feed.url for feed in store.all_feeds()]


def test_the_token_opens_the_list_of_feeds(store: Store, admin: FlaskClient) -> None:
    first = admin.post("/feeds", data={"url": FEED}, headers=bearer())
    again = admin.post("/feeds", json={"url": FEED}, headers=bearer())

    assert (first.status_code, again.status_code) == (201, 200)
    assert "Following" in first.text and "already" in again.text
    assert followed(store) == [FEED]


@pytest.mark.parametrize(
    "headers",
    [
        {},
        bearer(""),
        bearer("wrong"),
        bearer(TOKEN[:-1]),
        bearer(TOKEN + "x"),
        bearer("ü"),
        {"Authorization": TOKEN},
        {"Authorization": f"Basic {TOKEN}"},
    ],
)
def test_without_the_token_nothing_happens(store: Store, admin: FlaskClient, headers: dict[str, str]) -> None:
    answer = admin.post("/feeds", data={"url": FEED}, headers=headers)

    assert answer.status_code == 401 and answer.headers["WWW-Authenticate"].startswith("Bearer")
    assert followed(store) == []


def test_where_no_token_is_set_nobody_is_let_in(store: Store, client: FlaskClient) -> None:
    for headers in ({}, bearer(""), bearer()):
        answer = client.post("/feeds", data={"url": FEED}, headers=headers)
        assert answer.status_code == 404 and "AGGREGATOR_ADMIN_TOKEN" in answer.text
    assert followed(store) == []


@pytest.mark.parametrize(
    "body",
    [
        {"data": {"url": "javascript:alert(1)"}},
        {"data": {}},
        {"json": {"url": 3}},
        {"json": ["x"]},
        {"data": "{", "content_type": "application/json"},
        {"data": b"\xff\xfe", "content_type": "text/plain"},
    ],
)
def test_what_is_no_address_is_refused_in_words(
    store: Store, admin: FlaskClient, body: dict[str, object]
) -> None:
    answer = admin.post("/feeds", headers=bearer(), **body)  # type: ignore[arg-type]

    assert answer.status_code == 400 and answer.mimetype == "text/plain"
    assert followed(store) == []


def test_a_large_body_is_not_read(store: Store, admin: FlaskClient) -> None:
    answer = admin.post("/feeds", data={"url": FEED + "x" * 20_000}, headers=bearer())

    assert answer.status_code == 413
    assert followed(store) == []


def test_reading_the_address_leads_to_the_page_of_feeds(admin: FlaskClient) -> None:
    answer = admin.get("/feeds")
    assert (answer.status_code, answer.headers["Location"]) == (301, "/sources")


def test_the_token_does_not_stand_where_settings_are_shown() -> None:
    assert TOKEN not in repr(WebSettings(admin_token=TOKEN))
