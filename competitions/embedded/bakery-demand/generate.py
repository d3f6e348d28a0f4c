"""Daily sales of 24 shop-and-product series over 200 days, with what was known beforehand.

Everything multiplies: a level that wanders, a week's rhythm of each shop, promotions that work for
some products only, weather that sells some and spoils others, paydays, holidays.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from competitions.draws import Draws, with_gaps

NUM_DAYS = 200
SHOPS = ["harbour", "station", "market", "campus", "hillside", "airport"]
PRODUCTS = ["rye loaf", "cinnamon bun", "sandwich", "iced cake"]
FIRST_DAY = "2024-02-05"
HOLIDAYS = (25, 54, 56, 86, 94, 105, 115, 161, 180)  # days since the first


def generate(raw: Path) -> None:
    draws = Draws(20267)
    days = np.arange(NUM_DAYS)
    dates = pd.date_range(FIRST_DAY, periods=NUM_DAYS)
    season = 9 + 11 * np.sin(2 * np.pi * (days - 60) / 365)
    temperature = season + _wandering(draws, NUM_DAYS, 0.75, 2.4)
    weeks = draws.normal((len(SHOPS), 7), sd=0.28)
    weeks[:, 5:] += draws.normal((len(SHOPS), 1), sd=0.35)  # shops live on weekdays or weekends
    series = [
        _series(draws, days, dates, temperature, weeks[shop], shop, product)
        for shop in range(len(SHOPS))
        for product in range(len(PRODUCTS))
    ]
    table = pd.concat(series, ignore_index=True).sort_values(
        ["date", "shop", "product"], kind="stable", ignore_index=True
    )
    table.insert(0, "id", 1 + np.arange(len(table)))
    table.to_csv(raw / "train.csv", index=False)


def _series(
    draws: Draws, days: Any, dates: Any, temperature: Any, week: Any, shop: int, product: int
) -> pd.DataFrame:
    n = len(days)
    promotion = draws.happens(n, 0.12)
    price = np.array([4.2, 3.1, 6.0, 5.2])[product] * np.where(promotion, 0.85, 1.0)
    price = np.round(price * draws.lognormal(1, 1.0, 0.05), 2)
    holiday = np.isin(days, HOLIDAYS)
    payday = np.asarray(dates.day >= 27) | np.asarray(dates.day <= 2)
    level = draws.normal(1, 4.0, 0.8) + np.cumsum(draws.normal(n, sd=0.012))
    log_sales = (
        level
        + draws.normal(1, sd=0.0015) * days
        + week[dates.day_of_week]
        + np.array([0.1, 0.55, 0.3, 0.75])[product] * promotion
        + np.array([-0.012, -0.02, 0.008, 0.035])[product] * (temperature - 12)
        + np.array([-0.9, 0.2, 0.5, -0.3, 0.1, 0.35])[shop] * holiday
        + np.array([0.0, 0.12, 0.0, 0.22])[product] * payday
        + draws.normal(n, sd=0.13)
    )
    units = np.maximum(1, np.round(np.exp(log_sales)))
    units = np.where(draws.happens(n, 0.01), np.maximum(1, units // 5), units)  # oven failed
    return pd.DataFrame(
        {
            "date": dates.strftime("%Y-%m-%d"),
            "shop": SHOPS[shop],
            "product": PRODUCTS[product],
            "price": price,
            "promotion": promotion.astype(int),
            "holiday": holiday.astype(int),
            "forecast_temperature": with_gaps(
                np.round(temperature + draws.normal(n, sd=1.0), 1), draws.happens(n, 0.06)
            ),
            # A planner's figure for the same day; the planner guessed.
            "planned_units": np.round(draws.lognormal(n, 60, 0.6)).astype(int),
            "units_sold": units.astype(int),
        }
    )


def _wandering(draws: Draws, size: int, memory: float, sd: float) -> Any:
    """An autoregressive series of order one."""
    steps, values = draws.normal(size, sd=sd), np.zeros(size)
    for day in range(1, size):
        values[day] = memory * values[day - 1] + steps[day]
    return values
