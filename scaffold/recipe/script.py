"""Writes the script a recipe stands for.

The pipeline is assembled from the code of the recipe's elements (vocabulary/), the reading and
writing around it from templates/. The first line names the recipe, so that it can be found again.
"""

from __future__ import annotations

import ast
import json
from collections.abc import Iterator, Sequence
from dataclasses import replace
from functools import cache

import jinja2

from scaffold.recipe.grammar import Option, Place, model, slot, slots, uses_numbers
from scaffold.recipe.imports import names_in, needed_helpers, needed_imports
from scaffold.recipe.layout import lay_out
from scaffold.recipe.objective import Answer
from scaffold.recipe.problem import Kind, Problem
from scaffold.recipe.recipe import NONE, Choice, Recipe

MARK = "# recipe: "
PASS = '"passthrough"'
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
    fit = _model_code(recipe, problem)
    answer = _render("answer.py.j2", **_answer_context(recipe, problem))
    body = "\n".join((data, fit, answer))
    helpers = needed_helpers(body)
    quiet = any(name.startswith("MLP") for name in names_in(body))
    draws = "TargetEncoder" in names_in(body)
    extra = ["warnings, ConvergenceWarning"] * quiet + ["np"] * draws
    named = "\n".join((helpers, body, *extra))
    words = in_words(recipe)
    script = _render(
        "script.py.j2",
        recipe=recipe,
        summary=f"{words[:1].upper()}{words[1:]}.",
        imports=needed_imports(named),
        quiet=quiet,
        draws=draws,
        data=data,
        helpers=helpers,
        model=fit,
        answer=answer,
    )
    return f"{script}\n"


def in_words(recipe: Recipe) -> str:
    """`logistic regression, standardised numbers, one-hot categories`; plans and scripts say it."""
    if recipe.members:
        members = [model(member).words for member in recipe.members]
        return f"a blend of {', '.join(members[:-1])} and {members[-1]}, by {_words(recipe, 'how')}"
    order = ["model", *(s.name for s in slots(recipe.kind) if s.name != "model")]
    return ", ".join(words for name in order if (words := _words(recipe, name)))


def _words(recipe: Recipe, slot_name: str) -> str:
    chosen = slot(recipe.kind, slot_name).option(recipe[slot_name].name)
    return chosen.words.format(**dict(recipe[slot_name].params)) if chosen else ""


def chosen_options(recipe: Recipe, place: Place) -> Iterator[tuple[Option, Choice]]:
    """The options a recipe takes at a place, in the grammar's order."""
    for candidate in slots(recipe.kind):
        choice = recipe[candidate.name]
        known = candidate.option(choice.name)
        if known is not None and candidate.place is place:
            yield known, choice


def _model_code(recipe: Recipe, problem: Problem) -> str:
    """`model = ...`, after one variable for each member of a blend."""
    if not recipe.members:
        soft = problem.objective.answer is Answer.PROBABILITY or _decides_softly(recipe)
        pipeline = _pipeline(replace(recipe, drop=()), problem, soft)
        return lay_out(_around_all(recipe, pipeline, problem), prefix="model = ")
    shared = set(_dropped_by_all(recipe))
    lines, names = [], _member_names(recipe.members)
    for name, member in zip(names, recipe.members, strict=True):
        own = replace(member, drop=tuple(c for c in member.drop if c not in shared))
        code = _around_all(member, _pipeline(own, problem, soft=True), problem)
        lines.append(lay_out(code, prefix=f"{name} = "))
    how, choice = next(chosen_options(recipe, Place.MODEL))
    members = f"[{', '.join(f'({json.dumps(name)}, {name})' for name in names)}]"
    lead = dict(choice.params).get("lead", 1)
    shares = json.dumps([lead] + [1] * (len(names) - 1))
    code = _filled(how, choice, problem, members=members, shares=shares)
    lines.append(lay_out(_around_all(recipe, code, problem), prefix="model = "))
    return "\n".join(lines)


def _decides_softly(recipe: Recipe) -> bool:
    return slot(recipe.kind, "decide").option(recipe["decide"].name) is not None


