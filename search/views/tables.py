"""Runs, nodes and differences as rich renderables, for the command line.

All text of models and programs is `literal` and never read as markup.
"""

from __future__ import annotations

import difflib
from collections.abc import Iterable, Sequence

from rich.console import Console, ConsoleOptions, Group, RenderableType, RenderResult
from rich.padding import Padding
from rich.rule import Rule
from rich.syntax import Syntax
from rich.table import Table
from rich.text import Text

from search.metric import Metric
from search.node import Node
from search.record import RunRecord
from search.views import text
from search.views.page_data import facts, reads, result, shown_best
from search.views.tree_text import ASCII, STYLES, UNICODE, tree_lines

MAX_TREE_LINES = 60
MAX_OUTPUT_LINES = 40
DIFF_STYLES = {"+": "green", "-": "red", "@": "cyan"}


def runs_table(records: Sequence[RunRecord]) -> RenderableType:
    """One line a run, in the order given. A run's name, never cut, tells competition and date."""
    table = _table("run", "status", "steps", "best", "test", "medal", "model", gap=1)
    for record in records:
        best = record.tree.best
        _row(
            table,
            record.run_id,
            record.status,
            str(len(record.tree)),
            text.score(best.metric.value) if best and best.metric else "-",
            record.best_summary.get("test score", "-"),
            record.best_summary.get("medal", "-"),
            record.model,
        )
    return table


def run_view(record: RunRecord) -> RenderableType:
    """A run: what it achieved, what describes it, its tree, which hidden answers were read, and
    what a reader must know."""
    parts: list[RenderableType] = [
        Text.assemble((text.one_line(record.title), "bold"), "  ", (record.run_id, "dim")),
        _pairs(result(record)),
        _Inline(facts(record)),
        Rule(style="dim"),
        TreeText(record, MAX_TREE_LINES) if len(record.tree) else Text("No nodes yet.", "dim"),
        Rule(style="dim"),
        _reads(record),
    ]
    parts += [Text(f"! {text.literal(note)}", "yellow") for note in record.notes]
    return Group(*parts)


def nodes_table(record: RunRecord, nodes: Iterable[Node] | None = None) -> RenderableType:
    """One line a node: all of them, or those given."""
    columns = ("#", "operator", "from", "score", "selection", "test", "time", "plan")
    table = _table(*columns, gap=1)
    for node in record.tree if nodes is None else nodes:
        _row(
            table,
            str(node.id),
            node.operator,
            " ".join(f"#{parent}" for parent in node.parents),
            text.verdict(node),
            _value(record.selection.get(node.id)),
            _value(record.test.get(node.id)),
            text.seconds(node.seconds),
            text.first_sentence(node.plan, 120),
            style=STYLES[node.status],
        )
    return table


def _value(metric: Metric | None) -> str:
    return text.score(None if metric is None else metric.value)


def node_view(record: RunRecord, node_id: int) -> RenderableType:
    """One node in full: scores, costs, plan, feedback, code, output; to be printed with
    `crop=False`, so that long lines of code stay whole.

    Raises:
        SearchError: the run has no such node.
    """
    node = record.node(node_id)
    parts: list[RenderableType] = [_node_title(record, node), _pairs(_node_facts(record, node))]
    for title, body in (("plan", node.plan), ("feedback", node.feedback)):
        if body.strip():
            parts += [_heading(title), Text(text.literal(body.strip()))]
    if node.content:
        parts += [_heading("code"), code_text(node.content)]
    if node.output.strip():
        output = Text(_tail(text.literal(node.output.strip())), no_wrap=True, overflow="ignore")
        parts += [_heading("output"), output]
    return Group(*parts)


def code_text(content: str) -> Text:
    """A script in colour, each of its lines left whole: to be printed with `crop=False`."""
    code = Syntax("", "python", theme="ansi_dark").highlight(text.literal(content))
    code.rstrip()
    code.no_wrap, code.overflow = True, "ignore"
    return code


def diff_view(record: RunRecord, old: int, new: int) -> RenderableType:
    """What changed between the solutions of two nodes, as a unified diff.

    Raises:
        SearchError: the run lacks one of them.
    """
    lines = list(diff_lines(record.node(old), record.node(new)))
    if not lines:
        return Text(f"The solutions of #{old} and #{new} are equal.")
    return Group(*(Text(line, DIFF_STYLES.get(line[:1], "")) for line in lines))


