"""What Prometheus asks: the store's figures, in the format that it reads."""

import logging
from collections.abc import Iterator, Mapping

from flask import Response, request
from prometheus_client import CollectorRegistry, Metric
from prometheus_client.core import CounterMetricFamily, GaugeMetricFamily, InfoMetricFamily
from prometheus_client.exposition import choose_encoder
from prometheus_client.registry import Collector

from aggregator import __version__
from aggregator.store.meta import BUMPS, FAILURES, JOINS, MERGES, POLLS, STORIES
from aggregator.store.watching import Figures
from aggregator.web.answer import plain
from aggregator.web.desk import Desk

COUNTERS = (
    ("polls", "Feeds that were asked", POLLS),
    ("poll_failures", "Feeds that gave no usable answer when asked", FAILURES),
    ("stories", "Stories that were opened", STORIES),
    ("joins", "Entries that joined a story that others had opened", JOINS),
    ("merges", "Stories that ended in another one", MERGES),
    ("bumps", "Times that a story was shown to subscribers again", BUMPS),
)

log = logging.getLogger(__name__)


def metrics(desk: Desk) -> Response:
    """Answer with the figures of this moment."""
    try:
        figures = desk.store.figures(desk.clock())
    except Exception as error:
        log.error("cannot read figures: %s", error)
        return plain("The database does not answer; the log says why.", 503)
    registry = CollectorRegistry(auto_describe=False)
    registry.register(Told(figures))
    encode, content_type = choose_encoder(request.headers.get("Accept", ""))
    response = Response(encode(registry), content_type=content_type)
    response.headers["Cache-Control"] = "no-store"
    return response


class Told(Collector):
    """Figures that were read, as metrics."""

    def __init__(self, figures: Figures) -> None:
        self._figures = figures

    def collect(self) -> Iterator[Metric]:
        found = self._figures
        yield InfoMetricFamily("aggregator", "What runs here", {"version": __version__})
        for name, text, key in COUNTERS:
            yield CounterMetricFamily(f"aggregator_{name}", text, found.counted[key])
        yield CounterMetricFamily("aggregator_entries", "Entries that were stored", found.entries)
        yield _gauges("feeds", "Feeds that are followed", "state", found.feeds)
        yield _gauges("seeds", "Documents in seeds/", "state", found.seeds)
        yield _gauges("queue", "What waits for the next refresh", "of", found.queue)
        yield _gauge("topics", "Topics that are served", found.topics)
        yield _gauge(
            "poll_lag_seconds", "How long the feed that waits longest is due", found.lag.total_seconds()
        )
        yield _gauge("database_bytes", "Size of the database", found.size)
        for name, text, when in (
            ("last_poll", "When a feed was last asked", found.last_poll),
            ("last_change", "When a feed of ours last changed", found.last_change),
        ):
            if when is not None:
                yield _gauge(f"{name}_timestamp_seconds", text, when.timestamp())


def _gauge(name: str, text: str, value: float) -> Metric:
    return GaugeMetricFamily(f"aggregator_{name}", text, value)


def _gauges(name: str, text: str, label: str, values: Mapping[str, int]) -> Metric:
    family = GaugeMetricFamily(f"aggregator_{name}", text, labels=(label,))
    for one, value in values.items():
        family.add_metric((one,), value)
    return family
