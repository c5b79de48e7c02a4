"""What every test gets: only loopback, no settings of the machine; what many ask for: a store, a client."""

import os
import socket
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from databases import KINDS, Databases, Kind, NoPostgresError, Postgres, Sqlite, postgres
from desk import fill_desk
from flask.testing import FlaskClient
from hypothesis import settings
from make import free_port, make_app, make_store, serving

from aggregator.core.render import Site
from aggregator.store import Store, open_store
from aggregator.store.database import sqlite_url

# No deadline: machines are noisy. CI tries the same examples each time; at home every run tries others.
settings.register_profile("here", deadline=None)
settings.register_profile("ci", deadline=None, derandomize=True)
settings.load_profile("ci" if os.environ.get("CI") else "here")

SHARED = Path(__file__).resolve().parents[2] / "shared"


@pytest.fixture(autouse=True)
def _only_loopback(monkeypatch: pytest.MonkeyPatch) -> None:
    """Refuse connections that leave this machine."""
    connect = socket.socket.connect

    def guarded(self: socket.socket, address: Any) -> Any:
        host = address[0] if isinstance(address, tuple) else ""
        if self.family in (socket.AF_INET, socket.AF_INET6) and not str(host).startswith(("127.", "::1")):
            raise AssertionError(f"a test tried to connect to {address}")
        return connect(self, address)

    monkeypatch.setattr(socket.socket, "connect", guarded)


@pytest.fixture(autouse=True)
def _no_settings(monkeypatch: pytest.MonkeyPatch) -> None:
    """Forget the machine's settings and time zone."""
    for name in [name for name in os.environ if name.startswith("AGGREGATOR_")]:
        monkeypatch.delenv(name)


@pytest.fixture
def shared() -> Path:
    """Return the folder of seeds and data beside the checkout."""
    if not SHARED.is_dir():
        pytest.skip("the folder ../shared with other people's documents is not here")
    return SHARED


@pytest.fixture(scope="session")
def sqlite(tmp_path_factory: pytest.TempPathFactory) -> Sqlite:
    """Return where SQLite's files are made."""
    return Sqlite(tmp_path_factory.mktemp("sqlite"))


@pytest.fixture(scope="session")
def postgresql() -> Iterator[Postgres]:
    """Return a PostgreSQL; tests that need one are skipped where there is none, and fail under CI."""
    try:
        with postgres() as kind:
            yield kind
    except NoPostgresError as error:
        if os.environ.get("CI"):
            raise
        pytest.skip(str(error))


@pytest.fixture(scope="module", params=KINDS)
def database_kind(request: pytest.FixtureRequest) -> Kind:
    """Return one kind of database after the other: whoever asks runs on each."""
    found: Kind = request.getfixturevalue(request.param)
    return found


@pytest.fixture(scope="module")
def lasting_databases(database_kind: Kind) -> Iterator[Databases]:
    """Return where databases are made that all tests of a module share."""
    made = Databases(database_kind)
    yield made
    made.close()


@pytest.fixture
def databases(database_kind: Kind) -> Iterator[Databases]:
    """Return where a test makes its databases."""
    made = Databases(database_kind)
    yield made
    made.close()


@pytest.fixture
def store(databases: Databases) -> Store:
    """Return an empty store; closed afterwards."""
    return make_store(databases)


@pytest.fixture
def client(store: Store) -> FlaskClient:
    """Return a client of the pages and feeds over the store."""
    return make_app(store).test_client()


@pytest.fixture(scope="session")
def full_desk(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """Return the address of a desk with 2,000 stories and all that is odd or hostile, served to the end."""
    store, port = open_store(sqlite_url(tmp_path_factory.mktemp("desk") / "desk.sqlite")), free_port()
    site = Site(f"http://127.0.0.1:{port}", "Strait Desk")
    fill_desk(store, 2_000, site)
    with serving(make_app(store, site=site, checked_every=60), port) as address:
        yield address
    store.close()
