"""Which plain recipe is best in which family of micro-competitions: is the diversity real?

    python -m benchmarks.micro_diversity [--seeds 0 1 2 3 4] [--only FAMILY ...] [--json FILE]

Runs a dozen fixed recipes (no tuning, no search) on the nested data of every family and seed in a
warm process sandbox, grades them on all nested rows, and prints tables of mean quality, the best
of each family in bold. A dash: the recipe does not apply.
"""

from __future__ import annotations

import argparse
import json
import tempfile
import time
from collections.abc import Iterator, Sequence
from pathlib import Path
from statistics import mean

from competitions.competition import PreparedCompetition
from competitions.micro.names import FAMILY_NAMES
from competitions.outcome import Graded, Split
from competitions.registry import find
from sandbox.auto import open_sandbox
from sandbox.contract import Limits, Sandbox, Workspace
from scaffold.preview import preview
from scaffold.recipe.data_section import read_problem
from scaffold.recipe.grammar import complete, fits, uses_numbers
from scaffold.recipe.problem import Kind, Problem
from scaffold.recipe.recipe import parse
from scaffold.recipe.script import write_script

# {linear} is ridge(alpha=1.0) or logistic(C=1.0), {shrunken} lasso(alpha=0.1) or logistic(C=0.1).
PLAIN = "tabular | impute=median | scale=standard | model="
RECIPES: dict[Kind, dict[str, str]] = {
    Kind.TABULAR: {
        "linear": PLAIN + "{linear}",
        "shrunken": PLAIN + "{shrunken}",
        "products": "tabular | impute=median | cross=products(keep=10) | scale=standard"
        " | model={linear}",
        "gap flags": "tabular | impute=flagged | scale=standard | model={linear}",
        "target means": "tabular | impute=median | scale=standard | encode=target(smooth=3)"
        " | model={linear}",
        "splines, cut": "tabular | impute=median | scale=spline(knots=5) | model={linear}"
        " | decide=thresholds",
        "logs": "tabular | impute=median | scale=log | model={linear} | target=log",
        "neighbours": PLAIN + "knn(k=12)",
        "Bayes": PLAIN + "bayes(smoothing=0.001)",
        "kernel": PLAIN + "svm(C=1.0,gamma=0.1)",
        "forest": "tabular | impute=median | model=forest(trees=80,leaf=2,columns=0.6)",
        "log forest": "tabular | impute=median | model=forest(trees=80,leaf=2,columns=0.6)"
        " | target=log",
        "boosting": "tabular | impute=median | model=hgb(lr=0.08,rounds=80,leaves=6,leaf=10)",
    },
    Kind.SERIES: {
        "naive": "series | lags=seasonal(n=1) | model=naive",
        "mean of weeks": "series | lags=seasonal(n=4) | model=naive",
        "calendar": "series | calendar=season | key=onehot | model=ridge(alpha=1.0)",
        "log calendar": "series | calendar=season | key=onehot | model=ridge(alpha=1.0)"
        " | target=log",
        "own shapes": "series | calendar=season | key=onehot | cross=season"
        " | model=ridge(alpha=1.0)",
        "log own shapes": "series | calendar=season | key=onehot | cross=season"
        " | model=ridge(alpha=1.0) | target=log",
        "lags": "series | lags=seasonal(n=2) | means=rolling(n=1) | model=ridge(alpha=1.0)",
        "forest": "series | lags=seasonal(n=2) | calendar=season | key=onehot"
        " | model=forest(trees=80,leaf=2)",
        "boosting": "series | lags=seasonal(n=2) | calendar=season | key=onehot"
        " | model=hgb(lr=0.08,rounds=80,leaves=6,leaf=10)",
    },
    Kind.TEXT: {
        "words": "text | words=tfidf(ngrams=1,rare=1) | model=logistic(C=1.0)",
        "words, strong": "text | words=tfidf(ngrams=1,rare=1) | model=logistic(C=30.0)",
        "pairs of words": "text | words=tfidf(ngrams=2,rare=1) | model=logistic(C=1.0)",
        "Bayes": "text | words=tfidf(ngrams=1,rare=1) | model=nb(alpha=0.3)",
        "characters": "text | chars=tfidf(ngrams=4,rare=2) | model=logistic(C=1.0)",
        "characters, strong": "text | chars=tfidf(ngrams=4,rare=2) | model=logistic(C=30.0)",
        "characters, Bayes": "text | chars=tfidf(ngrams=4,rare=2) | model=nb(alpha=0.3)",
        "characters, margin": "text | chars=tfidf(ngrams=5,rare=2) | model=svm(C=1.0)",
        "neighbours": "text | words=tfidf(ngrams=1,rare=1) | model=knn(k=12)",
        "topics, forest": "text | words=tfidf(ngrams=1,rare=1) | reduce=svd(topics=40)"
        " | model=forest(trees=80)",
    },
    Kind.IMAGES: {
        "pixels": "images | see=pixels | model=logistic(C=1.0)",
        "neighbours": "images | see=pixels | model=knn(k=5)",
        "forest": "images | see=pixels | model=forest(trees=80)",
        "kernel": "images | see=pixels | model=svm(C=1.0,gamma=0.03)",
        "Bayes": "images | see=pixels | model=bayes(smoothing=0.001)",
        "components": "images | see=pixels | reduce=pca(variance=0.8) | model=logistic(C=1.0)",
        "gradients": "images | see=gradients(cells=2) | model=logistic(C=1.0)",
        "gradients, forest": "images | see=gradients(cells=2) | model=forest(trees=80)",
        "gradients, kernel": "images | see=gradients(cells=2) | model=svm(C=1.0,gamma=0.1)",
        "both": "images | see=both(cells=2) | model=logistic(C=1.0)",
        "moved copies": "images | see=pixels | model=logistic(C=1.0) | augment=shift(step=1)",
    },
}
LIMITS = Limits(cpus=1, memory_mb=2048, timeout_seconds=60)
Table = dict[str, dict[str, list[float]]]  # family -> recipe -> quality for each seed


