"""docs/recipes.md lists every word of the grammar."""

from __future__ import annotations

from pathlib import Path

import pytest

from scaffold.recipe.grammar import VOCABULARY, slots

PAGE = Path(__file__).resolve().parents[2] / "docs" / "recipes.md"


@pytest.mark.parametrize("kind", VOCABULARY)
def test_every_option_and_knob_is_documented(kind: str) -> None:
    section = PAGE.read_text("utf-8").partition(f"### {kind}\n")[2].partition("\n#")[0]
    rows = [line for line in section.splitlines() if line.startswith("| `")]
    documented = {row.split("`")[1]: row for row in rows}
    assert list(documented) == [slot.name for slot in slots(kind)]
    for slot in slots(kind):
        for option in slot.options:
            knobs = f" ({', '.join(knob.name for knob in option.knobs)})" if option.knobs else ""
            assert f"`{option.name}`{knobs}" in documented[slot.name]
