"""Errors of this package. A submission that cannot be graded is data (`Invalid`), not an error."""

from __future__ import annotations


class CompetitionError(Exception):
    """A competition cannot be used. `hint` is the next action, in one line."""

    def __init__(self, message: str, *, hint: str) -> None:
        super().__init__(message)
        self.hint = hint


class InvalidSubmissionError(Exception):
    """Raised by a competition's `grade` for a submission it cannot score.

    Same name and meaning as in MLE-bench, so that its graders read the same.
    """
