"""How one recipe becomes another: the five operators as draws from the grammar.

Nothing here reads a prompt's words or writes code.
`Tried` is what a prompt's memory tells: an
operator does not repeat a recipe in it as long as there is another one.
"""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, field
from random import Random

from scaffold.recipe.cost import Clock
from scaffold.recipe.grammar import Option, Tag, fits, model, option, put, slot, slots
from scaffold.recipe.imports import names_in_text
from scaffold.recipe.neighbours import (
    MAX_MEMBERS,
    Move,
    blend,
    neighbours,
    partner,
    plainest,
    usable_models,
)
from scaffold.recipe.plan import Remembered
from scaffold.recipe.problem import Problem
from scaffold.recipe.recipe import NONE, Change, Recipe, differences

ONWARD, BACK = 3.0, 0.1  # weights of going on with, and of undoing, what made the parent
KEPT_SHARE = 0.7  # of the preparation that a divergence takes over
FAMILY_SHARE = 0.6  # of combinations that take one member of each family of models
NUM_TRIES = 30  # drafts drawn before a plain one is taken

TOO_SLOW = re.compile(
    r"timed? ?out|time limit|stopped after [\d.]+ seconds|too slow", re.IGNORECASE
)
TOO_LARGE = re.compile(r"MB of memory|out.?of.?memory|MemoryError", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Tried:
    """Fingerprints of the recipes tried at the same place, their models, the elements changed."""

    fingerprints: frozenset[str] = frozenset()
    models: Counter[str] = field(default_factory=Counter)
    elements: Counter[str] = field(default_factory=Counter)

    @classmethod
    def of(cls, known: Sequence[Remembered]) -> Tried:
        return cls(
            frozenset(entry.fingerprint for entry in known),
            Counter(name for entry in known for name in entry.models),
            Counter(entry.changed for entry in known if entry.changed),
        )

    def has(self, recipe: Recipe) -> bool:
        return recipe.fingerprint in self.fingerprints


NOTHING = Tried()


def draft(problem: Problem, rng: Random, tried: Tried = NOTHING) -> Recipe:
    """A plain first recipe, with a model that was not tried yet where there is one."""
    models = [o for o in usable_models(problem) if o.draft > 0]
    weights = [o.draft / (1 + 20 * tried.models[o.name]) for o in models]
    for _ in range(NUM_TRIES):
        recipe = _sampled(problem, rng, rng.choices(models, weights)[0])
        if not tried.has(recipe):
            return recipe
    return recipe


def _sampled(problem: Problem, rng: Random, chosen: Option) -> Recipe:
    """The plainest recipe for a model, here and there another option."""
    recipe = plainest(problem, chosen)
    for candidate in slots(problem.kind):
        options = [o for o in candidate.options if o.draft > 0]
        if candidate.name == "model" or rng.random() >= candidate.draft or not options:
            continue
        other = rng.choices(options, [o.draft for o in options])[0]
        drawn = put(recipe, candidate.name, other.start)
        recipe = drawn if _is_usable(drawn, problem) else recipe
    return recipe


def improve(
    parent: Recipe,
    problem: Problem,
    rng: Random,
    tried: Tried = NOTHING,
    *,
    last: Change | None = None,
) -> Recipe:
    """One element changed. `last` is the change that made the parent: more of it is likelier."""
    clock = Clock(problem)
    limit = max(clock.seconds(parent), clock.limit)
    moves = [m for m in neighbours(parent, problem) if clock.seconds(m.recipe) <= limit]
    moves = [move for move in moves if not tried.has(move.recipe)] or moves
    return _drawn(moves, [_promise(parent, move, tried, last) for move in moves], rng)


def _promise(parent: Recipe, move: Move, tried: Tried, last: Change | None) -> float:
    """How likely a move is next to the others of its group."""
    (change,) = differences(parent, move.recipe)[:1]
    promise = 1 / (1 + tried.elements[change.element])
    if change.element.endswith("model") and _holds_poor(move.recipe):
        promise *= BACK
    if last and change.element == last.element and change.before == last.after:
        promise *= BACK if change.after == last.before else ONWARD
    return promise


def _holds_poor(recipe: Recipe) -> bool:
    return any(Tag.POOR in model(member).tags for member in recipe.singles)


def _drawn(moves: Sequence[Move], promises: Sequence[float], rng: Random) -> Recipe:
    """A move by the weight of its group, then by its promise within the group.

    A group none of whose moves promises much is itself drawn less often.
    """
    groups: defaultdict[str, list[float]] = defaultdict(list)
    for move, promise in zip(moves, promises, strict=True):
        groups[move.group].append(promise)
    weights = [
        move.weight * min(1.0, max(groups[move.group])) * promise / sum(groups[move.group])
        for move, promise in zip(moves, promises, strict=True)
    ]
    return rng.choices(moves, weights)[0].recipe


def diverge(parent: Recipe, problem: Problem, rng: Random, tried: Tried = NOTHING) -> Recipe:
    """A model of another family; of the preparation, much is taken over from the parent."""
    present = {model(member).name for member in parent.singles}
    known = [o for o in usable_models(problem) if Tag.POOR not in o.tags]
    models = [o for o in known if o.name not in present] or known
    weights = [1 / (1 + 5 * tried.models[o.name]) for o in models]
    for _ in range(NUM_TRIES):
        recipe = _sampled(problem, rng, rng.choices(models, weights)[0])
        for name, choice in parent.singles[0].choices:
            kept = put(recipe, name, choice)
            if name != "model" and rng.random() < KEPT_SHARE and _is_usable(kept, problem):
                recipe = kept
        if parent["decide"] != NONE:
            recipe = put(recipe, "decide", parent["decide"])
        if not tried.has(recipe):
            return recipe
    return recipe


def combine(
    parents: Sequence[Recipe], problem: Problem, rng: Random, tried: Tried = NOTHING
) -> Recipe:
    """A blend of the parents' pipelines, best parent first, as many as time allows.

    Where that is only what a parent is already, a model that it does not hold joins it.
    """
    singles = list(dict.fromkeys(put(s, "decide", NONE) for p in parents for s in p.singles))
    members = _one_a_family(singles) if rng.random() < FAMILY_SHARE else singles
    if len(members) == 1 or any(set(members) <= set(parent.singles) for parent in parents):
        members = [*parents[0].singles, *_strangers(parents[0], problem, rng)]
    clock, chosen = Clock(problem), members[:2]
    for member in members[2:MAX_MEMBERS]:
        if clock.is_quick(blend(parents[0], (*chosen, member))):
            chosen.append(member)
    recipe = blend(parents[0], tuple(chosen))
    ways = [put(recipe, "how", way.start) for way in slot("blend", "how").options]
    candidates = [recipe, *(way for way in ways if clock.is_quick(way))]
    fresh = [r for r in candidates if fits(r, problem) and not tried.has(r) and r not in parents]
    if not fresh:
        return improve(recipe, problem, rng, tried)
    return rng.choices(fresh, [_weight(r) for r in fresh])[0]


def _one_a_family(singles: Sequence[Recipe]) -> list[Recipe]:
    families: dict[str, Recipe] = {}
    for single in singles:
        families.setdefault(model(single).name, single)
    return list(families.values())


def _strangers(recipe: Recipe, problem: Problem, rng: Random) -> list[Recipe]:
    """One further member for a blend, with a model it does not hold."""
    families = {model(member).name for member in recipe.singles}
    others = [
        o for o in usable_models(problem) if o.name not in families and Tag.POOR not in o.tags
    ]
    return [partner(recipe.singles[0], problem, rng.choice(others))] if others else []


def _weight(recipe: Recipe) -> float:
    way = option(recipe, "how")
    assert way is not None
    return way.draft


def debug(
    parent: Recipe, problem: Problem, rng: Random, tried: Tried = NOTHING, *, report: str = ""
) -> Recipe:
    """The nearest recipe without what went wrong: less work, or less of what the error names."""
    if TOO_SLOW.search(report) or TOO_LARGE.search(report):
        candidates = _cheaper(parent, problem)
    else:
        candidates = _without_suspects(parent, report)
    usable = [r for r in candidates if fits(r, problem) and not tried.has(r)]
    if usable:
        return usable[0]
    clock = Clock(problem)
    return min(
        (plainest(problem, o) for o in usable_models(problem)),
        key=lambda recipe: (tried.has(recipe), clock.seconds(recipe)),
    )


def _cheaper(parent: Recipe, problem: Problem) -> list[Recipe]:
    """What takes at most half the time: the slowest of those first, to lose as little as can be."""
    clock = Clock(problem)
    limit = clock.seconds(parent) / 2
    near = [move.recipe for move in neighbours(parent, problem)]
    near += [put(member, "decide", parent["decide"]) for member in parent.members]
    cheaper = [recipe for recipe in near if clock.seconds(recipe) <= limit]
    return sorted(cheaper, key=clock.seconds, reverse=True)


def _without_suspects(parent: Recipe, report: str) -> list[Recipe]:
    """One optional element less: those whose code the error names first."""
    named = names_in_text(report)
    simpler: list[tuple[bool, Recipe]] = []
    for candidate in slots(parent.kind):
        known = option(parent, candidate.name)
        if known is None or candidate.is_required:
            continue
        is_named = bool(named & names_in_text(known.code))
        simpler.append((is_named, put(parent, candidate.name, NONE)))
    simpler += [(False, put(member, "decide", parent["decide"])) for member in parent.members]
    return [recipe for _, recipe in sorted(simpler, key=lambda pair: not pair[0])]


def _is_usable(recipe: Recipe, problem: Problem) -> bool:
    return fits(recipe, problem) and Clock(problem).is_quick(recipe)
