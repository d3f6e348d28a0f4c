"""Memory that a fork does not inherit: what one script said or left is not in the next one's."""

from __future__ import annotations

import mmap


def unforked(size: int) -> memoryview:
    memory = mmap.mmap(-1, max(1, size), mmap.MAP_PRIVATE | mmap.MAP_ANONYMOUS)
    memory.madvise(mmap.MADV_DONTFORK)
    return memoryview(memory)[:size]
