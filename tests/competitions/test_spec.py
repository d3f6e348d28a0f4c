"""config.yaml: MLE-bench's shape as it is, our keys, and faults that name file and key."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from competitions.competition import Competition
from competitions.errors import CompetitionError
from competitions.spec import ColumnKind, CompetitionSpec, ScoreRange

MakeFolder = Callable[..., Path]

MLE_BENCH = """\
id: toy
name: Toy
competition_type: simple
awards_medals: true
prizes: null
description: mlebench/competitions/toy/description.md
dataset:
  answers: toy/prepared/private/test.csv
  sample_submission: toy/prepared/public/sample_submission.csv
grader:
  name: multi-class-log-loss
  grade_fn: mlebench.competitions.toy.grade:grade
preparer: mlebench.competitions.toy.prepare:prepare
"""
OURS = """\
metric: log loss
higher_is_better: false
id_column: key
submission:
  columns:
    p: {kind: probability}
    n: {kind: integer, min: 0, max: 4}
    c: {kind: class, labels: [1, red]}
  rows_sum_to_one: true
nested: {selection_fraction: 0.4, stratify: c, seed: 3}
score_range: {worst: 2, best: 0}
"""


def test_mle_benchs_shape_needs_only_a_leaderboard(make_folder: MakeFolder) -> None:
    folder = make_folder(config=MLE_BENCH)
    (folder / "leaderboard.csv").write_text("score\n0.1\n0.7\n")
    competition = Competition.load(folder)
    assert not competition.higher_is_better
    assert competition.spec.metric == "multi-class-log-loss"
    assert competition.spec.description == "# Toy\n"
    assert str(competition.spec.answers) == "private/test.csv"
    assert competition.spec.id_column is None


def test_without_leaderboard_the_direction_must_be_written(make_folder: MakeFolder) -> None:
    with pytest.raises(CompetitionError, match="higher_is_better"):
        Competition.load(make_folder(config=MLE_BENCH))


def test_our_keys(make_folder: MakeFolder) -> None:
    spec = CompetitionSpec.load(make_folder(config=MLE_BENCH + OURS))
    assert (spec.metric, spec.higher_is_better, spec.id_column) == ("log loss", False, "key")
    assert spec.columns["p"].kind is ColumnKind.PROBABILITY
    assert spec.columns["p"].maximum == 1.0
    assert spec.columns["n"].describe() == "integer from 0 to 4"
    assert spec.columns["c"].labels == ("1", "red")
    assert spec.rows_sum_to_one
    assert (spec.nested.selection_fraction, spec.nested.stratify) == (0.4, "c")
    assert spec.score_range == ScoreRange(worst=2, best=0)


@pytest.mark.parametrize(
    ("config", "fault"),
    [
        ("id: [", "not YAML"),
        ("", "the file"),
        (MLE_BENCH.replace("name: Toy\n", ""), "name: "),
        (MLE_BENCH.replace("id: toy", "id: ../toy"), "id: "),
        (MLE_BENCH.replace("prepare:prepare", "prepare"), "preparer"),
        (MLE_BENCH.replace("toy/prepared/private/test", "secret/../test"), "not in public"),
        (MLE_BENCH + "nested: {stratified: y}\n", "nested.stratified"),
        (MLE_BENCH + "submission: {columns: {y: {kind: class}}}\n", "submission.columns.y"),
        (MLE_BENCH + "score_range: {worst: 1, best: 1}\n", "score_range"),
    ],
)
def test_a_fault_names_the_file_and_the_key(
    make_folder: MakeFolder, config: str, fault: str
) -> None:
    with pytest.raises(CompetitionError, match=fault) as caught:
        CompetitionSpec.load(make_folder(config=config))
    assert "config.yaml" in str(caught.value)
    assert caught.value.hint


def test_a_missing_description_is_named(make_folder: MakeFolder) -> None:
    folder: Path = make_folder()
    (folder / "description.md").unlink()
    with pytest.raises(CompetitionError, match=r"description\.md"):
        Competition.load(folder)


def test_quality_without_leaderboard_is_linear_in_the_score_range(make_folder: MakeFolder) -> None:
    text = MLE_BENCH + "higher_is_better: false\nscore_range: {worst: 2, best: 0}\n"
    competition = Competition.load(make_folder(config=text))
    scores = (3.0, 2.0, 0.5, -1.0)
    assert [competition.quality(score) for score in scores] == [0.0, 0.0, 0.75, 1.0]
    assert competition.standing(1.0) is None
