"""The runner: selects steps, hands them to worker threads, records what comes back.

One thread (the caller's) owns tree, journal and budget; workers only carry steps out. A node's id
is its step's number. A resumed run is the same loop over the same steps: those that the journal
holds are taken from it, the others are owed.

With one worker, or with `deterministic`, step s is selected on exactly the nodes up to s - W (W
workers) with the steps between as pending, whatever finished when: nodes that finish earlier wait
outside the tree. Otherwise a node enters the tree as soon as it is recorded, and no worker waits.
"""

from __future__ import annotations

import hashlib
import logging
import os
import threading
import time
import traceback
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from queue import SimpleQueue
from random import Random

from search.budget import Budget, Ledger, Spend, StopReason
from search.entries import FaultSeen, NodeAdded, SearchEnded, SessionStarted
from search.errors import Hinted, PartFailedError
from search.events import Event, NodeRecorded, SearchStopped, StepFault, StepStarted
from search.interrupts import interrupts_call, interrupts_held_back
from search.journal import Journal
from search.node import Expansion, Message, Node, StepContext
from search.protocols import Evaluator, Observer, Operator, Policy
from search.run_folder import RunFolder
from search.steps import RETRY_SECONDS, Step, StepDone, StepMessage, StepRunner
from search.tree import SearchTree

logger = logging.getLogger(__name__)

ERRORS_IN_A_ROW = 3
END_SECONDS = 5.0


@dataclass(frozen=True, slots=True, kw_only=True)
class SearchPlan:
    """What a search is made of. `language` names the solution files; `cancel` is called when the
    search is interrupted and must make running evaluations return soon; `changed` is noted in the
    journal (`SessionStarted`)."""

    policy: Policy
    operator: Operator
    evaluator: Evaluator
    budget: Budget
    seed: int = 0
    num_workers: int = 1
    deterministic: bool = False
    language: str = "python"
    observers: Sequence[Observer] = ()
    retry_seconds: tuple[float, ...] = RETRY_SECONDS
    cancel: Callable[[], None] = lambda: None
    changed: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class Recorded:
    """What the journal already holds of a run: its nodes in journal order, and its time."""

    nodes: Sequence[Node] = ()
    seconds: float = 0.0


