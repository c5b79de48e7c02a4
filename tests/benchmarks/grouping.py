"""Measure the grouping, its quality and its cost, beside two simple baselines: `make bench-grouping`.

python tests/benchmarks/grouping.py [FOLDER] [--sizes 10000 50000] [--baseline-limit 5000]

Every *.jsonl in FOLDER (or $LABELLED) is judged; without one, the small collections of the tests are. The
baselines see the same words: "nearest" joins the story of the nearest earlier entry by TF-IDF where the
cosine is enough; "average" links stories by average similarity (UPGMA) until it is not, all at once. Their
thresholds are the best of a few for each collection, which flatters them; ours are one setting for all.
"""

import argparse
import os
import subprocess
import sys
import time
from collections.abc import Callable, Sequence
from itertools import count
from pathlib import Path
from uuid import UUID

import numpy as np
from corpus import corpus_entries
from scipy import sparse
from scipy.cluster.hierarchy import fcluster, linkage
from scipy.spatial.distance import squareform

from aggregator.core.evaluate import Scores, evaluate_by_beat
from aggregator.core.lines import Line, read_lines
from aggregator.core.stories import Engine, group_all
from aggregator.core.stories.lexicon import Lexicon
from aggregator.core.stories.reading import take_notes
from aggregator.model import Stored

OWN = Path(__file__).resolve().parents[1] / "data" / "grouping"
BATCH = 400
THRESHOLDS = (0.05, 0.1, 0.15, 0.2, 0.25, 0.3, 0.35, 0.4, 0.5)  # cosines
LIMIT = 5_000  # entries up to which average link, whose memory is quadratic, is tried
RECENT = 10_000  # earlier entries that "nearest" looks at: with all of them it would be quadratic
CHUNK = 500  # entries compared at once

Labels = list[int]
Baseline = Callable[[sparse.csr_matrix, float], Labels]


def main() -> None:
    """Run everything and print the tables."""
    arguments = argparse.ArgumentParser(description=__doc__)
    arguments.add_argument("folder", nargs="?", type=Path, default=Path(os.environ.get("LABELLED", OWN)))
    arguments.add_argument("--sizes", type=int, nargs="*", default=[10_000, 50_000])
    arguments.add_argument("--baseline-limit", type=int, default=LIMIT)
    arguments.add_argument("--cost", help="measure this method alone, with one of --sizes")
    chosen = arguments.parse_args()
    if chosen.cost:
        print(cost(chosen.cost, chosen.sizes[0]))
        return
    folder = chosen.folder if any(chosen.folder.glob("*.jsonl")) else OWN
    print("| collection | entries | ours | nearest | average |\n|---|---|---|---|---|")
    for path in sorted(folder.glob("*.jsonl")):
        print(quality(path, chosen.baseline_limit), flush=True)
    print("\n| entries | method | entries/s of CPU | peak MB |\n|---|---|---|---|")
    for size in chosen.sizes:
        for method in ("ours", "nearest", *(["average"] if size <= chosen.baseline_limit else [])):
            print(in_own_process(method, size), flush=True)


# ---- quality


def quality(path: Path, limit: int) -> str:
    """Write BCubed F1 (pairwise F1) of each method on a labelled collection as a row."""
    with path.open(encoding="utf-8") as file:
        lines = [line for line in read_lines(str(path), file) if line.story is not None]
    numbers = count(1)
    found = group_all([line.stored for line in lines], 100, lambda: UUID(int=next(numbers)))
    ours = judged(lines, [found[line.stored.id].int for line in lines])
    others = [best(lines, nearest), best(lines, average) if len(lines) <= limit else None]
    return f"| {path.stem} | {len(lines)} | {' | '.join(map(shown, (ours, *others)))} |"


def judged(lines: Sequence[Line], found: Sequence[int]) -> Scores:
    beats = [line.stored.beat for line in lines]
    return evaluate_by_beat([line.story for line in lines], list(found), beats)[0]


