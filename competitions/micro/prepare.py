"""Splits the rows. The function of `micro:linear/7` is `linear_7`, made when it is asked for."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from pathlib import Path

import pandas as pd

from competitions.files import link_or_copy
from competitions.micro.families import FAMILIES
from competitions.micro.family import Family
from competitions.micro.names import parse_function
from competitions.tables import write_parts


def __getattr__(name: str) -> Callable[[Path, Path, Path], None]:
    if name.startswith("__"):
        raise AttributeError(name)
    family, seed = parse_function(name)
    return partial(_prepare, FAMILIES[family], seed)


def _prepare(family: Family, seed: int, raw: Path, public: Path, private: Path) -> None:
    table = pd.read_csv(raw / "train.csv")
    train, test = family.split(table, seed)
    write_parts(
        train,
        test,
        target=family.target,
        sample={family.target: family.guess(train)},
        public=public,
        private=private,
    )
    if family.pixels is not None:
        for image in table[family.pixels]:
            link_or_copy(raw / image, public / image)
