"""What a metric asks for: which numbers or labels a submission should hold to score well."""

from __future__ import annotations

import re
from dataclasses import dataclass
from enum import StrEnum


class Answer(StrEnum):
    """What is written into the submission."""

    PROBABILITY = "probability"  # of the positive class, or one column a class
    LABEL = "label"
    VALUE = "value"


@dataclass(frozen=True, slots=True)
class Objective:
    """`ranks_only` is True where only the order of the predictions counts, `is_ordered` where
    classes are numbers on a scale, `is_balanced` where every class counts the same, however rare,
    `is_absolute` where the median is the best guess rather than the mean."""

    name: str
    answer: Answer
    ranks_only: bool = False
    is_ordered: bool = False
    is_balanced: bool = False
    is_absolute: bool = False

    @property
    def is_regression(self) -> bool:
        return self.answer is Answer.VALUE


RANK = Objective("ranking", Answer.PROBABILITY, ranks_only=True)
PROBABILITY = Objective("probabilities", Answer.PROBABILITY)
LABEL = Objective("labels", Answer.LABEL)
BALANCED = Objective("balanced labels", Answer.LABEL, is_balanced=True)
ORDERED = Objective("ordered labels", Answer.LABEL, is_ordered=True)
SQUARED = Objective("squared error", Answer.VALUE)
ABSOLUTE = Objective("absolute error", Answer.VALUE, is_absolute=True)

# The first pattern found in the metric's name decides.
METRICS: tuple[tuple[str, Objective], ...] = (
    (r"auc|average precision|gini|roc|map@|precision recall", RANK),
    (r"log ?loss|cross entropy|brier", PROBABILITY),
    (r"kappa|qwk", ORDERED),
    (r"f1|f ?beta|balanced|matthews|mcc", BALANCED),
    (r"accuracy|precision|recall", LABEL),
    (r"smape|mape|mae|mean absolute|absolute error|absolute percentage", ABSOLUTE),
    (r"rmsle|rmse|mse|squared|r2|pearson|spearman", SQUARED),
)


def objective_of(metric: str, target_kind: str) -> Objective:
    """The objective of a metric's name; of the target's kind where the name is unknown."""
    words = re.sub(r"[^a-z0-9@]+", " ", metric.lower())
    for pattern, objective in METRICS:
        if re.search(pattern, words):
            has_scale = objective is not ORDERED or re.search(r"\(-?\d+:", target_kind)
            return objective if has_scale else LABEL
    return SQUARED if target_kind.startswith("numeric") else LABEL
