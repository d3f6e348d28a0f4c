"""What a bench shows while it runs, and how long it waits for nobody."""

from __future__ import annotations

import io
from pathlib import Path

import pytest
from rich.console import Console

from scaffold.bench.competition_set import Contender
from scaffold.bench.plan import BenchPlan, Cell, Configuration
from scaffold.bench.watching import BenchProgress, PlainWatcher, make_watcher, picture
from scaffold.config import SearchConfig


@pytest.fixture
def cells(tmp_path: Path) -> list[Cell]:
    plan = BenchPlan(
        bench_dir=tmp_path,
        competitions=(Contender(id="night-ferry", reference="night-ferry"),),
        seeds=(0, 1, 2),
        configurations=(Configuration(name="greedy", settings=SearchConfig()),),
    )
    return plan.cells()


def fail(cell: Cell) -> None:
    cell.directory.mkdir(parents=True)
    cell.failure_path.write_text("the engine has gone\n")


def test_the_picture_has_a_letter_for_each_seed(cells: list[Cell]) -> None:
    progress = BenchProgress(cells, cells, num_jobs=1)
    progress.start(cells[0])
    fail(cells[0])
    progress.end(cells[0])
    progress.start(cells[1])
    console = Console(width=100)
    with console.capture() as capture:
        console.print(picture(progress))
    lines = [line.split() for line in capture.get().splitlines()]
    assert lines[0][:4] == ["1/3", "runs", "1", "failed"]
    assert lines[1][:6] == [">", "night-ferry", "greedy", "seed", "1", "starting,"]
    assert lines[-1][:3] == ["night-ferry", "greedy", "x>."]


def test_plain_lines_name_the_run_and_the_reason(cells: list[Cell]) -> None:
    out = io.StringIO()
    watcher = PlainWatcher(out, BenchProgress(cells, cells, num_jobs=1))
    watcher.started(cells[0])
    fail(cells[0])
    watcher.ended(cells[0], "the engine has gone")
    first, second = out.getvalue().splitlines()
    assert first == "start night-ferry greedy seed 0"
    assert second.startswith("end night-ferry greedy seed 0: failed: the engine has gone (1/3 done")


def test_a_reader_that_goes_away_stops_nothing(cells: list[Cell]) -> None:
    out = io.StringIO()
    out.close()
    PlainWatcher(out, BenchProgress(cells, cells, num_jobs=1)).started(cells[0])


@pytest.mark.parametrize(("terminal", "moves"), [(True, True), (False, False)])
def test_only_a_terminal_gets_the_live_table(
    cells: list[Cell], terminal: bool, moves: bool
) -> None:
    out = io.StringIO()
    console = Console(file=out, force_terminal=terminal, width=90, _environ={"TERM": "xterm"})
    with make_watcher(console, cells, cells, num_jobs=1) as watcher:
        watcher.started(cells[0])
        watcher.tick()
    assert ("\x1b[" in out.getvalue()) is moves
    assert "night-ferry greedy seed 0" in out.getvalue()
