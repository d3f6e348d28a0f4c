"""Conclusions of a run that are killed at each of their events in turn, and done again.

    python kill_conclusion.py FOLDER DATA_DIR

FOLDER/whole is a run that nobody killed. FOLDER/N is the same run, with an older best/, killed at
event N of its conclusion; FOLDER/N/killed is what was there then; the run is resumed to its end.
Prints how many there are.
"""

from __future__ import annotations

import json
import shutil
import sys
from pathlib import Path

from constants import ConstantSandbox, concluded, prepare, task_of
from killing import Killer, KillingJournal, in_child

from competitions.competition import PreparedCompetition
from scaffold.artifacts import refresh
from scaffold.conclusion import Conclusion
from search.replay import Replay
from search.run_folder import RunFolder, find_runs

ANSWER = ("README.md", "solution.py", "submission.csv")
NUMBERS = ("1450", "1500", "9000")
REFUSED = ("1450",)  # a finalist whose refit fails, so that another one is refit


def searched(prepared: PreparedCompetition, folder: Path) -> Path:
    """A run whose search has ended and whose conclusion is owed, with an older answer in best/."""
    run = concluded(prepared, ConstantSandbox(prepared.public, REFUSED), folder, NUMBERS).path
    shutil.copytree(run, folder / "whole")
    lines = (run / "journal.jsonl").read_text().splitlines(keepends=True)
    ended = next(n for n, line in enumerate(lines) if json.loads(line).get("event") == "ended")
    (run / "journal.jsonl").write_text("".join(lines[: ended + 1]))
    for refit in run.glob("nodes/*/refit"):
        shutil.rmtree(refit)
    for name in ANSWER:
        (run / "best" / name).write_text("older")
    for name in ("run.json", "report.html"):
        (run / name).unlink()
    return run


def conclude(prepared: PreparedCompetition, folder: RunFolder, kill_at: int) -> int:
    killer = Killer(kill_at)
    replay = Replay.of(folder.journal_path)
    with folder.locked(), KillingJournal.resume(folder.journal_path) as journal:
        journal.killer = killer
        killer.watch_files(folder.path)
        Conclusion(
            folder=folder,
            journal=journal,
            tree=replay.tree(),
            replay=replay,
            task=task_of(prepared, ConstantSandbox(prepared.public, REFUSED)),
            observers=(killer,),
        ).conclude(grade_all=True)
    refresh(folder)
    return killer.count


def main(top: Path, data_dir: Path) -> None:
    prepared = prepare(data_dir)
    in_child(lambda: len(searched(prepared, top / "model").name))
    (model,) = (run.path for run in find_runs(top / "model") if run.run_id != "whole")
    whole = RunFolder(top / "whole" / model.name)
    shutil.copytree(model, whole.path)
    num_events = in_child(lambda: conclude(prepared, whole, -1))
    assert num_events is not None
    for kill_at in range(num_events):
        folder = RunFolder(top / str(kill_at) / model.name)
        shutil.copytree(model, folder.path)
        killed = in_child(lambda at=kill_at, run=folder: conclude(prepared, run, at))  # type: ignore[misc]
        assert killed is None
        shutil.copytree(folder.path, top / str(kill_at) / "killed")
        sandbox = ConstantSandbox(prepared.public, REFUSED)
        resumed = in_child(
            lambda box=sandbox, run=folder: len(  # type: ignore[misc]
                concluded(prepared, box, top, NUMBERS, run.path, grade_all=True).record.reads
            )
        )
        assert resumed is not None
    print(num_events)


if __name__ == "__main__":
    main(Path(sys.argv[1]), Path(sys.argv[2]))
