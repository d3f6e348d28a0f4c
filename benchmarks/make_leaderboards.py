"""Writes the synthetic leaderboards of the embedded competitions.

    python -m benchmarks.make_leaderboards [ID ...] [--data-dir DIR]

Every team is a reference pipeline, or a blend of some that a team would have chosen by its own
validation split; scores are real, on the real test answers. 120 teams a competition: the sample
submission, single pipelines, beginners who used part of the data, and blends. Seeded; a few minutes
on one core.
"""

from __future__ import annotations

import argparse
import csv
import tempfile
import time
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
from sklearn.base import clone

from benchmarks.reference_pipelines import REGRESSIONS, Candidate, candidates
from competitions.competition import PreparedCompetition
from competitions.draws import Draws
from competitions.nesting import selection_mask
from competitions.outcome import Graded, Split
from competitions.registry import EMBEDDED, list_competitions

NUM_TEAMS = 120
BEGINNER_SHARES = (0.08, 0.25)
MAX_BEGINNERS = 18
SHOWN_PLACES = (1, 10, 24, 48, 60, 120)  # best, gold, silver, bronze, median, last
FIRST_NAMES = "Amber Brisk Calm Dapper Eager Fabled Gentle Humble Ivory Jolly Keen Lucid"
LAST_NAMES = "Otters Larches Comets Herons Badgers Lanterns Kettles Pebbles Willows Gulls"


@dataclass(frozen=True, slots=True, kw_only=True)
class Fitted:
    """What one pipeline predicts for the test rows, and how good it was on validation rows."""

    test: Any
    valid_score: float
    is_expert: bool


class Arena:
    """One competition's data, and how predictions become a score in it."""

    def __init__(self, prepared: PreparedCompetition, scratch: Path) -> None:
        self.prepared, self.scratch = prepared, scratch
        self.id = prepared.competition.spec.id
        self.train = pd.read_csv(prepared.public / "train.csv")
        self.test = pd.read_csv(prepared.public / "test.csv")
        self.sample = pd.read_csv(prepared.public / "sample_submission.csv")
        (self.target,) = set(self.train.columns) - set(self.test.columns)
        self.is_valid = self._validation_rows()

    def _validation_rows(self) -> Any:
        if "date" in self.train:
            last_days = sorted(self.train["date"].unique())[-40:]
            return self.train["date"].isin(last_days).to_numpy()
        return selection_mask(len(self.train), 0.25, seed=1)

    def fit(self, candidate: Candidate, share: float = 1.0) -> Fitted:
        kept = self.train[selection_mask(len(self.train), share, seed=2)]
        inner, outer = self.train[~self.is_valid], self.train[self.is_valid]
        valid = self._predicted(candidate, inner, outer) if share == 1 else None
        return Fitted(
            test=self._predicted(candidate, kept, self.test),
            valid_score=0.0 if valid is None else self._goodness(valid, outer[self.target]),
            is_expert=candidate.is_expert,
        )

    def _predicted(self, candidate: Candidate, train: pd.DataFrame, rows: pd.DataFrame) -> Any:
        np.random.seed(0)  # for TargetEncoder, whose own seed changed its name in scikit-learn 1.9
        inputs = train.drop(columns=self.target)
        model = clone(candidate.pipeline).fit(inputs, train[self.target])
        rows = rows.drop(columns=self.target, errors="ignore")
        return model.predict(rows) if self.id in REGRESSIONS else model.predict_proba(rows)

    def _goodness(self, predicted: Any, truth: pd.Series) -> float:
        """A validation score of any kind, higher is better; used to rank a team's own attempts."""
        if self.id == "bakery-demand":
            return -float(np.abs(np.log(np.maximum(predicted, 1) / truth)).mean())
        if self.id in REGRESSIONS:
            return -float(((predicted - truth) ** 2).mean())
        classes = sorted(self.train[self.target].unique())
        column = truth.map({label: index for index, label in enumerate(classes)})
        chosen = predicted[np.arange(len(truth)), column.to_numpy()]
        return float(np.log(np.clip(chosen, 1e-6, 1)).mean())

    def score(self, predicted: Any) -> float:
        submission = self.sample.copy()
        metric = self.prepared.competition.spec.metric
        if metric == "log loss":
            floored = np.clip(predicted, 1e-5, 1)
            shares = floored / floored.sum(axis=1, keepdims=True)
            submission[submission.columns[1:]] = shares
        elif metric in ("ROC AUC", "average precision"):
            submission[self.target] = predicted[:, 1]
        elif metric in ("accuracy", "macro F1"):
            classes = np.array(sorted(self.train[self.target].unique()))
            submission[self.target] = classes[np.argmax(predicted, axis=1)]
        elif metric == "quadratic weighted kappa":
            submission[self.target] = np.clip(np.round(predicted), 0, 4).astype(int)
        else:
            submission[self.target] = np.maximum(predicted, 0)
        return self.grade(submission)

    def grade(self, submission: pd.DataFrame) -> float:
        path = self.scratch / "submission.csv"
        submission.to_csv(path, index=False)
        outcome = self.prepared.grade(path, Split.TEST)
        assert isinstance(outcome, Graded), outcome
        return outcome.score


