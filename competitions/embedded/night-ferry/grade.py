"""Area under the ROC curve."""

from __future__ import annotations

import pandas as pd
from sklearn.metrics import roc_auc_score

from competitions.errors import InvalidSubmissionError


def grade(submission: pd.DataFrame, answers: pd.DataFrame) -> float:
    if answers["noshow"].nunique() < 2:
        raise InvalidSubmissionError("ROC AUC needs rows of both classes")
    return float(roc_auc_score(answers["noshow"], submission["noshow"]))
