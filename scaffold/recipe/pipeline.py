"""The scikit-learn expression a recipe stands for, assembled from the code of its elements.

A pipeline is: inputs (from the kind's features to one matrix), steps for all columns, the model
with what is put around it. A blend is one variable for each member, then what mixes them.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from scaffold.recipe.grammar import Option, Place, Tag, model, slot, slots, uses_numbers
from scaffold.recipe.layout import lay_out
from scaffold.recipe.objective import Answer
from scaffold.recipe.problem import Kind, Problem
from scaffold.recipe.recipe import NONE, Choice, Recipe

FILLED = 'SimpleImputer(strategy="median", keep_empty_features=True)'
ONEHOT = 'OneHotEncoder(handle_unknown="ignore", sparse_output=False)'


def model_code(recipe: Recipe, problem: Problem) -> str:
    """`model = ...`, after one variable for each member of a blend."""
    decides = slot(recipe.kind, "decide").option(recipe["decide"].name) is not None
    wants_shares = problem.objective.answer is Answer.PROBABILITY or decides
    assembly = Assembly(
        problem=problem,
        wants_shares=wants_shares or bool(recipe.members),
        has_extras=uses_extras(recipe),
        dropped=dropped_by_all(recipe),
    )
    if not recipe.members:
        return lay_out(assembly.whole(recipe), prefix="model = ")
    names = _member_names(recipe.members)
    lines = [
        lay_out(assembly.whole(member), prefix=f"{name} = ")
        for name, member in zip(names, recipe.members, strict=True)
    ]
    return "\n".join([*lines, lay_out(assembly.blend(recipe, names), prefix="model = ")])


def _member_names(members: Sequence[Recipe]) -> list[str]:
    """hgb, ridge, hgb_2."""
    bases = [model(member).name for member in members]
    seen = [bases[:i].count(base) for i, base in enumerate(bases)]
    return [f"{base}_{n + 1}" if n else base for base, n in zip(bases, seen, strict=True)]


def uses_extras(recipe: Recipe) -> bool:
    """Whether a member for texts looks at the other columns too."""
    return any(member["extras"] != NONE for member in recipe.singles)


def dropped_by_all(recipe: Recipe) -> tuple[str, ...]:
    """Columns that no member looks at; they are not even read."""
    first, *others = (member.drop for member in recipe.singles)
    return tuple(column for column in first if all(column in drop for drop in others))


def chosen_options(recipe: Recipe, place: Place) -> Iterator[tuple[Option, Choice]]:
    """The options a recipe takes at a place, in the grammar's order."""
    for candidate in slots(recipe.kind):
        choice = recipe[candidate.name]
        known = candidate.option(choice.name)
        if known is not None and candidate.place is place:
            yield known, choice


