"""What recording, selecting and replaying cost at 100, 1,000 and 5,000 nodes.

    python -m benchmarks.journal [--json] [--nodes 5000]

Every node carries 8 kB of code and 10 kB of output. "Recording" is all the runner does for a node:
its files, the journal line with fsync, the tree. "Selecting" is greedy's in the first table; the
last line has every policy's on a tree that it grew itself. The peers' figures (recording only, same
sizes) were measured on the same kind of machine and are not measured again here.
"""

from __future__ import annotations

import argparse
import json
import statistics
import tempfile
import time
from importlib import import_module
from pathlib import Path
from random import Random

from search.entries import NodeAdded, RunInfo
from search.journal import Journal
from search.metric import Direction, Metric
from search.node import Message, Node, Proposal, Status
from search.policies import POLICIES
from search.policies.greedy import Greedy
from search.replay import Replay
from search.run_folder import RunFolder
from search.tree import SearchTree

PEERS_MS = {
    "AIDE": {100: 75, 1000: 1016, 5000: 5701},
    "AIRA-dojo": {100: 15, 1000: 151, 5000: 807},
    "MLEvolve": {100: 163, 1000: 1326},
}
INFO = RunInfo(
    run_id="benchmark",
    created_at=0.0,
    task="task",
    policy="greedy",
    model="none",
    sandbox="none",
    seed=0,
    metric_name="score",
    direction=Direction.MAXIMIZE,
)


def make_node(
    step: int, parents: tuple[int, ...], operator: str, rng: Random, num_lines: int = 103
) -> Node:
    """Random text, so that neither json nor the disk can make it shorter than it is."""
    valid = rng.random() < 0.8
    return Node(
        id=step,
        parents=parents,
        operator=operator,
        status=Status.VALID if valid else Status.BUGGY,
        metric=Metric(rng.random(), Direction.MAXIMIZE) if valid else None,
        quality=rng.random() if valid else None,
        plan="Try another model family.",
        content="\n".join(rng.randbytes(39).hex() for _ in range(num_lines)),
        output="\n".join(rng.randbytes(39).hex() for _ in range(num_lines * 5 // 4 + 1)),
        created_at=float(step),
    )


def measure(num_nodes: int, directory: Path) -> list[dict[str, float]]:
    """Fills one run and gives a row of medians (ms, over the last 100 nodes) at each size."""
    folder, tree, policy = RunFolder.create(directory, "task"), SearchTree(), Greedy()
    messages = (Message("user", "x" * 8000),)
    select_ms, record_ms, rows = [], [], []
    with Journal.create(folder.journal_path, INFO) as journal:
        for step in range(num_nodes):
            rng = Random(step)
            start = time.perf_counter()
            expansion = policy.select(tree, rng)
            select_ms.append((time.perf_counter() - start) * 1e3)
            node = make_node(step, expansion.parents, expansion.operator, rng)
            proposal = Proposal(
                plan=node.plan, content=node.content, messages=messages, completion=node.content
            )
            tree.begin(step, expansion)
            folder.begin_node(step)
            start = time.perf_counter()
            folder.write_node(node, proposal, "python")
            journal.append(NodeAdded(at=node.created_at, node=node))
            tree.add(node)
            record_ms.append((time.perf_counter() - start) * 1e3)
            if step + 1 in (100, 1000, num_nodes):
                start = time.perf_counter()
                assert len(Replay.of(folder.journal_path).nodes) == step + 1
                rows.append(
                    {
                        "nodes": step + 1,
                        "record_ms": statistics.median(record_ms[-100:]),
                        "select_ms": statistics.median(select_ms[-100:]),
                        "replay_seconds": time.perf_counter() - start,
                    }
                )
    return rows


def measure_policies(num_nodes: int) -> dict[str, float]:
    """Median ms of the last 100 selections of each built-in policy on a tree that it grew."""
    medians = {}
    for name, dotted in POLICIES.items():
        module, _, attribute = dotted.partition(":")
        policy, tree, times = getattr(import_module(module), attribute)(), SearchTree(), []
        for step in range(num_nodes):
            rng = Random(step)
            start = time.perf_counter()
            expansion = policy.select(tree, rng)
            times.append((time.perf_counter() - start) * 1e3)
            tree.add(make_node(step, expansion.parents, expansion.operator, rng, num_lines=1))
        medians[name] = statistics.median(times[-100:])
    return medians


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else None)
    parser.add_argument("--json", action="store_true")
    parser.add_argument("--nodes", type=int, default=5000)
    options = parser.parse_args()
    with tempfile.TemporaryDirectory(dir=Path.cwd()) as directory:
        rows = measure(options.nodes, Path(directory))
    policies = measure_policies(options.nodes)
    if options.json:
        document = {"rows": rows, "select_ms": policies, "peers_record_ms": PEERS_MS}
        print(json.dumps(document))
        return
    print(f"{'nodes':>6} {'record ms':>10} {'select ms':>10} {'replay s':>9}   peers' record ms")
    for row in rows:
        size = int(row["nodes"])
        peers = ", ".join(f"{name} {costs.get(size, '-')}" for name, costs in PEERS_MS.items())
        print(
            f"{size:>6} {row['record_ms']:>10.2f} {row['select_ms']:>10.2f}"
            f" {row['replay_seconds']:>9.2f}   {peers}"
        )
    shown = ", ".join(f"{name} {median:.2f}" for name, median in policies.items())
    print(f"select ms at {options.nodes} nodes: {shown}")


if __name__ == "__main__":
    main()
