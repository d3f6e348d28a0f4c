"""A script's folder: made fresh, read once after its end, wiped."""

from __future__ import annotations

import os
import shutil
import stat
from pathlib import Path

from sandbox.harness.owner import Owner
from sandbox.harness.unforked import unforked

CHUNK = 1 << 18  # bytes of one frame of file data


def make_work_folder(root: Path, data: Path, script: memoryview) -> Path:
    """Returns the path of the script in it."""
    for name in ("work", "tmp"):
        (root / name).mkdir()
    (root / "work" / "input").symlink_to(data, target_is_directory=True)
    path = root / "work" / "solution.py"
    with path.open("wb", buffering=0) as file:
        while script:
            script = script[file.write(script) :]
    return path


def collect(owner: Owner, folder: int, names: list[str], max_bytes: int) -> list[str]:
    """Send the regular files of these names in the open `folder`. Returns why others were refused.

    No process of the script is left, so what is looked at is what is sent.
    """
    refused = []
    chunk = unforked(CHUNK)
    for index, name in enumerate(names):
        try:
            descriptor, size = _open_regular(folder, name, max_bytes)
        except FileNotFoundError:
            continue
        except (OSError, ValueError) as error:
            refused.append(f"{name} was refused: {error}")
            continue
        owner.send_json(b"F", {"index": index, "size": size})
        while count := os.readv(descriptor, [chunk]):
            owner.send(b"D", chunk[:count])
        os.close(descriptor)
    return refused


def _open_regular(folder: int, name: str, max_bytes: int) -> tuple[int, int]:
    found = os.stat(name, dir_fd=folder, follow_symlinks=False)
    if stat.S_ISLNK(found.st_mode):
        raise ValueError("it is a symbolic link")
    if not stat.S_ISREG(found.st_mode):
        raise ValueError("it is not a regular file")
    if found.st_nlink != 1:
        raise ValueError("it is a hard link to another file")
    if found.st_size > max_bytes:
        raise ValueError(f"its {found.st_size} bytes are over the limit of {max_bytes}")
    return os.open(name, os.O_RDONLY | os.O_NOFOLLOW, dir_fd=folder), found.st_size


def wipe(folders: list[Path]) -> bool:
    """Empty these folders; False when something could not be removed."""
    try:
        for folder in folders:
            for path in list(folder.iterdir()):
                if path.is_dir() and not path.is_symlink():
                    shutil.rmtree(path)
                else:
                    path.unlink()
            os.utime(folder)
    except (OSError, RecursionError):
        return False
    return True


def marks(folders: list[Path]) -> object:
    """What a script can leave on these folders themselves, which stay when they are emptied."""
    return [(folder.stat().st_mode, _attributes(folder)) for folder in folders]


def _attributes(folder: Path) -> list[str]:
    try:
        return os.listxattr(folder)
    except OSError:  # the file system has none
        return []
