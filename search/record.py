"""A run as it is read: for tables, reports, notebooks and other programs. Never for writing."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from search.entries import AnswersRead, FaultSeen
from search.errors import SearchError
from search.journal import read_info
from search.metric import Direction, Metric
from search.node import Message, Node, Usage
from search.replay import Replay
from search.run_folder import RunFolder
from search.tree import SearchTree


@dataclass(frozen=True, slots=True, kw_only=True)
class RunRecord:
    """Everything a run has recorded, from its journal alone.

    `status` is running (a process holds the run), finished, or stopped (`exitree resume` goes on).
    `selection` and `test` are the scores on hidden rows, by node, of those that have one;
    `best_summary` (label -> text) describes the chosen node; `notes` are sentences a reader of the
    result must know, such as a finalist that failed at its refit.
    """

    path: Path
    run_id: str
    title: str
    policy: str
    model: str
    sandbox: str
    seed: int
    metric_name: str
    direction: Direction
    status: str
    stop_reason: str | None
    started_at: float
    elapsed_seconds: float
    usage: Usage
    tree: SearchTree
    selection: Mapping[int, Metric]
    test: Mapping[int, Metric]
    best: int | None
    best_summary: Mapping[str, str]
    notes: Sequence[str]
    faults: Sequence[FaultSeen]
    reads: Sequence[AnswersRead]

    @classmethod
    def open(cls, path: Path) -> RunRecord:
        """Reads a run folder, also while it is being written.

        Raises:
            SearchError: it is not a run folder, or its journal cannot be read.
        """
        folder = RunFolder.open(path)
        info, replay = read_info(folder.journal_path), Replay.of(folder.journal_path)
        finished = replay.finished
        at_rest = "finished" if finished else "stopped"
        return cls(
            path=path,
            run_id=info.run_id,
            title=info.task,
            policy=info.policy,
            model=info.model,
            sandbox=info.sandbox,
            seed=info.seed,
            metric_name=info.metric_name,
            direction=info.direction,
            status="running" if folder.is_locked() else at_rest,
            stop_reason=replay.stop_reason,
            started_at=info.created_at,
            elapsed_seconds=replay.seconds,
            usage=replay.spend.usage,
            tree=replay.tree(),
            selection=_present(replay.scores.get("selection", {})),
            test=_present(replay.scores.get("test", {})),
            best=finished.best if finished else None,
            best_summary=finished.summary if finished else {},
            notes=_notes(replay),
            faults=tuple(replay.faults),
            reads=tuple(replay.reads),
        )

    def node(self, node_id: int) -> Node:
        """A node by its id.

        Raises:
            SearchError: the run has no such node.
        """
        if node_id in self.tree:
            return self.tree[node_id]
        last = max((node.id for node in self.tree), default=None)
        hint = f"its nodes are 0 to {last}; `exitree show {self.run_id}` shows them"
        raise SearchError(
            f"run {self.run_id} has no node {node_id}",
            hint="it has no nodes yet" if last is None else hint,
        )

    def prompt(self, node_id: int) -> list[Message]:
        """What the model was shown for a node; empty where the file is gone."""
        return RunFolder(self.path).read_prompt(node_id)


def _present(scores: Mapping[int, Metric | None]) -> dict[int, Metric]:
    return {node: metric for node, metric in scores.items() if metric is not None}


def _notes(replay: Replay) -> tuple[str, ...]:
    notes = [
        f"Resumed after {number} nodes with another {name}: {value}."
        for number, changed in replay.changes
        for name, value in changed.items()
    ]
    unscored: dict[tuple[str, str], list[str]] = {}
    for (split, node), reason in replay.unscored.items():
        unscored.setdefault((split, reason), []).append(str(node))
    notes += [
        f"Without a {split} score: node {', '.join(nodes)} ({reason})."
        for (split, reason), nodes in unscored.items()
    ]
    for node in replay.finalists or ():
        refit = replay.refits.get(node)
        if refit is None or refit.valid:
            break
        notes.append(f"Finalist {node} was passed over: its refit failed ({refit.reason}).")
    if replay.faults:
        notes.append(f"Our infrastructure failed {len(replay.faults)} times and was tried again.")
    return tuple(notes)
