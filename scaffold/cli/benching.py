"""`exitree bench`: competitions x seeds x configurations, and a report that compares them."""

from __future__ import annotations

import json
import re
import shlex
import time
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer
from typer.core import TyperCommand

from scaffold.cli.arguments import (
    AsJson,
    CompetitionsDirs,
    DataDir,
    Hours,
    MaxUsd,
    ModelName,
    SandboxKind,
    Settings,
    Steps,
    Workers,
    flags,
)

if TYPE_CHECKING:
    from scaffold.bench.plan import BenchPlan
    from scaffold.bench.summary import BenchSummary

RUN_FAILED = 1
SEEDS = [0, 1, 2]


class SeedsCommand(TyperCommand):
    """Lets `--seeds 0 1 2` stand for `--seeds 0 --seeds 1 --seeds 2`."""

    def parse_args(self, ctx: Any, args: list[str]) -> list[str]:
        return super().parse_args(ctx, spread_seeds(args))


def spread_seeds(arguments: Sequence[str]) -> list[str]:
    """Repeats `--seeds` before every number that follows it."""
    spread: list[str] = []
    follows = False
    for argument in arguments:
        is_number = re.fullmatch(r"\d+", argument) is not None
        if follows and is_number:
            if spread[-1] != "--seeds":
                spread.append("--seeds")
        else:
            follows = argument == "--seeds"
        spread.append(argument)
    return spread


def register(app: typer.Typer) -> None:
    app.command(cls=SeedsCommand)(bench)


def bench(
    competitions: Annotated[
        list[str],
        typer.Argument(
            metavar="SET", help="`embedded`, competition ids or folders, or a FILE of them."
        ),
    ] = [],  # noqa: B006 typer copies it
    seeds: Annotated[
        list[int], typer.Option(metavar="N...", help="One or more seeds (0 1 2).", min=0)
    ] = [],  # noqa: B006
    config: Annotated[
        list[str],
        typer.Option(
            metavar="NAME...",
            help="A configuration, NAME=FILE.yaml or NAME:key=value,...; repeatable. Others are "
            "compared with the first.",
        ),
    ] = [],  # noqa: B006
    steps: Steps = None,
    hours: Hours = None,
    max_usd: MaxUsd = None,
    workers: Workers = None,
    model: ModelName = None,
    sandbox: SandboxKind = None,
    settings: Settings = [],  # noqa: B006
    jobs: Annotated[int, typer.Option(metavar="N", help="Runs at the same time (1).", min=1)] = 1,
    bench_dir: Annotated[
        Path | None,
        typer.Option(metavar="DIR", help="Where the bench is kept; go on with it by this."),
    ] = None,
    data_dir: DataDir = None,
    competitions_dir: CompetitionsDirs = None,
    as_json: AsJson = False,
) -> None:
    """Compare configurations on a set of competitions.

    Runs every competition with every seed and configuration, grades all nodes on test, and reports.
    Called again with the same --bench-dir, it does what is still owed.
    """
    given = flags(
        steps=steps,
        hours=hours,
        max_usd=max_usd,
        workers=workers,
        model=model,
        sandbox=sandbox,
        data_dir=data_dir and _whole(data_dir),
        competitions_dir=[_whole(path) for path in competitions_dir or ()],
    )
    plan = _plan(competitions, seeds, config, given, settings, bench_dir)
    summary = _carry_out(plan, jobs, as_json=as_json)
    if as_json:
        print(json.dumps(summary.to_dict(), indent=1))
    if any(row.failure is not None for row in summary.runs):
        raise typer.Exit(RUN_FAILED)


def _whole(path: Path) -> str:
    """As it is found from any folder: a bench may be called again from another one."""
    return str(path.expanduser().absolute())


def _plan(
    names: Sequence[str],
    seeds: Sequence[int],
    texts: Sequence[str],
    given: dict[str, Any],
    overrides: Sequence[str],
    bench_dir: Path | None,
) -> BenchPlan:
    """What the command line asks for, together with what the bench's folder already holds."""
    from scaffold.bench.competition_set import competition_set
    from scaffold.bench.configurations import SharedSettings, configurations
    from scaffold.bench.plan import BenchPlan, read_plan, recorded_configurations
    from scaffold.errors import ScaffoldError

    recorded = read_plan(bench_dir) if bench_dir else None
    if not names and recorded is None:
        raise ScaffoldError(
            "no competitions are given"
            + (f", and {bench_dir} holds no bench" if bench_dir else ""),
            hint="`exitree bench embedded` runs the embedded ones",
        )
    shared = SharedSettings(values=given, overrides=overrides)
    if recorded is not None and not texts:
        chosen = list(recorded_configurations(recorded, shared.texts()))
    else:
        chosen = configurations(texts, shared)
    if recorded is not None and not names:
        contenders = list(recorded.competitions)
    else:
        contenders = competition_set(names, chosen[0].settings.competitions_dirs)
    asked = BenchPlan(
        bench_dir=bench_dir or _new_folder(names),
        competitions=tuple(contenders),
        seeds=tuple(dict.fromkeys(seeds or (recorded.seeds if recorded else SEEDS))),
        configurations=tuple(chosen),
    )
    return recorded.extended(asked) if recorded else asked


def _new_folder(names: Sequence[str]) -> Path:
    stamp = time.strftime("%Y%m%d-%H%M%S", time.gmtime())
    label = re.sub(r"[^\w.-]+", "-", Path(names[0]).stem) + (
        f"-and-{len(names) - 1}" if len(names) > 1 else ""
    )
    return Path("benches") / f"{stamp}-{label}"


def _carry_out(plan: BenchPlan, num_jobs: int, *, as_json: bool) -> BenchSummary:
    from scaffold.bench.execute import bench_locked, execute, is_done
    from scaffold.bench.results import write_results
    from scaffold.bench.tables import summary_view
    from scaffold.bench.watching import make_watcher
    from scaffold.cli.output import OutputConsole
    from scaffold.cli.program import program

    console = OutputConsole(stderr=as_json, highlight=False)
    cells = plan.cells()
    plan.prepare_folder()
    with bench_locked(plan):
        plan.write()
        owed = [cell for cell in cells if not is_done(cell)]
        again = f"{program()} bench --bench-dir {shlex.quote(str(plan.bench_dir))}"
        again += f" --jobs {num_jobs}" if num_jobs > 1 else ""
        _say(console, f"bench: {plan.bench_dir} ({len(cells)} runs, {len(owed)} owed)")
        try:
            with make_watcher(console, cells, owed, num_jobs) as watcher:
                execute(owed, num_jobs, watcher)
        except KeyboardInterrupt:
            write_results(plan)
            _say(console, f"stopped; `{again}` goes on")
            raise
        summary = write_results(plan)
    if not as_json:
        console.print(summary_view(summary))
        _say(console, f"report  {plan.bench_dir / 'report.html'}")
        if any(row.failure is not None for row in summary.runs):
            _say(console, f"next  {again} tries the failed runs again")
    return summary


def _say(console: Any, line: str) -> None:
    console.print(line, markup=False, highlight=False, soft_wrap=True)
