"""A family of micro-competitions, and what is common to all: rows, their split, the scores that
stand for quality 0 and 1.

The rows come with what an oracle would submit that knows how they are made but not their noise.
Quality 0 is the score of the sample submission, quality 1 what the oracle gets on a large sample
of the same law: not on the test rows, for their luck would move the top of the scale.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import pandas as pd

from competitions.draws import Draws
from competitions.micro.metrics import METRICS, MicroMetric
from competitions.spec import ScoreRange
from competitions.tables import hold_out

if TYPE_CHECKING:
    from pathlib import Path

ORACLE = "oracle"  # the column of the noise-free answer; never written to a file
NUM_ROWS_OF_ORACLE = 4000
DECIMALS_OF_SCORES = 5

# (draws, number of rows) -> a table with the target and ORACLE. What belongs to the seed and not
# to a row is drawn first, so that two sizes of one seed obey the same law.
MakeRows = Callable[[Draws, int], pd.DataFrame]


@dataclass(frozen=True, slots=True, kw_only=True)
class Family:
    """What a competitor is told (title, story, columns), how it is judged, how rows are drawn."""

    name: str
    title: str
    story: str
    columns: str  # rows of the description's table
    target: str
    metric_name: str
    make: MakeRows
    num_rows: int = 400
    test_fraction: float = 0.45
    labels: tuple[str | int, ...] = ()
    order: str | None = None  # the column of time: the test rows come last
    pixels: str | None = None  # the column that holds arrays, written as images

    @property
    def metric(self) -> MicroMetric:
        return METRICS[self.metric_name]

    @property
    def stratify(self) -> str | None:
        return self.target if self.metric.has_classes else None

    def rows(self, seed: int, num_rows: int | None = None) -> pd.DataFrame:
        """The rows of a seed, with the column ORACLE, in the order in which they are written."""
        draws = Draws(_stream(self.name, seed))
        count = self.num_rows if num_rows is None else num_rows
        table = self.make(draws, count)
        table.insert(0, "id", 1 + draws.shuffled(len(table)))
        return table

    def split(self, table: pd.DataFrame, seed: int) -> tuple[pd.DataFrame, pd.DataFrame]:
        """(train, test); works on the train part again."""
        if self.order is None:
            return hold_out(table, self.test_fraction, seed=seed, stratify=self.stratify)
        moments = sorted(table[self.order].unique())
        first = moments[round(len(moments) * (1 - self.test_fraction))]
        is_test = table[self.order] >= first
        return table[~is_test].reset_index(drop=True), table[is_test].reset_index(drop=True)

    def score_range(self, seed: int) -> ScoreRange:
        """What the sample submission gets on test, and the oracle on a large sample."""
        train, test = self.split(self.rows(seed), seed)
        constant = pd.Series([self.guess(train)] * len(test))
        worst = self.metric.score(test[self.target].to_numpy(), constant.to_numpy())
        _, large = self.split(self.rows(seed, NUM_ROWS_OF_ORACLE), seed)
        best = self.metric.score(large[self.target].to_numpy(), large[ORACLE].to_numpy())
        return ScoreRange(
            worst=round(worst, DECIMALS_OF_SCORES), best=round(best, DECIMALS_OF_SCORES)
        )

    def guess(self, train: pd.DataFrame) -> Any:
        """The constant of the sample submission."""
        return self.metric.guess(train[self.target].to_numpy())

    def image_path(self, identifier: int) -> str:
        return f"images/{identifier}.png"

    def write_images(self, table: pd.DataFrame, folder: Path) -> None:
        from PIL import Image

        (folder / "images").mkdir()
        for identifier, pixels in zip(table["id"], table[self.pixels], strict=True):
            Image.fromarray(pixels).save(folder / self.image_path(identifier))


def _stream(name: str, seed: int) -> int:
    """Families of one seed share no random numbers."""
    return int.from_bytes(hashlib.sha256(f"{name}/{seed}".encode()).digest()[:8], "big")