class Runner:
    """Runs one session of a search over a run folder. Use once; `tree` is the result."""

    def __init__(
        self, plan: SearchPlan, folder: RunFolder, journal: Journal, recorded: Recorded = Recorded()
    ) -> None:
        self.tree = SearchTree()
        self._plan = plan
        self._folder = folder
        self._journal = journal
        self._done = {node.id: node for node in recorded.nodes}  # recorded, by id
        self._lag = plan.num_workers if plan.deterministic or plan.num_workers == 1 else None
        self._next_step = 0
        self._num_admitted = 0  # with a lag: all ids below are in the tree
        self._in_flight: set[int] = set()
        self._ledger = Ledger(Spend(seconds=recorded.seconds))
        for node in recorded.nodes:
            self._ledger.count(node)
            if self._lag is None:
                self.tree.add(node)
        self._ledger.errors_in_a_row = 0
        self._stop: StopReason | None = None
        self._fatal: Exception | None = None
        self._interrupted = False
        self._observers = list(plan.observers)
        self._stopping = threading.Event()
        self._workers: list[threading.Thread] = []
        self._steps: SimpleQueue[Step | None] = SimpleQueue()
        self._messages: SimpleQueue[StepMessage | None] = SimpleQueue()

    @property
    def spend(self) -> Spend:
        return self._ledger.now(0)

    def run(self) -> StopReason:
        """Searches until the budget ends, everything fails or Ctrl-C; records why.

        Raises:
            RecordingError: the journal or a node's files cannot be written.
            PartFailedError: policy or operator failed; what was in flight is recorded.
            Exception: a hinted error of operator or evaluator, likewise.
        """
        changed = dict(self._plan.changed)
        self._journal.append(SessionStarted(at=time.time(), pid=os.getpid(), changed=changed))
        self._start_workers()
        try:
            with interrupts_call(self._interrupt):
                self._loop()
        except KeyboardInterrupt:
            self._interrupted = True
        finally:
            self._end_workers()
        self._admit_rest()
        if self._interrupted:
            self._stop, self._fatal = StopReason.INTERRUPTED, None
        reason = self._stop or StopReason.FAILED
        self._journal.append(SearchEnded(at=time.time(), reason=reason.value))
        self._notify(SearchStopped(reason.value, time.time()))
        if self._fatal is not None:
            raise self._fatal
        return reason

    def _interrupt(self) -> None:
        """Called in a signal handler: notes it, and wakes the loop."""
        self._interrupted = True
        self._messages.put(None)

    def _loop(self) -> None:
        while not self._interrupted:
            self._start_due_steps()
            if not self._in_flight:
                return
            if (message := self._messages.get()) is not None:
                self._handle(message)

    def _start_due_steps(self) -> None:
        """Starts steps until every worker is busy, the budget ends or the next one must wait.

        The budget counts a step in flight as one, and decides only when none is: an error of ours
        costs no step, so that another may start in its place.
        """
        while len(self._in_flight) < self._plan.num_workers and self._stop is None:
            self._skip_recorded()
            reason = self._plan.budget.stop_reason(self._ledger.now(len(self._in_flight)))
            if reason is not None:
                if not self._in_flight:
                    self._stop = reason
                return
            if not self._admit(self._next_step - (self._lag or 0) + 1):
                return
            self._start(self._next_step)
            self._next_step += 1

    def _skip_recorded(self) -> None:
        """Passes steps the journal holds; with a lag they are pending until they are admitted."""
        while self._next_step in self._done:
            if self._lag is not None:
                self._admit(self._next_step - self._lag + 1)
                self.tree.begin(self._next_step, self._done[self._next_step].expansion)
            self._next_step += 1

    def _admit(self, below: int) -> bool:
        """With a lag: lets the nodes with ids under `below` into the tree, in the order of ids.

        Returns False when one of them has not finished yet.
        """
        while self._lag is not None and self._num_admitted < below:
            node = self._done.get(self._num_admitted)
            if node is None:
                return False
            self.tree.add(node)
            self._num_admitted += 1
        return True

    def _admit_rest(self) -> None:
        """At the end: lets in what the lag still holds back, also behind a lost step."""
        for node_id in sorted(self._done):
            if node_id not in self.tree:
                self.tree.add(self._done[node_id])

    def _start(self, step: int) -> None:
        context = self._context(step)
        try:
            expansion, messages = self._select(context)
        except Exception as error:  # policies and operators may be other people's code
            self._fail(error if isinstance(error, Hinted) else _part_failed(step, error))
            return
        self.tree.begin(step, expansion)
        self._in_flight.add(step)
        workspace = self._folder.begin_node(step)
        self._notify(StepStarted(step, expansion, time.time()))
        self._steps.put(
            Step(expansion=expansion, messages=messages, context=context, workspace=workspace)
        )

    def _context(self, step: int) -> StepContext:
        """The steps told to be left depend on the tree alone, so that a resumed run tells the same:
        every earlier step is one, unless the tree knows it as an error."""
        plan, spend = self._plan, self._ledger.now(0)
        before = replace(spend, num_steps=step - self.tree.num_errors)
        return StepContext(
            step=step,
            seed=step_seed(plan.seed, step),
            remaining_steps=plan.budget.remaining_steps(before),
            remaining_seconds=plan.budget.remaining_seconds(spend),
        )

    def _select(self, context: StepContext) -> tuple[Expansion, tuple[Message, ...]]:
        plan = self._plan
        expansion = plan.policy.select(self.tree, Random(f"{plan.seed}/{context.step}"))
        if unknown := [parent for parent in expansion.parents if parent not in self.tree]:
            raise ValueError(f"{type(plan.policy).__name__} expands unknown nodes {unknown}")
        return expansion, plan.operator.prompt(self.tree, expansion, context)

    def _handle(self, message: StepMessage) -> None:
        if isinstance(message, StepDone):
            self._finish(message)
            return
        if isinstance(message, StepFault):
            self._journal.append(
                FaultSeen(
                    at=message.at, step=message.step, attempt=message.attempt, reason=message.reason
                )
            )
        self._notify(message)

    def _finish(self, done: StepDone) -> None:
        node = done.node
        self._in_flight.remove(node.id)
        if done.fatal is not None:
            self._fail(done.fatal)
            return
        self._folder.write_node(node, done.proposal, self._plan.language)
        self._journal.append(NodeAdded(at=node.created_at, node=node))
        self._done[node.id] = node
        if self._lag is None:
            self.tree.add(node)
        self._ledger.count(node)
        self._notify(NodeRecorded(node))
        if self._ledger.errors_in_a_row >= ERRORS_IN_A_ROW:
            self._stop = StopReason.INFRASTRUCTURE

    def _fail(self, error: Exception) -> None:
        """No further step starts; what is in flight is still recorded."""
        self._fatal = self._fatal or error
        self._stop = StopReason.FAILED

    def _start_workers(self) -> None:
        carrier = StepRunner(
            operator=self._plan.operator,
            evaluator=self._plan.evaluator,
            send=self._messages.put,
            stopping=self._stopping,
            retry_seconds=self._plan.retry_seconds,
        )
        for number in range(self._plan.num_workers):
            # Daemons: a model call that hangs must not keep an interrupted process alive.
            worker = threading.Thread(
                target=carrier.work, args=(self._steps,), name=f"worker-{number}", daemon=True
            )
            self._workers.append(worker)
            worker.start()

    def _end_workers(self) -> None:
        """Cancels what is in flight and waits a little: a worker may be starting a sandbox, which
        only it can close."""
        self._stopping.set()
        for _ in self._workers:
            self._steps.put(None)
        with interrupts_held_back():
            if self._in_flight:
                self._plan.cancel()
            deadline = time.monotonic() + END_SECONDS
            for worker in self._workers:
                worker.join(max(0.0, deadline - time.monotonic()))

    def _notify(self, event: Event) -> None:
        """Who fails at watching is not told any more: the search goes on."""
        for observer in tuple(self._observers):
            try:
                observer.notify(event)
            except Exception:  # views may be other people's code
                logger.exception("%s failed and watches no more", type(observer).__name__)
                self._observers.remove(observer)


def _part_failed(step: int, error: Exception) -> PartFailedError:
    frames = traceback.extract_tb(error.__traceback__)
    place = f" ({Path(frames[-1].filename).name}, line {frames[-1].lineno})" if frames else ""
    failed = PartFailedError(
        f"step {step} could not be selected: {type(error).__name__}: {error}{place}",
        hint="mend the policy or the operator (--debug shows where), then resume the run",
    )
    failed.__cause__ = error
    return failed


def step_seed(seed: int, step: int) -> int:
    """The seed of a step's samples: 31 bits from a hash of (run seed, step)."""
    digest = hashlib.sha256(f"{seed}/{step}".encode()).digest()
    return int.from_bytes(digest[:4], "big") >> 1
