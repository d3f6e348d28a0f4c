"""38 % of the readings are the test, faults in the same proportion."""

from __future__ import annotations

from pathlib import Path

import pandas as pd

from competitions.tables import hold_out, write_parts


def prepare(raw: Path, public: Path, private: Path) -> None:
    table = pd.read_csv(raw / "train.csv")
    train, test = hold_out(table, 0.38, seed=65, stratify="fault")
    write_parts(
        train,
        test,
        target="fault",
        sample={"fault": 0.1},
        public=public,
        private=private,
    )
