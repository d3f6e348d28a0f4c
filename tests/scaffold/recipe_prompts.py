"""Prompts as the prompt operator writes them, made from real tiny data."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory

from tiny_data import TINY

from scaffold.preview import preview
from search.node import Message

METRIC_LINES = {name: f"{tiny.metric} (higher is better)" for name, tiny in TINY.items()}


@cache
def data_section(name: str) -> str:
    with TemporaryDirectory() as folder:
        public = Path(folder) / name
        TINY[name].write(public)
        return preview(public)


@dataclass(frozen=True, slots=True, kw_only=True)
class Shown:
    """A solution in a prompt: the model's own earlier answer, and how it went."""

    answer: str
    score: float | None = 0.5
    feedback: str = ""
    output: str = ""

    def section(self, title: str) -> str:
        plan, _, code = self.answer.partition("\n\n```python\n")
        code = code.rpartition("```")[0]
        score = "failed" if self.score is None else f"score {self.score} (higher is better)"
        quoted = "\n".join(f"> {line}" for line in plan.splitlines())
        return (
            f"# {title}\n\nstep 3 (draft): {score}\n\nPlan:\n\n{quoted}\n\n```python\n{code}```\n\n"
            f"Output:\n\n```text\n{self.output}\n```\n\nFeedback:\n\n> {self.feedback}\n"
        )


def messages(
    operator: str,
    *shown: Shown,
    data: str = "binary",
    memory: str = "",
    left: str = "steps left: 7\ntime left: 100 seconds",
    limits: str = "cpus: 1\ntime limit of a script: 600 seconds\nlibraries: numpy, pandas",
) -> tuple[Message, ...]:
    titles = (
        ["Previous solution"]
        if len(shown) == 1
        else [f"Solution {i + 1}" for i in range(len(shown))]
    )
    parts = [
        "# Task\n\nPredict it.\n\n## Data\n\n```text\n# Metric\nnot a heading\n```",
        f"# Metric\n\n{METRIC_LINES[data]}",
        f"# Data\n\n{data_section(data)}",
        f"# Limits\n\n{limits}\n{left}",
        f"# Instruction\n\noperator: {operator}\n\nDo it.",
        *(solution.section(title) for title, solution in zip(titles, shown, strict=True)),
        f"# Memory\n\n{memory}",
        "# Answer format\n\nA plan, then one block.",
    ]
    return (Message("system", "You write scripts."), Message("user", "\n\n".join(parts)))
