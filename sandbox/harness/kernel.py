"""What the harness asks of the kernel: who is left, kill them all, what was counted.

Two worlds: as PID 1 of a container every process inside is ours, and the container's cgroup counts
for us; as a plain process only our descendants are ours, and nothing is counted.
"""

from __future__ import annotations

import contextlib
import ctypes
import os
import resource
import signal
import time
from pathlib import Path

PR_SET_PDEATHSIG = 1
PR_SET_DUMPABLE = 4
PR_SET_CHILD_SUBREAPER = 36
SETTLE_SECONDS = 0.05  # for helpers of a library that end by themselves after the script
REAP_SECONDS = 3.0
NAP_SECONDS = 0.002
CGROUP = Path("/sys/fs/cgroup")
SCHEDULING_CALLS = {"x86_64": (252, 315), "aarch64": (31, 275)}  # ioprio_get, sched_getattr
SCHED_ATTR_BYTES = 56
IOPRIO_WHO_PROCESS = 1


def prctl(option: int, value: int) -> None:
    ctypes.CDLL(None).prctl(option, value, 0, 0, 0)


def rules_container() -> bool:
    return os.getpid() == 1


class Counters:
    """The kernel's counts for this container (cgroup v1 or v2); zeros in a plain process."""

    def __init__(self) -> None:
        one = (CGROUP / "memory").is_dir()
        self._memory = CGROUP / "memory" if one else CGROUP
        self._pids = CGROUP / "pids" if one else CGROUP

    def oom_kills(self) -> int:
        names = ("memory.events", "memory.oom_control")  # v2, v1
        return max(_counts(self._memory / name).get("oom_kill", 0) for name in names)

    def pids_refused(self) -> int:
        return _counts(self._pids / "pids.events").get("max", 0)

    def memory_bytes(self) -> int:
        """Memory of the processes plus the scratch (a tmpfs), without the page cache."""
        counts = _counts(self._memory / "memory.stat")
        return counts.get("anon", counts.get("rss", 0)) + counts.get("shmem", 0)


def _counts(path: Path) -> dict[str, int]:
    if not rules_container():
        return {}
    try:
        lines = [line.split() for line in path.read_text().splitlines()]
    except OSError:
        return {}
    return {line[0]: int(line[1]) for line in lines if len(line) == 2 and line[1].isdigit()}


def wait_for_orphans() -> int:
    """Give what a script has left a moment to end. Returns how many processes have not."""
    deadline = time.monotonic() + SETTLE_SECONDS
    while not _reap():
        if time.monotonic() > deadline:
            return max(1, len(_children()))
        time.sleep(NAP_SECONDS)
    return 0


def kill_all(script: int) -> None:
    """Kill the script and all it has started, and wait until they are gone.

    In a container one signal reaches every process at once, whatever session it moved to. Outside,
    the script's process group goes at once; what left the group comes to us, its reaper, as it
    loses its parents, generation by generation.
    """
    deadline = time.monotonic() + REAP_SECONDS
    while time.monotonic() < deadline:
        with contextlib.suppress(ProcessLookupError, PermissionError):
            if rules_container():
                os.kill(-1, signal.SIGKILL)
            else:
                os.killpg(script, signal.SIGKILL)
        for pid in [] if rules_container() else _children():
            with contextlib.suppress(ProcessLookupError):
                os.kill(pid, signal.SIGKILL)
        if _reap():
            return
        time.sleep(NAP_SECONDS)


def _reap() -> bool:
    """Collect ended children; True when there is none left, ended or alive."""
    try:
        while os.waitpid(-1, os.WNOHANG)[0]:
            pass
    except ChildProcessError:
        return True
    return False


def _children() -> list[int]:
    """Processes whose parent is the harness: the script, and orphans handed up to us."""
    found = []
    for entry in Path("/proc").iterdir():
        if entry.name.isdigit():
            with contextlib.suppress(OSError, IndexError):
                fields = (entry / "stat").read_text().rpartition(")")[2].split()
                if int(fields[1]) == os.getpid():
                    found.append(int(entry.name))
    return found


def state_of_self() -> object:
    """What another process of the same user can change about the harness from outside."""
    names = [name for name in dir(resource) if name.startswith("RLIMIT_")]
    limits = [resource.getrlimit(getattr(resource, name)) for name in names]
    ipc = [Path("/proc/sysvipc") / name for name in ("shm", "msg", "sem")]
    shared = [path.read_text() for path in ipc if rules_container() and path.exists()]
    policy = os.sched_getscheduler(0), os.getpriority(os.PRIO_PROCESS, 0)
    return limits, shared, policy, os.sched_getaffinity(0), _scheduling()


def _scheduling() -> tuple[int, bytes] | None:
    """Priority for the disk, and all the processor's scheduler knows: Python has no call for it."""
    numbers = SCHEDULING_CALLS.get(os.uname().machine)
    if numbers is None:
        return None
    syscall = ctypes.CDLL(None).syscall
    attributes = ctypes.create_string_buffer(SCHED_ATTR_BYTES)
    syscall(numbers[1], 0, attributes, SCHED_ATTR_BYTES, 0)
    return syscall(numbers[0], IOPRIO_WHO_PROCESS, 0), attributes.raw
