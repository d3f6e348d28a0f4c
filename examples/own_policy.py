"""A search policy of your own: climb from a random one of the best three nodes.

exitree search night-ferry --policy own_policy:TopThree      (with examples/ on PYTHONPATH)
"""

from __future__ import annotations

from dataclasses import dataclass
from random import Random

from search.node import Expansion
from search.tree import SearchTree


@dataclass(frozen=True, kw_only=True)
class TopThree:
    """Options become arguments: `--set policy.options.num_drafts=4`."""

    num_drafts: int = 3

    def select(self, tree: SearchTree, rng: Random) -> Expansion:
        num_drafts = len(tree.roots) + sum(not item.parents for item in tree.pending.values())
        if num_drafts < self.num_drafts or not tree.valid:
            return Expansion((), "draft")
        ranked = sorted(tree.valid, key=lambda node: node.metric.goodness if node.metric else 0.0)
        return Expansion((rng.choice(ranked[-3:]).id,), rng.choice(["improve", "diverge"]))