def scores_of(arena: Arena) -> list[float]:
    entries = candidates(arena.id, arena.prepared.public)
    fitted = [arena.fit(entry) for entry in entries]
    scores = [arena.grade(arena.sample), *(arena.score(one.test) for one in fitted)]
    quick = [entry for entry in entries if entry.is_quick]
    beginners = [(entry, share) for share in BEGINNER_SHARES for entry in quick][:MAX_BEGINNERS]
    scores += [arena.score(arena.fit(entry, share).test) for entry, share in beginners]
    draws = Draws(4242)
    while len(scores) < NUM_TEAMS:
        scores.append(arena.score(_blend(fitted, draws)))
    return scores


def _blend(fitted: list[Fitted], draws: Draws) -> Any:
    """A team tries some pipelines and averages the few that did best on its validation rows.

    Every other team has no expert.
    """
    if draws.happens(1, 0.5)[0]:
        fitted = [one for one in fitted if not one.is_expert]
    tried = draws.shuffled(len(fitted))[: int(draws.integer(1, 4, len(fitted))[0])]
    best = sorted((fitted[index] for index in tried), key=lambda one: -one.valid_score)
    kept = best[: int(draws.integer(1, 2, 5)[0])]
    weights = draws.uniform(len(kept), 0.5, 1.5)
    return np.average([one.test for one in kept], axis=0, weights=weights)


def write_leaderboard(path: Path, scores: list[float], *, higher_is_better: bool) -> None:
    names = [f"{first} {last}" for last in LAST_NAMES.split() for first in FIRST_NAMES.split()]
    ranked = sorted((round(score, 5) for score in scores), reverse=higher_is_better)
    order = Draws(7).shuffled(len(names))
    with path.open("w", encoding="utf-8", newline="") as stream:
        writer = csv.writer(stream, lineterminator="\n")
        writer.writerow(["team", "score"])
        for index, score in zip(order, ranked, strict=False):
            writer.writerow([names[index], f"{score:.5f}"])


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else None)
    parser.add_argument("ids", nargs="*", metavar="ID", help="default: every embedded competition")
    parser.add_argument("--data-dir", type=Path, help="default: a temporary one")
    arguments = parser.parse_args()
    with tempfile.TemporaryDirectory() as scratch:
        for competition in list_competitions():
            identifier = competition.spec.id
            if arguments.ids and identifier not in arguments.ids:
                continue
            started = time.monotonic()
            prepared = competition.prepare(arguments.data_dir or Path(scratch))
            scores = scores_of(Arena(prepared, Path(scratch)))
            path = EMBEDDED / identifier / "leaderboard.csv"
            better = competition.higher_is_better
            write_leaderboard(path, scores, higher_is_better=better)
            ranked = sorted(scores, reverse=better)
            shown = ", ".join(f"{place}. {ranked[place - 1]:.4f}" for place in SHOWN_PLACES)
            print(f"{identifier}: {shown} ({time.monotonic() - started:.0f} s)", flush=True)


if __name__ == "__main__":
    main()
