"""The tree's places: nothing overlaps, parents stand over their children, any depth works."""

from __future__ import annotations

from collections import defaultdict
from itertools import pairwise
from random import Random

import pytest
from fakes import node, tree_of

from search.tree import SearchTree
from search.views.layout import MIN_BLOCK, TASK, lay_out


def random_tree(size: int, seed: int) -> SearchTree:
    rng = Random(seed)
    tree = SearchTree()
    for node_id in range(size):
        parents = () if node_id < 2 else (rng.choice([0, 1, node_id - 1, rng.randrange(node_id)]),)
        tree.add(node(node_id, *parents, score=0.5))
    return tree


@pytest.mark.parametrize("seed", range(5))
def test_nodes_of_one_height_stand_apart(seed: int) -> None:
    layout = lay_out(random_tree(300, seed))
    rows: dict[float, list[float]] = defaultdict(list)
    for point in layout.points.values():
        rows[round(point.y, 6)].append(point.x)
    for xs in rows.values():
        xs.sort()
        assert all(b - a > 0.99 for a, b in pairwise(xs))


def test_children_stand_a_level_below_and_around_their_parent() -> None:
    tree = tree_of(node(0), node(1, 0), node(2, 0), node(3, 1), node(4, 2), node(5, 2))
    points = lay_out(tree).points
    assert points[0].x == (points[1].x + points[2].x) / 2
    assert points[2].x == (points[4].x + points[5].x) / 2
    assert [points[key].y for key in (TASK, 0, 1, 3)] == [0, 1, 2, 3]


def test_a_long_chain_is_laid_out() -> None:
    tree = tree_of(node(0), *(node(i, i - 1) for i in range(1, 5000)))
    points = lay_out(tree).points
    assert points[4999].y == 5000
    assert {point.x for point in points.values()} == {0}


def test_many_childless_siblings_make_a_block() -> None:
    tree = tree_of(node(0), *(node(i, 0) for i in range(1, 41)), node(41, 7))
    layout = lay_out(tree)
    (block,) = layout.blocks
    assert block.parent == 0
    assert set(block.members) == set(range(1, 41)) - {7}
    xs = [layout.points[i].x for i in block.members]
    assert (min(xs), max(xs)) == (block.left, block.right)
    assert block.right - block.left < 10  # 39 side by side would need 38


def test_few_siblings_make_no_block() -> None:
    tree = tree_of(node(0), *(node(i, 0) for i in range(1, MIN_BLOCK)))
    assert not lay_out(tree).blocks


def test_further_parents_do_not_move_a_node() -> None:
    alone = lay_out(tree_of(node(0), node(1), node(2, 0))).points
    combined = lay_out(tree_of(node(0), node(1), node(2, 0, 1))).points
    assert alone == combined


def test_an_empty_tree_has_the_task_only() -> None:
    assert set(lay_out(SearchTree()).points) == {TASK}
