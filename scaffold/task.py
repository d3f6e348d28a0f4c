"""A task: anything that can be both prompted and judged.

`CompetitionTask` is the one of this package; rl/tracks adds competition math and multi-turn tool
use. `run_search(task, model, policy, budget)` works for all of them.
"""

from __future__ import annotations

from typing import Protocol

from search.metric import Direction
from search.protocols import Evaluator


class Task(Evaluator, Protocol):
    """`brief` is the problem as the model reads it, the same at every step: statement, metric,
    data preview, what a script may use. `answer_format` says what to answer with: a fenced block of
    `language` (python for scripts)."""

    @property
    def id(self) -> str: ...

    @property
    def metric_name(self) -> str: ...

    @property
    def direction(self) -> Direction: ...

    @property
    def language(self) -> str: ...

    def brief(self) -> str: ...

    def answer_format(self) -> str: ...
