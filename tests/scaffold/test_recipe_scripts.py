"""Every element of the grammar yields a script that runs on tiny data of its kind."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from script_runner import ScriptRunner
from tiny_data import TINY, answers

from scaffold.recipe.grammar import (
    VOCABULARY,
    Option,
    complete,
    fits,
    put,
    slot,
    slots,
    uses_numbers,
)
from scaffold.recipe.neighbours import blend, neighbours, plainest, usable_models
from scaffold.recipe.problem import Problem
from scaffold.recipe.recipe import Recipe, parse
from scaffold.recipe.script import recipe_text, write_script


@pytest.fixture(scope="module")
def runner() -> Iterator[ScriptRunner]:
    runner = ScriptRunner()
    yield runner
    runner.close()


@pytest.fixture(scope="module")
def folders(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Path]:
    root = tmp_path_factory.mktemp("tiny")
    for name, competition in TINY.items():
        competition.write(root / name)
    return {name: root / name for name in TINY}


@pytest.fixture(scope="module")
def recipes(folders: dict[str, Path]) -> dict[str, list[Recipe]]:
    """For each problem, recipes that use what no earlier problem has used; models in each."""
    seen: set[Element] = set()
    return {
        name: covering(competition.problem(folders[name]), seen)
        for name, competition in TINY.items()
    }


@dataclass(frozen=True, slots=True)
class Element:
    """An option, as a classifier or a regressor; kinds that share an option share the element."""

    slot: str
    option: Option
    is_number: bool


def elements(recipe: Recipe, problem: Problem) -> set[Element]:
    chosen = ((s.name, s.option(recipe[s.name].name)) for s in slots(recipe.kind))
    own = {Element(name, known, uses_numbers(problem)) for name, known in chosen if known}
    return own.union(*(elements(member, problem) for member in recipe.members))


def covering(problem: Problem, seen: set[Element]) -> list[Recipe]:
    """The plainest recipe of every model, and recipes for all elements that are not `seen`."""
    plain = [plainest(problem, chosen) for chosen in usable_models(problem)]
    mixed = blend(plain[0], (plain[0], plain[-1]))
    ways = [put(mixed, "how", way.start) for way in slot("blend", "how").options]
    ways = [way for way in ways if fits(way, problem)]
    near = [move.recipe for recipe in plain for move in neighbours(recipe, problem)]
    chosen = plain + ways
    seen.update(*(elements(recipe, problem) for recipe in chosen))
    for recipe in near:
        if not elements(recipe, problem) <= seen:
            chosen.append(recipe)
            seen |= elements(recipe, problem)
    return chosen


@pytest.mark.parametrize("name", TINY)
def test_every_element_runs(
    name: str,
    runner: ScriptRunner,
    folders: dict[str, Path],
    recipes: dict[str, list[Recipe]],
) -> None:
    problem, public = TINY[name].problem(folders[name]), folders[name]
    sample = pd.read_csv(public / "sample_submission.csv")
    failures = []
    for recipe in recipes[name]:
        ran = runner.run(write_script(recipe, problem), public)
        if ran.exit_code or "Warning" in ran.output:
            failures.append(f"{recipe}\n{ran.output[-600:]}")
            continue
        made = ran.submission
        assert made is not None
        assert list(made.columns) == list(sample.columns), recipe
        assert made["id"].equals(sample["id"]), recipe
        assert not made.isna().any(axis=None), recipe
        assert np.isfinite(made.select_dtypes("number").to_numpy()).all(), recipe
    assert not failures, "\n\n".join(failures)


def test_no_option_is_left_out(folders: dict[str, Path], recipes: dict[str, list[Recipe]]) -> None:
    """LightGBM aside, which is only used where the prompt lists it."""
    used = {
        (element.slot, element.option)
        for name, found in recipes.items()
        for recipe in found
        for element in elements(recipe, TINY[name].problem(folders[name]))
    }
    known = {(s.name, o) for kind in VOCABULARY for s in slots(kind) for o in s.options}
    left_out = {(name, o.name) for name, o in known - used}
    assert left_out == {("model", "lgbm")}


@pytest.mark.parametrize(
    ("name", "text", "column"),
    [
        ("binary", "tabular | scale=standard | model=logistic", "y"),
        ("regression", "tabular | scale=standard | model=ridge | target=log", "price"),
        ("ordinal", "tabular | model=forest | decide=thresholds", "grade"),
        ("texts", "text | words=tfidf | model=nb", "topic"),
        ("images", "images | model=knn", "label"),
        ("series", "series | lags=seasonal | calendar=season | model=ridge", "sales"),
    ],
)
def test_the_predictions_follow_the_signal(
    name: str, text: str, column: str, runner: ScriptRunner, folders: dict[str, Path]
) -> None:
    """Rows are matched by id: the sample submission is in another order than the test file."""
    public = folders[name]
    problem = TINY[name].problem(public)
    made = runner.run(write_script(complete(parse(text)), problem), public).submission
    assert made is not None
    joined = made.merge(pd.read_csv(answers(public)), on="id", suffixes=("", "_true"))
    if pd.api.types.is_numeric_dtype(joined[column]):
        assert joined[column].corr(joined[f"{column}_true"]) > 0.5
    else:
        assert (joined[column] == joined[f"{column}_true"]).mean() > 0.7


def test_a_script_names_its_recipe_first_and_parses(folders: dict[str, Path]) -> None:
    problem = TINY["binary"].problem(folders["binary"])
    recipe = plainest(problem, usable_models(problem)[0])
    code = write_script(recipe, problem)
    ast.parse(code)
    assert code.splitlines()[0] == f"# recipe: {recipe}"
    assert recipe_text(code) == str(recipe)
    assert max(map(len, code.splitlines()[2:])) <= 100
