"""The recipe model's view of a competition: everything a recipe and its script depend on."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum

from scaffold.recipe.objective import Objective
from scaffold.recipe.recipe import is_droppable

MIN_TEXT_LENGTH = 25  # characters on average: longer strings are read as language


class Kind(StrEnum):
    TABULAR = "tabular"
    IMAGES = "images"
    TEXT = "text"
    SERIES = "series"


@dataclass(frozen=True, slots=True, kw_only=True)
class Column:
    """A row of the preview's table. `notes` is its last cell: extremes and examples."""

    name: str
    dtype: str
    num_missing: int
    num_unique: int
    notes: str

    def number(self, name: str) -> float | None:
        found = re.search(rf"\b{name} (-?[\d.]+(?:e[-+]?\d+)?)", self.notes)
        return float(found[1]) if found else None

    def date(self, name: str) -> datetime | None:
        found = re.search(rf"\b{name} (\d{{4}}-\d\d(?:-\d\d(?:[T ][\d:]+)?)?)", self.notes)
        text = found[1] if found else ""
        return datetime.fromisoformat(text + "-01" * (len(text) == 7)) if found else None

    @property
    def is_number(self) -> bool:
        return self.dtype in {"integer", "float", "boolean"}

    @property
    def is_language(self) -> bool:
        return self.dtype == "text" and (self.number("length") or 0) >= MIN_TEXT_LENGTH


@dataclass(frozen=True, slots=True, kw_only=True)
class Table:
    num_rows: int
    columns: tuple[Column, ...]
    num_elided: int = 0

    def __contains__(self, name: str) -> bool:
        return any(column.name == name for column in self.columns)

    def get(self, name: str) -> Column | None:
        return next((column for column in self.columns if column.name == name), None)


@dataclass(frozen=True, slots=True, kw_only=True)
class Pictures:
    """Where the images are and how large they will be read."""

    column: str
    folder: str  # what stands between input/ and the cell: empty, or a folder with its slash
    width: int
    height: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Problem:
    """Everything a recipe and its script depend on."""

    kind: Kind
    objective: Objective
    metric: str
    id_column: str | None
    targets: tuple[str, ...]
    submission_columns: tuple[str, ...]
    classes: tuple[str, ...] = ()
    smallest_class: int = 0
    target: Column | None = None
    features: tuple[Column, ...] = ()
    has_elided_columns: bool = False
    num_train: int = 0
    num_test: int = 0
    language: tuple[str, ...] = ()  # columns of free text
    dates: tuple[str, ...] = ()
    series: tuple[str, ...] = ()  # columns that name a time series
    season: int = 7  # rows of one series in its natural cycle
    step: str = "D"  # pandas' name of the time between two rows
    pictures: Pictures | None = None
    libraries: frozenset[str] = field(default_factory=frozenset)
    max_seconds: float = 600.0

    @property
    def inputs(self) -> tuple[Column, ...]:
        """The columns used as plain numbers and categories."""
        apart = {*self.language, *self.dates, *self.series}
        apart |= {self.pictures.column} if self.pictures else set()
        return tuple(column for column in self.features if column.name not in apart)

    @property
    def numbers(self) -> tuple[Column, ...]:
        return tuple(column for column in self.inputs if column.is_number)

    @property
    def categories(self) -> tuple[Column, ...]:
        return tuple(column for column in self.inputs if not column.is_number)

    @property
    def useless(self) -> tuple[str, ...]:
        """Columns no person would use: constants, and names or codes that are new in every row."""
        codes = (c for c in self.categories if c.num_unique > 0.8 * max(self.num_train, 1))
        constants = (c for c in self.inputs if c.num_unique <= 1)
        return tuple(c.name for c in (*codes, *constants) if is_droppable(c.name))

    @property
    def class_prefix(self) -> str | None:
        """What stands before the class in the submission's columns; None when it is not known."""
        for column in self.submission_columns:
            for label in self.classes:
                prefix = column.removesuffix(label)
                if prefix != column and all(
                    prefix + other in self.submission_columns for other in self.classes
                ):
                    return prefix
        return None
