"""A small competition on disk, in MLE-bench's shape, and all embedded ones prepared once."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from competitions.competition import Competition, PreparedCompetition
from competitions.registry import EMBEDDED

CONFIG = """\
id: toy
name: Toy
description: description.md
dataset:
  answers: toy/prepared/private/answers.csv
  sample_submission: toy/prepared/public/sample_submission.csv
grader:
  name: accuracy
  grade_fn: grade:grade
preparer: prepare:prepare
higher_is_better: true
"""
PREPARE = """\
import shutil
import pandas as pd

def prepare(raw, public, private):
    table = pd.read_csv(raw / "train.csv")
    test = table[table.index % 2 == 1]
    table[table.index % 2 == 0].to_csv(public / "train.csv", index=False)
    test.drop(columns="y").to_csv(public / "test.csv", index=False)
    test[["id"]].assign(y=0).to_csv(public / "sample_submission.csv", index=False)
    test[["id", "y"]].to_csv(private / "answers.csv", index=False)
    if (raw / "images").exists():
        shutil.copytree(raw / "images", public / "images", copy_function=__import__("os").link)
"""
GRADE = """\
def grade(submission, answers):
    return float((submission["y"] == answers["y"]).mean())
"""

MakeFolder = Callable[..., Path]


@pytest.fixture
def make_folder(tmp_path: Path) -> MakeFolder:
    """Writes a competition folder; keyword arguments replace files (`prepare="..."`)."""

    def make(
        name: str = "toy", *, config: str = CONFIG, prepare: str = PREPARE, grade: str = GRADE
    ) -> Path:
        folder = tmp_path / "competitions" / name
        folder.mkdir(parents=True)
        files = {"config.yaml": config, "prepare.py": prepare, "grade.py": grade}
        for file, text in (files | {"description.md": "# Toy\n"}).items():
            (folder / file).write_text(text)
        return folder

    return make


@pytest.fixture
def data_dir(tmp_path: Path) -> Path:
    """A data directory with raw data for `toy`: 40 rows of two classes."""
    raw = tmp_path / "data" / "toy" / "raw"
    raw.mkdir(parents=True)
    rows = "".join(f"{number},{number % 7},{int(number % 3 == 0)}\n" for number in range(40))
    (raw / "train.csv").write_text("id,x,y\n" + rows)
    return tmp_path / "data"


@pytest.fixture
def toy(make_folder: MakeFolder, data_dir: Path) -> PreparedCompetition:
    return Competition.load(make_folder()).prepare(data_dir)


@pytest.fixture(scope="session")
def embedded(tmp_path_factory: pytest.TempPathFactory) -> dict[str, PreparedCompetition]:
    data = tmp_path_factory.mktemp("embedded")
    folders = sorted(path.parent for path in EMBEDDED.glob("*/config.yaml"))
    return {folder.name: Competition.load(folder).prepare(data) for folder in folders}
