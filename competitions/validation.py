"""The form a submission must have, and which row and column breaks it.

Built from the sample submission (columns, ids) and the spec's column rules. A valid submission
comes out as a typed table in the sample's row order, whatever order the file had.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from competitions.cells import parse_column
from competitions.errors import CompetitionError
from competitions.nesting import id_column_of
from competitions.spec import ColumnKind, ColumnRule, CompetitionSpec
from competitions.submission_file import Rejected, TextTable, read_table

MAX_BYTES_FLOOR = 16 * 2**20
MAX_TIMES_SAMPLE = 20
ROW_SUM_TOLERANCE = 1e-3
MAX_SHOWN = 40  # characters of the file's own text in a message


@dataclass(frozen=True, slots=True, kw_only=True)
class SubmissionForm:
    """What a submission to one public folder looks like. Immutable, so threads may share it.

    `positions` maps each id to its row of the sample; None when the sample repeats ids, and then
    rows are passed on in the file's order for the competition's grader to judge.
    """

    columns: list[str]
    id_column: str
    rules: dict[str, ColumnRule]
    rows_sum_to_one: bool
    ids: list[str]
    positions: dict[int | str, int] | None
    canonical: Callable[[str], int | str]
    max_bytes: int

    @classmethod
    def of(cls, spec: CompetitionSpec, part: Path) -> SubmissionForm:
        """Reads the sample submission below `part` (a folder with public and private).

        Raises:
            CompetitionError: the sample is no submission itself.
        """
        path = part / spec.sample_submission
        sample, id_column = _read_sample(path), id_column_of(spec, part)
        if id_column not in sample.header:
            raise CompetitionError(
                f"{path} has no column `{id_column}`", hint="correct `id_column` in config.yaml"
            )
        ids = sample.cells(id_column)
        canonical = canonical_id(ids)
        positions = {canonical(cell): row for row, cell in enumerate(ids)}
        return cls(
            columns=sample.header,
            id_column=id_column,
            rules={
                column: spec.columns.get(column) or inferred_rule(sample.cells(column))
                for column in sample.header
                if column != id_column
            },
            rows_sum_to_one=spec.rows_sum_to_one,
            ids=ids,
            positions=positions if len(positions) == len(ids) else None,
            canonical=canonical,
            max_bytes=max(MAX_BYTES_FLOOR, MAX_TIMES_SAMPLE * path.stat().st_size),
        )

    def read(self, path: Path) -> Any:
        """The submission as a DataFrame in the sample's row order.

        Raises:
            Rejected: with the first fault found: file, columns, ids, then cell by cell.
        """
        table = read_table(path, max_bytes=self.max_bytes)
        self._check_columns(table)
        order = self._row_order(table)
        data: dict[str, Any] = {self.id_column: [self.canonical(cell) for cell in self.ids]}
        if order is None:
            data[self.id_column] = [self.canonical(cell) for cell in table.cells(self.id_column)]
        values = {
            column: parse_column(table.cells(column), rule, column, table.lines)
            for column, rule in self.rules.items()
        }
        if self.rows_sum_to_one:
            self._check_sums(values, table.lines)
        for column, array in values.items():
            data[column] = array if order is None else array[order]
        return pd.DataFrame(data)[self.columns]

    def _check_columns(self, table: TextTable) -> None:
        if table.header == self.columns:
            return
        reason, column = self._wrong_column(table.header)
        wanted = ", ".join(self.columns)
        raise Rejected(f"{reason}; the columns are: {wanted}", row=1, column=column[:MAX_SHOWN])

    def _wrong_column(self, header: list[str]) -> tuple[str, str]:
        given, wanted = Counter(header), set(self.columns)
        pairs = zip(header, self.columns, strict=False)
        faults = {
            "the column is missing": (name for name in self.columns if name not in given),
            "the column appears twice": (name for name, count in given.items() if count > 1),
            "the column does not belong here": (name for name in header if name not in wanted),
            "the column is in the wrong place": (
                name for name, expected in pairs if name != expected
            ),
        }
        return next((reason, name) for reason, names in faults.items() for name in names)

    def _row_order(self, table: TextTable) -> Any:
        """For each sample row, where the file has it; None when ids repeat by design."""
        cells = table.cells(self.id_column)
        if not cells:
            raise Rejected("the file has a header and no rows")
        if self.positions is None:
            return None
        if cells == self.ids:
            return np.arange(len(cells))
        order = np.full(len(self.ids), -1, dtype=np.int64)
        for index, cell in enumerate(cells):
            position = self.positions.get(self.canonical(cell))
            if position is None:
                raise self._at(table, index, f"id {_short(cell)} is not in the test data")
            if order[position] >= 0:
                first = table.lines[order[position]]
                raise self._at(table, index, f"id {_short(cell)} was already given on line {first}")
            order[position] = index
        absent = np.flatnonzero(order < 0)
        if len(absent):
            example = self.ids[absent[0]]
            raise Rejected(
                f"{len(absent)} of {len(self.ids)} ids are missing, for example {example!r}",
                column=self.id_column,
            )
        return order

    def _at(self, table: TextTable, index: int, reason: str) -> Rejected:
        return Rejected(reason, row=table.lines[index], column=self.id_column)

    def _check_sums(self, values: dict[str, Any], lines: Sequence[int]) -> None:
        totals = np.sum([values[column] for column in self.rules], axis=0)
        off = np.flatnonzero(np.abs(totals - 1.0) > ROW_SUM_TOLERANCE)
        if len(off):
            total = totals[off[0]]
            raise Rejected(f"probabilities sum to {total:.6g}, not to 1", row=lines[off[0]])


def _read_sample(path: Path) -> TextTable:
    try:
        return read_table(path)
    except Rejected as rejected:
        raise CompetitionError(
            f"{path} is not a sample submission: {rejected}", hint="run `prepare` again with force"
        ) from rejected


def _short(cell: str) -> str:
    return repr(cell[:MAX_SHOWN])


def canonical_id(ids: Sequence[str]) -> Callable[[str], int | str]:
    """How ids are compared. Where all are whole numbers, `7`, `007` and `7.0` are one id."""

    def whole(cell: str) -> int | str:
        try:
            return int(cell)
        except ValueError:
            pass
        try:
            number = float(cell)
        except ValueError:
            return cell
        return int(number) if number.is_integer() else cell

    if all(isinstance(whole(cell), int) for cell in ids):
        return whole
    return str


def inferred_rule(cells: Sequence[str]) -> ColumnRule:
    """The rule for a column the spec is silent about: numbers stay numbers, the rest is text."""
    try:
        parse_column(cells, ColumnRule(kind=ColumnKind.NUMBER), "", range(len(cells)))
    except Rejected:
        return ColumnRule(kind=ColumnKind.TEXT)
    return ColumnRule(kind=ColumnKind.NUMBER)
