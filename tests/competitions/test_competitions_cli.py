"""`exitree competitions ...`, as a user types it."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

import pytest

from scaffold.cli.main import run

MakeFolder = Callable[..., Path]
Capture = pytest.CaptureFixture[str]


@pytest.fixture
def places(make_folder: MakeFolder, data_dir: Path) -> list[str]:
    """Options that lead to the toy competition."""
    folder = make_folder()
    (folder / "leaderboard.csv").write_text("score\n0.9\n0.8\n0.2\n")
    return ["--competitions-dir", str(folder.parent), "--data-dir", str(data_dir)]


def test_list_shows_broken_folders_too(make_folder: MakeFolder, capsys: Capture) -> None:
    parent = make_folder().parent
    (make_folder("[bold]bad") / "config.yaml").write_text("- 1\n")
    assert run(["competitions", "list", "--competitions-dir", str(parent)]) == 0
    shown = capsys.readouterr().out
    assert "toy" in shown
    assert "night-ferry" in shown
    assert "broken [bold]bad" in shown
    assert run(["competitions", "list", "--competitions-dir", str(parent), "--json"]) == 0
    document = json.loads(capsys.readouterr().out)
    assert "toy" in [item["id"] for item in document["competitions"]]
    assert document["broken"][0]["hint"]


def test_show(capsys: Capture) -> None:
    assert run(["competitions", "show", "trail-grades"]) == 0
    shown = capsys.readouterr().out
    assert "integer from 0 to 4" in shown
    assert "120 teams" in shown
    assert run(["competitions", "show", "trail-grades", "--json"]) == 0
    document = json.loads(capsys.readouterr().out)
    assert document["higher_is_better"] is True
    assert document["thresholds"]["gold"] > document["thresholds"]["bronze"]


def test_prepare_check_grade(places: list[str], data_dir: Path, capsys: Capture) -> None:
    assert run(["competitions", "prepare", "toy", "--json", *places]) == 0
    (document,) = json.loads(capsys.readouterr().out)
    public = Path(document["public"])
    sample = str(public / "sample_submission.csv")
    assert run(["competitions", "check", "toy", sample, *places]) == 0
    assert "valid" in capsys.readouterr().out
    assert run(["competitions", "grade", "toy", sample, "--json", *places]) == 0
    graded = json.loads(capsys.readouterr().out)
    assert graded["score"] == 0.65
    assert graded["stderr"] > 0
    assert (graded["rank"], graded["medal"]) == (3, None)
    assert run(["competitions", "grade", "toy", sample, *places]) == 0
    assert "rank 3 among 3 teams" in capsys.readouterr().out
    nested = str(Path(document["nested_public"]) / "sample_submission.csv")
    assert run(["competitions", "grade", "toy", nested, "--split", "search", *places]) == 0


def test_a_bad_file_ends_with_1_and_names_the_place(
    places: list[str], tmp_path: Path, capsys: Capture
) -> None:
    bad = tmp_path / "bad.csv"
    bad.write_text("id,y\n1,0\n[red]3\x1b[31m,0\n")
    for command in ("check", "grade"):
        assert run(["competitions", command, "toy", str(bad), *places]) == 1
        shown = capsys.readouterr().out
        assert "row 3, column id" in shown
        assert "[red]3" in shown
        assert "\x1b" not in shown
        assert run(["competitions", command, "toy", str(bad), "--json", *places]) == 1
        assert json.loads(capsys.readouterr().out)["row"] == 3


def test_an_unknown_competition_is_two_lines(capsys: Capture) -> None:
    assert run(["competitions", "show", "night-fery"]) == 2
    error, hint = capsys.readouterr().err.splitlines()
    assert error == "error: unknown competition `night-fery`"
    assert "`night-ferry`" in hint
