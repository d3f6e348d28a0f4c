"""Run records to draw: a search as it could have been, of any size, from a seed."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from random import Random

from search.entries import AnswersRead, FaultSeen
from search.metric import Direction, Metric
from search.node import Message, Node, Status, Usage
from search.record import RunRecord
from search.tree import SearchTree

HOSTILE = (
    "[bold red]markup[/] \x1b[31mred\x1b[0m\x1b]0;title\x07 "
    "</script><script>window.hacked=1</script><!--<script> "
    "<img src=x onerror=window.hacked=1> {{ 7*7 }} & \u202egnp.exe\u202c "
    "\ud800 \u2028 \x00 end"
)
FLOOR = 0.25  # no model does better
MODELS = ("LogisticRegression", "RandomForestClassifier", "HistGradientBoostingClassifier", "SVC")

SCRIPT = '''# recipe: impute median | scale | {model} depth={depth}
"""Trains {model} and writes submission.csv."""
import pandas as pd
from sklearn.impute import SimpleImputer
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler

SEED = {seed}

train = pd.read_csv("input/train.csv")
test = pd.read_csv("input/test.csv")
features = [name for name in train.columns if name not in ("id", "target")]


def build(depth: int = {depth}):
    # Medians are robust to the outliers in `proline`.
    steps = [SimpleImputer(strategy="median"), StandardScaler()]
{extra}    return make_pipeline(*steps, {model}(max_depth=depth, random_state=SEED))


model = build()
model.fit(train[features], train["target"])
test["target"] = model.predict_proba(test[features])[:, 1]
test[["id", "target"]].to_csv("submission.csv", index=False)
print(f"fitted {{len(features)}} features")
'''


def sample_run(
    path: Path, size: int = 40, seed: int = 0, hostile: bool = False, prompts: bool = True
) -> RunRecord:
    """A finished greedy search that minimises log loss, with all operators and statuses."""
    rng, tree = Random(seed), SearchTree()
    for node_id in range(size):
        tree.add(_next_node(tree, node_id, rng, hostile))
        if prompts:
            write_prompt(path, tree, tree[node_id], hostile)
    selection = {node.id: _shifted(node, rng, 0.02) for node in tree.valid}
    best = tree.best.id if tree.best else None
    summary = {
        "Test score": "0.2531",
        "Medal": "silver",
        "Percentile": "93.1",
        "Selection score": text_of(selection, best),
    }
    record = run_of(tree, path=path, selection=selection, best=best, best_summary=summary)
    if hostile:
        return replace(record, title=HOSTILE, model=HOSTILE, notes=(HOSTILE,))
    return record


def run_of(tree: SearchTree, **changes: object) -> RunRecord:
    """A record of a tree, everything else plausible."""
    usage = Usage()
    for node in tree:
        usage = usage + node.usage
    record = RunRecord(
        path=Path("run"),
        run_id="20261121-220911-wine-greedy",
        title="wine",
        policy="greedy",
        model="recipe",
        sandbox="docker",
        seed=7,
        metric_name="log loss",
        direction=Direction.MINIMIZE,
        status="finished",
        stop_reason="steps",
        started_at=0.0,
        elapsed_seconds=1234.5,
        usage=usage,
        tree=tree,
        selection={},
        test={},
        best=None,
        best_summary={},
        notes=("Finalist 12 was passed over: its refit failed (row 3: NaN).",),
        faults=(FaultSeen(at=61.0, step=3, attempt=1, reason="engine does not answer"),),
        reads=(AnswersRead(at=900.0, split="selection", nodes=[1, 2], purpose="final choice"),),
    )
    return replace(record, **changes)  # type: ignore[arg-type]


def text_of(scores: dict[int, Metric], node: int | None) -> str:
    return "-" if node is None or node not in scores else f"{scores[node].value:.4f}"


def write_prompt(path: Path, tree: SearchTree, node: Node, hostile: bool = False) -> None:
    folder = path / "nodes" / f"{node.id:04d}"
    folder.mkdir(parents=True, exist_ok=True)
    messages = [message.to_dict() for message in _prompt(tree, node, hostile)]
    (folder / "prompt.json").write_text(json.dumps(messages), encoding="utf-8")


def _next_node(tree: SearchTree, node_id: int, rng: Random, hostile: bool) -> Node:
    operator, parents = _expansion(tree, node_id, rng)
    status = rng.choices([Status.VALID, Status.BUGGY, Status.ERROR], [0.8, 0.17, 0.03])[0]
    if node_id == 0:
        status = Status.VALID
    origin = tree[parents[0]].metric if parents else None
    value = FLOOR + ((origin.value if origin else 0.62) - FLOOR) * rng.uniform(0.75, 1.35)
    if rng.random() < 0.04:
        value *= 9  # one disaster must not spoil the colours
    valid = status is Status.VALID
    model = MODELS[(parents[0] if parents else node_id) % len(MODELS)]
    plan = (
        f"{operator.capitalize()} with {model}: impute medians, scale, and set the depth to "
        f"{node_id % 9 + 2}. The parent overfits on the rare class, so a shallower model should "
        "calibrate better.\n\nNothing else changes, so that the effect can be told."
    )
    extra = f"    steps.insert(1, PolynomialFeatures(degree={node_id % 3 + 1}))\n"
    code = SCRIPT.format(model=model, depth=node_id % 9 + 2, seed=7, extra=extra * (node_id % 2))
    failure = "Traceback (most recent call last):\n  File 's', line 3\nKeyError: 0\n"
    output = "fitted 13 features\n" if valid else failure
    return Node(
        id=node_id,
        parents=parents,
        operator=operator,
        status=status,
        metric=Metric(value, Direction.MINIMIZE, 0.012) if valid else None,
        quality=max(0.0, 1 - value) if valid else None,
        plan=HOSTILE if hostile else plan,
        content=f"x = 1  # {HOSTILE}\n" if hostile else code,
        output=HOSTILE if hostile else output,
        feedback=HOSTILE if hostile else _feedback(status, value),
        usage=Usage(prompt_tokens=2100 + 13 * node_id, completion_tokens=480, cost_usd=0.0021),
        propose_seconds=rng.uniform(2, 9),
        evaluate_seconds=rng.uniform(1, 40),
        created_at=30.0 * (node_id + 1),
    )


def _feedback(status: Status, value: float) -> str:
    if status is Status.VALID:
        return f"Valid: log loss {value:.4f} on the search rows."
    return "The script ended with exit code 1." if status is Status.BUGGY else "The engine is gone."


def _expansion(tree: SearchTree, node_id: int, rng: Random) -> tuple[str, tuple[int, ...]]:
    buggy = [n for n in tree if n.status is Status.BUGGY and not tree.children(n.id)]
    if node_id < 5:
        return "draft", ()
    if buggy and rng.random() < 0.45:
        return "debug", (rng.choice(buggy).id,)
    ranked = sorted(tree.valid, key=lambda node: node.metric.value if node.metric else 9.0)
    if node_id > 8 and rng.random() < 0.08:
        return "combine", (ranked[0].id, ranked[min(2, len(ranked) - 1)].id)
    parent = ranked[min(int(rng.expovariate(0.25)), len(ranked) - 1)]
    return rng.choices(["improve", "diverge"], [0.8, 0.2])[0], (parent.id,)


def _shifted(node: Node, rng: Random, spread: float) -> Metric:
    assert node.metric is not None
    return Metric(node.metric.value * rng.gauss(1.02, spread), node.metric.direction, 0.015)


def _prompt(tree: SearchTree, node: Node, hostile: bool) -> Sequence[Message]:
    parts = [
        "# Task\nPredict the quality of a wine from its chemistry.\n",
        "# Metric\nlog loss (lower is better)\n",
        "# Data\n## input/train.csv: 1200 rows, 9 columns\n| column | dtype |\n| --- | --- |\n",
        "# Limits\n2 cpus, 60 seconds a script\n",
        f"# Instruction\n{node.operator} the solution.\n",
    ]
    for parent in node.parents:
        parts.append(f"# Previous solution\n```python\n{tree[parent].content}```\n")
    earlier = [item for item in tree if item.id < node.id][-3:]
    memory = [f"- step {item.id} ({item.operator}): {item.plan[:60]}\n" for item in earlier]
    parts.append("# Memory\n" + "".join(memory))
    if hostile:
        parts.append(f"# Memory\n- {HOSTILE}\n")
    return [Message("system", "You write solutions."), Message("user", "\n".join(parts))]
