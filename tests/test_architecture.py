"""Imports run one way (docs/concepts.md): this test is the wall between the rooms."""

from __future__ import annotations

import ast
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent
ALLOWED: dict[str, set[str]] = {
    "sandbox": set(),
    "competitions": set(),
    "search": set(),
    "scaffold": {"search", "sandbox", "competitions"},
    "rl": {"search", "sandbox", "competitions", "scaffold"},
}
HEAVY = {"torch", "trl", "transformers"}  # only inside the modules of rl that train


def imported(path: Path) -> set[str]:
    """Top-level names a file imports, anywhere in it (function bodies too)."""
    names: set[str] = set()
    for item in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(item, ast.Import):
            names |= {alias.name.split(".")[0] for alias in item.names}
        elif isinstance(item, ast.ImportFrom) and item.level == 0 and item.module:
            names.add(item.module.split(".")[0])
    return names


def files(package: str) -> list[Path]:
    found = sorted((ROOT / package).rglob("*.py"))
    assert found, f"{package} has no files"
    return found


@pytest.mark.parametrize("package", ALLOWED)
def test_imports_run_one_way(package: str) -> None:
    forbidden = set(ALLOWED) - ALLOWED[package] - {package}
    wrong = {
        str(path.relative_to(ROOT)): sorted(found)
        for path in files(package)
        if (found := imported(path) & forbidden)
    }
    assert not wrong


@pytest.mark.parametrize("package", sorted(set(ALLOWED) - {"rl"}))
def test_only_rl_may_import_the_training_stack(package: str) -> None:
    assert not [path for path in files(package) if imported(path) & HEAVY]
