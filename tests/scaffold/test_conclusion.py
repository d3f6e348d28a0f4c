"""The end of a run on a real competition: the choice, the refit, the test score."""

from __future__ import annotations

import shutil
from pathlib import Path

import pandas as pd
import pytest
from constants import ConstantSandbox, concluded, prepare, task_of

from competitions.competition import PreparedCompetition
from scaffold.errors import ScaffoldError
from scaffold.models.scripted import ScriptedModel
from scaffold.session import SearchParts, Session, run_search
from search.budget import Budget, StopReason
from search.errors import RecordingError
from search.policies.best_of_n import BestOfN
from search.record import RunRecord
from search.run_folder import RunFolder


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
    gone = ConstantSandbox(prepared.public, gone=99)
    with pytest.raises(ScaffoldError, match="the engine is gone") as caught:
        concluded(prepared, gone, tmp_path)
    assert "resume" in caught.value.hint
    record = RunRecord.open(next(tmp_path.iterdir()))
    assert (record.status, record.best, len(record.selection)) == ("stopped", None, 4)
    assert len(gone.refit) == 3
    assert (record.path / "report.html").is_file()
    resumed = concluded(prepared, ConstantSandbox(prepared.public), tmp_path, resume=record.path)
    assert resumed.record.status == "finished"
    assert [read.purpose for read in resumed.record.reads].count("final choice") == 1


def test_a_passing_fault_at_the_refit_is_tried_again(
    prepared: PreparedCompetition, tmp_path: Path
) -> None:
    sandbox = ConstantSandbox(prepared.public, gone=2)
    record = concluded(prepared, sandbox, tmp_path).record
    assert len(sandbox.refit) == 3
    assert record.best is not None


def test_ctrl_c_at_the_refit_ends_the_session_and_a_later_one_does_the_rest(
    prepared: PreparedCompetition, tmp_path: Path
) -> None:
    answers = ["Predict.\n\n```python\nx = 1450\n```\n"]
    sandbox = ConstantSandbox(prepared.public, interrupted=True)
    parts = SearchParts(
        task=task_of(prepared, sandbox),
        model=ScriptedModel.of_texts(answers),
        policy=BestOfN(),
        budget=Budget(num_steps=1),
        cancel=sandbox.close,
    )
    run = concluded(prepared, ConstantSandbox(prepared.public), tmp_path, numbers=()).path
    folder = RunFolder.open(run)
    assert Session(parts=parts, folder=folder).run() is StopReason.INTERRUPTED
    assert sandbox.closed.is_set()
    record = RunRecord.open(run)
    assert (record.status, record.stop_reason, record.best) == ("stopped", "steps", None)
    resumed = concluded(prepared, ConstantSandbox(prepared.public), tmp_path, ("1450",), run)
    assert resumed.record.best == 0


def test_without_node_files_the_search_score_chooses_and_the_result_says_so(
    prepared: PreparedCompetition, tmp_path: Path
) -> None:
    gone = ConstantSandbox(prepared.public, gone=99)
    with pytest.raises(ScaffoldError):
        concluded(prepared, gone, tmp_path)
    run = next(tmp_path.iterdir())
    _forget_the_choice(run)
    shutil.rmtree(run / "nodes")
    record = concluded(prepared, ConstantSandbox(prepared.public), tmp_path, resume=run).record
    assert record.tree.best is not None
    assert record.best == record.tree.best.id
    assert "Without a selection score: node 0, 1, 2, 3 (" in record.notes[0]
    assert {path.name for path in (run / "best").iterdir()} == {
        "solution.py",
        "submission.csv",
        "README.md",
    }


def _forget_the_choice(run: Path) -> None:
    """Cuts the journal behind the end of the search."""
    lines = (run / "journal.jsonl").read_text().splitlines(keepends=True)
    ended = next(n for n, line in enumerate(lines) if '"event":"ended"' in line)
    (run / "journal.jsonl").write_text("".join(lines[: ended + 1]))


def test_best_is_made_again_also_without_the_files_of_its_refit(
    prepared: PreparedCompetition, tmp_path: Path
) -> None:
    run = concluded(prepared, ConstantSandbox(prepared.public), tmp_path).path
    before = {path.name: path.read_bytes() for path in (run / "best").iterdir()}
    shutil.rmtree(run / "best")
    shutil.rmtree(run / "nodes")
    sandbox = ConstantSandbox(prepared.public)
    record = concluded(prepared, sandbox, tmp_path, resume=run).record
    assert len(sandbox.refit) == 1
    assert {path.name: path.read_bytes() for path in (run / "best").iterdir()} == before
    assert [read.purpose for read in record.reads].count("final choice") == 1


def test_a_finished_run_is_concluded_only_once(
    prepared: PreparedCompetition, tmp_path: Path
) -> None:
    first = concluded(prepared, ConstantSandbox(prepared.public), tmp_path).record
    sandbox = ConstantSandbox(prepared.public)
    again = concluded(prepared, sandbox, tmp_path, resume=first.path).record
    assert not sandbox.refit
    assert again.reads == first.reads
    assert again.best_summary == first.best_summary


def test_a_resumed_run_names_what_has_changed(
    prepared: PreparedCompetition, tmp_path: Path
) -> None:
    first = concluded(prepared, ConstantSandbox(prepared.public), tmp_path).path
    resumed = run_search(
        task_of(prepared, ConstantSandbox(prepared.public)),
        ScriptedModel.of_texts([]),
        BestOfN(),
        Budget(num_steps=4),
        resume=first,
        seed=7,
    )
    assert resumed.record.notes == ("Resumed after 4 nodes with another seed: 7.",)


def test_a_full_disk_at_best_is_an_error_of_recording(
    prepared: PreparedCompetition, tmp_path: Path
) -> None:
    sandbox = ConstantSandbox(prepared.public, gone=99)
    with pytest.raises(ScaffoldError):
        concluded(prepared, sandbox, tmp_path)
    run = next(tmp_path.iterdir())
    (run / ".best-new").write_text("in the way of the new folder")
    with pytest.raises(RecordingError, match="best"):
        concluded(prepared, ConstantSandbox(prepared.public), tmp_path, resume=run)
    assert RunRecord.open(run).status == "stopped"
    (run / ".best-new").unlink()
    resumed = concluded(prepared, ConstantSandbox(prepared.public), tmp_path, resume=run)
    assert resumed.record.status == "finished"


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
