"""Blends of pipelines. In the code {members} is a list of (name, pipeline)."""

from __future__ import annotations

from scaffold.recipe.grammar import Knob, Option, Place, Slot
from scaffold.recipe.problem import Problem
from scaffold.recipe.recipe import Recipe
from scaffold.recipe.vocabulary import around
from scaffold.recipe.vocabulary.conditions import folds_well


def only_order_counts(problem: Problem, recipe: Recipe) -> bool:
    return problem.objective.ranks_only and len(problem.classes) <= 2


LEAD = Knob("lead", (1, 2, 3, 5, 8), 2)  # the first member is the best known one

HOW = Slot(
    "how",
    Place.MODEL,
    (
        Option(
            "mean",
            "Voting{Estimator}({members}{soft}, weights={shares})",
            "a mean in which the first counts {lead} times",
            (LEAD,),
            draft=4,
        ),
        Option(
            "ranks",
            "RankMean({members}, shares={shares})",
            "a mean of ranks in which the first counts {lead} times",
            (LEAD,),
            when=only_order_counts,
            draft=2,
        ),
        Option(
            "weights",
            "Weighted{Estimator}({members})",
            "weights from out-of-fold predictions",
            when=folds_well,
            factor=4,
        ),
        Option(
            "stack",
            "Stacking{Estimator}({members}, final_estimator={final}, cv=3)",
            "a linear model on out-of-fold predictions",
            when=folds_well,
            factor=4,
        ),
    ),
    "members should count for what they are worth",
    is_required=True,
    weight=1.0,
)
SLOTS = (HOW, around.DECIDE)
