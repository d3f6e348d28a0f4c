"""The wiring of one run: from settings, or from parts, to a concluded run folder.

`run_search` is the library's entry (a task, a model, a policy, a budget); `new_session` and
`resumed_session` are the command line's (settings). All end in `Session.run`.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

from scaffold import artifacts
from scaffold.competition_task import CompetitionTask
from scaffold.conclusion import Conclusion
from scaffold.config import BudgetConfig, SearchConfig, dump
from scaffold.errors import ScaffoldError
from scaffold.models.base import Model
from scaffold.models.registry import create_model
from scaffold.operators import PromptOperator, PromptSizes
from scaffold.policies import create_policy
from scaffold.run import Run
from scaffold.sandboxes import create_sandbox, installed_libraries
from scaffold.task import Task
from search.budget import Budget, StopReason
from search.durable import replace_text
from search.entries import RunFinished, RunInfo, SearchEnded
from search.journal import Journal
from search.protocols import Observer, Policy
from search.replay import Replay
from search.run_folder import RunFolder
from search.runner import Recorded, Runner, SearchPlan
from search.views.progress import WatchedRun

CONCLUDED_LATER = {StopReason.INTERRUPTED, StopReason.INFRASTRUCTURE}


@dataclass(frozen=True, slots=True, kw_only=True)
class SearchParts:
    """Everything a search is made of, ready to use. Policy and sandbox have names for people, who
    should see `notice` first; `cancel` makes running evaluations return soon."""

    task: Task
    model: Model
    policy: Policy
    budget: Budget
    policy_name: str = "custom"
    sandbox_name: str = "custom"
    notice: str = ""
    seed: int = 0
    num_workers: int = 1
    deterministic: bool = False
    sizes: PromptSizes = field(default_factory=PromptSizes)
    cancel: Callable[[], None] = lambda: None


def run_search(
    task: Task,
    model: Model,
    policy: Policy,
    budget: Budget,
    *,
    runs_dir: Path = Path("runs"),
    seed: int = 0,
    num_workers: int = 1,
    deterministic: bool = False,
    observers: Sequence[Observer] = (),
    grade_all: bool = False,
) -> Run:
    """Searches and concludes; the library's main function.

    Raises:
        SearchError: the run folder cannot be made or written; what was recorded stays.
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
    )
    session = Session(parts=parts, folder=_create_folder(parts, runs_dir))
    session.run(observers=observers, grade_all=grade_all)
    return Run(session.folder.path)


@contextmanager
def new_session(config: SearchConfig) -> Iterator[Session]:
    """A session of a new run; its sandbox is closed at the end.

    Raises:
        ScaffoldError, CompetitionError, SandboxError: something in the settings cannot be had.
    """
    with _parts(config) as parts:
        folder = _create_folder(parts, config.runs_dir)
        replace_text(folder.config_path, dump(config))
        yield Session(parts=parts, folder=folder)


@contextmanager
def resumed_session(folder: RunFolder, config: SearchConfig) -> Iterator[Session]:
    """A further session of a run. Raises as `new_session` does."""
    with _parts(config) as parts:
        yield Session(parts=parts, folder=folder)


@dataclass(frozen=True, slots=True, kw_only=True)
class Session:
    """One process's work on a run: search what is owed, then conclude."""

    parts: SearchParts
    folder: RunFolder

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
        with self.folder.locked(), Journal.resume(self.folder.journal_path) as journal:
            if finish:
                reason = StopReason.FINISHED
                journal.append(SearchEnded(at=time.time(), reason=reason.value))
            else:
                reason = self._search(journal, observers)
            if reason not in CONCLUDED_LATER:
                self._conclude(journal, observers, grade_all)
        artifacts.refresh(self.folder)
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
        )
        recorded = Recorded(nodes=replay.nodes, seconds=replay.seconds)
        return Runner(plan, self.folder, journal, recorded).run()

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
        )
        finished = conclusion.conclude(grade_all=grade_all)
        if finished.best is not None:
            artifacts.write_best(self.folder, finished, conclusion.refit_dir(finished.best))


@contextmanager
def _parts(config: SearchConfig) -> Iterator[SearchParts]:

    from competitions.registry import find

    if not config.competition:
        raise ScaffoldError(
            "no competition is given", hint="`exitree competitions list` shows what there is"
        )
    competition = find(config.competition, config.competitions_dirs)
    model, policy = create_model(config.model), create_policy(config.policy)
    prepared = competition.prepare(config.data_dir)
    sandbox = create_sandbox(config.sandbox, config.workers)
    limits = config.sandbox.limits.to_limits()

    def cancel() -> None:
        model.close()
        sandbox.close()

    try:
        task = CompetitionTask(
            prepared=prepared,
            sandbox=sandbox,
            limits=limits,
            libraries=installed_libraries(sandbox, prepared.nested_public, limits),
        )
        yield SearchParts(
            task=task,
            model=model,
            policy=policy,
            budget=_budget(config.budget),
            policy_name=config.policy.name,
            sandbox_name=sandbox.name,
            notice=sandbox.notice,
            seed=config.seed,
            num_workers=config.workers,
            deterministic=config.deterministic,
            sizes=PromptSizes(**config.operators.model_dump()),
            cancel=cancel,
        )
    finally:
        cancel()


def _budget(config: BudgetConfig) -> Budget:
    return Budget(
        num_steps=config.steps,
        seconds=None if config.hours is None else config.hours * 3600,
        num_tokens=config.max_tokens,
        usd=config.max_usd,
    )


def _create_folder(parts: SearchParts, runs_dir: Path) -> RunFolder:
    """A new run folder with the journal's header in it."""
    folder = RunFolder.create(runs_dir, f"{parts.task.id}-{parts.policy_name}".replace("/", "-"))
    info = RunInfo(
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
    Journal.create(folder.journal_path, info).close()
    return folder
