"""The facts a journal holds, one class a kind of line.

A line is `{"event": NAME, ...fields}`. Times (`at`) are unix seconds. Nothing is ever changed or
taken back: a later entry about the same node adds to an earlier one.
"""

from __future__ import annotations

from dataclasses import dataclass, field, fields
from typing import Any, Self

from search.metric import Direction, Metric
from search.node import Node


@dataclass(frozen=True, slots=True, kw_only=True)
class RunInfo:
    """What a run is about, for the header of its journal. `task` is the competition's id."""

    run_id: str
    created_at: float
    task: str
    policy: str
    model: str
    sandbox: str
    seed: int
    metric_name: str
    direction: Direction

    def to_dict(self) -> dict[str, Any]:
        return {item.name: getattr(self, item.name) for item in fields(self)}

    @classmethod
    def from_dict(cls, data: dict[str, Any]) -> Self:
        return cls(**{**data, "direction": Direction(data["direction"])})


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """One line. Subclasses whose fields are not plain JSON override `from_dict`."""

    at: float

    def to_dict(self) -> dict[str, Any]:
        return {item.name: _plain(getattr(self, item.name)) for item in fields(self)}

    @classmethod
    def from_dict(cls, data: dict[str, Any]) -> Self:
        return cls(**data)


@dataclass(frozen=True, slots=True, kw_only=True)
class SessionStarted(Entry):
    """A process begins to work on the run; what it spends counts from here.

    `changed` (name -> value) is what is no longer as the header says, the model for instance.
    """

    pid: int
    changed: dict[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class NodeAdded(Entry):
    """A step has ended: the node, whole."""

    node: Node

    @classmethod
    def from_dict(cls, data: dict[str, Any]) -> Self:
        return cls(at=data["at"], node=Node.from_dict(data["node"]))


@dataclass(frozen=True, slots=True, kw_only=True)
class FaultSeen(Entry):
    """Our infrastructure failed in a step; it was tried again, or given up as an error node."""

    step: int
    attempt: int
    reason: str


@dataclass(frozen=True, slots=True, kw_only=True)
class SearchEnded(Entry):
    """A session stopped starting steps; `reason` is a `StopReason`."""

    reason: str


@dataclass(frozen=True, slots=True, kw_only=True)
class AnswersRead(Entry):
    """Hidden answers were read: which `split`, for which nodes, why. Written before the read."""

    split: str
    nodes: list[int]
    purpose: str


@dataclass(frozen=True, slots=True, kw_only=True)
class NodeScored(Entry):
    """A node's score on a hidden split; `metric` None where it has none, `reason` says why."""

    split: str
    node: int
    metric: Metric | None
    reason: str = ""

    @classmethod
    def from_dict(cls, data: dict[str, Any]) -> Self:
        metric = Metric.from_dict(data["metric"]) if data["metric"] else None
        return cls(**{**data, "metric": metric})


@dataclass(frozen=True, slots=True, kw_only=True)
class FinalistsChosen(Entry):
    """The order in which nodes are refit; the first whose refit is valid is the run's best."""

    nodes: list[int]
    rule: str


@dataclass(frozen=True, slots=True, kw_only=True)
class NodeRefit(Entry):
    """A node's script was run on the full public data; `valid` says its submission can be sent."""

    node: int
    valid: bool
    reason: str
    seconds: float


@dataclass(frozen=True, slots=True, kw_only=True)
class RunFinished(Entry):
    """Everything owed is done. `best` is the node behind best/, None where no node was valid;
    `summary` (label -> text) is what the report says about it, the test score among it."""

    best: int | None
    summary: dict[str, str]


KINDS: dict[str, type[Entry]] = {
    "session": SessionStarted,
    "node": NodeAdded,
    "fault": FaultSeen,
    "ended": SearchEnded,
    "read": AnswersRead,
    "scored": NodeScored,
    "finalists": FinalistsChosen,
    "refit": NodeRefit,
    "finished": RunFinished,
}
_NAMES = {kind: name for name, kind in KINDS.items()}


def encode(entry: Entry) -> dict[str, Any]:
    return {"event": _NAMES[type(entry)], **entry.to_dict()}


def decode(data: dict[str, Any]) -> Entry:
    """Raises KeyError or TypeError for a line of another shape."""
    values = dict(data)
    return KINDS[values.pop("event")].from_dict(values)


def _plain(value: Any) -> Any:
    return value.to_dict() if hasattr(value, "to_dict") else value
