"""The folder of a local cell. It says whose it is, so that it can be removed after a crash."""

from __future__ import annotations

import json
import os
import shutil
import tempfile
from contextlib import suppress
from pathlib import Path

from sandbox.ownership import Owner

PREFIX = "exitree-cell-"
OWNER_FILE = "owner.json"


def make_folder() -> Path:
    folder = Path(tempfile.mkdtemp(prefix=PREFIX))
    (folder / OWNER_FILE).write_text(json.dumps(Owner.this_process().labels()))
    return folder


def remove_folder(folder: Path) -> None:
    """Also where a script took permissions away."""
    for parent, _, _ in os.walk(folder):
        if not Path(parent).is_symlink():
            Path(parent).chmod(0o700)
    shutil.rmtree(folder, ignore_errors=True)


def sweep_folders() -> None:
    """Remove those of this user whose owner is dead."""
    for folder in Path(tempfile.gettempdir()).glob(f"{PREFIX}*"):
        with suppress(OSError, ValueError):  # of another user, or being removed by another process
            owner = Owner.from_labels(json.loads((folder / OWNER_FILE).read_text()))
            if owner and owner.is_dead() and folder.stat().st_uid == os.getuid():
                remove_folder(folder)
