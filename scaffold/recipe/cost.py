"""How long a recipe's script will take: a guess from its elements, good to a factor of two or so.

seconds = sum over elements of (seconds at 1,000 rows) * (knobs) * (thousands of rows) ** growth,
times what is put around the model (a bag of five fits it five times).
"""

from __future__ import annotations

from scaffold.recipe.grammar import Option, Tag, model, slots, uses_numbers
from scaffold.recipe.problem import Kind, Problem
from scaffold.recipe.recipe import NONE, Choice, Recipe

MAX_SECONDS = 2.0  # on one core
LIMIT_SHARE = 0.25  # of the time limit that a guess may take
START_SECONDS = 0.05  # reading and writing the tables
USUAL_WIDTH = 20  # columns for which the vocabulary's seconds hold


class Clock:
    """Guesses for the recipes of one problem; each pipeline is looked at once."""

    def __init__(self, problem: Problem) -> None:
        self._problem = problem
        self._known: dict[Recipe, float] = {}

    @property
    def limit(self) -> float:
        return min(MAX_SECONDS, self._problem.max_seconds * LIMIT_SHARE)

    def seconds(self, recipe: Recipe) -> float:
        """A guess for one core."""
        if recipe not in self._known:
            self._known[recipe] = self._guess(recipe)
        return self._known[recipe]

    def is_quick(self, recipe: Recipe) -> bool:
        return self.seconds(recipe) <= self.limit

    def _guess(self, recipe: Recipe) -> float:
        elements, problem = _elements(recipe), self._problem
        around = 1.0
        for option, choice in elements:
            around *= option.factor * option.growth_of(choice) if option.factor != 1 else 1
        if recipe.members:
            return around * sum(map(self.seconds, recipe.members))
        thousands = max(problem.num_train, 1) / 1000
        fit: float = sum(o.seconds * o.growth_of(c) * thousands**o.growth for o, c in elements)
        return START_SECONDS + fit * around * _breadth(recipe, problem) * _fits(recipe, problem)


def _elements(recipe: Recipe) -> list[tuple[Option, Choice]]:
    chosen = [
        (slot.option(recipe[slot.name].name), recipe[slot.name]) for slot in slots(recipe.kind)
    ]
    return [(option, choice) for option, choice in chosen if option]


def _fits(recipe: Recipe, problem: Problem) -> int:
    """How often the model is fitted: boosting grows one sequence of trees for each class."""
    if Tag.PER_CLASS not in model(recipe).tags or uses_numbers(problem):
        return 1
    return len(problem.classes) if len(problem.classes) > 2 else 1


def _breadth(recipe: Recipe, problem: Problem) -> float:
    if problem.kind is Kind.TEXT:  # sparse: the vocabulary's seconds hold as they are
        return 1.0
    breadth: float = max(1.0, _width(recipe, problem) / USUAL_WIDTH) ** 0.6
    return breadth


def _width(recipe: Recipe, problem: Problem) -> float:
    """About how many columns the model gets."""
    if problem.pictures:
        pixels = problem.pictures.width * problem.pictures.height
        return pixels * 0.4 if recipe["reduce"] != NONE else pixels
    is_onehot = recipe["encode"].name in {"onehot", "none"}
    counts = [min(column.num_unique, 60) if is_onehot else 1 for column in problem.categories]
    pairs = (200 if is_onehot else 10) if recipe["pairs"] != NONE else 0
    numbers = len(problem.numbers) * (4 if recipe["scale"].name == "spline" else 1)
    crossed: float = float(recipe["cross"].get("keep", 0))
    return (2 + numbers + crossed + sum(counts) + pairs) * (0.6 if recipe["select"] != NONE else 1)
