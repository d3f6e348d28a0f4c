"""Watching a bench: a live table in a terminal, or one plain line an event elsewhere.

Watchers only look: a reader that goes away, or a run that cannot be read, stops nothing.
"""

from __future__ import annotations

import logging
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import IO

from rich.console import Console, Group, RenderableType
from rich.live import Live
from rich.table import Table
from rich.text import Text

from scaffold.bench.execute import Watcher
from scaffold.bench.plan import Cell
from scaffold.bench.rows import CellStatus, RunRow, row_of
from scaffold.bench.statistics import mean_of, remaining_seconds, total_of
from scaffold.bench.tables import LETTERS
from search.errors import SearchError
from search.record import RunRecord
from search.views import text

logger = logging.getLogger(__name__)

TICK_SECONDS = 1.0
STYLES = {"G": "yellow", "S": "white", "B": "dark_orange3", "x": "red", ">": "cyan", ".": "dim"}


@contextmanager
def make_watcher(
    console: Console, cells: Sequence[Cell], owed: Sequence[Cell], num_jobs: int
) -> Iterator[Watcher]:
    """A live table where the console is a terminal, else plain lines."""
    progress = BenchProgress(cells, owed, num_jobs)
    if not owed or not console.is_terminal or console.is_dumb_terminal:
        yield PlainWatcher(console.file, progress)
        return
    live = Live(console=console, auto_refresh=False, vertical_overflow="crop")
    with live:
        yield LiveWatcher(live, progress)


class BenchProgress:
    """What is known of a bench under way."""

    def __init__(self, cells: Sequence[Cell], owed: Sequence[Cell], num_jobs: int) -> None:
        self.cells = cells
        self.num_jobs = num_jobs
        names = {cell.directory for cell in owed}
        self.rows = {cell.directory: row_of(cell) for cell in cells if cell.directory not in names}
        self.running: dict[Path, tuple[Cell, float]] = {}
        self.num_owed = len(owed)
        self._took: list[float] = []

    def start(self, cell: Cell) -> None:
        self.running[cell.directory] = (cell, time.monotonic())

    def end(self, cell: Cell) -> RunRow:
        _, since = self.running.pop(cell.directory)
        self._took.append(time.monotonic() - since)
        self.num_owed -= 1
        row = self.rows[cell.directory] = row_of(cell)
        return row

    @property
    def eta(self) -> str:
        left = remaining_seconds(self._took, self.num_owed, self.num_jobs)
        return "?" if left is None else text.seconds(left)


class PlainWatcher:
    """One line for each run that starts or ends."""

    def __init__(self, out: IO[str], progress: BenchProgress) -> None:
        self._out = out
        self._progress = progress

    def started(self, cell: Cell) -> None:
        self._progress.start(cell)
        self._write(f"start {cell.label}")

    def ended(self, cell: Cell, failure: str | None) -> None:
        row = self._progress.end(cell)
        done = f"{len(self._progress.rows)}/{len(self._progress.cells)}"
        what = f"failed: {failure}" if failure else _achieved(row)
        self._write(f"end {cell.label}: {what} ({done} done, {self._progress.eta} left)")

    def tick(self) -> None:
        return None

    def _write(self, line: str) -> None:
        encoding = getattr(self._out, "encoding", None) or "utf-8"
        shown = text.one_line(line, 2000).encode(encoding, "backslashreplace").decode(encoding)
        try:
            self._out.write(f"{shown}\n")
            self._out.flush()
        except (OSError, ValueError):  # a closed pipe or file
            logger.debug("cannot write progress", exc_info=True)


def _achieved(row: RunRow) -> str:
    parts = [
        f"test {text.score(row.test)}" if row.test is not None else "no valid answer",
        row.medal or "no medal",
        f"{row.num_steps} steps",
        f"{text.tokens(row.num_tokens)} tokens, {text.usd(row.usd)}",
        text.seconds(row.seconds),
    ]
    return ", ".join(parts)


class LiveWatcher:
    """A table of all competitions and configurations, and a line for each run under way."""

    def __init__(self, live: Live, progress: BenchProgress) -> None:
        self._live = live
        self._progress = progress
        self._drawn_at = 0.0

    def started(self, cell: Cell) -> None:
        self._progress.start(cell)
        self._draw()

    def ended(self, cell: Cell, failure: str | None) -> None:
        self._progress.end(cell)
        self._draw()

    def tick(self) -> None:
        if time.monotonic() - self._drawn_at >= TICK_SECONDS:
            self._draw()

    def _draw(self) -> None:
        self._drawn_at = time.monotonic()
        try:
            self._live.update(picture(self._progress), refresh=True)
        except Exception:  # the boundary between watching and running
            logger.debug("the live table failed", exc_info=True)


def picture(progress: BenchProgress) -> RenderableType:
    """The live table: what is under way first, because a small terminal crops the end."""
    rows = list(progress.rows.values())
    num_failed = sum(row.status is CellStatus.FAILED for row in rows)
    spent = total_of(row.usd for row in rows if row.run)
    head = Text.assemble(
        (f"{len(rows)}/{len(progress.cells)} runs", "bold"),
        f"   {num_failed} failed   " if num_failed else "   ",
        f"spend {text.tokens(sum(row.num_tokens for row in rows))} tokens, {text.usd(spent)}   ",
        f"left {progress.eta}",
    )
    lines = [_under_way(cell, since) for cell, since in progress.running.values()]
    return Group(head, *lines, Text(), _table(progress))


def _under_way(cell: Cell, since: float) -> Text:
    took, what = text.seconds(time.monotonic() - since), "starting"
    run = cell.run()
    if run is not None:
        with suppress(SearchError):
            record = RunRecord.open(run.path)
            steps = cell.config.budget.steps
            what = f"step {len(record.tree)}" + (f"/{steps}" if steps else "")
            if record.tree.best is not None:
                what += f", best {text.verdict(record.tree.best)}"
    return Text.assemble(("> ", "cyan"), cell.label, (f"  {what}, {took}", "dim"))


def _table(progress: BenchProgress) -> Table:
    table = Table(box=None, header_style="dim", pad_edge=False, padding=(0, 2, 0, 0))
    for name in ("competition", "configuration", "runs"):
        table.add_column(name, no_wrap=True)
    for name in ("test", "percentile", "tokens", "cost", "time"):
        table.add_column(name, justify="right", no_wrap=True)
    groups: dict[tuple[str, str], list[Cell]] = {}
    for cell in progress.cells:
        groups.setdefault((cell.competition, cell.configuration), []).append(cell)
    for (competition, configuration), cells in groups.items():
        rows = [row for cell in cells if (row := progress.rows.get(cell.directory)) is not None]
        place = mean_of(row.percentile for row in rows)
        table.add_row(
            competition,
            configuration,
            _marks(cells, progress),
            text.score(mean_of(row.test for row in rows)),
            "-" if place is None else f"{100 * place:.1f}",
            text.tokens(sum(row.num_tokens for row in rows)),
            text.usd(total_of(row.usd for row in rows)) if rows else "-",
            text.seconds(mean_of(row.seconds for row in rows)),
        )
    return table


def _marks(cells: Sequence[Cell], progress: BenchProgress) -> Text:
    """A letter a seed: the medal, `-` for none, `x` failed, `>` under way, `.` owed."""
    marks = Text()
    for cell in cells:
        row = progress.rows.get(cell.directory)
        if row is None:
            mark = ">" if cell.directory in progress.running else "."
        else:
            mark = "x" if row.status is CellStatus.FAILED else LETTERS[row.medal or "none"]
        marks.append(mark, STYLES.get(mark, ""))
    return marks
