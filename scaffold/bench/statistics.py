"""The statistics of a bench: small functions of numbers. `None` is "not known", never zero."""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from statistics import fmean, stdev

NUM_RESAMPLES = 10_000
LEVEL = 0.95


@dataclass(frozen=True, slots=True)
class Estimate:
    """A mean and its standard error, None where one value alone tells nothing of it."""

    mean: float
    sem: float | None


@dataclass(frozen=True, slots=True)
class Interval:
    """A mean and the bounds of its bootstrap interval."""

    mean: float
    low: float
    high: float


def estimate(values: Sequence[float]) -> Estimate | None:
    """Mean and standard error of the mean (sample deviation over the root of n)."""
    if not values:
        return None
    sem = stdev(values) / math.sqrt(len(values)) if len(values) > 1 else None
    return Estimate(fmean(values), sem)


def percent(flags: Iterable[bool]) -> float | None:
    """How many of them are true, in percent."""
    listed = list(flags)
    return 100 * sum(listed) / len(listed) if listed else None


def over_seeds(flags: Iterable[tuple[int, bool]]) -> Estimate | None:
    """Mean and standard error over seeds of each seed's percentage, as MLE-bench's leaderboard
    gives them: the seeds are the sample, the competitions are not."""
    by_seed: dict[int, list[bool]] = {}
    for seed, flag in flags:
        by_seed.setdefault(seed, []).append(flag)
    return estimate([100 * sum(of_one) / len(of_one) for of_one in by_seed.values()])


def mean_of(values: Iterable[float | None]) -> float | None:
    """The mean of the values that are known; None where none is."""
    known = [value for value in values if value is not None]
    return fmean(known) if known else None


def total_of(values: Iterable[float | None]) -> float | None:
    """The sum, unknown where a part of it is."""
    total = 0.0
    for value in values:
        if value is None:
            return None
        total += value
    return total


def paired_differences(
    values: Mapping[tuple[str, int], float], baseline: Mapping[tuple[str, int], float]
) -> list[float]:
    """What `values` has more than the baseline, for each competition and seed that both have."""
    return [values[key] - baseline[key] for key in sorted(values.keys() & baseline.keys())]


def bootstrap_interval(
    values: Sequence[float],
    *,
    level: float = LEVEL,
    num_resamples: int = NUM_RESAMPLES,
    seed: int = 0,
) -> Interval | None:
    """The percentile bootstrap of the mean. One value alone has no interval."""
    if len(values) < 2:
        return None
    import numpy as np

    sample = np.asarray(values, dtype=float)
    draws = np.random.default_rng(seed).integers(len(sample), size=(num_resamples, len(sample)))
    means = sample[draws].mean(axis=1)
    low, high = np.quantile(means, [(1 - level) / 2, (1 + level) / 2])
    mean = fmean(values)
    return Interval(mean, min(float(low), mean), max(float(high), mean))


def best_so_far(points: Iterable[tuple[float, float | None]]) -> list[tuple[float, float]]:
    """The best value up to each place where it grows; `points` in order of place."""
    curve: list[tuple[float, float]] = []
    for place, value in points:
        if value is not None and (not curve or value > curve[-1][1]):
            curve.append((place, value))
    return curve


def height_at(curve: Sequence[tuple[float, float]], place: float, before: float = 0.0) -> float:
    """A best-so-far curve at a place; `before` where it has not begun."""
    height = before
    for start, value in curve:
        if start > place:
            break
        height = value
    return height


def mean_curve(
    curves: Sequence[Sequence[tuple[float, float]]], places: Sequence[float]
) -> list[tuple[float, float]]:
    """The mean of best-so-far curves; a run that has no value yet counts as 0."""
    if not curves:
        return []
    return [(place, fmean(height_at(curve, place) for curve in curves)) for place in places]


def remaining_seconds(done: Sequence[float], num_owed: int, num_jobs: int) -> float | None:
    """How long what is owed will take, if it goes on as it went; None where nothing is known."""
    if not num_owed:
        return 0.0
    if not done:
        return None
    return fmean(done) * math.ceil(num_owed / max(1, num_jobs))
