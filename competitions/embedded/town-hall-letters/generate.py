"""Short letters to a town hall, each for one of seven departments.

A letter mixes words of its department, words of another one, and small talk. Some words mean
nothing alone and decide only in pairs: who repairs a broken light is not who sees to a dark one.
People misspell. Departments are far from equally busy.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from competitions.draws import Draws, powers

NUM_ROWS = 4000
DISTRICTS = 30
DEPARTMENTS: dict[str, str] = {
    "roads": "pothole asphalt kerb pavement crossing bump gravel tarmac lane junction detour cones "
    "puncture crack surface resurfacing bollard verge drainage camber",
    "parks": "lawn hedge bench playground swing roses pond ducks mowing branches roots oak picnic "
    "fountain flowerbed shrubs goalpost leaves gardener sandpit",
    "waste": "bins rubbish recycling collection skip smell rats landfill glass cardboard compost "
    "lorry overflow bags litter bulky mattress missed sorting plastics",
    "transport": "tram bus timetable stop ticket driver shelter delay route platform fare "
    "inspector depot connection validator late pass season carriage doors",
    "water": "leak pipe pressure meter tap sewer flood hydrant brown boiler valve burst manhole "
    "bill reading supply main stopcock cellar pump",
    "housing": "tenant rent damp mould landlord lease heating flat stairwell lift deposit repair "
    "neighbour noise ceiling waiting list window key boiler",
    "permits": "licence application form stamp office appointment passport certificate fee "
    "signature planning notice terrace extension stall market scaffold copy register deadline",
}
# Every department has its own pairs of these, so a pair tells what neither word tells alone.
STATES = "broken dark blocked old missing loose wet locked noisy crooked new frozen"
THINGS = "light sign wall door gate box cover post step cable hook frame ramp board"
SMALL_TALK = (
    "hello dear sir madam please again still since last week month yesterday today morning "
    "evening the our my near outside behind number house street corner it is was has been not "
    "very really nobody answers called wrote twice photo attached thank you regards family "
    "children elderly mother dangerous annoying urgent kindly tell when will someone come look "
    "at this"
)
BUSY = np.array([30, 15, 22, 12, 9, 8, 4])


def generate(raw: Path) -> None:
    draws = Draws(20268)
    n, k = NUM_ROWS, len(DEPARTMENTS)
    district = draws.category(n, powers(DISTRICTS, 0.5))
    leaning = BUSY * np.exp(draws.normal((DISTRICTS, k), sd=0.9))
    department = draws.category_per_row(leaning[district])
    other = (department + draws.integer(n, 1, k - 1)) % k
    texts = [_letter(draws, *pair) for pair in zip(department, other, strict=True)]
    names = np.array(list(DEPARTMENTS))
    labelled = np.where(draws.happens(n, 0.03), other, department)
    table = pd.DataFrame(
        {
            "id": 40_000 + draws.shuffled(n),
            "channel": np.array(["form", "email", "phone", "desk"])[
                draws.category(n, [5, 4, 2, 1])
            ],
            "district": np.array([f"D{code:02d}" for code in range(DISTRICTS)])[district],
            "text": texts,
            # Where the letter was first sent: a clerk's dice, not a clue.
            "first_sent_to": names[draws.category(n, np.ones(k))],
            "department": names[labelled],
        }
    )
    table.loc[draws.happens(n, 0.05), "district"] = None
    table.to_csv(raw / "train.csv", index=False)


def _letter(draws: Draws, department: int, other: int) -> str:
    """10 to 30 words, a few of which belong to the department."""
    length = int(draws.integer(1, 10, 30)[0])
    chatter = SMALL_TALK.split()
    words = [chatter[index] for index in draws.integer(length, 0, len(chatter) - 1)]
    for index in range(length):
        source = int(draws.category(1, [0.835, 0.06, 0.03, 0.075])[0])
        if source == 1:
            words[index] = _any(draws, _words(department))
        elif source == 2:
            words[index] = _any(draws, _words(other))
        elif source == 3:
            words[index] = _pair(draws, department)
    text = " ".join(_misspelt(draws, word) for word in words)
    return text[0].upper() + text[1:] + "."


def _words(department: int) -> list[str]:
    return list(DEPARTMENTS.values())[department].split()


def _pair(draws: Draws, department: int) -> str:
    """A state and a thing whose places in the lists add up to the department."""
    states, things = STATES.split(), THINGS.split()
    state = int(draws.integer(1, 0, len(states) - 1)[0])
    fitting = [thing for at, thing in enumerate(things) if (3 * state + at) % 7 == department]
    return f"{states[state]} {_any(draws, fitting)}"


def _any(draws: Draws, options: list[str]) -> str:
    return options[int(draws.category(1, powers(len(options), 0.4))[0])]


def _misspelt(draws: Draws, word: str) -> str:
    """One time in four, two letters change places or one is dropped."""
    chance: Any = draws.uniform(2)
    if len(word) < 4 or chance[0] > 1 / 4:
        return word
    at = 1 + int(chance[1] * (len(word) - 2))
    if chance[0] > 1 / 8:
        return word[:at] + word[at + 1 :]
    return word[: at - 1] + word[at] + word[at - 1] + word[at + 1 :]
