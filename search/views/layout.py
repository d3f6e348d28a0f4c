"""Where a tree's nodes stand on a page: a tidy layout in units, not pixels.

A node's `x` is its place among its kin, `y` its depth. Subtrees are packed as close as their
contours allow and parents stand centred over their children (Reingold and Tilford 1981), in time
linear in the nodes and without recursion, so a chain of any length can be laid out. Many childless
children of one node are set in a block of rows, which a page draws as one box: a search with
hundreds of attempts from one node stays as wide as it is tall.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from search.tree import SearchTree

TASK = -1  # the virtual node above all drafts
MIN_BLOCK = 6  # so many childless siblings make a block
BLOCK_ASPECT = 2.2  # columns a row
ROW = 0.62  # height of a row in a block; a level is 1


@dataclass(frozen=True, slots=True)
class Point:
    """A place in units: siblings are 1 apart in x, levels 1 apart in y."""

    x: float
    y: float


@dataclass(frozen=True, slots=True)
class Block:
    """A box around childless children of one node, from the centre of its first to its last."""

    parent: int
    members: Sequence[int]
    left: float
    top: float
    right: float
    bottom: float


@dataclass(frozen=True, slots=True)
class Layout:
    """Every node's place, the task's (`TASK`) included, and the blocks."""

    points: Mapping[int, Point]
    blocks: Sequence[Block]


@dataclass(slots=True)
class _Contour:
    """Leftmost and rightmost x on each level, the top level last; all moved by `shift`."""

    left: list[float]
    right: list[float]
    shift: float = 0.0

    def gap_to(self, other: _Contour) -> float:
        """How far `other` must move right to stand 1 beside this one."""
        depth = min(len(self.left), len(other.left))
        return 1 + max(
            self.right[-level] + self.shift - other.left[-level] - other.shift
            for level in range(1, depth + 1)
        )

    def joined(self, other: _Contour) -> _Contour:
        """The contour of both; costs the depth of the shallower one."""
        depth = min(len(self.left), len(other.left))
        if len(self.left) >= len(other.left):
            for level in range(1, depth + 1):
                self.right[-level] = other.right[-level] + other.shift - self.shift
            return self
        for level in range(1, depth + 1):
            other.left[-level] = self.left[-level] + self.shift - other.shift
        return other


@dataclass(slots=True)
class _Part:
    """What stands below a node: a subtree, or a block of leaves, with the offset to its parent."""

    members: Sequence[int]
    contour: _Contour
    num_columns: int = 1
    offset: float = 0.0

    @property
    def centre(self) -> float:
        return self.offset + (self.num_columns - 1) / 2


def lay_out(tree: SearchTree) -> Layout:
    """Lays out the recorded nodes by their first parents."""
    children: dict[int, list[int]] = {TASK: []}
    for node in tree:
        children[node.id] = []
        children[node.parents[0] if node.parents else TASK].append(node.id)
    return _place(_measure(children))


def _measure(children: dict[int, list[int]]) -> dict[int, list[_Part]]:
    """Bottom up: the parts below each node, with their offsets. Parents come before children."""
    below: dict[int, list[_Part]] = {}
    contours: dict[int, _Contour] = {}
    for node in reversed(children):
        below[node] = _parts(children, node, contours)
        contours[node] = _contour_of(below[node])
    return below


def _parts(
    children: Mapping[int, Sequence[int]], node: int, contours: Mapping[int, _Contour]
) -> list[_Part]:
    leaves = [child for child in children[node] if not children[child]]
    if len(leaves) < MIN_BLOCK:
        return [_Part([child], contours[child]) for child in children[node]]
    trees = [_Part([child], contours[child]) for child in children[node] if children[child]]
    middle = len(trees) // 2
    return [*trees[:middle], _block(leaves), *trees[middle:]]


def _block(leaves: Sequence[int]) -> _Part:
    num_columns = max(3, math.ceil(math.sqrt(len(leaves) * BLOCK_ASPECT * ROW)))
    num_rows = math.ceil(len(leaves) / num_columns)
    num_levels = 1 + math.ceil((num_rows - 1) * ROW)
    # Half a unit of air on both sides: the box is drawn there.
    left, right = [-0.4] * num_levels, [num_columns - 0.6] * num_levels
    return _Part(leaves, _Contour(left, right), num_columns)


def _contour_of(parts: Sequence[_Part]) -> _Contour:
    """Sets the parts side by side, centres the node over them, and returns the whole contour."""
    if not parts:
        return _Contour([0.0], [0.0])
    whole = parts[0].contour
    for part in parts[1:]:
        part.offset = gap = whole.gap_to(part.contour)
        part.contour.shift += gap
        whole = whole.joined(part.contour)
    centre = (parts[0].centre + parts[-1].centre) / 2
    for part in parts:
        part.offset -= centre
    whole.left.append(centre - whole.shift)
    whole.right.append(centre - whole.shift)
    whole.shift -= centre
    return whole


def _place(below: dict[int, list[_Part]]) -> Layout:
    """Top down: absolute places from the offsets."""
    points = {TASK: Point(0.0, 0.0)}
    blocks: list[Block] = []
    for node in reversed(below):
        for part in below[node]:
            left, top = points[node].x + part.offset, points[node].y + 1
            for index, member in enumerate(part.members):
                row, column = divmod(index, part.num_columns)
                points[member] = Point(left + column, top + row * ROW)
            if len(part.members) > 1:
                row = (len(part.members) - 1) // part.num_columns
                right = left + part.num_columns - 1
                blocks.append(Block(node, part.members, left, top, right, top + row * ROW))
    return Layout(points, blocks)
