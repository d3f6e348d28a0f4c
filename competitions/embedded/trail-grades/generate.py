"""Hiking trails and the grade, 0 to 4, that a ranger gave each.

Difficulty is one latent quantity (steepness rather than ascent, exposure that counts double on wet
rock); rangers cut it at their own marks, some strict, some not. Easy trails are many, hard few.
"""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pandas as pd

from competitions.draws import Draws, powers, with_gaps

NUM_ROWS = 4600
RANGERS, REGIONS = 65, 9
SURFACES = np.array(["gravel", "earth", "roots", "scree", "rock"])
SHARES = (0.34, 0.28, 0.2, 0.12, 0.06)  # of the five grades


def generate(raw: Path) -> None:
    draws = Draws(20266)
    n = NUM_ROWS
    ranger, region = (
        draws.category(n, powers(RANGERS, 0.5)),
        draws.category(n, powers(REGIONS, 0.3)),
    )
    surface = draws.category(n, [4, 4, 3, 1.5, 1.5])
    length = draws.lognormal(n, 9, 0.55)
    steepness = draws.lognormal(n, 55, 0.55)  # metres of ascent a kilometre
    ascent = length * steepness
    altitude = np.maximum(100, draws.normal(REGIONS, 1300, 500)[region] + draws.normal(n, sd=250))
    exposure = np.floor(draws.lognormal(n, 2.0, 0.7)).clip(0, 10)
    rain = np.maximum(0, draws.normal(REGIONS, 90, 35)[region] + draws.normal(n, sd=25))
    signs = draws.uniform(n, 0, 6)  # a kilometre
    bridges = draws.category(n, [5, 3, 2, 1])
    slippery = np.array([0.1, 0.4, 0.8, 0.5, 1.0])[surface] * rain / 90

    latent = (
        0.55 * np.log(length / 9)
        + 1.35 * np.log(steepness / 55)
        + 0.28 * exposure * slippery
        + np.array([-0.3, -0.1, 0.2, 0.7, 0.4])[surface]
        + 0.5 * np.maximum(0, altitude - 1500) / 500
        - 0.55 * np.exp(-(((signs - 4) / 1.2) ** 2))
        + 0.25 * (bridges == 0) * (rain > 100)
        + draws.normal(RANGERS, sd=0.6)[ranger]
        + draws.normal(n, sd=0.45)
    )
    grade = np.searchsorted(np.quantile(latent, np.cumsum(SHARES)[:-1]), latent)
    slip = draws.happens(n, 0.04)
    grade = np.where(slip, np.clip(grade + draws.integer(n, -2, 2), 0, 4), grade)

    table = pd.DataFrame(
        {
            "id": 1000 + draws.shuffled(n),
            "region": np.array([f"region {chr(65 + code)}" for code in range(REGIONS)])[region],
            "ranger": np.array([f"ranger_{7 * code + 100}" for code in range(RANGERS)])[ranger],
            "surface": SURFACES[surface],
            "length_km": np.round(length, 2),
            "ascent_m": with_gaps(np.round(ascent, 0), draws.happens(n, 0.05)),
            "top_altitude_m": np.round(altitude, 0),
            "exposure_index": exposure.astype(int),
            "rain_mm_month": with_gaps(np.round(rain, 1), draws.happens(n, 0.1)),
            "signs_per_km": np.round(signs, 2),
            "bridges": bridges,
            "opened_year": draws.integer(n, 1921, 2019),
            # A grade from a retired guidebook that copied its figures at random.
            "guidebook_grade": draws.integer(n, 0, 4),
            "grade": grade,
        }
    )
    table.loc[draws.happens(n, 0.04), "ranger"] = None
    table.loc[draws.happens(n, 0.015), "length_km"] *= 1000  # in metres
    table.to_csv(raw / "train.csv", index=False)
