"""Processes that kill themselves (SIGKILL) at an event, for tests of what survives.

An event is an observer's call, a journal write (once half done, once done) or an action on a file
below a folder (Python's audit events: open for writing, rename, remove, mkdir, ...). `in_child`
forks, so that a program which has imported everything can be killed hundreds of times; it must have
no threads.
"""

from __future__ import annotations

import os
import signal
import sys
import traceback
from collections.abc import Callable
from pathlib import Path

from search.entries import Entry, encode
from search.events import Event
from search.journal import Journal

FILE_ACTIONS = {"os.rename", "os.remove", "os.rmdir", "os.mkdir", "os.truncate", "shutil.rmtree"}


class Killer:
    """Counts events and ends the process at the one numbered `kill_at` (negative: at none)."""

    def __init__(self, kill_at: int) -> None:
        self.kill_at, self.count = kill_at, 0

    def event(self, last_words: Callable[[], object] = lambda: None) -> None:
        if self.count == self.kill_at:
            last_words()
            os.kill(os.getpid(), signal.SIGKILL)
        self.count += 1

    def notify(self, event: Event) -> None:
        self.event()

    def watch_files(self, folder: Path) -> None:
        """From now on actions on files below the folder are events too. Cannot be undone."""

        def audit(name: str, arguments: tuple[object, ...]) -> None:
            writes = name == "open" and not str(arguments[1] or "r").startswith("r")
            if (writes or name in FILE_ACTIONS) and str(arguments[0]).startswith(str(folder)):
                self.event()

        sys.addaudithook(audit)


class KillingJournal(Journal):
    """A journal whose writes are events: half of the line is there at the first, all at the second.

    Made by `create` or `resume`, then given its killer.
    """

    killer: Killer

    def append(self, entry: Entry) -> None:
        torn = str(encode(entry)).encode()[:20]
        self.killer.event(lambda: self._file.write(torn))
        super().append(entry)
        self.killer.event()


def in_child(work: Callable[[], int]) -> int | None:
    """The result of work done in a forked process; None where it was killed."""
    reading, writing = os.pipe()
    child = os.fork()
    if child == 0:
        try:
            os.write(writing, str(work()).encode())
        except BaseException:
            traceback.print_exc()
            os._exit(1)
        os._exit(0)
    os.close(writing)
    with open(reading, "rb") as pipe:  # noqa: PTH123 a file descriptor
        result = pipe.read()
    _, status = os.waitpid(child, 0)
    if os.WIFSIGNALED(status) and os.WTERMSIG(status) == signal.SIGKILL:
        return None
    if status != 0:
        raise SystemExit("the work failed, see above")
    return int(result)
