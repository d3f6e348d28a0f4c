"""The id of a micro-competition: `micro:FAMILY/SEED`. Anything else is refused before it can name
a file: the id is also a path below the data directory."""

from __future__ import annotations

import difflib
import re

from competitions.errors import CompetitionError

PREFIX = "micro:"
FAMILY_NAMES = (
    "linear",
    "interactions",
    "categories",
    "missingness",
    "imbalance",
    "drift",
    "series",
    "texts",
    "images",
    "counts",
    "noisy-labels",
    "ordinal",
)
MAX_DIGITS = 9
EXAMPLE = "a micro-competition is micro:FAMILY/SEED, such as `micro:linear/7`"

_SEED = re.compile(rf"0|[1-9][0-9]{{0,{MAX_DIGITS - 1}}}")


def parse(name: str) -> tuple[str, int]:
    """Family and seed of an id.

    Raises:
        CompetitionError: no such family (with the nearest one), or no such seed.
    """
    family, _, seed = name.removeprefix(PREFIX).partition("/")
    if family not in FAMILY_NAMES:
        near = difflib.get_close_matches(family, FAMILY_NAMES, n=1, cutoff=0.5)
        guess = f"did you mean `{PREFIX}{near[0]}/0`? " if near else f"{EXAMPLE}; "
        raise CompetitionError(
            f"unknown family of micro-competitions in {name!r}",
            hint=f"{guess}families: {', '.join(FAMILY_NAMES)}",
        )
    if not _SEED.fullmatch(seed):
        raise CompetitionError(
            f"{name!r}: the seed must be a whole number from 0 to {10**MAX_DIGITS - 1}",
            hint=EXAMPLE,
        )
    return family, int(seed)


def parse_function(name: str) -> tuple[str, int]:
    """Family and seed of the function name that `function_name` made."""
    family, _, seed = name.rpartition("_")
    return parse(f"{PREFIX}{family.replace('_', '-')}/{seed}")


def function_name(family: str, seed: int) -> str:
    return f"{family.replace('-', '_')}_{seed}"
