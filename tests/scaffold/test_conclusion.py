"""The end of a run on a real competition: the choice, the refit, the test score."""

from __future__ import annotations

import shutil
from pathlib import Path

import pandas as pd
import pytest
from constants import ConstantSandbox, concluded, prepare

from competitions.competition import PreparedCompetition
from scaffold.errors import ScaffoldError
from search.record import RunRecord


@pytest.fixture(scope="module")
def prepared(tmp_path_factory: pytest.TempPathFactory) -> PreparedCompetition:
    return prepare(tmp_path_factory.mktemp("data"))


def test_the_answer_is_chosen_refit_and_graded(
    prepared: PreparedCompetition, tmp_path: Path
) -> None:
    sandbox = ConstantSandbox(prepared.public)
    record = concluded(prepared, sandbox, tmp_path).record
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


def test_every_read_of_hidden_rows_is_recorded_with_its_purpose(
    prepared: PreparedCompetition, tmp_path: Path
) -> None:
    record = concluded(prepared, ConstantSandbox(prepared.public), tmp_path).record
    assert [(read.split, read.nodes, read.purpose) for read in record.reads] == [
        ("selection", [0, 1, 2, 3], "final choice"),
        ("selection", [record.best], "standard error"),
        ("test", [record.best], "final report"),
    ]


def test_a_finalist_that_fails_at_its_refit_is_passed_over_and_named(
    prepared: PreparedCompetition, tmp_path: Path
) -> None:
    first = concluded(prepared, ConstantSandbox(prepared.public), tmp_path / "calm").record.best
    refused = ConstantSandbox(prepared.public, refuses=("1450" if first == 1 else "1500",))
    record = concluded(prepared, refused, tmp_path / "refused").record
    assert {first, record.best} == {1, 2}
    assert any(f"Finalist {first} was passed over" in note for note in record.notes)
    assert "x = " in (record.path / "best" / "solution.py").read_text()


def test_no_finalist_at_all_is_an_honest_end(prepared: PreparedCompetition, tmp_path: Path) -> None:
    sandbox = ConstantSandbox(prepared.public, refuses=("500", "1450", "1500", "9000"))
    record = concluded(prepared, sandbox, tmp_path).record
    assert record.status == "finished"
    assert record.best is None
    assert len(record.notes) == 4
    assert not (record.path / "best").exists()


def test_grade_all_grades_every_node_after_the_choice(
    prepared: PreparedCompetition, tmp_path: Path
) -> None:
    record = concluded(prepared, ConstantSandbox(prepared.public), tmp_path, grade_all=True).record
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
    run = concluded(prepared, ConstantSandbox(prepared.public), tmp_path)
    frame = run.to_frame()
    assert list(frame.index) == [0, 1, 2, 3]
    assert frame["metric"].idxmin() in (1, 2)
    assert "lighthouse-bulbs" in run._repr_html_()
    shutil.rmtree(run.path / "nodes")
    assert len(run.to_frame()) == 4  # the journal is the source of truth
