"""The one type that knows what "better" means."""

from __future__ import annotations

import math
from dataclasses import dataclass
from enum import StrEnum
from typing import Any


class Direction(StrEnum):
    """Which way a metric improves."""

    MAXIMIZE = "maximize"
    MINIMIZE = "minimize"

    @property
    def sign(self) -> int:
        """+1 when higher is better, -1 when lower is better."""
        return 1 if self is Direction.MAXIMIZE else -1


@dataclass(frozen=True, slots=True)
class Metric:
    """A finite score with its direction. Compare through methods, never through `value`.

    `stderr` is the standard error of `value` in the metric's own unit, when it was estimated.
    """

    value: float
    direction: Direction
    stderr: float | None = None

    def __post_init__(self) -> None:
        if not math.isfinite(self.value):
            raise ValueError(f"a metric is a finite number, not {self.value}")

    @property
    def goodness(self) -> float:
        """The value with its sign set so that higher is always better."""
        return self.value * self.direction.sign

    def is_better_than(self, other: Metric | None) -> bool:
        """True when strictly better than `other`; any metric is better than none.

        Raises:
            ValueError: the two metrics have different directions.
        """
        if other is None:
            return True
        if other.direction is not self.direction:
            raise ValueError(f"cannot compare {self.direction} with {other.direction}")
        return self.goodness > other.goodness

    def to_dict(self) -> dict[str, Any]:
        return {"value": self.value, "direction": self.direction.value, "stderr": self.stderr}

    @classmethod
    def from_dict(cls, data: dict[str, Any]) -> Metric:
        return cls(data["value"], Direction(data["direction"]), data.get("stderr"))
