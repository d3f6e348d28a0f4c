"""A search under way, as its events tell it: what the live views show. It prints nothing."""

from __future__ import annotations

from collections import deque
from collections.abc import Sequence
from dataclasses import dataclass, field

from search.budget import Budget
from search.events import (
    Event,
    NodeRecorded,
    SearchStopped,
    StageStarted,
    StepFault,
    StepProgress,
    StepStarted,
)
from search.node import Expansion, Node, Status, Usage
from search.tree import SearchTree
from search.views import text

NUM_KEPT_EVENTS = 20
PHASES = {"asking": "asking the model", "running": "running the script"}


@dataclass(frozen=True, slots=True, kw_only=True)
class WatchedRun:
    """What is known of a run before its next step.

    `nodes` and `spent_seconds` are of earlier sessions, where the run is a resumed one.
    """

    title: str
    policy: str
    model: str
    metric_name: str
    budget: Budget
    started_at: float  # of this session, unix seconds
    nodes: Sequence[Node] = ()
    spent_seconds: float = 0.0


@dataclass(slots=True)
class InFlight:
    """What a worker does: the phase of a step, and since when."""

    step: int
    expansion: Expansion
    phase: str
    since: float


@dataclass(frozen=True, slots=True)
class Remark:
    """An event as one line of literal text; `status` is a node's, or a fault's ("error")."""

    at: float
    text: str
    status: Status | None = None


@dataclass(slots=True)
class SearchProgress:
    """Everything the events so far add up to."""

    run: WatchedRun
    tree: SearchTree = field(default_factory=SearchTree)
    in_flight: dict[int, InFlight] = field(default_factory=dict)
    remarks: deque[Remark] = field(default_factory=lambda: deque(maxlen=NUM_KEPT_EVENTS))
    usage: Usage = field(default_factory=Usage)
    num_steps: int = 0
    stage: StageStarted | None = None

    def __post_init__(self) -> None:
        for node in self.run.nodes:
            self._count(node)

    def take(self, event: Event) -> Remark | None:
        """Adds an event; returns what there is to say about it, None for a step's beginnings."""
        remark = self._remark(event)
        if remark is not None:
            self.remarks.append(remark)
        return remark

    def elapsed_seconds(self, now: float) -> float:
        return self.run.spent_seconds + max(0.0, now - self.run.started_at)

    def _remark(self, event: Event) -> Remark | None:
        match event:
            case StepStarted(step, expansion, at):
                self.in_flight[step] = InFlight(step, expansion, "waiting", at)
                return None
            case StepProgress(step, phase, at):
                if step in self.in_flight:
                    self.in_flight[step].phase = PHASES.get(phase, phase)
                    self.in_flight[step].since = at
                return None
            case StepFault():
                return self._fault(event)
            case NodeRecorded(node):
                return self._recorded(node)
            case StageStarted(stage, detail, at):
                self.stage = event
                return Remark(at, text.one_line(f"{stage}: {detail}" if detail else stage))
            case SearchStopped(reason, at):
                self.in_flight.clear()
                return Remark(at, f"stopped: {text.one_line(reason).replace('_', ' ')}")

    def _fault(self, fault: StepFault) -> Remark:
        wait = fault.retry_seconds
        then = "given up" if wait is None else f"tried again in {text.seconds(wait)}"
        if fault.step in self.in_flight and wait is not None:
            self.in_flight[fault.step].phase = "waiting to try again"
            self.in_flight[fault.step].since = fault.at
        reason = text.one_line(fault.reason)
        line = f"#{fault.step} failed on our side (try {fault.attempt}, {then}): {reason}"
        return Remark(fault.at, line, Status.ERROR)

    def _recorded(self, node: Node) -> Remark:
        before = self.tree.best
        self._count(node)
        line = f"#{node.id} {describe(node.expansion)}: {text.verdict(node)}"
        if self.tree.best is not before:
            line += ", the best so far"
        if node.status is not Status.VALID and node.feedback:
            line += f": {text.one_line(node.feedback)}"
        return Remark(node.created_at, line, node.status)

    def _count(self, node: Node) -> None:
        self.in_flight.pop(node.id, None)
        self.tree.add(node)
        self.usage = self.usage + node.usage
        self.num_steps += node.status is not Status.ERROR


def describe(expansion: Expansion) -> str:
    """An expansion in words: draft, improve #3, combine #3 #7."""
    return " ".join([text.one_line(expansion.operator), *(f"#{id}" for id in expansion.parents)])
