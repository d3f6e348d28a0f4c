"""Kaggle's medal rules, with MLE-bench's reading of them.

With n teams, a medal goes to everybody who reaches the score at this position of the leaderboard:

    n           gold          silver    bronze
    1-99        10 %          20 %      40 %
    100-249     10            20 %      40 %
    250-999     10 + 0.2 %    50        100
    1000-       10 + 0.2 %    5 %       10 %

Percentages are rounded down, and at least 1. Source: kaggle.com/progression, as MLE-bench reads it.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum


class Medal(StrEnum):
    GOLD = "gold"
    SILVER = "silver"
    BRONZE = "bronze"


@dataclass(frozen=True, slots=True, kw_only=True)
class MedalPositions:
    """Last leaderboard position (1 is the best) that earns each medal."""

    gold: int
    silver: int
    bronze: int


def medal_positions(num_teams: int) -> MedalPositions:
    """Raises ValueError for fewer than one team."""
    if num_teams < 1:
        raise ValueError(f"a leaderboard has at least one team, not {num_teams}")

    def share(per_mille: int) -> int:
        return max(1, num_teams * per_mille // 1000)

    gold_of_many = 10 + num_teams * 2 // 1000
    if num_teams < 100:
        return MedalPositions(gold=share(100), silver=share(200), bronze=share(400))
    if num_teams < 250:
        return MedalPositions(gold=10, silver=share(200), bronze=share(400))
    if num_teams < 1000:
        return MedalPositions(gold=gold_of_many, silver=50, bronze=100)
    return MedalPositions(gold=gold_of_many, silver=share(50), bronze=share(100))
