"""How values and foreign text are written for people, in every view.

Text from models and programs is shown as what it is: `literal` turns everything that could steer a
terminal, or reorder what a reader sees, into visible escapes. It is not HTML escaping.
"""

from __future__ import annotations

import re

from search.metric import Metric
from search.node import Node, Status

_STEERING = re.compile(
    "[\x00-\x08\x0b-\x1f\x7f-\x9f"  # C0 and C1 controls, except tab and newline
    "\u061c\u200b\u200e\u200f\u2028-\u202e\u2060-\u206f\ufeff"  # bidi controls, invisible ones
    "\ud800-\udfff\U000e0000-\U000e0fff]"  # lone surrogates, tags and variation selectors
)


def literal(text: str) -> str:
    """`text` with control characters, bidi controls and lone surrogates as visible escapes."""
    return _STEERING.sub(_escape, text.replace("\r\n", "\n"))


def one_line(text: str, limit: int = 200) -> str:
    """`literal` text on one line, cut with an ellipsis at `limit` characters."""
    line = " ".join(literal(text[: 4 * limit]).split())
    return line if len(line) <= limit else line[: limit - 1] + "…"


def first_sentence(text: str, limit: int = 200) -> str:
    """The first sentence of a plan, on one line."""
    sentence = re.split(r"(?<=[.!?])\s|\n\s*\n", text.strip(), maxsplit=1)[0]
    return one_line(sentence, limit)


def score(value: float | None) -> str:
    """Four decimals where that says something, else significant digits; "-" for none."""
    if value is None:
        return "-"
    if value == 0 or 0.001 <= abs(value) < 100:
        return f"{value:.4f}"
    return f"{value:.3g}" if abs(value) < 1 else f"{value:.5g}"


def metric(value: Metric | None) -> str:
    """A metric with its standard error, where there is one."""
    if value is None:
        return "-"
    return score(value.value) + ("" if value.stderr is None else f" ± {value.stderr:.2g}")


def verdict(node: Node) -> str:
    """A node's score, or its status where it has none."""
    if node.status is Status.VALID and node.metric is not None:
        return score(node.metric.value)
    return node.status.value


def seconds(value: float | None) -> str:
    """A duration: 4.2s, 1m 05s, 2h 03m; "-" for none."""
    if value is None:
        return "-"
    if value < 9.95:
        return f"{value:.1f}s"
    whole = round(value)
    if whole < 60:
        return f"{whole}s"
    minutes, rest = divmod(whole, 60)
    if minutes < 60:
        return f"{minutes}m {rest:02d}s"
    return f"{minutes // 60}h {minutes % 60:02d}m"


def tokens(value: int) -> str:
    """A number of tokens: 950, 12.3k, 4.56M."""
    if value < 1000:
        return str(value)
    return f"{value / 1e3:.1f}k" if value < 999_950 else f"{value / 1e6:.2f}M"


def usd(value: float | None) -> str:
    """An amount of dollars; "unknown" for a price that is not known."""
    if value is None:
        return "unknown"
    return f"${value:.4f}" if 0 < value < 0.1 else f"${value:.2f}"


def _escape(match: re.Match[str]) -> str:
    code = ord(match.group())
    if code < 0x100:
        return f"\\x{code:02x}"
    return f"\\u{code:04x}" if code < 0x10000 else f"\\U{code:08x}"
