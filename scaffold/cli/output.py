"""Where commands print: a console whose reader may go away, as in `exitree runs | head`."""

from __future__ import annotations

import os
import sys

from rich.console import Console


class OutputConsole(Console):
    """Leaves a closed pipe to the command line's boundary, where rich would end the program."""

    def on_broken_pipe(self) -> None:
        raise BrokenPipeError


def forget_reader() -> None:
    """What is still to be printed goes nowhere, so that ending is no error either."""
    nowhere = os.open(os.devnull, os.O_WRONLY)
    os.dup2(nowhere, sys.stdout.fileno())
    os.close(nowhere)
