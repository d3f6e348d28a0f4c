"""Finding a run by what a person types, and its answer."""

from __future__ import annotations

import os
from pathlib import Path

from scaffold.errors import ScaffoldError
from scaffold.naming import unknown_name
from search.errors import SearchError
from search.record import RunRecord
from search.run_folder import RunFolder, find_runs

LAST = "last"


def find_run(name: str, runs_dir: Path) -> RunFolder:
    """The run that `name` means: a folder, a run's name below `runs_dir`, its unambiguous
    beginning, or `last` for the newest.

    Raises:
        ScaffoldError: there is no such run. SearchError: several runs begin so.
    """
    # os.path, because pathlib raises where we may not look
    is_path = os.sep in name and os.path.isdir(name)  # noqa: PTH112
    if is_path or os.path.isfile(Path(name, "journal.jsonl")):  # noqa: PTH113
        return RunFolder.open(Path(name))
    runs = {folder.run_id: folder for folder in find_runs(runs_dir)}
    if not runs:
        raise ScaffoldError(
            f"no run {name!r}: there are no runs in {runs_dir}",
            hint="begin one with `exitree search COMPETITION`, or say where they are: --runs-dir",
        )
    if name == LAST:
        return runs[max(runs)]
    matches = [run_id for run_id in runs if run_id.startswith(name)]
    if name in runs:
        matches = [name]
    if len(matches) > 1:
        raise SearchError(
            f"{len(matches)} runs begin with {name!r}", hint=f"say more: {', '.join(matches[:3])}"
        )
    if not matches:
        raise unknown_name("run", name, runs, more=f"`exitree runs` lists those in {runs_dir}")
    return runs[matches[0]]


def find_answer(folder: RunFolder, record: RunRecord) -> Path:
    """The solution in best/; its submission lies beside it.

    Raises:
        ScaffoldError: the run has not come to an answer.
    """
    solutions = sorted(folder.best_dir.glob("solution.*"))
    if record.best is None or not solutions:
        raise ScaffoldError(
            f"run {folder.run_id} has no answer yet ({record.status})",
            hint=f"`exitree resume {folder.path}` goes on; with --finish it takes the best so far",
        )
    return solutions[0]
