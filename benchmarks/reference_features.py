"""Features for the reference pipelines: what a good competitor would find in each competition.

`plain` drops what is no feature; an expert function adds the proportions, residuals and crosses
that matter. All are functions of one table alone, so they may run on train and test apart.
"""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import numpy as np
import pandas as pd

Features = Callable[[pd.DataFrame], pd.DataFrame]


def plain(table: pd.DataFrame) -> pd.DataFrame:
    return table.drop(columns=["id", "image", "date", "text"], errors="ignore")


def ferry(table: pd.DataFrame) -> pd.DataFrame:
    found = plain(table)
    per_head = found["fare_total"] / found["party_size"]
    per_head = per_head.where(per_head < 2000, per_head / 100)
    usual = per_head.groupby(found["route"]).transform("median")
    by_foot = found["vehicle_length_m"] == 0
    return found.assign(
        fare_ratio=np.log(per_head / usual),
        habit=(found["previous_missed"] + 1) / (found["previous_trips"] + 4),
        wind_on_foot=np.log(found["wind_knots"]) * by_foot,
        ahead_if_droppable=np.log1p(found["days_ahead"]) * found["tariff"].isin(["flex", "staff"]),
        route_weekday=found["route"] + found["weekday"],
    )


def orchard(table: pd.DataFrame) -> pd.DataFrame:
    found = plain(table)
    weight = found["weight_g"].where(found["weight_g"] > 40, found["weight_g"] * 28.35)
    width, height, acid = found["width_mm"], found["height_mm"], found["acid_gl"]
    turn = np.radians(found["hue_degrees"])
    return found.assign(
        weight_g=weight,
        flatness=np.log(height / width),
        stem_share=np.log(found["stem_mm"] / height),
        density=np.log(weight / width**2 / height),
        sweetness=np.log(found["sugar_brix"] / acid),
        firmness_for_size=np.log(found["firmness_kg"]) + 0.4 * np.log(width),
        ripeness=np.log(acid) - 0.5 * np.log(width),
        hue_sin=np.sin(turn),
        hue_cos=np.cos(turn),
    )


def kiln(table: pd.DataFrame) -> pd.DataFrame:
    found = plain(table)
    peak = found["peak_temperature"]
    peak = peak.where(peak < 1700, (peak - 32) / 1.8)
    clay = found[["kaolin_kg", "feldspar_kg", "quartz_kg"]].sum(axis=1)
    share = found["kaolin_kg"] / clay
    off = peak + 18 * np.log(found["soak_minutes"].fillna(45) / 45) - 1100 - 150 * share
    return found.assign(
        peak_temperature=peak,
        kaolin_share=share,
        flux=np.log(found["feldspar_kg"] / found["quartz_kg"]),
        log_thickness=np.log(found["thickness_mm"]),
        log_length=np.log(found["length_mm"]),
        off_peak=off,
        off_peak_squared=(off / 55) ** 2,
    )


def reef(table: pd.DataFrame) -> pd.DataFrame:
    found = plain(table)
    drift = found["temperature"] - found["surface_temperature"] + 0.16 * found["depth_m"]
    expected = 9.2 - 0.11 * (found["surface_temperature"] - 0.16 * found["depth_m"])
    stuck = found["oxygen"] - expected - 1.3 * found["sunlight"]
    return found.assign(
        drift=drift,
        drift_size=drift.abs(),
        stuck=stuck,
        stuck_size=stuck.abs(),
        log_unserviced=np.log1p(found["days_unserviced"]),
        log_turbidity=np.log(found["turbidity"]),
        low_battery_in_sun=(found["battery_volts"] < 12.6) & (found["sunlight"] > 0.2),
    )


def trail(table: pd.DataFrame) -> pd.DataFrame:
    found = plain(table)
    length = found["length_km"].where(found["length_km"] < 200, found["length_km"] / 1000)
    return found.assign(
        length_km=length,
        steepness=np.log(found["ascent_m"] / length),
        log_length=np.log(length),
        slippery=found["exposure_index"] * found["rain_mm_month"],
        well_signed=np.exp(-(((found["signs_per_km"] - 4) / 1.2) ** 2)),
    )


def calendar(table: pd.DataFrame) -> pd.DataFrame:
    """The bakery's table with the day's place in the week and the month."""
    dates = pd.to_datetime(table["date"])
    temperature = table.groupby("date")["forecast_temperature"].transform("median")
    payday = (dates.dt.day >= 27) | (dates.dt.day <= 2)
    return plain(table).assign(
        forecast_temperature=temperature,
        weekday=dates.dt.day_of_week,
        day=(dates - pd.Timestamp("2024-02-05")).dt.days,
        payday=payday.astype(int),
        series=table["shop"] + table["product"],
    )


def bakery(table: pd.DataFrame) -> pd.DataFrame:
    """Crosses as words, for a linear model of the logarithm."""
    found = calendar(table)
    shop, product = found["shop"], found["product"]
    crosses = {
        "series": found["series"],
        "shop_weekday": shop + found["weekday"].astype(str),
        "shop_holiday": np.where(found["holiday"] == 1, shop, "none"),
        "product_promotion": np.where(found["promotion"] == 1, product, "none"),
        "product_payday": np.where(found["payday"] == 1, product, "none"),
    }
    warmth = {
        f"warmth_{name}": (found["forecast_temperature"] - 12) * (product == name)
        for name in sorted(product.unique())
    }
    trend = {
        f"trend_{name}": found["day"] / 100 * (found["series"] == name)
        for name in sorted(found["series"].unique())
    }
    return pd.DataFrame(crosses).assign(**warmth, **trend)


def text(table: pd.DataFrame) -> pd.Series:
    return table["text"]


def pixels(folder: Path, *, cleaned: bool) -> Callable[[pd.DataFrame], np.ndarray]:
    """Grey values in [0, 1] of each row's picture; cleaned: ink bright, contrast evened out."""
    from PIL import Image

    def read(table: pd.DataFrame) -> np.ndarray:
        pictures = [np.asarray(Image.open(folder / name), dtype=float) for name in table["image"]]
        flat = np.stack(pictures).reshape(len(pictures), -1) / 255
        return _cleaned(flat) if cleaned else flat

    return read


def _cleaned(flat: np.ndarray) -> np.ndarray:
    edges = flat.reshape(-1, 8, 8)[:, [0, -1], :].reshape(len(flat), -1)
    negative = np.median(edges, axis=1, keepdims=True) > 0.5
    upright = np.where(negative, 1 - flat, flat)
    centred = upright - np.median(upright, axis=1, keepdims=True)
    spread: np.ndarray = centred / (centred.std(axis=1, keepdims=True) + 1e-6)
    return spread
