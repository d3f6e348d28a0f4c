"""What config.yaml says, read once and checked: the rules of one competition.

The file has MLE-bench's shape (id, name, description, dataset, grader, preparer); the keys that are
ours (metric, higher_is_better, id_column, submission, nested, score_range, generator) are optional,
so an MLE-bench folder parses as it is. Paths in `dataset` are `<id>/prepared/private/x.csv` or,
shorter, `private/x.csv`; functions are `module:function` with the module a file of the folder.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from pathlib import Path, PurePosixPath
from types import MappingProxyType
from typing import Any

import yaml
from pydantic import BaseModel, ConfigDict, Field, ValidationError, field_validator, model_validator

from competitions.errors import CompetitionError

CONFIG_NAME = "config.yaml"


class ColumnKind(StrEnum):
    """What a cell of a submission column may hold."""

    PROBABILITY = "probability"  # a finite number in [0, 1]
    NUMBER = "number"  # a finite number
    INTEGER = "integer"  # a whole number
    CLASS = "class"  # one of the rule's labels
    TEXT = "text"  # anything


@dataclass(frozen=True, slots=True, kw_only=True)
class ColumnRule:
    """The rule for one submission column. Bounds are inclusive; `labels` are as written in csv."""

    kind: ColumnKind
    minimum: float | None = None
    maximum: float | None = None
    labels: tuple[str, ...] = ()

    def describe(self) -> str:
        """The rule in words, for a person or a prompt."""
        if self.labels:
            return f"one of {', '.join(self.labels)}"
        bounds = [
            f"{word} {bound:g}"
            for word, bound in (("from", self.minimum), ("to", self.maximum))
            if bound is not None
        ]
        return " ".join([self.kind.value, *bounds])


@dataclass(frozen=True, slots=True, kw_only=True)
class ScoreRange:
    """Scores that stand for quality 0 and 1 where there is no leaderboard."""

    worst: float
    best: float


@dataclass(frozen=True, slots=True, kw_only=True)
class NestedRules:
    """How the nested answers are divided: `selection_fraction` of the rows, `stratify`d by a
    column of the answers, hidden from the search."""

    selection_fraction: float = 0.5
    stratify: str | None = None
    seed: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class CompetitionSpec:
    """The rules of a competition. `description` is the text the competitor reads; `answers` and
    `sample_submission` are relative to the prepared folder; `id_column` None means the first
    column of the sample submission; columns without a rule are judged by the sample's values."""

    id: str
    name: str
    description: str
    metric: str
    higher_is_better: bool | None  # None: read off the leaderboard (`Competition.load` fills it)
    answers: PurePosixPath
    sample_submission: PurePosixPath
    grade_fn: str
    preparer: str
    generator: str | None = None
    id_column: str | None = None
    columns: Mapping[str, ColumnRule] = field(default_factory=lambda: MappingProxyType({}))
    rows_sum_to_one: bool = False
    nested: NestedRules = field(default_factory=NestedRules)
    score_range: ScoreRange | None = None

    @classmethod
    def load(cls, directory: Path) -> CompetitionSpec:
        """Reads `config.yaml` and the description beside it.

        Raises:
            CompetitionError: a file is missing, is not YAML, or a key is wrong (named).
        """
        path = directory / CONFIG_NAME
        config = _parse(path, _read(path))
        description = directory / PurePosixPath(config.description).name
        return config.to_spec(_read(description))


class _Strict(BaseModel):
    """Our own blocks: a misspelt key is an error. (MLE-bench's top level has keys we ignore.)"""

    model_config = ConfigDict(extra="forbid", frozen=True)


class _ColumnBlock(_Strict):
    kind: ColumnKind
    min: float | None = None
    max: float | None = None
    labels: list[str | int] = []

    @model_validator(mode="after")
    def _labels_belong_to_classes(self) -> _ColumnBlock:
        if (self.kind is ColumnKind.CLASS) != bool(self.labels):
            raise ValueError("`labels` goes with kind `class`, and only with it")
        return self

    def to_rule(self) -> ColumnRule:
        unit = self.kind is ColumnKind.PROBABILITY
        return ColumnRule(
            kind=self.kind,
            minimum=0.0 if unit and self.min is None else self.min,
            maximum=1.0 if unit and self.max is None else self.max,
            labels=tuple(str(label) for label in self.labels),
        )


