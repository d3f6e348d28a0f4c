"""What may be said in a recipe: slots, the options of each, and the knobs of each option.

The words themselves are rows of tables in vocabulary/. A row is all there is to an element: its
name, its knobs, the code it stands for, the words a plan uses, and when it makes sense.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field, replace
from enum import StrEnum
from functools import cache
from importlib import import_module

from scaffold.recipe.problem import Problem
from scaffold.recipe.recipe import NONE, Choice, Recipe, Value

Condition = Callable[[Problem, Recipe], bool]


class Place(StrEnum):
    """Where an element's code goes in the pipeline."""

    NUMBERS = "numbers"  # a step for the numeric columns
    CATEGORIES = "categories"  # a step for the categorical columns
    SOURCE = "source"  # an input: a vectoriser, a list of columns
    FEATURES = "features"  # a step for all columns together
    MODEL = "model"
    AROUND_MODEL = "around the model"  # {inner} is the model
    AROUND_ALL = "around all"  # {inner} is the whole pipeline


class Tag(StrEnum):
    """What a model needs or brings along."""

    SCALED = "scaled"  # wants features of one scale
    GAPS = "gaps"  # copes with missing values
    WEIGHTS = "weights"  # takes class weights
    NOISY = "noisy"  # gains from bagging
    MARGIN = "margin"  # has no probabilities of its own
    PER_CLASS = "per class"  # is fitted once for each class
    TREES = "trees"  # cuts one column at a time, so its scale does not matter
    DENSE = "dense"  # is slow on thousands of sparse columns
    POOR = "poor"  # a start, but no good company in a blend


@dataclass(frozen=True, slots=True)
class Knob:
    """A parameter that takes the values of a ladder; an improvement moves it by one rung."""

    name: str
    ladder: tuple[Value, ...]
    start: Value
    cost: float = 0.0  # seconds grow with value ** cost

    def neighbours(self, value: Value) -> tuple[Value, ...]:
        at = self.ladder.index(value)
        return self.ladder[max(0, at - 1) : at] + self.ladder[at + 1 : at + 2]


def always(problem: Problem, recipe: Recipe) -> bool:
    return True


@dataclass(frozen=True, slots=True)
class Option:
    """`code` is a Python expression with the knobs in braces. `draft` is the weight in a first
    attempt (0: only ever reached by improvement). `seconds` is the time of a fit on 1,000 rows at
    the knobs' start values; `factor` multiplies the time of what an option is put around."""

    name: str
    code: str
    words: str
    knobs: tuple[Knob, ...] = ()
    draft: float = 1.0
    when: Condition = always
    seconds: float = 0.0
    factor: float = 1.0
    growth: float = 1.0  # seconds grow with rows ** growth
    regression_code: str = ""  # where it is not `code` with {Estimator} put in
    tags: frozenset[Tag] = field(default_factory=frozenset)

    @property
    def start(self) -> Choice:
        return Choice(self.name, tuple((knob.name, knob.start) for knob in self.knobs))

    def knob(self, name: str) -> Knob:
        return next(knob for knob in self.knobs if knob.name == name)

    def growth_of(self, choice: Choice) -> float:
        """How many times slower than at the start values the choice's knobs make it."""
        factor = 1.0
        for knob in self.knobs:
            value = dict(choice.params)[knob.name]
            if knob.cost and isinstance(value, int | float) and isinstance(knob.start, int | float):
                factor *= (value / knob.start) ** knob.cost
        return factor


@dataclass(frozen=True, slots=True)
class Slot:
    """`weight` is how often an improvement tries this slot; `draft` how likely a first attempt
    leaves its first option (1: it samples among all). `why` is the reason a plan gives."""

    name: str
    place: Place
    options: tuple[Option, ...]
    why: str
    weight: float = 1.0
    draft: float = 0.0
    is_required: bool = False
    matters: Condition = always  # where a change can make a difference at all

    def option(self, name: str) -> Option | None:
        return next((option for option in self.options if option.name == name), None)


VOCABULARY = {
    "tabular": "scaffold.recipe.vocabulary.tabular",
    "images": "scaffold.recipe.vocabulary.images",
    "text": "scaffold.recipe.vocabulary.text",
    "series": "scaffold.recipe.vocabulary.series",
    "blend": "scaffold.recipe.vocabulary.blend",
}


class UnknownWordError(ValueError):
    """A recipe uses a word that is not in the grammar."""


@cache
def slots(kind: str) -> tuple[Slot, ...]:
    """The slots of a kind of recipe, in the order of its text form."""
    if kind not in VOCABULARY:
        raise UnknownWordError(f"no such kind of recipe: {kind}")
    found: tuple[Slot, ...] = import_module(VOCABULARY[kind]).SLOTS
    return found


def slot(kind: str, name: str) -> Slot:
    for candidate in slots(kind):
        if candidate.name == name:
            return candidate
    raise UnknownWordError(f"{kind} recipes have no slot {name}")


def option(recipe: Recipe, slot_name: str) -> Option | None:
    """The option a recipe takes in a slot; None where it takes none."""
    return slot(recipe.kind, slot_name).option(recipe[slot_name].name)


def model(recipe: Recipe) -> Option:
    """The model of a recipe that is no blend."""
    found = option(recipe, "model")
    assert found is not None, f"no model in {recipe}"
    return found


def put(recipe: Recipe, slot_name: str, choice: Choice) -> Recipe:
    """The recipe with another choice in one slot, in the grammar's order."""
    chosen = dict(recipe.choices) | {slot_name: choice}
    order = [s.name for s in slots(recipe.kind)]
    kept = [(name, chosen[name]) for name in order if chosen.get(name, NONE) != NONE]
    return replace(recipe, choices=tuple(kept))


def complete(recipe: Recipe) -> Recipe:
    """The same recipe with every knob named and every required slot filled.

    Raises:
        UnknownWordError: a slot, option, knob or value is not in the grammar.
    """
    result = replace(recipe, choices=(), members=tuple(map(complete, recipe.members)))
    for name, choice in recipe.choices:
        result = put(result, name, _completed(recipe.kind, name, choice))
    for required in slots(recipe.kind):
        if required.is_required and result[required.name] == NONE:
            result = put(result, required.name, required.options[0].start)
    return result


def _completed(kind: str, slot_name: str, choice: Choice) -> Choice:
    known = slot(kind, slot_name).option(choice.name)
    if known is None:
        raise UnknownWordError(f"{slot_name} has no option {choice.name}")
    given = dict(choice.params)
    if unknown := set(given) - {knob.name for knob in known.knobs}:
        raise UnknownWordError(f"{slot_name}={choice.name} has no knob {min(unknown)}")
    for knob in known.knobs:
        if given.setdefault(knob.name, knob.start) not in knob.ladder:
            raise UnknownWordError(f"{knob.name}={given[knob.name]} is not one of {knob.ladder}")
    return Choice(known.name, tuple((knob.name, given[knob.name]) for knob in known.knobs))


def fits(recipe: Recipe, problem: Problem) -> bool:
    """Whether every element of the recipe makes sense here, next to the others."""
    chosen = [(s, recipe[s.name]) for s in slots(recipe.kind)]
    for candidate, choice in chosen:
        known = candidate.option(choice.name)
        if known is None:
            if candidate.is_required or choice != NONE:
                return False
        elif not known.when(problem, recipe):
            return False
    return all(fits(member, problem) for member in recipe.members)


def uses_numbers(problem: Problem) -> bool:
    """Whether models are regressors: ordered labels are predicted as numbers and cut afterwards."""
    return problem.objective.is_regression or problem.objective.is_ordered
