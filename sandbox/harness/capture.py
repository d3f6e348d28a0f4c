"""What is kept of a script's output: the head and the tail, in bounded memory."""

from __future__ import annotations

from sandbox.harness.unforked import unforked


class Capture:
    """Of more than `limit` bytes the middle is left out, and a line says how much."""

    def __init__(self, limit: int) -> None:
        self.total = 0
        self._head = unforked(limit // 2)
        self._tail = unforked(limit - limit // 2)  # a ring: the oldest byte is overwritten

    def add(self, data: bytes | memoryview) -> None:
        room = self._head[self.total :]
        room[: len(data)] = data[: len(room)]
        self.total += len(data)
        rest = data[len(room) :]
        if not rest or not self._tail:
            return
        rest = rest[-len(self._tail) :]
        start = (self.total - len(self._head) - len(rest)) % len(self._tail)
        before_end = min(len(rest), len(self._tail) - start)
        self._tail[start : start + before_end] = rest[:before_end]
        self._tail[: len(rest) - before_end] = rest[before_end:]

    def parts(self) -> list[bytes | memoryview]:
        """To be joined: as views, since a copy would be memory that a fork inherits."""
        after_head = max(0, self.total - len(self._head))
        dropped = max(0, after_head - len(self._tail))
        if not dropped:
            return [self._head[: self.total], self._tail[:after_head]]
        marker = f"\n... {dropped} bytes left out ...\n".encode()
        start = after_head % len(self._tail) if self._tail else 0
        return [self._head, marker, self._tail[start:], self._tail[:start]]
