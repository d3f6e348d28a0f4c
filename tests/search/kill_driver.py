"""Searches that are killed at each of their events in turn, and resumed.

    python kill_driver.py FOLDER NUM_WORKERS DETERMINISTIC WATCH_FILES NUM_STEPS

FOLDER/whole is a run that nobody killed. FOLDER/N is one that was killed at event N (the file
FOLDER/N/killed says so: a copy of its journal) and resumed to its end. Prints how many there are.
"""

from __future__ import annotations

import shutil
import sys
from collections.abc import Callable
from pathlib import Path

from fakes import INFO, EchoOperator, HashEvaluator
from killing import Killer, KillingJournal, in_child

from search.budget import Budget
from search.policies.greedy import Greedy
from search.replay import Replay
from search.run_folder import RunFolder, find_runs
from search.runner import Recorded, Runner, SearchPlan

Session = Callable[[Path, int], int]


def search(
    runs_dir: Path,
    kill_at: int,
    *,
    num_workers: int,
    deterministic: bool,
    watch_files: bool,
    num_steps: int,
) -> int:
    """Starts a run, or resumes the one that is there; the number of its events."""
    killer = Killer(kill_at)
    plan = SearchPlan(
        policy=Greedy(num_drafts=3),
        operator=EchoOperator(),
        evaluator=HashEvaluator(0.004 if num_workers > 1 else 0.0),
        budget=Budget(num_steps=num_steps),
        num_workers=num_workers,
        deterministic=deterministic,
        observers=(killer,),
    )
    if runs := find_runs(runs_dir):
        folder, replay = runs[0], Replay.of(runs[0].journal_path)
        journal = KillingJournal.resume(folder.journal_path)
    else:
        folder, replay = RunFolder.create(runs_dir, "task"), Replay()
        journal = KillingJournal.create(folder.journal_path, INFO)
    journal.killer = killer
    if watch_files:
        killer.watch_files(folder.path)
    with folder.locked(), journal:
        recorded = Recorded(nodes=replay.nodes, seconds=replay.seconds)
        Runner(plan, folder, journal, recorded).run()
    return killer.count


def main(top: Path, session: Session) -> None:
    num_events = in_child(lambda: session(top / "whole", -1))
    assert num_events is not None
    for kill_at in range(num_events):
        runs_dir = top / str(kill_at)
        killed = in_child(lambda runs=runs_dir, at=kill_at: session(runs, at)) is None  # type: ignore[misc]
        if killed:
            shutil.copyfile(find_runs(runs_dir)[0].journal_path, runs_dir / "killed")
        assert in_child(lambda runs=runs_dir: session(runs, -1)) is not None  # type: ignore[misc]
    print(num_events)


if __name__ == "__main__":
    top, num_workers, deterministic, watch_files, num_steps = sys.argv[1:]
    main(
        Path(top),
        lambda runs_dir, kill_at: search(
            runs_dir,
            kill_at,
            num_workers=int(num_workers),
            deterministic=deterministic == "yes",
            watch_files=watch_files == "yes",
            num_steps=int(num_steps),
        ),
    )
