"""A leaderboard, and where a score would stand on it.

The file is `leaderboard.csv`: a column `score`, best first; other columns are ignored. Scores are
compared after rounding to 5 decimals, as Kaggle shows them and MLE-bench compares them.
"""

from __future__ import annotations

import csv
import math
from bisect import bisect_left, bisect_right
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path
from statistics import median

from competitions.errors import CompetitionError
from competitions.medals import Medal, medal_positions

DECIMALS = 5
_LFS_MAGIC = "version https://git-lfs"


@dataclass(frozen=True, slots=True, kw_only=True)
class Thresholds:
    """Scores that earn each medal when reached; the median must be beaten."""

    gold: float
    silver: float
    bronze: float
    median: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Standing:
    """Where a score stands. `rank` is 1 for a score no team beats; `percentile` is the share of
    teams it beats in [0, 1], a tie counting half; `above_median` is strict."""

    medal: Medal | None
    percentile: float
    rank: int
    above_median: bool
    thresholds: Thresholds


@dataclass(frozen=True, slots=True, kw_only=True)
class Leaderboard:
    """Scores of all teams, best first."""

    scores: tuple[float, ...]
    higher_is_better: bool

    def __post_init__(self) -> None:
        goodness = self._goodness()
        if not goodness:
            raise ValueError("a leaderboard has at least one team")
        if any(first > second for first, second in pairwise(goodness)):
            raise ValueError("leaderboard scores must be sorted, best first")

    @classmethod
    def load(cls, path: Path, *, higher_is_better: bool | None = None) -> Leaderboard:
        """Reads the file; without `higher_is_better` the order of the scores tells the direction.

        Raises:
            CompetitionError: no scores, a cell that is no number, not best first, all scores equal
                and no direction given, or a Git LFS pointer instead of the file.
        """
        scores = tuple(_read_scores(path))
        if higher_is_better is None:
            if scores[0] == scores[-1]:
                raise CompetitionError(
                    f"{path} does not tell whether higher is better: all scores are equal",
                    hint="set `higher_is_better` in config.yaml",
                )
            higher_is_better = scores[0] > scores[-1]
        try:
            return cls(scores=scores, higher_is_better=higher_is_better)
        except ValueError as error:
            raise CompetitionError(
                f"{path}: {error} ({'higher' if higher_is_better else 'lower'} is better)",
                hint="sort the file, or correct `higher_is_better` in config.yaml",
            ) from error

    @property
    def thresholds(self) -> Thresholds:
        places = medal_positions(len(self.scores))
        return Thresholds(
            gold=self.scores[places.gold - 1],
            silver=self.scores[places.silver - 1],
            bronze=self.scores[places.bronze - 1],
            median=median(self.scores),
        )

    def percentile(self, score: float) -> float:
        """Share of teams that `score` beats, in [0, 1]; a tie counts half."""
        goodness, own = self._goodness(), self._signed(round(score, DECIMALS))
        worse, not_better = bisect_left(goodness, own), bisect_right(goodness, own)
        return (worse + not_better) / (2 * len(goodness))

    def standing(self, score: float) -> Standing:
        rounded = round(score, DECIMALS)
        own, thresholds = self._signed(rounded), self.thresholds
        goodness = self._goodness()
        return Standing(
            medal=self._medal(rounded, thresholds),
            percentile=self.percentile(score),
            rank=1 + len(goodness) - bisect_right(goodness, own),
            above_median=own > self._signed(thresholds.median),
            thresholds=thresholds,
        )

    def _medal(self, score: float, thresholds: Thresholds) -> Medal | None:
        for medal in Medal:
            if self._signed(score) >= self._signed(getattr(thresholds, medal.value)):
                return medal
        return None

    def _signed(self, score: float) -> float:
        return score if self.higher_is_better else -score

    def _goodness(self) -> list[float]:
        """Worst first, higher is better, rounded as scores are compared."""
        return [self._signed(round(score, DECIMALS)) for score in reversed(self.scores)]


def _read_scores(path: Path) -> list[float]:
    try:
        text = path.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise CompetitionError(
            f"cannot read {path}: {error}", hint="a leaderboard is a csv file with a column `score`"
        ) from error
    if text.startswith(_LFS_MAGIC):
        raise CompetitionError(
            f"{path} is a Git LFS pointer, not the leaderboard",
            hint="run `git lfs pull` in the repository it comes from",
        )
    rows = csv.DictReader(text.splitlines())
    if "score" not in (rows.fieldnames or ()):
        raise CompetitionError(
            f"{path} has no column `score`", hint="name the column of scores `score`, best first"
        )
    scores = [_number(path, rows.line_num, row["score"]) for row in rows]
    if not scores:
        raise CompetitionError(f"{path} has no teams", hint="remove the file or fill it")
    return scores


def _number(path: Path, line: int, cell: str | None) -> float:
    try:
        value = float(cell or "")
    except ValueError:
        value = math.nan
    if not math.isfinite(value):
        raise CompetitionError(
            f"{path}, line {line}: score {cell!r} is not a finite number",
            hint="remove the line or correct it",
        )
    return value
