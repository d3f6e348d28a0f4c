"""From the text of a column's cells to a typed array, or the first cell that breaks the rule."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import numpy as np

from competitions.spec import ColumnKind, ColumnRule
from competitions.submission_file import Rejected

_SHOWN_CHARACTERS = 40
_SHOWN_LABELS = 12


def parse_column(cells: Sequence[str], rule: ColumnRule, column: str, lines: Sequence[int]) -> Any:
    """A numpy array of the column: float64, int64 (whole numbers, or labels that all are), object.

    Raises:
        Rejected: naming the line and the column of the first cell that breaks the rule.
    """
    try:
        return _PARSERS[rule.kind](cells, rule)
    except _BadCellError as fault:
        raise Rejected(fault.reason, row=lines[fault.index], column=column) from None


class _BadCellError(Exception):
    def __init__(self, index: int, reason: str) -> None:
        super().__init__(reason)
        self.index, self.reason = index, reason


def _numbers(cells: Sequence[str], rule: ColumnRule) -> Any:
    try:
        values = np.array([float(cell) for cell in cells], dtype=np.float64)
    except ValueError:
        index = next(index for index, cell in enumerate(cells) if not _is_number(cell))
        raise _BadCellError(index, _not_a_number(cells[index])) from None
    _refuse(~np.isfinite(values), cells, lambda cell: f"{cell} is not a finite number")
    if rule.minimum is not None:
        _refuse(values < rule.minimum, cells, lambda cell: f"{cell} is below {rule.minimum:g}")
    if rule.maximum is not None:
        _refuse(values > rule.maximum, cells, lambda cell: f"{cell} is above {rule.maximum:g}")
    return values


def _whole_numbers(cells: Sequence[str], rule: ColumnRule) -> Any:
    values = _numbers(cells, rule)
    _refuse(values != np.floor(values), cells, lambda cell: f"{cell} is not a whole number")
    return values.astype(np.int64)


def _labels(cells: Sequence[str], rule: ColumnRule) -> Any:
    known = {label: _typed(label) for label in rule.labels}
    numeric = all(isinstance(value, int) for value in known.values())
    if numeric:
        known |= {f"{label}.0": value for label, value in known.items()}  # a float column's csv
    shown = ", ".join(rule.labels[:_SHOWN_LABELS])
    more = ", ..." if len(rule.labels) > _SHOWN_LABELS else ""
    values = []
    for index, cell in enumerate(cells):
        if cell not in known:
            what = repr(cell[:_SHOWN_CHARACTERS]) if cell else "an empty cell"
            raise _BadCellError(index, f"{what} is not one of the labels {shown}{more}")
        values.append(known[cell])
    return np.array(values, dtype=np.int64 if numeric else object)


def _texts(cells: Sequence[str], rule: ColumnRule) -> Any:
    return np.array(cells, dtype=object)


_PARSERS: dict[ColumnKind, Callable[[Sequence[str], ColumnRule], Any]] = {
    ColumnKind.PROBABILITY: _numbers,
    ColumnKind.NUMBER: _numbers,
    ColumnKind.INTEGER: _whole_numbers,
    ColumnKind.CLASS: _labels,
    ColumnKind.TEXT: _texts,
}


def _refuse(bad: Any, cells: Sequence[str], reason: Callable[[str], str]) -> None:
    where = np.flatnonzero(bad)
    if len(where):
        index = int(where[0])
        raise _BadCellError(index, reason(cells[index][:_SHOWN_CHARACTERS]))


def _is_number(cell: str) -> bool:
    try:
        float(cell)
    except ValueError:
        return False
    return True


def _not_a_number(cell: str) -> str:
    if not cell.strip():
        return "the cell is empty, a number is needed"
    return f"{cell[:_SHOWN_CHARACTERS]!r} is not a number"


def _typed(label: str) -> int | str:
    return int(label) if label.lstrip("-").isdecimal() else label
