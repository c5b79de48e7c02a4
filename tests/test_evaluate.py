"""The measures, against cases worked out by hand."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from aggregator.core.evaluate import evaluate, evaluate_by_beat

LABELS = st.lists(st.sampled_from("abcd"), min_size=1, max_size=20)


def test_a_perfect_grouping_scores_one_in_everything() -> None:
    scores = evaluate(["a", "a", "b", "c"], [7, 7, 8, 9])

    assert (scores.bcubed_precision, scores.bcubed_recall, scores.bcubed_f) == (1, 1, 1)
    assert (scores.pairwise_f, scores.ari, scores.exact) == (1, 1, 1)
    assert (scores.entries, scores.gold_stories, scores.stories, scores.largest) == (4, 3, 3, 2)


def test_a_known_case_scores_what_it_does_on_paper() -> None:
    # Found 123 45, labelled 12 345: precision 2/3 2/3 1/3 1 1 by entry, recall 1 1 1/3 2/3 2/3.
    scores = evaluate("aabbb", "xxxyy")

    assert scores.bcubed_precision == pytest.approx((2 / 3 + 2 / 3 + 1 / 3 + 1 + 1) / 5)
    assert scores.bcubed_recall == pytest.approx((1 + 1 + 1 / 3 + 2 / 3 + 2 / 3) / 5)
    # Pairs: labelled 1 + 3, found 3 + 1, in both 1-2 and 4-5.
    assert (scores.pairwise_precision, scores.pairwise_recall, scores.pairwise_f) == (0.5, 0.5, 0.5)
    # Chance is 4 * 4 / 10 pairs: (2 - 1.6) / (4 - 1.6).
    assert scores.ari == pytest.approx(0.4 / 2.4)
    assert scores.exact == 0


def test_everything_apart_is_precise_and_recalls_each_entry_only() -> None:
    scores = evaluate("aaab", "wxyz")

    assert scores.bcubed_precision == 1
    assert scores.bcubed_recall == pytest.approx((3 * (1 / 3) + 1) / 4)
    assert (scores.pairwise_precision, scores.pairwise_recall, scores.pairwise_f) == (1, 0, 0)
    assert scores.exact == 0.5


def test_everything_together_recalls_all() -> None:
    scores = evaluate("aabb", "xxxx")

    assert (scores.bcubed_precision, scores.bcubed_recall) == (0.5, 1)
    assert scores.pairwise_precision == pytest.approx(2 / 6)
    assert scores.largest == 4
    assert scores.ari == 0


def test_one_entry_alone_is_perfect() -> None:
    assert evaluate(["a"], ["x"]).bcubed_f == evaluate(["a"], ["x"]).ari == 1


def test_labels_of_different_length_are_refused() -> None:
    with pytest.raises(ValueError, match="2 labels against 1"):
        evaluate("ab", "x")


def test_the_mean_over_beats_counts_each_beat_once() -> None:
    # Beat p, of four entries, is perfect; beat q, of two, is all wrong: BCubed F 1 and 2/3.
    scores, beats = evaluate_by_beat("aabbcc", "xxyyzw", "ppppqq")

    assert beats == 2
    assert scores.bcubed_f == pytest.approx((1 + 2 / 3) / 2)
    assert scores.entries == 3


@given(LABELS)
def test_names_and_order_do_not_matter(gold: list[str]) -> None:
    found = [ord(label) % 3 for label in gold]
    order = sorted(range(len(gold)), key=lambda place: (found[place], gold[place]))

    renamed = evaluate([gold[i] + "!" for i in order], [str(found[i]) for i in order])

    assert renamed.bcubed_f == pytest.approx(evaluate(gold, found).bcubed_f)
    assert renamed.ari == pytest.approx(evaluate(gold, found).ari)


@given(LABELS)
def test_swapping_the_sides_swaps_precision_and_recall(gold: list[str]) -> None:
    found = ["x" if label in "ab" else label for label in gold]

    one, other = evaluate(gold, found), evaluate(found, gold)

    assert one.bcubed_precision == pytest.approx(other.bcubed_recall)
    assert one.pairwise_precision == pytest.approx(other.pairwise_recall)
    assert one.ari == pytest.approx(other.ari)
