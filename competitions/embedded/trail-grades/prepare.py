"""36 % of the trails are the test, every grade in the same proportion."""

from __future__ import annotations

from pathlib import Path

import pandas as pd

from competitions.tables import hold_out, write_parts


def prepare(raw: Path, public: Path, private: Path) -> None:
    table = pd.read_csv(raw / "train.csv")
    train, test = hold_out(table, 0.36, seed=66, stratify="grade")
    write_parts(
        train,
        test,
        target="grade",
        sample={"grade": 1},
        public=public,
        private=private,
    )
