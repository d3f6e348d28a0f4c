"""The sandbox itself: cells made on demand, used by one script at a time, reused while clean.

Cold: a cell serves one script. Warm: it waits for the next script of the same data and limits,
with the libraries already imported. Which kind of cell it is, the pool does not know.
"""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import PurePath
from types import TracebackType
from typing import Self

from sandbox.cell import PRELOAD, Cell, CellSpec, EngineUnavailableError, StartCell
from sandbox.contract import ExecutionResult, ExecutionStatus, Limits, Workspace
from sandbox.errors import SandboxError
from sandbox.exchange import run_script

logger = logging.getLogger(__name__)


class PooledSandbox:
    """A `Sandbox`. `notice` is one line a user should see before scripts run, or empty.

    At most `num_workers` idle cells are kept. `release` is called once, by `close`, after the last
    cell is gone.
    """

    def __init__(
        self,
        name: str,
        start_cell: StartCell,
        *,
        warm: bool,
        preload: tuple[str, ...] = PRELOAD,
        num_workers: int = 1,
        notice: str = "",
        release: Callable[[], None] = lambda: None,
    ) -> None:
        self.name = name
        self.notice = notice
        self._start_cell = start_cell
        self._warm = warm
        self._preload = preload
        self._num_workers = num_workers
        self._release = release
        self._lock = threading.Condition()
        self._num_running = 0  # calls of `run`, each of which starts, uses or ends a cell
        self._idle: list[tuple[CellSpec, Cell]] = []
        self._busy: set[Cell] = set()
        self._closed = False

    def run(self, script: str, workspace: Workspace, limits: Limits) -> ExecutionResult:
        """SandboxError where the set-up is wrong (no image, unreadable data, impossible limits)."""
        _check(workspace)
        with self._running():
            return self._run(script, workspace, limits)

    def _run(self, script: str, workspace: Workspace, limits: Limits) -> ExecutionResult:
        warm = self._warm and not limits.gpus
        spec = CellSpec.of(workspace.data_dir, limits, preload=self._preload if warm else ())
        try:
            cell = self._acquire(spec)
        except EngineUnavailableError as error:
            return _unavailable(str(error))
        reusable = False
        try:
            exchange = run_script(cell, script, workspace, limits)
            reusable = exchange.reusable and warm
        except EngineUnavailableError as error:
            return _unavailable("the sandbox was closed" if self._closed else str(error))
        finally:
            self._release_cell(spec, cell, reusable=reusable)
        return exchange.result

    def close(self) -> None:
        """Kill all that runs. A script that was running gets the status `unavailable`.

        Returns when every `run` has: also one whose cell was only starting has left nothing.
        """
        with self._lock:
            if self._closed:
                return
            self._closed = True
            cells = [cell for _, cell in self._idle] + list(self._busy)
            self._idle.clear()
        for cell in cells:
            cell.destroy()
        with self._lock:
            self._lock.wait_for(lambda: not self._num_running)
        self._release()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.close()

    @contextmanager
    def _running(self) -> Iterator[None]:
        with self._lock:
            self._num_running += 1
        try:
            yield
        finally:
            with self._lock:
                self._num_running -= 1
                self._lock.notify_all()

    def _acquire(self, spec: CellSpec) -> Cell:
        while (cell := self._take_idle(spec)) is not None:
            if cell.connection.is_silent():
                return cell
            self._discard(cell)  # died while idle, for instance with the engine
        if not self._closed:
            cell = self._start_cell(spec)
            with self._lock:
                if not self._closed:
                    self._busy.add(cell)
                    return cell
            cell.destroy()
        raise EngineUnavailableError("the sandbox was closed")

    def _take_idle(self, spec: CellSpec) -> Cell | None:
        with self._lock:
            for entry in self._idle:
                if entry[0] == spec:
                    self._idle.remove(entry)
                    self._busy.add(entry[1])
                    return entry[1]
        return None

    def _release_cell(self, spec: CellSpec, cell: Cell, *, reusable: bool) -> None:
        surplus: Cell | None = cell
        with self._lock:
            if reusable and not self._closed:
                self._busy.discard(cell)
                self._idle.append((spec, cell))
                surplus = self._idle.pop(0)[1] if len(self._idle) > self._num_workers else None
        if surplus is not None:
            self._discard(surplus)

    def _discard(self, cell: Cell) -> None:
        try:
            cell.destroy()
        finally:
            with self._lock:
                self._busy.discard(cell)


def _check(workspace: Workspace) -> None:
    for name in workspace.collect:
        if PurePath(name).name != name:
            raise ValueError(f"only plain file names can be collected, not {name!r}")
    if not workspace.data_dir.is_dir():
        raise SandboxError(
            f"the data folder {workspace.data_dir} does not exist",
            hint="prepare the competition first: exitree competitions prepare COMPETITION",
        )


def _unavailable(reason: str) -> ExecutionResult:
    return ExecutionResult(
        status=ExecutionStatus.UNAVAILABLE, exit_code=None, output="", seconds=0.0, reason=reason
    )
