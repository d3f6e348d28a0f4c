"""What a run may spend, what it has spent, and the reason it stops.

A budget bounds the *start* of steps: what is in flight when it runs out is finished and recorded.
"""

from __future__ import annotations

import time
from dataclasses import dataclass, field
from enum import StrEnum

from search.node import Node, Status, Usage


class StopReason(StrEnum):
    """Why no further step starts."""

    STEPS = "steps"
    WALL_CLOCK = "wall_clock"
    TOKENS = "tokens"
    USD = "usd"
    COST_UNKNOWN = "cost_unknown"  # a dollar limit was set, but the model's price is not known
    INFRASTRUCTURE = "infrastructure"  # one step after another ended in an error of ours
    INTERRUPTED = "interrupted"
    FINISHED = "finished"  # a person asked for no further steps
    FAILED = "failed"  # an error that the user must mend


@dataclass(frozen=True, slots=True, kw_only=True)
class Spend:
    """What has been spent, over all sessions of a run. Error nodes cost money, but no step."""

    num_steps: int = 0
    seconds: float = 0.0
    usage: Usage = field(default_factory=Usage)


@dataclass(frozen=True, slots=True, kw_only=True)
class Budget:
    """Limits of a run; None does not bound."""

    num_steps: int | None = None
    seconds: float | None = None
    num_tokens: int | None = None
    usd: float | None = None

    def stop_reason(self, spend: Spend) -> StopReason | None:
        """The first limit that is reached, None while another step may start."""
        if self.num_steps is not None and spend.num_steps >= self.num_steps:
            return StopReason.STEPS
        if self.seconds is not None and spend.seconds >= self.seconds:
            return StopReason.WALL_CLOCK
        if self.num_tokens is not None and spend.usage.total_tokens >= self.num_tokens:
            return StopReason.TOKENS
        if self.usd is None:
            return None
        if spend.usage.cost_usd is None:
            return StopReason.COST_UNKNOWN
        return StopReason.USD if spend.usage.cost_usd >= self.usd else None

    def remaining_steps(self, spend: Spend) -> int | None:
        return None if self.num_steps is None else max(0, self.num_steps - spend.num_steps)

    def remaining_seconds(self, spend: Spend) -> float | None:
        return None if self.seconds is None else max(0.0, self.seconds - spend.seconds)


@dataclass(slots=True)
class Ledger:
    """Running totals of one session and those before it; O(1) a step."""

    spend: Spend
    started_at: float = field(default_factory=time.monotonic)
    errors_in_a_row: int = 0

    def now(self, num_in_flight: int) -> Spend:
        spend = self.spend
        return Spend(
            num_steps=spend.num_steps + num_in_flight,
            seconds=spend.seconds + time.monotonic() - self.started_at,
            usage=spend.usage,
        )

    def count(self, node: Node) -> None:
        failed = node.status is Status.ERROR
        self.errors_in_a_row = self.errors_in_a_row + 1 if failed else 0
        self.spend = Spend(
            num_steps=self.spend.num_steps + (not failed),
            seconds=self.spend.seconds,
            usage=self.spend.usage + node.usage,
        )
