"""Micro-competitions: the same bytes for a seed, small, gradable, and safe to name."""

from __future__ import annotations

import hashlib
import json
import os
import subprocess
import sys
import time
from pathlib import Path

import pandas as pd
import pytest

from competitions.competition import PreparedCompetition
from competitions.errors import CompetitionError
from competitions.files import files_below
from competitions.micro.families import FAMILIES
from competitions.micro.family import ORACLE, Family
from competitions.micro.names import FAMILY_NAMES, function_name, parse_function
from competitions.outcome import Graded, GradingOutcome, Split
from competitions.registry import find
from scaffold.cli.main import run

ROOT = Path(__file__).resolve().parents[2]
SEED = 3
# sha256 of train.csv as generated; change them only together with a note in the changelog
PINNED = {
    "linear": "7ae2f78fa970be4e",
    "interactions": "c08b61d3e7cbc38e",
    "categories": "834a05fe37b2ff33",
    "missingness": "a8335f7ac53cd1b6",
    "imbalance": "5b34801f769fa7ea",
    "drift": "df5d7e2288895483",
    "series": "de6bae2a3de53f83",
    "texts": "595ce84f0d85437e",
    "images": "a9caaa4e5a8b85af",
    "counts": "cdd372034caf3463",
    "noisy-labels": "60d1cba66bbac601",
    "ordinal": "aa0d15beb9dfc894",
}
each = pytest.mark.parametrize("name", FAMILY_NAMES)
each_split = pytest.mark.parametrize("split", list(Split))


@pytest.fixture(scope="session")
def micro(tmp_path_factory: pytest.TempPathFactory) -> dict[str, PreparedCompetition]:
    data = tmp_path_factory.mktemp("micro")
    return {name: find(f"micro:{name}/{SEED}").prepare(data) for name in FAMILY_NAMES}


def part_of(prepared: PreparedCompetition, split: Split) -> Path:
    """The folder with `public` and `private` of a split."""
    return (prepared.public if split is Split.TEST else prepared.nested_public).parent


def grade(
    prepared: PreparedCompetition, split: Split, values: object, folder: Path
) -> GradingOutcome:
    """Of a submission with these values, in the order of the answers."""
    target = FAMILIES[family_name(prepared)].target
    ids = pd.read_csv(part_of(prepared, split) / "private" / "answers.csv")["id"]
    path = folder / "submission.csv"
    pd.DataFrame({"id": ids, target: values}).to_csv(path, index=False)
    return prepared.grade(path, split)


def family_name(prepared: PreparedCompetition) -> str:
    return prepared.competition.spec.id.removeprefix("micro:").partition("/")[0]


def quality(prepared: PreparedCompetition, outcome: GradingOutcome) -> float:
    assert isinstance(outcome, Graded), outcome
    value = prepared.competition.quality(outcome.score)
    assert value is not None
    return value


def oracle_of(family: Family, ids: pd.Series) -> list[object]:
    rows = family.rows(SEED).set_index("id")
    return list(rows.loc[ids, ORACLE])


def digest(folder: Path) -> str:
    content = [(p.relative_to(folder).as_posix(), p.read_bytes()) for p in files_below(folder)]
    return hashlib.sha256(repr(content).encode()).hexdigest()


def test_the_names_are_the_families() -> None:
    assert tuple(FAMILIES) == FAMILY_NAMES
    assert all(family.name == name for name, family in FAMILIES.items())
    assert len({family.metric_name for family in FAMILIES.values()}) >= 8


@each
def test_a_seed_gives_the_same_bytes_and_another_seed_others(
    micro: dict[str, PreparedCompetition], tmp_path: Path, name: str
) -> None:
    again = find(f"micro:{name}/{SEED}")
    first, second = micro[name], again.prepare(tmp_path)
    assert again.spec == first.competition.spec
    for split in (Split.TEST, Split.SEARCH):
        for part in ("public", "private"):
            folders = [part_of(prepared, split) / part for prepared in (first, second)]
            assert digest(folders[0]) == digest(folders[1])
    other = FAMILIES[name].rows(SEED + 1)
    assert not other[FAMILIES[name].target].equals(FAMILIES[name].rows(SEED)[FAMILIES[name].target])


