"""A cell that is a process of this machine: for quick starts without Docker, not for secrets.

A script runs as the user who runs Exitree. It gets a folder and an environment of its own, its own
session, limits per process (memory, file size, CPU time, core) and, watched 20 times a second,
limits on the memory, the processes and the files of all it has started; it and what it has started
are killed together. It works on a copy of the data, which is checked after each script.

It does NOT protect against a script that reads or changes any file this user may read or change
(private answers and this program's memory included), that uses the network, or that hides a
process: one which replaces its parent's death signal, its session and its environment and outlives
the harness may escape.
"""

from __future__ import annotations

import json
import os
import signal
import socket
import subprocess
import sys
import threading
import time
import uuid
from contextlib import suppress
from pathlib import Path

from sandbox.cell import CellSpec, EngineUnavailableError, cell_environment
from sandbox.cell_folder import make_folder, remove_folder
from sandbox.contract import MEGABYTE, ExecutionStatus, Limits
from sandbox.errors import SandboxError
from sandbox.harness import EXIT_ORPHANED, LAUNCH
from sandbox.process_watch import ProcessWatch, pids_with_environment, threads_of_user
from sandbox.protected_copy import ProtectedCopy
from sandbox.verdict import Verdict
from sandbox.wire import Connection, ConnectionLostError, ProtocolError, SocketStream

START_SECONDS = 120.0
EXIT_SECONDS = 5.0
TOKEN_VARIABLE = "EXITREE_CELL"
IMPORT_ROOT = Path(__file__).resolve().parent.parent
DATA_SLACK_MB = 1024  # mapped, not touched: thread stacks, buffers of BLAS
NPROC_SLACK = 512  # other programs of the same user come and go


class ProcessCell:
    """Made by `start_process`. `folder` is its own, and goes with it."""

    def __init__(self, spec: CellSpec, folder: Path) -> None:
        self._limits = spec.limits
        self._lock = threading.Lock()
        self._destroyed = False
        self._token = uuid.uuid4().hex
        self._folder = folder
        self._root = folder / "root"
        self._root.mkdir()
        self._data = ProtectedCopy(spec.data_dir, folder / "input")
        ours, theirs = socket.socketpair()
        with theirs:
            self._process = subprocess.Popen(
                [sys.executable, "-P", "-c", LAUNCH, str(IMPORT_ROOT), self._harness_config(spec)],
                stdin=theirs.fileno(),
                stdout=theirs.fileno(),
                stderr=subprocess.DEVNULL,
                cwd=self._root,
                env=self._environment(),
                start_new_session=True,
            )
        self.connection = Connection(SocketStream(ours))

    def greet(self) -> None:
        try:
            self.connection.receive(time.monotonic() + START_SECONDS)
        except (ConnectionLostError, ProtocolError, TimeoutError) as error:
            raise EngineUnavailableError(f"the local process did not start: {error!r}") from error

    def new_watch(self) -> ProcessWatch:
        return ProcessWatch(self._process.pid, self._root, self._limits)

    def inspect_after(self) -> Verdict | None:
        if self._data.is_untouched():
            return None
        return Verdict(ExecutionStatus.FAILED, "it changed files in input/, which is read-only")

    def autopsy(self) -> Verdict:
        if self._destroyed:
            raise EngineUnavailableError("the process was removed")
        try:
            code = self._process.wait(EXIT_SECONDS)
        except subprocess.TimeoutExpired:
            return Verdict(ExecutionStatus.KILLED, "it cut the connection to its harness")
        if code == EXIT_ORPHANED:
            raise EngineUnavailableError("the connection to the process broke")
        return Verdict(ExecutionStatus.KILLED, f"its harness ended with exit code {code}")

    def destroy(self) -> None:
        with self._lock:
            if self._destroyed:
                return
            self._destroyed = True
        self.connection.close()  # the harness kills what it runs, and ends
        try:
            self._process.wait(EXIT_SECONDS)
        except subprocess.TimeoutExpired:
            self._process.kill()
        self._kill_escaped()
        self._process.wait()
        remove_folder(self._folder)

    def _kill_escaped(self) -> None:
        """What outlived the harness still has its environment."""
        deadline = time.monotonic() + EXIT_SECONDS
        mark = f"{TOKEN_VARIABLE}={self._token}"
        while time.monotonic() < deadline and (pids := pids_with_environment(mark)):
            for pid in pids:
                with suppress(ProcessLookupError, PermissionError):
                    os.kill(pid, signal.SIGKILL)
            self._process.poll()

    def _harness_config(self, spec: CellSpec) -> str:
        config = {
            "root": str(self._root),
            "input": str(self._data.folder),
            "wipe": [str(self._root)],
            "preload": spec.preload,
            "rlimits": _rlimits(spec.limits),
        }
        return json.dumps(config)

    def _environment(self) -> dict[str, str]:
        own = {"PATH": os.environ.get("PATH", os.defpath), TOKEN_VARIABLE: self._token}
        return cell_environment(self._limits, scratch=str(self._root / "tmp")) | own


def start_process(spec: CellSpec) -> ProcessCell:
    """SandboxError where the limits ask for what a plain process cannot give."""
    if spec.limits.gpus:
        raise SandboxError(
            "the process sandbox does not hand out GPUs",
            hint="use --sandbox docker on a machine with the NVIDIA container toolkit",
        )
    folder = make_folder()
    try:
        cell = ProcessCell(spec, folder)
    except BaseException:
        remove_folder(folder)
        raise
    try:
        cell.greet()
    except BaseException:
        cell.destroy()
        raise
    return cell


def _rlimits(limits: Limits) -> dict[str, int]:
    """Per process, kept by the kernel. Root is not bound by RLIMIT_NPROC, the watch counts."""
    rlimits = {
        "RLIMIT_CORE": 0,
        "RLIMIT_FSIZE": limits.file_mb * MEGABYTE,
        "RLIMIT_DATA": (limits.memory_mb + DATA_SLACK_MB) * MEGABYTE,
    }
    if os.getuid() != 0:
        rlimits["RLIMIT_NPROC"] = threads_of_user(os.getuid()) + limits.pids + NPROC_SLACK
    return rlimits
