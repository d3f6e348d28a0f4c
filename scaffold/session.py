"""The wiring of one run: from settings, or from parts, to a concluded run folder.

`run_search` is the library's entry (a task, a model, a policy, a budget); `new_session` and
`resumed_session` are the command line's (settings). All end in `Session.run`.
"""

from __future__ import annotations

import re
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path

from scaffold import artifacts
from scaffold.competition_task import CompetitionTask
from scaffold.conclusion import Conclusion
from scaffold.config import SearchConfig, dump
from scaffold.errors import ScaffoldError
from scaffold.models.base import Model
from scaffold.operators import PromptOperator
from scaffold.parts import SearchParts, budget_of, find_competition, open_parts
from scaffold.run import Run
from scaffold.task import Task
from search.budget import Budget, StopReason
from search.durable import replace_text
from search.entries import RunFinished, RunInfo, SearchEnded
from search.errors import RunInUseError, SearchError
from search.interrupts import interrupts_held_back
from search.journal import Journal, read_info
from search.protocols import Observer, Policy
from search.replay import Replay
from search.run_folder import RunFolder
from search.runner import Recorded, Runner, SearchPlan
from search.steps import RETRY_SECONDS
from search.views.progress import WatchedRun

CONCLUDED_LATER = {StopReason.INTERRUPTED, StopReason.INFRASTRUCTURE}


def run_search(
    task: Task,
    model: Model,
    policy: Policy,
    budget: Budget,
    *,
    runs_dir: Path = Path("runs"),
    resume: Path | None = None,
    seed: int = 0,
    num_workers: int = 1,
    deterministic: bool = False,
    observers: Sequence[Observer] = (),
    grade_all: bool = False,
    retry_seconds: tuple[float, ...] = RETRY_SECONDS,
) -> Run:
    """Searches and concludes; the library's main function. `resume` is a run to go on with.

    Raises:
        SearchError: the run folder cannot be made, read or written; what was recorded stays.
        ScaffoldError: the user must change something; what was recorded stays.
    """
    parts = SearchParts(
        task=task,
        model=model,
        policy=policy,
        budget=budget,
        policy_name=type(policy).__name__.lower(),
        seed=seed,
        num_workers=num_workers,
        deterministic=deterministic,
        retry_seconds=retry_seconds,
    )
    folder = _create_folder(parts, runs_dir) if resume is None else RunFolder.open(resume)
    Session(parts=parts, folder=folder).run(observers=observers, grade_all=grade_all)
    return Run(folder.path)


@contextmanager
def new_session(config: SearchConfig) -> Iterator[Session]:
    """A session of a new run; its sandbox is closed at the end.

    Raises:
        ScaffoldError, CompetitionError, SandboxError: something in the settings cannot be had.
    """
    with open_parts(config) as parts:
        yield Session(parts=parts, folder=_create_folder(parts, config.runs_dir, dump(config)))


@contextmanager
def resumed_session(folder: RunFolder, config: SearchConfig) -> Iterator[Session]:
    """A further session of a run, whose config.yaml then holds these settings.

    Raises:
        SearchError: the run cannot be read. Else as `new_session` does.
    """
    _require_same_task(folder, config)
    with folder.locked():  # says that the run is in use before anything is opened
        pass
    with open_parts(config) as parts:
        yield Session(parts=parts, folder=folder, settings=dump(config))


def finished_reason(
    folder: RunFolder, config: SearchConfig, *, grade_all: bool = False, finish: bool = False
) -> StopReason | None:
    """Why nothing is owed to a run: what its search stopped at. None where something is.

    Raises:
        SearchError: the run cannot be read.
        ScaffoldError, CompetitionError: the settings are about another competition, or none.
    """
    _require_same_task(folder, config)
    replay = Replay.of(folder.journal_path)
    finished = replay.finished
    if finished is None or (finished.best is not None and not folder.best_dir.is_dir()):
        return None
    if grade_all and replay.ungraded():
        return None
    reason = budget_of(config.budget).stop_reason(replay.spend)
    return StopReason.FINISHED if reason is None and finish else reason


