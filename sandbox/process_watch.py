"""Looks at a local script and all it has started, for the limits the kernel does not keep there."""

from __future__ import annotations

import os
import time
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

from sandbox.contract import MEGABYTE, ExecutionStatus, Limits
from sandbox.verdict import Verdict, memory_reason, pids_reason

LOOK_SECONDS = 0.05
SCRATCH_LOOK_SECONDS = 0.25  # walking a folder costs more than reading a few numbers
PROC = Path("/proc")
PAGE_BYTES = os.sysconf("SC_PAGE_SIZE")
BLOCK_BYTES = 512  # unit of st_blocks


@dataclass(frozen=True, slots=True)
class _Process:
    pid: int
    parent: int
    threads: int
    resident_bytes: int


class ProcessWatch:
    """One script's, from its start to its end."""

    def __init__(self, harness: int, scratch: Path, limits: Limits) -> None:
        self.peak_bytes = 0
        self._harness = harness
        self._scratch = scratch
        self._limits = limits
        self._next_look = self._next_scratch_look = 0.0

    def look(self) -> Verdict | None:
        """A verdict if a limit is broken. Looks at most every 50 ms, however often it is asked."""
        now = time.monotonic()
        if now < self._next_look:
            return None
        verdict = self._look_at_processes()
        if verdict is None and now >= self._next_scratch_look:
            verdict = self._look_at_scratch()
            self._next_scratch_look = time.monotonic() + SCRATCH_LOOK_SECONDS
        self._next_look = time.monotonic() + LOOK_SECONDS
        return verdict

    def _look_at_processes(self) -> Verdict | None:
        found = descendants(self._harness)
        if sum(process.threads for process in found) > self._limits.pids:
            return Verdict(ExecutionStatus.KILLED, pids_reason(self._limits))
        limit = self._limits.memory_mb * MEGABYTE
        used = sum(process.resident_bytes for process in found)
        if used > limit:  # resident counts shared pages once per process: look closer
            used = sum(_proportional_bytes(process) for process in found)
        self.peak_bytes = max(self.peak_bytes, used)
        if used > limit:
            return Verdict(ExecutionStatus.OUT_OF_MEMORY, memory_reason(self._limits))
        return None

    def _look_at_scratch(self) -> Verdict | None:
        if _bytes_on_disk(self._scratch) <= self._limits.scratch_mb * MEGABYTE:
            return None
        written = f"it wrote more than {self._limits.scratch_mb} MB of files"
        return Verdict(ExecutionStatus.KILLED, written)


def descendants(pid: int) -> list[_Process]:
    """Every process below `pid`, whatever session or group it moved to."""
    below: dict[int, list[_Process]] = {}
    for process in _processes():
        below.setdefault(process.parent, []).append(process)
    found: list[_Process] = []
    queue = [pid]
    while queue:
        children = below.pop(queue.pop(), [])
        found += children
        queue += [child.pid for child in children]
    return found


def pids_with_environment(entry: str) -> list[int]:
    """Living processes started with `NAME=value` in their environment, if we may read it."""
    found = []
    for folder in _process_folders():
        with suppress(OSError):
            if entry.encode() in (folder / "environ").read_bytes().split(b"\0"):
                found.append(int(folder.name))
    return found


def threads_of_user(user: int) -> int:
    """How many tasks the kernel counts for this user now."""
    total = 0
    for folder in _process_folders():
        with suppress(OSError, IndexError):
            if folder.stat().st_uid == user:
                total += int(_stat_fields(folder)[17])
    return total


def _process_folders() -> Iterator[Path]:
    return (entry for entry in PROC.iterdir() if entry.name.isdigit())


def _processes() -> Iterator[_Process]:
    for folder in _process_folders():
        with suppress(OSError, IndexError):
            fields = _stat_fields(folder)
            yield _Process(
                pid=int(folder.name),
                parent=int(fields[1]),
                threads=int(fields[17]),
                resident_bytes=int(fields[21]) * PAGE_BYTES,
            )


def _stat_fields(folder: Path) -> list[str]:
    """/proc/PID/stat from the third field on; the second may hold spaces and brackets."""
    return (folder / "stat").read_text().rpartition(")")[2].split()


def _proportional_bytes(process: _Process) -> int:
    """Resident memory, a page shared by n processes counted as 1/n; all of it if not allowed."""
    with suppress(OSError):
        for line in (PROC / str(process.pid) / "smaps_rollup").read_text().splitlines():
            if line.startswith("Pss:"):
                return int(line.split()[1]) * 1024
        return 0  # no memory left: it is ending
    return process.resident_bytes


def _bytes_on_disk(folder: Path) -> int:
    total = 0
    for parent, _, names in os.walk(folder):
        for name in names:
            with suppress(OSError):
                total += os.lstat(os.path.join(parent, name)).st_blocks * BLOCK_BYTES  # noqa: PTH118
    return total
