"""Root mean squared error."""

from __future__ import annotations

import numpy as np
import pandas as pd


def grade(submission: pd.DataFrame, answers: pd.DataFrame) -> float:
    errors = submission["breaking_load"] - answers["breaking_load"]
    return float(np.sqrt((errors**2).mean()))