def problem_of(prepared: PreparedCompetition) -> Problem:
    spec = prepared.competition.spec
    return read_problem(preview(prepared.nested_public), spec.metric)


def scripts_for(problem: Problem) -> Iterator[tuple[str, str]]:
    """Name and script of every recipe that applies; the cut is left out where there is none."""
    numbers = uses_numbers(problem)
    words = {
        "linear": "ridge(alpha=1.0)" if numbers else "logistic(C=1.0)",
        "shrunken": "lasso(alpha=0.1)" if numbers else "logistic(C=0.1)",
    }
    for name, line in RECIPES[problem.kind].items():
        text = line.format(**words)
        if not problem.objective.is_ordered:
            text = text.replace(" | decide=thresholds", "")
        recipe = complete(parse(text))
        if fits(recipe, problem):
            yield name, write_script(recipe, problem)


def quality_of(script: str, prepared: PreparedCompetition, sandbox: Sandbox) -> float:
    """On all nested rows: those of the search and those of the selection alike."""
    with tempfile.TemporaryDirectory() as out:
        place = Workspace(
            data_dir=prepared.nested_public, out_dir=Path(out), collect=("submission.csv",)
        )
        result = sandbox.run(script, place, LIMITS)
        found = []
        for split in (Split.SEARCH, Split.SELECTION):
            graded = prepared.grade(Path(out) / "submission.csv", split)
            assert isinstance(graded, Graded), f"{graded}\n{result.output}\n{script}"
            quality = prepared.competition.quality(graded.score)
            assert quality is not None, "every micro-competition has a score range"
            found.append(quality)
    return mean(found)


def measure(families: Sequence[str], seeds: Sequence[int]) -> dict[Kind, Table]:
    tables: dict[Kind, Table] = {kind: {} for kind in RECIPES}
    with tempfile.TemporaryDirectory() as data, open_sandbox("process", num_workers=1) as sandbox:
        for family in families:
            for seed in seeds:
                prepared = find(f"micro:{family}/{seed}").prepare(Path(data))
                problem = problem_of(prepared)
                row = tables[problem.kind].setdefault(family, {})
                for name, script in scripts_for(problem):
                    quality = quality_of(script, prepared, sandbox)
                    row.setdefault(name, []).append(quality)
    return tables


def print_table(kind: Kind, table: Table) -> None:
    names = list(RECIPES[kind])
    print(f"\n| family | {' | '.join(names)} |\n|---|{'---|' * len(names)}")
    for family, row in table.items():
        best = max(mean(values) for values in row.values())
        cells = [_cell(row.get(name, []), best) for name in names]
        print(f"| {family} | {' | '.join(cells)} |")


def _cell(values: Sequence[float], best: float) -> str:
    if not values:
        return "-"
    text = f"{mean(values):.2f}"
    return f"**{text}**" if mean(values) == best else text


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else None)
    parser.add_argument("--seeds", type=int, nargs="+", default=[0, 1, 2, 3, 4])
    parser.add_argument("--only", nargs="+", default=list(FAMILY_NAMES))
    parser.add_argument("--json", type=Path)
    options = parser.parse_args()
    started = time.monotonic()
    tables = measure(options.only, options.seeds)
    for kind, table in tables.items():
        if table:
            print_table(kind, table)
    print(f"\nseeds {options.seeds}, {time.monotonic() - started:.0f} s")
    if options.json:
        options.json.write_text(json.dumps(tables, indent=1) + "\n")


if __name__ == "__main__":
    main()
