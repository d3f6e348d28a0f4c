"""From settings to the parts of a search, opened and ready to use."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

from scaffold.competition_task import CompetitionTask
from scaffold.config import BudgetConfig, SearchConfig
from scaffold.errors import ScaffoldError
from scaffold.models.base import Model
from scaffold.models.registry import create_model
from scaffold.operators import PromptSizes
from scaffold.policies import create_policy
from scaffold.sandboxes import create_sandbox, installed_libraries
from scaffold.task import Task
from search.budget import Budget
from search.interrupts import interrupts_held_back
from search.protocols import Policy
from search.steps import RETRY_SECONDS

if TYPE_CHECKING:
    from competitions.competition import Competition


@dataclass(frozen=True, slots=True, kw_only=True)
class SearchParts:
    """Everything a search is made of, ready to use. Policy and sandbox have names for people, who
    should see `notice` first; `cancel` makes running evaluations return soon; `retry_seconds` are
    the waits before a step or refit is tried again when our infrastructure failed."""

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
    retry_seconds: tuple[float, ...] = RETRY_SECONDS


@contextmanager
def open_parts(config: SearchConfig) -> Iterator[SearchParts]:
    """Opens what the settings name, and closes it at the end.

    Raises:
        ScaffoldError, CompetitionError, SandboxError: something in the settings cannot be had.
    """
    competition = find_competition(config)
    model, policy = create_model(config.model), create_policy(config.policy)
    prepared = competition.prepare(config.data_dir)
    limits = config.sandbox.limits.to_limits()
    sandbox = create_sandbox(config.sandbox, config.workers)

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
            budget=budget_of(config.budget),
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
        with interrupts_held_back():  # nothing of ours is left, whatever is pressed meanwhile
            cancel()


def find_competition(config: SearchConfig) -> Competition:
    """The competition that the settings name: by its id, or by a path to its folder.

    Raises:
        ScaffoldError, CompetitionError: none is named, it does not exist, or it is broken.
    """
    from competitions.competition import Competition
    from competitions.micro.names import PREFIX
    from competitions.registry import find

    name = config.competition
    if not name:
        raise ScaffoldError(
            "no competition is given", hint="`exitree competitions list` shows what there is"
        )
    if os.sep in name and not name.startswith(PREFIX) and Path(name).is_dir():
        return Competition.load(Path(name))
    return find(name, config.competitions_dirs)


def budget_of(config: BudgetConfig) -> Budget:
    return Budget(
        num_steps=config.steps,
        seconds=None if config.hours is None else config.hours * 3600,
        num_tokens=config.max_tokens,
        usd=config.max_usd,
    )
