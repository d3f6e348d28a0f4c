"""Options that several commands share, so that they read the same everywhere.

Those of a search are settings too; `flags` tells which. They have no default here: what is not
given comes from files, the environment or the defaults (scaffold/config_sources.py).
"""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Any

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
CompetitionsDirs = Annotated[
    list[Path] | None,
    typer.Option("--competitions-dir", metavar="DIR", help="Further competitions; repeatable."),
]
Steps = Annotated[
    int | None, typer.Option(metavar="N", help="Stop a run after N steps (40).", min=1)
]
Hours = Annotated[float | None, typer.Option(metavar="H", help="Stop a run after H hours.")]
MaxUsd = Annotated[
    float | None, typer.Option(metavar="D", help="Stop a run when its model has cost D dollars.")
]
Workers = Annotated[
    int | None, typer.Option(metavar="N", help="Steps of a run carried out at the same time (1).")
]
ModelName = Annotated[
    str | None,
    typer.Option(
        "--model", metavar="NAME", help="Who writes: recipe, openai/NAME, scripted/PATH (recipe)."
    ),
]
SandboxKind = Annotated[
    str | None,
    typer.Option(
        "--sandbox", metavar="NAME", help="Where scripts run: auto, docker, process (auto)."
    ),
]
DataDir = Annotated[
    Path | None,
    typer.Option("--data-dir", metavar="DIR", help="Prepared data (~/.exitree/data)."),
]
Settings = Annotated[
    list[str], typer.Option("--set", metavar="KEY=VALUE", help="Any other setting; repeatable.")
]
SETTING_OF = {
    "steps": "budget.steps",
    "hours": "budget.hours",
    "max_usd": "budget.max_usd",
    "policy": "policy.name",
    "model": "model.name",
    "sandbox": "sandbox.kind",
    "competitions_dir": "competitions_dirs",
}


def flags(**options: Any) -> dict[str, Any]:
    """Options by name as settings by key, for `config_sources.load`; paths as text, an empty list
    or text as not given."""
    return {SETTING_OF.get(name, name): _setting(value) for name, value in options.items()}


def _setting(value: Any) -> Any:
    if isinstance(value, Path):
        return str(value)
    if isinstance(value, list):
        return [_setting(item) for item in value] or None
    return None if value == "" else value


def help_if_alone(context: typer.Context) -> None:
    """For a command that only holds others: typed alone, it says which."""
    if context.invoked_subcommand is None:
        print(context.get_help())
        raise typer.Exit
