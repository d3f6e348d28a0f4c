"""Carrying out what a bench owes: at most N runs at a time, each in a process of its own.

Whatever happens to one run, the others go on; why it failed is kept in its cell. A bench that is
interrupted or killed leaves run folders that the next call goes on with.
"""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Protocol

from scaffold.bench.plan import BenchPlan, Cell, write_cell
from scaffold.errors import ScaffoldError
from scaffold.parts import budget_of
from search.durable import recording, replace_text
from search.errors import RunInUseError, SearchError
from search.interrupts import interrupts_held_back
from search.record import RunRecord
from search.replay import Replay
from search.run_folder import RunFolder

POLL_SECONDS = 0.1
STOPPING_SECONDS = 30.0


class Watcher(Protocol):
    """Is told what happens; called from the bench's own thread, and at least once a second."""

    def started(self, cell: Cell) -> None: ...
    def ended(self, cell: Cell, failure: str | None) -> None: ...
    def tick(self) -> None: ...


def is_done(cell: Cell) -> bool:
    """True where nothing is owed to a cell: its run is concluded and all its nodes are graded.

    A node whose refit failed has nothing to be graded; a run that was killed at its very end has
    yet to write its report.
    """
    run = cell.run()
    if run is None:
        return False
    try:
        replay = Replay.of(run.journal_path)
    except SearchError:  # its own process will say what is wrong with it
        return False
    finished = replay.finished
    if finished is None or (finished.best is not None and not run.best_dir.is_dir()):
        return False
    if budget_of(cell.config.budget).stop_reason(replay.spend) is None:
        return False
    return not replay.ungraded() and _is_reported(run)


def _is_reported(run: RunFolder) -> bool:
    try:
        recorded_at = run.journal_path.stat().st_mtime
        made = [run.summary_path.stat().st_mtime, run.report_path.stat().st_mtime]
    except OSError:
        return False
    return min(made) >= recorded_at


@contextmanager
def bench_locked(plan: BenchPlan) -> Iterator[None]:
    """Holds a bench's folder for this process.

    Raises:
        ScaffoldError: another process works on the bench. RecordingError: it cannot be written.
    """
    try:
        with RunFolder(plan.bench_dir).locked():
            yield
    except RunInUseError as error:
        process = str(error).rpartition("process ")[2]
        raise ScaffoldError(
            f"another process works on bench {plan.bench_dir}: {process}",
            hint="wait until it has ended, or stop it first",
        ) from None


def execute(cells: Sequence[Cell], num_jobs: int, watcher: Watcher) -> None:
    """Runs the cells, in their order, `num_jobs` at a time.

    Raises:
        KeyboardInterrupt: as soon as all runs have stopped.
        RecordingError: a cell's folder cannot be written.
    """
    waiting, running = list(cells), list[_Running]()
    try:
        while waiting or running:
            while waiting and len(running) < num_jobs:
                cell = waiting.pop(0)
                running.append(_Running.start(cell))
                watcher.started(cell)
            for item in [item for item in running if item.process.poll() is not None]:
                running.remove(item)
                watcher.ended(item.cell, item.conclude())
            watcher.tick()
            if running:
                time.sleep(POLL_SECONDS)
    finally:
        with interrupts_held_back():
            _stop(running)


def _stop(running: Sequence[_Running]) -> None:
    """Lets the runs stop as at Ctrl-C; a run that does not is killed."""
    deadline = time.monotonic() + STOPPING_SECONDS
    for item in running:
        item.leave_alone()
    for item in running:
        with suppress(subprocess.TimeoutExpired):
            item.process.wait(max(0.0, deadline - time.monotonic()))
        if item.process.poll() is None:
            item.process.kill()
            item.process.wait()


@dataclass(frozen=True, slots=True)
class _Running:
    """A cell and the process that works on it."""

    cell: Cell
    process: subprocess.Popen[bytes] = field(repr=False)

    @classmethod
    def start(cls, cell: Cell) -> _Running:
        write_cell(cell)
        with recording(cell.log_path):
            log = cell.log_path.open("wb")
        with log:
            process = subprocess.Popen(
                [sys.executable, "-P", "-m", "scaffold.bench.child", str(cell.directory)],
                stdin=subprocess.PIPE,
                stdout=subprocess.DEVNULL,
                stderr=log,
                env={**os.environ, "PYTHONPATH": _python_path()},
                start_new_session=True,  # Ctrl-C in a terminal reaches us alone
            )
        return cls(cell, process)

    def leave_alone(self) -> None:
        """Closes the pipe that the process watches."""
        assert self.process.stdin is not None
        self.process.stdin.close()

    def conclude(self) -> str | None:
        """Why the run failed, also kept in its cell; None where it did not."""
        self.leave_alone()
        code = self.process.returncode
        if code == 0 and is_done(self.cell):
            return None
        failure = _reason(self.cell, code)
        replace_text(self.cell.failure_path, failure + "\n")
        return failure


def _python_path() -> str:
    """What this process can import, the child can."""
    return os.pathsep.join(path or str(Path.cwd()) for path in sys.path)


def _reason(cell: Cell, code: int) -> str:
    log = cell.log_path.read_text(encoding="utf-8", errors="replace")
    lines = log.strip().splitlines()
    for line in reversed(lines):
        if line.startswith("error: "):
            return line.removeprefix("error: ")
    if code < 0:
        return f"its process was ended by {signal.Signals(-code).name}"
    run = cell.run()
    if run is not None:
        with suppress(SearchError):
            record = RunRecord.open(run.path)
            if record.faults:
                return record.faults[-1].reason
    return lines[-1] if lines else f"its process ended with exit code {code}"
