"""Quadratic weighted kappa: agreement beyond chance; a miss by two costs four times one by one."""

from __future__ import annotations

import numpy as np
import pandas as pd
from sklearn.metrics import confusion_matrix

from competitions.errors import InvalidSubmissionError

GRADES = np.arange(5)


def grade(submission: pd.DataFrame, answers: pd.DataFrame) -> float:
    observed = confusion_matrix(answers["grade"], submission["grade"], labels=GRADES)
    expected = np.outer(observed.sum(axis=1), observed.sum(axis=0)) / observed.sum()
    cost = (GRADES[:, None] - GRADES[None, :]) ** 2
    chance = float((cost * expected).sum())
    if chance == 0:
        raise InvalidSubmissionError("kappa is undefined when every row has one and the same grade")
    return 1.0 - float((cost * observed).sum()) / chance
