"""The architecture in three small seams, and the one through which a search is watched.

Whatever implements them can be swapped: tests supply five-line fakes, other projects their own.
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from random import Random
from typing import Protocol

from search.events import Event
from search.node import Expansion, Message, Outcome, Proposal, StepContext
from search.tree import SearchTree


class Policy(Protocol):
    """Which node next, and how: a function of the tree and a seeded generator, nothing else."""

    def select(self, tree: SearchTree, rng: Random) -> Expansion: ...


class Operator(Protocol):
    """A new attempt from zero, one or several nodes.

    `prompt` reads the tree and is called by the runner's own thread at the moment of selection, so
    that what the model is shown does not depend on how fast other workers are; `propose` asks the
    model and is called on a worker thread.
    """

    def prompt(
        self, tree: SearchTree, expansion: Expansion, context: StepContext
    ) -> tuple[Message, ...]: ...

    def propose(self, messages: Sequence[Message], context: StepContext) -> Proposal: ...


class Evaluator(Protocol):
    """Runs a proposal and judges it. `workspace` is the node's own folder, already made."""

    def evaluate(self, proposal: Proposal, workspace: Path, context: StepContext) -> Outcome: ...


class Observer(Protocol):
    """Told about every event of a search, in order, from the runner's thread."""

    def notify(self, event: Event) -> None: ...
