"""The final choice: the one-standard-error rule on rows the search never saw.

Among all valid nodes, those whose selection score lies within one standard error of the best one
cannot be told apart by it; of these the node with the best search score is chosen. Choosing the
plain maximum instead would reward the luckiest node, and the search score alone the one the search
has been fitted to.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from search.metric import Metric

RULE = "one standard error on the selection rows, then the search score; unscored nodes last"


@dataclass(frozen=True, slots=True, kw_only=True)
class Candidate:
    """A node with its score on the search rows and on the selection rows."""

    node: int
    search: Metric
    selection: Metric


def leader(candidates: Sequence[Candidate]) -> Candidate:
    """The best on the selection rows, whose standard error the rule needs; the older of equals."""
    return max(candidates, key=lambda item: (item.selection.goodness, -item.node))


def rank(candidates: Sequence[Candidate]) -> list[int]:
    """Node ids, the chosen one first, then in the order in which they would replace it.

    The tied ones come first, by search score; then the others, by selection score. The standard
    error is the best candidate's own (0 where it was not estimated). Equal scores: older first.
    """
    if not candidates:
        return []
    best = leader(candidates).selection
    bound = best.goodness - (best.stderr or 0.0)
    tied = [item for item in candidates if item.selection.goodness >= bound]
    rest = [item for item in candidates if item.selection.goodness < bound]
    tied.sort(key=lambda item: (-item.search.goodness, item.node))
    rest.sort(key=lambda item: (-item.selection.goodness, item.node))
    return [item.node for item in (*tied, *rest)]
