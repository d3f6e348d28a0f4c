"""What is kept of a script's output: the head and the tail, in bounded memory."""

from __future__ import annotations


class Capture:
    """Of more than `limit` bytes the middle is left out, and a line says how much."""

    def __init__(self, limit: int) -> None:
        self.total = 0
        self._head = bytearray()
        self._tail = bytearray()
        self._head_size = limit // 2
        self._tail_size = limit - limit // 2

    def add(self, data: bytes) -> None:
        self.total += len(data)
        room = self._head_size - len(self._head)
        self._head += data[:room]
        self._tail += data[room:]
        if len(self._tail) > 2 * self._tail_size:
            self._trim()

    def text(self) -> bytes:
        self._trim()
        dropped = self.total - len(self._head) - len(self._tail)
        marker = f"\n... {dropped} bytes left out ...\n".encode() if dropped else b""
        return bytes(self._head) + marker + bytes(self._tail)

    def _trim(self) -> None:
        del self._tail[: max(0, len(self._tail) - self._tail_size)]
