"""Grades by a family's metric. The function of `micro:linear/7` is `linear_7`."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial

import pandas as pd

from competitions.micro.families import FAMILIES
from competitions.micro.family import Family
from competitions.micro.names import parse_function


def __getattr__(name: str) -> Callable[[pd.DataFrame, pd.DataFrame], float]:
    if name.startswith("__"):
        raise AttributeError(name)
    family, _ = parse_function(name)
    return partial(_grade, FAMILIES[family])


def _grade(family: Family, submission: pd.DataFrame, answers: pd.DataFrame) -> float:
    target = family.target
    return family.metric.score(answers[target].to_numpy(), submission[target].to_numpy())
