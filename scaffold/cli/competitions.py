"""`exitree competitions list|show|prepare|check|grade`: what can be searched, and its judge."""

from __future__ import annotations

import json
import time
from collections.abc import Mapping
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from scaffold.cli.arguments import AsJson, CompetitionsDirs, help_if_alone

if TYPE_CHECKING:
    from rich.table import Table

    from competitions.competition import Competition, PreparedCompetition
    from competitions.outcome import GradingOutcome, Invalid
    from competitions.registry import Catalog
    from scaffold.cli.output import OutputConsole

app = typer.Typer(help="Competitions: list, show, prepare, check, grade.")
app.callback(invoke_without_command=True)(help_if_alone)

NUM_BOOTSTRAP = 200


class SplitName(StrEnum):
    """`competitions.outcome.Split`, repeated so that `--help` loads no competition code."""

    SEARCH = "search"
    SELECTION = "selection"
    TEST = "test"


Name = Annotated[str, typer.Argument(metavar="COMPETITION", help="Its id, as `list` shows it.")]
File = Annotated[Path, typer.Argument(metavar="FILE", help="A submission, as csv.")]
DataDir = Annotated[
    Path | None,
    typer.Option(
        "--data-dir",
        metavar="DIR",
        envvar="EXITREE_DATA_DIR",
        help="Prepared data (~/.exitree/data).",
    ),
]
OfSplit = Annotated[
    SplitName,
    typer.Option(
        "--split", help="test: rows of the public test file; search, selection: of the nested one."
    ),
]


@app.command("list")
def list_all(competitions_dir: CompetitionsDirs = None, as_json: AsJson = False) -> None:
    """Every competition found, and the folders that are broken."""
    from competitions.registry import list_competitions

    catalog = list_competitions(competitions_dir or ())
    if as_json:
        _print_json(
            {
                "competitions": [_summary(competition) for competition in catalog],
                "broken": [
                    {"name": folder.name, "error": str(folder.error), "hint": folder.error.hint}
                    for folder in catalog.broken
                ],
            }
        )
        return
    _print_catalog(_console(), catalog)


@app.command()
def show(name: Name, competitions_dir: CompetitionsDirs = None, as_json: AsJson = False) -> None:
    """Description, metric, rules, medals of one competition."""
    competition = _find(name, competitions_dir)
    if as_json:
        _print_json(_summary(competition) | {"description": competition.spec.description})
        return
    from rich.markdown import Markdown

    console = _console()
    console.print(Markdown(competition.spec.description))
    console.print()
    console.print(_facts(competition))


@app.command()
def prepare(
    names: Annotated[
        list[str] | None, typer.Argument(metavar="[COMPETITION]...", help="Default: all of them.")
    ] = None,
    force: Annotated[bool, typer.Option("--force", help="Do it again in any case.")] = False,
    verify: Annotated[
        bool, typer.Option("--verify", help="Read every file against its checksum.")
    ] = False,
    data_dir: DataDir = None,
    competitions_dir: CompetitionsDirs = None,
    as_json: AsJson = False,
) -> None:
    """Write the public, private and nested data. Quick where nothing is left to do."""
    from competitions.registry import list_competitions

    chosen = (
        [_find(name, competitions_dir) for name in names]
        if names
        else list(list_competitions(competitions_dir or ()))
    )
    console, documents = _console(), []
    for competition in chosen:
        started = time.monotonic()
        prepared = competition.prepare(_data_dir(data_dir), force=force, verify=verify)
        seconds = time.monotonic() - started
        documents.append(
            {
                "id": competition.spec.id,
                "public": str(prepared.public),
                "nested_public": str(prepared.nested_public),
                "seconds": round(seconds, 3),
            }
        )
        if not as_json:
            console.print(
                f"[bold]{competition.spec.id}[/] in {seconds:.1f} s",
                prepared.public,
                soft_wrap=True,
            )
    if as_json:
        _print_json(documents)


@app.command()
def check(
    name: Name,
    file: File,
    split: OfSplit = SplitName.TEST,
    data_dir: DataDir = None,
    competitions_dir: CompetitionsDirs = None,
    as_json: AsJson = False,
) -> None:
    """Is a submission well-formed? Never a score.

    Tells the row and column that are wrong. Exit code 1 if it is not.
    """
    from competitions.outcome import Split

    prepared = _prepared(name, data_dir, competitions_dir)
    invalid = prepared.validate(file, Split(split.value))
    if as_json:
        _print_json({"valid": invalid is None} | ({} if invalid is None else _fault(invalid)))
    elif invalid is None:
        _console().print(f"[green]valid[/] for the {split.value} rows of {name}")
    else:
        _print_fault(_console(), invalid)
    if invalid is not None:
        raise typer.Exit(1)


@app.command()
def grade(
    name: Name,
    file: File,
    split: OfSplit = SplitName.TEST,
    data_dir: DataDir = None,
    competitions_dir: CompetitionsDirs = None,
    as_json: AsJson = False,
) -> None:
    """Score of a submission, medal and percentile.

    Exit code 1 if there is no score.
    """
    from competitions.outcome import Graded, Invalid, Split

    prepared = _prepared(name, data_dir, competitions_dir)
    outcome = prepared.grade(file, Split(split.value), num_bootstrap=NUM_BOOTSTRAP)
    document = _grading(prepared.competition, split, outcome)
    if as_json:
        _print_json(document)
    elif isinstance(outcome, Graded):
        print_grading(_console(), document, prepared.competition)
    elif isinstance(outcome, Invalid):
        _print_fault(_console(), outcome)
    else:
        _console().print("[red]the grader failed[/]", _plain(outcome.reason))
    if not isinstance(outcome, Graded):
        raise typer.Exit(1)


