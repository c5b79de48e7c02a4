"""Measure the grouping beside two simple ones, quality and cost in one run: `make bench-grouping`.

python tests/benchmarks/grouping.py [FOLDER] [--entries 10000 50000]

FOLDER holds labelled collections as `aggregator evaluate` reads them; without one, the samples of the tests.
The two others have no state between runs and see every entry at once: an advantage that no stream gives.
"""

import argparse
import json
import resource
import subprocess
import sys
import time
from collections import defaultdict
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from statistics import fmean
from uuid import uuid4

import numpy as np
from corpus import posts
from scipy import sparse
from scipy.cluster.hierarchy import fcluster, linkage
from scipy.spatial.distance import pdist

from aggregator.core.clean import html_to_text
from aggregator.core.evaluate import evaluate
from aggregator.core.stories import group_all
from aggregator.core.text import profile
from aggregator.model import Entry, Stored

OWN = Path(__file__).resolve().parents[1] / "data" / "grouping"
NOW = datetime(2026, 11, 25, tzinfo=UTC)
# Cosines from which the two others put entries together: of steps of .05 those that are best for beats, mixed
# news and bare titles taken together, as our one setting is.
NEAR, LINKED = 0.30, 0.15
    0.30,
    0.18,
)  # cosines from which the two others put entries together, the best of .05 steps on news
DENSE = 6_000  # entries up to which every pair fits into memory
Labels = list[object]


@dataclass(frozen=True, slots=True)
class Collection:
    """Labelled entries, in order of arrival."""

    name: str
    entries: tuple[Stored, ...]
    stories: tuple[str, ...]


def main() -> None:
    """Measure and print Markdown."""
    arguments = argparse.ArgumentParser(description=__doc__)
    arguments.add_argument("folder", nargs="?", type=Path, default=OWN)
    arguments.add_argument("--entries", nargs="*", type=int, default=[10_000, 50_000])
    arguments.add_argument("--cost", nargs=2, help=argparse.SUPPRESS)
    chosen = arguments.parse_args()
    if chosen.cost:
        print(json.dumps(cost(METHODS[chosen.cost[0]], int(chosen.cost[1]))))
        return
    print(quality([read(path) for path in sorted(chosen.folder.glob("*.jsonl"))]))
    print(costs(chosen.entries))


# ---- the three


def ours(entries: Sequence[Stored]) -> Labels:
    """Group as the service does, a hundred entries at a time."""
    found = group_all(entries, 100, uuid4)
    return [found[stored.id] for stored in entries]


def nearest(entries: Sequence[Stored]) -> Labels:
    """Let each entry join its nearest earlier one by TF-IDF, where that is near enough."""
    vectors, labels = tf_idf(entries), list(range(len(entries)))
    for start in range(0, len(entries), 500):
        near = (vectors[start : start + 500] @ vectors[: start + 500].T).tocsr()
        for at in range(near.shape[0]):
            row, place = near.getrow(at), start + at
            earlier = row.indices < place
            if earlier.any() and row.data[earlier].max() >= NEAR:
                labels[place] = labels[int(row.indices[earlier][row.data[earlier].argmax()])]
    return list(labels)


def linked(entries: Sequence[Stored]) -> Labels:
    """Cluster all entries by average link on TF-IDF cosines."""
    if len(entries) < 2:
        return [0] * len(entries)
    distances = pdist(tf_idf(entries).toarray().astype(np.float32), "cosine")
    tree = linkage(np.nan_to_num(distances, nan=1.0), "average")  # an entry without words is like none
    return list(fcluster(tree, 1 - LINKED, "distance").tolist())


METHODS: dict[str, Callable[[Sequence[Stored]], Labels]] = {
    "aggregator": ours,
    "nearest neighbour": nearest,
    "average link": linked,
}


