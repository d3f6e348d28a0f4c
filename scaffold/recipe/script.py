"""Writes the script a recipe stands for.

The pipeline is assembled from the code of the recipe's elements (vocabulary/), the reading and
writing around it from templates/. The first line names the recipe, so that it can be found again.
"""

from __future__ import annotations

import json
from functools import cache
from textwrap import fill
from typing import Any

import jinja2

from scaffold.recipe.imports import names_in, needed_helpers, needed_imports
from scaffold.recipe.objective import Answer
from scaffold.recipe.pipeline import dropped_by_all, model_code, uses_extras
from scaffold.recipe.plan import in_words
from scaffold.recipe.problem import Kind, Problem
from scaffold.recipe.recipe import Recipe

MARK = "# recipe: "
MAX_PROSE_WIDTH = 90
# How to place a moment on the axis of a series, by the step between two rows.
STEPS = {
    "h": '(table["moment"] - pd.Timestamp(0)) // pd.Timedelta(hours=1)',
    "D": '(table["moment"] - pd.Timestamp(0)) // pd.Timedelta(days=1)',
    "W": '(table["moment"] - pd.Timestamp(0)) // pd.Timedelta(days=7)',
    "M": 'table["moment"].dt.year * 12 + table["moment"].dt.month',
    "Y": 'table["moment"].dt.year',
}
PHASES = {"h": "moment.dt.hour", "D": "moment.dt.day_of_week", "W": "moment.dt.month"}


def write_script(recipe: Recipe, problem: Problem) -> str:
    """A complete script: reads input/, writes submission.csv."""
    data = _render(f"{problem.kind}.py.j2", **_data_context(recipe, problem))
    model = model_code(recipe, problem)
    answer = _render("answer.py.j2", **_answer_context(recipe, problem))
    body = "\n".join((data, model, answer))
    helpers = needed_helpers(body)
    quiet = any(name.startswith("MLP") for name in names_in(body))
    draws = "TargetEncoder" in names_in(body)
    extra = ["warnings, ConvergenceWarning"] * quiet + ["np"] * draws
    named = "\n".join((helpers, body, *extra))
    script = _render(
        "script.py.j2",
        recipe=recipe,
        summary=in_words(recipe),
        imports=needed_imports(named),
        quiet=quiet,
        draws=draws,
        data=data,
        helpers=helpers,
        model=model,
        answer=answer,
    )
    return f"{script}\n"


def _data_context(recipe: Recipe, problem: Problem) -> dict[str, Any]:
    apart = [*filter(None, [problem.id_column]), *problem.dates]
    return {
        "p": problem,
        "target": problem.targets[0],
        "ignored": [*apart, *problem.language, *dropped_by_all(recipe)],
        "extras": (
            [column.name for column in problem.inputs]
            if problem.kind is Kind.SERIES
            else uses_extras(recipe)
        ),
        "step": STEPS[problem.step],
        "phase": PHASES.get(problem.step, "moment.dt.month"),
    }


def _answer_context(recipe: Recipe, problem: Problem) -> dict[str, Any]:
    objective = problem.objective
    is_probability = objective.answer is Answer.PROBABILITY
    by_class = (
        is_probability
        and problem.targets[0] not in problem.submission_columns
        and len(problem.submission_columns) > 2
    )
    return {
        "p": problem,
        "by_class": by_class,
        "is_number": objective.is_regression,
        "proba": is_probability,
        "clip": _bounds(problem),
        "rounds": objective.is_ordered and recipe["decide"].name != "thresholds",
    }


def _bounds(problem: Problem) -> str:
    """Within which a prediction is believed."""
    objective = problem.objective
    if objective.answer is Answer.PROBABILITY and not objective.ranks_only:
        return "0.001, 0.999"
    if not objective.is_regression:
        return ""
    if problem.kind is not Kind.SERIES:
        return "target.min(), target.max()"
    lowest = problem.target.number("min") if problem.target else None
    return "0, None" if lowest is not None and lowest >= 0 else ""


@cache
def _environment() -> jinja2.Environment:
    environment = jinja2.Environment(
        loader=jinja2.PackageLoader("scaffold.recipe"),
        keep_trailing_newline=True,
        trim_blocks=True,
        lstrip_blocks=True,
        undefined=jinja2.StrictUndefined,
        autoescape=False,  # Python text, not HTML
    )
    environment.filters["sentence"] = _sentence
    environment.filters["quoted"] = lambda value: json.dumps(value, ensure_ascii=False)
    return environment


def _sentence(text: str) -> str:
    return fill(f"{text[:1].upper()}{text[1:]}.", MAX_PROSE_WIDTH)


def _render(template: str, **context: Any) -> str:
    return _environment().get_template(template).render(**context).strip("\n")


def recipe_text(code: str) -> str | None:
    """The recipe a script names in its first lines."""
    for line in code.splitlines()[:5]:
        if line.startswith(MARK):
            return line.removeprefix(MARK).strip()
    return None
