"""Random numbers that are the same on every numpy version, for the embedded generators.

numpy promises a stable stream for `random()` only, not for its distributions. So everything here is
made of uniform numbers: categories by inverse distribution, normals by Box and Muller (1958).
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np


class Draws:
    """A seeded source. Every method returns a new array of the given size."""

    def __init__(self, seed: int) -> None:
        self._rng = np.random.Generator(np.random.PCG64(seed))

    def uniform(self, size: int | tuple[int, ...], low: float = 0.0, high: float = 1.0) -> Any:
        return low + (high - low) * self._rng.random(size)

    def normal(self, size: int | tuple[int, ...], mean: float = 0.0, sd: float = 1.0) -> Any:
        radius = np.sqrt(-2.0 * np.log1p(-self._rng.random(size)))
        return mean + sd * radius * np.cos(2.0 * np.pi * self._rng.random(size))

    def lognormal(self, size: int | tuple[int, ...], median: float, sd: float) -> Any:
        """`sd` is the standard deviation of the logarithm."""
        return median * np.exp(self.normal(size, sd=sd))

    def category(self, size: int, weights: Sequence[float] | Any) -> Any:
        """Indices 0..k-1 with probabilities proportional to `weights`."""
        steps = np.cumsum(np.asarray(weights, dtype=float))
        return np.searchsorted(steps / steps[-1], self._rng.random(size), side="right")

    def category_per_row(self, weights: Any) -> Any:
        """One index a row of a (rows, k) array of weights."""
        steps = np.cumsum(weights, axis=1)
        return (self._rng.random((len(steps), 1)) > steps / steps[:, -1:]).sum(axis=1)

    def integer(self, size: int, low: int, high: int) -> Any:
        """Whole numbers from low to high, both included."""
        return low + np.floor(self._rng.random(size) * (high - low + 1)).astype(np.int64)

    def happens(self, size: int, probability: float | Any) -> Any:
        """Boolean; `probability` a number, or one a row."""
        return self._rng.random(size) < probability

    def shuffled(self, size: int) -> Any:
        """The numbers 0..size-1 in random order."""
        return np.argsort(self._rng.random(size), kind="stable")


def powers(count: int, exponent: float = 1.0) -> Any:
    """Weights 1, 1/2^e, 1/3^e, ...: a few common categories and a long tail."""
    return 1.0 / np.arange(1, count + 1) ** exponent


def with_gaps(values: Any, gaps: Any) -> Any:
    """Floats with NaN where `gaps` is True."""
    return np.where(gaps, np.nan, values)


def sigmoid(logits: Any) -> Any:
    return 1.0 / (1.0 + np.exp(-logits))
