"""Subscribe: hubs that feeds name are asked to push (WebSub), where they can reach us."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import datetime
from uuid import UUID

from aggregator.core.identity import digest
from aggregator.core.websub import request_form, to_ask
from aggregator.fetch import FetchRequest, FetchSettings, fetch_all
from aggregator.model import Pushable, Subscription
from aggregator.store import Store


@dataclass(frozen=True, slots=True)
class Subscriber:
    """Ask hubs, and name our own address to them."""

    fetching: FetchSettings
    base_url: str  # public: hubs must reach it

    def subscribe(self, store: Store, mint: Callable[[], UUID], now: datetime) -> int:
        """Ask the hubs that have to be asked now; return how many. What they answer comes to our address."""
        feeds = to_ask(store.pushable(), now)
        requests = []
        for feed in feeds:
            asked = _subscription(feed, mint, now)
            store.note_asked(asked)  # before it is sent: a hub may verify while we wait
            requests.append(self._request(feed, asked))
        # A hub that refuses or fails is asked again tomorrow; until then its feed is polled as ever.
        fetch_all(requests, replace(self.fetching, host_spacing=0), lambda _request, _answer: None)
        return len(feeds)

    def _request(self, feed: Pushable, asked: Subscription) -> FetchRequest:
        callback = f"{self.base_url}/websub/{asked.token}"
        # A hub is what a feed names, not a person: no public feed leads into a private network by it.
        return FetchRequest(asked.hub, configured=feed.url, form=request_form(asked, callback))


def _subscription(feed: Pushable, mint: Callable[[], UUID], now: datetime) -> Subscription:
    known = feed.subscription
    if known and (known.hub, known.topic) == (feed.hub, feed.topic):
        return replace(known, asked=now)  # renewed under the same address
    return Subscription(feed.feed, feed.hub, feed.topic, mint().hex, digest(mint().bytes, mint().bytes), now)
