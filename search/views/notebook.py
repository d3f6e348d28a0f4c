"""A run in a notebook: as a pandas table, and as a small piece of HTML."""

from __future__ import annotations

from html import escape
from typing import TYPE_CHECKING, Any

from search.metric import Metric
from search.node import Node
from search.record import RunRecord
from search.views import text
from search.views.page_data import facts, result, shown_best

if TYPE_CHECKING:
    import pandas as pd

NUM_BEST = 5
COLUMNS = (
    "id",
    "parents",
    "operator",
    "status",
    "metric",
    "metric_stderr",
    "selection",
    "test",
    "quality",
    "on_best_path",
    "propose_seconds",
    "evaluate_seconds",
    "prompt_tokens",
    "completion_tokens",
    "cost_usd",
    "created_at",
    "plan",
    "content",
    "output",
    "feedback",
)


def to_frame(record: RunRecord) -> pd.DataFrame:
    """One row a node, indexed by its id; what is not known is missing (NaN or None)."""
    import pandas as pd  # slow to load, and only needed here

    best = shown_best(record)
    path = set() if best is None else {node.id for node in record.tree.path(best)}
    rows = [_row(record, node, node.id in path) for node in record.tree]
    return pd.DataFrame(rows, columns=list(COLUMNS)).set_index("id")


def repr_html(record: RunRecord) -> str:
    """What the run achieved, what describes it and its best nodes; all text escaped."""
    best = shown_best(record)
    ranked = sorted(
        (node for node in record.tree.valid if node.metric),
        key=lambda node: (-node.metric.goodness if node.metric else 0.0, node.id),
    )
    rows = "".join(_html_row(record, node, node.id == best) for node in ranked[:NUM_BEST])
    head = "".join(f"<th>{name}</th>" for name in ("#", "operator", "metric", "selection", "plan"))
    return (
        f"<div><b>{_shown(record.title)}</b> <code>{_shown(record.run_id)}</code>"
        f"<p>{_inline(result(record))}<br>{_inline(facts(record))}</p>"
        f"<table><thead><tr>{head}</tr></thead><tbody>{rows}</tbody></table></div>"
    )


def _row(record: RunRecord, node: Node, on_best_path: bool) -> dict[str, Any]:
    return {
        "id": node.id,
        "parents": node.parents,
        "operator": node.operator,
        "status": node.status.value,
        "metric": _value(node.metric),
        "metric_stderr": node.metric.stderr if node.metric else None,
        "selection": _value(record.selection.get(node.id)),
        "test": _value(record.test.get(node.id)),
        "quality": node.quality,
        "on_best_path": on_best_path,
        "propose_seconds": node.propose_seconds,
        "evaluate_seconds": node.evaluate_seconds,
        "prompt_tokens": node.usage.prompt_tokens,
        "completion_tokens": node.usage.completion_tokens,
        "cost_usd": node.usage.cost_usd,
        "created_at": node.created_at,
        "plan": node.plan,
        "content": node.content,
        "output": node.output,
        "feedback": node.feedback,
    }


def _value(metric: Metric | None) -> float | None:
    return None if metric is None else metric.value


def _html_row(record: RunRecord, node: Node, is_best: bool) -> str:
    cells = (
        f"{node.id}{' (best)' if is_best else ''}",
        node.operator,
        text.metric(node.metric),
        text.metric(record.selection.get(node.id)),
        text.first_sentence(node.plan, 100),
    )
    return "<tr>" + "".join(f"<td>{_shown(cell)}</td>" for cell in cells) + "</tr>"


def _inline(pairs: list[tuple[str, str]]) -> str:
    return " · ".join(f"{_shown(label)}: <b>{_shown(value)}</b>" for label, value in pairs)


def _shown(value: str) -> str:
    return escape(text.one_line(value, 300))