def best(lines: Sequence[Line], method: Baseline) -> Scores:
    """Return the scores of a baseline with the threshold that suits the collection best."""
    beats: dict[str | None, list[int]] = {}
    for at, line in enumerate(lines):
        beats.setdefault(line.stored.beat, []).append(at)
    vectors = [(own, tf_idf([lines[at].stored for at in own])) for own in beats.values()]
    tried = []
    for threshold in THRESHOLDS:
        found, first = [0] * len(lines), 0
        for own, rows in vectors:
            for at, label in zip(own, method(rows, threshold), strict=True):
                found[at] = first + label
            first += len(own)
        tried.append(judged(lines, found))
    return max(tried, key=lambda scores: scores.bcubed_f)


def shown(scores: Scores | None) -> str:
    return f"{scores.bcubed_f:.3f} ({scores.pairwise_f:.2f})" if scores else "–"


# ---- baselines


def tf_idf(entries: Sequence[Stored]) -> sparse.csr_matrix:
    """Return the entries as rows of length 1."""
    lexicon = Lexicon()
    notes = take_notes(entries, lexicon)
    starts = np.r_[0, np.cumsum(notes.lengths)]
    idf = np.log((len(entries) + 1) / (np.bincount(notes.terms, minlength=len(lexicon)) + 0.5))
    values, shape = notes.weights * idf[notes.terms], (len(entries), len(lexicon))
    rows = sparse.csr_matrix((values, notes.terms, starts), shape=shape)
    norms = np.sqrt(rows.multiply(rows).sum(axis=1)).A1 if len(entries) else np.zeros(0)
    return sparse.diags_array(1 / np.maximum(norms, 1e-9)).tocsr() @ rows


def nearest(rows: sparse.csr_matrix, threshold: float) -> Labels:
    """Let each row join the nearest earlier one, or open a story."""
    labels: Labels = []
    for at in range(0, rows.shape[0], CHUNK):
        first = max(0, at - RECENT)
        part = (rows[at : at + CHUNK] @ rows[first : at + CHUNK].T).tocsr()
        for place in range(part.shape[0]):
            own = slice(part.indptr[place], part.indptr[place + 1])
            earlier = first + part.indices[own] < at + place
            likeness, other = part.data[own][earlier], first + part.indices[own][earlier]
            near = len(other) and likeness.max() >= threshold
            labels.append(labels[other[likeness.argmax()]] if near else at + place)
    return labels


def average(rows: sparse.csr_matrix, threshold: float) -> Labels:
    """Link all rows by average likeness, and cut the tree."""
    if rows.shape[0] < 2:
        return [0] * rows.shape[0]
    apart = np.clip(1 - (rows @ rows.T).toarray(), 0, None)
    np.fill_diagonal(apart, 0)
    tree = linkage(squareform(apart, checks=False), "average")
    return [int(label) for label in fcluster(tree, 1 - threshold, "distance")]


# ---- cost


def in_own_process(method: str, size: int) -> str:
    """Measure in a process of its own: the peak of memory is a process's."""
    command = [sys.executable, __file__, "--cost", method, "--sizes", str(size)]
    return subprocess.run(command, capture_output=True, text=True, check=True).stdout.strip()


def cost(method: str, size: int) -> str:
    """Write what grouping made-up entries costs; ours counts the last fifth, when most of them are live."""
    entries = corpus_entries(size)
    warm = size - size // 5 if method == "ours" else 0
    numbers = count(1)
    engine = Engine(lambda: UUID(int=next(numbers)))
    for at in range(0, warm, BATCH):
        engine.add(entries[at : min(at + BATCH, warm)])
    started = time.process_time()
    if method == "ours":
        for at in range(warm, size, BATCH):
            engine.add(entries[at : at + BATCH])
    else:
        {"nearest": nearest, "average": average}[method](tf_idf(entries), 0.25)
    spent = time.process_time() - started
    status = Path("/proc/self/status").read_text()  # ru_maxrss would count what the parent had, too
    peak = int(status.split("VmHWM:")[1].split()[0]) / 1024
    return f"| {size} | {method} | {(size - warm) / spent:.0f} | {peak:.0f} |"


if __name__ == "__main__":
    main()
