"""A journal read back: everything a run has recorded, added up.

Replaying is the only way to know a run: resuming, showing and reporting all start here.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from search import entries
from search.budget import Spend
from search.entries import AnswersRead, Entry, FaultSeen, NodeRefit, RunFinished
from search.journal import read_entries
from search.metric import Metric
from search.node import Node, Status, Usage
from search.tree import SearchTree


@dataclass(slots=True)
class Replay:
    """What the entries so far say.

    `scores[split][node]` is a node's score on a hidden split (None: it has none there, for the
    reason in `unscored`); `refits` holds the last refit of each node; `changes` are the settings
    that a later session changed, with the number of nodes before; `seconds` counts all sessions up
    to their last entry.
    """

    nodes: list[Node] = field(default_factory=list)
    faults: list[FaultSeen] = field(default_factory=list)
    reads: list[AnswersRead] = field(default_factory=list)
    scores: dict[str, dict[int, Metric | None]] = field(default_factory=dict)
    unscored: dict[tuple[str, int], str] = field(default_factory=dict)
    finalists: list[int] | None = None
    refits: dict[int, NodeRefit] = field(default_factory=dict)
    finished: RunFinished | None = None
    stop_reason: str | None = None
    changes: list[tuple[int, Mapping[str, str]]] = field(default_factory=list)
    seconds: float = 0.0
    _session_start: float | None = None
    _session_end: float = 0.0

    @classmethod
    def of(cls, path: Path) -> Replay:
        """Reads a journal. Raises SearchError as `read_entries` does."""
        replay = cls()
        replay.extend(read_entries(path))
        return replay

    def extend(self, items: Iterable[Entry]) -> None:
        for entry in items:
            self._note_time(entry)
            if (take := _TAKERS.get(type(entry))) is not None:
                take(self, entry)
        self._close_session()

    @property
    def spend(self) -> Spend:
        usage = Usage()
        for node in self.nodes:
            usage = usage + node.usage
        num_steps = sum(node.status is not Status.ERROR for node in self.nodes)
        return Spend(num_steps=num_steps, seconds=self.seconds, usage=usage)

    def ungraded(self) -> list[int]:
        """Valid nodes without a test score that can still get one: their refit has not failed."""
        graded = self.scores.get("test", {})
        return [
            node.id
            for node in self.tree().valid
            if node.id not in graded and (node.id not in self.refits or self.refits[node.id].valid)
        ]

    def tree(self) -> SearchTree:
        """All nodes, in the order in which they were recorded."""
        tree = SearchTree()
        for node in self.nodes:
            tree.add(node)
        return tree

    def _note_time(self, entry: Entry) -> None:
        if isinstance(entry, entries.SessionStarted):
            self._close_session()
            self._session_start = self._session_end = entry.at
        elif self._session_start is not None:
            self._session_end = max(self._session_end, entry.at)

    def _close_session(self) -> None:
        if self._session_start is not None:
            self.seconds += self._session_end - self._session_start
        self._session_start = None

    def _take_session(self, entry: entries.SessionStarted) -> None:
        if entry.changed:
            self.changes.append((len(self.nodes), entry.changed))

    def _take_node(self, entry: entries.NodeAdded) -> None:
        self.nodes.append(entry.node)
        self.finalists = self.finished = None  # a search that went on is concluded anew

    def _take_scored(self, entry: entries.NodeScored) -> None:
        self.scores.setdefault(entry.split, {})[entry.node] = entry.metric
        if entry.metric is None:
            self.unscored[entry.split, entry.node] = entry.reason
        else:
            self.unscored.pop((entry.split, entry.node), None)

    def _take_ended(self, entry: entries.SearchEnded) -> None:
        self.stop_reason = entry.reason
        self._close_session()  # what follows (selection, refit, a later `grade`) is not search time

    def _take_finalists(self, entry: entries.FinalistsChosen) -> None:
        self.finalists = entry.nodes

    def _take_refit(self, entry: NodeRefit) -> None:
        self.refits[entry.node] = entry
        self.scores.get("test", {}).pop(entry.node, None)  # it was of an earlier refit

    def _take_finished(self, entry: RunFinished) -> None:
        self.finished = entry


_TAKERS: dict[type[Entry], Callable[[Replay, Any], object]] = {
    entries.SessionStarted: Replay._take_session,
    entries.NodeAdded: Replay._take_node,
    entries.FaultSeen: lambda replay, entry: replay.faults.append(entry),
    entries.AnswersRead: lambda replay, entry: replay.reads.append(entry),
    entries.NodeScored: Replay._take_scored,
    entries.SearchEnded: Replay._take_ended,
    entries.FinalistsChosen: Replay._take_finalists,
    entries.NodeRefit: Replay._take_refit,
    entries.RunFinished: Replay._take_finished,
}
