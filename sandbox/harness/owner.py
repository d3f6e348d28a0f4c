"""The way to the owner: two descriptors that no script inherits."""

from __future__ import annotations

import fcntl
import json
import os

from sandbox.harness import HEADER

FIRST_DESCRIPTOR = 100


class Owner:
    """Takes over standard input and output, and leaves /dev/null in their place."""

    def __init__(self) -> None:
        self.incoming = fcntl.fcntl(0, fcntl.F_DUPFD_CLOEXEC, FIRST_DESCRIPTOR)
        self._outgoing = fcntl.fcntl(1, fcntl.F_DUPFD_CLOEXEC, FIRST_DESCRIPTOR)
        null = os.open(os.devnull, os.O_RDWR)
        for descriptor in (0, 1, 2):
            os.dup2(null, descriptor)
        os.close(null)

    def send(self, kind: bytes, payload: bytes) -> None:
        data = memoryview(HEADER.pack(kind, len(payload)) + payload)
        while data:
            data = data[os.write(self._outgoing, data) :]

    def send_json(self, kind: bytes, value: object) -> None:
        self.send(kind, json.dumps(value).encode())

    def receive(self) -> tuple[bytes, bytes]:
        """The next frame. EOFError when the owner is gone."""
        kind, length = HEADER.unpack(self._read(HEADER.size))
        return kind, self._read(length)

    def _read(self, size: int) -> bytes:
        data = b""
        while len(data) < size:
            received = os.read(self.incoming, size - len(data))
            if not received:
                raise EOFError
            data += received
        return data
