"""Copying and sealing folders of competition data.

Tables are copied, so that nobody can alter the original through the copy; media are hard-linked,
because there may be a hundred gigabytes of them and nobody rewrites an image in place.
"""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterator
from pathlib import Path

_IMAGES = {".png", ".jpg", ".jpeg", ".gif", ".bmp", ".tif", ".tiff", ".webp", ".dcm"}
_SOUND_AND_VIDEO = {".wav", ".mp3", ".flac", ".ogg", ".aif", ".aiff", ".mp4", ".avi", ".mov"}
_ARRAYS = {".npy", ".npz", ".bson", ".tfrec", ".tfrecord"}
_ARCHIVES = {".zip", ".7z", ".tar", ".gz"}
MEDIA_SUFFIXES = _IMAGES | _SOUND_AND_VIDEO | _ARRAYS | _ARCHIVES
PUBLIC_DIR_MODE, PUBLIC_FILE_MODE = 0o755, 0o644
PRIVATE_DIR_MODE, PRIVATE_FILE_MODE = 0o700, 0o600


def link_or_copy(source: Path, target: Path) -> None:
    """Hard-links a medium, copies anything else (and a medium across file systems)."""
    target.parent.mkdir(parents=True, exist_ok=True)
    if source.suffix.lower() in MEDIA_SUFFIXES:
        try:
            os.link(source, target)
        except OSError:  # another file system, or one without hard links
            shutil.copyfile(source, target)
    else:
        shutil.copyfile(source, target)


def scratch_copy(source: Path, target: Path) -> None:
    """A copy of a folder that may be written to and deleted from without harm to the original."""
    target.mkdir(parents=True)
    for path in files_below(source):
        link_or_copy(path, target / path.relative_to(source))


def files_below(directory: Path) -> Iterator[Path]:
    """Every file below, in a fixed order."""
    return (path for path in sorted(directory.rglob("*")) if path.is_file())


def open_to_all(directory: Path) -> None:
    """Readable by any user (a sandbox is another one), whatever the umask."""
    _set_modes(directory, PUBLIC_DIR_MODE, PUBLIC_FILE_MODE)


def seal(directory: Path) -> None:
    """Readable by the owner only."""
    _set_modes(directory, PRIVATE_DIR_MODE, PRIVATE_FILE_MODE)


def _set_modes(directory: Path, dir_mode: int, file_mode: int) -> None:
    directory.chmod(dir_mode)
    for path in directory.rglob("*"):
        if path.is_dir():
            path.chmod(dir_mode)
        elif file_mode == PUBLIC_FILE_MODE or path.stat().st_nlink == 1:
            path.chmod(file_mode)  # a hard link shares its mode with the public file


def write_durably(path: Path, text: str) -> None:
    """Replaces a file in one step: after a crash there is the old text or the new, never a part."""
    temporary = path.with_name(path.name + ".tmp")
    with temporary.open("w", encoding="utf-8") as stream:
        stream.write(text)
        stream.flush()
        os.fsync(stream.fileno())
    temporary.replace(path)
    sync_directory(path.parent)


def sync_directory(directory: Path) -> None:
    """Makes renames in a directory durable."""
    descriptor = os.open(directory, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
