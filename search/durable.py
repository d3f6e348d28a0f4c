"""Writing so that nothing is half there, and saying so plainly when it cannot be done."""

from __future__ import annotations

import errno
import os
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from search.errors import RecordingError

NO_ROOM = (errno.ENOSPC, errno.EDQUOT, errno.EFBIG)
NOT_ALLOWED = (errno.EACCES, errno.EPERM, errno.EROFS)


@contextmanager
def recording(path: Path) -> Iterator[None]:
    """Turns a failed write into the error that the user can act on."""
    try:
        yield
    except OSError as error:
        raise RecordingError(
            f"cannot write {path}: {error.strerror or error}",
            hint=f"{_remedy(error)}, then resume the run: nothing recorded is lost",
        ) from error


def _remedy(error: OSError) -> str:
    if error.errno in NO_ROOM:
        return "free some disk space"
    if error.errno in NOT_ALLOWED:
        return "make it writable for you"
    return "see that the folder is there and whole"


def replace_text(path: Path, text: str) -> None:
    """Replaces a file as a whole: a reader sees the old or the new one, also after a crash.

    Raises:
        RecordingError: it could not be written; the old one is still there.
    """
    with recording(path):
        descriptor, name = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name}-")
        try:
            with os.fdopen(descriptor, "wb") as file:
                file.write(text.encode("utf-8", errors="backslashreplace"))
                file.flush()
                os.fsync(file.fileno())
            Path(name).chmod(0o644)
            Path(name).replace(path)
        except BaseException:
            Path(name).unlink(missing_ok=True)
            raise


@contextmanager
def replaced_folder(path: Path) -> Iterator[Path]:
    """An empty folder to fill, which takes the place of `path` as a whole when the block ends.

    A kill leaves the old one, the new one or none, never half of one; what it leaves beside them
    is removed by the next try.

    Raises:
        RecordingError: it could not be written; the old one is still there.
    """
    new, old = (path.with_name(f".{path.name}-{word}") for word in ("new", "old"))
    with recording(path):
        _put_back(old, path)
        shutil.rmtree(new, ignore_errors=True)
        new.mkdir()
        try:
            yield new
            _sync_files(new)
            if path.exists():
                path.rename(old)
            new.rename(path)
            sync_directory(path.parent)
        finally:
            _put_back(old, path)
            shutil.rmtree(new, ignore_errors=True)


def _put_back(old: Path, path: Path) -> None:
    """Undoes the first half of a replacement; behind the second half, removes what was replaced."""
    if old.exists() and not path.exists():
        old.rename(path)
    shutil.rmtree(old, ignore_errors=True)


def _sync_files(folder: Path) -> None:
    for path in folder.iterdir():
        with path.open("rb") as file:
            os.fsync(file.fileno())
    sync_directory(folder)


def sync_directory(path: Path) -> None:
    """Makes the entries of a folder durable, a new file's name among them."""
    descriptor = os.open(path, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
