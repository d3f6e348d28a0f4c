"""Divides the nested answers by row: some guide the search, some choose the final solution.

`rows.csv` in nested/private records it: one line an id, in the order of the answers, `split` being
`search` or `selection`. Rows that share an id stay together. Seeded, and stratified where the
answer is a class, so both halves see every class alike.
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from competitions.errors import CompetitionError
from competitions.outcome import Split

if TYPE_CHECKING:
    from competitions.spec import CompetitionSpec

ROWS_NAME = "rows.csv"


def divide_rows(spec: CompetitionSpec, nested: Path, rows_path: Path) -> None:
    """Writes `rows_path` for the answers below `nested`.

    Raises:
        CompetitionError: the answers have no id column or lack the stratify column, or one of the
            two row sets would be empty.
    """
    import pandas as pd

    answers = pd.read_csv(nested / spec.answers, dtype=str, keep_default_na=False)
    id_column = id_column_of(spec, nested)
    for column in filter(None, (id_column, spec.nested.stratify)):
        if column not in answers.columns:
            raise CompetitionError(
                f"{spec.id}: {spec.answers} has no column `{column}`",
                hint="correct `id_column` or `nested.stratify` in config.yaml",
            )
    ids = answers[id_column].drop_duplicates()
    strata = answers.loc[ids.index, spec.nested.stratify] if spec.nested.stratify else None
    chosen = selection_mask(
        len(ids),
        spec.nested.selection_fraction,
        seed=spec.nested.seed,
        strata=None if strata is None else list(strata),
    )
    if chosen.all() or not chosen.any():
        raise CompetitionError(
            f"{spec.id}: {len(ids)} nested rows cannot be divided in two",
            hint="more raw rows, or another `nested.selection_fraction`",
        )
    split = [Split.SELECTION.value if taken else Split.SEARCH.value for taken in chosen]
    pd.DataFrame({"id": ids.array, "split": split}).to_csv(rows_path, index=False)


def id_column_of(spec: CompetitionSpec, part: Path) -> str:
    """The configured id column, else the first of the sample submission below `part`."""
    if spec.id_column is not None:
        return spec.id_column
    import pandas as pd

    header = pd.read_csv(part / spec.sample_submission, nrows=0)
    return str(header.columns[0])


def selection_mask(
    num_rows: int, fraction: float, *, seed: int, strata: Sequence[str] | None = None
) -> Any:
    """Boolean array, True for the selection: `fraction` of every stratum, to within one row.

    Rows are shuffled, then ordered by stratum; taking every step at which `fraction` times the
    position passes a whole number gives each stratum its share, however small it is.
    """
    import numpy as np

    order = np.random.default_rng(seed).permutation(num_rows)
    if strata is not None:
        _, codes = np.unique(np.asarray(strata), return_inverse=True)
        order = order[np.argsort(codes[order], kind="stable")]
    steps = np.floor(np.arange(1, num_rows + 1) * fraction + 0.5)
    mask = np.zeros(num_rows, dtype=bool)
    mask[order] = np.diff(steps, prepend=0.0) > 0
    return mask
