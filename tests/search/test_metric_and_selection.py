from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from search.metric import Direction, Metric
from search.selection import Candidate, rank

UP, DOWN = Direction.MAXIMIZE, Direction.MINIMIZE


@pytest.mark.parametrize(
    ("left", "right", "better"),
    [
        (Metric(0.9, UP), Metric(0.8, UP), True),
        (Metric(0.9, DOWN), Metric(0.8, DOWN), False),
        (Metric(0.8, UP), Metric(0.8, UP), False),
        (Metric(-1.0, DOWN), None, True),
    ],
)
def test_better_follows_the_direction(left: Metric, right: Metric | None, better: bool) -> None:
    assert left.is_better_than(right) is better


def test_metrics_of_different_directions_are_not_compared() -> None:
    with pytest.raises(ValueError, match="cannot compare"):
        Metric(1.0, UP).is_better_than(Metric(1.0, DOWN))


@given(st.floats(allow_nan=False, allow_infinity=False), st.sampled_from(Direction))
def test_a_metric_survives_its_dict(value: float, direction: Direction) -> None:
    metric = Metric(value, direction, 0.5)
    assert Metric.from_dict(metric.to_dict()) == metric


def candidate(node: int, search: float, selection: float, stderr: float = 0.02) -> Candidate:
    return Candidate(node=node, search=Metric(search, UP), selection=Metric(selection, UP, stderr))


def test_within_one_standard_error_the_search_score_decides() -> None:
    lucky, steady, poor = (
        candidate(1, 0.80, 0.85),
        candidate(2, 0.90, 0.84),
        candidate(3, 0.99, 0.7),
    )
    assert rank([lucky, steady, poor]) == [2, 1, 3]


def test_beyond_one_standard_error_the_selection_rows_decide() -> None:
    fitted, honest = candidate(1, 0.99, 0.80), candidate(2, 0.85, 0.85)
    assert rank([fitted, honest]) == [2, 1]


def test_direction_is_respected() -> None:
    low = Candidate(node=1, search=Metric(0.3, DOWN), selection=Metric(0.2, DOWN, 0.0))
    high = Candidate(node=2, search=Metric(0.1, DOWN), selection=Metric(0.4, DOWN, 0.0))
    assert rank([high, low]) == [1, 2]


def test_equal_candidates_keep_their_order_and_none_is_fine() -> None:
    assert rank([candidate(5, 0.8, 0.8), candidate(4, 0.8, 0.8)]) == [4, 5]
    assert rank([]) == []
