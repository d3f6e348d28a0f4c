"""Small public folders of every kind, with the usual flaws: gaps, rare and unseen categories,
codes that are new in every row, several types in one column."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
from PIL import Image

from scaffold.preview import preview
from scaffold.recipe.data_section import read_problem
from scaffold.recipe.problem import Problem

NUM_TRAIN, NUM_TEST = 240, 40


@dataclass(frozen=True, slots=True)
class TinyCompetition:
    metric: str
    write: Callable[[Path], None]

    def problem(self, public: Path) -> Problem:
        return read_problem(preview(public), self.metric, "600 seconds a script")


def _features(rng: np.random.Generator) -> pd.DataFrame:
    n = NUM_TRAIN + NUM_TEST
    table = pd.DataFrame(
        {
            "id": np.arange(n),
            "size": rng.normal(5, 2, n).round(2),
            "weight": rng.gamma(2, 3, n).round(2),
            "count": rng.integers(0, 9, n),
            "is_new": rng.random(n) < 0.5,
            "colour": rng.choice(["red", "green", "blue"], n),
            "town, or 'none'": rng.choice([f"t{i}" for i in range(30)], n),
            "code": [f"c{i:04d}" for i in range(n)],
            "constant": 1,
        }
    )
    table.loc[rng.random(n) < 0.1, "size"] = np.nan
    table.loc[rng.random(n) < 0.1, "colour"] = None
    table.loc[NUM_TRAIN + 3, "colour"] = "never seen"
    return table


def answers(public: Path) -> Path:
    """What is to be predicted, beside the public folder."""
    return public.with_name(f"{public.name}-answers.csv")


def _write(public: Path, table: pd.DataFrame, target: str, sample: dict[str, Any]) -> None:
    public.mkdir(parents=True, exist_ok=True)
    train, test = table.iloc[:NUM_TRAIN], table.iloc[NUM_TRAIN:].drop(columns=target)
    train.to_csv(public / "train.csv", index=False)
    test.to_csv(public / "test.csv", index=False)
    table.iloc[NUM_TRAIN:][["id", target]].to_csv(answers(public), index=False)
    shuffled = test[["id"]].sample(frac=1, random_state=0)
    shuffled.assign(**sample).to_csv(public / "sample_submission.csv", index=False)


def _signal(table: pd.DataFrame, rng: np.random.Generator) -> Any:
    size = table["size"].fillna(5)
    return (
        size + 0.3 * table["weight"] + (table["colour"] == "red") + rng.normal(0, 0.5, len(table))
    )


def binary(public: Path) -> None:
    rng = np.random.default_rng(0)
    table = _features(rng)
    signal = _signal(table, rng)
    _write(public, table.assign(y=(signal > np.median(signal)).astype(int)), "y", {"y": 0.5})


def multiclass(public: Path) -> None:
    rng = np.random.default_rng(1)
    table = _features(rng)
    kind = pd.qcut(_signal(table, rng), 3, labels=["low", "mid", "high"]).astype(str)
    sample = {"p_low": 0.4, "p_mid": 0.3, "p_high": 0.3}
    _write(public, table.assign(kind=kind), "kind", sample)


def ordinal(public: Path) -> None:
    rng = np.random.default_rng(2)
    table = _features(rng)
    grade = pd.qcut(_signal(table, rng), 4, labels=False) + 1
    _write(public, table.assign(grade=grade), "grade", {"grade": 1})


def regression(public: Path) -> None:
    rng = np.random.default_rng(3)
    table = _features(rng)
    table["sold"] = pd.date_range("2024-01-01", periods=len(table)).strftime("%Y-%m-%d")
    table = table.sample(frac=1, random_state=0)  # dates of train and test overlap: no forecast
    price = np.exp(_signal(table, rng) / 4).round(3)
    _write(public, table.assign(price=price), "price", {"price": 1.0})


def images(public: Path) -> None:
    rng = np.random.default_rng(4)
    (public / "pictures").mkdir(parents=True)
    n = NUM_TRAIN + NUM_TEST
    label = rng.integers(0, 3, n)
    for i in range(n):
        pixels = rng.integers(0, 90, (6, 7))
        pixels[:, 2 * label[i]] += 120
        Image.fromarray(pixels.astype(np.uint8)).save(public / "pictures" / f"{i}.png")
    names = [f"{i}.png" for i in range(n)]
    table = pd.DataFrame({"id": np.arange(n), "file": names, "label": label})
    _write(public, table, "label", {"label": 0})


def _letters(rng: np.random.Generator) -> pd.DataFrame:
    words = {
        "road": ["street", "bump", "lamp", "kerb"],
        "park": ["tree", "bench", "lawn", "swing"],
        "bin": ["waste", "rats", "lorry", "glass"],
    }
    topics = rng.choice(list(words), NUM_TRAIN + NUM_TEST, p=[0.5, 0.3, 0.2])
    fillers = ["please", "the", "again", "our", "dear", "council", "broken"]
    table = pd.DataFrame(
        {
            "id": np.arange(len(topics)),
            "letter": [" ".join(rng.choice(words[t] + fillers, 8)) for t in topics],
            "channel": rng.choice(["mail", "phone"], len(topics)),
            "pages": rng.integers(1, 4, len(topics)),
            "topic": topics,
        }
    )
    table.loc[5, "letter"] = None
    return table


def texts(public: Path) -> None:
    _write(public, _letters(np.random.default_rng(5)), "topic", {"topic": "road"})


def ratings(public: Path) -> None:
    rng = np.random.default_rng(7)
    table = _letters(rng)
    cost = table.pop("topic").map({"road": 9.0, "park": 4.0, "bin": 1.0})
    _write(
        public,
        table.assign(cost=cost + rng.normal(0, 0.2, len(table)).round(3)),
        "cost",
        {"cost": 4},
    )


def series(public: Path) -> None:
    rng = np.random.default_rng(6)
    days = pd.date_range("2024-01-01", periods=(NUM_TRAIN + NUM_TEST) // 4)
    rows = [
        {
            "date": day.strftime("%Y-%m-%d"),
            "shop": shop,
            "item": item,
            "promo": int(day.day % 5 == 0),
        }
        for day in days
        for shop in ("north", "south")
        for item in (1, 2)
    ]
    table = pd.DataFrame(rows)
    table.insert(0, "id", np.arange(len(table)))
    weekly = 1 + 0.3 * (pd.to_datetime(table["date"]).dt.day_of_week >= 5)
    table["sales"] = (20 * weekly * table["item"] * rng.gamma(30, 1 / 30, len(table))).round(1)
    _write(public, table, "sales", {"sales": 20})


TINY = {
    "binary": TinyCompetition("ROC AUC", binary),
    "multiclass": TinyCompetition("multi-class log loss", multiclass),
    "ordinal": TinyCompetition("quadratic weighted kappa", ordinal),
    "regression": TinyCompetition("RMSE", regression),
    "images": TinyCompetition("accuracy", images),
    "texts": TinyCompetition("macro F1", texts),
    "ratings": TinyCompetition("RMSE", ratings),
    "series": TinyCompetition("SMAPE", series),
}
