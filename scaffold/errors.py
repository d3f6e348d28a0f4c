"""Errors of this package: what a user can act on, and a provider that stays away."""

from __future__ import annotations


class ScaffoldError(Exception):
    """A setting, a model or a name is wrong. `hint` is the next action, in one line."""

    def __init__(self, message: str, *, hint: str) -> None:
        super().__init__(message)
        self.hint = hint


class MissingPrerequisiteError(ScaffoldError):
    """Something outside is missing: a key, an engine, an extra (exit code 3)."""

    exit_code = 3


class RefitError(ScaffoldError):
    """Our infrastructure failed at a refit: the run can be resumed (exit code 1)."""

    exit_code = 1


class ModelUnavailableError(Exception):
    """The provider failed after all retries: an infrastructure fault, not a bad solution."""
