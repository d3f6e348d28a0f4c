"""Recipes for texts: bags of words and of characters."""

from __future__ import annotations

from dataclasses import replace

from scaffold.recipe.grammar import Knob, Option, Place, Slot, Tag, always
from scaffold.recipe.problem import Problem
from scaffold.recipe.recipe import NONE, Recipe
from scaffold.recipe.vocabulary import around, models
from scaffold.recipe.vocabulary.conditions import (
    both,
    classifies,
    folds_well,
    leaves,
    regresses,
    takes,
)

COUNTS = (1, 2, 3, 5, 8)

WORDS = Slot(
    "words",
    Place.SOURCE,
    (
        Option(
            "tfidf",
            "TfidfVectorizer(ngram_range=(1, {ngrams}), min_df={rare}, sublinear_tf={damped})",
            "weighted words",
            (
                Knob("ngrams", (1, 2, 3), 1, cost=0.8),
                Knob("rare", COUNTS, 2),
                Knob("damped", ("False", "True"), "False"),
            ),
            draft=4,
            seconds=0.06,
        ),
        Option(
            "counts",
            "CountVectorizer(ngram_range=(1, {ngrams}), min_df={rare}, binary=True)",
            "which words occur",
            (Knob("ngrams", (1, 2, 3), 1, cost=0.8), Knob("rare", COUNTS, 2)),
            seconds=0.06,
        ),
    ),
    "which words count is a matter of weighting",
    weight=1.0,
    draft=0.2,
)
CHARACTERS = Slot(
    "chars",
    Place.SOURCE,
    (
        Option(
            "tfidf",
            'TfidfVectorizer(analyzer="char_wb", ngram_range=(2, {ngrams}), min_df={rare},'
            " sublinear_tf=True)",
            "weighted groups of characters",
            (Knob("ngrams", (3, 4, 5), 4, cost=1), Knob("rare", COUNTS, 3)),
            seconds=0.4,
        ),
    ),
    "parts of words survive spelling and endings",
    weight=1.0,
    draft=0.15,
)


def has_other_columns(problem: Problem, recipe: Recipe) -> bool:
    return bool(problem.inputs)


EXTRAS = Slot(
    "extras",
    Place.SOURCE,
    (
        Option(
            "table",
            "",
            "the other columns too",
            when=has_other_columns,
        ),
    ),
    "the other columns may say something too",
    weight=0.6,
    draft=0.2,
)
SELECT = Slot(
    "select",
    Place.FEATURES,
    (
        Option(
            "chi2",
            "SelectPercentile(chi2, percentile={percent})",
            "the best {percent} % of the terms",
            (Knob("percent", (10, 20, 35, 50, 70), 50),),
            when=both(classifies, leaves("extras")),
        ),
    ),
    "terms that say nothing add noise",
    weight=0.5,
)
REDUCE = Slot(
    "reduce",
    Place.FEATURES,
    (
        Option(
            "svd",
            "make_pipeline(Topics({topics}), StandardScaler())",
            "{topics} latent topics",
            (Knob("topics", (20, 40, 80), 40, cost=1),),
            seconds=0.2,
        ),
    ),
    "words of one topic stand for each other",
    weight=0.4,
    draft=0.1,
)

COMPLEMENT = Option(
    "nb",
    "ComplementNB(alpha={alpha})",
    "complement naive Bayes",
    (Knob("alpha", (0.01, 0.03, 0.1, 0.3, 1.0, 3.0), 1.0),),
    when=both(classifies, leaves("reduce", "extras")),
    draft=3,
    seconds=0.01,
)
LINEAR_MACHINE = Option(
    "svm",
    "LinearSVC(C={C}, {balanced}random_state=0)",
    "a linear support vector machine",
    (Knob("C", models.STRENGTHS, 1.0),),
    when=folds_well,
    draft=2,
    seconds=0.05,
    regression_code='LinearSVR(C={C}, loss="squared_epsilon_insensitive", random_state=0)',
    tags=frozenset({Tag.WEIGHTS, Tag.MARGIN}),
)


def reads_something(problem: Problem, recipe: Recipe) -> bool:
    return recipe["words"] != NONE or recipe["chars"] != NONE


def _reader(option: Option) -> Option:
    return replace(option, when=both(option.when, reads_something))


def _dense(option: Option) -> Option:
    """Trees are slow on thousands of sparse columns: they get latent topics."""
    return replace(option, when=takes("reduce"), draft=0.2, tags=option.tags | {Tag.DENSE})


SLOTS = (
    WORDS,
    CHARACTERS,
    EXTRAS,
    SELECT,
    REDUCE,
    models.model_slot(
        *map(
            _reader,
            (
                replace(models.LOGISTIC, when=classifies, seconds=0.1),
                replace(models.RIDGE, when=regresses),
                COMPLEMENT,
                LINEAR_MACHINE,
                replace(models.NEIGHBOURS, when=always, draft=0.5),
                _dense(models.FOREST),
                _dense(models.EXTRA),
                _dense(models.BOOSTING),
            ),
        )
    ),
    around.WEIGHTS,
    around.BAG,
    around.CALIBRATE,
    around.TARGET,
    around.DECIDE,
)
