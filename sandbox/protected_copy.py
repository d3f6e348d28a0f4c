"""The data a local script works on: a copy, so that the original stays as it is.

Small files are copied without write permission; large ones are linked. Root, and a user who
changes the permission back, can still write: so the copy is sealed, and a broken seal is seen.
"""

from __future__ import annotations

import os
import shutil
from pathlib import Path

LARGE_BYTES = 32 << 20  # from here on a file is linked instead of copied


class ProtectedCopy:
    def __init__(self, source: Path, folder: Path) -> None:
        self.folder = folder
        shutil.copytree(source, folder, copy_function=_copy_or_link, ignore_dangling_symlinks=True)
        for parent, names, _ in os.walk(folder):
            for name in names:
                (Path(parent) / name).chmod(0o555)
        folder.chmod(0o555)
        self._seal = _seal(folder)

    def is_untouched(self) -> bool:
        try:
            return _seal(self.folder) == self._seal
        except OSError:  # something is not there any more
            return False


def _copy_or_link(source: str, target: str) -> None:
    original, copy = Path(source), Path(target)
    if original.stat().st_size >= LARGE_BYTES:
        copy.symlink_to(original.resolve())
    else:
        shutil.copyfile(original, copy)
        copy.chmod(0o444)


def _seal(folder: Path) -> list[tuple[str, int, int, int]]:
    """Name, mode, size and time of change (which no user can set) of every file and folder."""
    return sorted(
        (str(path), state.st_mode, state.st_size, state.st_ctime_ns)
        for path in (folder, *folder.rglob("*"))
        if (state := path.stat())
    )
