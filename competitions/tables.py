"""What a `prepare` mostly does: hold out test rows, and write the files a competitor expects.

`prepare` runs on the raw data and once more on its own public output, so nothing here may depend on
anything but `train.csv`: not on row counts, not on ids being consecutive.
"""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pandas as pd

from competitions.nesting import selection_mask


def hold_out(
    table: pd.DataFrame, fraction: float, *, seed: int, stratify: str | None = None
) -> tuple[pd.DataFrame, pd.DataFrame]:
    """(train, test): `fraction` of the rows go to test, of every class of `stratify` alike."""
    strata = None if stratify is None else list(table[stratify].astype(str))
    is_test = selection_mask(len(table), fraction, seed=seed, strata=strata)
    return table[~is_test].reset_index(drop=True), table[is_test].reset_index(drop=True)


def write_parts(
    train: pd.DataFrame,
    test: pd.DataFrame,
    *,
    target: str,
    sample: Mapping[str, Any],
    public: Path,
    private: Path,
    id_column: str = "id",
) -> None:
    """Writes train, test and sample_submission to `public`, and the answers to `private`.

    `sample` gives the sample submission's columns after the id, each a constant.
    """
    train.to_csv(public / "train.csv", index=False)
    test.drop(columns=target).to_csv(public / "test.csv", index=False)
    test[[id_column]].assign(**sample).to_csv(public / "sample_submission.csv", index=False)
    test[[id_column, target]].to_csv(private / "answers.csv", index=False)
