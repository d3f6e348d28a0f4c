"""The statistics of a bench: their definitions, and what must hold for all numbers."""

from __future__ import annotations

import math
from statistics import fmean

import pytest
from hypothesis import given
from hypothesis import strategies as st

from scaffold.bench.statistics import (
    best_so_far,
    bootstrap_interval,
    estimate,
    height_at,
    mean_curve,
    mean_of,
    over_seeds,
    paired_differences,
    percent,
    remaining_seconds,
    total_of,
)

numbers = st.floats(-1e6, 1e6)
pairs = st.dictionaries(st.tuples(st.sampled_from("abc"), st.integers(0, 3)), st.floats(-1, 1))
points = st.lists(st.tuples(st.floats(0, 100), st.none() | st.floats(0, 1))).map(
    lambda items: sorted(items, key=lambda item: item[0])
)


def test_the_standard_error_is_that_of_the_leaderboard() -> None:
    found = estimate([10.0, 20.0, 30.0])
    assert found is not None
    assert found.mean == 20
    assert found.sem == pytest.approx(10 / math.sqrt(3))


def test_one_value_has_no_standard_error_and_none_no_mean() -> None:
    found = estimate([7.0])
    assert found is not None
    assert (found.mean, found.sem) == (7.0, None)
    assert estimate([]) is None


def test_seeds_are_the_sample_competitions_are_not() -> None:
    flags = [(0, True), (0, True), (0, False), (0, False), (1, True), (1, False)]
    found = over_seeds(flags)
    assert found is not None
    assert (found.mean, found.sem) == (50.0, 0.0)
    spread = over_seeds([(0, True), (1, False), (2, True), (3, False)])
    assert spread is not None
    assert spread.sem == pytest.approx(100 * math.sqrt(1 / 3) / 2)


@given(st.lists(numbers, min_size=2), numbers)
def test_shifting_moves_the_mean_not_the_error(values: list[float], by: float) -> None:
    first, second = estimate(values), estimate([value + by for value in values])
    assert first is not None
    assert second is not None
    assert second.mean == pytest.approx(first.mean + by, abs=1e-3)
    assert second.sem == pytest.approx(first.sem, rel=1e-3, abs=1e-3)


@given(st.lists(st.tuples(st.integers(0, 4), st.booleans()), min_size=1))
def test_medal_percentages_are_percentages(flags: list[tuple[int, bool]]) -> None:
    found = over_seeds(flags)
    assert found is not None
    assert 0 <= found.mean <= 100
    assert (found.sem is None) == (len({seed for seed, _ in flags}) == 1)
    turned = over_seeds((seed, not flag) for seed, flag in flags)
    assert turned is not None
    assert turned.mean == pytest.approx(100 - found.mean)


@given(pairs, pairs)
def test_differences_are_paired_and_antisymmetric(
    one: dict[tuple[str, int], float], other: dict[tuple[str, int], float]
) -> None:
    found = paired_differences(one, other)
    assert len(found) == len(one.keys() & other.keys())
    assert found == [-value for value in paired_differences(other, one)]
    assert paired_differences(one, one) == [0.0] * len(one)


@given(st.lists(st.floats(-1, 1), min_size=2, max_size=30))
def test_an_interval_holds_the_mean_and_lies_within_the_values(values: list[float]) -> None:
    found = bootstrap_interval(values, num_resamples=200)
    assert found is not None
    assert found.low <= found.mean <= found.high
    assert min(values) - 1e-9 <= found.low
    assert found.high <= max(values) + 1e-9
    assert found == bootstrap_interval(values, num_resamples=200)


def test_an_interval_covers_about_as_often_as_it_says() -> None:
    import numpy as np

    rng, covered = np.random.default_rng(0), 0
    for seed in range(200):
        sample = rng.normal(0.3, 1.0, size=30).tolist()
        found = bootstrap_interval(sample, num_resamples=500, seed=seed)
        assert found is not None
        covered += found.low <= 0.3 <= found.high
    assert 0.88 <= covered / 200 <= 0.99


def test_one_pair_has_no_interval() -> None:
    assert bootstrap_interval([0.5]) is None


@given(points)
def test_a_best_so_far_curve_only_rises(items: list[tuple[float, float | None]]) -> None:
    curve = best_so_far(items)
    heights = [value for _, value in curve]
    assert heights == sorted(set(heights))
    known = [value for _, value in items if value is not None]
    assert height_at(curve, 1000.0) == max(known, default=0.0)
    assert height_at(curve, -1.0) == 0.0


@given(st.lists(points.map(best_so_far), min_size=1, max_size=4))
def test_a_mean_curve_lies_between_its_curves(curves: list[list[tuple[float, float]]]) -> None:
    for place, value in mean_curve(curves, [0.0, 10.0, 50.0, 100.0]):
        heights = [height_at(curve, place) for curve in curves]
        assert value == pytest.approx(fmean(heights))


def test_what_is_unknown_stays_unknown() -> None:
    assert mean_of([None, 1.0, 3.0]) == 2.0
    assert mean_of([None]) is None
    assert total_of([1.0, None]) is None
    assert total_of([1.0, 2.0]) == 3.0
    assert percent([]) is None


def test_the_time_left_counts_rounds_of_jobs() -> None:
    assert remaining_seconds([10.0, 20.0], num_owed=5, num_jobs=2) == 45.0
    assert remaining_seconds([], num_owed=5, num_jobs=2) is None
    assert remaining_seconds([], num_owed=0, num_jobs=2) == 0.0
