"""Self-improvement: each step improves the last iterate, as in ExIt's inference (K steps).

A chain starts with a draft; a buggy last iterate is debugged. When every chain is full, or a worker
is already on its last iterate, a further chain begins.
"""

from __future__ import annotations

from dataclasses import dataclass
from random import Random

from search.node import Expansion, Node, Status
from search.policies.best_of_n import DRAFT
from search.tree import SearchTree


@dataclass(frozen=True, slots=True, kw_only=True)
class Chain:
    """`num_iterates` self-improvement steps after the draft (K, 16 in the paper); each is a
    `diverge` with probability `diverge_probability`."""

    num_iterates: int = 16
    diverge_probability: float = 0.0

    def select(self, tree: SearchTree, rng: Random) -> Expansion:
        for root in tree.roots:
            last = _last_iterate(tree, root)
            if last is not None and len(tree.path(last.id)) <= self.num_iterates:
                return Expansion((last.id,), self._operator(last, rng))
        return DRAFT

    def _operator(self, last: Node, rng: Random) -> str:
        if last.status is Status.BUGGY:
            return "debug"
        return "diverge" if rng.random() < self.diverge_probability else "improve"


def _last_iterate(tree: SearchTree, root: int) -> Node | None:
    """The end of a chain; None while a worker is on it, or where the draft is an error of ours."""
    node = tree[root]
    while following := [c for c in tree.children(node.id) if c.status is not Status.ERROR]:
        node = following[-1]
    busy = node.status is Status.ERROR or tree.num_pending_children(node.id)
    return None if busy else node
