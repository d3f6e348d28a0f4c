"""36 % of the bookings are the test, no-shows in the same proportion."""

from __future__ import annotations

from pathlib import Path

import pandas as pd

from competitions.tables import hold_out, write_parts


def prepare(raw: Path, public: Path, private: Path) -> None:
    table = pd.read_csv(raw / "train.csv")
    train, test = hold_out(table, 0.36, seed=61, stratify="noshow")
    write_parts(
        train,
        test,
        target="noshow",
        sample={"noshow": 0.3},
        public=public,
        private=private,
    )
