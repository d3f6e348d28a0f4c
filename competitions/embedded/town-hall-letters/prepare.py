"""36 % of the letters are the test, every department in the same proportion."""

from __future__ import annotations

from pathlib import Path

import pandas as pd

from competitions.tables import hold_out, write_parts


def prepare(raw: Path, public: Path, private: Path) -> None:
    table = pd.read_csv(raw / "train.csv")
    train, test = hold_out(table, 0.36, seed=68, stratify="department")
    write_parts(
        train,
        test,
        target="department",
        sample={"department": "roads"},
        public=public,
        private=private,
    )
