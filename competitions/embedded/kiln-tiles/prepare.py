"""36 % of the tiles are the test."""

from __future__ import annotations

from pathlib import Path

import pandas as pd

from competitions.tables import hold_out, write_parts


def prepare(raw: Path, public: Path, private: Path) -> None:
    table = pd.read_csv(raw / "train.csv")
    train, test = hold_out(table, 0.36, seed=64)
    write_parts(
        train,
        test,
        target="breaking_load",
        sample={"breaking_load": 600.0},
        public=public,
        private=private,
    )
