"""Average precision: the area under the precision-recall curve, as a sum of steps."""

from __future__ import annotations

import pandas as pd
from sklearn.metrics import average_precision_score

from competitions.errors import InvalidSubmissionError


def grade(submission: pd.DataFrame, answers: pd.DataFrame) -> float:
    if answers["fault"].sum() == 0:
        raise InvalidSubmissionError("average precision needs at least one fault")
    return float(average_precision_score(answers["fault"], submission["fault"]))