def _find(name: str, competitions_dirs: list[Path] | None) -> Competition:
    from competitions.registry import find

    return find(name, competitions_dirs or ())


def _prepared(
    name: str, data_dir: Path | None, competitions_dirs: list[Path] | None
) -> PreparedCompetition:
    return _find(name, competitions_dirs).prepare(_data_dir(data_dir))


def _data_dir(given: Path | None) -> Path:
    from competitions.registry import exitree_home

    return given if given is not None else exitree_home() / "data"


def _summary(competition: Competition) -> dict[str, Any]:
    spec, board = competition.spec, competition.leaderboard
    places = board.thresholds if board else None
    return {
        "id": spec.id,
        "name": spec.name,
        "metric": spec.metric,
        "higher_is_better": competition.higher_is_better,
        "teams": len(board.scores) if board else 0,
        "thresholds": None
        if places is None
        else {
            "gold": places.gold,
            "silver": places.silver,
            "bronze": places.bronze,
            "median": places.median,
        },
        "directory": str(competition.directory),
    }


def _grading(competition: Competition, split: SplitName, outcome: GradingOutcome) -> dict[str, Any]:
    from competitions.outcome import Graded, Invalid

    start = {"competition": competition.spec.id, "split": split.value}
    if isinstance(outcome, Invalid):
        return start | {"outcome": "invalid"} | _fault(outcome)
    if not isinstance(outcome, Graded):
        return start | {"outcome": "grader_fault", "reason": outcome.reason}
    standing = competition.standing(outcome.score)
    return start | {
        "outcome": "graded",
        "score": outcome.score,
        "stderr": outcome.stderr,
        "rows": outcome.num_rows,
        "medal": standing.medal.value if standing and standing.medal else None,
        "percentile": standing.percentile if standing else None,
        "rank": standing.rank if standing else None,
        "above_median": standing.above_median if standing else None,
    }


def _fault(invalid: Invalid) -> dict[str, Any]:
    return {"reason": invalid.reason, "row": invalid.row, "column": invalid.column}


def _print_json(document: Any) -> None:
    print(json.dumps(document, indent=2))


def _console() -> OutputConsole:
    from scaffold.cli.output import OutputConsole

    return OutputConsole(highlight=False)


def _plain(text: str) -> Any:
    """Text of others, shown as it is: no markup, control characters escaped."""
    from rich.text import Text

    return Text("".join(char if char.isprintable() else repr(char)[1:-1] for char in text))


def _direction(competition: Competition) -> str:
    return "higher is better" if competition.higher_is_better else "lower is better"


def _print_catalog(console: OutputConsole, catalog: Catalog) -> None:
    from rich.table import Table

    from competitions.micro.names import FAMILY_NAMES

    table = Table("competition", "name", "metric", "better", box=None, pad_edge=False)
    table.add_column("teams", justify="right")
    for competition in catalog:
        spec, board = competition.spec, competition.leaderboard
        cells = (_plain(text) for text in (spec.id, spec.name, spec.metric))
        better = "higher" if competition.higher_is_better else "lower"
        table.add_row(*cells, better, str(len(board.scores)) if board else "-")
    console.print(table)
    console.print(f"[dim]and micro:FAMILY/SEED, made from a seed; {', '.join(FAMILY_NAMES)}[/]")
    for folder in catalog.broken:
        console.print("[red]broken[/]", _plain(folder.name), _plain(str(folder.error)))
        console.print("  [dim]hint:[/]", _plain(folder.error.hint))


def _facts(competition: Competition) -> Table:
    from rich.table import Table

    spec, board = competition.spec, competition.leaderboard
    facts = {"id": spec.id, "metric": f"{spec.metric}, {_direction(competition)}"}
    facts |= {f"column {name}": rule.describe() for name, rule in spec.columns.items()}
    if board is not None:
        places = board.thresholds
        facts["leaderboard"] = f"{len(board.scores)} teams, median {places.median:.5f}"
        facts["medals"] = (
            f"gold {places.gold:.5f}, silver {places.silver:.5f}, bronze {places.bronze:.5f}"
        )
    facts["folder"] = str(competition.directory)
    table = Table(box=None, show_header=False, pad_edge=False)
    for label, value in facts.items():
        table.add_row(_plain(label), _plain(value))
    return table


def _print_fault(console: OutputConsole, invalid: Invalid) -> None:
    place = [f"row {invalid.row}"] if invalid.row is not None else []
    place += [f"column {invalid.column}"] if invalid.column is not None else []
    prefix = f"{', '.join(place)}: " if place else ""
    console.print("[red]invalid[/]", _plain(prefix + invalid.reason))


def print_grading(
    console: OutputConsole, graded: Mapping[str, Any], competition: Competition
) -> None:
    """Score, error, medal and percentile, from what `--json` prints of them."""
    error = "" if graded["stderr"] is None else f" ± {graded['stderr']:.5f}"
    console.print(
        f"[bold]{graded['score']:.5f}[/]{error}",
        f"[dim]{competition.spec.metric}, {_direction(competition)}, {graded['rows']} rows[/]",
    )
    if graded["percentile"] is not None:
        assert competition.leaderboard is not None, "a percentile comes from a leaderboard"
        teams = len(competition.leaderboard.scores)
        console.print(
            f"medal {graded['medal'] or 'none'}, rank {graded['rank']} among {teams} teams,",
            f"percentile {100 * graded['percentile']:.1f}",
        )
