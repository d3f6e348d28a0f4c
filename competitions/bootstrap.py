"""Standard error of a score over test rows, by the bootstrap.

Rows are drawn with replacement, submission and answers alike, and graded again; the error is the
standard deviation of those scores (Efron and Tibshirani, 1993). Seeded, so a score's error is the
same at every reading.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from competitions.outcome import Graded, GradingOutcome

SEED = 0


def standard_error(
    score: Callable[[Any, Any], GradingOutcome],
    submission: Any,
    answers: Any,
    *,
    id_column: str,
    num_resamples: int,
) -> float | None:
    """The standard error, or None when more than half of the resamples cannot be graded.

    A resample without a score (a single class, say) is left out, not counted as zero. Drawn rows
    get fresh ids: a grader may insist that ids are unique, or join on them.
    """
    rng = np.random.default_rng(SEED)
    num_rows = len(answers)
    fresh = np.arange(num_rows)
    scores: list[float] = []
    for _ in range(num_resamples):
        drawn = rng.integers(num_rows, size=num_rows)
        tables = [table.take(drawn) for table in (submission, answers)]
        for table in tables:
            table.index = fresh
            table[id_column] = fresh
        outcome = score(*tables)
        if isinstance(outcome, Graded):
            scores.append(outcome.score)
    if len(scores) < max(2, num_resamples / 2):
        return None
    return float(np.std(scores, ddof=1))
