"""What sandbox tests share: kinds of sandbox, folders around one, what may be left of it."""

from __future__ import annotations

import itertools
import os
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

import docker
import pytest

from sandbox import ExecutionResult, Limits, Workspace
from sandbox.pool import PooledSandbox
from sandbox.process_watch import descendants

LIMITS = Limits(timeout_seconds=30, memory_mb=512, pids=60, scratch_mb=64, file_mb=16)
DOCKER_KINDS = ("docker-cold", "docker-warm")
PROCESS_KINDS = ("process-cold", "process-warm")
ALL_KINDS = DOCKER_KINDS + PROCESS_KINDS
PRIVATE = "PRIVATE-ANSWER"


def kinds(*names: str) -> list[object]:
    """Parameters for the `bench` fixture; those that need Docker are marked."""
    return [
        pytest.param(name, marks=[pytest.mark.docker] if name.startswith("docker") else [])
        for name in names
    ]


@dataclass
class Bench:
    """A sandbox, public data for it, private answers beside them, and where results go."""

    kind: str
    sandbox: PooledSandbox
    folder: Path
    url: str | None = None  # of its engine; None: the machine's
    out_dir: Path = field(init=False)
    _numbers: itertools.count[int] = field(default_factory=itertools.count)

    def __post_init__(self) -> None:
        self.public = self.folder / "public"
        self.private = self.folder / "private"
        self.public.mkdir()
        self.public.chmod(0o755)
        (self.public / "train.csv").write_text("id,target\n1,0\n")
        self.private.mkdir(mode=0o700)
        (self.private / "answers.csv").write_text(f"id,target\n2,{PRIVATE}\n")

    def run(self, script: str, limits: Limits = LIMITS) -> ExecutionResult:
        """What the script leaves is then in a fresh `out_dir`."""
        out_dir = self.out_dir = self.folder / f"out{next(self._numbers)}"
        out_dir.mkdir()
        return self.sandbox.run(script, Workspace(data_dir=self.public, out_dir=out_dir), limits)

    def run_and(self, script: str, meanwhile: Callable[[], None]) -> ExecutionResult:
        """Run a script in Docker, and do something once it is running."""
        results: list[ExecutionResult] = []
        thread = threading.Thread(target=lambda: results.append(self.run(script)))
        thread.start()
        deadline = time.monotonic() + 20
        while time.monotonic() < deadline and not self._runs_a_script():
            time.sleep(0.05)
        meanwhile()
        thread.join(20)
        assert not thread.is_alive()
        return results[0]

    def _runs_a_script(self) -> bool:
        names = containers_of(os.getpid(), self.url)
        try:
            return any(len(processes_in(name, self.url)) > 1 for name in names)
        except docker.errors.APIError:  # created, not running yet
            return False

    def collected(self) -> list[str]:
        return sorted(path.name for path in self.out_dir.iterdir())

    def leftovers(self) -> list[str]:
        """Processes that are neither ours nor a harness waiting for its next script."""
        if self.kind in PROCESS_KINDS:
            found = descendants(os.getpid())
            return [f"process {item.pid}" for item in found if item.parent != os.getpid()]
        return [
            f"process {process} in {name}"
            for name in containers_of(os.getpid())
            for process in processes_in(name)[1:]
        ]


def containers_of(pid: int, url: str | None = None) -> list[str]:
    """Names of the containers, running or not, that a process of this machine owns."""
    with docker.APIClient(base_url=url) as api:
        found = api.containers(all=True, filters={"label": f"exitree.pid={pid}"})
    return [item["Names"][0].lstrip("/") for item in found]


def processes_in(container: str, url: str | None = None) -> list[str]:
    with docker.APIClient(base_url=url) as api:
        rows = api.top(container, ps_args="-eo pid,args")["Processes"]
    return [" ".join(row)[:80] for row in rows]


def processes_with_argument(mark: str) -> list[int]:
    """On the whole machine, so inside of containers too."""
    found = []
    for folder in Path("/proc").iterdir():
        if folder.name.isdigit():
            try:
                arguments = (folder / "cmdline").read_bytes().split(b"\0")
            except OSError:
                continue
            if mark.encode() in arguments:
                found.append(int(folder.name))
    return found
