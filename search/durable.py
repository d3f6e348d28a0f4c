"""Writing so that nothing is half there, and saying so plainly when it cannot be done."""

from __future__ import annotations

import os
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from search.errors import RecordingError


@contextmanager
def recording(path: Path) -> Iterator[None]:
    """Turns a failed write into the error that the user can act on."""
    try:
        yield
    except OSError as error:
        raise RecordingError(
            f"cannot write {path}: {error.strerror or error}",
            hint="free some disk space, then resume the run: nothing recorded is lost",
        ) from error


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


def sync_directory(path: Path) -> None:
    """Makes the entries of a folder durable, a new file's name among them."""
    descriptor = os.open(path, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
