"""A third of the bulbs is the test. Works on its own public output too: only train.csv is read."""

from __future__ import annotations

from pathlib import Path

import pandas as pd


def prepare(raw: Path, public: Path, private: Path) -> None:
    table = pd.read_csv(raw / "train.csv")
    test = table.sample(frac=1 / 3, random_state=11).sort_index()
    table.drop(test.index).to_csv(public / "train.csv", index=False)
    test.drop(columns="hours").to_csv(public / "test.csv", index=False)
    test[["id"]].assign(hours=1500).to_csv(public / "sample_submission.csv", index=False)
    test[["id", "hours"]].to_csv(private / "answers.csv", index=False)
