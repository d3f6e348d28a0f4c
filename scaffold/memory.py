"""What the model is reminded of: earlier attempts in scope, one line each, within a token budget.

Unbounded memories grow with the search until they crowd out everything else; this one keeps the
best and the newest attempts and says how many it leaves out. Attempts that failed through our own
infrastructure say nothing about an idea and are left out silently.
"""

from __future__ import annotations

import heapq
from collections.abc import Sequence

from scaffold.prompt_text import num_chars, one_line
from scaffold.prompts import Scope
from search.node import Expansion, Node, Status
from search.tree import SearchTree

NUM_BEST = 3  # kept before the newest


def in_scope(tree: SearchTree, expansion: Expansion, scope: Scope) -> list[Node]:
    """The attempts that bear on an expansion, oldest first, its parents not among them."""
    if scope is Scope.DEBUG_CHAIN:
        chain = tree.debug_chain(expansion.parents[0]) if expansion.parents else ()
        return [node for node in chain if node.id not in expansion.parents]
    return attempts(tree, expansion)


def attempts(tree: SearchTree, expansion: Expansion) -> list[Node]:
    """The nodes made from exactly the same parents; for a draft, all other drafts."""
    if expansion.parents:
        same_place = tree.children(expansion.parents[0])
    else:
        same_place = tuple(tree[root] for root in tree.roots)
    return [
        node
        for node in same_place
        if node.parents == expansion.parents and node.status is not Status.ERROR
    ]


def remember(nodes: Sequence[Node], *, max_tokens: int) -> str:
    """One line an attempt, in the order of the steps, in at most about `max_tokens` tokens.

    The best few come first when room is short, then the newest.
    """
    room = num_chars(max_tokens)
    kept: dict[int, str] = {}
    for node in _by_importance(nodes):
        line = _line(node)
        if len(line) + 1 > room:
            break
        room -= len(line) + 1
        kept[node.id] = line
    if not kept:
        return ""
    num_left_out = len(nodes) - len(kept)
    first = [f"({num_left_out} more attempts left out)"] if num_left_out else []
    return "\n".join([*first, *(kept[step] for step in sorted(kept))])


def score_of(node: Node) -> str:
    """The score as it is told everywhere in a prompt."""
    return f"score {node.metric.value:.6g}" if node.metric else "failed"


def _by_importance(nodes: Sequence[Node]) -> list[Node]:
    valid = (node for node in nodes if node.metric is not None)
    best = heapq.nlargest(NUM_BEST, valid, key=lambda node: (_goodness(node), -node.id))
    chosen = {node.id for node in best}
    return best + [node for node in reversed(nodes) if node.id not in chosen]


def _goodness(node: Node) -> float:
    assert node.metric is not None
    return node.metric.goodness


def _line(node: Node) -> str:
    plan = one_line(node.plan) or "(no plan)"
    line = f"- step {node.id} ({node.operator}, {score_of(node)}): {plan}"
    if node.status is Status.BUGGY and node.feedback:
        line += f" [{one_line(node.feedback)}]"
    return line
