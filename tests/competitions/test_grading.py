"""Scores, alignment, bootstrap errors and the three ways grading ends."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pandas as pd
import pytest

from competitions.competition import Competition, PreparedCompetition
from competitions.outcome import Graded, GraderFault, Invalid, Split

MakeFolder = Callable[..., Path]


def prepared_with(make_folder: MakeFolder, data_dir: Path, grade: str) -> PreparedCompetition:
    return Competition.load(make_folder(grade=grade)).prepare(data_dir)


def nested_truth(toy: PreparedCompetition) -> pd.DataFrame:
    return pd.read_csv(toy.nested_public.parent / "private" / "answers.csv")


def test_the_truth_scores_the_optimum_in_any_order(
    toy: PreparedCompetition, tmp_path: Path
) -> None:
    path = tmp_path / "s.csv"
    nested_truth(toy).sample(frac=1, random_state=1).to_csv(path, index=False)
    for split in (Split.SEARCH, Split.SELECTION):
        assert toy.grade(path, split) == Graded(score=1.0, num_rows=5)


def test_each_split_sees_its_own_rows_only(toy: PreparedCompetition, tmp_path: Path) -> None:
    truth = nested_truth(toy)
    rows = pd.read_csv(toy.nested_public.parent / "private" / "rows.csv")
    searched = truth["id"].isin(rows.loc[rows["split"] == "search", "id"])
    truth.loc[searched, "y"] = 1 - truth.loc[searched, "y"]
    path = tmp_path / "s.csv"
    truth.to_csv(path, index=False)
    assert toy.grade(path, Split.SEARCH) == Graded(score=0.0, num_rows=5)
    assert toy.grade(path, Split.SELECTION) == Graded(score=1.0, num_rows=5)


def test_a_nested_submission_is_invalid_for_the_test(toy: PreparedCompetition) -> None:
    outcome = toy.grade(toy.nested_public / "sample_submission.csv", Split.TEST)
    assert isinstance(outcome, Invalid)
    assert outcome.row == 2
    assert toy.validate(toy.nested_public / "sample_submission.csv", Split.TEST) == outcome
    assert toy.validate(toy.public / "sample_submission.csv", Split.TEST) is None


@pytest.mark.parametrize(
    ("body", "outcome"),
    [
        ("return float('nan')", Invalid(reason="the score is nan")),
        ("return float('inf')", Invalid(reason="the score is inf")),
        (
            "class InvalidSubmissionError(Exception): pass\n"
            "    raise InvalidSubmissionError('too brave')",
            Invalid(reason="too brave"),
        ),
        ("raise ZeroDivisionError('oops')", GraderFault(reason="ZeroDivisionError: oops")),
        ("return 'good'", GraderFault),
        ("return None", GraderFault),
    ],
)
def test_how_a_grader_can_end(
    make_folder: MakeFolder, data_dir: Path, body: str, outcome: object
) -> None:
    code = f"def grade(submission, answers):\n    {body}\n"
    toy = prepared_with(make_folder, data_dir, code)
    given = toy.grade(toy.public / "sample_submission.csv", Split.TEST)
    assert given == outcome or (isinstance(outcome, type) and isinstance(given, outcome))


@pytest.mark.parametrize("code", ["import nothing_like_this\n", "other = 1\n"])
def test_a_grader_that_cannot_be_loaded_is_a_grader_fault(
    make_folder: MakeFolder, data_dir: Path, code: str
) -> None:
    toy = prepared_with(make_folder, data_dir, code)
    outcome = toy.grade(toy.public / "sample_submission.csv", Split.TEST)
    assert isinstance(outcome, GraderFault)
    assert "grade.py" in outcome.reason


def test_a_grader_may_alter_its_tables(make_folder: MakeFolder, data_dir: Path) -> None:
    code = (
        "def grade(submission, answers):\n"
        "    score = float((submission['y'] == answers['y']).mean())\n"
        "    answers['y'] = 9\n"
        "    submission['y'] = 9\n"
        "    return score\n"
    )
    toy = prepared_with(make_folder, data_dir, code)
    first, second = (
        toy.grade(toy.public / "sample_submission.csv", Split.TEST, num_bootstrap=5)
        for _ in range(2)
    )
    assert isinstance(first, Graded)
    assert first == second


def test_bootstrap_error_of_an_accuracy_is_that_of_a_proportion(
    embedded: dict[str, PreparedCompetition],
) -> None:
    digits = embedded["smudged-digits"]
    sample = digits.public / "sample_submission.csv"
    outcome = digits.grade(sample, Split.TEST, num_bootstrap=200)
    assert isinstance(outcome, Graded)
    assert outcome.stderr is not None
    share = outcome.score
    expected = (share * (1 - share) / outcome.num_rows) ** 0.5
    assert outcome.stderr == pytest.approx(expected, rel=0.15)
    assert outcome == digits.grade(sample, Split.TEST, num_bootstrap=200), "seeded"


@pytest.mark.parametrize(("wanted", "has_error"), [(">= 4", True), ("== 7", False)])
def test_resamples_without_a_score_are_left_out(
    make_folder: MakeFolder, data_dir: Path, wanted: str, has_error: bool
) -> None:
    """7 of the 20 test rows are 1s; most resamples have 4 or more, few have exactly 7."""
    code = (
        "def grade(submission, answers):\n"
        "    assert answers['id'].is_unique\n"
        f"    if not answers['y'].sum() {wanted}: raise ValueError\n"
        "    return float((submission['y'] == answers['y']).mean())\n"
    )
    toy = prepared_with(make_folder, data_dir, code)
    outcome = toy.grade(toy.public / "sample_submission.csv", Split.TEST, num_bootstrap=100)
    assert isinstance(outcome, Graded)
    assert (outcome.stderr is not None) == has_error


def test_threads_share_a_prepared_competition(
    embedded: dict[str, PreparedCompetition], tmp_path: Path
) -> None:
    ferry = embedded["night-ferry"]
    sample = pd.read_csv(ferry.nested_public / "sample_submission.csv")
    paths = [tmp_path / f"{number}.csv" for number in range(8)]
    for number, path in enumerate(paths):
        sample["noshow"] = (sample["id"] * (number + 3) % 97) / 97
        sample.to_csv(path, index=False)
    alone = [ferry.grade(path, Split.SEARCH) for path in paths]
    fresh = PreparedCompetition.at(ferry.competition, ferry.public.parent)
    with ThreadPoolExecutor(4) as pool:
        together = list(pool.map(lambda path: fresh.grade(path, Split.SEARCH), paths))
    assert together == alone
    assert len({str(outcome) for outcome in alone}) == 8


def test_repeated_ids_are_left_to_the_grader(make_folder: MakeFolder, data_dir: Path) -> None:
    """As in competitions with several rows an id: no alignment, whole ids in each split."""
    raw = data_dir / "toy" / "raw" / "train.csv"
    rows = "".join(f"{number // 4},0,{number % 2}\n" for number in range(160))
    raw.write_text("id,x,y\n" + rows)
    toy = prepared_with(
        make_folder,
        data_dir,
        "def grade(submission, answers):\n    return float(len(submission))\n",
    )
    path = toy.nested_public / "sample_submission.csv"
    search, selection = (toy.grade(path, split) for split in (Split.SEARCH, Split.SELECTION))
    assert isinstance(search, Graded)
    assert isinstance(selection, Graded)
    assert search.score == search.num_rows
    assert search.num_rows + selection.num_rows == len(pd.read_csv(path))