class _SubmissionBlock(_Strict):
    columns: dict[str, _ColumnBlock] = {}
    rows_sum_to_one: bool = False


class _NestedBlock(_Strict):
    selection_fraction: float = Field(default=0.5, gt=0, lt=1)
    stratify: str | None = None
    seed: int = 0


class _RangeBlock(_Strict):
    worst: float
    best: float

    @model_validator(mode="after")
    def _not_empty(self) -> _RangeBlock:
        if self.worst == self.best:
            raise ValueError("worst and best must differ")
        return self


class _DatasetBlock(BaseModel):
    answers: str
    sample_submission: str


class _GraderBlock(BaseModel):
    grade_fn: str
    name: str | None = None


class _Config(BaseModel):
    """config.yaml. Unknown top-level keys (competition_type, prizes, ...) are MLE-bench's."""

    id: str = Field(pattern=r"^[A-Za-z0-9][A-Za-z0-9._-]*$", max_length=100)
    name: str
    description: str = "description.md"
    dataset: _DatasetBlock
    grader: _GraderBlock
    preparer: str
    generator: str | None = None
    metric: str | None = None
    higher_is_better: bool | None = None
    id_column: str | None = None
    submission: _SubmissionBlock = _SubmissionBlock()
    nested: _NestedBlock = _NestedBlock()
    score_range: _RangeBlock | None = None

    @field_validator("preparer", "generator")
    @classmethod
    def _names_a_function(cls, value: str | None) -> str | None:
        if value is not None and value.count(":") != 1:
            raise ValueError(f"{value!r} is not `module:function`")
        return value

    def to_spec(self, description: str) -> CompetitionSpec:
        rules = {name: block.to_rule() for name, block in self.submission.columns.items()}
        return CompetitionSpec(
            id=self.id,
            name=self.name,
            description=description,
            metric=self.metric or self.grader.name or "score",
            higher_is_better=self.higher_is_better,
            answers=_below_prepared(self.dataset.answers, self.id),
            sample_submission=_below_prepared(self.dataset.sample_submission, self.id),
            grade_fn=self.grader.grade_fn,
            preparer=self.preparer,
            generator=self.generator,
            id_column=self.id_column,
            columns=MappingProxyType(rules),
            rows_sum_to_one=self.submission.rows_sum_to_one,
            nested=NestedRules(**self.nested.model_dump()),
            score_range=ScoreRange(**self.score_range.model_dump()) if self.score_range else None,
        )


def _below_prepared(path: str, competition_id: str) -> PurePosixPath:
    """`<id>/prepared/private/x.csv` and `private/x.csv` are the same place."""
    parts = PurePosixPath(path).parts
    if parts[:2] == (competition_id, "prepared"):
        parts = parts[2:]
    if not parts or parts[0] not in ("public", "private") or ".." in parts:
        raise CompetitionError(
            f"{CONFIG_NAME} of {competition_id}: `{path}` is not in public or private",
            hint=f"write it as `{competition_id}/prepared/private/answers.csv`",
        )
    return PurePosixPath(*parts)


def _read(path: Path) -> str:
    try:
        return path.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise CompetitionError(
            f"cannot read {path}: {error}", hint="docs/competitions.md shows a complete folder"
        ) from error


def _parse(path: Path, text: str) -> _Config:
    hint = "docs/competitions.md lists every key"
    try:
        data: Any = yaml.safe_load(text)
        return _Config.model_validate(data)
    except yaml.YAMLError as error:
        fault = " ".join(str(error).split())
        raise CompetitionError(f"{path} is not YAML: {fault}", hint=hint) from error
    except ValidationError as error:
        first = error.errors()[0]
        key = ".".join(str(part) for part in first["loc"]) or "the file"
        raise CompetitionError(f"{path}: {key}: {first['msg']}", hint=hint) from error
