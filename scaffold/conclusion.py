"""What follows a search of a competition: choose on hidden rows, refit, report the test score.

    selection   all valid nodes are scored on the selection rows; the one-SE rule ranks them
    refit       the first in that order is run on the full public data; if its submission is not
                valid there, the next one is
    report      the answer's test score and medal; with `grade_all` every valid node is refit and
                graded on test, for analysis only
    best/       is made, and then the run is called finished

Everything is recorded as it happens, so a killed conclusion goes on where it was. Hidden answers
are read by the grader in this process; each read stands in the journal before it happens.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Iterable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path

from competitions.outcome import Graded, GraderFault, Invalid, Split
from scaffold.artifacts import write_best
from scaffold.competition_task import SUBMISSION, CompetitionTask
from scaffold.errors import RefitError
from search.durable import recording
from search.entries import AnswersRead, Entry, FinalistsChosen, NodeRefit, NodeScored, RunFinished
from search.events import StageStarted
from search.journal import Journal
from search.metric import Metric
from search.node import Node, Outcome, Status
from search.protocols import Observer
from search.replay import Replay
from search.run_folder import RunFolder
from search.selection import RULE, Candidate, leader, rank
from search.steps import RETRY_SECONDS, describe
from search.tree import SearchTree

NUM_BOOTSTRAP = 200


@dataclass(frozen=True, slots=True, kw_only=True)
class Conclusion:
    """Concludes one run. `replay` is what the journal says so far; it is kept up to date here."""

    folder: RunFolder
    journal: Journal
    tree: SearchTree
    replay: Replay
    task: CompetitionTask
    observers: Sequence[Observer] = ()
    num_workers: int = 1
    retry_seconds: tuple[float, ...] = RETRY_SECONDS

    def conclude(self, *, grade_all: bool = False) -> RunFinished:
        """Does what is owed and returns the run's last word. Idempotent.

        Raises:
            ScaffoldError: our infrastructure failed; the run can be resumed.
            RecordingError: journal or best/ cannot be written; likewise.
        """
        self._select()
        best = self._refit_finalists()
        if best is not None:
            self._grade_test([best], "final report")
        if grade_all:
            self._grade_all()
        return self._finish(best)

    def _finish(self, best: int | None) -> RunFinished:
        finished = RunFinished(at=time.time(), best=best, summary=self._summary(best))
        before = self.replay.finished
        is_new = before is None or (before.best, before.summary) != (best, finished.summary)
        if best is not None and (is_new or not self.folder.best_dir.is_dir()):
            node, submission = self.tree[best], self._refit_submission(best)
            write_best(self.folder, node, self.task.language, submission, finished.summary)
        if is_new:
            self._record(finished)
        return finished

    def _refit_submission(self, node_id: int) -> Path:
        return self.folder.node_dir(node_id) / "refit" / SUBMISSION

    def _select(self) -> None:
        """Scores on the selection rows, then the order of the finalists."""
        if self.replay.finalists is not None:
            return
        owed = [node.id for node in self.tree.valid if node.id not in self._scores("selection")]
        if owed:
            self._stage("selection", f"{len(owed)} nodes")
            self._read(Split.SELECTION, owed, "final choice")
            for node_id in owed:
                self._score(Split.SELECTION, node_id, self.folder.submission_path(node_id))
        if candidates := self._candidates():
            self._estimate_error(leader(candidates).node)
        ranked = rank(self._candidates())
        nodes = [*ranked, *self._unranked(ranked)]
        self._record(FinalistsChosen(at=time.time(), nodes=nodes, rule=RULE))

    def _unranked(self, ranked: Sequence[int]) -> list[int]:
        """Valid nodes without a selection score (their files are gone, say), by search score."""
        rest = [
            (-node.metric.goodness, node.id)
            for node in self.tree.valid
            if node.metric is not None and node.id not in ranked
        ]
        return [node_id for _, node_id in sorted(rest)]

    def _candidates(self) -> list[Candidate]:
        scores = self._scores("selection")
        return [
            Candidate(node=node.id, search=node.metric, selection=selection)
            for node in self.tree.valid
            if node.metric is not None and (selection := scores.get(node.id)) is not None
        ]

    def _estimate_error(self, node_id: int) -> None:
        metric = self._scores("selection").get(node_id)
        path = self.folder.submission_path(node_id)
        if metric is not None and metric.stderr is None and path.is_file():
            self._read(Split.SELECTION, [node_id], "standard error")
            self._score(Split.SELECTION, node_id, path, NUM_BOOTSTRAP)

    def _refit_finalists(self) -> int | None:
        """The first finalist whose refit is valid."""
        for node_id in self.replay.finalists or ():
            if not self._is_refit(node_id):
                self._stage("refit", f"node {node_id} on the full public data")
                self._refit([self.tree[node_id]])
            if self.replay.refits[node_id].valid:
                self._estimate_error(node_id)  # for the summary
                return node_id
        return None

    def _is_refit(self, node_id: int) -> bool:
        """Also that what a valid refit has written is still there."""
        refit = self.replay.refits.get(node_id)
        if refit is None:
            return False
        return not refit.valid or self._refit_submission(node_id).is_file()

    def _grade_all(self) -> None:
        if owed := [node for node in self.tree.valid if not self._is_refit(node.id)]:
            self._stage("grade_all", f"refitting {len(owed)} nodes, for analysis only")
            self._refit(owed)
        refit = [node.id for node in self.tree.valid if self.replay.refits[node.id].valid]
        self._grade_test(refit, "analysis of all nodes (--grade-all)")

    def _refit(self, nodes: Sequence[Node]) -> None:
        """Runs scripts on the full public data, side by side, and records each."""
        pool, stopping = ThreadPoolExecutor(self.num_workers), threading.Event()
        try:
            outcomes = pool.map(lambda node: self._refit_outcome(node, stopping), nodes)
            for node, outcome in zip(nodes, outcomes, strict=True):
                self._record_refit(node, outcome)
        finally:
            stopping.set()
            pool.shutdown(wait=False, cancel_futures=True)

    def _refit_outcome(self, node: Node, stopping: threading.Event) -> Outcome:
        """Runs a script on the full public data; tried again where the failure is ours."""
        submission = self._refit_submission(node.id)
        with recording(submission.parent):
            submission.parent.mkdir(parents=True, exist_ok=True)
        for wait in (*self.retry_seconds, None):
            try:
                outcome = self.task.refit(node.content, submission.parent)
            except OSError as error:
                outcome = Outcome(status=Status.ERROR, feedback=describe(error))
            if outcome.status is not Status.ERROR or wait is None or stopping.wait(wait):
                break
        return outcome

    def _record_refit(self, node: Node, outcome: Outcome) -> None:
        if outcome.status is Status.ERROR:
            raise RefitError(
                f"the refit of node {node.id} could not be run: {outcome.feedback}",
                hint="mend that, then `exitree resume` the run",
            )
        self._record(
            NodeRefit(
                at=time.time(),
                node=node.id,
                valid=outcome.status is Status.VALID,
                reason=outcome.feedback,
                seconds=outcome.seconds,
            )
        )

    def _grade_test(self, node_ids: Sequence[int], purpose: str) -> None:
        owed = [node_id for node_id in node_ids if node_id not in self._scores("test")]
        if not owed:
            return
        self._read(Split.TEST, owed, purpose)
        for node_id in owed:
            self._score(Split.TEST, node_id, self._refit_submission(node_id))

    def _score(self, split: Split, node_id: int, path: Path, num_bootstrap: int = 0) -> None:
        outcome = self.task.prepared.grade(path, split, num_bootstrap=num_bootstrap)
        metric, reason = None, ""
        match outcome:
            case Graded():
                metric = Metric(outcome.score, self.task.direction, outcome.stderr)
            case Invalid() | GraderFault():
                reason = outcome.reason
        self._record(
            NodeScored(
                at=time.time(), split=split.value, node=node_id, metric=metric, reason=reason
            )
        )

    def _summary(self, best: int | None) -> dict[str, str]:
        """What the report says about the answer, label by label."""
        if best is None:
            return {}
        node, summary = self.tree[best], {"node": str(best)}
        selection, test = self._scores("selection").get(best), self._scores("test").get(best)
        if node.metric is not None:
            summary["search score"] = f"{node.metric.value:.5f}"
        if selection is not None:
            summary["selection score"] = f"{selection.value:.5f} ± {selection.stderr or 0.0:.5f}"
        if test is not None:
            summary["test score"] = f"{test.value:.5f}"
            summary |= _standing(self.task, test.value)
        return summary

    def _scores(self, split: str) -> dict[int, Metric | None]:
        return self.replay.scores.get(split, {})

    def _read(self, split: Split, node_ids: Iterable[int], purpose: str) -> None:
        self._record(
            AnswersRead(at=time.time(), split=split.value, nodes=list(node_ids), purpose=purpose)
        )

    def _record(self, entry: Entry) -> None:
        self.journal.append(entry)
        self.replay.extend([entry])

    def _stage(self, stage: str, detail: str) -> None:
        for observer in self.observers:
            observer.notify(StageStarted(stage, detail, time.time()))


def _standing(task: CompetitionTask, score: float) -> dict[str, str]:
    standing = task.prepared.competition.standing(score)
    if standing is None:
        return {}
    return {
        "medal": standing.medal.value if standing.medal else "none",
        "percentile": f"{100 * standing.percentile:.1f}",
    }
