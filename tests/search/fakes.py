"""Five-line implementations of the search's Protocols, and nodes to fill a tree with."""

from __future__ import annotations

import time
from collections.abc import Sequence
from pathlib import Path
from random import Random

from search.entries import RunInfo
from search.events import Event
from search.metric import Direction, Metric
from search.node import (
    Expansion,
    Message,
    Node,
    Outcome,
    Proposal,
    Status,
    StepContext,
    Usage,
)
from search.tree import SearchTree

INFO = RunInfo(
    run_id="run",
    created_at=0.0,
    task="task",
    policy="greedy",
    model="fake",
    sandbox="none",
    seed=0,
    metric_name="score",
    direction=Direction.MAXIMIZE,
)


def node(
    node_id: int, *parents: int, score: float | None = None, status: Status | None = None
) -> Node:
    metric = None if score is None else Metric(score, Direction.MAXIMIZE)
    return Node(
        id=node_id,
        parents=parents,
        operator="improve" if parents else "draft",
        status=status or (Status.BUGGY if score is None else Status.VALID),
        metric=metric,
        content=f"content {node_id}",
        created_at=float(node_id),
    )


def tree_of(*nodes: Node) -> SearchTree:
    tree = SearchTree()
    for item in nodes:
        tree.add(item)
    return tree


class EchoOperator:
    """Shows what the policy saw; answers with the step's seed and its parents' contents."""

    def prompt(
        self, tree: SearchTree, expansion: Expansion, context: StepContext
    ) -> tuple[Message, ...]:
        shown = "+".join(tree[parent].content for parent in expansion.parents)
        left = context.remaining_steps
        text = f"{expansion.operator}({shown[-40:]}) sees {len(tree)}, {left} steps left"
        return (Message("user", text),)

    def propose(self, messages: Sequence[Message], context: StepContext) -> Proposal:
        content = f"{context.seed} {messages[0].content}"
        usage = Usage(prompt_tokens=10, completion_tokens=5, cost_usd=0.01)
        return Proposal(
            plan=f"step {context.step}",
            content=content,
            messages=tuple(messages),
            completion=content,
            usage=usage,
        )


class HashEvaluator:
    """A score from the content; every fifth is buggy; takes `pause_seconds` times its hash."""

    def __init__(self, pause_seconds: float = 0.0) -> None:
        self.pause_seconds = pause_seconds

    def evaluate(self, proposal: Proposal, workspace: Path, context: StepContext) -> Outcome:
        draw = Random(proposal.content).random()
        time.sleep(self.pause_seconds * draw)
        (workspace / "submission.csv").write_text(f"{draw}\n")
        if draw < 0.2:
            return Outcome(status=Status.BUGGY, output="Traceback", feedback="it failed")
        metric = Metric(draw, Direction.MAXIMIZE)
        return Outcome(status=Status.VALID, metric=metric, quality=draw, output="ok")


class Recorder:
    """Keeps every event."""

    def __init__(self) -> None:
        self.events: list[Event] = []

    def notify(self, event: Event) -> None:
        self.events.append(event)


def shape(nodes: Sequence[Node]) -> list[tuple[object, ...]]:
    """A tree without its times."""
    rows = [(n.id, n.parents, n.operator, n.status, n.metric, n.content) for n in nodes]
    return sorted(rows, key=lambda row: row[0])  # type: ignore[arg-type, return-value]
