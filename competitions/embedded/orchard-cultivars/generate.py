"""Fruit measured on a sorting belt; which of six cultivars is it?

Cultivars differ in proportions rather than sizes: height to width, sugar to acid, stem to height,
while size varies freely with the season. Orchards grow different mixes of them.
"""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pandas as pd

from competitions.draws import Draws, powers, with_gaps

NUM_ROWS = 5000
CULTIVARS = np.array(["amberling", "bellrose", "cinderpip", "dunmore", "elspeth", "fawnskin"])
ORCHARDS = 48
GROUNDS = np.array(["green", "yellow", "cream", "russet"])


def generate(raw: Path) -> None:
    draws = Draws(20262)
    n, k = NUM_ROWS, len(CULTIVARS)
    orchard = draws.category(n, powers(ORCHARDS, 0.5))
    mixes = np.exp(draws.normal((ORCHARDS, k), sd=1.1)) * powers(k, 0.4)
    cultivar = draws.category_per_row(mixes[orchard])

    size = draws.normal(n, sd=0.22)  # logarithm of the season's size
    ripeness = draws.normal(n)
    shape = draws.normal((k, 5), sd=1.0)[cultivar]
    width = np.exp(4.2 + size)
    height = width * np.exp(-0.08 + 0.055 * shape[:, 0] + draws.normal(n, sd=0.05))
    stem = height * np.exp(-1.4 + 0.16 * shape[:, 1] + draws.normal(n, sd=0.15))
    weight = width**2 * height * 4.6e-4 * np.exp(0.05 * shape[:, 2] + draws.normal(n, sd=0.05))
    acid = np.exp(-0.4 - 0.28 * ripeness + 0.5 * size)
    sugar = acid * np.exp(2.6 + 0.52 * ripeness + 0.2 * shape[:, 3] + draws.normal(n, sd=0.18))
    firmness = np.exp(
        1.9 - 0.3 * ripeness - 0.4 * size + 0.13 * shape[:, 4] + draws.normal(n, sd=0.13)
    )
    hue = (cultivar * 61 + 35 * ripeness + draws.normal(n, sd=55)) % 360  # a circle
    ground = draws.category_per_row(np.exp(draws.normal((k, 4), sd=0.9))[cultivar])
    labelled = np.where(draws.happens(n, 0.03), draws.category(n, np.ones(k)), cultivar)

    table = pd.DataFrame(
        {
            "id": 1 + draws.shuffled(n),
            "orchard": np.array([f"orchard_{code:02d}" for code in range(ORCHARDS)])[orchard],
            "width_mm": np.round(width, 1),
            "height_mm": np.round(height, 1),
            "stem_mm": with_gaps(np.round(stem, 1), draws.happens(n, 0.07)),  # broken off
            "weight_g": np.round(weight, 1),
            "sugar_brix": with_gaps(np.round(sugar, 2), draws.happens(n, 0.06)),
            "acid_gl": np.round(acid, 3),
            "firmness_kg": np.round(firmness, 2),
            "hue_degrees": np.round(hue, 0),
            "ground_colour": GROUNDS[ground],
            "belt": draws.integer(n, 1, 4),
            # A code that looks like the answer, drawn without a look at the fruit.
            "batch_code": np.array([name[:2].upper() for name in CULTIVARS])[
                draws.category(n, np.ones(k))
            ],
            "cultivar": CULTIVARS[labelled],
        }
    )
    table.loc[draws.happens(n, 0.05), "ground_colour"] = None
    table.loc[draws.happens(n, 0.015), "weight_g"] /= 28.35  # a scale set to ounces
    table.to_csv(raw / "train.csv", index=False)
