"""Hourly readings of reef buoys; about one in twelve comes from a failing sensor.

A failing sensor disagrees with its neighbours: the reading itself is plausible, the residual
against the others is not. Old firmware and long unserviced stations fail more often.
"""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pandas as pd

from competitions.draws import Draws, powers, sigmoid, with_gaps

NUM_ROWS = 5000
STATIONS = 55
FIRMWARE = np.array(["2.0", "2.1", "2.4", "3.0", "3.1-beta"])


def generate(raw: Path) -> None:
    draws = Draws(20265)
    n = NUM_ROWS
    station, firmware = draws.category(n, powers(STATIONS, 0.4)), draws.category(n, [2, 4, 3, 3, 1])
    depth = draws.uniform(STATIONS, 2, 30)[station] + draws.normal(n, sd=0.4)
    hour = draws.integer(n, 0, 23)
    sun = np.maximum(0, np.sin(np.pi * (hour - 6) / 12)) * draws.uniform(n, 0.3, 1.0)
    weather = draws.normal(n)
    surface = 27 + 1.4 * weather + 1.5 * sun
    temperature = surface - 0.16 * depth + draws.normal(n, sd=0.25)
    salinity = 35.2 - 0.45 * weather + 0.02 * depth + draws.normal(n, sd=0.15)
    oxygen = 9.2 - 0.11 * temperature + 1.3 * sun + draws.normal(n, sd=0.2)
    acidity = 8.1 + 0.05 * oxygen - 0.02 * salinity + draws.normal(n, sd=0.03)
    turbidity = draws.lognormal(n, 1.2, 0.5) * np.exp(0.4 * np.abs(weather))
    unserviced = draws.lognormal(n, 60, 0.8)
    battery = 13.1 - 0.004 * np.minimum(unserviced, 400) + 0.4 * sun + draws.normal(n, sd=0.15)
    wobble = draws.lognormal(n, 1.0, 0.6)

    drift = draws.normal(n, sd=0.55) + 0.5 * draws.normal(STATIONS)[station]
    stuck = draws.normal(n, sd=0.5)
    logits = (
        -6.2
        + 1.5 * np.abs(drift)
        + 2.2 * np.abs(stuck)
        + 0.75 * np.log(unserviced / 60)
        + np.array([0.9, 0.2, 0.0, -0.5, 1.2])[firmware]
        + draws.normal(STATIONS, sd=0.8)[station]
        + 0.9 * (wobble > 1.6) * (depth < 10)
        + 0.6 * np.log(turbidity)
        + 1.3 * (battery < 12.6) * (sun > 0.2)
    )
    fault = draws.happens(n, sigmoid(1.8 * (logits + 1.5))) & ~draws.happens(n, 0.04)
    temperature, oxygen = temperature + 0.9 * drift, oxygen + 0.75 * stuck

    table = pd.DataFrame(
        {
            "id": draws.shuffled(n) + 70_000,
            "station": np.array([f"buoy-{3 * code + 11}" for code in range(STATIONS)])[station],
            "firmware": FIRMWARE[firmware],
            "hour": hour,
            "depth_m": np.round(depth, 2),
            "sunlight": np.round(sun, 3),
            "surface_temperature": np.round(surface + draws.normal(n, sd=0.15), 2),
            "temperature": np.round(temperature, 2),
            "salinity": with_gaps(np.round(salinity, 2), draws.happens(n, 0.08)),
            "oxygen": np.round(oxygen, 2),
            "acidity": with_gaps(np.round(acidity, 3), draws.happens(n, 0.05)),
            "turbidity": np.round(turbidity, 2),
            "days_unserviced": np.round(unserviced, 0),
            "battery_volts": np.round(battery, 2),
            "wobble": np.round(wobble, 2),
            # Reads like the verdict of the buoy's own watchdog, which never worked.
            "self_test": np.array(["pass", "warn", "fail"])[draws.category(n, [12, 2, 1])],
            "fault": fault.astype(int),
        }
    )
    table.loc[draws.happens(n, 0.01), "turbidity"] = 999.0  # weed on the lens
    table.to_csv(raw / "train.csv", index=False)
