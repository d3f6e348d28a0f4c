"""When to ask a provider again: exponential backoff with jitter, or what the provider says.

    wait(attempt) = min(LONGEST, FIRST * 2^attempt) * (0.5 + jitter / 2),   jitter in [0, 1)

`Retry-After` (seconds, or an HTTP date) is honoured as a lower bound.
"""

from __future__ import annotations

import math
import time
from collections.abc import Mapping
from email.utils import parsedate_to_datetime

FIRST_WAIT_SECONDS = 1.0
LONGEST_WAIT_SECONDS = 60.0
LONGEST_RETRY_AFTER_SECONDS = 600.0  # a provider that asks for more is taken as unavailable


def backoff_seconds(attempt: int, jitter: float) -> float:
    """The wait after failed attempt number `attempt`, from 0, without word from the provider."""
    return float(min(LONGEST_WAIT_SECONDS, FIRST_WAIT_SECONDS * 2**attempt) * (0.5 + jitter / 2))


def retry_after_seconds(headers: Mapping[str, str], now: float | None = None) -> float | None:
    """How long the provider wants us to wait; None where it does not say so legibly.

    `now` is unix time. A date that has passed is 0.
    """
    text = headers.get("retry-after", "").strip()
    if not text:
        return None
    try:
        seconds = float(text)
    except ValueError:
        try:
            when = parsedate_to_datetime(text).timestamp()
        except (ValueError, OverflowError):
            return None
        seconds = when - (time.time() if now is None else now)
    return max(0.0, seconds) if math.isfinite(seconds) else None
