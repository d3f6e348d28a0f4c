"""36 % of the fruit are the test, every cultivar in the same proportion."""

from __future__ import annotations

from pathlib import Path

import pandas as pd

from competitions.tables import hold_out, write_parts


def prepare(raw: Path, public: Path, private: Path) -> None:
    table = pd.read_csv(raw / "train.csv")
    train, test = hold_out(table, 0.36, seed=62, stratify="cultivar")
    cultivars = sorted(table["cultivar"].unique())
    write_parts(
        train,
        test,
        target="cultivar",
        sample=dict.fromkeys(cultivars, 1 / len(cultivars)),
        public=public,
        private=private,
    )
