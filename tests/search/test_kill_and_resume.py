"""kill -9 at every event of a search, then resume: nothing lost, nothing twice, the same tree."""

from __future__ import annotations

import signal
import subprocess
import sys
from pathlib import Path

import pytest
from test_runner import shape

from search.replay import Replay
from search.run_folder import find_runs

DRIVER = Path(__file__).parent / "kill_driver.py"


def drive(runs_dir: Path, num_workers: int, deterministic: str, kill_at: int) -> int | None:
    """Runs the driver; the number of its events, None when it was killed."""
    command = [sys.executable, str(DRIVER), str(runs_dir), str(num_workers), deterministic]
    done = subprocess.run(
        [*command, str(kill_at)],
        capture_output=True,
        text=True,
        env={"PYTHONPATH": ":".join(sys.path)},
    )
    if done.returncode == -signal.SIGKILL:
        return None
    assert done.returncode == 0, done.stderr
    return int(done.stdout)


def replayed(runs_dir: Path) -> Replay:
    (folder,) = find_runs(runs_dir)
    return Replay.of(folder.journal_path)


@pytest.mark.parametrize(
    ("num_workers", "deterministic"), [(1, "no"), (3, "yes"), (3, "no")], ids=str
)
def test_kill_at_every_event(tmp_path: Path, num_workers: int, deterministic: str) -> None:
    num_events = drive(tmp_path / "whole", num_workers, deterministic, -1)
    assert num_events is not None
    whole = replayed(tmp_path / "whole")
    for kill_at in range(num_events):
        runs_dir = tmp_path / str(kill_at)
        killed = drive(runs_dir, num_workers, deterministic, kill_at) is None
        before = replayed(runs_dir).nodes
        assert drive(runs_dir, num_workers, deterministic, -1) is not None
        after = replayed(runs_dir)
        assert after.nodes[: len(before)] == before
        assert sorted(node.id for node in after.nodes) == list(range(8))
        assert after.stop_reason == "steps"
        if num_workers == 1 or deterministic == "yes":
            assert killed
            assert shape(after.nodes) == shape(whole.nodes)
