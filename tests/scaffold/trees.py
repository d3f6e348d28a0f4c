"""Small search trees and a task without a competition, for the tests of prompts."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from search.metric import Direction, Metric
from search.node import Node, Outcome, Proposal, Status, StepContext
from search.tree import SearchTree


def node(
    step: int,
    *parents: int,
    operator: str = "",
    score: float | None = None,
    error: bool = False,
    plan: str | None = None,
    content: str | None = None,
    output: str = "",
    feedback: str = "",
) -> Node:
    """A node: valid with a score, else buggy, or an error of ours."""
    status = Status.ERROR if error else Status.BUGGY if score is None else Status.VALID
    metric = None if score is None else Metric(score, Direction.MAXIMIZE)
    return Node(
        id=step,
        parents=parents,
        operator=operator or ("improve" if parents else "draft"),
        status=status,
        metric=metric,
        plan=f"Plan {step}. More." if plan is None else plan,
        content=f"x = {step}\n" if content is None else content,
        output=output,
        feedback=feedback,
    )


def tree_of(*nodes: Node) -> SearchTree:
    tree = SearchTree()
    for item in nodes:
        tree.add(item)
    return tree


@dataclass(frozen=True)
class PlainTask:
    """Implements `scaffold.task.Task` without data."""

    text: str = "# Task\n\nSort it.\n\n# Limits\n\ncpus: 1"
    id: str = "plain"
    metric_name: str = "speed"
    direction: Direction = Direction.MAXIMIZE
    language: str = "python"

    def brief(self) -> str:
        return self.text

    def answer_format(self) -> str:
        return "A plan, then one block."

    def evaluate(self, proposal: Proposal, workspace: Path, context: StepContext) -> Outcome:
        raise NotImplementedError


def sections(prompt: str) -> list[str]:
    """The level-1 headings outside fences, read as markdown has it."""
    found, fence = [], ""
    for line in prompt.split("\n"):
        mark = line[: len(line) - len(line.lstrip("`~"))]
        if len(mark) >= 3 and not fence:
            fence = mark
        elif fence and mark.startswith(fence) and not line[len(mark) :].strip():
            fence = ""
        elif not fence and line.startswith("# "):
            found.append(line[2:])
    assert not fence, "a fence is left open"
    return found
