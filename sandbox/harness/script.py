"""One running script: its first process, its output, and how it ended."""

from __future__ import annotations

import os
import select
import time
from pathlib import Path
from typing import Any

from sandbox.harness import FLOOD_FACTOR
from sandbox.harness.capture import Capture
from sandbox.harness.forked import run_to_end
from sandbox.harness.kernel import Counters, kill_all, wait_for_orphans
from sandbox.harness.owner import Owner
from sandbox.harness.unforked import unforked

TICK_MS = 20  # how often memory and time are looked at
READ_BYTES = 1 << 16


class Script:
    """`start`, `follow` until it ends or must, `finish`; then `facts` says what happened."""

    def __init__(self, config: dict[str, Any], request: dict[str, Any], path: Path) -> None:
        self.capture = Capture(request["output_bytes"])
        self._chunk = unforked(READ_BYTES)
        self._config, self._request, self._path = config, request, path
        self._exit_code: int | None = None
        self._signal: int | None = None
        self._timed_out = self._flooded = self._stopped = False
        self._seconds = 0.0
        self._peak_bytes = 0
        self._stragglers = 0
        self._counters = Counters()

    def start(self) -> None:
        self._before = self._counters.oom_kills(), self._counters.pids_refused()
        self._started = time.monotonic()
        self._output, write_end = os.pipe()
        self._pid = os.fork()
        if self._pid == 0:
            run_to_end(self._config, self._request, self._path, write_end)
        os.close(write_end)
        os.set_blocking(self._output, False)

    def follow(self, owner: Owner) -> None:
        """Until the first process has ended or has to be."""
        poller = select.poll()
        for descriptor in (owner.incoming, self._output):
            poller.register(descriptor, select.POLLIN)
        ended = _open_pidfd(self._pid)
        if ended is not None:
            poller.register(ended, select.POLLIN)
        while not (self._has_ended() or self._must_end()):
            ready = {descriptor for descriptor, _ in poller.poll(TICK_MS if ended else 2)}
            if self._output in ready and self._read_output() == 0:
                poller.unregister(self._output)
            if owner.incoming in ready:
                self._stopped = owner.receive()[0] == b"S"
        if ended is not None:
            os.close(ended)

    def finish(self) -> None:
        """End every process that is left, and read the last of the output."""
        if self._exit_code is not None or self._signal is not None:
            self._stragglers = wait_for_orphans()
        self._seconds = time.monotonic() - self._started
        kill_all(self._pid)
        while self._read_output():
            pass
        os.close(self._output)

    def facts(self) -> dict[str, Any]:
        oom_kills, pids_refused = self._before
        return {
            "exit_code": self._exit_code,
            "signal": self._signal,
            "timed_out": self._timed_out,
            "flooded": self._flooded,
            "stopped": self._stopped,
            "seconds": self._seconds,
            "peak_bytes": self._peak_bytes,
            "oom_kills": self._counters.oom_kills() - oom_kills,
            "pids_refused": self._counters.pids_refused() - pids_refused,
            "stragglers": self._stragglers,
        }

    def _has_ended(self) -> bool:
        pid = -1
        while pid != self._pid:  # orphans of the script end up with us too
            pid, status, usage = os.wait4(-1, os.WNOHANG)
            if pid == 0:
                return False
        self._peak_bytes = max(self._peak_bytes, usage.ru_maxrss * 1024)
        if os.WIFSIGNALED(status):
            self._signal = os.WTERMSIG(status)
        else:
            self._exit_code = os.WEXITSTATUS(status)
        return True

    def _must_end(self) -> bool:
        self._peak_bytes = max(self._peak_bytes, self._counters.memory_bytes())
        self._timed_out = time.monotonic() > self._started + self._request["timeout_seconds"]
        self._flooded = self.capture.total > FLOOD_FACTOR * self._request["output_bytes"]
        return self._timed_out or self._flooded or self._stopped

    def _read_output(self) -> int | None:
        """How many bytes; 0 when there will be none any more, None when there are none now."""
        try:
            count = os.readv(self._output, [self._chunk])
        except BlockingIOError:
            return None
        self.capture.add(self._chunk[:count])
        return count


def _open_pidfd(pid: int) -> int | None:
    try:
        return os.pidfd_open(pid)
    except (AttributeError, OSError):  # an old kernel or gVisor: polled instead
        return None
