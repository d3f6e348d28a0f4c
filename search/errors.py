"""Errors of this package that a user can act on, and the shape every such error has."""

from __future__ import annotations

from typing import Protocol, runtime_checkable


@runtime_checkable
class Hinted(Protocol):
    """An expected error: its text is the `error:` line, `hint` the line after it.

    A search stops at a hinted error of its operator or evaluator (a wrong key, say) instead of
    trying again; everything already recorded stays.
    """

    hint: str


class SearchError(Exception):
    """A run cannot be made, read or continued. `hint` is the next action, in one line."""

    def __init__(self, message: str, *, hint: str) -> None:
        super().__init__(message)
        self.hint = hint


class RecordingError(SearchError):
    """Something could not be made durable: the run has failed, and can be resumed (exit code 1)."""

    exit_code = 1


class PartFailedError(SearchError):
    """A policy or an operator does not work: the run can be resumed with one that does."""

    exit_code = 1


class RunInUseError(SearchError):
    """Another process works on the run."""