@dataclass(frozen=True, slots=True, kw_only=True)
class Assembly:
    """What all pipelines of one script have in common.

    `wants_shares`: class probabilities are asked of the models. `has_extras`: texts come as a
    table with their other columns. `dropped`: columns that were not read at all.
    """

    problem: Problem
    wants_shares: bool
    has_extras: bool
    dropped: tuple[str, ...]

    def whole(self, recipe: Recipe) -> str:
        """The pipeline and what is put around it."""
        steps = [*self._inputs(recipe), *self._codes(recipe, Place.FEATURES)]
        return self._around_all(recipe, _joined([*steps, self._estimator(recipe)]))

    def blend(self, recipe: Recipe, names: Sequence[str]) -> str:
        """What mixes the members, which are variables of these names."""
        way, choice = next(chosen_options(recipe, Place.MODEL))
        members = f"[{', '.join(f'({json.dumps(name)}, {name})' for name in names)}]"
        shares = json.dumps([choice.get("lead", 1), *[1] * (len(names) - 1)])
        code = self._filled(way, choice, members=members, shares=shares)
        return self._around_all(recipe, code)

    def _filled(self, option: Option, choice: Choice, **more: str) -> str:
        """An option's code with its knobs and what the problem decides put in."""
        regresses = uses_numbers(self.problem)
        code = option.regression_code if regresses and option.regression_code else option.code
        decided = {
            "Estimator": "Regressor" if regresses else "Classifier",
            "score": "f_regression" if regresses else "f_classif",
            "final": "RidgeCV()" if regresses else "LogisticRegression()",
            "soft": "" if regresses else ', voting="soft"',
            "balanced": "",
        }
        return code.format(**{**decided, **dict(choice.params), **more})

    def _codes(self, recipe: Recipe, place: Place) -> list[str]:
        codes = [self._filled(*chosen) for chosen in chosen_options(recipe, place)]
        return [code for code in codes if code]

    def _around_all(self, recipe: Recipe, code: str) -> str:
        for option, choice in chosen_options(recipe, Place.AROUND_ALL):
            code = self._filled(option, choice, inner=code)
        return code

    def _estimator(self, recipe: Recipe) -> str:
        """The model and what is put around it."""
        chosen = model(recipe)
        balanced = "" if recipe["weights"] == NONE else 'class_weight="balanced", '
        code = self._filled(chosen, recipe["model"], balanced=balanced)
        has_no_shares = Tag.MARGIN in chosen.tags and recipe["calibrate"] == NONE
        if self.wants_shares and has_no_shares and not uses_numbers(self.problem):
            code = f"CalibratedClassifierCV({code}, cv=3, ensemble=False)"
        for option, choice in chosen_options(recipe, Place.AROUND_MODEL):
            code = self._filled(option, choice, inner=code)
        return code

    def _inputs(self, recipe: Recipe) -> list[str]:
        """The first steps of the pipeline: from the kind's features to one matrix."""
        match self.problem.kind:
            case Kind.TABULAR:
                return [self._table(recipe)]
            case Kind.IMAGES:
                return self._codes(recipe, Place.SOURCE)
            case Kind.TEXT:
                return [self._texts(recipe)]
            case Kind.SERIES:
                return [self._history(recipe)]

    def _table(self, recipe: Recipe) -> str:
        problem, unknown = self.problem, self.problem.has_elided_columns
        parts = {}
        if problem.numbers or problem.dates or unknown:
            steps = self._codes(recipe, Place.NUMBERS)
            parts["numbers"] = _joined(steps) if steps else '"passthrough"'
        if recipe["encode"].name != "ignore" and (problem.categories or unknown):
            parts["categories"] = _joined(self._codes(recipe, Place.CATEGORIES))
        return _columns_to({self._less(name, recipe): code for name, code in parts.items()})

    def _less(self, columns: str, recipe: Recipe) -> str:
        """`numbers` or `categories`, less what this recipe alone drops of them."""
        dropped = [column for column in recipe.drop if column not in self.dropped]
        return f"without({columns}, {json.dumps(dropped)})" if dropped else columns

    def _texts(self, recipe: Recipe) -> str:
        code = _joined(self._codes(recipe, Place.SOURCE), "make_union")
        if not self.has_extras:
            return code
        parts = {'"all texts"': code}
        if recipe["extras"] != NONE:
            parts["numbers"] = _joined([FILLED, "StandardScaler()"])
            parts["categories"] = ONEHOT
        return _columns_to(parts, dense=False)

    def _history(self, recipe: Recipe) -> str:
        """Columns that the script's describe() makes: past values, calendar, name of the series."""
        past = [self._source(recipe, name) for name in ("lags", "recent", "means")]
        if model(recipe).name == "naive":
            return _columns_to({_listed(past): '"passthrough"'}, dense=False)
        calendar = [self._source(recipe, "calendar")]
        names = ['"phase"'] if recipe["calendar"] != NONE else []
        names += [self._source(recipe, name) for name in ("key", "cross")]
        names += [json.dumps(column.name) for column in self.problem.categories]
        numbers = [json.dumps(column.name) for column in self.problem.numbers]
        scale = _joined(self._codes(recipe, Place.NUMBERS))
        parts = {
            _listed(past): scale,
            _listed(calendar): "StandardScaler()",
            _listed(names): ONEHOT,
            _listed(numbers): _joined([FILLED, "StandardScaler()"]),
        }
        return _columns_to({columns: code for columns, code in parts.items() if columns != "[]"})

    def _source(self, recipe: Recipe, slot_name: str) -> str:
        known = slot(recipe.kind, slot_name).option(recipe[slot_name].name)
        return self._filled(known, recipe[slot_name]) if known else ""


def _joined(steps: Sequence[str], how: str = "make_pipeline") -> str:
    return steps[0] if len(steps) == 1 else f"{how}({', '.join(steps)})"


def _listed(codes: Sequence[str]) -> str:
    return f"[{', '.join(code for code in codes if code)}]"


def _columns_to(parts: dict[str, str], *, dense: bool = True) -> str:
    """A column transformer from the columns (the keys) to what is done with them."""
    listed = ", ".join(f"({code}, {columns})" for columns, code in parts.items())
    return f"make_column_transformer({listed}{', sparse_threshold=0' if dense else ''})"
