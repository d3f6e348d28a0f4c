from __future__ import annotations

import os
import signal
import threading
import time
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from random import Random
from typing import Any

import pytest
from fakes import INFO, EchoOperator, HashEvaluator, Recorder, shape

from search.budget import Budget, StopReason
from search.errors import PartFailedError
from search.events import NodeRecorded, SearchStopped, StepFault, StepStarted
from search.journal import Journal
from search.node import Expansion, Message, Outcome, Proposal, Status, StepContext
from search.policies.greedy import Greedy
from search.replay import Replay
from search.run_folder import RunFolder
from search.runner import Recorded, Runner, SearchPlan
from search.tree import SearchTree

NO_WAIT = (0.0, 0.0)


def plan(**changes: Any) -> SearchPlan:
    base = SearchPlan(
        policy=Greedy(num_drafts=3),
        operator=EchoOperator(),
        evaluator=HashEvaluator(),
        budget=Budget(num_steps=12),
        retry_seconds=NO_WAIT,
    )
    return replace(base, **changes)


def searched(path: Path, search: SearchPlan) -> tuple[StopReason, Runner, Replay]:
    """A whole search in a new folder below `path`, and what its journal says."""
    folder = RunFolder.create(path, "task")
    with Journal.create(folder.journal_path, INFO) as journal:
        runner = Runner(search, folder, journal)
        reason = runner.run()
    return reason, runner, Replay.of(folder.journal_path)


@pytest.mark.parametrize("num_workers", [1, 4])
def test_a_search_records_every_step_and_its_files(tmp_path: Path, num_workers: int) -> None:
    watcher = Recorder()
    reason, runner, replay = searched(tmp_path, plan(num_workers=num_workers, observers=(watcher,)))
    assert reason is StopReason.STEPS
    assert sorted(node.id for node in replay.nodes) == list(range(12))
    assert len(runner.tree) == 12
    assert runner.spend.usage.total_tokens == 12 * 15
    folder = next(tmp_path.iterdir())
    for node in replay.nodes:
        directory = folder / "nodes" / f"{node.id:04d}"
        assert (directory / "solution.py").read_text() == node.content
        assert RunFolder(folder).read_prompt(node.id)[0].role == "user"
        assert (directory / "submission.csv").is_file()
    kinds = [type(event) for event in watcher.events]
    assert kinds.count(StepStarted) == kinds.count(NodeRecorded) == 12
    assert kinds[-1] is SearchStopped


def test_parents_are_recorded_before_children_whatever_finishes_first(tmp_path: Path) -> None:
    evaluator = HashEvaluator(pause_seconds=0.02)
    _, _, replay = searched(tmp_path, plan(num_workers=4, evaluator=evaluator))
    seen: set[int] = set()
    for node in replay.nodes:
        assert seen.issuperset(node.parents)
        seen.add(node.id)


@pytest.mark.parametrize("num_workers", [1, 2, 4])
def test_a_deterministic_search_does_not_depend_on_timing(tmp_path: Path, num_workers: int) -> None:
    trees = [
        shape(
            searched(
                tmp_path / str(pause),
                plan(
                    num_workers=num_workers,
                    deterministic=True,
                    evaluator=HashEvaluator(pause),
                ),
            )[2].nodes
        )
        for pause in (0.0, 0.01, 0.03)
    ]
    assert trees[0] == trees[1] == trees[2]


def test_another_seed_gives_another_search(tmp_path: Path) -> None:
    one = searched(tmp_path / "1", plan(seed=1))[2].nodes
    two = searched(tmp_path / "2", plan(seed=2))[2].nodes
    assert shape(one) != shape(two)


class Failing(HashEvaluator):
    """Fails as infrastructure the first `times` times it is asked about a step."""

    def __init__(self, times: int, raising: bool) -> None:
        super().__init__()
        self.times, self.raising, self.tries = times, raising, dict[int, int]()

    def evaluate(self, proposal: Proposal, workspace: Path, context: StepContext) -> Outcome:
        self.tries[context.step] = self.tries.get(context.step, 0) + 1
        if self.tries[context.step] <= self.times:
            if self.raising:
                raise ConnectionError("engine gone")
            return Outcome(status=Status.ERROR, feedback="engine gone")
        return super().evaluate(proposal, workspace, context)


@pytest.mark.parametrize("raising", [True, False])
def test_a_passing_fault_is_tried_again_and_changes_nothing(tmp_path: Path, raising: bool) -> None:
    calm = searched(tmp_path / "calm", plan())[2]
    shaken = searched(tmp_path / "shaken", plan(evaluator=Failing(2, raising)))[2]
    assert shape(calm.nodes) == shape(shaken.nodes)
    assert [fault.reason for fault in shaken.faults] == ["engine gone"] * 24
    assert not calm.faults