def _member_names(members: Sequence[Recipe]) -> list[str]:
    names: list[str] = []
    for member in members:
        base = model(member).name
        same = sum(name.split("_")[0] == base.split("_")[0] for name in names)
        names.append(f"{base}_{same + 1}" if same else base)
    return names


def _filled(option: Option, choice: Choice, problem: Problem, **more: str) -> str:
    """An option's code with its knobs and what the problem decides put in."""
    regresses = uses_numbers(problem)
    code = option.regression_code if regresses and option.regression_code else option.code
    soft = "" if regresses else ', voting="soft"'
    final = "LogisticRegression()" if not regresses else "RidgeCV()"
    context = {
        "Estimator": "Regressor" if regresses else "Classifier",
        "score": "f_regression" if regresses else "f_classif",
        "balanced": "",
        "soft": soft,
        "final": final,
    }
    return code.format(**{**context, **dict(choice.params), **more})


def _around_all(recipe: Recipe, code: str, problem: Problem) -> str:
    for option, choice in chosen_options(recipe, Place.AROUND_ALL):
        code = _filled(option, choice, problem, inner=code)
    return code


def _pipeline(recipe: Recipe, problem: Problem, soft: bool) -> str:
    steps = [*_inputs(recipe, problem)]
    steps += [_filled(o, c, problem) for o, c in chosen_options(recipe, Place.FEATURES)]
    return _joined([*steps, _estimator(recipe, problem, soft)])


def _estimator(recipe: Recipe, problem: Problem, soft: bool) -> str:
    """The model and what is put around it. `soft`: probabilities are asked of it."""
    options = {name: recipe[name] for name in ("model", "weights")}
    chosen = model(recipe)
    weights = 'class_weight="balanced", ' if options["weights"].name == "balanced" else ""
    code = _filled(chosen, options["model"], problem, balanced=weights)
    calibrated = recipe["calibrate"].name != "none"
    if soft and "margin" in chosen.tags and not uses_numbers(problem) and not calibrated:
        code = f"CalibratedClassifierCV({code}, cv=3, ensemble=False)"
    for option, choice in chosen_options(recipe, Place.AROUND_MODEL):
        code = _filled(option, choice, problem, inner=code)
    return code


def _joined(steps: Sequence[str]) -> str:
    return steps[0] if len(steps) == 1 else f"make_pipeline({', '.join(steps)})"


def _steps(recipe: Recipe, problem: Problem, place: Place) -> list[str]:
    codes = [_filled(o, c, problem) for o, c in chosen_options(recipe, place)]
    return [code for code in codes if code]


def _inputs(recipe: Recipe, problem: Problem) -> list[str]:
    """The first steps of the pipeline: from the kind's features to one matrix."""
    return INPUTS[problem.kind](recipe, problem)


def _table_inputs(recipe: Recipe, problem: Problem) -> list[str]:
    parts = []
    if problem.numbers or problem.dates or problem.has_elided_columns:
        steps = _steps(recipe, problem, Place.NUMBERS)
        columns = _columns("numbers", recipe)
        parts.append(f"({_joined(steps or [PASS])}, {columns})")
    uses_categories = recipe["encode"].name != "ignore"
    if uses_categories and (problem.categories or problem.has_elided_columns):
        steps = _steps(recipe, problem, Place.CATEGORIES)
        parts.append(f"({_joined(steps)}, {_columns('categories', recipe)})")
    return [f"make_column_transformer({', '.join(parts)}, sparse_threshold=0)"]


def _columns(name: str, recipe: Recipe) -> str:
    """`numbers` or `categories`, less what this recipe drops of them."""
    return f"without({name}, {json.dumps(recipe.drop)})" if recipe.drop else name


def _image_inputs(recipe: Recipe, problem: Problem) -> list[str]:
    return _steps(recipe, problem, Place.SOURCE)


def _text_inputs(recipe: Recipe, problem: Problem) -> list[str]:
    vectorisers = _steps(recipe, problem, Place.SOURCE)
    code = vectorisers[0] if len(vectorisers) == 1 else f"make_union({', '.join(vectorisers)})"
    if not _uses_extras(recipe):
        return [code]
    numbers = 'make_pipeline(SimpleImputer(strategy="median", keep_empty_features=True), StandardScaler())'
    onehot = 'OneHotEncoder(min_frequency=5, handle_unknown="infrequent_if_exist")'
    return [
        f'make_column_transformer(({code}, "all texts"), ({numbers}, numbers), ({onehot}, categories))'
    ]


