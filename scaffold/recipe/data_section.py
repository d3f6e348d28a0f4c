"""Reads a problem from the text of a prompt: what scaffold/preview.py says of the data.

No file is looked at. What a column is good for is guessed from its name, dtype and counts, as a
person who reads the same table would guess it.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import replace
from itertools import combinations

from scaffold.recipe.objective import objective_of
from scaffold.recipe.problem import Column, Kind, Pictures, Problem, Table

MAX_SIDE = 32  # larger images are scaled down


class UnreadablePromptError(ValueError):
    """The prompt lacks what a recipe needs; the text says what."""


def read_problem(data: str, metric: str, limits: str = "") -> Problem:
    """The problem told by the `# Data`, `# Metric` and `# Limits` sections.

    Raises:
        UnreadablePromptError: no train table, no target or no submission is described.
    """
    tables, facts = dict(_tables(data)), _facts(data)
    train, test = tables.get("train.csv"), tables.get("test.csv")
    if train is None or test is None:
        raise UnreadablePromptError("the data section describes no input/train.csv and test.csv")
    targets, submission = facts.get("target columns", ()), facts.get("submission columns", ())
    if not targets or not submission:
        raise UnreadablePromptError("the data section names no target or submission columns")
    ids = facts.get("id column", ())
    target_kind = _line(data, "target kind")
    classes, counts = _classes(target_kind)
    problem = Problem(
        kind=Kind.TABULAR,
        objective=objective_of(metric, target_kind),
        metric=metric,
        id_column=ids[0] if ids else None,
        targets=tuple(t for t in targets if t in submission) or targets[:1],
        submission_columns=submission,
        classes=classes,
        smallest_class=min(counts, default=0),
        target=train.get(targets[0]),
        features=tuple(c for c in train.columns if c.name in test and c.name not in ids),
        has_elided_columns=bool(train.num_elided),
        num_train=train.num_rows,
        num_test=test.num_rows,
        libraries=frozenset(re.findall(r"[a-z][a-z0-9_-]+", limits.lower())),
        max_seconds=_seconds(limits),
    )
    return _with_roles(problem, data, train, test)


def _with_roles(problem: Problem, data: str, train: Table, test: Table) -> Problem:
    """The kind of data, and which columns are text, dates, series or image names."""
    dates = tuple(c.name for c in problem.features if c.dtype == "date")
    language = tuple(c.name for c in problem.features if c.is_language)
    problem = replace(problem, dates=dates, language=language)
    if pictures := _pictures(data, problem.features):
        return replace(problem, kind=Kind.IMAGES, pictures=pictures)
    if problem.objective.is_regression and dates and _is_forecast(dates[0], train, test):
        return _with_series(problem, train)
    return replace(problem, kind=Kind.TEXT if language else Kind.TABULAR)


def _with_series(problem: Problem, train: Table) -> Problem:
    date = train.get(problem.dates[0])
    assert date is not None, "dates are columns of the train table"
    season, step = _rhythm(date)
    return replace(
        problem,
        kind=Kind.SERIES,
        dates=problem.dates[:1],
        series=_series(problem.features, date, train.num_rows),
        season=season,
        step=step,
    )


def _pictures(data: str, features: tuple[Column, ...]) -> Pictures | None:
    heading = re.search(r"^## input/(\S+): \d+ files \(.*?(\d+)x(\d+) \w+\)$", data, re.MULTILINE)
    names = [c for c in features if re.search(r"\.(png|jpe?g|bmp|gif|tiff?|webp)\b", c.notes)]
    if not heading or not names:
        return None
    scale = min(1.0, MAX_SIDE / max(int(heading[2]), int(heading[3])))
    has_folder = re.search(r"e\.g\. \S+/", names[0].notes)
    return Pictures(
        column=names[0].name,
        folder="" if has_folder else f"{_plain(heading[1])}/",
        width=max(1, round(int(heading[2]) * scale)),
        height=max(1, round(int(heading[3]) * scale)),
    )


def _is_forecast(date: str, train: Table, test: Table) -> bool:
    """Whether the rows to predict come after the rows that are known."""
    known, asked = train.get(date), test.get(date)
    last = known.date("max") if known else None
    first = asked.date("min") if asked else None
    return bool(last and first and first >= last)


# Days between two rows (at most), rows in the natural cycle, pandas' name of the step.
RHYTHMS = ((0.1, 24, "h"), (3.0, 7, "D"), (20.0, 52, "W"), (60.0, 12, "M"), (1e9, 1, "Y"))


def _rhythm(date: Column) -> tuple[int, str]:
    first, last = date.date("min"), date.date("max")
    if first is None or last is None:
        return 7, "D"
    days = (last - first).total_seconds() / 86_400 / max(date.num_unique - 1, 1)
    return next((season, step) for limit, season, step in RHYTHMS if days <= limit)


def _series(features: tuple[Column, ...], date: Column, num_rows: int) -> tuple[str, ...]:
    """The columns whose values, together with the date, name a row: fewest first."""
    num_series = num_rows / max(date.num_unique, 1)
    if num_series < 1.5:
        return ()
    keys = [c for c in features if c.dtype in {"text", "integer"}]
    keys = [c for c in keys if 1 < c.num_unique < num_rows / 4]
    singles = [(c.num_unique, (c.name,)) for c in keys]
    pairs = [(a.num_unique * b.num_unique, (a.name, b.name)) for a, b in combinations(keys, 2)]
    fitting = [names for count, names in singles + pairs if 0.95 <= count / num_series <= 1.3]
    return fitting[0] if fitting else ()


def _tables(data: str) -> Iterator[tuple[str, Table]]:
    for block in re.split(r"^(?=## )", data, flags=re.MULTILINE):
        heading = re.match(r"## input/(\S+): (?:more than )?(\d+) rows", block)
        if not heading:
            continue
        rows = [_cells(line) for line in block.splitlines() if line.startswith("| ")][2:]
        elided = re.search(r"^\| \.\.\. (\d+) more columns", block, re.MULTILINE)
        yield (
            heading[1],
            Table(
                num_rows=int(heading[2]),
                columns=tuple(_column(row) for row in rows if len(row) == 5 and row[1]),
                num_elided=int(elided[1]) if elided else 0,
            ),
        )


def _cells(line: str) -> list[str]:
    return [cell.strip() for cell in re.split(r"(?<!\\)(?:\\\\)*\|", line)[1:-1]]


def _column(cells: list[str]) -> Column:
    name, dtype, missing, unique, notes = cells
    return Column(
        name=_plain(name),
        dtype=dtype,
        num_missing=int(missing),
        num_unique=int(unique),
        notes=notes,
    )


def _plain(text: str) -> str:
    return re.sub(r"\\([\\|`,])", r"\1", text.strip())


def _line(data: str, name: str) -> str:
    found = re.search(rf"^{name}: (.*)$", data, re.MULTILINE)
    return found[1].strip() if found else ""


def _facts(data: str) -> dict[str, tuple[str, ...]]:
    names = ("id column", "target columns", "submission columns")
    return {name: _listed(line) for name in names if (line := _line(data, name))}


def _listed(line: str) -> tuple[str, ...]:
    return tuple(_plain(part) for part in _parts(line) if not part.startswith("... "))


def _parts(line: str) -> Iterable[str]:
    return re.split(r"(?<!\\), ", line)


def _classes(target_kind: str) -> tuple[tuple[str, ...], list[int]]:
    """The labels and their counts in `binary (0: 812, 1: 388)`."""
    found = re.search(r"\((.*)\)$", target_kind)
    parts = [p.rpartition(": ") for p in _parts(found[1])] if found else []
    known = [(label, count) for label, _, count in parts if count.isdigit()]
    return tuple(_plain(label) for label, _ in known), [int(count) for _, count in known]


def _seconds(limits: str) -> float:
    """The longest a script may run. Lines on what is left of the search are not looked at."""
    lines = [line for line in limits.splitlines() if "left" not in line.lower()]
    found = re.search(r"(\d+(?:\.\d+)?) ?s(?:ec(?:ond)?s?)?\b", "\n".join(lines))
    return float(found[1]) if found else 600.0
