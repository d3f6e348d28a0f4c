"""`exitree grade RUN`: what the answer of a run scores on the hidden test answers."""

from __future__ import annotations

import json
import time
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from scaffold.cli.arguments import RUNS_DIR, AsJson, RunName, RunsDir

if TYPE_CHECKING:
    from competitions.competition import Competition
    from scaffold.cli.output import OutputConsole


def register(app: typer.Typer) -> None:
    app.command()(grade)


def grade(
    run: RunName,
    runs_dir: RunsDir = RUNS_DIR,
    data_dir: Annotated[Path | None, typer.Option(help="Prepared data (the run's own).")] = None,
    as_json: AsJson = False,
) -> None:
    """Grade the answer of a run on the test answers.

    Prints score, medal and percentile. The reading of the answers is recorded in the run's journal.
    """
    from competitions.outcome import Graded, Split
    from scaffold.cli.output import OutputConsole
    from scaffold.config_sources import load
    from scaffold.errors import ScaffoldError
    from scaffold.parts import find_competition
    from scaffold.runs import find_answer, find_run
    from search.entries import AnswersRead
    from search.journal import Journal
    from search.record import RunRecord

    folder = find_run(run, runs_dir)
    record = RunRecord.open(folder.path)
    submission = find_answer(folder, record).with_name("submission.csv")
    files = [folder.config_path] if folder.config_path.is_file() else []
    flags = {} if files else {"competition": record.title}  # a run that was started from Python
    config = load(files=files, flags=flags, environ={}).config
    competition = find_competition(config)
    prepared = competition.prepare(data_dir or config.data_dir)
    with folder.locked(), Journal.resume(folder.journal_path) as journal:
        nodes = [] if record.best is None else [record.best]
        journal.append(
            AnswersRead(at=time.time(), split="test", nodes=nodes, purpose="exitree grade")
        )
    outcome = prepared.grade(submission, Split.TEST, num_bootstrap=200)
    if not isinstance(outcome, Graded):
        raise ScaffoldError(
            f"the answer of run {folder.run_id} cannot be graded: {outcome.reason}",
            hint=f"`exitree competitions check {competition.spec.id} {submission}` says more",
        )
    standing = competition.standing(outcome.score)
    document = {
        "run": folder.run_id,
        "node": record.best,
        "score": outcome.score,
        "stderr": outcome.stderr,
        "rows": outcome.num_rows,
        "medal": standing.medal.value if standing and standing.medal else None,
        "percentile": standing.percentile if standing else None,
        "rank": standing.rank if standing else None,
        "above_median": standing.above_median if standing else None,
    }
    if as_json:
        print(json.dumps(document, indent=2))
        return
    _print(OutputConsole(highlight=False), document, competition)


def _print(console: OutputConsole, graded: Mapping[str, Any], competition: Competition) -> None:
    from scaffold.cli.competitions import print_grading

    console.print(f"run {graded['run']}, node {graded['node']}, test rows", soft_wrap=True)
    print_grading(console, graded, competition)
