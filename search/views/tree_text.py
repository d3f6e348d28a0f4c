"""A search tree as lines of a terminal, folded to as many lines as there is room for.

An only child stands below its parent in the same column, marked with an arrow; several children are
indented with guides. So a chain of any length stays as narrow as its first node.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from rich.text import Text

from search.node import Node, Status
from search.tree import SearchTree
from search.views import text

NUM_TRIED = 300  # of the newest nodes, for the lines left beside the best path
STYLES = {Status.VALID: "green", Status.BUGGY: "dim", Status.ERROR: "red"}


@dataclass(frozen=True, slots=True)
class Guides:
    """The characters of the guides, all of one width."""

    branch: str = "├─ "
    last: str = "└─ "
    through: str = "│  "
    only: str = "↳ "
    cut: str = "⋯ "


UNICODE = Guides()
ASCII = Guides("|- ", "`- ", "|  ", "> ", ".. ")


@dataclass(frozen=True, slots=True)
class _Item:
    node: Node
    lead: str  # before this line
    indent: str  # before the lines below it


def tree_lines(
    tree: SearchTree, best: int | None, max_lines: int | None = None, guides: Guides = UNICODE
) -> list[Text]:
    """One line a node. With `max_lines`: the best path first, then the newest nodes that fit."""
    path = {node.id for node in tree.path(best)} if best is not None and best in tree else set()
    shown = {node.id for node in tree}
    if max_lines is not None and len(shown) > max_lines:
        shown = _folded(tree, best, max(1, max_lines))
    lines = []
    for item in _walk(tree, shown, guides):
        hidden = sum(child.id not in shown for child in _own_children(tree, item.node.id))
        lines.append(_line(item, hidden, item.node.id == best, item.node.id in path))
    return lines


def _folded(tree: SearchTree, best: int | None, max_lines: int) -> set[int]:
    """Ids to show: the end of the best path, then newest nodes with the ancestors they need."""
    shown: set[int] = set()
    if best is not None and best in tree:
        shown = {node.id for node in tree.path(best)[-max(1, max_lines * 2 // 3) :]}
    newest = list(tree)[: -NUM_TRIED - 1 : -1]
    for node in newest:
        if len(shown) == max_lines:
            break
        needed = set(_missing_ancestors(tree, node, shown, max_lines))
        if len(shown) + len(needed) <= max_lines:
            shown |= needed
    return shown


def _missing_ancestors(
    tree: SearchTree, node: Node, shown: set[int], max_lines: int
) -> Iterator[int]:
    """The node and its ancestors up to one that is shown; more than fit when there is none near."""
    for _ in range(max_lines + 1):
        if node.id in shown:
            return
        yield node.id
        if not node.parents:
            return
        node = tree[node.parents[0]]


def _own_children(tree: SearchTree, node_id: int) -> Iterable[Node]:
    """Children by first parent: each node is drawn once."""
    return (child for child in tree.children(node_id) if child.parents[0] == node_id)


def _walk(tree: SearchTree, shown: set[int], guides: Guides) -> Iterator[_Item]:
    """Depth first, without recursion: chains may be thousands deep."""
    tops = [node for node in tree if node.id in shown and _is_top(node, shown)]
    stack = [_top(node, guides) for node in reversed(tops)]
    while stack:
        item = stack.pop()
        yield item
        children = [node for node in _own_children(tree, item.node.id) if node.id in shown]
        stack += reversed(_below(children, item.indent, guides))


def _is_top(node: Node, shown: set[int]) -> bool:
    return not node.parents or node.parents[0] not in shown


def _top(node: Node, guides: Guides) -> _Item:
    return _Item(node, guides.cut if node.parents else "", "")


def _below(children: list[Node], indent: str, guides: Guides) -> list[_Item]:
    if len(children) == 1:
        return [_Item(children[0], indent + guides.only, indent)]
    items = [_Item(node, indent + guides.branch, indent + guides.through) for node in children[:-1]]
    blank = " " * len(guides.last)
    return items + [_Item(node, indent + guides.last, indent + blank) for node in children[-1:]]


def _line(item: _Item, num_hidden: int, is_best: bool, on_path: bool) -> Text:
    node = item.node
    line = Text(no_wrap=True, overflow="ellipsis")
    line.append(item.lead, "dim")
    line.append(f"#{node.id} ", "bold" if on_path else "dim")
    further = "".join(f" #{parent}" for parent in node.parents[1:])
    operator = text.one_line(node.operator, 24) + (f" with{further}" if further else "")
    line.append(f"{operator} ", "bold" if on_path else "")
    style = STYLES[node.status]
    line.append(text.verdict(node), f"bold {style}" if on_path else style)
    if is_best:
        line.append("  best", "bold yellow")
    if num_hidden:
        line.append(f"  +{num_hidden} more", "dim")
    return line
