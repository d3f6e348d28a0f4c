"""Errors of this package that a user can act on."""

from __future__ import annotations


class SearchError(Exception):
    """A run cannot be made, read or continued. `hint` is the next action, in one line."""

    def __init__(self, message: str, *, hint: str) -> None:
        super().__init__(message)
        self.hint = hint
