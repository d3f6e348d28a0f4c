from __future__ import annotations

from collections import Counter
from random import Random

import pytest
from fakes import node, tree_of
from hypothesis import given
from hypothesis import strategies as st

from search.node import Expansion, Status
from search.policies.best_of_n import BestOfN
from search.policies.chain import Chain
from search.policies.greedy import Greedy
from search.protocols import Policy
from search.tree import SearchTree

FIVE_DRAFTS = [node(i, score=0.5 + i / 100) for i in range(5)]


def test_paths_children_and_best() -> None:
    tree = tree_of(node(0, score=0.5), node(1, 0), node(2, 1), node(3, 2, score=0.9), node(4, 0, 3))
    assert [item.id for item in tree.path(3)] == [0, 1, 2, 3]
    assert [item.id for item in tree.debug_chain(2)] == [1, 2]
    assert [item.id for item in tree.children(0)] == [1, 4]
    assert tree.best is not None
    assert tree.best.id == 3
    assert [item.id for item in tree.buggy_leaves] == [4]


def test_equal_scores_keep_the_older_best() -> None:
    tree = tree_of(node(0, score=0.5), node(1, score=0.5))
    assert tree.best is not None
    assert tree.best.id == 0


def test_a_tree_refuses_orphans_and_doubles() -> None:
    tree = tree_of(node(0, score=0.5))
    with pytest.raises(ValueError, match="unknown parents"):
        tree.add(node(1, 7))
    with pytest.raises(ValueError, match="exists already"):
        tree.add(node(0))
    tree.begin(1, Expansion((0,), "improve"))
    with pytest.raises(ValueError, match="exists already"):
        tree.begin(1, Expansion((0,), "improve"))


def test_a_repair_that_was_our_error_leaves_the_node_to_be_repaired() -> None:
    tree = tree_of(node(0), node(1, 0, status=Status.ERROR))
    assert [item.id for item in tree.buggy_leaves] == [0]


def test_greedy_drafts_first_and_counts_those_in_flight() -> None:
    tree = tree_of(*FIVE_DRAFTS[:3])
    tree.begin(3, Expansion((), "draft"))
    assert Greedy().select(tree, Random(0)).operator == "draft"
    tree.begin(4, Expansion((), "draft"))
    assert Greedy().select(tree, Random(0)).operator != "draft"


def test_greedy_repairs_a_buggy_leaf_until_its_chain_is_too_long() -> None:
    tree = tree_of(*FIVE_DRAFTS, node(5, 4))
    assert Greedy().select(tree, Random(0)) == Expansion((5,), "debug")
    tree.begin(6, Expansion((5,), "debug"))
    assert Greedy().select(tree, Random(0)).operator != "debug"
    deep = tree_of(*FIVE_DRAFTS, node(5, 4), node(6, 5), node(7, 6), node(8, 7))
    assert Greedy().select(deep, Random(0)).operator != "debug"


def test_greedy_shares_of_operators_match_their_probabilities() -> None:
    tree, policy = tree_of(*FIVE_DRAFTS), Greedy(diverge_probability=0.2, combine_probability=0.1)
    counts = Counter(policy.select(tree, Random(i)).operator for i in range(2000))
    assert counts["diverge"] == pytest.approx(400, abs=90)
    assert counts["combine"] == pytest.approx(200, abs=70)
    assert counts["improve"] == pytest.approx(1400, abs=110)


def test_greedy_spreads_workers_over_good_nodes() -> None:
    policy = Greedy(diverge_probability=0.0, combine_probability=0.0)
    tree = tree_of(*FIVE_DRAFTS)
    assert policy.select(tree, Random(0)) == Expansion((4,), "improve")
    tree.begin(5, Expansion((4,), "improve"))
    assert policy.select(tree, Random(0)) == Expansion((3,), "improve")


def test_greedy_drafts_anew_when_nothing_can_be_saved() -> None:
    chain = [node(0), node(1, 0), node(2, 1), node(3, 2)]
    policy = Greedy(num_drafts=1)
    assert policy.select(tree_of(*chain), Random(0)).operator == "draft"


def test_chain_extends_its_last_iterate_then_starts_another() -> None:
    policy = Chain(num_iterates=2)
    tree = tree_of(node(0, score=0.5))
    assert policy.select(tree, Random(0)) == Expansion((0,), "improve")
    tree.add(node(1, 0))
    assert policy.select(tree, Random(0)) == Expansion((1,), "debug")
    tree.begin(2, Expansion((1,), "debug"))
    assert policy.select(tree, Random(0)).operator == "draft"
    tree.add(node(2, 1, score=0.6))
    assert policy.select(tree, Random(0)).operator == "draft"


@pytest.mark.parametrize("policy", [Greedy(), Chain(), BestOfN()])
@given(data=st.data())
def test_any_policy_makes_a_legal_expansion_of_any_tree(
    policy: Policy, data: st.DataObject
) -> None:
    """Random trees with pending steps: parents are there and no errors; operators fit them."""
    tree = SearchTree()
    size = data.draw(st.integers(0, 25))
    rng = Random(data.draw(st.integers(0, 10**6)))
    for step in range(size):
        expansion = policy.select(tree, Random(step))
        parents = [tree[parent] for parent in expansion.parents]
        assert all(parent.status is not Status.ERROR for parent in parents)
        assert (expansion.operator == "draft") == (not parents)
        assert (expansion.operator == "debug") == any(p.status is Status.BUGGY for p in parents)
        tree.begin(step, expansion)
        if rng.random() < 0.7:
            status = rng.choice([Status.VALID, Status.BUGGY, Status.ERROR])
            score = rng.random() if status is Status.VALID else None
            tree.add(node(step, *expansion.parents, score=score, status=status))
