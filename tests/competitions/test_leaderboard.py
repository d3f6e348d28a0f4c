"""Where a score stands: rank, percentile, median, rounding; and files that are no leaderboard."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from competitions.errors import CompetitionError
from competitions.leaderboard import Leaderboard
from competitions.medals import Medal

ORDER = [None, Medal.BRONZE, Medal.SILVER, Medal.GOLD]
SCORES = st.floats(-1e3, 1e3, allow_nan=False)


def board_of(scores: list[float], *, higher: bool) -> Leaderboard:
    return Leaderboard(scores=tuple(sorted(scores, reverse=higher)), higher_is_better=higher)


@given(st.lists(SCORES, min_size=1, max_size=300), st.booleans(), SCORES, SCORES)
def test_a_better_score_never_stands_lower(
    scores: list[float], higher: bool, first: float, second: float
) -> None:
    board = board_of(scores, higher=higher)
    worse, better = sorted((first, second), reverse=not higher)
    low, high = board.standing(worse), board.standing(better)
    assert low.percentile <= high.percentile
    assert low.rank >= high.rank
    assert low.above_median <= high.above_median
    assert ORDER.index(low.medal) <= ORDER.index(high.medal)


@given(st.lists(SCORES, min_size=1, max_size=50), SCORES)
def test_directions_mirror_each_other(scores: list[float], score: float) -> None:
    up = board_of(scores, higher=True)
    down = board_of([-value for value in scores], higher=False)
    assert up.standing(score).medal == down.standing(-score).medal
    assert up.percentile(score) == down.percentile(-score)


def test_percentile_counts_beaten_teams_and_half_of_ties() -> None:
    board = Leaderboard(scores=(4.0, 3.0, 3.0, 1.0), higher_is_better=True)
    assert [board.percentile(score) for score in (5.0, 4.0, 3.0, 2.0, 0.0)] == [
        1.0,
        0.875,
        0.5,
        0.25,
        0.0,
    ]
    assert [board.standing(score).rank for score in (5.0, 4.0, 3.0, 2.0)] == [1, 1, 2, 4]


def test_the_median_must_be_beaten() -> None:
    board = Leaderboard(scores=(1.0, 2.0, 3.0), higher_is_better=False)
    assert not board.standing(2.0).above_median
    assert board.standing(1.99).above_median


def test_scores_are_rounded_to_five_decimals() -> None:
    board = Leaderboard(scores=(0.9, 0.8), higher_is_better=True)
    assert board.standing(0.899996).medal is Medal.GOLD
    assert board.standing(0.899994).medal is None


def write(path: Path, text: str) -> Path:
    path.write_text(text)
    return path


def test_the_order_tells_the_direction(tmp_path: Path) -> None:
    down = write(tmp_path / "down.csv", "team,score\na,0.9\nb,0.5\n")
    up = write(tmp_path / "up.csv", "score\n0.5\n0.9\n")
    assert Leaderboard.load(down).higher_is_better
    assert not Leaderboard.load(up).higher_is_better


@pytest.mark.parametrize(
    ("text", "fault"),
    [
        ("version https://git-lfs.github.com/spec/v1\noid sha256:00\nsize 9\n", "Git LFS"),
        ("team,points\na,1\n", "no column `score`"),
        ("score\n", "no teams"),
        ("score\n0.5\nbest\n", "line 3"),
        ("score\n0.5\nnan\n", "line 3"),
        ("score\n0.5\n0.5\n", "all scores are equal"),
        ("score\n0.9\n0.1\n0.5\n", "best first"),
    ],
)
def test_a_bad_file_is_named_with_its_fault(tmp_path: Path, text: str, fault: str) -> None:
    path = write(tmp_path / "leaderboard.csv", text)
    with pytest.raises(CompetitionError, match=fault) as caught:
        Leaderboard.load(path)
    assert str(path) in str(caught.value)
    assert caught.value.hint


def test_an_order_against_the_given_direction_is_an_error(tmp_path: Path) -> None:
    path = write(tmp_path / "leaderboard.csv", "score\n0.9\n0.5\n")
    with pytest.raises(CompetitionError, match="lower is better"):
        Leaderboard.load(path, higher_is_better=False)
