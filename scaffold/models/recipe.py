"""The embedded model: no network, no key, no weights, and the same prompts as a language model.

It reads the prompt's text, turns the recipes it shows into another one (scaffold/recipe/) and
answers as a language model would: a plan in prose, then one block of Python. The same seed and
prompt give the same answer; what the search has left (steps, time) changes nothing.
"""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from random import Random

from scaffold.models.base import Completion
from scaffold.recipe import mutation
from scaffold.recipe.data_section import UnreadablePromptError
from scaffold.recipe.mutation import Tried
from scaffold.recipe.plan import Remembered, read_change, write_plan
from scaffold.recipe.prompt import Prompt, read_prompt
from scaffold.recipe.recipe import Recipe
from scaffold.recipe.script import write_script
from search.node import Message, Usage

CHARS_PER_TOKEN = 4  # roughly, so that token budgets mean something for this model too


class RecipeModel:
    """Implements `scaffold.models.base.Model`. Holds no state: threads may share it."""

    name = "recipe"

    def complete(
        self, messages: Sequence[Message], n: int = 1, *, seed: int | None = None
    ) -> list[Completion]:
        """n answers, different ones where the grammar has that many."""
        prompt_tokens = sum(len(m.content) for m in messages) // CHARS_PER_TOKEN
        return [
            Completion(
                text=text,
                usage=Usage(
                    prompt_tokens=0 if index else prompt_tokens,
                    completion_tokens=len(text) // CHARS_PER_TOKEN,
                ),
            )
            for index, text in enumerate(_answers(messages, n, seed))
        ]

    def close(self) -> None:
        """Nothing is open."""


def _answers(messages: Sequence[Message], n: int, seed: int | None) -> list[str]:
    try:
        prompt = read_prompt(messages)
    except UnreadablePromptError as error:
        return [f"I cannot write a recipe for this prompt: {error}."] * n
    parents = tuple(recipe for recipe, _ in prompt.readable)
    known, texts = list(prompt.memory), []
    for index in range(n):
        recipe = next_recipe(prompt, _rng(prompt, seed, index), known)
        known.append(Remembered.of(recipe, parents))
        code = write_script(recipe, prompt.problem)
        texts.append(f"{write_plan(recipe, parents)}\n\n```python\n{code}```\n")
    return texts


def next_recipe(prompt: Prompt, rng: Random, known: Sequence[Remembered]) -> Recipe:
    """What the prompt's operator makes of the recipes it shows."""
    problem, tried = prompt.problem, Tried.of(known)
    if prompt.operator == "draft" or not prompt.readable:
        return mutation.draft(problem, rng, tried)
    parent, solution = prompt.readable[0]
    match prompt.operator:
        case "improve":
            return mutation.improve(parent, problem, rng, tried, last=read_change(solution.text))
        case "diverge":
            return mutation.diverge(parent, problem, rng, tried)
        case "debug":
            return mutation.debug(parent, problem, rng, tried, report=solution.report)
        case _:
            parents = [recipe for recipe, _ in prompt.readable]
            return mutation.combine(parents, problem, rng, tried)


def _rng(prompt: Prompt, seed: int | None, index: int) -> Random:
    """From the seed and the competition, so that one seed does not draw the same models for each;
    without a seed, from all that the answer may depend on."""
    theme = (prompt.problem.metric, prompt.problem.targets)
    content = theme if seed is not None else (theme, prompt)
    return Random(hashlib.sha256(repr((seed, index, content)).encode()).digest())
