"""A search in a process of its own that kills itself (SIGKILL) at a given event.

    python kill_driver.py RUNS_DIR NUM_WORKERS DETERMINISTIC KILL_AT

Starts a run or resumes the one that is there. Events are counted over the journal's writes and the
observers' calls; KILL_AT < 0 never kills. Prints the number of events.
"""

from __future__ import annotations

import os
import signal
import sys
from pathlib import Path

from fakes import INFO, EchoOperator, HashEvaluator

from search.budget import Budget
from search.events import Event
from search.journal import Journal
from search.policies.greedy import Greedy
from search.replay import Replay
from search.run_folder import RunFolder, find_runs
from search.runner import Recorded, Runner, SearchPlan


class Killer:
    """An observer that ends the process at the n-th event."""

    def __init__(self, kill_at: int) -> None:
        self.kill_at, self.count = kill_at, 0

    def notify(self, event: Event) -> None:
        if self.count == self.kill_at:
            os.kill(os.getpid(), signal.SIGKILL)
        self.count += 1


def main(runs_dir: Path, num_workers: int, deterministic: bool, kill_at: int) -> None:
    killer = Killer(kill_at)
    search = SearchPlan(
        policy=Greedy(num_drafts=3),
        operator=EchoOperator(),
        evaluator=HashEvaluator(0.004),
        budget=Budget(num_steps=8),
        num_workers=num_workers,
        deterministic=deterministic,
        observers=(killer,),
    )
    if runs := find_runs(runs_dir):
        folder, replay = runs[0], Replay.of(runs[0].journal_path)
        journal = Journal.resume(folder.journal_path)
    else:
        folder, replay = RunFolder.create(runs_dir, "task"), Replay()
        journal = Journal.create(folder.journal_path, INFO)
    with folder.locked(), journal:
        recorded = Recorded(nodes=replay.nodes, seconds=replay.seconds)
        Runner(search, folder, journal, recorded).run()
    print(killer.count)


if __name__ == "__main__":
    main(Path(sys.argv[1]), int(sys.argv[2]), sys.argv[3] == "yes", int(sys.argv[4]))
