"""The way to the owner: two descriptors that no script inherits."""

from __future__ import annotations

import fcntl
import json
import os
from collections.abc import Iterator
from contextlib import contextmanager

from sandbox.harness import HEADER
from sandbox.harness.unforked import unforked

FIRST_DESCRIPTOR = 100


class OwnerGoneError(Exception):
    """Only this: another failure may be a script's doing, which must not pass as the owner's."""


class Owner:
    """Takes over standard input and output, and leaves /dev/null in their place.

    All methods raise OwnerGoneError.
    """

    def __init__(self) -> None:
        self.incoming = fcntl.fcntl(0, fcntl.F_DUPFD_CLOEXEC, FIRST_DESCRIPTOR)
        self._outgoing = fcntl.fcntl(1, fcntl.F_DUPFD_CLOEXEC, FIRST_DESCRIPTOR)
        null = os.open(os.devnull, os.O_RDWR)
        for descriptor in (0, 1, 2):
            os.dup2(null, descriptor)
        os.close(null)

    def send(self, kind: bytes, payload: bytes | memoryview) -> None:
        self._write(HEADER.pack(kind, len(payload)))
        self._write(payload)

    def send_json(self, kind: bytes, value: object) -> None:
        self.send(kind, json.dumps(value).encode())

    def receive(self) -> tuple[bytes, memoryview]:
        kind, length = HEADER.unpack(self._read(HEADER.size))
        return kind, self._read(length)

    def _write(self, data: bytes | memoryview) -> None:
        left = memoryview(data)
        while left:
            with _finding_owner():
                written = os.write(self._outgoing, left)
            left = left[written:]

    def _read(self, size: int) -> memoryview:
        data = left = unforked(size)
        while left:
            with _finding_owner():
                received = os.readv(self.incoming, [left])
            if not received:
                raise OwnerGoneError
            left = left[received:]
        return data


@contextmanager
def _finding_owner() -> Iterator[None]:
    try:
        yield
    except OSError as error:
        raise OwnerGoneError from error
