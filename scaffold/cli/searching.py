"""`exitree search` and `exitree resume`: the main job."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from scaffold.cli.arguments import (
    RUNS_DIR,
    AsJson,
    CompetitionsDirs,
    DataDir,
    Hours,
    MaxUsd,
    ModelName,
    RunName,
    RunsDir,
    SandboxKind,
    Settings,
    Steps,
    Workers,
    flags,
)

if TYPE_CHECKING:
    from rich.console import Console

    from scaffold.config_sources import ResolvedConfig
    from scaffold.session import Session

RUN_FAILED, INTERRUPTED = 1, 130

GradeAll = Annotated[
    bool, typer.Option("--grade-all", help="At the end also refit and grade all nodes on test.")
]


def register(app: typer.Typer) -> None:
    app.command()(search)
    app.command()(resume)


def search(
    competition: Annotated[
        str,
        typer.Argument(
            metavar="COMPETITION", help="Its id or folder: `exitree competitions list`."
        ),
    ] = "",
    steps: Steps = None,
    hours: Hours = None,
    max_usd: MaxUsd = None,
    workers: Workers = None,
    seed: Annotated[
        int | None, typer.Option(metavar="N", help="Same seed, same search (0).")
    ] = None,
    policy: Annotated[
        str | None,
        typer.Option(metavar="NAME", help="Next node: greedy, chain, best_of_n (greedy)."),
    ] = None,
    model: ModelName = None,
    sandbox: SandboxKind = None,
    runs_dir: Annotated[
        Path | None, typer.Option(metavar="DIR", help="Where the run is kept (runs).")
    ] = None,
    data_dir: DataDir = None,
    competitions_dir: CompetitionsDirs = None,
    deterministic: Annotated[
        bool | None,
        typer.Option("--deterministic", help="Reproducible also with several workers."),
    ] = None,
    config: Annotated[
        list[Path],
        typer.Option(
            "-c", "--config", metavar="FILE", help="YAML settings; repeatable, later wins."
        ),
    ] = [],  # noqa: B006 typer copies it
    settings: Settings = [],  # noqa: B006
    grade_all: GradeAll = False,
    dry_run: Annotated[
        bool, typer.Option("--dry-run", help="Print the resolved settings and stop.")
    ] = False,
    as_json: AsJson = False,
) -> None:
    """Search a competition for its best solution.

    Drafts, improves, diverges, debugs and combines scripts in a sandbox; hidden rows choose the
    answer.
    """
    from scaffold.config_sources import load
    from scaffold.session import new_session

    given = flags(
        competition=competition,
        steps=steps,
        hours=hours,
        max_usd=max_usd,
        workers=workers,
        seed=seed,
        policy=policy,
        model=model,
        sandbox=sandbox,
        runs_dir=runs_dir,
        data_dir=data_dir,
        competitions_dir=competitions_dir,
        deterministic=deterministic,
    )
    resolved = load(flags=given, overrides=settings, files=config)
    if dry_run:
        _print_settings(resolved)
        return
    with new_session(resolved.config) as session:
        _watch(session, grade_all=grade_all, finish=False, as_json=as_json)


def resume(
    run: RunName,
    steps: Steps = None,
    hours: Hours = None,
    max_usd: MaxUsd = None,
    workers: Workers = None,
    runs_dir: RunsDir = RUNS_DIR,
    settings: Settings = [],  # noqa: B006
    grade_all: GradeAll = False,
    finish: Annotated[
        bool, typer.Option("--finish", help="No further steps: choose and refit the best so far.")
    ] = False,
    as_json: AsJson = False,
) -> None:
    """Go on with a run: do only what is owed.

    Settings given here replace those of the run.
    """
    from scaffold.artifacts import refresh
    from scaffold.cli.ending import print_ending
    from scaffold.config_sources import load
    from scaffold.errors import ScaffoldError
    from scaffold.runs import find_run
    from scaffold.session import finished_reason, resumed_session

    folder = find_run(run, runs_dir)
    if not folder.config_path.is_file():
        raise ScaffoldError(
            f"run {folder.run_id} has no config.yaml: it was started from Python",
            hint=f"go on with it from Python: run_search(..., resume=Path({str(folder.path)!r}))",
        )
    given = flags(steps=steps, hours=hours, max_usd=max_usd, workers=workers)
    resolved = load(flags=given, overrides=settings, files=[folder.config_path], environ={})
    done = finished_reason(folder, resolved.config, grade_all=grade_all, finish=finish)
    if done is not None:
        refresh(folder)
        print_ending(folder, done, as_json=as_json, again=True)
        return
    with resumed_session(folder, resolved.config) as session:
        _watch(session, grade_all=grade_all, finish=finish, as_json=as_json)


def _watch(session: Session, *, grade_all: bool, finish: bool, as_json: bool) -> None:
    """Runs a session under a live view, then says how it ended and what to do next."""
    from scaffold.cli.ending import print_ending
    from scaffold.cli.output import OutputConsole
    from scaffold.cli.program import typed
    from search.budget import StopReason
    from search.views.live import make_view

    console = OutputConsole(stderr=as_json)
    if session.parts.notice:
        _say(console, f"notice: {typed(session.parts.notice)}")
    _say(console, f"run: {session.folder.path} (sandbox: {session.parts.sandbox_name})")
    with make_view(console, session.watched()) as view:
        reason = session.run(observers=[view], grade_all=grade_all, finish=finish)
    print_ending(session.folder, reason, as_json=as_json)
    if reason is StopReason.INTERRUPTED:
        raise typer.Exit(INTERRUPTED)
    if reason is StopReason.INFRASTRUCTURE:
        raise typer.Exit(RUN_FAILED)


def _say(console: Console, line: str) -> None:
    console.print(line, markup=False, highlight=False, soft_wrap=True)


def _print_settings(resolved: ResolvedConfig) -> None:
    """The settings as YAML that `-c` takes; what differs from the defaults is marked."""
    from scaffold.config import dump

    print(dump(resolved.config), end="")
    for change in resolved.changes():
        print(f"# {change.key}: {change.value!r} instead of {change.default!r} ({change.source})")
