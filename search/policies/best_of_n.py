"""Independent drafts: the baseline that any search must beat at equal steps."""

from __future__ import annotations

from dataclasses import dataclass
from random import Random

from search.node import Expansion
from search.tree import SearchTree

DRAFT = Expansion((), "draft")


@dataclass(frozen=True, slots=True, kw_only=True)
class BestOfN:
    """Always drafts."""

    def select(self, tree: SearchTree, rng: Random) -> Expansion:
        return DRAFT
