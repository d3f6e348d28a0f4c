"""40 % of the digits are the test, each digit in the same proportion, with their pictures."""

from __future__ import annotations

from pathlib import Path

import pandas as pd

from competitions.files import link_or_copy
from competitions.tables import hold_out, write_parts


def prepare(raw: Path, public: Path, private: Path) -> None:
    table = pd.read_csv(raw / "train.csv")
    train, test = hold_out(table, 0.4, seed=63, stratify="label")
    write_parts(train, test, target="label", sample={"label": 0}, public=public, private=private)
    for image in table["image"]:
        link_or_copy(raw / image, public / image)
