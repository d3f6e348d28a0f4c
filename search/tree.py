"""The search tree: nodes by id, edges in networkx, expansions in flight as pending.

Nothing here knows where solutions come from. All queries a policy needs are O(1) or O(children);
a list of all nodes of a status is kept, not searched for.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from types import MappingProxyType

import networkx as nx

from search.node import Expansion, Node, Status


class SearchTree:
    """A directed acyclic graph of recorded nodes (several parents after `combine`).

    Parents are always added before their children. `pending` maps the step of every expansion in
    flight to what it expands, so a policy can spread its workers (virtual loss).
    """

    def __init__(self) -> None:
        self.graph: nx.DiGraph[int] = nx.DiGraph()
        self._nodes: dict[int, Node] = {}
        self._valid: list[Node] = []
        self._roots: list[int] = []
        self._buggy_leaves: dict[int, Node] = {}
        self._pending: dict[int, Expansion] = {}
        self._best: Node | None = None
        self._num_errors = 0

    def __len__(self) -> int:
        return len(self._nodes)

    def __contains__(self, node_id: int) -> bool:
        return node_id in self._nodes

    def __iter__(self) -> Iterator[Node]:
        """All recorded nodes, in the order in which they were added."""
        return iter(self._nodes.values())

    def __getitem__(self, node_id: int) -> Node:
        return self._nodes[node_id]

    @property
    def best(self) -> Node | None:
        """The valid node with the best metric; the oldest of equals."""
        return self._best

    @property
    def valid(self) -> tuple[Node, ...]:
        return tuple(self._valid)

    @property
    def roots(self) -> tuple[int, ...]:
        return tuple(self._roots)

    @property
    def num_errors(self) -> int:
        """How many nodes are errors of ours: steps that cost nothing of the budget."""
        return self._num_errors

    @property
    def buggy_leaves(self) -> tuple[Node, ...]:
        """Buggy nodes that nobody has tried to repair; a repair that was our error is no try."""
        return tuple(self._buggy_leaves.values())

    @property
    def pending(self) -> Mapping[int, Expansion]:
        return MappingProxyType(self._pending)

    def begin(self, step: int, expansion: Expansion) -> None:
        """Marks an expansion as in flight.

        Raises:
            ValueError: the step is recorded or in flight already.
        """
        if step in self._nodes or step in self._pending:
            raise ValueError(f"step {step} exists already")
        self._pending[step] = expansion

    def add(self, node: Node) -> None:
        """Adds a recorded node and ends its pending expansion, if it has one.

        Raises:
            ValueError: the id exists already, or a parent does not.
        """
        if node.id in self._nodes:
            raise ValueError(f"node {node.id} exists already")
        if missing := [p for p in node.parents if p not in self._nodes]:
            raise ValueError(f"node {node.id} has unknown parents {missing}")
        self._pending.pop(node.id, None)
        self._nodes[node.id] = node
        self.graph.add_node(node.id)
        self.graph.add_edges_from((parent, node.id) for parent in node.parents)
        if not node.parents:
            self._roots.append(node.id)
        if node.status is Status.ERROR:
            self._num_errors += 1
        else:
            for parent in node.parents:
                self._buggy_leaves.pop(parent, None)
        if node.status is Status.BUGGY:
            self._buggy_leaves[node.id] = node
        if node.status is Status.VALID and node.metric is not None:
            self._valid.append(node)
            if self._best is None or node.metric.is_better_than(self._best.metric):
                self._best = node

    def children(self, node_id: int) -> tuple[Node, ...]:
        return tuple(self._nodes[child] for child in self.graph.successors(node_id))

    def num_pending_children(self, node_id: int) -> int:
        return sum(node_id in expansion.parents for expansion in self._pending.values())

    def path(self, node_id: int) -> tuple[Node, ...]:
        """From the root to the node, along first parents."""
        path = [self._nodes[node_id]]
        while path[-1].parents:
            path.append(self._nodes[path[-1].parents[0]])
        return tuple(reversed(path))

    def debug_chain(self, node_id: int) -> tuple[Node, ...]:
        """The unbroken run of buggy ancestors that ends in this node, oldest first."""
        chain: list[Node] = []
        node: Node | None = self._nodes[node_id]
        while node is not None and node.status is Status.BUGGY:
            chain.append(node)
            node = self._nodes[node.parents[0]] if node.parents else None
        return tuple(reversed(chain))
