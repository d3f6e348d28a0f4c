"""The engine's attach connection to a container as a `Stream`.

The engine wraps what the container prints in its own frames: stream number, three zero bytes,
length (4 bytes, big endian), data. Only the standard output is the harness's.
"""

from __future__ import annotations

import contextlib
import socket
import struct
from typing import Any

from sandbox.wire import SocketStream

ENGINE_HEADER = struct.Struct("!BxxxI")
STDOUT = 1


class AttachStream(SocketStream):
    """To be made between the container's creation and its start, so that nothing is missed."""

    def __init__(self, api: Any, container: str) -> None:
        parameters = {"stdin": 1, "stdout": 1, "stream": 1}
        self._response = api.attach_socket(container, params=parameters)
        super().__init__(getattr(self._response, "_sock", self._response))
        self._header = b""
        self._stream = STDOUT
        self._left = 0  # data bytes of the engine's current frame still to come

    def receive(self, timeout: float) -> bytes:
        """Standard output; b"" at the end."""
        own = bytearray()
        data = super().receive(timeout)
        while data and not own:
            own += self._unwrap(data)
            if not own:
                data = super().receive(timeout)
        return bytes(own)

    def close(self) -> None:
        with contextlib.suppress(OSError):
            self._socket.shutdown(socket.SHUT_RDWR)  # wakes a thread that waits on it
        with contextlib.suppress(OSError):
            self._response.close()
        super().close()

    def _unwrap(self, data: bytes) -> bytes:
        own = bytearray()
        while data:
            if self._left == 0:
                missing = ENGINE_HEADER.size - len(self._header)
                self._header += data[:missing]
                data = data[missing:]
                if len(self._header) == ENGINE_HEADER.size:
                    self._stream, self._left = ENGINE_HEADER.unpack(self._header)
                    self._header = b""
            part = data[: self._left]
            data = data[len(part) :]
            self._left -= len(part)
            if self._stream == STDOUT:
                own += part
        return bytes(own)
