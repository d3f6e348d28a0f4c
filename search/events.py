"""What a search tells its observers. Recorded facts go to the journal; these are for watching."""

from __future__ import annotations

from dataclasses import dataclass

from search.node import Expansion, Node


@dataclass(frozen=True, slots=True)
class StepStarted:
    """A worker begins a step. `at` is unix time in seconds, as everywhere."""

    step: int
    expansion: Expansion
    at: float


@dataclass(frozen=True, slots=True)
class StepProgress:
    """A step enters a phase: `asking` (the model writes) or `running` (the script runs)."""

    step: int
    phase: str
    at: float


@dataclass(frozen=True, slots=True)
class StepFault:
    """Our infrastructure failed; the step is tried again after `retry_seconds` (None: given up)."""

    step: int
    attempt: int
    reason: str
    retry_seconds: float | None
    at: float


@dataclass(frozen=True, slots=True)
class NodeRecorded:
    """A node is durable in the journal and in the tree."""

    node: Node


@dataclass(frozen=True, slots=True)
class StageStarted:
    """Work after the search itself: `selection`, `refit`, `grade_all`; `detail` for people."""

    stage: str
    detail: str
    at: float


@dataclass(frozen=True, slots=True)
class SearchStopped:
    """No further step will start; `reason` is the budget's word for it."""

    reason: str
    at: float


Event = StepStarted | StepProgress | StepFault | NodeRecorded | StageStarted | SearchStopped
