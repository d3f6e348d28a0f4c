"""A run of a bench in figures: one row a cell, whatever became of it."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from enum import StrEnum
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING

from competitions.errors import CompetitionError
from scaffold.bench.execute import is_done
from scaffold.bench.plan import Cell
from scaffold.bench.statistics import best_so_far
from scaffold.errors import ScaffoldError
from search.entries import NodeAdded, SearchEnded, SessionStarted
from search.errors import SearchError
from search.journal import read_entries
from search.metric import Metric
from search.node import Node, Status
from search.record import RunRecord

if TYPE_CHECKING:
    from competitions.competition import Competition

EXPECTED = (SearchError, ScaffoldError, CompetitionError)

Curve = tuple[tuple[float, float], ...]


class CellStatus(StrEnum):
    """What became of a cell. `owed`: not begun, or not at its end."""

    FINISHED = "finished"
    FAILED = "failed"
    OWED = "owed"


@dataclass(frozen=True, slots=True, kw_only=True)
class RunRow:
    """One run. Scores are on test, except `selection`; qualities are in [0, 1]. `is_ranked` where
    the competition has a leaderboard: elsewhere there is no medal to be won.

    `quality` is the percentile on the leaderboard where there is one, else as `normalised`: the
    score's place between the worst and the best one that the competition names. A finished run
    without a valid answer has quality 0. `gap` is the quality that the selection rows promised
    beyond what the test rows gave; `oracle` is the node that is best on test, which only a cheat
    could choose. `run` is the run's folder, seen from the bench's.
    """

    competition: str
    configuration: str
    seed: int
    status: CellStatus
    failure: str | None = None
    run: str | None = None
    is_ranked: bool = False
    metric: str = ""
    sign: int = 1
    test: float | None = None
    selection: float | None = None
    medal: str | None = None
    percentile: float | None = None
    above_median: bool | None = None
    quality: float | None = None
    normalised: float | None = None
    gap: float | None = None
    oracle: float | None = None
    oracle_gain: float | None = None
    best_draft: float | None = None
    num_steps: int = 0
    num_buggy: int = 0
    num_tokens: int = 0
    usd: float | None = None
    seconds: float | None = None
    over_steps: Curve = ()
    over_seconds: Curve = ()

    @property
    def is_concluded(self) -> bool:
        return self.status is not CellStatus.OWED

    @property
    def is_valid(self) -> bool:
        """It ended with a submission that has a score."""
        return self.status is CellStatus.FINISHED and self.test is not None

    @property
    def beats_drafts(self) -> bool | None:
        """Better on test than the best of its own drafts on test; None where there is none."""
        if self.test is None or self.best_draft is None:
            return None
        return self.sign * (self.test - self.best_draft) > 0


def row_of(cell: Cell) -> RunRow:
    """The figures of a cell, read from its run folder."""
    status, failure = _status(cell)
    bare = RunRow(
        competition=cell.competition,
        configuration=cell.configuration,
        seed=cell.seed,
        status=status,
        failure=failure,
    )
    try:
        competition = _competition(cell.config.competition, cell.config.competitions_dirs)
        bare = replace(bare, is_ranked=competition.leaderboard is not None)
        run = cell.run()
        if run is None:
            return bare
        bare = replace(bare, run=str(run.path.relative_to(cell.bench_dir)))
        return _filled(bare, RunRecord.open(run.path), competition)
    except EXPECTED as error:
        return replace(bare, status=CellStatus.FAILED, failure=failure or str(error))


def _status(cell: Cell) -> tuple[CellStatus, str | None]:
    try:
        if is_done(cell):
            return CellStatus.FINISHED, None
    except EXPECTED as error:
        return CellStatus.FAILED, str(error)
    if cell.failure_path.is_file():
        text = cell.failure_path.read_text(encoding="utf-8", errors="replace")
        return CellStatus.FAILED, " ".join(text.split())
    return CellStatus.OWED, None


@cache
def _competition(reference: str, extra_dirs: tuple[Path, ...]) -> Competition:
    from scaffold.config import SearchConfig
    from scaffold.parts import find_competition

    return find_competition(SearchConfig(competition=reference, competitions_dirs=extra_dirs))


def _filled(bare: RunRow, record: RunRecord, competition: Competition) -> RunRow:
    statuses = [node.status for node in record.tree]
    nodes = elapsed_nodes(record.path / "journal.jsonl")
    row = replace(
        bare,
        metric=record.metric_name,
        sign=record.direction.sign,
        num_steps=len(statuses) - statuses.count(Status.ERROR),
        num_buggy=statuses.count(Status.BUGGY),
        num_tokens=record.usage.total_tokens,
        usd=record.usage.cost_usd,
        seconds=record.elapsed_seconds,
        over_steps=tuple(best_so_far((node.id + 1, node.quality) for _, node in nodes)),
        over_seconds=tuple(best_so_far((seconds, node.quality) for seconds, node in nodes)),
    )
    if bare.status is not CellStatus.FINISHED:
        return row
    chosen = None if record.best is None else record.test.get(record.best)
    if record.best is None or chosen is None:
        has_board = row.is_ranked
        scaled = competition.spec.score_range is not None
        return replace(
            row,
            quality=0.0 if has_board or scaled else None,
            percentile=0.0 if has_board else None,
            above_median=False if has_board else None,
            normalised=0.0 if scaled else None,
        )
    return _graded(row, record, record.best, chosen.value, competition)


def _graded(
    row: RunRow, record: RunRecord, best: int, test: float, competition: Competition
) -> RunRow:
    drafts = [node.id for node in record.tree if node.operator == "draft"]
    draft = _best(record.test[node] for node in drafts if node in record.test)
    oracle, selection = _best(record.test.values()), record.selection.get(best)
    standing, quality = competition.standing(test), competition.quality
    return replace(
        row,
        test=test,
        selection=None if selection is None else selection.value,
        medal=standing.medal.value if standing and standing.medal else None,
        percentile=standing.percentile if standing else None,
        above_median=standing.above_median if standing else None,
        quality=quality(test),
        normalised=_normalised(competition, test),
        gap=None if selection is None else _less(quality(selection.value), quality(test)),
        oracle=oracle.value if oracle else None,
        oracle_gain=_less(quality(oracle.value), quality(test)) if oracle else None,
        best_draft=draft.value if draft else None,
    )


def _normalised(competition: Competition, score: float) -> float | None:
    return replace(competition, leaderboard=None).quality(score)


def _less(value: float | None, other: float | None) -> float | None:
    return None if value is None or other is None else value - other


def _best(metrics: Iterable[Metric]) -> Metric | None:
    return max(metrics, key=lambda metric: metric.goodness, default=None)


def elapsed_nodes(journal: Path) -> list[tuple[float, Node]]:
    """Every node with the seconds of searching up to it; pauses between sessions do not count."""
    before, start, last = 0.0, None, 0.0
    nodes: list[tuple[float, Node]] = []
    for entry in read_entries(journal):
        if isinstance(entry, SessionStarted):
            before += last
            start, last = entry.at, 0.0
        elif start is not None:
            last = max(last, entry.at - start)
        if isinstance(entry, NodeAdded):
            nodes.append((before + last, entry.node))
        if isinstance(entry, SearchEnded):
            before, start, last = before + last, None, 0.0
    return nodes
