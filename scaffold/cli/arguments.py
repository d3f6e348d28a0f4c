"""Options that several commands share, so that they read the same everywhere."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

RunsDir = Annotated[
    Path,
    typer.Option("--runs-dir", metavar="DIR", envvar="EXITREE_RUNS_DIR", help="Where runs are."),
]
RunName = Annotated[
    str,
    typer.Argument(metavar="RUN", help="A run: its folder, its name or the start of it; `last`."),
]
AsJson = Annotated[bool, typer.Option("--json", help="Print one JSON document instead.")]
RUNS_DIR = Path("runs")


def help_if_alone(context: typer.Context) -> None:
    """For a command that only holds others: typed alone, it says which."""
    if context.invoked_subcommand is None:
        print(context.get_help())
        raise typer.Exit
