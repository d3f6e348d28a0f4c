"""What can be put around a model, or around a whole pipeline ({inner} in the code)."""

from __future__ import annotations

from scaffold.recipe.grammar import Knob, Option, Place, Slot, Tag
from scaffold.recipe.problem import Problem
from scaffold.recipe.recipe import Recipe
from scaffold.recipe.vocabulary.conditions import (
    both,
    classifies,
    folds_well,
    has_continuous_target,
    has_positive_target,
    model_has,
)


def is_ordered(problem: Problem, recipe: Recipe) -> bool:
    return problem.objective.is_ordered


def is_balanced(problem: Problem, recipe: Recipe) -> bool:
    return problem.objective.is_balanced


WEIGHTS = Slot(
    "weights",
    Place.MODEL,
    (
        Option(
            "balanced",
            "",
            "rare classes weighted up",
            when=both(classifies, model_has(Tag.WEIGHTS)),
        ),
    ),
    "rare classes count as much as frequent ones",
    weight=0.4,
)
BAG = Slot(
    "bag",
    Place.AROUND_MODEL,
    (
        Option(
            "bag",
            "Bagging{Estimator}({inner}, n_estimators={n}, max_samples={rows}, bootstrap=False,"
            " random_state=0)",
            "averaged over {n} samples of the rows",
            (Knob("n", (3, 5, 8), 3, cost=1), Knob("rows", (0.5, 0.65, 0.8, 0.9), 0.8)),
            when=model_has(Tag.NOISY),
            factor=3 * 0.8,
        ),
    ),
    "an average over samples of the rows varies less",
    weight=0.8,
)
CALIBRATE = Slot(
    "calibrate",
    Place.AROUND_MODEL,
    tuple(
        Option(
            method,
            f'CalibratedClassifierCV({{inner}}, method="{method}", cv=3)',
            f"{method} calibration",
            when=both(classifies, folds_well),
            factor=3,
        )
        for method in ("sigmoid", "isotonic")
    ),
    "probabilities are held against the frequencies",
    weight=0.4,
)
TARGET = Slot(
    "target",
    Place.AROUND_MODEL,
    (
        Option(
            "log",
            "TransformedTargetRegressor({inner}, func=np.log1p, inverse_func=np.expm1)",
            "the logarithm of the target",
            when=has_positive_target,
        ),
        Option(
            "sqrt",
            "TransformedTargetRegressor({inner}, func=np.sqrt, inverse_func=np.square)",
            "the square root of the target",
            when=has_positive_target,
        ),
        Option(
            "quantile",
            "TransformedTargetRegressor({inner}, transformer=QuantileTransformer(n_quantiles=200,"
            ' output_distribution="normal", random_state=0))',
            "the target mapped to a normal distribution",
            when=has_continuous_target,
        ),
    ),
    "errors on large values dominate less",
    weight=0.8,
)
DECIDE = Slot(
    "decide",
    Place.AROUND_ALL,
    (
        Option(
            "thresholds",
            "OrdinalThresholds({inner})",
            "cut points tuned for the kappa",
            when=is_ordered,
            factor=4,
        ),
        Option(
            "shift",
            "ShiftedPriors({inner})",
            "class odds tuned for the macro average",
            when=both(is_balanced, folds_well),
            factor=4,
        ),
    ),
    "the decision fits the metric",
    weight=1.2,
)
