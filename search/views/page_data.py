"""A run as the JSON that the report page reads. Every string is `literal` already.

    {"run": {...}, "facts": [[label, text]...], "nodes": [...], "blocks": [...], "texts": [...]}

Long texts stand once in `texts` and are named by their index. Prompts repeat almost everything
(task, data, the parent's code), so they are cut into pieces at headings, list items and fences:
a prompt is a list of pieces per message. When the pieces of all prompts exceed `MAX_PROMPT_CHARS`,
the others are left out of the page, those of the best path last, and the page says where they are.
"""

from __future__ import annotations

import math
import re
from collections.abc import Iterator, Sequence
from typing import Any

from search.metric import Metric
from search.node import Message, Node
from search.record import RunRecord
from search.views import text
from search.views.layout import TASK, Block, Layout, lay_out

MAX_PROMPT_CHARS = 12_000_000
MAX_OUTPUT_CHARS = 8_000_000  # all outputs together; each may have its share, and 2,000 anyway

PURPOSES = {  # of the journal's reads, in a reader's words
    "final choice": "to choose the answer",
    "standard error": "how sure its selection score is",
    "final report": "to tell you how good the answer is",
    "exitree grade": "you asked: exitree grade",
    "analysis of all nodes (--grade-all)": "you asked: --grade-all, after the search",
}
_CUT = re.compile(r"^(?:#{1,2} |- |```)", re.MULTILINE)


class TextTable:
    """Texts by index, each kept once."""

    def __init__(self) -> None:
        self.texts: list[str] = []
        self.num_chars = 0
        self._index: dict[str, int] = {}

    def add(self, value: str) -> int:
        shown = text.literal(value)
        if shown not in self._index:
            self._index[shown] = len(self.texts)
            self.texts.append(shown)
            self.num_chars += len(shown)
        return self._index[shown]


