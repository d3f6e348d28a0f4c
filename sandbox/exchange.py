"""One script through one cell: send it, watch it, receive what it made, judge it."""

from __future__ import annotations

import contextlib
import json
import time
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO

from sandbox.cell import Cell
from sandbox.contract import MEGABYTE, ExecutionResult, ExecutionStatus, Limits, Workspace
from sandbox.verdict import Facts, Verdict, judge
from sandbox.wire import ConnectionLostError, ProtocolError

GRACE_SECONDS = 15.0
REPORT_SECONDS = 60.0  # for each part of the report
MARKER_BYTES = 100  # the line that says how much output was left out


@dataclass(frozen=True, slots=True)
class Exchange:
    """`reusable`: the cell is as it was before."""

    result: ExecutionResult
    reusable: bool


def run_script(
    cell: Cell,
    script: str,
    workspace: Workspace,
    limits: Limits,
    *,
    grace_seconds: float = GRACE_SECONDS,
) -> Exchange:
    """Never raises for what a script or a dying cell does; EngineUnavailableError when the engine
    cannot say what happened, OSError when `out_dir` cannot be written.

    `grace_seconds`: beyond the script's time, for the harness to kill it and say so.
    """
    started = time.monotonic()
    reception = _Reception(cell, workspace, limits)
    facts: Facts | None = None
    try:
        cell.connection.send(b"R", json.dumps(_request(workspace, limits)).encode())
        cell.connection.send(b"C", script.encode(errors="surrogatepass"))
        facts = reception.facts(started + limits.timeout_seconds + grace_seconds)
        verdict = reception.breach or judge(facts, limits)
    except TimeoutError:
        verdict = Verdict(ExecutionStatus.TIMEOUT, "its cell stopped answering")
    except ConnectionLostError:
        verdict = reception.breach or cell.autopsy()
    except ProtocolError as error:
        verdict = Verdict(ExecutionStatus.KILLED, f"it disturbed its cell: {error}")
    finally:
        reception.close()
    damage = cell.inspect_after()
    if damage and verdict.status is ExecutionStatus.OK:
        verdict = damage
    elapsed = time.monotonic() - started
    peak = max(facts.peak_bytes if facts else 0, reception.watch.peak_bytes)
    result = ExecutionResult(
        status=verdict.status,
        exit_code=facts.exit_code if facts else None,
        output=reception.output(),
        seconds=min(max(facts.seconds, 0.0), elapsed) if facts else elapsed,
        peak_memory_mb=peak / MEGABYTE if peak else None,
        reason=verdict.reason,
    )
    undisturbed = facts is not None and facts.leaves_cell_usable
    return Exchange(result, reusable=undisturbed and not (damage or reception.breach))


def _request(workspace: Workspace, limits: Limits) -> dict[str, object]:
    return {
        "collect": list(workspace.collect),
        "timeout_seconds": limits.timeout_seconds,
        "output_bytes": limits.output_bytes,
        "file_bytes": limits.file_mb * MEGABYTE,
        "environment": {"EXITREE_TIMEOUT_SECONDS": f"{limits.timeout_seconds:g}"},
    }


class _Reception:
    """Receives the report of one script; every size is checked against what was asked for."""

    def __init__(self, cell: Cell, workspace: Workspace, limits: Limits) -> None:
        self.breach: Verdict | None = None
        self.watch = cell.new_watch()
        self._connection = cell.connection
        self._workspace = workspace
        self._limits = limits
        self._output = bytearray()
        self._file: BinaryIO | None = None
        self._partial = Path()
        self._owed = 0  # bytes the open file still has to get

    def facts(self, deadline: float) -> Facts:
        while True:
            frame = self._connection.receive(deadline, self._watch)
            deadline = time.monotonic() + REPORT_SECONDS
            if frame.kind == b"O":
                self._add_output(frame.payload)
            elif frame.kind == b"F":
                self._open_file(frame.json())
            elif frame.kind == b"D":
                self._write(frame.payload)
            elif frame.kind == b"E" and self._file is None:
                return Facts.from_dict(frame.json())
            else:
                raise ProtocolError(f"an unexpected frame {frame.kind!r}")

    def output(self) -> str:
        return self._output.decode("utf-8", errors="replace")

    def close(self) -> None:
        if self._file is not None:
            self._file.close()
            self._partial.unlink(missing_ok=True)

    def _watch(self) -> None:
        if self.breach is None and (breach := self.watch.look()):
            self.breach = breach
            with contextlib.suppress(ConnectionLostError):
                self._connection.send(b"S")

    def _add_output(self, payload: bytes) -> None:
        self._output += payload
        if len(self._output) > self._limits.output_bytes + MARKER_BYTES:
            raise ProtocolError("more output than asked for")

    def _open_file(self, header: object) -> None:
        match header:
            case {"index": int(index), "size": int(size)} if self._may_send(index, size):
                name = self._workspace.collect[index]
            case _:
                raise ProtocolError("a file that was not asked for")
        self._partial = self._workspace.out_dir / f".{name}.partial"
        self._file = self._partial.open("wb")
        self._owed = size
        self._write(b"")

    def _may_send(self, index: int, size: int) -> bool:
        known = 0 <= index < len(self._workspace.collect)
        return self._file is None and known and 0 <= size <= self._limits.file_mb * MEGABYTE

    def _write(self, data: bytes) -> None:
        if self._file is None or len(data) > self._owed:
            raise ProtocolError("more file data than announced")
        self._file.write(data)
        self._owed -= len(data)
        if self._owed == 0:
            self._file.close()
            self._file = None
            name = self._partial.name.removeprefix(".").removesuffix(".partial")
            self._partial.replace(self._partial.with_name(name))
