"""The process of one run of a bench: `python -m scaffold.bench.child CELL`.

It begins the cell's run or goes on with it, as `exitree search` and `exitree resume` do. Its
standard input is a pipe from the bench: when that closes, because the bench was interrupted or
killed, the run stops as at Ctrl-C. One process at a time works on a cell.
"""

from __future__ import annotations

import fcntl
import os
import signal
import sys
import threading
from pathlib import Path

from scaffold.cli.main import main as exitree
from search.run_folder import find_runs


def main() -> None:
    cell = Path(sys.argv[1])
    threading.Thread(target=_stop_when_alone, daemon=True).start()
    with (cell / ".lock").open("a") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)  # the child of a killed bench may still be stopping
        runs = find_runs(cell)
        work = ["resume", str(runs[-1].path)] if runs else ["search", "-c", f"{cell}/config.yaml"]
        sys.argv[1:] = [*work, "--grade-all", "--json"]
        exitree()


def _stop_when_alone() -> None:
    while os.read(sys.stdin.fileno(), 1024):
        pass
    os.kill(os.getpid(), signal.SIGTERM)


if __name__ == "__main__":
    main()