def page_data(record: RunRecord, max_prompt_chars: int = MAX_PROMPT_CHARS) -> dict[str, Any]:
    """Everything the page shows."""
    layout, texts = lay_out(record.tree), TextTable()
    room = max(2000, MAX_OUTPUT_CHARS // max(1, len(record.tree)))
    nodes = [_node(record, node, layout, texts, room) for node in record.tree]
    best = shown_best(record)
    best_path = set() if best is None else {node.id for node in record.tree.path(best)}
    limit = texts.num_chars + max_prompt_chars
    for node in sorted(nodes, key=lambda node: node["id"] not in best_path):
        full = texts.num_chars >= limit
        node["prompt"] = None if full else _prompt(record.prompt(node["id"]), texts)
    return {
        "run": _run(record),
        "task": [layout.points[TASK].x, layout.points[TASK].y],
        "nodes": nodes,
        "blocks": [_block(block) for block in layout.blocks],
        "texts": texts.texts,
    }


def shown_best(record: RunRecord) -> int | None:
    """The node to mark: the chosen one, or the best so far while none is chosen."""
    if record.best is not None:
        return record.best
    return record.tree.best.id if record.tree.best else None


def facts(record: RunRecord) -> list[tuple[str, str]]:
    """What describes a run beside its result, label and text."""
    statuses = [node.status.value for node in record.tree]
    counts = ", ".join(
        f"{statuses.count(name)} {name}" for name in ("valid", "buggy", "error") if name in statuses
    )
    pairs = [
        ("policy", record.policy),
        ("model", record.model),
        ("sandbox", record.sandbox),
        ("seed", str(record.seed)),
        ("status", record.status),
        ("stop reason", (record.stop_reason or "-").replace("_", " ")),
        ("steps", f"{len(statuses)} ({counts})" if counts else "0"),
        ("time", text.seconds(record.elapsed_seconds)),
        ("tokens", text.tokens(record.usage.total_tokens)),
        ("cost", text.usd(record.usage.cost_usd)),
    ]
    return [(label, text.one_line(value)) for label, value in pairs]


def result(record: RunRecord) -> list[tuple[str, str]]:
    """What the run achieved, label and text: its own summary, or the best score so far."""
    if record.best_summary:
        pairs = list(record.best_summary.items())
    elif record.tree.best is not None:
        pairs = [("best search score", text.metric(record.tree.best.metric))]
    else:
        pairs = [("best search score", "no valid solution yet")]
    return [(text.one_line(label), text.one_line(value)) for label, value in pairs]


def reads(record: RunRecord) -> list[tuple[str, str, str]]:
    """Every read of hidden answers in plain words: when, whose rows and nodes, what for."""
    return [
        (
            f"after {_counted(_steps_before(record, read.at), 'step')}",
            f"{text.one_line(read.split)} rows, {_named(read.nodes)}",
            PURPOSES.get(read.purpose, text.one_line(read.purpose, 2000)),
        )
        for read in record.reads
    ]


def _steps_before(record: RunRecord, at: float) -> int:
    return sum(node.created_at <= at for node in record.tree)


def _named(nodes: Sequence[int]) -> str:
    if not nodes:
        return "no node"
    return f"node {nodes[0]}" if len(nodes) == 1 else _counted(len(nodes), "node")


def _counted(count: int, noun: str) -> str:
    return f"{count} {noun}" if count == 1 else f"{count} {noun}s"


def cut(content: str) -> Iterator[str]:
    """The pieces of a message, whole when joined. A fenced block's inside is one piece."""
    start, fenced = 0, False
    for match in _CUT.finditer(content):
        at = match.start()
        if match.group() == "```":
            fenced = not fenced
            at = content.find("\n", at) + 1 or len(content) if fenced else at
        elif fenced:
            continue
        if at > start:
            yield content[start:at]
            start = at
    if start < len(content):
        yield content[start:]


def shortened(output: str, room: int) -> str:
    """The beginning and the end of an output that is longer than its room."""
    if len(output) <= room:
        return output
    left_out = len(output) - room
    note = f"\n[{left_out} characters are left out here to keep this page small]\n"
    return output[: room // 3] + note + output[len(output) - (room - room // 3) :]


def _run(record: RunRecord) -> dict[str, Any]:
    return {
        "id": text.one_line(record.run_id),
        "title": text.one_line(record.title),
        "metric": text.one_line(record.metric_name),
        "sign": record.direction.sign,
        "best": shown_best(record),
        "chosen": record.best is not None,
        "startedAt": record.started_at,
        "costUnknown": record.usage.cost_usd is None,
    }


def _block(block: Block) -> dict[str, Any]:
    corners = [block.left, block.top, block.right, block.bottom]
    return {"parent": block.parent, "members": block.members, "corners": corners}


def _node(
    record: RunRecord, node: Node, layout: Layout, texts: TextTable, room: int
) -> dict[str, Any]:
    point = layout.points[node.id]
    return {
        "id": node.id,
        "parents": node.parents,
        "operator": text.one_line(node.operator),
        "status": node.status.value,
        "score": _score(node.metric),
        "selection": _score(record.selection.get(node.id)),
        "test": _score(record.test.get(node.id)),
        "quality": _finite(node.quality),
        "plan": text.literal(node.plan),
        "brief": text.first_sentence(node.plan),
        "code": texts.add(node.content),
        "output": texts.add(shortened(node.output, room)),
        "feedback": text.literal(node.feedback),
        "promptTokens": node.usage.prompt_tokens,
        "completionTokens": node.usage.completion_tokens,
        "usd": _finite(node.usage.cost_usd),
        "askSeconds": round(node.propose_seconds, 3),
        "runSeconds": round(node.evaluate_seconds, 3),
        "at": round(max(0.0, node.created_at - record.started_at), 2),
        "x": round(point.x, 3),
        "y": round(point.y, 3),
    }


def _prompt(messages: Sequence[Message], texts: TextTable) -> list[tuple[str, list[int]]]:
    return [
        (text.one_line(message.role), [texts.add(piece) for piece in cut(message.content)])
        for message in messages
    ]


def _score(metric: Metric | None) -> list[float | None] | None:
    return None if metric is None else [_finite(metric.value), _finite(metric.stderr)]


def _finite(value: float | None) -> float | None:
    return value if value is not None and math.isfinite(value) else None
