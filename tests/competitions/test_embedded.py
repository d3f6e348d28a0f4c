"""The embedded competitions: complete, honest, repeatable, and worth searching."""

from __future__ import annotations

import csv
from pathlib import Path

import pandas as pd
import pytest

from competitions.competition import Competition, PreparedCompetition
from competitions.files import files_below
from competitions.outcome import Graded, Split
from competitions.registry import EMBEDDED

NAMES = sorted(path.parent.name for path in EMBEDDED.glob("*/config.yaml"))
OPTIMA = {
    "bakery-demand": 0.0,
    "kiln-tiles": 0.0,
    "night-ferry": 1.0,
    "orchard-cultivars": 0.0,
    "reef-alarms": 1.0,
    "smudged-digits": 1.0,
    "town-hall-letters": 1.0,
    "trail-grades": 1.0,
}
each = pytest.mark.parametrize("name", NAMES)


def test_all_kinds_are_there() -> None:
    assert set(NAMES) == set(OPTIMA)


@each
def test_the_sample_submission_is_valid_and_poor(
    embedded: dict[str, PreparedCompetition], name: str
) -> None:
    prepared = embedded[name]
    for split in Split:
        part = prepared.public if split is Split.TEST else prepared.nested_public
        outcome = prepared.grade(part / "sample_submission.csv", split)
        assert isinstance(outcome, Graded)
        quality = prepared.competition.quality(outcome.score)
        assert quality is not None
        assert quality < 0.1


@each
@pytest.mark.parametrize("split", list(Split))
def test_a_perfect_submission_gets_the_optimum(
    embedded: dict[str, PreparedCompetition], tmp_path: Path, name: str, split: Split
) -> None:
    prepared = embedded[name]
    part = prepared.public.parent if split is Split.TEST else prepared.nested_public.parent
    answers = pd.read_csv(part / "private" / "answers.csv")
    sample = pd.read_csv(part / "public" / "sample_submission.csv")
    perfect = answers.sample(frac=1, random_state=0)
    if set(perfect.columns) != set(sample.columns):  # one probability a class
        classes = pd.get_dummies(perfect["cultivar"], dtype=float)
        perfect = pd.concat([perfect[["id"]], classes], axis=1)[sample.columns]
    path = tmp_path / "s.csv"
    perfect.to_csv(path, index=False)
    outcome = prepared.grade(path, split)
    assert isinstance(outcome, Graded)
    assert outcome.score == pytest.approx(OPTIMA[name], abs=1e-12)
    standing = prepared.competition.standing(outcome.score)
    assert standing is not None
    assert standing.rank == 1
    assert standing.percentile == 1.0


@each
def test_the_nested_data_look_like_the_public_ones(
    embedded: dict[str, PreparedCompetition], name: str
) -> None:
    prepared = embedded[name]
    for table in ("train.csv", "test.csv", "sample_submission.csv"):
        full = pd.read_csv(prepared.public / table)
        nested = pd.read_csv(prepared.nested_public / table)
        assert list(nested.columns) == list(full.columns)
        assert list(nested.dtypes) == list(full.dtypes)
        assert 100 < len(nested) < len(full) or table != "train.csv"
    folders = [
        {path.name for path in folder.iterdir()}
        for folder in (prepared.public, prepared.nested_public)
    ]
    assert folders[0] == folders[1]


@each
def test_no_row_is_in_two_places(embedded: dict[str, PreparedCompetition], name: str) -> None:
    prepared = embedded[name]
    full, nested = prepared.public, prepared.nested_public
    tables = [full / "test.csv", nested / "test.csv", nested / "train.csv"]
    ids = [set(pd.read_csv(table)["id"]) for table in tables]
    assert not ids[0] & ids[1]
    assert not ids[1] & ids[2]
    assert ids[1] | ids[2] == set(pd.read_csv(full / "train.csv")["id"])
    assert 500 <= sum(map(len, ids)) <= 5000


@each
def test_search_and_selection_are_disjoint_and_alike(
    embedded: dict[str, PreparedCompetition], name: str
) -> None:
    prepared = embedded[name]
    private = prepared.nested_public.parent / "private"
    answers = pd.read_csv(private / "answers.csv")
    rows = pd.read_csv(private / "rows.csv")
    assert rows["id"].is_unique
    assert set(rows["id"]) == set(answers["id"])
    split = rows.set_index("id")["split"]
    halves = [answers[answers["id"].map(split) == half] for half in ("search", "selection")]
    assert abs(len(halves[0]) - len(halves[1])) <= 1
    stratify = prepared.competition.spec.nested.stratify
    if stratify is not None:
        counts = [half[stratify].value_counts() for half in halves]
        assert (counts[0] - counts[1]).abs().max() <= 1


def test_time_only_runs_forward(embedded: dict[str, PreparedCompetition]) -> None:
    bakery = embedded["bakery-demand"]
    for part in (bakery.public, bakery.nested_public):
        train, test = pd.read_csv(part / "train.csv"), pd.read_csv(part / "test.csv")
        assert train["date"].max() < test["date"].min()
        assert test["date"].nunique() == 40
        assert set(train["shop"] + train["product"]) == set(test["shop"] + test["product"])
    search = pd.read_csv(bakery.nested_public / "test.csv")["date"]
    assert search.max() < pd.read_csv(bakery.public / "test.csv")["date"].min()


def test_pictures_are_linked_and_belong_to_their_rows(
    embedded: dict[str, PreparedCompetition],
) -> None:
    digits = embedded["smudged-digits"]
    for part in (digits.public, digits.nested_public):
        listed = set(pd.read_csv(part / "train.csv")["image"])
        listed |= set(pd.read_csv(part / "test.csv")["image"])
        there = {f"images/{path.name}" for path in (part / "images").iterdir()}
        assert listed == there
        assert min(path.stat().st_nlink for path in (digits.nested_public / "images").iterdir()) > 1


@each
def test_preparing_again_gives_the_same_bytes(
    embedded: dict[str, PreparedCompetition], tmp_path: Path, name: str
) -> None:
    first = embedded[name].public.parent
    second = Competition.load(EMBEDDED / name).prepare(tmp_path).public.parent
    names = [path.relative_to(first) for path in files_below(first)]
    assert names == [path.relative_to(second) for path in files_below(second)]
    for file in names:
        if file.name != "manifest.json":
            assert (first / file).read_bytes() == (second / file).read_bytes()


@each
def test_the_flaws_are_real(embedded: dict[str, PreparedCompetition], name: str) -> None:
    train = pd.read_csv(embedded[name].public / "train.csv")
    assert train.isna().any().any(), "missing values"
    words = train.select_dtypes(exclude="number")
    assert words.shape[1] >= 1, "categories"


@each
def test_the_description_says_what_one_needs(name: str) -> None:
    text = (EMBEDDED / name / "description.md").read_text()
    assert "leaderboard is synthetic" in text
    for heading in ("## Evaluation", "## Submission", "## Data"):
        assert heading in text


@each
def test_the_leaderboard_is_long_and_sorted(name: str) -> None:
    competition = Competition.load(EMBEDDED / name)
    board = competition.leaderboard
    assert board is not None, "loading checks that it is best first"
    assert len(board.scores) >= 100
    with (EMBEDDED / name / "leaderboard.csv").open() as stream:
        teams = [row["team"] for row in csv.DictReader(stream)]
    assert len(set(teams)) == len(teams)
