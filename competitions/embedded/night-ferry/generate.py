"""Ferry bookings, some of which nobody turns up for.

What decides: the agency (a long tail of them), habit (earlier no-shows per trip), weather against
foot passengers, price per head against what the route usually costs, and how long ago one booked,
which only matters for tickets that cost nothing to drop.
"""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pandas as pd

from competitions.draws import Draws, powers, sigmoid, with_gaps

NUM_ROWS = 5000
ROUTES, AGENCIES = 12, 70
WEEKDAYS = np.array(["Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun"])
TARIFFS = np.array(["saver", "standard", "flex", "staff"])


def generate(raw: Path) -> None:
    draws = Draws(20261)
    n = NUM_ROWS
    route, agency = draws.category(n, powers(ROUTES, 0.6)), draws.category(n, powers(AGENCIES, 0.7))
    weekday, tariff = draws.category(n, np.ones(7)), draws.category(n, [4, 3, 2, 0.3])
    party = 1 + draws.category(n, [5, 6, 2, 2, 1, 0.5])
    by_foot = draws.happens(n, 0.45)
    vehicle = np.where(by_foot, 0.0, np.round(draws.lognormal(n, 4.6, 0.2), 1))
    usual = draws.uniform(ROUTES, 20, 90)[route]
    per_head = usual * draws.lognormal(n, 1.0, 0.35) * np.array([0.8, 1.0, 1.35, 0.3])[tariff]
    ahead = np.floor(draws.lognormal(n, 14, 1.1))
    wind = draws.lognormal(n, 14, 0.5)
    trips = np.floor(draws.lognormal(n, 3.0, 0.9))
    reliability = draws.normal(n)
    missed = np.floor(trips * sigmoid(-1.4 + 1.1 * reliability + draws.normal(n, sd=0.4)) + 0.3)
    hour = draws.integer(n, 5, 23)

    droppable = np.isin(tariff, [2, 3])
    logits = (
        -1.15
        + draws.normal(AGENCIES, sd=0.85)[agency]
        + draws.normal((ROUTES, 7), sd=0.45)[route, weekday]
        + 5.0 * ((missed + 1) / (trips + 4) - 0.3)
        + np.where(by_foot, 1.7, -0.3) * np.log(wind / 14)
        - 1.5 * np.log(per_head / usual)
        + np.where(droppable, 0.9, 0.05) * np.log((ahead + 1) / 15)
        + 0.5 * np.cos(2 * np.pi * (hour - 4) / 24)
        - 0.5 * (party >= 4)
    )
    noshow = draws.happens(n, sigmoid(1.8 * logits))
    noshow ^= draws.happens(n, 0.03)  # clerks err

    table = pd.DataFrame(
        {
            "id": 10_000 + draws.shuffled(n),
            "route": np.array([f"R{code:02d}" for code in range(ROUTES)])[route],
            "agency": np.array([f"AG{137 + 13 * code}" for code in range(AGENCIES)])[agency],
            "tariff": TARIFFS[tariff],
            "weekday": WEEKDAYS[weekday],
            "departure_hour": hour,
            "party_size": party,
            "vehicle_length_m": with_gaps(vehicle, draws.happens(n, 0.08)),
            "fare_total": np.round(per_head * party, 2),
            "days_ahead": ahead.astype(int),
            "wind_knots": with_gaps(np.round(wind, 1), draws.happens(n, sigmoid(0.2 * wind - 6))),
            "previous_trips": trips.astype(int),
            "previous_missed": missed.astype(int),
            "lead_age": with_gaps(draws.integer(n, 18, 84), draws.happens(n, 0.1)),
            # Looks as if it were written at the quay; it is written at random.
            "manifest_status": np.array(["BOARDED", "PENDING", "VOID"])[
                draws.category(n, [6, 3, 1])
            ],
            "noshow": noshow.astype(int),
        }
    )
    table.loc[draws.happens(n, 0.04), "agency"] = None
    table.loc[draws.happens(n, 0.01), "fare_total"] *= 100  # entered in cents
    table.to_csv(raw / "train.csv", index=False)
