"""The end of a run on a real competition: the choice, the refit, the test score."""

from __future__ import annotations

import shutil
from pathlib import Path

import pandas as pd
import pytest

from competitions.competition import PreparedCompetition
from competitions.registry import find
from sandbox.contract import ExecutionResult, ExecutionStatus, Limits, Workspace
from scaffold.competition_task import CompetitionTask
from scaffold.errors import ScaffoldError
from scaffold.models.scripted import ScriptedModel
from scaffold.session import run_search
from search.budget import Budget
from search.policies.best_of_n import BestOfN
from search.record import RunRecord

COMPETITIONS = Path(__file__).resolve().parents[2] / "examples" / "own_competition"


class ConstantSandbox:
    """Runs no script: a "script" is the number to predict everywhere, read from its last line.

    `refuses` are scripts that fail on the full public data, `gone` makes it unavailable there.
    """

    name = "constant"
    notice = ""

    def __init__(self, public: Path, refuses: tuple[str, ...] = (), gone: bool = False) -> None:
        self.public, self.refuses, self.gone = public, refuses, gone
        self.refit: list[str] = []

    def run(self, script: str, workspace: Workspace, limits: Limits) -> ExecutionResult:
        number = script.strip().splitlines()[-1].removeprefix("x = ")
        status, reason = ExecutionStatus.OK, ""
        if workspace.data_dir == self.public:
            self.refit.append(number)
            if self.gone:
                status, reason = ExecutionStatus.UNAVAILABLE, "the engine is gone"
            elif number in self.refuses:
                status, reason = ExecutionStatus.FAILED, "it failed on the full data"
        if status is ExecutionStatus.OK:
            sample = pd.read_csv(workspace.data_dir / "sample_submission.csv")
            sample["hours"] = float(number)
            sample.to_csv(workspace.out_dir / "submission.csv", index=False)
        return ExecutionResult(status=status, exit_code=0, output="", seconds=0.1, reason=reason)

    def close(self) -> None:
        pass


@pytest.fixture(scope="module")
def prepared(tmp_path_factory: pytest.TempPathFactory) -> PreparedCompetition:
    return find("lighthouse-bulbs", [COMPETITIONS]).prepare(tmp_path_factory.mktemp("data"))


def concluded(
    prepared: PreparedCompetition,
    sandbox: ConstantSandbox,
    runs_dir: Path,
    numbers: tuple[str, ...] = ("500", "1450", "1500", "9000"),
    grade_all: bool = False,
) -> RunRecord:
    """A search whose nodes predict these constants: 1450 and 1500 are good, the others bad."""
    answers = [f"Predict {number}.\n\n```python\nx = {number}\n```\n" for number in numbers]
    task = CompetitionTask(prepared=prepared, sandbox=sandbox, limits=Limits())
    run = run_search(
        task,
        ScriptedModel.of_texts(answers),
        BestOfN(),
        Budget(num_steps=len(numbers)),
        runs_dir=runs_dir,
        grade_all=grade_all,
    )
    return run.record


def test_the_answer_is_chosen_refit_and_graded(
    prepared: PreparedCompetition, tmp_path: Path
) -> None:
    sandbox = ConstantSandbox(prepared.public)
    record = concluded(prepared, sandbox, tmp_path)
    assert record.best in (1, 2)
    assert sandbox.refit == [str((500, 1450, 1500, 9000)[record.best])]
    best = record.path / "best"
    assert {path.name for path in best.iterdir()} == {
        "solution.py",
        "submission.csv",
        "README.md",
    }
    submitted = pd.read_csv(best / "submission.csv")
    assert list(submitted["id"]) == list(pd.read_csv(prepared.public / "test.csv")["id"])
    assert record.best_summary["test score"] == f"{record.test[record.best].value:.5f}"
    assert set(record.selection) == {0, 1, 2, 3}
    assert set(record.test) == {record.best}


def test_hidden_rows_are_read_once_for_the_choice_and_once_for_the_report(
    prepared: PreparedCompetition, tmp_path: Path
) -> None:
    record = concluded(prepared, ConstantSandbox(prepared.public), tmp_path)
    assert [(read.split, read.nodes, read.purpose) for read in record.reads] == [
        ("selection", [0, 1, 2, 3], "final choice"),
        ("test", [record.best], "final report"),
    ]


def test_a_finalist_that_fails_at_its_refit_is_passed_over_and_named(
    prepared: PreparedCompetition, tmp_path: Path
) -> None:
    first = concluded(prepared, ConstantSandbox(prepared.public), tmp_path / "calm").best
    refused = ConstantSandbox(prepared.public, refuses=("1450" if first == 1 else "1500",))
    record = concluded(prepared, refused, tmp_path / "refused")
    assert {first, record.best} == {1, 2}
    assert any(f"Finalist {first} was passed over" in note for note in record.notes)
    assert "x = " in (record.path / "best" / "solution.py").read_text()


def test_no_finalist_at_all_is_an_honest_end(prepared: PreparedCompetition, tmp_path: Path) -> None:
    sandbox = ConstantSandbox(prepared.public, refuses=("500", "1450", "1500", "9000"))
    record = concluded(prepared, sandbox, tmp_path)
    assert record.status == "finished"
    assert record.best is None
    assert len(record.notes) == 4
    assert not (record.path / "best").exists()


def test_grade_all_grades_every_node_after_the_choice(
    prepared: PreparedCompetition, tmp_path: Path
) -> None:
    record = concluded(prepared, ConstantSandbox(prepared.public), tmp_path, grade_all=True)
    assert set(record.test) == {0, 1, 2, 3}
    assert [read.purpose for read in record.reads][-1] == "analysis of all nodes (--grade-all)"
    assert record.reads[-1].nodes == [node for node in range(4) if node != record.best]


def test_an_engine_that_is_gone_at_the_refit_leaves_the_rest_to_a_later_session(
    prepared: PreparedCompetition, tmp_path: Path
) -> None:
    gone = ConstantSandbox(prepared.public, gone=True)
    with pytest.raises(ScaffoldError, match="the engine is gone") as caught:
        concluded(prepared, gone, tmp_path)
    assert "resume" in caught.value.hint
    record = RunRecord.open(next(tmp_path.iterdir()))
    assert (record.status, record.best, len(record.selection)) == ("stopped", None, 4)


def test_a_run_shows_itself_in_a_notebook_and_as_a_frame(
    prepared: PreparedCompetition, tmp_path: Path
) -> None:
    from scaffold.run import Run

    run = Run(concluded(prepared, ConstantSandbox(prepared.public), tmp_path).path)
    frame = run.to_frame()
    assert list(frame.index) == [0, 1, 2, 3]
    assert frame["metric"].idxmin() in (1, 2)
    assert "lighthouse-bulbs" in run._repr_html_()
    shutil.rmtree(run.path / "nodes")
    assert len(run.to_frame()) == 4  # the journal is the source of truth
