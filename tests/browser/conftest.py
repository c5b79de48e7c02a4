"""What browser tests get: one browser for each module."""

from collections.abc import Iterator

import pytest
from chromium import launched
from playwright.sync_api import Browser


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    """Return the browser; of one module: while it runs, no other event loop may."""
    with launched() as started:
        yield started
