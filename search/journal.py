"""The journal: one append-only JSON-lines file, the source of truth of a run.

Line 1 is a header `{"format": "exitree-journal", "version": 1, "run": {...}}` with what the run is
about (`RunInfo`), every further line an entry (search/entries.py). An entry is durable (fsync) when
`append` returns, and costs the same however long the journal is. A torn last line, left by a kill
or a full disk, was never promised to anyone and is dropped.
"""

from __future__ import annotations

import json
import os
from collections.abc import Iterator
from io import FileIO
from pathlib import Path
from types import TracebackType
from typing import Any, BinaryIO, Self

from search.durable import recording, sync_directory
from search.entries import Entry, RunInfo, decode, encode
from search.errors import SearchError

FORMAT = "exitree-journal"
VERSION = 1


class Journal:
    """An open journal, for appending. Not thread-safe: the runner's thread alone writes."""

    def __init__(self, path: Path, file: FileIO) -> None:
        self.path = path
        self._file = file
        self._end = file.seek(0, os.SEEK_END)

    @classmethod
    def create(cls, path: Path, info: RunInfo) -> Journal:
        """Starts a new journal with its header.

        Raises:
            RecordingError: it cannot be written, or there is one already.
        """
        with recording(path):
            journal = cls(path, path.open("xb", buffering=0))
            journal._write({"format": FORMAT, "version": VERSION, "run": info.to_dict()})
            sync_directory(path.parent)
        return journal

    @classmethod
    def resume(cls, path: Path) -> Journal:
        """Opens an existing journal behind its last whole line; a torn one is cut off.

        Raises:
            SearchError: it is not a journal, or of a newer version. RecordingError: not writable.
        """
        read_info(path)  # never change what we cannot read
        with recording(path):
            file = path.open("r+b", buffering=0)
            file.truncate(_whole_bytes(path))
        return cls(path, file)

    def append(self, entry: Entry) -> None:
        """Makes the entry durable.

        Raises:
            RecordingError: the disk is full or gone; the journal ends with its last whole line.
        """
        self._write(encode(entry))

    def _write(self, data: dict[str, Any]) -> None:
        line = json.dumps(data, allow_nan=False, separators=(",", ":")).encode("ascii") + b"\n"
        with recording(self.path):
            try:
                self._cut()
                rest = memoryview(line)
                while rest:
                    rest = rest[self._file.write(rest) :]
                os.fsync(self._file.fileno())
                self._end += len(line)
            except BaseException:  # a full disk, or Ctrl-C between write and fsync
                self._cut()
                raise

    def _cut(self) -> None:
        """The file ends with its last whole line, also where an interrupt came in between."""
        if os.fstat(self._file.fileno()).st_size != self._end:
            self._file.truncate(self._end)
        self._file.seek(self._end)

    def close(self) -> None:
        self._file.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.close()


def read_info(path: Path) -> RunInfo:
    """What the run is about. Raises as `read_entries` does."""
    with _opened(path) as file:
        return _read_header(path, file)


def read_entries(path: Path) -> Iterator[Entry]:
    """All whole entries of a journal, in order, one at a time (bounded memory).

    Raises:
        SearchError: not a journal, a newer version, or a line in the middle is damaged.
    """
    with _opened(path) as file:
        _read_header(path, file)
        for number, line in enumerate(file, start=2):
            if not line.endswith(b"\n"):
                return
            try:
                entry = decode(json.loads(line))
            except (ValueError, KeyError, TypeError) as error:
                raise SearchError(
                    f"{path}, line {number}: damaged entry ({type(error).__name__}: {error})",
                    hint=f"restore the file from a copy, or keep its first {number - 1} lines",
                ) from error
            yield entry


def _opened(path: Path) -> BinaryIO:
    try:
        return path.open("rb")
    except OSError as error:
        raise SearchError(
            f"cannot read {path}: {error.strerror}", hint="`exitree runs` lists the runs there are"
        ) from error


def _read_header(path: Path, file: BinaryIO) -> RunInfo:
    try:
        header = json.loads(file.readline())
        version = int(header["version"]) if header["format"] == FORMAT else 0
        if 1 <= version <= VERSION:
            return RunInfo.from_dict(header["run"])
    except (ValueError, KeyError, TypeError):
        version = 0
    if version > VERSION:
        raise SearchError(
            f"{path} was written by a newer Exitree (format {version}, this one knows {VERSION})",
            hint="upgrade with `pip install --upgrade exitree`",
        )
    raise SearchError(
        f"{path} is not a journal of Exitree", hint="`exitree runs` lists the runs there are"
    )


def _whole_bytes(path: Path) -> int:
    """The length of the file up to and with its last newline."""
    with path.open("rb") as file:
        end = file.seek(0, os.SEEK_END)
        while end > 0:
            start = max(0, end - 65536)
            file.seek(start)
            newline = file.read(end - start).rfind(b"\n")
            if newline >= 0:
                return start + newline + 1
            end = start
    return 0
