"""Fired tiles and the load at which they broke.

Strength multiplies up: thickness to a power, a best temperature that depends on the clay, how long
the kiln held it, a workshop's skill. The target is skewed, so its logarithm is the easier one.
"""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pandas as pd

from competitions.draws import Draws, powers, with_gaps

NUM_ROWS = 5000
WORKSHOPS = 60
GLAZES = np.array(["none", "ash", "salt", "celadon", "tenmoku", "lustre", "slip"])


def generate(raw: Path) -> None:
    draws = Draws(20264)
    n = NUM_ROWS
    workshop = draws.category(n, powers(WORKSHOPS, 0.6))
    glaze = draws.category(n, [5, 3, 3, 2, 2, 1, 1])
    parts = draws.lognormal((n, 3), 1.0, 0.6)  # kaolin, feldspar, quartz by weight
    kaolin, feldspar, quartz = (parts * [5.0, 3.0, 2.5]).T
    share = kaolin / (kaolin + feldspar + quartz)
    thickness = draws.lognormal(n, 11, 0.19)
    length = draws.lognormal(n, 210, 0.18)
    peak = draws.normal(n, 1185, 55)
    soak = draws.lognormal(n, 45, 0.5)
    moisture = draws.lognormal(n, 2.2, 0.45)
    cooling = draws.uniform(n, 30, 180)

    best = 1130 + 150 * (share - 0.2) + np.array([0, 10, 25, 40, 30, -25, -10])[glaze]
    off = (peak + 18 * np.log(soak / 45) - best) / 55
    log_load = (
        6.4
        + draws.normal(WORKSHOPS, sd=0.22)[workshop]
        + draws.normal(len(GLAZES), sd=0.12)[glaze]
        + 1.9 * np.log(thickness / 11)
        - 1.0 * np.log(length / 210)
        - 0.28 * np.minimum(off**2, 5)
        + 0.55 * np.log(feldspar / quartz) * (share - 0.45)
        - 0.12 * np.maximum(0, moisture - 2.5)
        - 0.22 * (cooling > 120) * (thickness > 12)
        + draws.normal(n, sd=0.13)
    )

    fahrenheit = draws.happens(n, 0.03)
    table = pd.DataFrame(
        {
            "id": 500 + draws.shuffled(n),
            "workshop": np.array([f"W-{code:03d}" for code in range(WORKSHOPS)])[workshop],
            "glaze": GLAZES[glaze],
            "kaolin_kg": np.round(kaolin, 2),
            "feldspar_kg": np.round(feldspar, 2),
            "quartz_kg": np.round(quartz, 2),
            "thickness_mm": np.round(thickness, 2),
            "length_mm": np.round(length, 0),
            "peak_temperature": np.round(np.where(fahrenheit, peak * 1.8 + 32, peak), 0),
            "soak_minutes": with_gaps(np.round(soak, 0), draws.happens(n, 0.06)),
            "moisture_percent": with_gaps(np.round(moisture, 2), draws.happens(n, 0.12)),
            "cooling_rate": np.round(cooling, 0),
            "kiln_position": np.array(["top", "middle", "bottom"])[draws.category(n, [1, 2, 1])],
            # Named like the target; from the catalogue, not from the press.
            "rated_load": np.round(draws.lognormal(n, 600, 0.5), -1),
            "breaking_load": np.round(np.exp(log_load), 1),
        }
    )
    table.loc[draws.happens(n, 0.03), "workshop"] = None
    table.to_csv(raw / "train.csv", index=False)
