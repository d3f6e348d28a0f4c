"""The settings of a search, each documented at its field and nowhere else.

Help texts, docs/configuration.md, validation and `--dry-run` all read the fields below. Keys and
passwords are no settings: they come from the environment and never enter a file of a run.
Where values come from (flags, files, environment) is `scaffold.config_sources`.
"""

from __future__ import annotations

import os
from pathlib import Path
from typing import Annotated, Any, Self
from urllib.parse import urlsplit

import yaml
from pydantic import (
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    PositiveFloat,
    PositiveInt,
    field_validator,
    model_validator,
)

from sandbox.contract import Limits
from search.node import Usage

DEFAULT_STEPS = 40


def _expand(value: object) -> object:
    """`~` is the home folder, wherever a path is given."""
    return Path(value).expanduser() if isinstance(value, (str, Path)) else value


def _split(value: object) -> object:
    """One string holds several paths as in PATH, for the environment variable's sake."""
    return [part for part in value.split(os.pathsep) if part] if isinstance(value, str) else value


UserPath = Annotated[Path, BeforeValidator(_expand)]
UserPaths = Annotated[tuple[UserPath, ...], BeforeValidator(_split)]


class Section(BaseModel):
    """What all groups of settings have in common: no unknown keys, no change after validation."""

    model_config = ConfigDict(
        extra="forbid",
        frozen=True,
        allow_inf_nan=False,
        coerce_numbers_to_str=True,
        validate_default=True,
    )


class TokenPrice(Section):
    """US dollars per million tokens."""

    input: float = Field(ge=0, description="Prompt tokens.")
    output: float = Field(ge=0, description="Completion tokens, reasoning included.")
    cached_input: float | None = Field(
        default=None,
        ge=0,
        description="Prompt tokens read from the provider's cache; null: as `input`.",
    )

    def cost_usd(self, usage: Usage, *, num_cached: int = 0) -> float:
        """The price of a call of which `num_cached` prompt tokens came from the cache."""
        cached = self.input if self.cached_input is None else self.cached_input
        prompt = (usage.prompt_tokens - num_cached) * self.input + num_cached * cached
        return (prompt + usage.completion_tokens * self.output) / 1_000_000


class ModelConfig(Section):
    """The language model that writes the solutions."""

    name: str = Field(
        default="recipe",
        min_length=1,
        description="`recipe` (embedded), `openai/NAME`, `scripted/PATH` or "
        "`package.module:Object`.",
    )
    base_url: str | None = Field(
        default=None,
        description="OpenAI-compatible endpoint; null: `OPENAI_BASE_URL`, else OpenAI's. "
        "The key is read from `OPENAI_API_KEY` alone.",
    )
    temperature: float | None = Field(
        default=None, ge=0, le=2, description="Sampling temperature; null: the provider's default."
    )
    max_tokens: PositiveInt | None = Field(
        default=None, description="Longest answer, in tokens; null: the provider's default."
    )
    timeout_seconds: PositiveFloat = Field(
        default=300.0, description="Longest silence of the provider before a call counts as failed."
    )
    max_retries: int = Field(
        default=6,
        ge=0,
        description="Further tries of a call after 429, 5xx, time-outs and lost connections.",
    )
    prices: dict[str, TokenPrice] = Field(
        default={},
        description="Price by model NAME, in USD per million tokens: "
        "`{NAME: {input: 1, output: 2, cached_input: 0.1}}`. A model without one costs `unknown`.",
    )

    @property
    def argument(self) -> str:
        """What stands after the first slash of the name: the NAME of `openai/NAME`."""
        return self.name.partition("/")[2]

    @field_validator("base_url")
    @classmethod
    def _is_plain_url(cls, url: str | None) -> str | None:
        if url is None:
            return None
        parts = urlsplit(url)
        if parts.scheme not in {"http", "https"} or not parts.hostname:
            raise ValueError("should be a URL such as http://localhost:8000/v1")
        if parts.username or parts.password:
            raise ValueError("should hold no user or password: settings are written to files")
        return url


class PolicyConfig(Section):
    """Which node to expand next, and how."""

    name: str = Field(
        default="greedy",
        min_length=1,
        description="`greedy`, `chain`, `best_of_n`, ... or `package.module:Object`.",
    )
    options: dict[str, Any] = Field(
        default={}, description="Arguments of the policy, by its own names (see docs/concepts.md)."
    )


