"""All recipes one change away from a recipe: the steps an improvement can take."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace

from scaffold.recipe.grammar import Option, Slot, Tag, fits, model, option, put, slot, slots
from scaffold.recipe.problem import Kind, Problem
from scaffold.recipe.recipe import NONE, Choice, Recipe, is_droppable

MAX_MEMBERS = 4
TURN_WEIGHT = 0.7  # how often a knob is turned, next to exchanging the option itself
DROP_WEIGHT = 0.4
JOIN_WEIGHT = 1.5  # a further member for a blend
LEAVE_WEIGHT = 0.3


@dataclass(frozen=True, slots=True)
class Move:
    """A recipe one change away. `weight` is that of its whole group, which its moves share."""

    recipe: Recipe
    group: str
    weight: float


def neighbours(recipe: Recipe, problem: Problem) -> list[Move]:
    """Every recipe that differs in one element and makes sense for the problem."""
    whole = (*_own_moves(recipe, problem), *_joining(recipe, problem), *_leaving(recipe))
    moves = [move for move in whole if fits(move.recipe, problem)]
    for index, member in enumerate(recipe.members):
        for move in _own_moves(member, problem):
            is_new = move.group != "decide" and move.recipe not in recipe.members
            if is_new and fits(move.recipe, problem):
                changed = recipe.with_member(index, move.recipe)
                weight = move.weight / len(recipe.members)
                moves.append(Move(changed, f"member {index} {move.group}", weight))
    return moves


def plainest(problem: Problem, chosen: Option) -> Recipe:
    """The shortest recipe for a model: what is required, and nothing that no person would use."""
    recipe = Recipe(kind=problem.kind, drop=useless(problem))
    for required in slots(problem.kind):
        if required.is_required and required.name != "model":
            recipe = put(recipe, required.name, required.options[0].start)
    recipe = put(recipe, "model", chosen.start)
    if name := PLAIN_CHOICES.get(problem.kind):
        recipe = put(recipe, name, slot(problem.kind, name).options[0].start)
    if Tag.DENSE in chosen.tags:
        recipe = put(recipe, "reduce", slot(problem.kind, "reduce").options[0].start)
    if problem.kind is Kind.TABULAR and problem.categories and Tag.TREES in chosen.tags:
        recipe = put(recipe, "encode", Choice("ordinal"))  # trees can cut an order into groups
    return recipe


# What even a plain recipe should have, beside what the grammar requires.
PLAIN_CHOICES = {Kind.TABULAR: "scale", Kind.SERIES: "lags", Kind.TEXT: "words"}


def useless(problem: Problem) -> tuple[str, ...]:
    """Columns a table's recipe leaves out from the start."""
    return problem.useless if problem.kind is Kind.TABULAR else ()


def usable_models(problem: Problem) -> list[Option]:
    """The models of which at least the plainest recipe makes sense."""
    return [o for o in slot(problem.kind, "model").options if fits(plainest(problem, o), problem)]


def _own_moves(recipe: Recipe, problem: Problem) -> Iterator[Move]:
    for candidate in slots(recipe.kind):
        if not recipe.members and not candidate.matters(problem, recipe):
            continue
        for choice in _exchanges(candidate, recipe[candidate.name]):
            yield Move(put(recipe, candidate.name, choice), candidate.name, candidate.weight)
        if known := option(recipe, candidate.name):
            for choice in _turns(known, recipe[candidate.name]):
                group = f"{candidate.name} knobs"
                weight = candidate.weight * TURN_WEIGHT
                yield Move(put(recipe, candidate.name, choice), group, weight)
    if recipe.kind == Kind.TABULAR:
        yield from _drops(recipe, problem)


def _exchanges(candidate: Slot, present: Choice) -> Iterator[Choice]:
    """Another option for a slot; none at all, where that is allowed."""
    yield from (o.start for o in candidate.options if o.name != present.name)
    if not candidate.is_required and present != NONE:
        yield NONE


def _turns(known: Option, choice: Choice) -> Iterator[Choice]:
    for name, value in choice.params:
        for other in known.knob(name).neighbours(value):
            yield choice.with_param(name, other)


def _drops(recipe: Recipe, problem: Problem) -> Iterator[Move]:
    names = [c.name for c in problem.inputs if is_droppable(c.name)]
    for name in names:
        dropped = set(recipe.drop) ^ {name}
        if len(dropped) < len(problem.inputs):
            drop = tuple(n for n in names if n in dropped)
            yield Move(replace(recipe, drop=drop), "drop", DROP_WEIGHT)


def _joining(recipe: Recipe, problem: Problem) -> Iterator[Move]:
    """A member with a model that no member has, prepared like the first one where that fits."""
    if len(recipe.singles) >= MAX_MEMBERS:
        return
    families = {model(member).name for member in recipe.singles}
    for other in usable_models(problem):
        if other.name not in families and Tag.POOR not in other.tags:
            member = partner(recipe.singles[0], problem, other)
            yield Move(blend(recipe, (*recipe.singles, member)), "join", JOIN_WEIGHT)


def partner(recipe: Recipe, problem: Problem, other: Option) -> Recipe:
    """The recipe with another model; the plainest one for it where the rest does not fit."""
    same = put(put(recipe, "model", other.start), "decide", NONE)
    return same if fits(same, problem) else plainest(problem, other)


def blend(recipe: Recipe, members: tuple[Recipe, ...]) -> Recipe:
    """A blend of the members that mixes and decides as the recipe does."""
    decide, how = recipe["decide"], slot("blend", "how").options[0].start
    if recipe.members:
        how = recipe["how"]
    bare = tuple(put(member, "decide", NONE) for member in members)
    empty = Recipe(kind="blend", members=bare)
    return put(put(empty, "how", how), "decide", decide)


def _leaving(recipe: Recipe) -> Iterator[Move]:
    if len(recipe.members) > 2:
        for index in range(len(recipe.members)):
            members = (*recipe.members[:index], *recipe.members[index + 1 :])
            yield Move(replace(recipe, members=members), "leave", LEAVE_WEIGHT)
