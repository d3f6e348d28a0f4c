"""The competition of an id. Nothing is written: this package is its folder, for every id."""

from __future__ import annotations

from pathlib import Path, PurePosixPath
from types import MappingProxyType

from competitions.competition import Competition
from competitions.micro.families import FAMILIES
from competitions.micro.family import Family
from competitions.micro.names import PREFIX, function_name, parse
from competitions.spec import ColumnKind, ColumnRule, CompetitionSpec, NestedRules

DIRECTORY = Path(__file__).parent


def build(name: str) -> Competition:
    """The competition `micro:FAMILY/SEED`, the same one on every call and every machine.

    Raises:
        CompetitionError: the name is not of that form.
    """
    family_name, seed = parse(name)
    family, function = FAMILIES[family_name], function_name(family_name, seed)
    spec = CompetitionSpec(
        id=f"{PREFIX}{family_name}/{seed}",
        name=family.title,
        description=_description(family),
        metric=family.metric.name,
        higher_is_better=family.metric.higher_is_better,
        answers=PurePosixPath("private/answers.csv"),
        sample_submission=PurePosixPath("public/sample_submission.csv"),
        grade_fn=f"grade:{function}",
        preparer=f"prepare:{function}",
        generator=f"generate:{function}",
        id_column="id",
        columns=MappingProxyType({family.target: _rule(family)}),
        nested=NestedRules(stratify=family.stratify),
        score_range=family.score_range(seed),
    )
    return Competition(spec=spec, directory=DIRECTORY, leaderboard=None)


def _rule(family: Family) -> ColumnRule:
    match family.metric.kind:
        case ColumnKind.PROBABILITY:
            return ColumnRule(kind=ColumnKind.PROBABILITY, minimum=0.0, maximum=1.0)
        case ColumnKind.CLASS:
            return ColumnRule(kind=ColumnKind.CLASS, labels=tuple(map(str, family.labels)))
        case ColumnKind.INTEGER:
            grades = [float(label) for label in family.labels]
            return ColumnRule(kind=ColumnKind.INTEGER, minimum=min(grades), maximum=max(grades))
    return ColumnRule(kind=ColumnKind.NUMBER, minimum=-1e9, maximum=1e9)


def _asked(family: Family) -> str:
    """The rule in words; the bounds of a number only keep its square finite."""
    return "a number" if family.metric.kind is ColumnKind.NUMBER else _rule(family).describe()


def _description(family: Family) -> str:
    better = "Higher" if family.metric.higher_is_better else "Lower"
    images = (
        "\n`images/<id>.png` are the pictures, for train and test alike." if family.pixels else ""
    )
    return f"""# {family.title}

{family.story}

## Evaluation

Submissions are judged by {family.metric.says} ({family.metric.name}). {better} is better.

## Submission

A file `submission.csv` with the columns `id` and `{family.target}`, one line for each `id` of
`test.csv`: {_asked(family)}.

## Data

`train.csv`: rows with their `{family.target}`; `test.csv`: rows without it;
`sample_submission.csv`: the form of a submission.{images}

| column | meaning |
|---|---|
| `id` | number of the row |
{family.columns}

The data come from a seeded generator that is part of Exitree; nothing in them is real.
"""
