"""Commands that are printed work as they are typed."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
MAIN = "import sys\nfrom scaffold.cli.main import main\nsys.exit(main())\n"


def install(folder: Path) -> Path:
    """A console script as pip writes it, in a folder."""
    folder.mkdir(parents=True)
    script = folder / "exitree"
    script.write_text(f"#!{sys.executable}\n{MAIN}")
    script.chmod(0o755)
    return script


def hint_of(command: str, cwd: Path, *path: Path) -> str:
    """The command that the hint of `command show last` names, where there are no runs."""
    environment = {
        "PATH": os.pathsep.join([*map(str, path), "/usr/bin", "/bin"]),
        "PYTHONPATH": str(ROOT),
        "HOME": str(cwd),
    }
    shell = ["/bin/sh", "-c", f"{command} show last"]
    done = subprocess.run(shell, cwd=cwd, env=environment, capture_output=True, text=True)
    found = re.search("hint: begin one with `(.*?) search COMPETITION`", done.stderr)
    assert found, done.stderr
    return found[1]


def test_the_name_alone_where_a_shell_finds_it(tmp_path: Path) -> None:
    script = install(tmp_path / "bin")
    assert hint_of("exitree", tmp_path, script.parent) == "exitree"
    assert hint_of("bin/exitree", tmp_path, script.parent) == "exitree"


@pytest.mark.parametrize("other_on_path", [False, True])
def test_the_path_where_a_shell_would_find_nothing_or_another_one(
    tmp_path: Path, other_on_path: bool
) -> None:
    install(tmp_path / "work" / ".venv" / "bin")
    path = [install(tmp_path / "other").parent] if other_on_path else []
    named = hint_of(".venv/bin/exitree", tmp_path / "work", *path)
    assert named == ".venv/bin/exitree"
    elsewhere = tmp_path / "elsewhere"
    elsewhere.mkdir()
    absolute = str(tmp_path / "work" / ".venv" / "bin" / "exitree")
    assert hint_of(absolute, elsewhere, *path) == absolute


def test_a_path_with_a_space_is_quoted(tmp_path: Path) -> None:
    install(tmp_path / "my tools")
    assert hint_of("'my tools/exitree'", tmp_path) == "'my tools/exitree'"


def test_a_module_is_started_as_one(tmp_path: Path) -> None:
    assert hint_of(f"{sys.executable} -m scaffold", tmp_path) == f"{sys.executable} -m scaffold"
