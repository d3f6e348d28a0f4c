"""The sandbox contract: run one untrusted Python script, say truthfully what happened.

Every implementation gives the script the same world: the working directory is a fresh, empty,
writable scratch folder; `input/` in it is the competition's public folder, read-only; there is
no other way in. The only way out is the regular files named in `Workspace.collect` (by default
`submission.csv`) and the program's output. What each implementation does *not* protect against
stands in its own docstring and in docs/security.md.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path
from typing import Protocol


class ExecutionStatus(StrEnum):
    """How a script ended.

    `ok`: exit code 0. `failed`: any other exit code, an exception, or a collected file that is not
    a regular file or too large. `timeout`, `out_of_memory`, `killed` (a limit on processes,
    output or files, or a signal we did not send): ended from outside. `unavailable`: our
    infrastructure failed (the engine is gone); says nothing about the script.
    """

    OK = "ok"
    FAILED = "failed"
    TIMEOUT = "timeout"
    OUT_OF_MEMORY = "out_of_memory"
    KILLED = "killed"
    UNAVAILABLE = "unavailable"


MEGABYTE = 1 << 20  # bytes of one mb below


@dataclass(frozen=True, slots=True, kw_only=True)
class Limits:
    """What a script may use. Reaching a limit ends the script, never the search."""

    timeout_seconds: float = 300.0  # wall clock
    memory_mb: int = 4096  # resident memory of all its processes, scratch included
    cpus: float = 1.0  # cores; also the thread count its libraries are told
    pids: int = 128  # processes and threads
    output_bytes: int = 64_000  # kept of stdout + stderr: head and tail
    file_mb: int = 512  # one file
    scratch_mb: int = 1024  # everything it writes
    gpus: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Workspace:
    """The folders of one execution: `data_dir` is shown as `input/`, read-only; the regular files
    named in `collect` are copied to `out_dir` (which exists) after the script has ended."""

    data_dir: Path
    out_dir: Path
    collect: tuple[str, ...] = ("submission.csv",)


@dataclass(frozen=True, slots=True, kw_only=True)
class ExecutionResult:
    """What happened. `output` is stdout and stderr as one text (UTF-8, undecodable bytes replaced,
    capped head + tail); `reason` is one sentence on a status other than ok."""

    status: ExecutionStatus
    exit_code: int | None
    output: str
    seconds: float
    peak_memory_mb: float | None = None
    reason: str = ""


class Sandbox(Protocol):
    """Runs scripts, from several threads at once if asked. Closing it leaves nothing behind.

    `notice` is one line a user should see before scripts run, or empty. `run` raises SandboxError
    only for a set-up that the user has to change: no image, data the sandbox may not read, limits
    the machine cannot give.
    """

    name: str
    notice: str

    def run(self, script: str, workspace: Workspace, limits: Limits) -> ExecutionResult: ...

    def close(self) -> None: ...
