"""Reads a prompt as a language model would: by its headings, then what each section says.

Only level-1 headings outside code fences count, because a script's comments look like headings.
What is left of the search (steps, time) is not read: an answer may not depend on it.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from scaffold.recipe.grammar import UnknownWordError, complete
from scaffold.recipe.problem import Problem, UnreadablePromptError, read_problem
from scaffold.recipe.recipe import Recipe, RecipeSyntaxError, parse
from scaffold.recipe.script import recipe_text
from search.node import Message

OPERATORS = ("draft", "improve", "diverge", "debug", "combine")

_FENCE = re.compile(r" {0,3}(`{3,}|~{3,})")
_SOLUTION = re.compile(r"Previous solution|Solution \d+")


@dataclass(frozen=True, slots=True, kw_only=True)
class Solution:
    """An earlier attempt shown in full. `recipe` is None where its code names none."""

    recipe: Recipe | None
    score: float | None
    text: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Remembered:
    """An earlier attempt shown in one line."""

    fingerprint: str
    models: tuple[str, ...]
    changed: str  # the element its change was about; empty for a draft
    score: float | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Prompt:
    problem: Problem
    operator: str
    higher_is_better: bool
    solutions: tuple[Solution, ...]
    memory: tuple[Remembered, ...]

    @property
    def best_first(self) -> tuple[Solution, ...]:
        """The solutions by score; those without one last."""
        sign = -1 if self.higher_is_better else 1
        return tuple(
            sorted(
                self.solutions,
                key=lambda s: float("inf") if s.score is None else sign * s.score,
            )
        )


def read_prompt(messages: Sequence[Message]) -> Prompt:
    """What the last user message says.

    Raises:
        UnreadablePromptError: it describes no data, or nothing to do.
    """
    text = next((m.content for m in reversed(messages) if m.role == "user"), "")
    sections = list(_sections(text))
    found = dict(sections)
    metric = found.get("Metric", "").strip().splitlines()[:1]
    return Prompt(
        problem=read_problem(found.get("Data", ""), "".join(metric), found.get("Limits", "")),
        operator=_operator(found.get("Instruction", "")),
        higher_is_better="lower is better" not in "".join(metric).lower(),
        solutions=tuple(
            _solution(body) for title, body in sections if _SOLUTION.fullmatch(title)
        ),
        memory=tuple(_remembered(found.get("Memory", ""))),
    )


def _sections(text: str) -> Iterator[tuple[str, str]]:
    """Title and body of each level-1 section, in order."""
    title, body, fence = "", list[str](), ""
    for line in text.splitlines():
        mark = _FENCE.match(line)
        if mark and not fence:
            fence = mark[1]
        elif mark and fence and mark[1].startswith(fence) and line.strip() == mark[1]:
            fence = ""
        if not fence and line.startswith("# "):
            yield title, "\n".join(body)
            title, body = line[2:].strip(), []
        else:
            body.append(line)
    yield title, "\n".join(body)


def _operator(instruction: str) -> str:
    named = re.search(r"^\W*operator\W+(\w+)", instruction, re.IGNORECASE | re.MULTILINE)
    if named and named[1].lower() in OPERATORS:
        return named[1].lower()
    raise UnreadablePromptError("the instruction names no operator this model knows")


def _solution(body: str) -> Solution:
    code = re.search(r"^(`{3,})\w*\n(.*?)^\1\s*$", body, re.DOTALL | re.MULTILINE)
    score = re.search(r"\bscore:? (-?\d[\d.]*(?:e[-+]?\d+)?)", body)
    return Solution(
        recipe=_recipe(code[2]) if code else None,
        score=float(score[1]) if score else None,
        text=body,
    )


def _recipe(code: str) -> Recipe | None:
    text = recipe_text(code)
    try:
        return complete(parse(text)) if text else None
    except (RecipeSyntaxError, UnknownWordError):
        return None


def _remembered(memory: str) -> Iterator[Remembered]:
    for line in memory.splitlines():
        named = re.search(r"Recipe ([0-9a-f]{6}) \(([\w+]+)\)(?: changes ([^:]+):)?", line)
        score = re.search(r"\bscore (-?\d[\d.]*(?:e[-+]?\d+)?)", line)
        if named:
            yield Remembered(
                fingerprint=named[1],
                models=tuple(named[2].split("+")),
                changed=named[3] or "",
                score=float(score[1]) if score else None,
            )