@each
def test_the_rows_of_a_seed_are_pinned(micro: dict[str, PreparedCompetition], name: str) -> None:
    """Otherwise results recorded for `micro:linear/7` would be about other data."""
    text = (micro[name].public / "train.csv").read_bytes()
    assert hashlib.sha256(text).hexdigest()[:16] == PINNED[name]


@each
def test_sizes(micro: dict[str, PreparedCompetition], name: str) -> None:
    full, nested = (part_of(micro[name], split) for split in (Split.TEST, Split.SEARCH))
    train, test = (pd.read_csv(full / "public" / f"{part}.csv") for part in ("train", "test"))
    assert 50 <= len(train) + len(test) <= 400
    assert len(test) >= 100
    assert FAMILIES[name].target in train.columns
    assert FAMILIES[name].target not in test.columns
    assert not [column for column in train.columns if column == ORACLE]
    rows = pd.read_csv(nested / "private" / "rows.csv")
    assert rows["split"].value_counts().min() >= 25
    assert len(pd.read_csv(nested / "public" / "train.csv")) >= 60


@each
def test_the_scale_of_quality_is_wide(name: str) -> None:
    """For every seed there is something to find: the oracle is far above the sample."""
    family = FAMILIES[name]
    sign = 1 if family.metric.higher_is_better else -1
    for seed in range(8):
        scale = family.score_range(seed)
        span = sign * (scale.best - scale.worst)
        assert span > (0.25 if family.metric.higher_is_better else 0.2 * scale.worst), seed


@each
@each_split
def test_quality_from_the_sample_to_the_answers(
    micro: dict[str, PreparedCompetition], tmp_path: Path, name: str, split: Split
) -> None:
    prepared, family = micro[name], FAMILIES[name]
    part = part_of(prepared, split)
    sample = prepared.grade(part / "public" / "sample_submission.csv", split)
    assert quality(prepared, sample) < (0.01 if split is Split.TEST else 0.25)
    answers = pd.read_csv(part / "private" / "answers.csv")
    perfect = grade(prepared, split, answers[family.target], tmp_path)
    assert quality(prepared, perfect) == 1.0
    oracle = grade(prepared, split, oracle_of(family, answers["id"]), tmp_path)
    assert quality(prepared, oracle) > 0.7


@each
def test_the_nested_split_obeys_the_same_rules(
    micro: dict[str, PreparedCompetition], name: str
) -> None:
    family, prepared = FAMILIES[name], micro[name]
    outer, inner = prepared.public, prepared.nested_public
    tables = {
        (folder, part): pd.read_csv(folder / f"{part}.csv")
        for folder in (outer, inner)
        for part in ("train", "test")
    }
    ids = [set(tables[inner, part]["id"]) for part in ("train", "test")]
    assert not ids[0] & ids[1]
    assert ids[0] | ids[1] == set(tables[outer, "train"]["id"])
    for folder in (outer, inner):
        train, test = tables[folder, "train"], tables[folder, "test"]
        if family.order:
            assert train[family.order].max() < test[family.order].min()
        if family.pixels:
            pictures = [*train[family.pixels], *test[family.pixels]]
            assert all((folder / picture).is_file() for picture in pictures)


def test_finding_and_preparing_are_quick(tmp_path: Path) -> None:
    find("micro:images/0").prepare(tmp_path)  # imports
    started = time.process_time()
    for name in FAMILY_NAMES:
        find(f"micro:{name}/11").prepare(tmp_path)
    assert time.process_time() - started < 6


def test_a_prepared_one_is_not_prepared_again(
    micro: dict[str, PreparedCompetition], tmp_path: Path
) -> None:
    first = find("micro:counts/5").prepare(tmp_path)
    written = (first.public / "train.csv").stat().st_ino
    assert find("micro:counts/5").prepare(tmp_path).public == first.public
    assert (first.public / "train.csv").stat().st_ino == written
    assert find("micro:counts/6").prepare(tmp_path).public != first.public


