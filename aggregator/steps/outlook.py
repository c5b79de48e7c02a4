"""Outlook: troubles of our own network told from those of hosts, over polls and refreshes."""

import logging
from collections.abc import Iterable, Mapping
from dataclasses import replace
from datetime import datetime, timedelta
from functools import partial

from aggregator.core.claiming import host_of
from aggregator.core.reaching import Reach, again, catch_up, has_name
from aggregator.model import FeedState, Poll
from aggregator.store import Store
from aggregator.store.outages import NETWORK

log = logging.getLogger(__name__)


class Outlook:
    """Remember whether hosts can be reached from here."""

    def __init__(self, every: timedelta) -> None:
        self._every = every
        self._reach = Reach()
        self._is_noted: bool | None = None  # that nobody is reached; None: an earlier process may have

    def judge(
        self, store: Store, polls: Iterable[Poll], feeds: Mapping[int, FeedState], now: datetime
    ) -> list[Poll]:
        """Return polls as they are to be stored: a feed that we cannot reach is not to blame for it."""
        found = list(polls)
        missed = [poll for poll in found if poll.reached is False]
        reached = any(has_name(host_of(feeds[poll.feed])) for poll in found if poll.reached)
        hosts = {host_of(feeds[poll.feed]) for poll in missed if not feeds[poll.feed].failures}
        self._reach = self._reach.after(reached, set(filter(has_name, hosts)), now)
        if reached:
            self._recover(store, now)
        elif missed and self._reach.is_cut_off:
            self._note(store, missed[-1])
        return [self._judged(poll, feeds[poll.feed], now) for poll in found]

    def _judged(self, poll: Poll, feed: FeedState, now: datetime) -> Poll:
        is_ours = self._reach.is_cut_off
        # Who fails for the first time may be the first to tell of a trouble that is ours.
        if poll.reached is not False or (feed.failures and not is_ours):
            return poll
        soon = again(feed.url, feed.failing_since, now, self._every)
        return replace(poll, next_poll=soon, ours=is_ours)

    def _note(self, store: Store, last: Poll) -> None:
        """Say once that nobody is reached."""
        if self._is_noted:
            return
        reason = (
            f"reaches none of the feeds' hosts (the last one: {(last.error or '').partition(';')[0]}); "
            "see whether this machine is online and finds names, feeds are asked again every few minutes"
        )
        store.note_outage(NETWORK, reason, self._reach.since or last.at)
        log.warning("the network: %s", reason)
        self._is_noted = True

    def _recover(self, store: Store, now: datetime) -> None:
        """Have feeds asked again soon that could not be reached, once any can."""
        if self._is_noted is False:
            return
        if outage := store.end_outage(NETWORK):
            log.warning("the network: hosts are reached again; feeds follow within minutes")
            store.ask_again(outage.since, partial(catch_up, now=now))
        self._is_noted = False
