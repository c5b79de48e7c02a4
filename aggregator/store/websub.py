"""Subscriptions at hubs, and the feeds that name one."""

from dataclasses import asdict
from datetime import datetime

import sqlalchemy as sa

from aggregator.model import Pushable, Subscription
from aggregator.store.database import Database
from aggregator.store.schema import claims, feeds, subscriptions


class WebSubStore(Database):
    """Keep what hubs were asked and what they promised."""

    def pushable(self) -> tuple[Pushable, ...]:
        """Return the followed feeds that name a hub and themselves, with what was asked of it."""
        mine = subscriptions.c.feed == feeds.c.id
        query = (
            sa.select(feeds.c.id, feeds.c.url, feeds.c.hub.label("named"), feeds.c.self_url, *subscriptions.c)
            .select_from(feeds.join(subscriptions, mine, isouter=True))
            .where(
                feeds.c.active, sa.not_(feeds.c.gone), feeds.c.hub.is_not(None), feeds.c.self_url.is_not(None)
            )
        )
        with self.read() as connection:
            return tuple(
                Pushable(
                    row.id, row.url, row.named, row.self_url, Subscription(*row[4:]) if row.token else None
                )
                for row in connection.execute(query.order_by(feeds.c.id))
            )

    def note_asked(self, asked: Subscription) -> None:
        """Keep that a hub is being asked; what a feed's hub promised before holds until its end."""
        with self.write() as connection:
            connection.execute(sa.delete(subscriptions).where(subscriptions.c.feed == asked.feed))
            connection.execute(sa.insert(subscriptions).values(**asdict(asked)))

    def subscription(self, token: str) -> Subscription | None:
        """Find a subscription by what its address ends with."""
        with self.read() as connection:
            row = connection.execute(sa.select(subscriptions).where(subscriptions.c.token == token)).first()
        return Subscription(*row) if row else None

    def confirm(self, token: str, until: datetime | None) -> None:
        """Keep until when a hub will push; None: it will not."""
        feed = sa.select(subscriptions.c.feed).where(subscriptions.c.token == token).scalar_subquery()
        with self.write() as connection:
            connection.execute(sa.update(feeds).where(feeds.c.id == feed).values(pushed_until=until))
            change = sa.update(subscriptions).where(subscriptions.c.token == token)
            connection.execute(change.values(until=until))

    def pushed(self, feed: int, now: datetime) -> None:
        """Have a feed asked at the next tick: its hub has news. One that failed keeps its distance.

        One that is being polled is asked once more then, as what comes may be older than the news.
        """
        sound = (feeds.c.id == feed) & (feeds.c.failures == 0) & sa.not_(feeds.c.gone)
        with self.write_beside() as connection:
            connection.execute(sa.update(claims).where(claims.c.feed == feed).values(called=True))
            connection.execute(sa.update(feeds).where(sound).values(next_poll=now))
