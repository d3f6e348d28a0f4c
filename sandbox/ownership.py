"""Which process a container belongs to, so that the containers of dead processes can be removed.

A process id alone is reused and, with the engine's socket mounted in a container, is not even of
the same world. So an owner is: this boot and process namespace, the id, the time it started.
"""

from __future__ import annotations

import functools
import os
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Self

KIND_LABEL = "exitree"
KIND = "sandbox"
HOST_LABEL, PID_LABEL, STARTED_LABEL = "exitree.host", "exitree.pid", "exitree.started"


@dataclass(frozen=True, slots=True)
class Owner:
    host: str
    pid: int
    started: str

    @classmethod
    def this_process(cls) -> Self:
        pid = os.getpid()
        return cls(host=_this_host(), pid=pid, started=_start_time(pid) or "")

    @classmethod
    def from_labels(cls, labels: Mapping[str, str]) -> Self | None:
        pid = labels.get(PID_LABEL, "")
        if not pid.isdigit():
            return None
        return cls(
            host=labels.get(HOST_LABEL, ""), pid=int(pid), started=labels.get(STARTED_LABEL, "")
        )

    def labels(self) -> dict[str, str]:
        return {
            KIND_LABEL: KIND,
            HOST_LABEL: self.host,
            PID_LABEL: str(self.pid),
            STARTED_LABEL: self.started,
        }

    def is_dead(self) -> bool:
        """True only where that can be known: an owner of this boot and process namespace."""
        return self.host == _this_host() and _start_time(self.pid) != self.started


@functools.cache
def _this_host() -> str:
    try:
        boot = Path("/proc/sys/kernel/random/boot_id").read_text().strip()
        return f"{boot}:{Path('/proc/self/ns/pid').readlink()}"
    except OSError:  # no /proc: owners are never known to be dead
        return f"unknown:{os.getpid()}"


def _start_time(pid: int) -> str | None:
    """In clock ticks since boot; None when there is no such process."""
    try:
        stat = Path(f"/proc/{pid}/stat").read_text()
    except OSError:
        return None
    state, *fields = stat.rpartition(")")[2].split()
    return None if state in "ZX" else fields[18]
