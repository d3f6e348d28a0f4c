"""Row division: exact shares in every stratum, whatever the sizes."""

from __future__ import annotations

from collections import Counter

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from competitions.nesting import selection_mask

LABELS = st.lists(st.sampled_from("abcd"), min_size=2, max_size=200)


@given(LABELS, st.floats(0.05, 0.95), st.integers(0, 1000))
def test_every_stratum_gets_its_share(labels: list[str], fraction: float, seed: int) -> None:
    mask = selection_mask(len(labels), fraction, seed=seed, strata=labels)
    assert abs(mask.sum() - fraction * len(labels)) <= 1
    for label, count in Counter(labels).items():
        taken = sum(mask[index] for index, own in enumerate(labels) if own == label)
        assert abs(taken - fraction * count) <= 1.5


@given(st.integers(2, 500), st.integers(0, 1000))
def test_the_seed_decides(num_rows: int, seed: int) -> None:
    first = selection_mask(num_rows, 0.5, seed=seed)
    assert np.array_equal(first, selection_mask(num_rows, 0.5, seed=seed))


def test_other_seeds_choose_other_rows() -> None:
    masks = {selection_mask(100, 0.5, seed=seed).tobytes() for seed in range(10)}
    assert len(masks) == 10
