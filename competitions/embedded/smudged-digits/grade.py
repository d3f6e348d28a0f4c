"""Accuracy: the share of digits read correctly."""

from __future__ import annotations

import pandas as pd


def grade(submission: pd.DataFrame, answers: pd.DataFrame) -> float:
    return float((submission["label"] == answers["label"]).mean())
