"""Which final choice is best? Compares rules on finished runs whose nodes were all graded on test.

    python -m benchmarks.selection_rules RUNS_DIR

RUNS_DIR is what `exitree bench` filled. For each rule: the mean leaderboard percentile of the node
it chooses, its mean regret against the node that is best on test (percentile points),
and in how many runs it finds that node. The standard error is the one that each run recorded for
its leader on the selection rows.
"""

from __future__ import annotations

import sys
from collections.abc import Callable, Sequence
from pathlib import Path
from statistics import mean

from competitions.registry import find
from search.metric import Metric
from search.record import RunRecord
from search.selection import Candidate, rank

Rule = Callable[[Sequence[Candidate]], int]


def by_search(candidates: Sequence[Candidate]) -> int:
    return max(candidates, key=lambda item: (item.search.goodness, -item.node)).node


def by_selection(candidates: Sequence[Candidate]) -> int:
    return max(candidates, key=lambda item: (item.selection.goodness, -item.node)).node


def by_one_standard_error(candidates: Sequence[Candidate]) -> int:
    return rank(candidates)[0]


def by_half_a_standard_error(candidates: Sequence[Candidate]) -> int:
    return rank([_with_error(item, 0.5) for item in candidates])[0]


def by_mean(candidates: Sequence[Candidate]) -> int:
    return max(candidates, key=lambda c: (c.search.goodness + c.selection.goodness, -c.node)).node


def _with_error(item: Candidate, factor: float) -> Candidate:
    metric = item.selection
    stderr = None if metric.stderr is None else metric.stderr * factor
    selection = Metric(metric.value, metric.direction, stderr)
    return Candidate(node=item.node, search=item.search, selection=selection)


RULES: dict[str, Rule] = {
    "best search score": by_search,
    "best selection score": by_selection,
    "one standard error": by_one_standard_error,
    "half a standard error": by_half_a_standard_error,
    "mean of search and selection": by_mean,
}


def main() -> None:
    records = [RunRecord.open(path.parent) for path in Path(sys.argv[1]).rglob("journal.jsonl")]
    percentiles: dict[str, list[float]] = {name: [] for name in RULES}
    oracles: list[float] = []
    for record in records:
        quality = find(record.title).quality
        candidates = [
            Candidate(node=node.id, search=node.metric, selection=record.selection[node.id])
            for node in record.tree.valid
            if node.metric is not None and node.id in record.selection and node.id in record.test
        ]
        percentile = {c.node: 100 * (quality(record.test[c.node].value) or 0) for c in candidates}
        oracles.append(max(percentile.values()))
        for name, rule in RULES.items():
            percentiles[name].append(percentile[rule(candidates)])
    print(f"{len(records)} runs; the best node on test is at percentile {mean(oracles):.1f}\n")
    print("| rule | percentile | regret | finds the best |\n|---|---|---|---|")
    for name, chosen in percentiles.items():
        found = sum(a == b for a, b in zip(chosen, oracles, strict=True))
        regret = mean(oracles) - mean(chosen)
        print(f"| {name} | {mean(chosen):.1f} | {regret:.1f} | {found}/{len(records)} |")


if __name__ == "__main__":
    main()