@pytest.mark.parametrize(
    ("name", "near"),
    [("micro:lineer/7", "micro:linear"), ("micro:noisy_labels/1", "micro:noisy-labels")],
)
def test_an_unknown_family_gets_the_nearest(name: str, near: str) -> None:
    with pytest.raises(CompetitionError, match="unknown family") as caught:
        find(name)
    assert f"did you mean `{near}/0`?" in caught.value.hint
    assert "ordinal" in caught.value.hint


@pytest.mark.parametrize(
    "name",
    [
        *("micro:", "micro:/", "micro:linear", "micro:linear/", "micro:linear/-1"),
        *("micro:linear/x", "micro:linear/1.5", "micro:linear/07", "micro:linear/7 "),
        *("micro:linear/7\n", "micro:linear/٣", "micro:linear/1000000000", "micro:linear/1e3"),
        *("micro:../../x/1", "micro:linear/7/../..", "micro:linear//7", "micro:/etc/passwd"),
        *("micro:linear/../7", "micro:..", "micro:.", "micro:linear\\7", "micro:LINEAR/7"),
    ],
)
def test_other_names_are_refused_and_nothing_is_written(
    name: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    with pytest.raises(CompetitionError) as caught:
        find(name)
    assert "micro:" in caught.value.hint
    data = tmp_path / "data"
    assert run(["competitions", "prepare", name, "--data-dir", str(data)]) != 0
    shown = capsys.readouterr().err
    assert "error:" in shown
    assert "hint:" in shown
    assert not list(tmp_path.iterdir())


@each
def test_function_names_lead_back(name: str) -> None:
    assert parse_function(function_name(name, 7)) == (name, 7)
    assert function_name(name, 7).isidentifier()


def test_show_check_grade(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    name, data = "micro:texts/2", ["--data-dir", str(tmp_path)]
    assert run(["competitions", "show", name, "--json"]) == 0
    shown = json.loads(capsys.readouterr().out)
    assert shown["id"] == name
    assert "Farm Messages" in shown["description"]
    assert run(["competitions", "prepare", name, *data, "--json"]) == 0
    public = Path(json.loads(capsys.readouterr().out)[0]["public"])
    assert public == tmp_path / "micro:texts" / "2" / "prepared" / "public"
    sample = str(public / "sample_submission.csv")
    assert run(["competitions", "check", name, sample, *data]) == 0
    capsys.readouterr()
    assert run(["competitions", "grade", name, sample, *data, "--json"]) == 0
    assert json.loads(capsys.readouterr().out)["score"] < 0.2


def test_a_search_through_the_command_line(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """In the data directory, where the id is the path of a folder that is no competition."""
    name, runs = "micro:linear/7", ["--runs-dir", str(tmp_path / "runs")]
    find(name).prepare(tmp_path)
    search = [sys.executable, "-m", "scaffold", "search", name, "--sandbox", "process"]
    done = subprocess.run(
        [*search, "--steps", "4", "--data-dir", "."],
        cwd=tmp_path,
        env={"PATH": os.environ["PATH"], "HOME": str(tmp_path), "PYTHONPATH": str(ROOT)},
        capture_output=True,
        text=True,
        timeout=120,
    )
    assert done.returncode == 0, f"{done.stdout}\n{done.stderr}"
    (folder,) = (tmp_path / "runs").iterdir()
    assert "micro-linear-7" in folder.name
    assert (folder / "best" / "submission.csv").is_file()
    assert run(["show", folder.name, *runs, "--json"]) == 0
    nodes = json.loads(capsys.readouterr().out)["nodes"]
    assert len(nodes) == 4
    assert max(node["quality"] or 0 for node in nodes) > 0
    assert f"competition: {name}" in (folder / "config.yaml").read_text()
