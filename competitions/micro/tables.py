"""How the rows of the plain-table families are drawn: one function a family.

Each draws what belongs to the seed first (weights, levels), then the rows, and gives the noise-free
answer in the column ORACLE.
"""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd

from competitions.draws import Draws, powers, sigmoid, with_gaps
from competitions.micro.family import ORACLE

NUM_GRADES = 5


def _table(name: str, numbers: Any, decimals: int = 3) -> dict[str, Any]:
    """Columns name_1, name_2, ... of an array (rows, columns)."""
    return {f"{name}_{i + 1}": np.round(column, decimals) for i, column in enumerate(numbers.T)}


def _signs(draws: Draws, size: int) -> Any:
    return np.where(draws.happens(size, 0.5), 1.0, -1.0)


def linear(draws: Draws, n: int) -> pd.DataFrame:
    """A sum of few of many correlated columns."""
    num_columns = int(draws.integer(1, 14, 22)[0])
    used = draws.shuffled(22)[:4] % num_columns
    weights = _signs(draws, 4) * draws.uniform(4, 1.0, 2.0)
    common = draws.normal((n, 1))
    x = 0.9 * draws.normal((n, num_columns)) + 0.45 * common
    truth = 20 + x[:, used] @ weights
    noise = draws.normal(n, sd=1.2)
    return pd.DataFrame(_table("probe", x) | {"yield": np.round(truth + noise, 3), ORACLE: truth})


def interactions(draws: Draws, n: int) -> pd.DataFrame:
    """Products of two columns decide; no column says anything alone."""
    signs = _signs(draws, 2)
    x = draws.normal((n, 6))
    logit = 3.0 * (signs[0] * x[:, 0] * x[:, 1] + signs[1] * x[:, 2] * x[:, 3])
    chance = sigmoid(logit)
    return pd.DataFrame(
        _table("dial", x) | {"jams": draws.happens(n, chance).astype(int), ORACLE: chance}
    )


def categories(draws: Draws, n: int) -> pd.DataFrame:
    """Many levels, most of them rare, each with an effect of its own."""
    sizes = (40, 25, 15)
    effects = [draws.normal(size, sd=1.5) for size in sizes]
    codes = [draws.category(n, powers(size, 0.5)) for size in sizes]
    weight = draws.normal(n, 20, 5)
    truth = 50 + sum(effect[code] for effect, code in zip(effects, codes, strict=True))
    truth = truth + 0.05 * (weight - 20)
    names = ("carrier", "depot", "packer")
    columns = {
        name: [f"{name[0].upper()}{code:02d}" for code in levels]
        for name, levels in zip(names, codes, strict=True)
    }
    noise = draws.normal(n, sd=1.0)
    return pd.DataFrame(
        columns
        | {"weight": np.round(weight, 2), "hours": np.round(truth + noise, 2), ORACLE: truth}
    )


def missingness(draws: Draws, n: int) -> pd.DataFrame:
    """What was not measured says more than what was."""
    signs = _signs(draws, 7)
    x = draws.normal((n, 7))
    gaps = draws.uniform((n, 7)) < 0.35
    told = 3.2 * (gaps[:, :5] - 0.35) @ signs[:5]
    logit = told + 0.9 * signs[5] * x[:, 5] * ~gaps[:, 5]
    chance = sigmoid(logit)
    return pd.DataFrame(
        _table("assay", with_gaps(x, gaps))
        | {"relapse": draws.happens(n, chance).astype(int), ORACLE: chance}
    )


def imbalance(draws: Draws, n: int) -> pd.DataFrame:
    """One row in ten is rare: not elsewhere than the others, but more spread in some columns and
    less in others."""
    num_columns = 8
    spread = np.where(draws.happens(num_columns, 0.5), 1.9, 0.5)
    offset = draws.normal(num_columns, sd=0.3)
    is_rare = draws.happens(n, 0.1)
    z = draws.normal((n, num_columns))
    x = np.where(is_rare[:, None], offset + spread * z, z)
    rare = np.exp(-0.5 * ((x - offset) / spread) ** 2) / spread
    odds = 0.1 / 0.9 * np.prod(rare / np.exp(-0.5 * x**2), axis=1)
    return pd.DataFrame(
        _table("meter", x) | {"fault": is_rare.astype(int), ORACLE: odds / (1 + odds)}
    )


