"""Reads a prompt as a language model would: by its headings, then what each section says.

Only level-1 headings outside code fences count, because a script's comments look like headings.
What is left of the search (steps, time) is not read: an answer may not depend on it.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from scaffold.recipe.data_section import UnreadablePromptError, read_problem
from scaffold.recipe.grammar import UnknownWordError, complete
from scaffold.recipe.plan import Remembered, read_memory, read_score
from scaffold.recipe.problem import Problem
from scaffold.recipe.recipe import Recipe, RecipeSyntaxError, parse
from scaffold.recipe.script import recipe_text
from search.node import Message

OPERATORS = ("draft", "improve", "diverge", "debug", "combine")

_FENCE = re.compile(r" {0,3}(`{3,}|~{3,})")
_SOLUTION = re.compile(r"Previous solution|Solution \d+")
_CODE = re.compile(r"^(`{3,})\w*\n(.*?)^\1\s*$", re.DOTALL | re.MULTILINE)
_OPERATOR = re.compile(r"^\W*operator\W+(\w+)", re.IGNORECASE | re.MULTILINE)


@dataclass(frozen=True, slots=True, kw_only=True)
class Solution:
    """An earlier attempt shown in full. `recipe` is None where its code names none; `report` is
    what follows the code: output and feedback."""

    recipe: Recipe | None
    score: float | None
    text: str
    report: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Prompt:
    problem: Problem
    operator: str
    higher_is_better: bool
    solutions: tuple[Solution, ...]
    memory: tuple[Remembered, ...]

    @property
    def readable(self) -> tuple[tuple[Recipe, Solution], ...]:
        """The solutions that name a recipe: best score first, those without one last."""
        sign = -1 if self.higher_is_better else 1
        known = [(s.recipe, s) for s in self.solutions if s.recipe is not None]
        known.sort(key=lambda pair: (pair[1].score is None, sign * (pair[1].score or 0.0)))
        return tuple(known)


def read_prompt(messages: Sequence[Message]) -> Prompt:
    """What the last user message says.

    Raises:
        UnreadablePromptError: it describes no data, or nothing to do.
    """
    text = next((m.content for m in reversed(messages) if m.role == "user"), "")
    sections = list(_sections(text))
    found = dict(sections)
    metric, _, direction = found.get("Metric", "").strip().partition("(")
    return Prompt(
        problem=read_problem(found.get("Data", ""), metric.strip(), found.get("Limits", "")),
        operator=_operator(found.get("Instruction", "")),
        higher_is_better="lower is better" not in direction.lower(),
        solutions=tuple(_solution(body) for title, body in sections if _SOLUTION.fullmatch(title)),
        memory=tuple(read_memory(found.get("Memory", ""))),
    )


def _sections(text: str) -> Iterator[tuple[str, str]]:
    """Title and body of each level-1 section, in order."""
    title, body, fence = "", list[str](), ""
    for line in text.splitlines():
        mark = _FENCE.match(line)
        if mark and not fence:
            fence = mark[1]
        elif mark and mark[1].startswith(fence) and line.strip() == mark[1]:
            fence = ""
        if not fence and line.startswith("# "):
            yield title, "\n".join(body)
            title, body = line[2:].strip(), []
        else:
            body.append(line)
    yield title, "\n".join(body)


def _operator(instruction: str) -> str:
    named = _OPERATOR.search(instruction)
    if named and named[1].lower() in OPERATORS:
        return named[1].lower()
    raise UnreadablePromptError("the instruction names no operator this model knows")


def _solution(body: str) -> Solution:
    code = _CODE.search(body)
    return Solution(
        recipe=_recipe(code[2]) if code else None,
        score=read_score(body[: code.start()] if code else body),
        text=body,
        report=body[code.end() :] if code else body,
    )


def _recipe(code: str) -> Recipe | None:
    text = recipe_text(code)
    try:
        return complete(parse(text)) if text else None
    except (RecipeSyntaxError, UnknownWordError):
        return None
