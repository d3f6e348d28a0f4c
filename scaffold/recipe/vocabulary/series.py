"""Recipes that forecast: one regression over all series, on what was known a horizon earlier."""

from __future__ import annotations

from dataclasses import replace

from scaffold.recipe.grammar import Knob, Option, Place, Slot, Tag, always
from scaffold.recipe.problem import Problem
from scaffold.recipe.recipe import Recipe
from scaffold.recipe.vocabulary import around, models
from scaffold.recipe.vocabulary.conditions import (
    both,
    has_positive_target,
    leaves,
    model_lacks,
    takes,
)


def has_series(problem: Problem, recipe: Recipe) -> bool:
    return bool(problem.series)


def has_history(problem: Problem, recipe: Recipe) -> bool:
    return any(recipe[slot].name != "none" for slot in ("lags", "recent", "means"))


def has_inputs(problem: Problem, recipe: Recipe) -> bool:
    return has_history(problem, recipe) or recipe["calendar"].name != "none"


LAGS = Slot(
    "lags",
    Place.SOURCE,
    (
        Option(
            "seasonal",
            "*SEASONAL[:{n}]",
            "the last {n} values of the same season",
            (Knob("n", (1, 2, 3, 4), 2),),
        ),
    ),
    "the same day of other weeks is the best known guess",
    weight=0.7,
    draft=0.7,
)
RECENT = Slot(
    "recent",
    Place.SOURCE,
    (Option("last", "*RECENT[:{n}]", "the last {n} known values", (Knob("n", (1, 2, 3), 2),)),),
    "the latest values show where a series is heading",
    weight=0.6,
    draft=0.3,
)
MEANS = Slot(
    "means",
    Place.SOURCE,
    (Option("rolling", "*MEANS[:{n}]", "means over the last seasons", (Knob("n", (1, 2, 3), 1),)),),
    "a mean over weeks is steadier than single days",
    weight=0.7,
    draft=0.3,
)
CALENDAR = Slot(
    "calendar",
    Place.SOURCE,
    (
        Option("season", "", "the place in the season", draft=2),
        Option("parts", '"trend", "month", "day"', "season, month, day and a trend"),
        Option(
            "waves",
            '"trend", *WAVES[: 2 * {k}]',
            "season, trend and yearly waves",
            (Knob("k", (1, 2, 3), 2),),
            draft=0.5,
        ),
    ),
    "people follow the calendar",
    weight=1.0,
    draft=0.7,
)
KEY = Slot(
    "key",
    Place.SOURCE,
    (Option("onehot", '"series"', "a level for each series", when=has_series),),
    "series differ in level",
    weight=1.0,
    draft=0.5,
)
CROSS = Slot(
    "cross",
    Place.SOURCE,
    (
        Option("season", '"series_phase"', "a weekly shape for each series", when=has_series),
        Option("month", '"series_month"', "a yearly shape for each series", when=has_series),
        Option(
            "both",
            '"series_phase", "series_month"',
            "weekly and yearly shapes of each series",
            when=has_series,
        ),
    ),
    "series differ in shape",
    weight=0.8,
)
SCALE = Slot(
    "scale",
    Place.NUMBERS,
    (
        Option("standard", "StandardScaler()", "standardised numbers"),
        Option(
            "log",
            "make_pipeline(FunctionTransformer(np.log1p), StandardScaler())",
            "logarithms of past values",
            when=both(has_positive_target, has_history),
        ),
    ),
    "past values and the target should have the same shape",
    is_required=True,
    weight=0.6,
    matters=model_lacks(Tag.TREES),
)
LEVEL = Option(
    "level",
    "RelativeToLevel({inner})",
    "values relative to the level of the series",
    when=both(has_positive_target, has_series),
)
AVERAGE = Option(
    "naive",
    "RowMean()",
    "the mean of past values",
    when=both(has_history, takes("lags"), leaves("calendar", "key", "cross", "target", "bag")),
    draft=2,
    seconds=0.001,
)


def _forecaster(option: Option) -> Option:
    return replace(option, when=both(option.when if option is models.LIGHT else always, has_inputs))


SLOTS = (
    LAGS,
    RECENT,
    MEANS,
    CALENDAR,
    KEY,
    CROSS,
    SCALE,
    models.model_slot(
        AVERAGE,
        *map(
            _forecaster,
            (
                models.RIDGE,
                models.NEIGHBOURS,
                models.TREE,
                models.FOREST,
                models.EXTRA,
                models.BOOSTING,
                replace(models.MEDIAN_BOOSTING, draft=0.3),
                models.LIGHT,
            ),
        ),
    ),
    around.BAG,
    replace(around.TARGET, weight=1.2, options=around.TARGET.options[:2]),
    around.DECIDE,
    Slot("relative", Place.AROUND_ALL, (LEVEL,), "series differ in level", weight=0.7),
)
