"""The three ways grading can end, and the three sets of rows it can be asked for."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum


class Split(StrEnum):
    """Which answers a submission is graded against.

    `search` and `selection` are row sets of the nested test file (one submission covers both);
    `test` is the competition's own hidden answers and needs a submission for the full public data.
    """

    SEARCH = "search"
    SELECTION = "selection"
    TEST = "test"


@dataclass(frozen=True, slots=True, kw_only=True)
class Graded:
    """A finite score. `stderr` is its bootstrap standard error over rows, where asked for."""

    score: float
    num_rows: int
    stderr: float | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Invalid:
    """The submission is wrong. `row` is the 1-based line of the csv file (header is line 1) and
    `column` the column name, where the fault has a place."""

    reason: str
    row: int | None = None
    column: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class GraderFault:
    """The grader failed, not the submission: our fault or the competition's."""

    reason: str


GradingOutcome = Graded | Invalid | GraderFault
