"""A competition, and a prepared one: the two objects the rest of Exitree talks to.

(Contract only so far: the signatures below are what scaffold is being written against.)
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from competitions.outcome import GradingOutcome, Split

if TYPE_CHECKING:
    from competitions.leaderboard import Leaderboard
    from competitions.spec import CompetitionSpec


@dataclass(frozen=True, slots=True, kw_only=True)
class Competition:
    """A competition folder: spec (config.yaml), description, leaderboard, prepare and grade."""

    spec: CompetitionSpec  # id, name, description (text), metric (name), higher_is_better, ...
    directory: Path
    leaderboard: Leaderboard | None

    def prepare(self, data_dir: Path, *, force: bool = False) -> PreparedCompetition:
        """Writes public, private and nested folders below `data_dir/<id>`; the manifest last."""
        raise NotImplementedError

    def quality(self, score: float) -> float | None:
        """Leaderboard percentile of a score in [0, 1], higher is better."""
        raise NotImplementedError


@dataclass(frozen=True, slots=True, kw_only=True)
class PreparedCompetition:
    """Prepared data. `public` is the full public folder, `nested_public` the one a search sees."""

    competition: Competition
    public: Path
    nested_public: Path

    def grade(self, submission: Path, split: Split, *, num_bootstrap: int = 0) -> GradingOutcome:
        """Validates and grades a submission file against the answers of one split."""
        raise NotImplementedError
