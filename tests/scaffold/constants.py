"""Searches on a real competition whose scripts are constants: real grading, no script is run."""

from __future__ import annotations

import os
import signal
import threading
from pathlib import Path

import pandas as pd

from competitions.competition import PreparedCompetition
from competitions.registry import find
from sandbox.contract import ExecutionResult, ExecutionStatus, Limits, Workspace
from scaffold.competition_task import CompetitionTask
from scaffold.models.scripted import ScriptedModel
from scaffold.run import Run
from scaffold.session import run_search
from search.budget import Budget
from search.policies.best_of_n import BestOfN

COMPETITIONS = Path(__file__).resolve().parents[2] / "examples" / "own_competition"
NUMBERS = ("500", "1450", "1500", "9000")  # 1450 and 1500 are good, the others bad


def prepare(data_dir: Path) -> PreparedCompetition:
    return find("lighthouse-bulbs", [COMPETITIONS]).prepare(data_dir)


class ConstantSandbox:
    """Runs no script: a "script" is the number to predict everywhere, read from its last line.

    `refuses` are scripts that fail on the full public data, `gone` is how often it is unavailable
    there, `interrupted` sends Ctrl-C to this process there and waits for `close`.
    """

    name = "constant"
    notice = ""

    def __init__(
        self,
        public: Path,
        refuses: tuple[str, ...] = (),
        gone: int = 0,
        interrupted: bool = False,
    ) -> None:
        self.public, self.refuses, self.gone, self.interrupted = public, refuses, gone, interrupted
        self.refit: list[str] = []
        self.closed = threading.Event()

    def run(self, script: str, workspace: Workspace, limits: Limits) -> ExecutionResult:
        number = script.strip().splitlines()[-1].removeprefix("x = ")
        status, reason = ExecutionStatus.OK, ""
        if workspace.data_dir == self.public:
            self.refit.append(number)
            if self.interrupted:
                os.kill(os.getpid(), signal.SIGINT)
                self.closed.wait(30)
            if self.interrupted or len(self.refit) <= self.gone:
                status, reason = ExecutionStatus.UNAVAILABLE, "the engine is gone"
            elif number in self.refuses:
                status, reason = ExecutionStatus.FAILED, "it failed on the full data"
        if status is ExecutionStatus.OK:
            sample = pd.read_csv(workspace.data_dir / "sample_submission.csv")
            sample["hours"] = float(number)
            sample.to_csv(workspace.out_dir / "submission.csv", index=False)
        return ExecutionResult(status=status, exit_code=0, output="", seconds=0.1, reason=reason)

    def close(self) -> None:
        self.closed.set()


def task_of(prepared: PreparedCompetition, sandbox: ConstantSandbox) -> CompetitionTask:
    return CompetitionTask(prepared=prepared, sandbox=sandbox, limits=Limits())


def concluded(
    prepared: PreparedCompetition,
    sandbox: ConstantSandbox,
    runs_dir: Path,
    numbers: tuple[str, ...] = NUMBERS,
    resume: Path | None = None,
    grade_all: bool = False,
) -> Run:
    """A whole run whose nodes predict these constants, or the rest of it."""
    answers = [f"Predict {number}.\n\n```python\nx = {number}\n```\n" for number in numbers]
    return run_search(
        task_of(prepared, sandbox),
        ScriptedModel.of_texts(answers),
        BestOfN(),
        Budget(num_steps=len(numbers)),
        runs_dir=runs_dir,
        resume=resume,
        grade_all=grade_all,
        retry_seconds=(0.0, 0.0),
    )