@dataclass(frozen=True, slots=True, kw_only=True)
class Session:
    """One process's work on a run: search what is owed, then conclude. `settings` becomes its
    config.yaml, where it is not None."""

    parts: SearchParts
    folder: RunFolder
    settings: str | None = None

    def run(
        self, *, observers: Sequence[Observer] = (), grade_all: bool = False, finish: bool = False
    ) -> StopReason:
        """Searches until the budget ends and concludes; returns why the search stopped.

        A search that was interrupted, or whose infrastructure failed, is left to be resumed.
        `finish` concludes with what there is, without further steps.

        Raises:
            SearchError: the run is in use, or the journal cannot be written.
            ScaffoldError: the user must change something.
        """
        try:
            with self.folder.locked(), Journal.resume(self.folder.journal_path) as journal:
                self.folder.sweep()
                if self.settings is not None:
                    replace_text(self.folder.config_path, self.settings)
                reason = self._work(journal, observers, grade_all, finish)
        except RunInUseError:
            raise
        except Exception:
            with suppress(SearchError):  # the error under way says more
                artifacts.refresh(self.folder)
            raise
        artifacts.refresh(self.folder)
        return reason

    def _work(
        self, journal: Journal, observers: Sequence[Observer], grade_all: bool, finish: bool
    ) -> StopReason:
        if finish:
            reason = StopReason.FINISHED
            journal.append(SearchEnded(at=time.time(), reason=reason.value))
        else:
            reason = self._search(journal, observers)
        if reason in CONCLUDED_LATER:
            return reason
        try:
            self._conclude(journal, observers, grade_all)
        except KeyboardInterrupt:
            with interrupts_held_back():
                self.parts.cancel()  # a refit may run
            return StopReason.INTERRUPTED
        return reason

    def watched(self) -> WatchedRun:
        """What a view of this session must know before the first event."""
        parts, replay = self.parts, Replay.of(self.folder.journal_path)
        return WatchedRun(
            title=parts.task.id,
            policy=parts.policy_name,
            model=parts.model.name,
            metric_name=parts.task.metric_name,
            budget=parts.budget,
            started_at=time.time(),
            nodes=replay.nodes,
            spent_seconds=replay.seconds,
        )

    def _search(self, journal: Journal, observers: Sequence[Observer]) -> StopReason:
        parts = self.parts
        replay = Replay.of(self.folder.journal_path)
        plan = SearchPlan(
            policy=parts.policy,
            operator=PromptOperator(task=parts.task, model=parts.model, sizes=parts.sizes),
            evaluator=parts.task,
            budget=parts.budget,
            seed=parts.seed,
            num_workers=parts.num_workers,
            deterministic=parts.deterministic,
            language=parts.task.language,
            observers=observers,
            cancel=parts.cancel,
            retry_seconds=parts.retry_seconds,
            changed=self._changed(),
        )
        recorded = Recorded(nodes=replay.nodes, seconds=replay.seconds)
        return Runner(plan, self.folder, journal, recorded).run()

    def _changed(self) -> dict[str, str]:
        """What is no longer as the journal's header says."""
        before, now = read_info(self.folder.journal_path), _info(self.parts, self.folder)
        names = ("policy", "model", "sandbox", "seed")
        return {
            name: str(getattr(now, name))
            for name in names
            if getattr(now, name) != getattr(before, name)
        }

    def _conclude(self, journal: Journal, observers: Sequence[Observer], grade_all: bool) -> None:
        replay = Replay.of(self.folder.journal_path)
        if not isinstance(self.parts.task, CompetitionTask):
            best = replay.tree().best
            summary = {"node": str(best.id)} if best else {}
            journal.append(
                RunFinished(at=time.time(), best=best.id if best else None, summary=summary)
            )
            return
        conclusion = Conclusion(
            folder=self.folder,
            journal=journal,
            tree=replay.tree(),
            replay=replay,
            task=self.parts.task,
            observers=observers,
            num_workers=self.parts.num_workers,
            retry_seconds=self.parts.retry_seconds,
        )
        conclusion.conclude(grade_all=grade_all)


def _require_same_task(folder: RunFolder, config: SearchConfig) -> None:
    task_id = read_info(folder.journal_path).task
    now = find_competition(config).spec.id
    if now != task_id:
        raise ScaffoldError(
            f"run {folder.run_id} is about {task_id}, not about {now}",
            hint=f"`exitree search {now}` begins a run of its own",
        )


def _create_folder(parts: SearchParts, runs_dir: Path, settings: str | None = None) -> RunFolder:
    """A new run folder; its journal's header, written last, makes it a run."""
    label = re.sub(r"[^\w.-]+", "-", f"{parts.task.id}-{parts.policy_name}")
    folder = RunFolder.create(runs_dir, label)
    if settings is not None:
        replace_text(folder.config_path, settings)
    Journal.create(folder.journal_path, _info(parts, folder)).close()
    return folder


def _info(parts: SearchParts, folder: RunFolder) -> RunInfo:
    return RunInfo(
        run_id=folder.run_id,
        created_at=time.time(),
        task=parts.task.id,
        policy=parts.policy_name,
        model=parts.model.name,
        sandbox=parts.sandbox_name,
        seed=parts.seed,
        metric_name=parts.task.metric_name,
        direction=parts.task.direction,
    )
