"""The examples run as they are written."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]


def run(cwd: Path, *command: str) -> str:
    environment = {
        "PATH": os.environ["PATH"],
        "HOME": str(cwd),
        "PYTHONPATH": f"{ROOT}:{ROOT / 'examples'}",
        "EXITREE_DATA_DIR": str(cwd / "data"),
    }
    done = subprocess.run(
        [sys.executable, *command], cwd=cwd, env=environment, capture_output=True, text=True
    )
    assert done.returncode == 0, done.stderr
    return done.stdout


def test_the_library_in_forty_lines(tmp_path: Path) -> None:
    path = ROOT / "examples" / "library.py"
    assert len(path.read_text().splitlines()) <= 40
    output = run(tmp_path, str(path), "4")
    assert "draft" in output
    assert "test score" in output
    assert list(tmp_path.glob("runs/*/report.html"))


def test_a_competition_of_your_own(tmp_path: Path) -> None:
    folder = str(ROOT / "examples" / "own_competition")
    output = run(
        tmp_path,
        *["-m", "scaffold", "search", "lighthouse-bulbs", "--competitions-dir", folder],
        *["--steps", "4", "--sandbox", "process"],
    )
    assert "test score" in output
    assert "medal" not in output  # there is no leaderboard


@pytest.mark.parametrize("option", ["policy.options.num_drafts=2"])
def test_a_policy_of_your_own(tmp_path: Path, option: str) -> None:
    output = run(
        tmp_path,
        *["-m", "scaffold", "search", "night-ferry", "--steps", "4", "--sandbox", "process"],
        *["--policy", "own_policy:TopThree", "--set", option],
    )
    assert output.count(" draft") == 2