def _series_inputs(recipe: Recipe, problem: Problem) -> list[str]:
    """Columns that describe() made: past values, the calendar, the name of the series."""

    def columns(*names: str) -> str:
        options = {name: slot(recipe.kind, name).option(recipe[name].name) for name in names}
        codes = [_filled(o, recipe[name], problem) for name, o in options.items() if o]
        return ", ".join(code for code in codes if code)

    past, calendar = columns("lags", "recent", "means"), columns("calendar")
    if model(recipe).name == "naive":
        return [f"make_column_transformer(({PASS}, [{past}]))"]
    scale = _joined(_steps(recipe, problem, Place.NUMBERS))
    names = ", ".join(
        part
        for part in (
            '"phase"' if recipe["calendar"] != NONE else "",
            columns("key", "cross"),
            ", ".join(json.dumps(column.name) for column in problem.categories),
        )
        if part
    )
    numbers = json.dumps([column.name for column in problem.numbers], ensure_ascii=False)
    filled = 'SimpleImputer(strategy="median", keep_empty_features=True)'
    parts = {
        f"({scale}, [{past}])": past,
        f"(StandardScaler(), [{calendar}])": calendar,
        f'(OneHotEncoder(handle_unknown="ignore", sparse_output=False), [{names}])': names,
        f"(make_pipeline({filled}, StandardScaler()), {numbers})": problem.numbers,
    }
    used = ", ".join(code for code, is_used in parts.items() if is_used)
    return [f"make_column_transformer({used}, sparse_threshold=0)"]


INPUTS = {
    Kind.TABULAR: _table_inputs,
    Kind.IMAGES: _image_inputs,
    Kind.TEXT: _text_inputs,
    Kind.SERIES: _series_inputs,
}


def _uses_extras(recipe: Recipe) -> bool:
    return any(member["extras"].name != "none" for member in recipe.singles)


def _data_context(recipe: Recipe, problem: Problem) -> dict[str, object]:
    apart = [*filter(None, [problem.id_column]), *problem.dates]
    pictures = problem.pictures
    return {
        "p": problem,
        "target": problem.targets[0],
        "ignored": [*apart, *problem.language, *_dropped_by_all(recipe)],
        "extras": (
            [column.name for column in problem.inputs]
            if problem.kind is Kind.SERIES
            else _uses_extras(recipe)
        ),
        "picture": f'f"input/{pictures.pattern.format("{name}")}"' if pictures else "",
        "step": STEPS[problem.step],
        "phase": PHASES.get(problem.step, "moment.dt.month"),
    }


def _dropped_by_all(recipe: Recipe) -> list[str]:
    """Columns that no member looks at; they are not even read."""
    first, *others = (member.drop for member in recipe.singles)
    return [column for column in first if all(column in drop for drop in others)]


def _answer_context(recipe: Recipe, problem: Problem) -> dict[str, object]:
    objective = problem.objective
    is_probability = objective.answer is Answer.PROBABILITY
    by_class = (
        is_probability
        and problem.targets[0] not in problem.submission_columns
        and len(problem.submission_columns) > 2
    )
    prefix = problem.class_prefix
    named = f'[f"{prefix}{{label}}" for label in model.classes_]'
    return {
        "p": problem,
        "by_class": by_class,
        "class_columns": "submission.columns[1:]" if prefix is None else named,
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
        autoescape=False,  # noqa: S701  (Python text, not HTML)
    )
    environment.filters["quoted"] = lambda value: json.dumps(value, ensure_ascii=False)
    return environment


def _render(template: str, **context: object) -> str:
    return _environment().get_template(template).render(**context).strip("\n")


def recipe_text(code: str) -> str | None:
    """The recipe a script names in its first lines."""
    for line in code.splitlines()[:5]:
        if line.startswith(MARK):
            return line.removeprefix(MARK).strip()
    return None


def is_python(code: str) -> bool:
    try:
        ast.parse(code)
    except (SyntaxError, ValueError):
        return False
    return True
