"""Errors of this package that a user can act on, and what the command line asks of any error."""

from __future__ import annotations

from typing import Protocol, runtime_checkable


@runtime_checkable
class Hinted(Protocol):
    """An expected error: its text is the `error:` line, `hint` the line after it."""

    hint: str


class ScaffoldError(Exception):
    """A setting, a model or a name is wrong. `hint` is the next action, in one line."""

    def __init__(self, message: str, *, hint: str) -> None:
        super().__init__(message)
        self.hint = hint


class MissingPrerequisiteError(ScaffoldError):
    """Something outside is missing: a key, an engine, an extra (exit code 3)."""


class ModelUnavailableError(Exception):
    """The provider failed after all retries: an infrastructure fault, not a bad solution."""
