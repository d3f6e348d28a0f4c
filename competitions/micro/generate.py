"""Writes the raw data. The function of `micro:linear/7` is `linear_7`, made when asked for."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from pathlib import Path

from competitions.micro.families import FAMILIES
from competitions.micro.family import ORACLE, Family
from competitions.micro.names import parse_function


def __getattr__(name: str) -> Callable[[Path], None]:
    if name.startswith("__"):
        raise AttributeError(name)
    family, seed = parse_function(name)
    return partial(_generate, FAMILIES[family], seed)


def _generate(family: Family, seed: int, raw: Path) -> None:
    table = family.rows(seed).drop(columns=ORACLE)
    if family.pixels is not None:
        family.write_images(table, raw)
        table[family.pixels] = [family.image_path(identifier) for identifier in table["id"]]
    table.to_csv(raw / "train.csv", index=False)
