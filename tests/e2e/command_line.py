"""`exitree` in real processes, for the end-to-end tests."""

from __future__ import annotations

import os
import subprocess
import sys
import time
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path

from search.replay import Replay
from search.run_folder import RunFolder, find_runs

ROOT = Path(__file__).resolve().parents[2]
SMALL = ["--steps", "4", "--sandbox", "process"]


class Cli:
    """Runs `exitree` in a folder of its own; data is prepared once for all tests of a process."""

    def __init__(self, cwd: Path, data_dir: Path) -> None:
        self.cwd = cwd
        self.processes: list[subprocess.Popen[str]] = []
        self.environment = {
            **{name: os.environ[name] for name in ("PATH", "LANG") if name in os.environ},
            "HOME": str(cwd),
            "PYTHONPATH": str(ROOT),
            "EXITREE_DATA_DIR": str(data_dir),
            "TMPDIR": str(cwd / "tmp"),
        }
        (cwd / "tmp").mkdir(exist_ok=True)

    def start(self, *arguments: str, **options: object) -> subprocess.Popen[str]:
        process = subprocess.Popen(
            [sys.executable, "-m", "scaffold", *arguments],
            cwd=self.cwd,
            env=self.environment,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
            **options,  # type: ignore[call-overload]
        )
        self.processes.append(process)
        return process

    def kill_all(self) -> None:
        """Leaves no process behind, whatever a test came to."""
        for process in self.processes:
            process.kill()
            process.communicate()

    def __call__(
        self, *arguments: str, code: int = 0, preexec_fn: Callable[[], None] | None = None
    ) -> subprocess.CompletedProcess[str]:
        process = self.start(*arguments, preexec_fn=preexec_fn)
        stdout, stderr = process.communicate(timeout=180)
        assert process.returncode == code, f"{arguments}\n{stdout}\n{stderr}"
        return subprocess.CompletedProcess(arguments, code, stdout, stderr)

    def left_behind(self) -> list[str]:
        """Cells of the sandbox: their folders, and processes that live there."""
        home = self.cwd / "tmp"
        cells = [str(path) for path in home.iterdir()]
        for link in Path("/proc").glob("[0-9]*/cwd"):
            with suppress(OSError):  # not ours, or gone meanwhile
                if os.readlink(link).startswith(str(home)):  # noqa: PTH115 also of what is deleted
                    cells.append(str(link))
        return cells

    def only_run(self) -> RunFolder:
        (folder,) = find_runs(self.cwd / "runs")
        return folder


def expect_error(done: subprocess.CompletedProcess[str], message: str, hint: str) -> None:
    """Exactly one error line and one hint line, no traceback."""
    lines = done.stderr.strip().splitlines()
    assert [line.split(":")[0] for line in lines[-2:]] == ["error", "hint"], done.stderr
    assert message in lines[-2]
    assert hint in lines[-1]
    assert "Traceback" not in done.stderr


def wait_for_nodes(cli: Cli, count: int) -> None:
    deadline = time.monotonic() + 60
    while time.monotonic() < deadline:
        runs = find_runs(cli.cwd / "runs")
        if runs and len(Replay.of(runs[0].journal_path).nodes) >= count:
            return
        time.sleep(0.02)
    raise AssertionError(f"no {count} nodes in time")