def test_a_lasting_fault_stops_the_run_and_costs_no_step(tmp_path: Path) -> None:
    watcher = Recorder()
    reason, runner, replay = searched(
        tmp_path, plan(evaluator=Failing(99, False), observers=(watcher,))
    )
    assert reason is StopReason.INFRASTRUCTURE
    assert [node.status for node in replay.nodes] == [Status.ERROR] * 3
    assert runner.spend.num_steps == 0
    faults = [event for event in watcher.events if isinstance(event, StepFault)]
    assert [fault.retry_seconds for fault in faults] == [0.0, 0.0, None] * 3


class Once(HashEvaluator):
    """One step's first tries all fail as infrastructure; the others are quick."""

    def __init__(self, step: int, pause_seconds: float) -> None:
        super().__init__()
        self.step, self.pause = step, pause_seconds

    def evaluate(self, proposal: Proposal, workspace: Path, context: StepContext) -> Outcome:
        if context.step == self.step:
            time.sleep(self.pause)
            return Outcome(status=Status.ERROR, feedback="engine gone")
        return super().evaluate(proposal, workspace, context)


@pytest.mark.parametrize("deterministic", [True, False])
@pytest.mark.parametrize("pause", [0.0, 0.02])
def test_an_error_among_the_last_steps_costs_no_step(
    tmp_path: Path, pause: float, deterministic: bool
) -> None:
    search = plan(num_workers=4, deterministic=deterministic, evaluator=Once(11, pause))
    reason, runner, replay = searched(tmp_path, search)
    assert reason is StopReason.STEPS
    assert runner.spend.num_steps == 12
    assert sorted(node.id for node in replay.nodes) == list(range(13))


class Leaving(HashEvaluator):
    """Other people's code may do anything."""

    def evaluate(self, proposal: Proposal, workspace: Path, context: StepContext) -> Outcome:
        raise SystemExit("bye")


class Answerless(EchoOperator):
    def propose(self, messages: Sequence[Message], context: StepContext) -> Proposal:
        return None  # type: ignore[return-value]


@pytest.mark.parametrize(
    ("parts", "reason"),
    [
        ({"evaluator": Leaving()}, "bye"),
        ({"operator": Answerless()}, "Answerless gave None, not Proposal"),
    ],
    ids=["evaluator", "operator"],
)
def test_no_worker_dies_of_the_code_it_calls(
    tmp_path: Path, parts: dict[str, Any], reason: str
) -> None:
    stopped, _, replay = searched(tmp_path, plan(num_workers=2, **parts))
    assert stopped is StopReason.INFRASTRUCTURE
    assert {node.feedback for node in replay.nodes} == {reason}


class BrokenPolicy:
    """Fails at the sixth node, or expands a node that does not exist."""

    def __init__(self, expansion: Expansion | None) -> None:
        self.expansion = expansion

    def select(self, tree: SearchTree, rng: Random) -> Expansion:
        if len(tree) + len(tree.pending) < 6:
            return Expansion((), "draft")
        if self.expansion is None:
            raise ZeroDivisionError("a mistake")
        return self.expansion


@pytest.mark.parametrize(
    ("expansion", "message"),
    [
        (None, r"step 6 .* ZeroDivisionError: a mistake \(test_runner.py, line \d+\)"),
        (Expansion((99,), "improve"), r"BrokenPolicy expands unknown nodes \[99\]"),
    ],
    ids=["raises", "unknown node"],
)
def test_a_broken_policy_stops_the_search_and_loses_nothing(
    tmp_path: Path, expansion: Expansion | None, message: str
) -> None:
    search = plan(policy=BrokenPolicy(expansion), num_workers=3, evaluator=HashEvaluator(0.01))
    with pytest.raises(PartFailedError, match=message) as caught:
        searched(tmp_path, search)
    assert "resume" in caught.value.hint
    replay = Replay.of(next(tmp_path.iterdir()) / "journal.jsonl")
    assert sorted(node.id for node in replay.nodes) == list(range(6))
    assert replay.stop_reason == "failed"


