"""The values that pass through one search step, from expansion to node.

A step is data: `Expansion` (what to try) -> messages (the prompt) -> `Proposal` (what the model
answered) -> `Outcome` (what happened when it ran) -> `Node` (what is recorded). Nodes hold ids of
their parents, never references: edges live in the tree alone.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any

from search.metric import Metric


class Status(StrEnum):
    """How an attempt ended. `buggy` is the program's fault, `error` is our infrastructure's."""

    VALID = "valid"
    BUGGY = "buggy"
    ERROR = "error"


@dataclass(frozen=True, slots=True)
class Message:
    """One chat message; `role` is system, user or assistant."""

    role: str
    content: str

    def to_dict(self) -> dict[str, str]:
        return {"role": self.role, "content": self.content}


@dataclass(frozen=True, slots=True, kw_only=True)
class Usage:
    """What a model call cost. `cost_usd` is None where the price is unknown (never 0)."""

    prompt_tokens: int = 0
    completion_tokens: int = 0
    cost_usd: float | None = 0.0

    @property
    def total_tokens(self) -> int:
        return self.prompt_tokens + self.completion_tokens

    def __add__(self, other: Usage) -> Usage:
        unknown = self.cost_usd is None or other.cost_usd is None
        return Usage(
            prompt_tokens=self.prompt_tokens + other.prompt_tokens,
            completion_tokens=self.completion_tokens + other.completion_tokens,
            cost_usd=None if unknown else (self.cost_usd or 0.0) + (other.cost_usd or 0.0),
        )

    def to_dict(self) -> dict[str, Any]:
        return {
            "prompt_tokens": self.prompt_tokens,
            "completion_tokens": self.completion_tokens,
            "cost_usd": self.cost_usd,
        }

    @classmethod
    def from_dict(cls, data: dict[str, Any]) -> Usage:
        return cls(**data)


@dataclass(frozen=True, slots=True)
class Expansion:
    """Which nodes to start from, and by which operator. A draft has no parents."""

    parents: tuple[int, ...]
    operator: str


@dataclass(frozen=True, slots=True, kw_only=True)
class StepContext:
    """What a step may know besides the tree.

    `seed` is derived from (run seed, step); `remaining_steps` and `remaining_seconds` are what the
    budget had left when the step was selected, None where the budget does not bound them.
    """

    step: int
    seed: int
    remaining_steps: int | None = None
    remaining_seconds: float | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Proposal:
    """A parsed answer of the model: a plan in prose and the content to run (code, or an answer).

    `problem` says why no content could be parsed; such a proposal is a buggy node that is not run.
    """

    plan: str
    content: str
    messages: tuple[Message, ...]
    completion: str
    usage: Usage = field(default_factory=Usage)
    problem: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Outcome:
    """What running and judging a proposal gave.

    `output` is what the program printed (capped); `feedback` is the judge's sentence on it.
    Both are shown to the model later, except for `error`, whose feedback is for people only.
    `quality` is in [0, 1], higher is better; None where the attempt is not valid.
    """

    status: Status
    metric: Metric | None = None
    quality: float | None = None
    output: str = ""
    feedback: str = ""
    seconds: float = 0.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Node:
    """One recorded attempt. `id` is the number of the step that made it, from 0."""

    id: int
    parents: tuple[int, ...]
    operator: str
    turn: int = 0
    status: Status
    metric: Metric | None = None
    quality: float | None = None
    plan: str = ""
    content: str = ""
    output: str = ""
    feedback: str = ""
    usage: Usage = field(default_factory=Usage)
    propose_seconds: float = 0.0
    evaluate_seconds: float = 0.0
    created_at: float = 0.0  # unix time, seconds

    @property
    def expansion(self) -> Expansion:
        return Expansion(self.parents, self.operator)

    @property
    def seconds(self) -> float:
        return self.propose_seconds + self.evaluate_seconds

    def to_dict(self) -> dict[str, Any]:
        return {
            "id": self.id,
            "parents": list(self.parents),
            "operator": self.operator,
            "turn": self.turn,
            "status": self.status.value,
            "metric": self.metric.to_dict() if self.metric else None,
            "quality": self.quality,
            "plan": self.plan,
            "content": self.content,
            "output": self.output,
            "feedback": self.feedback,
            "usage": self.usage.to_dict(),
            "propose_seconds": self.propose_seconds,
            "evaluate_seconds": self.evaluate_seconds,
            "created_at": self.created_at,
        }

    @classmethod
    def from_dict(cls, data: dict[str, Any]) -> Node:
        values = dict(data)
        values["parents"] = tuple(data["parents"])
        values["status"] = Status(data["status"])
        values["metric"] = Metric.from_dict(data["metric"]) if data["metric"] else None
        values["usage"] = Usage.from_dict(data["usage"])
        return cls(**values)
