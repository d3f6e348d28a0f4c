"""Reads a submission file that nobody vouches for: cells as text, with the line each record is on.

Only a regular file of bounded size is read (no link, no device, no gigabytes), as UTF-8 csv with
every record as wide as the header. What the cells mean is `validation.py`'s business.
"""

from __future__ import annotations

import csv
import io
import os
import stat
from dataclasses import dataclass
from pathlib import Path

from competitions.outcome import Invalid


class Rejected(Exception):
    """A verdict on its way up: carries `Invalid` from where the fault is found."""

    def __init__(self, reason: str, *, row: int | None = None, column: str | None = None) -> None:
        super().__init__(reason)
        self.invalid = Invalid(reason=reason, row=row, column=column)


@dataclass(frozen=True, slots=True, kw_only=True)
class TextTable:
    """A csv file as text. `lines[i]` is the 1-based line on which record i starts."""

    header: list[str]
    records: list[list[str]]
    lines: list[int]

    def cells(self, column: str) -> list[str]:
        index = self.header.index(column)
        return [record[index] for record in self.records]


def read_table(path: Path, *, max_bytes: int | None = None) -> TextTable:
    """Reads a csv file.

    Raises:
        Rejected: not a readable regular file, too large, not UTF-8, empty, or a ragged record.
    """
    return _parse(_decode(_read_regular(path, max_bytes)))


def _read_regular(path: Path, max_bytes: int | None) -> bytes:
    flags = os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_CLOEXEC
    try:
        descriptor = os.open(path, flags)
    except FileNotFoundError:
        raise Rejected("there is no submission file") from None
    except OSError as error:  # O_NOFOLLOW refuses a symbolic link with ELOOP
        link = "is a symbolic link" if path.is_symlink() else f"cannot be read: {error.strerror}"
        raise Rejected(f"the submission {link}") from None
    status = os.fstat(descriptor)
    if not stat.S_ISREG(status.st_mode):
        os.close(descriptor)
        raise Rejected("the submission is not a regular file")
    with os.fdopen(descriptor, "rb") as stream:
        if max_bytes is None:
            return stream.read()
        if status.st_size > max_bytes:
            raise Rejected(
                f"the file has {status.st_size:,} bytes; at most {max_bytes:,} are accepted"
            )
        return stream.read(max_bytes)


def _decode(raw: bytes) -> str:
    try:
        return raw.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = raw.count(b"\n", 0, error.start) + 1
        raise Rejected("the file is not UTF-8 text", row=line) from None


def _parse(text: str) -> TextTable:
    reader = csv.reader(io.StringIO(text, newline=""), strict=True)
    records: list[list[str]] = []
    lines: list[int] = []
    start = 1
    try:
        for record in reader:
            if record:  # a blank line is no record
                records.append(record)
                lines.append(start)
            start = reader.line_num + 1
    except csv.Error as error:
        raise Rejected(f"the file is not proper csv: {error}", row=start) from None
    if not records:
        raise Rejected("the file is empty")
    header, *body = records
    for record, line in zip(body, lines[1:], strict=True):
        if len(record) != len(header):
            raise Rejected(f"{len(record)} cells where the header has {len(header)}", row=line)
    return TextTable(header=header, records=body, lines=lines[1:])
