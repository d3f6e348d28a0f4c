"""Errors of this package that a user can act on. What a script does is never an error here: it is
an `ExecutionResult`."""

from __future__ import annotations


class SandboxError(Exception):
    """The sandbox cannot be set up. `hint` is the next action, in one line."""

    def __init__(self, message: str, *, hint: str) -> None:
        super().__init__(message)
        self.hint = hint


class MissingEngineError(SandboxError):
    """Something outside is missing: no Docker engine answers, or it lacks the image."""

    exit_code = 3