def test_an_observer_that_fails_is_told_no_more_and_the_search_goes_on(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    class Blind(Recorder):
        def notify(self, event: object) -> None:
            super().notify(event)  # type: ignore[arg-type]
            raise RuntimeError("no terminal")

    blind, watcher = Blind(), Recorder()
    reason, _, replay = searched(tmp_path, plan(observers=(blind, watcher)))
    assert (reason, len(replay.nodes)) == (StopReason.STEPS, 12)
    assert len(blind.events) == 1
    assert type(watcher.events[-1]) is SearchStopped
    assert "Blind failed and watches no more" in caplog.text


def test_an_evaluation_is_told_the_time_that_is_left_when_it_begins(tmp_path: Path) -> None:
    told: list[tuple[float, float]] = []

    class Slow(EchoOperator):
        def propose(self, messages: Sequence[Message], context: StepContext) -> Proposal:
            time.sleep(0.05)
            return super().propose(messages, context)

    class Listening(HashEvaluator):
        def evaluate(self, proposal: Proposal, workspace: Path, context: StepContext) -> Outcome:
            assert context.remaining_seconds is not None
            told.append((float(proposal.plan.split()[1]), context.remaining_seconds))
            return super().evaluate(proposal, workspace, context)

    search = plan(
        operator=Slow(), evaluator=Listening(), budget=Budget(num_steps=2, seconds=1000.0)
    )
    searched(tmp_path, search)
    assert [step for step, _ in told] == [0, 1]
    assert told[0][1] <= 1000.0 - 0.05
    assert told[1][1] <= told[0][1] - 0.05


class WrongKeyError(Exception):
    hint = "set the key"


class Refused(EchoOperator):
    def propose(self, messages: Sequence[Message], context: StepContext) -> Proposal:
        if context.step == 4:
            raise WrongKeyError("the key is wrong")
        return super().propose(messages, context)


def test_an_error_of_the_user_stops_the_search_and_keeps_the_rest(tmp_path: Path) -> None:
    with pytest.raises(WrongKeyError):
        searched(tmp_path, plan(operator=Refused(), num_workers=2))
    replay = Replay.of(next(tmp_path.iterdir()) / "journal.jsonl")
    assert {0, 1, 2, 3} <= {node.id for node in replay.nodes}
    assert 4 not in {node.id for node in replay.nodes}
    assert replay.stop_reason == "failed"


class Unparsable(EchoOperator):
    def propose(self, messages: Sequence[Message], context: StepContext) -> Proposal:
        return replace(super().propose(messages, context), problem="no code block", content="")


def test_what_cannot_be_parsed_is_buggy_and_not_run(tmp_path: Path) -> None:
    _, _, replay = searched(tmp_path, plan(operator=Unparsable(), budget=Budget(num_steps=2)))
    assert [node.status for node in replay.nodes] == [Status.BUGGY] * 2
    assert replay.nodes[0].feedback == "Nothing was run: no code block"
    assert not list(tmp_path.rglob("submission.csv"))


@pytest.mark.parametrize(
    ("budget", "reason", "num_nodes"),
    [
        (Budget(num_steps=3), StopReason.STEPS, 3),
        (Budget(num_steps=0), StopReason.STEPS, 0),
        (Budget(num_tokens=40), StopReason.TOKENS, 3),
        (Budget(usd=0.025), StopReason.USD, 3),
        (Budget(seconds=0.0), StopReason.WALL_CLOCK, 0),
    ],
)
def test_budgets_stop_the_search(
    tmp_path: Path, budget: Budget, reason: StopReason, num_nodes: int
) -> None:
    stopped, _, replay = searched(tmp_path, plan(budget=budget))
    assert (stopped, len(replay.nodes), replay.stop_reason) == (reason, num_nodes, reason.value)


def test_an_unknown_price_ends_a_search_with_a_dollar_limit(tmp_path: Path) -> None:
    class Unpriced(EchoOperator):
        def propose(self, messages: Sequence[Message], context: StepContext) -> Proposal:
            proposal = super().propose(messages, context)
            return replace(proposal, usage=replace(proposal.usage, cost_usd=None))

    reason, _, replay = searched(tmp_path, plan(operator=Unpriced(), budget=Budget(usd=1.0)))
    assert (reason, len(replay.nodes)) == (StopReason.COST_UNKNOWN, 1)


def test_ctrl_c_stops_at_once_and_cancels_what_runs(tmp_path: Path) -> None:
    cancelled = threading.Event()

    class Waiting(HashEvaluator):
        def evaluate(self, proposal: Proposal, workspace: Path, context: StepContext) -> Outcome:
            if context.step == 3:
                os.kill(os.getpid(), signal.SIGINT)
                cancelled.wait(30)
            return super().evaluate(proposal, workspace, context)

    start = time.monotonic()
    reason, _, replay = searched(tmp_path, plan(evaluator=Waiting(), cancel=cancelled.set))
    assert reason is StopReason.INTERRUPTED
    assert cancelled.is_set()
    assert time.monotonic() - start < 20
    assert [node.id for node in replay.nodes] == [0, 1, 2]
    assert replay.stop_reason == "interrupted"


@pytest.mark.parametrize("num_workers", [1, 3])
@pytest.mark.parametrize("kept", range(13))
def test_resuming_after_any_node_gives_the_same_tree(
    tmp_path: Path, kept: int, num_workers: int
) -> None:
    search = plan(num_workers=num_workers, deterministic=True, evaluator=HashEvaluator(0.005))
    whole = searched(tmp_path / "whole", search)[2].nodes
    folder = RunFolder.create(tmp_path / "part", "task")
    with Journal.create(folder.journal_path, INFO) as journal:
        runner = Runner(search, folder, journal, Recorded(nodes=whole[:kept], seconds=1.0))
        assert runner.run() is StopReason.STEPS
        assert runner.spend.seconds >= 1.0
    owed = Replay.of(folder.journal_path).nodes
    assert shape([*whole[:kept], *owed]) == shape(whole)
    assert shape(list(runner.tree)) == shape(whole)
