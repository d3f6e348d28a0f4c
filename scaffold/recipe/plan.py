"""What a plan says of a recipe, and how a later prompt is read for it.

A plan's first sentence is what the memory of later prompts shows, cut at some length; so it begins
with what must be found again: `Recipe 3fa9c2 (hgb+ridge) changes model.lr: 0.1 -> 0.05.`
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from scaffold.recipe.grammar import model, slot, slots
from scaffold.recipe.recipe import Change, Recipe, differences

_NUMBER = r"(-?\d[\d.]*(?:e[-+]?\d+)?)"
_ENTRY = re.compile(r"Recipe ([0-9a-f]{6}) \(([\w+]+)\)(?: changes ([^:]+):)?")
_SCORE = re.compile(rf"\bscore:? {_NUMBER}")
_CHANGE = re.compile(r"\) changes ([^:\n]+): (.+?) -> (.+?)\.(?:\s|$)")


@dataclass(frozen=True, slots=True, kw_only=True)
class Remembered:
    """An earlier attempt as one line of a prompt's memory shows it. `changed` is the element its
    change was about, empty where there was no single one."""

    fingerprint: str
    models: tuple[str, ...]
    changed: str = ""

    @classmethod
    def of(cls, recipe: Recipe, parents: tuple[Recipe, ...]) -> Remembered:
        changes = _changes(recipe, parents)
        return cls(
            fingerprint=recipe.fingerprint,
            models=families(recipe),
            changed=changes[0].element if len(changes) == 1 else "",
        )


def families(recipe: Recipe) -> tuple[str, ...]:
    return tuple(dict.fromkeys(model(member).name for member in recipe.singles))


def write_plan(recipe: Recipe, parents: tuple[Recipe, ...]) -> str:
    """Prose: what is done, why, and the recipe."""
    name = f"Recipe {recipe.fingerprint} ({'+'.join(families(recipe))})"
    changes, words = _changes(recipe, parents), in_words(recipe)
    match len(parents), len(changes):
        case 0, _:
            return f"{name} is {words}.\n\nA plain start: `{recipe}`."
        case 1, 1:
            reason = _why(recipe, changes[0])
            return f"{name} changes {changes[0]}.\n\nWhy: {reason}. Now it is {words}: `{recipe}`."
        case 1, _:
            listed = ", ".join(dict.fromkeys(change.element for change in changes))
            told = f"It is {words}, and differs in {listed}" if listed else f"It is {words} again"
            return f"{name} goes another way.\n\n{told}: `{recipe}`."
    return f"{name} joins the solutions shown.\n\nIt is {words}: `{recipe}`."


def in_words(recipe: Recipe) -> str:
    """`logistic regression, standardised numbers, one-hot categories`."""
    if recipe.members:
        *most, last = (model(member).words for member in recipe.members)
        return f"a blend of {', '.join(most)} and {last}, by {_words(recipe, 'how')}"
    order = ["model", *(s.name for s in slots(recipe.kind) if s.name != "model")]
    return ", ".join(words for name in order if (words := _words(recipe, name)))


def read_memory(memory: str) -> Iterator[Remembered]:
    """The recipes that the lines of a memory section name."""
    for fingerprint, models, changed in _ENTRY.findall(memory):
        yield Remembered(fingerprint=fingerprint, models=tuple(models.split("+")), changed=changed)


def read_score(text: str) -> float | None:
    found = _SCORE.search(text)
    return float(found[1]) if found else None


def read_change(text: str) -> Change | None:
    """The change that made a solution, as its plan tells it."""
    found = _CHANGE.search(text)
    return Change(found[1], found[2], found[3]) if found else None


def _changes(recipe: Recipe, parents: tuple[Recipe, ...]) -> tuple[Change, ...]:
    return differences(parents[0], recipe) if len(parents) == 1 else ()


def _words(recipe: Recipe, slot_name: str) -> str:
    choice = recipe[slot_name]
    known = slot(recipe.kind, slot_name).option(choice.name)
    return known.words.format(**dict(choice.params)) if known else ""


def _why(recipe: Recipe, change: Change) -> str:
    element = re.sub(r"^member \d+ ", "", change.element)
    if element == "member":
        return "models that err differently are better together"
    if element.startswith("column "):
        return "a column that says nothing adds noise"
    kinds = (recipe.kind, recipe.singles[0].kind)
    known = [s for kind in kinds for s in slots(kind) if s.name == element.partition(".")[0]]
    return known[0].why
