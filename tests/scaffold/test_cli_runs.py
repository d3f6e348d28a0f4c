"""`exitree runs` where it may not look everywhere."""

from __future__ import annotations

import json
import os
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from scaffold.cli.main import USAGE, run

NOBODY = 65534


@contextmanager
def as_a_user() -> Iterator[None]:
    """Root may enter every folder; others may not."""
    if os.geteuid() != 0:
        yield
        return
    os.seteuid(NOBODY)
    try:
        yield
    finally:
        os.seteuid(0)


@pytest.fixture
def runs_dir() -> Iterator[Path]:
    with tempfile.TemporaryDirectory(dir="/tmp") as folder:
        Path(folder).chmod(0o755)
        assert run(["runs", "--runs-dir", folder]) == 0  # loads all it needs, while it still may
        assert run(["runs", "--json", "--runs-dir", f"{folder}/none"]) == 0
        (Path(folder) / "of-someone-else").mkdir(mode=0)
        yield Path(folder)
        Path(folder).chmod(0o700)
        (Path(folder) / "of-someone-else").chmod(0o700)


def test_folders_that_may_not_be_entered_are_named(
    runs_dir: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    with as_a_user():
        assert run(["runs", "--runs-dir", str(runs_dir)]) == 0
    assert f"left out: the folder {runs_dir / 'of-someone-else'} may not" in capsys.readouterr().out


def test_in_json_they_are_named_beside_the_document(
    runs_dir: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    capsys.readouterr()
    with as_a_user():
        assert run(["runs", "--json", "--runs-dir", str(runs_dir)]) == 0
    printed = capsys.readouterr()
    assert json.loads(printed.out) == []
    assert "of-someone-else may not be entered" in printed.err


def test_a_folder_of_runs_that_may_not_be_read_is_a_user_error(
    runs_dir: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    runs_dir.chmod(0)
    with as_a_user():
        assert run(["runs", "--runs-dir", str(runs_dir)]) == USAGE
    assert f"error: the folder {runs_dir} may not be read" in capsys.readouterr().err
