"""scikit-learn's handwritten digits as a bad scanner sees them: moved, faded, smudged, noisy.

One of the four scanners gives negatives. A few digits carry the wrong label.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
from PIL import Image
from sklearn.datasets import load_digits

from competitions.draws import Draws

SIDE = 8
SCANNERS = np.array(["astra", "borealis", "corona", "draco"])
NEGATIVE = 3


def generate(raw: Path) -> None:
    digits = load_digits()
    draws = Draws(20263)
    n = len(digits.target)
    scanner = draws.category(n, [4, 3, 2, 1.5])
    pixels = _scanned(digits.images / 16.0, scanner, draws)
    labels = np.where(draws.happens(n, 0.02), draws.integer(n, 0, 9), digits.target)
    ids = 1 + draws.shuffled(n)

    images = raw / "images"
    images.mkdir()
    for number, picture in zip(ids, pixels, strict=True):
        Image.fromarray(picture).save(images / f"{number}.png")
    table = pd.DataFrame(
        {
            "id": ids,
            "image": [f"images/{number}.png" for number in ids],
            "scanner": SCANNERS[scanner],
            "dpi": np.where(draws.happens(n, 0.1), np.nan, 75 * draws.integer(n, 1, 4)),
            # Reads like a transcription of the digit; a form number, unrelated to it.
            "form_digit": draws.integer(n, 0, 9),
            "label": labels,
        }
    )
    table.to_csv(raw / "train.csv", index=False)


def _scanned(ink: Any, scanner: Any, draws: Draws) -> Any:
    """Grey values 0-255 of pictures of ink in [0, 1]; (n, 8, 8) both."""
    n = len(ink)
    down, right = draws.category(n, [1, 3, 1]) - 1, draws.category(n, [1, 3, 1]) - 1
    gain, paper = draws.uniform(n, 0.6, 1.0), draws.uniform(n, 0.0, 0.25)
    top, left = draws.integer(n, 0, SIDE - 2), draws.integer(n, 0, SIDE - 2)
    smudged, tone = draws.happens(n, 0.25), draws.uniform(n)
    grain = draws.normal((n, SIDE, SIDE), sd=0.08)
    pictures = np.empty((n, SIDE, SIDE), dtype=np.uint8)
    for row in range(n):
        moved = _moved(ink[row], down[row], right[row])
        if smudged[row]:
            moved[top[row] : top[row] + 2, left[row] : left[row] + 2] = tone[row]
        grey = paper[row] + gain[row] * (1 - paper[row]) * moved + grain[row]
        grey = 1 - grey if scanner[row] == NEGATIVE else grey
        pictures[row] = np.round(255 * np.clip(grey, 0, 1))
    return pictures


def _moved(picture: Any, down: int, right: int) -> Any:
    """Shifted by up to one pixel; what enters is blank paper."""
    framed = np.pad(picture, 1)
    return framed[1 - down : 1 - down + SIDE, 1 - right : 1 - right + SIDE].copy()
