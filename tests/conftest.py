"""What every test gets: only loopback, no settings of the machine; what many ask for: a store, a client."""

import os
import socket
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from flask.testing import FlaskClient
from hypothesis import settings
from make import make_app, make_store

from aggregator.store import Store

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


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    """Return an empty store; closed afterwards."""
    opened = make_store(tmp_path)
    yield opened
    opened.close()


@pytest.fixture
def client(store: Store) -> FlaskClient:
    """Return a client of the pages and feeds over the store."""
    return make_app(store).test_client()
