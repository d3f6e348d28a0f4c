"""What the model is reminded of: the right attempts, the best and newest, never too many."""

from __future__ import annotations

import time

import pytest
from hypothesis import given
from hypothesis import strategies as st
from trees import node, tree_of

from scaffold.memory import attempts, in_scope, remember
from scaffold.prompts import Scope
from search.node import Expansion

TREE = tree_of(
    node(0, score=0.5),
    node(1),
    node(2, 0, score=0.6),
    node(3, 0, operator="diverge"),
    node(4, 0, 2, operator="combine", score=0.7),
    node(5, 0, error=True),
    node(6, 1, operator="debug"),
    node(7, 6, operator="debug"),
    node(8, 0, 2, operator="combine", score=0.1),
)


@pytest.mark.parametrize(
    ("parents", "scope", "expected"),
    [
        ((), Scope.SIBLINGS, [0, 1]),
        ((0,), Scope.SIBLINGS, [2, 3]),
        ((2,), Scope.SIBLINGS, []),
        ((0, 2), Scope.SIBLINGS, [4, 8]),
        ((7,), Scope.DEBUG_CHAIN, [1, 6]),
        ((1,), Scope.DEBUG_CHAIN, []),
        ((2,), Scope.DEBUG_CHAIN, []),
    ],
)
def test_the_scope_is_what_was_tried_at_the_same_place_or_the_failed_chain(
    parents: tuple[int, ...], scope: Scope, expected: list[int]
) -> None:
    found = in_scope(TREE, Expansion(parents, "any"), scope)
    assert [item.id for item in found] == expected


def test_attempts_are_those_with_exactly_the_same_parents_errors_aside() -> None:
    assert [item.id for item in attempts(TREE, Expansion((0,), "improve"))] == [2, 3]


def test_an_entry_is_one_line_with_operator_score_plan_and_why_it_failed() -> None:
    nodes = [
        node(3, score=0.81234567, plan="# Use trees.\nThen boost."),
        node(4, 3, plan="Add\n```python\nlags```", feedback="Failed: KeyError. See output."),
        node(5, 3, plan=" \n", score=0.5),
    ]
    assert remember(nodes, max_tokens=500).split("\n") == [
        "- step 3 (draft, score 0.812346): Use trees.",
        "- step 4 (improve, failed): Add `python lags` [Failed: KeyError.]",
        "- step 5 (improve, score 0.5): (no plan)",
    ]


def test_the_best_and_the_newest_are_kept_in_step_order_and_the_rest_is_counted() -> None:
    nodes = [node(step, score=1.0 if step == 7 else 0.1) for step in range(100)]
    lines = remember(nodes, max_tokens=100).split("\n")
    assert lines[0] == f"({100 - len(lines) + 1} more attempts left out)"
    kept = [int(line.split()[2]) for line in lines[1:]]
    assert kept == sorted(kept)
    assert 7 in kept
    assert kept[-4:] == [96, 97, 98, 99]


def test_nothing_to_remember_is_no_text() -> None:
    assert remember([], max_tokens=100) == ""
    assert remember([node(1)], max_tokens=0) == ""


@given(st.lists(st.text(max_size=400), max_size=30), st.integers(0, 300))
def test_the_budget_holds_whatever_the_plans_say(plans: list[str], max_tokens: int) -> None:
    nodes = [node(step, plan=plan, feedback=plan) for step, plan in enumerate(plans)]
    text = remember(nodes, max_tokens=max_tokens)
    assert len(text) <= 4 * max_tokens + len("(30 more attempts left out)\n")
    assert all(line.startswith(("- step ", "(")) for line in text.splitlines())


def test_thousands_of_drafts_are_remembered_in_no_time() -> None:
    tree = tree_of(*(node(step, score=step % 97) for step in range(5_000)))
    start = time.monotonic()
    remember(in_scope(tree, Expansion((), "draft"), Scope.SIBLINGS), max_tokens=1_500)
    assert time.monotonic() - start < 0.2
