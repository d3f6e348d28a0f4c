"""Greedy search in the manner of AIDE: some drafts, then repair what is broken, then improve the
best, with now and then a different approach or a merger of the best nodes."""

from __future__ import annotations

from dataclasses import dataclass
from heapq import nlargest
from random import Random

from search.node import Expansion, Node, Status
from search.policies.best_of_n import DRAFT
from search.tree import SearchTree


@dataclass(frozen=True, slots=True, kw_only=True)
class Greedy:
    """Options, with the peers' defaults in mind (AIDE: 5 drafts, debugging to a depth of 3).

    A buggy leaf is debugged with probability `debug_probability` while its chain of repairs is
    shorter than `max_debug_depth`. Otherwise the best node is improved; with `combine_probability`
    the best `num_combined` nodes are merged instead, with `diverge_probability` the best is left
    by a different approach.
    """

    num_drafts: int = 5
    debug_probability: float = 1.0
    max_debug_depth: int = 3
    diverge_probability: float = 0.15
    combine_probability: float = 0.15
    num_combined: int = 3

    def select(self, tree: SearchTree, rng: Random) -> Expansion:
        drafts = sum(not expansion.parents for expansion in tree.pending.values())
        drafts += sum(tree[root].status is not Status.ERROR for root in tree.roots)
        if drafts < self.num_drafts:
            return DRAFT
        if (broken := self._debuggable(tree)) and rng.random() < self.debug_probability:
            return Expansion((rng.choice(broken).id,), "debug")
        if not tree.valid:
            return DRAFT
        return self._refine(tree, rng)

    def _debuggable(self, tree: SearchTree) -> list[Node]:
        """Buggy leaves that no worker is on and whose chain of repairs is not too long."""
        taken = {parent for expansion in tree.pending.values() for parent in expansion.parents}
        return [
            node
            for node in tree.buggy_leaves
            if node.id not in taken and len(tree.debug_chain(node.id)) <= self.max_debug_depth
        ]

    def _refine(self, tree: SearchTree, rng: Random) -> Expansion:
        ranked = nlargest(
            self.num_combined + len(tree.pending),
            tree.valid,
            key=lambda node: (node.metric.goodness if node.metric else 0.0, -node.id),
        )
        draw = rng.random()
        if draw < self.combine_probability and len(ranked) >= 2:
            return Expansion(tuple(node.id for node in ranked[: self.num_combined]), "combine")
        target = min(ranked, key=lambda node: tree.num_pending_children(node.id))
        if draw > 1.0 - self.diverge_probability:
            return Expansion((target.id,), "diverge")
        return Expansion((target.id,), "improve")
