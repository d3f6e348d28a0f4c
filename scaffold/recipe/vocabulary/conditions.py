"""When an element makes sense: small predicates over the problem and the rest of the recipe."""

from __future__ import annotations

from scaffold.recipe.grammar import Condition, Tag, model, uses_numbers
from scaffold.recipe.problem import Problem
from scaffold.recipe.recipe import NONE, Recipe

MIN_CLASS_SIZE = 12  # rows of the rarest class below which inner folds would miss it


def classifies(problem: Problem, recipe: Recipe) -> bool:
    return not uses_numbers(problem)


def regresses(problem: Problem, recipe: Recipe) -> bool:
    return uses_numbers(problem)


def folds_well(problem: Problem, recipe: Recipe) -> bool:
    """Inner cross-validation sees every class in every fold."""
    return problem.objective.is_regression or problem.smallest_class >= MIN_CLASS_SIZE


def has_numbers(problem: Problem, recipe: Recipe) -> bool:
    return problem.has_elided_columns or bool(problem.numbers)


def has_many_numbers(problem: Problem, recipe: Recipe) -> bool:
    return len(problem.numbers) >= 3


def has_categories(problem: Problem, recipe: Recipe) -> bool:
    return problem.has_elided_columns or bool(problem.categories)


def has_many_categories(problem: Problem, recipe: Recipe) -> bool:
    return len(problem.categories) >= 2


def has_missing(problem: Problem, recipe: Recipe) -> bool:
    return any(column.num_missing for column in problem.numbers)


def has_positive_target(problem: Problem, recipe: Recipe) -> bool:
    lowest = problem.target.number("min") if problem.target else None
    return problem.objective.is_regression and lowest is not None and lowest >= 0


def has_continuous_target(problem: Problem, recipe: Recipe) -> bool:
    return problem.objective.is_regression


def model_has(tag: Tag) -> Condition:
    def condition(problem: Problem, recipe: Recipe) -> bool:
        return tag in model(recipe).tags

    return condition


def model_lacks(tag: Tag) -> Condition:
    def condition(problem: Problem, recipe: Recipe) -> bool:
        return tag not in model(recipe).tags

    return condition


def takes(slot: str) -> Condition:
    """The recipe leaves this other slot not empty."""

    def condition(problem: Problem, recipe: Recipe) -> bool:
        return recipe[slot] != NONE

    return condition


def leaves(*slots: str) -> Condition:
    """The recipe leaves these other slots empty."""

    def condition(problem: Problem, recipe: Recipe) -> bool:
        return all(recipe[slot] == NONE for slot in slots)

    return condition


def both(*conditions: Condition) -> Condition:
    def condition(problem: Problem, recipe: Recipe) -> bool:
        return all(each(problem, recipe) for each in conditions)

    return condition


def has_library(name: str) -> Condition:
    def condition(problem: Problem, recipe: Recipe) -> bool:
        return name in problem.libraries

    return condition
