"""Grades submission files against the answers of one split. The only reader of private answers.

The competition's `grade(submission, answers) -> float` gets two tables of its own, in the same row
order: graders sort and drop columns as they like, and many compare row by row without a look at
the ids.
"""

from __future__ import annotations

import math
import threading
from collections.abc import Callable
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pandas as pd

from competitions.bootstrap import standard_error
from competitions.errors import CompetitionError
from competitions.folder_code import load_function
from competitions.outcome import Graded, GraderFault, GradingOutcome, Invalid, Split
from competitions.submission_file import Rejected
from competitions.validation import SubmissionForm

if TYPE_CHECKING:
    from competitions.competition import Competition
    from competitions.preparation import Layout


@dataclass(frozen=True, slots=True, kw_only=True)
class Answers:
    """The answers of one split. `take` are the rows of a validated submission that they are for,
    in the same order; None when ids repeat, and rows are then matched by `ids`."""

    table: Any
    ids: frozenset[int | str]
    take: list[int] | None


class Part:
    """One public folder with its answers, full or nested. Read once, shared by its judges."""

    def __init__(self, competition: Competition, root: Path, rows: Path | None) -> None:
        self._competition, self._root, self._rows = competition, root, rows
        self._lock = threading.Lock()
        self._answers: dict[Split, Answers] = {}

    @cached_property
    def form(self) -> SubmissionForm:
        return SubmissionForm.of(self._competition.spec, self._root)

    @cached_property
    def grade(self) -> Callable[[Any, Any], Any]:
        competition = self._competition
        return load_function(competition.directory, competition.spec.grade_fn)

    def answers(self, split: Split) -> Answers:
        with self._lock:
            if split not in self._answers:
                self._answers[split] = self._read_answers(split)
            return self._answers[split]

    def _read_answers(self, split: Split) -> Answers:
        table = pd.read_csv(self._root / self._competition.spec.answers)
        column, canonical = self.form.id_column, self.form.canonical
        keys = [canonical(cell) for cell in table[column].astype(str)]
        wanted = set(keys) if self._rows is None else self._ids_of(split, self._rows)
        kept = [index for index, key in enumerate(keys) if key in wanted]
        keys = [keys[index] for index in kept]
        return Answers(
            table=table.iloc[kept].reset_index(drop=True),
            ids=frozenset(keys),
            take=self._places(keys),
        )

    def _ids_of(self, split: Split, rows_path: Path) -> set[int | str]:
        rows = pd.read_csv(rows_path, dtype=str, keep_default_na=False)
        return {self.form.canonical(cell) for cell in rows["id"][rows["split"] == split.value]}

    def _places(self, keys: list[int | str]) -> list[int] | None:
        """Where a submission has each of the ids; None when they do not match one to one."""
        positions = self.form.positions
        if positions is None or len(set(keys)) < len(keys) or not set(keys) <= set(positions):
            return None
        return [positions[key] for key in keys]


@dataclass(frozen=True, slots=True, kw_only=True)
class Judge:
    """Validates and grades for one split. Threads may share it."""

    part: Part
    split: Split

    def validate(self, submission: Path) -> Invalid | None:
        try:
            self.part.form.read(submission)
        except Rejected as rejected:
            return rejected.invalid
        return None

    def grade(self, submission: Path, *, num_bootstrap: int = 0) -> GradingOutcome:
        try:
            table = self.part.form.read(submission)
            answers = self.part.answers(self.split)
            grade = self.part.grade
        except Rejected as rejected:
            return rejected.invalid
        except (CompetitionError, OSError, ValueError, KeyError) as error:
            return GraderFault(reason=f"the answers or the grader cannot be read: {error}")
        rows = self._rows_for(table, answers)
        outcome = score(grade, rows, answers.table)
        if num_bootstrap == 0 or not isinstance(outcome, Graded) or answers.take is None:
            return outcome
        return Graded(
            score=outcome.score,
            num_rows=outcome.num_rows,
            stderr=standard_error(
                lambda drawn, truth: score(grade, drawn, truth),
                rows,
                answers.table,
                id_column=self.part.form.id_column,
                num_resamples=num_bootstrap,
            ),
        )

    def _rows_for(self, table: Any, answers: Answers) -> Any:
        column = self.part.form.id_column
        if answers.take is None:
            return table[table[column].isin(answers.ids)].reset_index(drop=True)
        rows = table.iloc[answers.take].reset_index(drop=True)
        rows[column] = answers.table[column]
        return rows


def judges_of(competition: Competition, layout: Layout) -> dict[Split, Judge]:
    """A judge for every split of a prepared competition. Reads nothing yet."""
    full = Part(competition, layout.root, None)
    nested = Part(competition, layout.nested.root, layout.rows)
    return {
        split: Judge(part=full if split is Split.TEST else nested, split=split) for split in Split
    }


def score(grade: Callable[[Any, Any], Any], submission: Any, answers: Any) -> GradingOutcome:
    """Calls a competition's grader on copies, and says how that ended."""
    try:
        value = float(grade(submission.copy(), answers.copy()))
    except Exception as error:  # plugin boundary: the competition's code runs here
        if any(kind.__name__ == "InvalidSubmissionError" for kind in type(error).__mro__):
            return Invalid(reason=str(error))
        return GraderFault(reason=f"{type(error).__name__}: {error}")
    if not math.isfinite(value):
        return Invalid(reason=f"the score is {value}")
    return Graded(score=value, num_rows=len(answers))
