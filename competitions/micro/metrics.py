"""How families are judged: one row a metric. `guess` makes the sample submission's constant from
the train answers, the best that can be said of a row without looking at it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np

from competitions.spec import ColumnKind


@dataclass(frozen=True, slots=True, kw_only=True)
class MicroMetric:
    """`score(answers, predictions)` of two arrays; `says` completes "Submissions are judged by"."""

    name: str
    says: str
    higher_is_better: bool
    kind: ColumnKind
    score: Callable[[Any, Any], float]
    guess: Callable[[Any], Any]

    @property
    def has_classes(self) -> bool:
        return self.kind is not ColumnKind.NUMBER


def _rmse(answers: Any, predictions: Any) -> float:
    return float(np.sqrt(np.mean((predictions - answers) ** 2)))


def _mae(answers: Any, predictions: Any) -> float:
    return float(np.mean(np.abs(predictions - answers)))


def _rmsle(answers: Any, predictions: Any) -> float:
    return _rmse(np.log1p(answers), np.log1p(np.maximum(predictions, 0)))


def _mape(answers: Any, predictions: Any) -> float:
    return float(100 * np.mean(np.abs(predictions - answers) / np.abs(answers)))


def _smape(answers: Any, predictions: Any) -> float:
    size = np.abs(answers) + np.abs(predictions)
    gap = np.abs(predictions - answers)
    return float(200 * np.mean(np.divide(gap, size, out=np.zeros(len(size)), where=size > 0)))


def _log_loss(answers: Any, predictions: Any) -> float:
    p = np.clip(predictions, 1e-6, 1 - 1e-6)
    return float(-np.mean(np.where(answers == 1, np.log(p), np.log(1 - p))))


def _accuracy(answers: Any, predictions: Any) -> float:
    return float(np.mean(answers == predictions))


def _roc_auc(answers: Any, predictions: Any) -> float:
    from sklearn.metrics import roc_auc_score

    return float(roc_auc_score(answers, predictions))


def _average_precision(answers: Any, predictions: Any) -> float:
    from sklearn.metrics import average_precision_score

    if not np.any(answers == 1):
        raise ValueError("no positive row")
    return float(average_precision_score(answers, predictions))


def _macro_f1(answers: Any, predictions: Any) -> float:
    from sklearn.metrics import f1_score

    return float(f1_score(answers, predictions, average="macro", zero_division=0))


def _kappa(answers: Any, predictions: Any) -> float:
    """Quadratic weighted kappa of whole numbers: 1 - disagreement / disagreement by chance."""
    a, p = np.asarray(answers, dtype=float), np.asarray(predictions, dtype=float)
    by_chance = a.var() + p.var() + (a.mean() - p.mean()) ** 2
    if by_chance == 0:
        return 1.0 if np.array_equal(a, p) else 0.0
    return float(1 - np.mean((a - p) ** 2) / by_chance)


def _mean(answers: Any) -> float:
    return round(float(np.mean(answers)), 4)


def _median(answers: Any) -> float:
    return round(float(np.median(answers)), 4)


def _mean_of_logs(answers: Any) -> float:
    return round(float(np.expm1(np.mean(np.log1p(answers)))), 4)


def _most_frequent(answers: Any) -> Any:
    values, counts = np.unique(answers, return_counts=True)
    found = values[np.argmax(counts)]
    return found if isinstance(found, str) else int(found)


_NUMBER, _PROBABILITY = ColumnKind.NUMBER, ColumnKind.PROBABILITY
_ROWS = (
    ("RMSE", "root mean squared error", False, _NUMBER, _rmse, _mean),
    ("MAE", "mean absolute error", False, _NUMBER, _mae, _median),
    ("RMSLE", "root mean squared logarithmic error", False, _NUMBER, _rmsle, _mean_of_logs),
    ("MAPE", "mean absolute percentage error", False, _NUMBER, _mape, _median),
    (
        "SMAPE",
        "symmetric mean absolute percentage error, from 0 to 200",
        False,
        _NUMBER,
        _smape,
        _median,
    ),
    ("log loss", "log loss of the probability", False, _PROBABILITY, _log_loss, _mean),
    ("ROC AUC", "area under the ROC curve", True, _PROBABILITY, _roc_auc, _mean),
    (
        "average precision",
        "average precision of the probability",
        True,
        _PROBABILITY,
        _average_precision,
        _mean,
    ),
    (
        "accuracy",
        "accuracy, the share of right labels",
        True,
        ColumnKind.CLASS,
        _accuracy,
        _most_frequent,
    ),
    (
        "macro F1",
        "F1, averaged over the labels",
        True,
        ColumnKind.CLASS,
        _macro_f1,
        _most_frequent,
    ),
    (
        "quadratic weighted kappa",
        "quadratic weighted kappa of the grades",
        True,
        ColumnKind.INTEGER,
        _kappa,
        _most_frequent,
    ),
)
METRICS = {
    name: MicroMetric(
        name=name, says=says, higher_is_better=higher, kind=kind, score=score, guess=guess
    )
    for name, says, higher, kind, score, guess in _ROWS
}
