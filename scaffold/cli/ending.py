"""What a search says when it has ended: the result, where it is, what to do next."""

from __future__ import annotations

import json
import shlex

from rich.console import Console
from rich.table import Table
from rich.text import Text

from scaffold.artifacts import summary
from scaffold.cli.output import OutputConsole
from scaffold.cli.program import program
from search.budget import StopReason
from search.record import RunRecord
from search.run_folder import RunFolder
from search.views.page_data import result

WHY = {
    StopReason.STEPS: "all steps are done",
    StopReason.WALL_CLOCK: "the time is used up",
    StopReason.TOKENS: "the tokens are used up",
    StopReason.USD: "the money is used up",
    StopReason.COST_UNKNOWN: "a dollar limit is set, but the model's price is unknown",
    StopReason.INFRASTRUCTURE: "our infrastructure failed again and again",
    StopReason.INTERRUPTED: "you interrupted it",
    StopReason.FINISHED: "you asked for the best so far",
}


def print_ending(
    folder: RunFolder, reason: StopReason, *, as_json: bool, again: bool = False
) -> None:
    """The summary of a run that has just stopped, for a person or as JSON; `again`: stopped
    before, and nothing was owed."""
    record = RunRecord.open(folder.path)
    if as_json:
        print(json.dumps(summary(record), indent=2))
        return
    console = OutputConsole(highlight=False)
    ended = "Nothing is owed to this run" if again else "The search stopped"
    console.print(f"\n{ended}: {WHY[reason]}.", markup=False)
    if record.faults and reason is StopReason.INFRASTRUCTURE:
        console.print(f"last fault: {record.faults[-1].reason}", markup=False)
    print_result(console, folder, record)
    answered = record.best is not None
    for command in ("show", "best") if answered else ("resume", "show"):
        line = f"next  {program()} {command} {shlex.quote(str(folder.path))}"
        console.print(line, markup=False, soft_wrap=True)


def print_result(console: Console, folder: RunFolder, record: RunRecord) -> None:
    """Scores of the answer, what a reader must know of it, and where the files are."""
    facts, files = _facts(record), _files(folder, record)
    width = max(len(label) for label, _ in [*facts, *files])
    table = Table.grid(padding=(0, 2))
    table.add_column(style="dim", no_wrap=True, min_width=width)
    table.add_column(overflow="fold")
    for label, text in facts:
        table.add_row(label, Text(text))
    console.print(table)
    for label, text in files:  # a path is never broken, so that it can be copied
        line = Text.assemble((f"{label:<{width}}  ", "dim"), text)
        console.print(line, soft_wrap=True, highlight=False)


def _facts(record: RunRecord) -> list[tuple[str, str]]:
    better = "higher" if record.direction.sign > 0 else "lower"
    rows = [("metric", f"{record.metric_name}, {better} is better")]
    rows += result(record)
    rows += [("note", note) for note in record.notes]
    return rows


def _files(folder: RunFolder, record: RunRecord) -> list[tuple[str, str]]:
    rows = []
    if record.best is not None:
        rows.append(("best", f"{folder.best_dir}/"))
    elif record.status == "finished":
        rows.append(("best", "none: no node was valid"))
    return [*rows, ("report", str(folder.report_path))]
