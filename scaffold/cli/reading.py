"""Commands that read runs and change nothing: `runs`, `show`, `diff`, `best`, `view`."""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from scaffold.cli.arguments import RUNS_DIR, AsJson, RunName, RunsDir
from scaffold.cli.program import typed

if TYPE_CHECKING:
    from search.node import Node
    from search.record import RunRecord

NodeId = Annotated[int, typer.Argument(min=0)]


def register(app: typer.Typer) -> None:
    for command in (runs, show, diff, best, view):
        app.command()(command)


def runs(runs_dir: RunsDir = RUNS_DIR, as_json: AsJson = False) -> None:
    """List all runs, the newest last."""
    from scaffold.artifacts import summary
    from search.errors import SearchError
    from search.record import RunRecord
    from search.run_folder import find_runs
    from search.views.tables import runs_table

    records, unreadable = [], _shut(runs_dir)
    for folder in find_runs(runs_dir):
        try:
            records.append(RunRecord.open(folder.path))
        except SearchError as error:
            unreadable.append(str(error))
    if as_json:
        print(json.dumps([summary(record) for record in records], indent=2))
    elif records:
        _console().print(runs_table(records))
    else:
        line = f"no runs in {runs_dir}; begin one with `exitree search COMPETITION`"
        _console().print(typed(line), markup=False, soft_wrap=True)
    for problem in unreadable:
        print(f"left out: {problem}", file=sys.stderr if as_json else sys.stdout)


def _shut(runs_dir: Path) -> list[str]:
    """What we may not enter, and so cannot know to be a run or not."""
    from scaffold.errors import ScaffoldError

    try:
        folders = sorted(runs_dir.iterdir())
    except (FileNotFoundError, NotADirectoryError):
        return []
    except PermissionError as error:
        raise ScaffoldError(
            f"the folder {runs_dir} may not be read",
            hint="let this user read it, or give another with --runs-dir",
        ) from error
    return [f"the folder {path} may not be entered" for path in folders if _is_shut(path)]


def _is_shut(folder: Path) -> bool:
    try:
        (folder / "journal.jsonl").stat()
    except OSError as error:
        return isinstance(error, PermissionError)
    return False


def show(
    run: RunName,
    node: Annotated[int | None, typer.Argument(help="Show this node in full.", min=0)] = None,
    table: Annotated[
        bool, typer.Option("--table", help="One line a node, with its plan, instead.")
    ] = False,
    runs_dir: RunsDir = RUNS_DIR,
    as_json: AsJson = False,
) -> None:
    """Show a run and its tree, or one of its nodes in full.

    A run: result, tree, which hidden answers were read. A node: scores, plan, code, output.
    """
    from scaffold.artifacts import summary
    from search.views.tables import node_view, nodes_table, run_view

    record = _record(run, runs_dir)
    chosen = None if node is None else record.node(node)
    if not as_json:
        if chosen is not None:
            view = node_view(record, chosen.id)
        else:
            view = nodes_table(record) if table else run_view(record)
        _console().print(view, crop=False)
        return
    if chosen is None:
        nodes = [_node_facts(record, item) for item in record.tree]
        reads = [
            {"at": read.at, "split": read.split, "nodes": read.nodes, "purpose": read.purpose}
            for read in record.reads
        ]
        document = {"run": summary(record), "nodes": nodes, "best": record.best, "reads": reads}
    else:
        prompt = [message.to_dict() for message in record.prompt(chosen.id)]
        document = {**chosen.to_dict(), **_node_facts(record, chosen), "prompt": prompt}
    print(json.dumps(document, indent=2))


def diff(
    run: RunName,
    a: NodeId,
    b: NodeId,
    runs_dir: RunsDir = RUNS_DIR,
    as_json: AsJson = False,
) -> None:
    """Show how node B's solution differs from node A's."""
    from search.views.tables import diff_lines, diff_view

    record = _record(run, runs_dir)
    if as_json:
        text = "\n".join(diff_lines(record.node(a), record.node(b)))
        print(json.dumps({"a": a, "b": b, "diff": text}, indent=2))
    else:
        _console().print(diff_view(record, a, b), soft_wrap=True)


def best(run: RunName, runs_dir: RunsDir = RUNS_DIR, as_json: AsJson = False) -> None:
    """Print the answer of a run: scores, files, script."""
    from scaffold.cli.ending import print_result
    from scaffold.runs import find_answer, find_run
    from search.record import RunRecord
    from search.views.tables import code_text

    folder = find_run(run, runs_dir)
    record = RunRecord.open(folder.path)
    solution = find_answer(folder, record)
    if as_json:
        document = {
            "node": record.best,
            "summary": dict(record.best_summary),
            "solution": str(solution),
            "submission": str(folder.best_dir / "submission.csv"),
        }
        print(json.dumps(document, indent=2))
    else:
        console = _console()
        print_result(console, folder, record)
        console.print()
        console.print(code_text(solution.read_text(encoding="utf-8")), soft_wrap=True)


def view(
    run: RunName,
    runs_dir: RunsDir = RUNS_DIR,
    open_browser: Annotated[bool, typer.Option("--open/--no-open", help="Open it.")] = True,
) -> None:
    """Make the HTML report of a run anew and open it."""
    import webbrowser

    from scaffold.runs import find_run
    from search.record import RunRecord
    from search.views.report import write_report

    folder = find_run(run, runs_dir)
    write_report(RunRecord.open(folder.path), folder.report_path)
    print(folder.report_path)
    if open_browser and not webbrowser.open(folder.report_path.resolve().as_uri()):
        print("no browser was found here: open that file in one", file=sys.stderr)


def _console() -> Any:
    from scaffold.cli.output import OutputConsole

    return OutputConsole()


def _record(run: str, runs_dir: Path) -> RunRecord:
    from scaffold.runs import find_run
    from search.record import RunRecord

    return RunRecord.open(find_run(run, runs_dir).path)


def _node_facts(record: RunRecord, node: Node) -> dict[str, Any]:
    """The short form of a node that `show RUN --json` promises."""
    selection, test = record.selection.get(node.id), record.test.get(node.id)
    return {
        "id": node.id,
        "parents": list(node.parents),
        "operator": node.operator,
        "status": node.status.value,
        "metric": node.metric.value if node.metric else None,
        "quality": node.quality,
        "selection": selection.value if selection else None,
        "test": test.value if test else None,
        "seconds": node.seconds,
        "tokens": node.usage.total_tokens,
        "cost_usd": node.usage.cost_usd,
        "feedback": node.feedback,
    }