def tf_idf(entries: Sequence[Stored]) -> sparse.csr_matrix:
    """Return rows of length 1: title and opening as our own grouping reads them, weighted by rarity."""
    numbers: dict[str, int] = defaultdict(lambda: len(numbers))
    rows, columns, data = list[int](), list[int](), list[float]()
    for row, stored in enumerate(entries):
        for stem, weight in profile(stored.entry).weights.items():
            rows.append(row)
            columns.append(numbers[stem])
            data.append(weight)
    table = sparse.csr_matrix((data, (rows, columns)), shape=(len(entries), len(numbers)))
    rarity = np.log(len(entries) / np.bincount(table.indices, minlength=table.shape[1])) + 1
    table = table.multiply(rarity).tocsr()
    return sparse.diags(1 / np.sqrt(np.maximum(table.multiply(table).sum(axis=1).A1, 1e-9))) @ table


# ---- quality


def read(path: Path) -> Collection:
    """Read a collection in JSON Lines."""
    lines = [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines() if line.strip()]
    return Collection(
        path.stem, tuple(map(_entry, range(len(lines)), lines)), tuple(str(one["story"]) for one in lines)
    )


def _entry(number: int, line: dict[str, str]) -> Stored:
    publisher = line.get("publisher") or line.get("source")
    published = datetime.fromisoformat(line["published"]) if line.get("published") else None
    text = line.get("body") or line.get("text") or ""
    entry = Entry(line["title"], text, publisher=publisher, published=published)
    return Stored(number, entry, NOW, publisher_key=publisher, beat=line.get("beat"))


def quality(collections: Iterable[Collection]) -> str:
    """Write BCubed and pairwise F1 of each way on each collection; means over beats where there are any."""
    lines = [
        f"| BCubed F1 (pairwise F1) | entries | {' | '.join(METHODS)} |",
        "|---|---|" + "---|" * len(METHODS),
    ]
    for collection in collections:
        cells = [_judged(method, collection) for method in METHODS.values()]
        lines.append(f"| {collection.name} | {len(collection.entries):,} | {' | '.join(cells)} |")
    return "\n".join([*lines, ""])


def _judged(method: Callable[[Sequence[Stored]], Labels], collection: Collection) -> str:
    beats: dict[str | None, list[int]] = defaultdict(list)
    for place, stored in enumerate(collection.entries):
        beats[stored.beat].append(place)
    scores = [
        evaluate([collection.stories[n] for n in places], method([collection.entries[n] for n in places]))
        for places in beats.values()
        if method is not linked or len(places) <= DENSE
    ]
    if not scores:
        return "–"
    return f"{fmean(s.bcubed_f for s in scores):.3f} ({fmean(s.pairwise_f for s in scores):.2f})"


# ---- cost


def costs(sizes: Sequence[int]) -> str:
    """Write what grouping so many made-up entries takes, each way in a process of its own."""
    lines = [f"| CPU s (entries/s; peak MB) | {' | '.join(METHODS)} |", "|---|" + "---|" * len(METHODS)]
    for size in sizes:
        cells = [_cost_of(name, size) for name in METHODS]
        lines.append(f"| {size:,} entries | {' | '.join(cells)} |")
    return "\n".join(lines)


def _cost_of(name: str, size: int) -> str:
    if name == "average link" and size > DENSE:
        return f"– ({size * size * 4 / 1e9:.1f} GB of pairs)"
    command = [sys.executable, __file__, "--cost", name, str(size)]
    found = json.loads(subprocess.run(command, check=True, capture_output=True, text=True).stdout)
    return f"{found['cpu']:.1f} ({size / found['cpu']:,.0f}; {found['peak']:.0f})"


def cost(method: Callable[[Sequence[Stored]], Labels], size: int) -> dict[str, float]:
    """Return the CPU seconds that grouping takes, tokenising included, and the peak MB of the process."""
    entries = [
        Stored(n, Entry(post.title, html_to_text(post.body), publisher=post.author, published=post.at), NOW)
        for n, post in enumerate(posts(size))
    ]
    started = time.process_time()
    method(entries)
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    return {"cpu": time.process_time() - started, "peak": peak}


if __name__ == "__main__":
    main()
