"""Frames between this process and the harness in a cell, with a deadline on every wait.

The other side runs beside hostile code, so nothing it says is believed: a frame is bounded in
length, and whoever reads it checks what is in it. `Connection` works over any `Stream`; a process
has a plain socket, a container the engine's attach stream.
"""

from __future__ import annotations

import json
import select
import socket
import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import Protocol

from sandbox.harness import HEADER

MAX_FRAME_BYTES = 1 << 20
WATCH_SECONDS = 0.05  # how often a waiting owner looks at the cell
RECEIVE_BYTES = 1 << 18


class ConnectionLostError(Exception):
    """The other side closed, or the engine between us did."""


class ProtocolError(Exception):
    """The other side said something the protocol does not allow."""


@dataclass(frozen=True, slots=True)
class Frame:
    kind: bytes
    payload: bytes

    def json(self) -> object:
        try:
            value: object = json.loads(self.payload)
        except ValueError as error:
            raise ProtocolError(f"frame {self.kind!r} is not JSON") from error
        return value


class Stream(Protocol):
    """Bytes both ways. `receive` returns b"" at the end and raises TimeoutError."""

    def send(self, data: bytes, timeout: float) -> None: ...

    def receive(self, timeout: float) -> bytes: ...

    def has_input(self) -> bool: ...

    def close(self) -> None: ...


class SocketStream:
    """A connected socket as a `Stream`."""

    def __init__(self, sock: socket.socket) -> None:
        self._socket = sock

    def send(self, data: bytes, timeout: float) -> None:
        self._socket.settimeout(timeout)
        self._socket.sendall(data)

    def receive(self, timeout: float) -> bytes:
        self._socket.settimeout(timeout)
        return self._socket.recv(RECEIVE_BYTES)

    def has_input(self) -> bool:
        return bool(select.select([self._socket], [], [], 0)[0])

    def close(self) -> None:
        self._socket.close()


class Connection:
    """Sends and receives frames. One thread at a time; `close` from any."""

    def __init__(self, stream: Stream) -> None:
        self._stream = stream
        self._received = bytearray()

    def send(self, kind: bytes, payload: bytes = b"", *, timeout: float = 30.0) -> None:
        try:
            self._stream.send(HEADER.pack(kind, len(payload)) + payload, timeout)
        except (OSError, ValueError) as error:  # ValueError: closed by another thread
            raise ConnectionLostError(str(error)) from error

    def receive(self, deadline: float, watch: Callable[[], None] | None = None) -> Frame:
        """The next frame, before `deadline` (time.monotonic) or TimeoutError.

        `watch` is called every 50 ms of waiting.
        """
        kind, length = HEADER.unpack(self._take(HEADER.size, deadline, watch))
        if length > MAX_FRAME_BYTES:
            raise ProtocolError(f"a frame of {length} bytes")
        return Frame(kind, self._take(length, deadline, watch))

    def is_silent(self) -> bool:
        """True while nothing has come and the other side has not closed: as between scripts."""
        try:
            return not self._received and not self._stream.has_input()
        except (OSError, ValueError):
            return False

    def close(self) -> None:
        self._stream.close()

    def _take(self, size: int, deadline: float, watch: Callable[[], None] | None) -> bytes:
        while len(self._received) < size:
            remaining = deadline - time.monotonic()
            if remaining <= 0:
                raise TimeoutError
            try:
                data = self._stream.receive(min(remaining, WATCH_SECONDS))
            except TimeoutError:
                data = None
            except (OSError, ValueError) as error:
                raise ConnectionLostError(str(error)) from error
            if data == b"":
                raise ConnectionLostError("closed")
            self._received += data or b""
            if watch is not None:
                watch()
        taken = bytes(self._received[:size])
        del self._received[:size]
        return taken
