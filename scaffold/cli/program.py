"""How to start this program again: commands we print have to work as they are typed."""

from __future__ import annotations

import os
import shlex
import shutil
import sys
from pathlib import Path

NAME = "exitree"


def program() -> str:
    """`exitree` where a shell finds this very program by that name, else the path it was started
    by, or `python -m scaffold`."""
    started = Path(sys.argv[0])
    if started.name == "__main__.py":
        return f"{shlex.quote(_short(Path(sys.executable)))} -m scaffold"
    found = shutil.which(NAME)
    if started.name != NAME or (found is not None and _is_same(Path(found), started)):
        return NAME
    return shlex.quote(_short(started))


def typed(text: str) -> str:
    """A text of ours, with the commands in it as they are to be typed here."""
    return text.replace(f"`{NAME} ", f"`{program()} ")


def _is_same(one: Path, other: Path) -> bool:
    try:
        return one.samefile(other)
    except OSError:
        return False


def _short(path: Path) -> str:
    """As seen from the current folder, where it lies below it; a link is left a link."""
    whole = Path(os.path.abspath(path))  # noqa: PTH100 resolve() would follow links
    cwd = Path.cwd()
    return str(whole.relative_to(cwd)) if whole.is_relative_to(cwd) else str(whole)