class OperatorsConfig(Section):
    """What the model is shown. Tokens are estimated at four characters each."""

    max_prompt_tokens: int = Field(
        default=24_000, ge=1_000, description="Longest prompt; earlier solutions are cut to fit."
    )
    memory_tokens: int = Field(
        default=1_500,
        ge=0,
        description="Longest list of earlier attempts (the best and newest are kept).",
    )
    output_tokens: int = Field(
        default=1_000,
        ge=0,
        description="Longest program output shown of an earlier solution (head, tail).",
    )


class BudgetConfig(Section):
    """Limits of a run: the first one reached ends it."""

    steps: PositiveInt | None = Field(
        default=None,
        description=f"Steps; null: no limit where another limit is set, else {DEFAULT_STEPS}.",
    )
    hours: PositiveFloat | None = Field(default=None, description="Wall-clock time.")
    max_usd: PositiveFloat | None = Field(
        default=None, description="Money spent on the model; needs its price in `model.prices`."
    )
    max_tokens: PositiveInt | None = Field(
        default=None, description="Tokens, prompts and answers together."
    )

    @model_validator(mode="after")
    def _has_a_limit(self) -> Self:
        if (self.steps, self.hours, self.max_usd, self.max_tokens) == (None, None, None, None):
            object.__setattr__(self, "steps", DEFAULT_STEPS)  # frozen for everybody else
        return self


class LimitsConfig(Section):
    """What one script may use; reaching a limit ends the script, never the search."""

    timeout_seconds: PositiveFloat = Field(default=300.0, description="Wall-clock time.")
    memory_mb: PositiveInt = Field(
        default=4096, description="Memory of all its processes, scratch included."
    )
    cpus: PositiveFloat = Field(
        default=1.0, description="Cores; also the threads its libraries are told."
    )
    pids: PositiveInt = Field(default=128, description="Processes and threads.")
    output_bytes: PositiveInt = Field(default=64_000, description="Output kept: head and tail.")
    file_mb: PositiveInt = Field(default=512, description="One file.")
    scratch_mb: PositiveInt = Field(default=1024, description="Everything it writes.")
    gpus: int = Field(default=0, ge=0, description="GPUs.")

    def to_limits(self) -> Limits:
        return Limits(**self.model_dump())


class SandboxConfig(Section):
    """Where the model's scripts run."""

    kind: str = Field(
        default="auto",
        min_length=1,
        description="`auto` (Docker where it answers, else process), `docker`, `process` or "
        "`package.module:Object`. docs/security.md says what each protects against.",
    )
    image: str | None = Field(
        default=None,
        description="Container image; null: the one that `exitree sandbox build` makes.",
    )
    warm: bool = Field(
        default=True,
        description="Keep an interpreter with the libraries loaded, forked for each script.",
    )
    limits: LimitsConfig = Field(default=LimitsConfig(), description=LimitsConfig.__doc__)


class SearchConfig(Section):
    """Everything that decides what a search does. Passed back with `-c`, it is the same search."""

    competition: str = Field(default="", description="Competition to solve: an id or a folder.")
    seed: int = Field(
        default=0, ge=0, description="Same seed, same search (with the recipe model)."
    )
    workers: PositiveInt = Field(default=1, description="Steps carried out at the same time.")
    deterministic: bool = Field(
        default=False,
        description="With several workers, select step s on the nodes up to s - workers, whatever "
        "finished when: reproducible, but workers may wait.",
    )
    data_dir: UserPath = Field(
        default=Path("~/.exitree/data"), description="Prepared competition data."
    )
    competitions_dirs: UserPaths = Field(
        default=(),
        description="Further folders of competitions, beside the embedded ones and "
        "`~/.exitree/competitions`.",
    )
    runs_dir: UserPath = Field(default=Path("runs"), description="Where the run's folder is made.")
    model: ModelConfig = Field(default=ModelConfig(), description=ModelConfig.__doc__)
    policy: PolicyConfig = Field(default=PolicyConfig(), description=PolicyConfig.__doc__)
    operators: OperatorsConfig = Field(
        default=OperatorsConfig(), description=OperatorsConfig.__doc__
    )
    budget: BudgetConfig = Field(default=BudgetConfig(), description=BudgetConfig.__doc__)
    sandbox: SandboxConfig = Field(default=SandboxConfig(), description=SandboxConfig.__doc__)


def dump(config: SearchConfig) -> str:
    """All settings as YAML, for `config.yaml`; the text can be passed back with `-c`."""
    return yaml.safe_dump(config.model_dump(mode="json"), sort_keys=False, allow_unicode=True)