def diff_lines(old: Node, new: Node) -> Iterable[str]:
    """A unified diff of two solutions, line by line, literal; nothing where they are equal."""
    return difflib.unified_diff(
        text.literal(old.content).split("\n"),
        text.literal(new.content).split("\n"),
        f"#{old.id} {text.verdict(old)}",
        f"#{new.id} {text.verdict(new)}",
        lineterm="",
    )


class TreeText:
    """A run's tree, folded to `max_lines`."""

    def __init__(self, record: RunRecord, max_lines: int | None = None) -> None:
        self._record = record
        self._max_lines = max_lines

    def __rich_console__(self, console: Console, options: ConsoleOptions) -> RenderResult:
        guides = ASCII if options.ascii_only else UNICODE
        record, limit = self._record, self._max_lines
        yield from tree_lines(record.tree, shown_best(record), limit, guides)
        if limit is not None and len(record.tree) > limit:
            yield Text(f"{len(record.tree) - limit} of {len(record.tree)} nodes folded", "dim")


def _node_title(record: RunRecord, node: Node) -> Text:
    title = Text.assemble(
        (f"#{node.id} {text.one_line(node.operator)} ", "bold"),
        (node.status.value, STYLES[node.status]),
    )
    if node.parents:
        title.append(" from " + " ".join(f"#{parent}" for parent in node.parents), "dim")
    if node.id == shown_best(record):
        title.append("  best", "bold yellow")
    return title


def _node_facts(record: RunRecord, node: Node) -> list[tuple[str, str]]:
    usage = node.usage
    return [
        ("search", text.metric(node.metric)),
        ("selection", text.metric(record.selection.get(node.id))),
        ("test", text.metric(record.test.get(node.id))),
        ("quality", "-" if node.quality is None else f"{node.quality:.3f}"),
        ("asked", text.seconds(node.propose_seconds)),
        ("ran", text.seconds(node.evaluate_seconds)),
        ("tokens", f"{usage.prompt_tokens} in, {usage.completion_tokens} out"),
        ("cost", text.usd(usage.cost_usd)),
    ]


def _tail(output: str) -> str:
    """The end of an output: what matters of a long one stands there."""
    lines = output.split("\n")
    if len(lines) <= MAX_OUTPUT_LINES:
        return output
    hidden = len(lines) - MAX_OUTPUT_LINES
    return "\n".join([f"({hidden} lines above)", *lines[-MAX_OUTPUT_LINES:]])


def _heading(title: str) -> RenderableType:
    return Padding(Text(title, "dim"), (1, 0, 0, 0))


def _pairs(pairs: Sequence[tuple[str, str]]) -> RenderableType:
    grid = Table.grid(padding=(0, 2))
    for label, value in pairs:
        if value != "-":
            grid.add_row(Text(label, "dim"), Text(value))
    return grid


class _Inline:
    """Pairs beside each other, a label never torn from its value."""

    def __init__(self, pairs: Sequence[tuple[str, str]]) -> None:
        self._pairs = pairs

    def __rich_console__(self, console: Console, options: ConsoleOptions) -> RenderResult:
        line = Text()
        for label, value in self._pairs:
            pair = Text.assemble((f"{label} ", "dim"), value)
            if line and line.cell_len + 3 + pair.cell_len > options.max_width:
                yield line
                line = Text()
            line = Text("   ").join([line, pair]) if line else pair
        yield line


def _reads(record: RunRecord) -> RenderableType:
    """Which hidden answers were read. The journal has each read before it happens."""
    if not record.reads:
        return Text("Hidden answers read: none yet.")
    grid = Table.grid(padding=(0, 2))
    for when, which, purpose in reads(record):
        grid.add_row(Text(f"  {when}", "dim"), Text(which), Text(purpose))
    return Group(Text("Hidden answers read:"), grid)


def _table(*columns: str, gap: int = 2) -> Table:
    table = Table(box=None, header_style="dim", pad_edge=False, padding=(0, gap, 0, 0))
    right = {"#", "steps", "best", "score", "time", "selection", "test"}
    for column in columns:
        gives_way = column in {"plan", "model"}  # where the terminal is narrow
        table.add_column(
            column, justify="right" if column in right else "left", no_wrap=not gives_way
        )
    return table


def _row(table: Table, *cells: str, style: str = "") -> None:
    texts = (Text(text.one_line(cell), no_wrap=True, overflow="ellipsis") for cell in cells)
    table.add_row(*texts, style=style)
