"""Ctrl-C as a message: it ends a search between two facts, never in the middle of one.

Only signals that would raise KeyboardInterrupt are taken over: SIGINT, and SIGTERM and SIGHUP where
the program treats them alike (the command line does). Outside the main thread, which Python tells
of no signal, nothing changes.
"""

from __future__ import annotations

import signal
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager

SIGNALS = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)


@contextmanager
def interrupts_call(tell: Callable[[], None]) -> Iterator[None]:
    """The first interrupt calls `tell`, in a signal handler; a further one raises
    KeyboardInterrupt, so that a call which never returns can be left."""

    def take(*_: object) -> None:
        _set(taken, signal.default_int_handler)
        tell()

    taken = _raising()
    _set(taken, take)
    try:
        yield
    finally:
        _set(taken, signal.default_int_handler)


@contextmanager
def interrupts_held_back() -> Iterator[None]:
    """For what must be done as a whole, such as cleaning up: an interrupt is raised after it."""
    held: list[int] = []
    taken = _raising()
    _set(taken, lambda number, _: held.append(number))
    try:
        yield
    finally:
        _set(taken, signal.default_int_handler)
    if held:
        raise KeyboardInterrupt


def _raising() -> list[signal.Signals]:
    """The signals that raise KeyboardInterrupt now; none where we cannot take them over."""
    if threading.current_thread() is not threading.main_thread():
        return []
    return [item for item in SIGNALS if signal.getsignal(item) is signal.default_int_handler]


def _set(signals: list[signal.Signals], handler: Callable[..., object]) -> None:
    for item in signals:
        signal.signal(item, handler)
