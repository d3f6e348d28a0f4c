"""A command line with a folder of its own, and one that holds a finished run."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from command_line import Cli


@pytest.fixture(scope="session")
def data_dir(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("data")


@pytest.fixture
def cli(tmp_path: Path, data_dir: Path) -> Iterator[Cli]:
    cli = Cli(tmp_path, data_dir)
    yield cli
    cli.kill_all()


@pytest.fixture(scope="module")
def finished(tmp_path_factory: pytest.TempPathFactory, data_dir: Path) -> Cli:
    """A finished run of six steps with all nodes graded, for the tests that only read."""
    cli = Cli(tmp_path_factory.mktemp("finished"), data_dir)
    cli("search", "night-ferry", "--steps", "6", "--sandbox", "process", "--grade-all")
    return cli
