"""What a provider's answer cost: tokens and dollars, a share for each of its samples.

The prompt's tokens count on the first sample. A server that reports no usage is estimated at four
characters a token, so that token budgets still bind; dollars then stay unknown.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from itertools import accumulate, pairwise
from typing import TYPE_CHECKING, Any

from scaffold.prompt_text import CHARS_PER_TOKEN
from search.node import Message, Usage

if TYPE_CHECKING:
    from scaffold.config import TokenPrice


def usages(
    reported: Any, messages: Sequence[Message], texts: Sequence[str], price: TokenPrice | None
) -> list[Usage]:
    """The usage of each text. `reported` is the client's `CompletionUsage`, or None."""
    prompt = getattr(reported, "prompt_tokens", None)
    completion = getattr(reported, "completion_tokens", None)
    if not isinstance(prompt, int) or not isinstance(completion, int):
        price = None
        prompt = sum(len(message.content) for message in messages) // CHARS_PER_TOKEN
        completion = sum(map(len, texts)) // CHARS_PER_TOKEN
    first, *others = apportion(completion, [len(text) for text in texts])
    shares = [Usage(prompt_tokens=prompt, completion_tokens=first)]
    shares += [Usage(completion_tokens=share) for share in others]
    if price is None:
        return [replace(share, cost_usd=None) for share in shares]
    cached = [_num_cached(reported)] + [0] * len(others)
    return [
        replace(share, cost_usd=price.cost_usd(share, num_cached=num_cached))
        for share, num_cached in zip(shares, cached, strict=True)
    ]


def apportion(total: int, weights: Sequence[int]) -> list[int]:
    """Whole parts of a total, about in proportion to the weights, that add up to it exactly."""
    weights = weights if sum(weights) else [1] * len(weights)
    bounds = [round(total * part / sum(weights)) for part in accumulate(weights, initial=0)]
    return [upper - lower for lower, upper in pairwise(bounds)]


def _num_cached(reported: Any) -> int:
    details = getattr(reported, "prompt_tokens_details", None)
    cached = getattr(details, "cached_tokens", None)
    return cached if isinstance(cached, int) else 0
