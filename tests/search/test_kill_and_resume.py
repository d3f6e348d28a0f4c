"""kill -9 at every event of a search, then resume: nothing lost, nothing twice, the same tree."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest
from fakes import shape

from search.replay import Replay
from search.run_folder import find_runs

DRIVER = Path(__file__).parent / "kill_driver.py"


def driven(top: Path, *options: str) -> int:
    """Runs the driver; the number of its killed and resumed runs."""
    done = subprocess.run(
        [sys.executable, str(DRIVER), str(top), *options],
        capture_output=True,
        text=True,
        env={**os.environ, "PYTHONPATH": ":".join(sys.path)},
    )
    assert done.returncode == 0, done.stderr
    return int(done.stdout)


def replayed(runs_dir: Path) -> Replay:
    (folder,) = find_runs(runs_dir)
    return Replay.of(folder.journal_path)


@pytest.mark.parametrize(
    ("num_workers", "deterministic", "watch_files", "num_steps"),
    [(1, "no", "no", 8), (1, "no", "yes", 4), (3, "yes", "no", 8), (3, "no", "no", 8)],
    ids=["one worker", "at every file too", "three workers, deterministic", "three workers"],
)
def test_kill_at_every_event(
    tmp_path: Path, num_workers: int, deterministic: str, watch_files: str, num_steps: int
) -> None:
    options = (str(num_workers), deterministic, watch_files, str(num_steps))
    num_events = driven(tmp_path, *options)
    assert num_events > 5 * num_steps
    whole = replayed(tmp_path / "whole")
    for kill_at in range(num_events):
        runs_dir = tmp_path / str(kill_at)
        after = replayed(runs_dir)
        assert sorted(node.id for node in after.nodes) == list(range(num_steps))
        assert after.stop_reason == "steps"
        if (killed := runs_dir / "killed").exists():
            before = Replay.of(killed).nodes
            assert after.nodes[: len(before)] == before
        if num_workers == 1 or deterministic == "yes":
            assert killed.exists()
            assert shape(after.nodes) == shape(whole.nodes)
