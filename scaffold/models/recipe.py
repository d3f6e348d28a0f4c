"""The embedded model: no network, no key, no weights, and the same prompts as a language model.

It reads the prompt's text, turns the parent's recipe into another one (scaffold/recipe/) and
answers as a language model would: a plan in prose, then one block of Python. The same seed and
prompt give the same answer; what the search has left (steps, time) changes nothing.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Callable, Sequence
from random import Random

from scaffold.models.base import Completion
from scaffold.recipe import mutation
from scaffold.recipe.grammar import model, slots
from scaffold.recipe.problem import UnreadablePromptError
from scaffold.recipe.prompt import Prompt, Remembered, Solution, read_prompt
from scaffold.recipe.recipe import Change, Recipe, differences
from scaffold.recipe.script import in_words, write_script
from search.node import Message, Usage

CHARACTERS_PER_TOKEN = 4  # roughly, so that token budgets mean something for this model too


class RecipeModel:
    """Implements `scaffold.models.base.Model`. Holds no state: threads may share it."""

    name = "recipe"

    def complete(
        self, messages: Sequence[Message], n: int = 1, *, seed: int | None = None
    ) -> list[Completion]:
        """n answers, different ones where the grammar has that many."""
        prompt_tokens = sum(len(m.content) for m in messages) // CHARACTERS_PER_TOKEN
        texts = _answers(messages, n, seed)
        return [
            Completion(
                text=text,
                usage=Usage(
                    prompt_tokens=prompt_tokens if index == 0 else 0,
                    completion_tokens=len(text) // CHARACTERS_PER_TOKEN,
                ),
            )
            for index, text in enumerate(texts)
        ]

    def close(self) -> None:
        """Nothing is open."""


def _answers(messages: Sequence[Message], n: int, seed: int | None) -> list[str]:
    try:
        prompt = read_prompt(messages)
    except UnreadablePromptError as error:
        return [f"I cannot write a recipe for this prompt: {error}."] * n
    start = seed if seed is not None else _content_seed(prompt)
    known, texts = list(prompt.memory), []
    for index in range(n):
        recipe = next_recipe(prompt, Random(f"{start}/{index}/{_theme(prompt)}"), known)
        known.append(_as_remembered(prompt, recipe))
        texts.append(_answer(prompt, recipe))
    return texts


def _theme(prompt: Prompt) -> str:
    """Keeps the same seed from drawing the same models for every competition."""
    return f"{prompt.problem.metric}/{','.join(prompt.problem.targets)}"


def next_recipe(prompt: Prompt, rng: Random, known: Sequence[Remembered]) -> Recipe:
    """What the prompt's operator makes of the solutions it shows."""
    tried = mutation.tried((r.fingerprint, r.models, r.changed) for r in known)
    solutions = [s for s in prompt.best_first if s.recipe is not None]
    if prompt.operator == "draft" or not solutions:
        return mutation.draft(prompt.problem, rng, tried)
    return OPERATORS[prompt.operator](prompt, solutions, rng, tried)


Operator = Callable[[Prompt, Sequence[Solution], Random, mutation.Tried], Recipe]


def _improve(
    prompt: Prompt, solutions: Sequence[Solution], rng: Random, tried: mutation.Tried
) -> Recipe:
    parent = solutions[0]
    last = _last_change(parent.text)
    return mutation.improve(_recipe(parent), prompt.problem, rng, tried, last=last)


def _diverge(
    prompt: Prompt, solutions: Sequence[Solution], rng: Random, tried: mutation.Tried
) -> Recipe:
    return mutation.diverge(_recipe(solutions[0]), prompt.problem, rng, tried)


def _debug(
    prompt: Prompt, solutions: Sequence[Solution], rng: Random, tried: mutation.Tried
) -> Recipe:
    parent = solutions[0]
    return mutation.debug(
        _recipe(parent), prompt.problem, rng, tried, feedback=_after_code(parent.text)
    )


def _combine(
    prompt: Prompt, solutions: Sequence[Solution], rng: Random, tried: mutation.Tried
) -> Recipe:
    return mutation.combine([_recipe(s) for s in solutions], prompt.problem, rng, tried)


OPERATORS: dict[str, Operator] = {
    "improve": _improve,
    "diverge": _diverge,
    "debug": _debug,
    "combine": _combine,
}


def _recipe(solution: Solution) -> Recipe:
    assert solution.recipe is not None, "solutions without a recipe were left out"
    return solution.recipe


def _after_code(text: str) -> str:
    """The output and feedback of a solution: what follows its script."""
    return text.rpartition('to_csv("submission.csv"')[2]


def _last_change(text: str) -> Change | None:
    """The change that made a solution, as its plan tells it."""
    found = re.search(r"changes ([^:\n]+): (.+?) -> (.+?)\.(?:\s|$)", text)
    return Change(found[1], found[2], found[3]) if found else None


def _models(recipe: Recipe) -> tuple[str, ...]:
    return tuple(dict.fromkeys(model(member).name for member in recipe.singles))


def _changed(prompt: Prompt, recipe: Recipe) -> tuple[Change, ...]:
    """What differs from the parent, where there is one parent."""
    parents = [s.recipe for s in prompt.solutions if s.recipe is not None]
    return differences(parents[0], recipe) if len(parents) == 1 else ()


def _as_remembered(prompt: Prompt, recipe: Recipe) -> Remembered:
    changes = _changed(prompt, recipe)
    return Remembered(
        fingerprint=recipe.fingerprint,
        models=_models(recipe),
        changed=changes[0].element if len(changes) == 1 else "",
        score=None,
    )


def _answer(prompt: Prompt, recipe: Recipe) -> str:
    code = write_script(recipe, prompt.problem)
    return f"{_plan(prompt, recipe)}\n\n```python\n{code}```\n"


def _plan(prompt: Prompt, recipe: Recipe) -> str:
    """The first sentence is what a later prompt's memory will show of this attempt."""
    name = f"Recipe {recipe.fingerprint} ({'+'.join(_models(recipe))})"
    changes = _changed(prompt, recipe)
    if len(changes) == 1:
        reason = _why(recipe, changes[0])
        return f"{name} changes {changes[0]}.\n\nWhy: {reason}. Now it is {in_words(recipe)}: `{recipe}`."
    if prompt.operator == "combine":
        return f"{name} blends the solutions shown.\n\nIt is {in_words(recipe)}: `{recipe}`."
    if changes:
        listed = "; ".join(change.element for change in changes)
        return f"{name} goes another way.\n\nIt is {in_words(recipe)}, and differs in {listed}: `{recipe}`."
    return (
        f"{name} is {in_words(recipe)}.\n\nA plain start that says what the data hold: `{recipe}`."
    )


def _why(recipe: Recipe, change: Change) -> str:
    element = re.sub(r"^member \d+ ", "", change.element)
    if element == "member":
        return "models that err differently are better together"
    if element.startswith("column"):
        return "a column that says nothing adds noise"
    name = element.partition(".")[0]
    kinds = dict.fromkeys([recipe.kind, recipe.singles[0].kind])
    return next(slot.why for kind in kinds for slot in slots(kind) if slot.name == name)


def _content_seed(prompt: Prompt) -> int:
    """The seed where none is given: from what the answer may depend on, nothing else."""
    shown = [s.text for s in prompt.solutions], [m.fingerprint for m in prompt.memory]
    content = repr((prompt.operator, prompt.problem, shown))
    return int.from_bytes(hashlib.sha256(content.encode()).digest()[:4], "big")
