"""How values and foreign text are written."""

from __future__ import annotations

import unicodedata

import pytest
from sample_runs import HOSTILE

from search.views import text


def test_literal_leaves_no_character_that_steers() -> None:
    shown = text.literal(HOSTILE + "".join(map(chr, range(0x100))) + "\u2066\u200b\ufeff\U000e0041")
    steering = [c for c in shown if unicodedata.category(c) in {"Cc", "Cf", "Cs", "Zl", "Zp"}]
    # The soft hyphen is a format character that moves nothing; tab and newline are layout.
    assert set(steering) == {"\t", "\n", "\xad"}


def test_literal_shows_what_was_there() -> None:
    assert text.literal("\x1b[31m \u202e \ud800 \U000e0041") == (
        "\\x1b[31m \\u202e \\ud800 \\U000e0041"
    )
    assert text.literal("a\r\nb\tc é 漢") == "a\nb\tc é 漢"


def test_one_line_is_one_line_and_bounded() -> None:
    assert text.one_line(" a\n\n b\t c ") == "a b c"
    assert text.one_line("x" * 500, 20) == "x" * 19 + "…"


def test_first_sentence() -> None:
    assert text.first_sentence("Use 0.5 as depth. Then more.") == "Use 0.5 as depth."
    assert text.first_sentence("A heading\n\nA paragraph") == "A heading"


@pytest.mark.parametrize(
    ("shown", "expected"),
    [
        (text.score(None), "-"),
        (text.score(0.81), "0.8100"),
        (text.score(-12.34567), "-12.3457"),
        (text.score(0.0000123456), "1.23e-05"),
        (text.score(12345.678), "12346"),
        (text.seconds(4.26), "4.3s"),
        (text.seconds(59.6), "1m 00s"),
        (text.seconds(65), "1m 05s"),
        (text.seconds(7380), "2h 03m"),
        (text.tokens(999), "999"),
        (text.tokens(12_345), "12.3k"),
        (text.tokens(4_560_000), "4.56M"),
        (text.usd(None), "unknown"),
        (text.usd(0.0), "$0.00"),
        (text.usd(0.00421), "$0.0042"),
        (text.usd(1.5), "$1.50"),
    ],
)
def test_values(shown: str, expected: str) -> None:
    assert shown == expected
