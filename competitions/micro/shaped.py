"""How the rows of the families that are no plain tables are drawn: series, texts, pictures."""

from __future__ import annotations

import numpy as np
import pandas as pd

from competitions.draws import Draws
from competitions.micro.family import ORACLE

KIOSKS = np.array(["harbour", "market", "museum", "station"])
SIDE = 8
PATTERNS = np.array(["canvas", "denim", "linen", "twill"])

TOPICS = ("fodder", "milk", "plough", "wool")
STEMS = {
    "fodder": ("silag", "haylag", "bran", "clover", "lucern", "oat"),
    "milk": ("churn", "curdl", "cream", "rennet", "whey", "udder"),
    "plough": ("furrow", "harrow", "tractor", "coulter", "share", "hitch"),
    "wool": ("fleec", "shear", "lanolin", "stapl", "felt", "flock"),
}
NEUTRAL = ("weath", "fenc", "barn", "roof", "road", "bridg", "wat", "light", "gat", "cellar")
ENDINGS = ("s", "ing", "er", "ed", "y", "ish", "age", "let", "work", "like", "ment", "less")
STARTS = ("re", "un", "over", "pre", "half", "mid", "off", "co")
OPENINGS = (
    "Good morning, I have a question about the {a} and also the {b} on our farm",
    "The {a} did not arrive with the {b}, please call me back this week",
    "Since Monday the {a} has been worse than the {b} of last year",
    "Could someone look at the {a}? My neighbour says the {b} is the same",
    "We would like to order {a} and {b} before the end of the month",
    "Is there any news on the {a}, or should I ask about the {b} again",
)


def series(draws: Draws, n: int) -> pd.DataFrame:
    """Kiosks with a weekly shape of their own, which multiplies the level."""
    num_days = n // len(KIOSKS)
    level = draws.lognormal(len(KIOSKS), 90, 0.7)
    shape = np.exp(draws.normal((len(KIOSKS), 7), sd=0.5))
    slope = draws.uniform(len(KIOSKS), -0.15, 0.15)
    day = np.repeat(np.arange(num_days), len(KIOSKS))
    kiosk = np.tile(np.arange(len(KIOSKS)), num_days)
    truth = level[kiosk] * shape[kiosk, day % 7] * np.exp(slope[kiosk] * day / num_days)
    sold = truth * np.exp(draws.normal(len(day), sd=0.2))
    dates = pd.Timestamp("2023-01-02") + pd.to_timedelta(day, unit="D")
    return pd.DataFrame(
        {
            "date": dates.strftime("%Y-%m-%d"),
            "kiosk": KIOSKS[kiosk],
            "cups": np.round(sold, 0),
            ORACLE: truth,
        }
    )


def texts(draws: Draws, n: int) -> pd.DataFrame:
    """A word of the topic and another one in a template, in forms that rarely come twice."""
    topic = draws.category(n, [4, 3, 2, 2])
    opening = draws.integer(n, 0, len(OPENINGS) - 1)
    stem, other = draws.integer(n, 0, 5), draws.integer(n, 0, len(NEUTRAL) - 1)
    about = _forms(draws, [STEMS[TOPICS[t]][k] for t, k in zip(topic, stem, strict=True)])
    beside = _forms(draws, [NEUTRAL[k] for k in other])
    is_first = draws.happens(n, 0.5)
    letters = [
        OPENINGS[number].format(a=a if first else b, b=b if first else a) + "."
        for number, a, b, first in zip(opening, about, beside, is_first, strict=True)
    ]
    names = np.array(TOPICS)
    wrong = draws.happens(n, 0.08)
    shown = np.where(wrong, draws.integer(n, 0, len(TOPICS) - 1), topic)
    return pd.DataFrame({"message": letters, "desk": names[shown], ORACLE: names[topic]})


def _forms(draws: Draws, stems: list[str]) -> list[str]:
    """Each stem with an ending, every other one with a start."""
    start = draws.integer(len(stems), 0, 2 * len(STARTS) - 1)
    ending = draws.integer(len(stems), 0, len(ENDINGS) - 1)
    return [
        (STARTS[s] if s < len(STARTS) else "") + stem + ENDINGS[e]
        for stem, s, e in zip(stems, start, ending, strict=True)
    ]


def images(draws: Draws, n: int) -> pd.DataFrame:
    """Threads in one of four directions, anywhere: no single pixel says which."""
    label = draws.category(n, [1, 1, 1, 1])
    angle = np.pi / 4 * label + draws.normal(n, sd=0.16)
    phase = draws.uniform(n, 0, 2 * np.pi)
    pitch, contrast = draws.uniform(n, 1.3, 2.1), draws.uniform(n, 0.15, 0.4)
    down, right = np.mgrid[:SIDE, :SIDE]
    along = np.cos(angle)[:, None, None] * right + np.sin(angle)[:, None, None] * down
    waves = np.sin(pitch[:, None, None] * along + phase[:, None, None])
    grey = 0.5 + contrast[:, None, None] * waves + draws.normal((n, SIDE, SIDE), sd=0.18)
    pixels = np.round(255 * np.clip(grey, 0, 1)).astype(np.uint8)
    return pd.DataFrame({"image": list(pixels), "cloth": PATTERNS[label], ORACLE: PATTERNS[label]})
