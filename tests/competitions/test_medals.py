"""Kaggle's medal rules, at every boundary of the table and in both directions."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from competitions.leaderboard import Leaderboard
from competitions.medals import Medal, MedalPositions, medal_positions


@pytest.mark.parametrize(
    ("num_teams", "gold", "silver", "bronze"),
    [
        (1, 1, 1, 1),
        (4, 1, 1, 1),
        (5, 1, 1, 2),
        (9, 1, 1, 3),
        (10, 1, 2, 4),
        (19, 1, 3, 7),
        (99, 9, 19, 39),
        (100, 10, 20, 40),
        (249, 10, 49, 99),
        (250, 10, 50, 100),
        (499, 10, 50, 100),
        (500, 11, 50, 100),
        (999, 11, 50, 100),
        (1000, 12, 50, 100),
        (1499, 12, 74, 149),
        (1500, 13, 75, 150),
        (4999, 19, 249, 499),
    ],
)
def test_positions(num_teams: int, gold: int, silver: int, bronze: int) -> None:
    assert medal_positions(num_teams) == MedalPositions(gold=gold, silver=silver, bronze=bronze)


def test_no_teams_is_an_error() -> None:
    with pytest.raises(ValueError, match="at least one team"):
        medal_positions(0)


@given(st.integers(1, 20_000))
def test_positions_are_those_of_floating_point_shares(num_teams: int) -> None:
    """MLE-bench multiplies floats and truncates; whole-number arithmetic must agree."""
    places = medal_positions(num_teams)
    if num_teams < 250:
        assert places.silver == max(1, int(num_teams * 0.2))
        assert places.bronze == max(1, int(num_teams * 0.4))
    elif num_teams >= 1000:
        assert places.silver == max(1, int(num_teams * 0.05))
        assert places.bronze == max(1, int(num_teams * 0.1))
    if num_teams >= 250:
        assert places.gold == 10 + int(num_teams * 0.002)


@given(st.integers(1, 6000))
def test_positions_are_nested(num_teams: int) -> None:
    places = medal_positions(num_teams)
    assert 1 <= places.gold <= places.silver <= places.bronze <= num_teams


@pytest.mark.parametrize("higher", [True, False])
@pytest.mark.parametrize("num_teams", [99, 100, 249, 250, 999, 1000])
def test_medals_end_at_their_positions(num_teams: int, higher: bool) -> None:
    order = range(num_teams, 0, -1) if higher else range(num_teams)
    board = Leaderboard(scores=tuple(map(float, order)), higher_is_better=higher)
    places = medal_positions(num_teams)
    for medal, last in ((Medal.GOLD, places.gold), (Medal.SILVER, places.silver)):
        assert board.standing(board.scores[last - 1]).medal is medal
        assert board.standing(board.scores[last]).medal is not medal
    assert board.standing(board.scores[places.bronze - 1]).medal is Medal.BRONZE
    assert board.standing(board.scores[places.bronze]).medal is None
