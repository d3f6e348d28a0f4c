"""What the documentation names is there: pages, files, commands, options."""

from __future__ import annotations

import re
import shlex
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import typer

from scaffold.cli.main import app

ROOT = Path(__file__).resolve().parents[2]
PAGES = [
    *ROOT.glob("*.md"),
    *(ROOT / "docs").glob("*.md"),
    *(ROOT / "examples").rglob("*.md"),
]
NAMES = [str(page.relative_to(ROOT)) for page in PAGES]
PACKAGES = "competitions|sandbox|search|scaffold|rl|tests|benchmarks|examples|docs"


def commands_in(text: str) -> Iterator[list[str]]:
    """Commands of code blocks and of quoted code, as words."""
    text = re.sub(r"\\\n\s*", "", text)
    blocks = re.findall(r"^```\n(.*?)^```", text, re.DOTALL | re.MULTILINE)
    lines = [line for block in blocks for line in block.splitlines()]
    lines += [line for line in text.splitlines() if line.startswith("    exitree")]
    lines += re.findall(r"`(exitree [^`\n]+)`", text)
    for line in lines:
        if match := re.match(r"\s*(?:\.venv/bin/)?exitree (.*)", line):
            described = re.split(r"\s{3,}|\s#", match[1])[0]
            yield shlex.split(described)


@pytest.mark.parametrize("name", NAMES)
def test_links_lead_somewhere(name: str) -> None:
    page = ROOT / name
    links = re.findall(r"\]\(([^)#\s]+)[^)]*\)", page.read_text("utf-8"))
    missing = [link for link in links if "://" not in link and not (page.parent / link).exists()]
    assert not missing


@pytest.mark.parametrize("name", NAMES)
def test_files_that_are_named_are_there(name: str) -> None:
    text = (ROOT / name).read_text("utf-8")
    named = re.findall(rf"`((?:{PACKAGES})/[\w./-]*)`", text)
    assert not [path for path in named if not (ROOT / path).exists()]


@pytest.mark.parametrize("name", NAMES)
def test_commands_and_options_exist(name: str) -> None:
    unknown = []
    for words in commands_in((ROOT / name).read_text("utf-8")):
        command: Any = typer.main.get_command(app)
        rest = list(words)
        while rest and hasattr(command, "commands") and not rest[0].startswith("-"):
            found = [command.commands.get(each) for each in rest.pop(0).split("|")]
            if None in found:
                unknown.append(words)
                break
            command = found[0]
        known = {option for item in command.params for option in item.opts}
        known |= {"-h", "--help"}
        unknown += [words for word in rest if word.startswith("-") and word not in known]
    assert not unknown


def test_the_readme_shows_commands_that_this_test_finds() -> None:
    found = list(commands_in((ROOT / "README.md").read_text("utf-8")))
    assert ["show", "last"] in found
    assert any("--max-usd" in words and "model.prices" in words[-1] for words in found)


def test_every_page_is_linked_from_the_readme() -> None:
    readme = (ROOT / "README.md").read_text("utf-8")
    pages = [page.name for page in (ROOT / "docs").glob("*.md")]
    assert not [page for page in pages if f"(docs/{page})" not in readme]
