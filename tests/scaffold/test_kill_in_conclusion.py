"""kill -9 at every event of a conclusion (choice, refit, report, best/), then resume: only what is
owed is done, nothing is chosen twice, and best/ is never half there."""

from __future__ import annotations

import os
import subprocess
import sys
from collections import Counter
from pathlib import Path

from kill_conclusion import ANSWER

from search.entries import FinalistsChosen, NodeRefit, NodeScored, RunFinished
from search.journal import read_entries
from search.replay import Replay
from search.run_folder import find_runs

DRIVER = Path(__file__).parent / "kill_conclusion.py"


def answer(run: Path) -> dict[str, str] | None:
    """What best/ holds; None where there is none. Where a run lies does not matter."""
    if not (run / "best").exists():
        return None
    return {
        path.name: path.read_text().replace(str(run), "RUN") for path in (run / "best").iterdir()
    }


def test_kill_at_every_event_of_the_conclusion(tmp_path: Path) -> None:
    done = subprocess.run(
        [sys.executable, str(DRIVER), str(tmp_path), str(tmp_path / "data")],
        capture_output=True,
        text=True,
        env={**os.environ, "PYTHONPATH": ":".join(sys.path)},
    )
    assert done.returncode == 0, done.stderr
    num_events = int(done.stdout)
    assert num_events > 30
    (whole,) = find_runs(tmp_path / "whole")
    older, newer = dict.fromkeys(ANSWER, "older"), answer(whole.path)
    assert newer is not None
    assert set(newer) == set(ANSWER)
    expected = Replay.of(whole.journal_path)
    seen = Counter[str]()
    for kill_at in range(num_events):
        killed = tmp_path / str(kill_at) / "killed"
        (run,) = (item for item in find_runs(tmp_path / str(kill_at)) if item.run_id != "killed")
        found = answer(killed)
        found_at_rest = (
            None
            if found is None
            else {name: text.replace(str(run.path), "RUN") for name, text in found.items()}
        )
        assert found_at_rest in (older, newer, None), f"best/ is half there at event {kill_at}"
        seen["older" if found_at_rest == older else "newer" if found_at_rest else "none"] += 1
        before, after = Replay.of(killed / "journal.jsonl"), Replay.of(run.journal_path)
        if before.finished is not None:
            assert found_at_rest == newer
        assert answer(run.path) == newer
        assert not list(run.path.glob(".*-*")), "something is left beside the run's files"
        assert after.finished is not None
        assert expected.finished is not None
        assert after.finished.summary == expected.finished.summary
        assert after.scores == expected.scores
        entries = list(read_entries(run.journal_path))
        assert sum(isinstance(entry, FinalistsChosen) for entry in entries) == 1
        assert sum(isinstance(entry, RunFinished) for entry in entries) == 1
        refits = Counter(entry.node for entry in entries if isinstance(entry, NodeRefit))
        assert set(refits.values()) == {1}
        scores = Counter(
            (entry.split, entry.node, entry.metric is None or entry.metric.stderr is None)
            for entry in entries
            if isinstance(entry, NodeScored)
        )
        assert set(scores.values()) == {1}
        for name in ("run.json", "report.html"):
            assert (run.path / name).stat().st_size > 0
    assert seen["older"] > 10
    assert seen["newer"] > 2
