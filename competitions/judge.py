"""Stub: filled in the next commit."""

from __future__ import annotations

from competitions.outcome import Split


class Judge:
    pass


def judges_of(competition: object, layout: object) -> dict[Split, Judge]:
    raise NotImplementedError
