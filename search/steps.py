"""One step on a worker thread: ask the model, run what it wrote, try again when *we* fail.

A worker never touches the tree, the journal or the run folder's other nodes: it gets a `Step`, and
sends `StepProgress`, `StepFault` and at last one `StepDone` to the runner's queue.
"""

from __future__ import annotations

import logging
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from pathlib import Path
from queue import SimpleQueue
from typing import TypeVar

from search.errors import Hinted
from search.events import StepFault, StepProgress
from search.node import Expansion, Message, Node, Outcome, Proposal, Status, StepContext, Usage
from search.protocols import Evaluator, Operator

logger = logging.getLogger(__name__)

RETRY_SECONDS = (1.0, 5.0, 20.0)

Value = TypeVar("Value")


@dataclass(frozen=True, slots=True, kw_only=True)
class Step:
    """Everything a worker needs to know."""

    expansion: Expansion
    messages: tuple[Message, ...]
    context: StepContext
    workspace: Path


@dataclass(frozen=True, slots=True, kw_only=True)
class StepDone:
    """A step's end. `fatal` is an error that the user must mend: the step has no node then."""

    node: Node
    proposal: Proposal | None
    fatal: Exception | None = None


StepMessage = StepProgress | StepFault | StepDone


@dataclass(frozen=True, slots=True, kw_only=True)
class StepRunner:
    """Carries steps out; shared by all workers. `retry_seconds` are the waits between tries."""

    operator: Operator
    evaluator: Evaluator
    send: Callable[[StepMessage], None]
    stopping: threading.Event
    retry_seconds: tuple[float, ...] = RETRY_SECONDS

    def work(self, steps: SimpleQueue[Step | None]) -> None:
        """A worker thread's life: steps until None."""
        while (step := steps.get()) is not None:
            self.send(self.carry_out(step))

    def carry_out(self, step: Step) -> StepDone:
        attempt = _Attempt(step)
        for number, wait in enumerate((*self.retry_seconds, None), start=1):
            self._try(attempt)
            if attempt.outcome.status is not Status.ERROR or attempt.fatal is not None:
                break
            reason = attempt.outcome.feedback
            self.send(StepFault(step.context.step, number, reason, wait, time.time()))
            if wait is None or self.stopping.wait(wait):
                break
        return attempt.done()

    def _try(self, attempt: _Attempt) -> None:
        """One try. What an earlier one got from the model is kept: it was paid for.

        Nothing that operator or evaluator raise (SystemExit too) may end the worker: the runner
        would wait for this step for ever.
        """
        try:
            if attempt.proposal is None:
                self._ask(attempt)
            self._judge(attempt)
        except BaseException as error:  # the worker boundary: a failure of ours becomes data
            logger.debug("step %d failed", attempt.step.context.step, exc_info=True)
            attempt.outcome = Outcome(status=Status.ERROR, feedback=describe(error))
            if isinstance(error, Hinted) and isinstance(error, Exception):
                attempt.fatal = error

    def _ask(self, attempt: _Attempt) -> None:
        step = attempt.step
        self.send(StepProgress(step.context.step, "asking", time.time()))
        start = time.monotonic()
        try:
            proposal = self.operator.propose(step.messages, step.context)
        finally:
            attempt.propose_seconds += time.monotonic() - start
        attempt.proposal = _checked(proposal, Proposal, self.operator)

    def _judge(self, attempt: _Attempt) -> None:
        step, proposal = attempt.step, attempt.proposal
        assert proposal is not None
        if proposal.problem is not None:
            feedback = f"Nothing was run: {proposal.problem}"
            attempt.outcome = Outcome(status=Status.BUGGY, feedback=feedback)
            return
        self.send(StepProgress(step.context.step, "running", time.time()))
        start = time.monotonic()
        try:
            outcome = self.evaluator.evaluate(proposal, step.workspace, attempt.context())
        finally:
            attempt.evaluate_seconds += time.monotonic() - start
        attempt.outcome = _checked(outcome, Outcome, self.evaluator)


@dataclass(slots=True)
class _Attempt:
    """What the tries of one step have come to so far."""

    step: Step
    proposal: Proposal | None = None
    outcome: Outcome = field(default_factory=lambda: Outcome(status=Status.ERROR))
    propose_seconds: float = 0.0
    evaluate_seconds: float = 0.0
    fatal: Exception | None = None
    started_at: float = field(default_factory=time.monotonic)

    def context(self) -> StepContext:
        """The step's, less the time that has passed since it was selected."""
        context = self.step.context
        if context.remaining_seconds is None:
            return context
        left = context.remaining_seconds - (time.monotonic() - self.started_at)
        return replace(context, remaining_seconds=max(0.0, left))

    def done(self) -> StepDone:
        step, proposal, outcome = self.step, self.proposal, self.outcome
        node = Node(
            id=step.context.step,
            parents=step.expansion.parents,
            operator=step.expansion.operator,
            status=outcome.status,
            metric=outcome.metric,
            quality=outcome.quality,
            plan=proposal.plan if proposal else "",
            content=proposal.content if proposal else "",
            output=outcome.output,
            feedback=outcome.feedback,
            usage=proposal.usage if proposal else Usage(),
            propose_seconds=self.propose_seconds,
            evaluate_seconds=self.evaluate_seconds,
            created_at=time.time(),
        )
        return StepDone(node=node, proposal=proposal, fatal=self.fatal)


def describe(error: BaseException) -> str:
    """One line for people: the error's own first line, or its type where it says nothing."""
    text = str(error).strip()
    return text.splitlines()[0] if text else type(error).__name__


def _checked(value: Value, kind: type[Value], giver: object) -> Value:
    """What other people's code has given, if it is what its Protocol says."""
    if not isinstance(value, kind):
        raise TypeError(f"{type(giver).__name__} gave {value!r:.80}, not {kind.__name__}")
    return value