def drift(draws: Draws, n: int) -> pd.DataFrame:
    """Sizes grow over the weeks beyond what train has seen; everything multiplies up."""
    powers_of = draws.uniform(3, 0.6, 1.3) * np.array([1.0, 1.0, -1.0])
    crews = draws.normal(4, sd=0.25)
    week = np.sort(draws.integer(n, 1, 60))
    # With the logarithm of time: then a part of the weeks drifts as much as the whole.
    grown = np.log(week)[:, None] * np.array([0.5, 0.35, 0.0])
    logs = draws.normal((n, 3), sd=0.45) + grown
    crew = draws.category(n, [4, 3, 2, 1])
    truth = 12 * np.exp(logs @ powers_of + crews[crew])
    noise = np.exp(draws.normal(n, sd=0.12))
    return pd.DataFrame(
        {
            "week": week,
            "crew": np.array(["north", "east", "south", "west"])[crew],
            **_table("span", 10 * np.exp(logs), 2),
            "tonnage": np.round(truth * noise, 2),
            ORACLE: truth,
        }
    )


def counts(draws: Draws, n: int) -> pd.DataFrame:
    """Rates jump at thresholds, which hold only together."""
    cuts = draws.uniform(4, -0.4, 0.4)
    stations = draws.normal(4, sd=0.3)
    x = draws.normal((n, 6))
    above = x[:, :4] > cuts
    station = draws.category(n, [3, 2, 2, 1])
    log_rate = 0.4 + 1.9 * (above[:, 0] & above[:, 1]) + 1.4 * (above[:, 2] ^ above[:, 0])
    rate = np.exp(log_rate + 0.5 * above[:, 3] + stations[station])
    # Poisson by inverse distribution, and the mean of log(1 + y), which the metric asks for
    k = np.arange(200)
    log_factorial = np.concatenate([[0.0], np.cumsum(np.log(k[1:]))])
    mass = np.exp(k * np.log(rate)[:, None] - rate[:, None] - log_factorial)
    seen = draws.category_per_row(mass)
    return pd.DataFrame(
        _table("gauge", x)
        | {
            "station": np.array(["amber", "birch", "cedar", "delta"])[station],
            "calls": seen,
            ORACLE: np.expm1(mass @ np.log1p(k)),
        }
    )


def noisy_labels(draws: Draws, n: int) -> pd.DataFrame:
    """Six regions in a turned grid, with labels in turn; every sixth label is wrong."""
    grid = np.array([(1.4 * row, 0.8 * column) for row in (-1, 0, 1) for column in (-1, 1)])
    centres = grid + draws.uniform((6, 2), -0.25, 0.25)
    label_of = np.array([0, 1, 1, 0, 0, 1])
    angle = float(draws.uniform(1, np.pi / 8, 3 * np.pi / 8)[0])
    place = draws.uniform((n, 2), -1.0, 1.0) * np.array([2.1, 1.6])
    apart = ((place[:, None, :] - centres) ** 2).sum(axis=2)
    label = label_of[np.argmin(apart, axis=1)]
    wrong = draws.happens(n, 1 / 6)
    turn = np.array([[np.cos(angle), np.sin(angle)], [-np.sin(angle), np.cos(angle)]])
    names = np.array(["pass", "rework"])
    return pd.DataFrame(
        _table("offset", place @ turn)
        | {"verdict": names[np.where(wrong, 1 - label, label)], ORACLE: names[label]}
    )


def ordinal(draws: Draws, n: int) -> pd.DataFrame:
    """Five grades of a sum of curves, each with a best place in the middle of its column."""
    best = draws.uniform(5, -0.8, 0.8)
    weight = draws.uniform(5, 0.7, 1.3)
    x = draws.normal((n, 7))
    latent = (np.exp(-((x[:, :5] - best) ** 2)) * weight).sum(axis=1)
    shown = latent + draws.normal(n, sd=0.25)
    cuts = weight.sum() * np.array([0.3, 0.42, 0.54, 0.66])
    return pd.DataFrame(
        _table("trait", x)
        | {"grade": np.searchsorted(cuts, shown), ORACLE: np.searchsorted(cuts, latent)}
    )
