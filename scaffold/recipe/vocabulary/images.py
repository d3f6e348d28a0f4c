"""Recipes for small images, read as grey pixels in [0, 1]."""

from __future__ import annotations

from dataclasses import replace

from scaffold.recipe.grammar import Knob, Option, Place, Slot, always
from scaffold.recipe.vocabulary import around, models
from scaffold.recipe.vocabulary.conditions import classifies, folds_well

SEE = Slot(
    "see",
    Place.SOURCE,
    (
        Option("pixels", "", "plain pixels", draft=4),
        Option(
            "gradients",
            'FunctionTransformer(gradients, kw_args={{"cells": {cells}}})',
            "histograms of the gradients",
            (Knob("cells", (2, 3, 4), 2),),
            seconds=0.02,
        ),
        Option(
            "both",
            'make_union("passthrough", FunctionTransformer(gradients,'
            ' kw_args={{"cells": {cells}}}))',
            "pixels and histograms of the gradients",
            (Knob("cells", (2, 3, 4), 2),),
            seconds=0.02,
        ),
    ),
    "edges tell shapes apart better than brightness",
    is_required=True,
    weight=1.0,
    draft=0.3,
)
REDUCE = Slot(
    "reduce",
    Place.FEATURES,
    (
        Option(
            "pca",
            "PCA(n_components={variance}, random_state=0)",
            "principal components",
            (Knob("variance", (0.7, 0.8, 0.9, 0.95, 0.99), 0.95),),
            seconds=0.02,
        ),
        Option(
            "lda",
            "LinearDiscriminantAnalysis()",
            "discriminant directions",
            when=classifies,
            seconds=0.02,
        ),
    ),
    "neighbouring pixels say nearly the same",
    weight=0.5,
    draft=0.2,
)
AUGMENT = Slot(
    "augment",
    Place.AROUND_ALL,
    (
        Option(
            "shift",
            "MovedImages({inner}, HEIGHT, WIDTH, step={step})",
            "copies moved by a pixel",
            (Knob("step", (1, 2), 1),),
            factor=6,
        ),
    ),
    "a shape stays the same when it moves",
    weight=1.2,
)


def _unscaled(option: Option, draft: float, **changes: object) -> Option:
    """Pixels share one scale already, so models need no scaler."""
    when = {"logistic": classifies, "svm": folds_well}.get(option.name, always)
    return replace(option, when=when, draft=draft, **changes)  # type: ignore[arg-type]


SLOTS = (
    SEE,
    REDUCE,
    models.model_slot(
        _unscaled(models.LOGISTIC, 3, seconds=0.2),
        _unscaled(models.NEIGHBOURS, 2, knobs=(Knob("k", (1, 3, 5, 8, 12, 20), 5),)),
        models.BAYES,
        models.TREE,
        models.FOREST,
        models.EXTRA,
        _unscaled(
            models.MACHINE,
            0.5,
            seconds=0.1,
            growth=1.6,
            knobs=(Knob("C", models.STRENGTHS, 1.0), Knob("gamma", models.STRENGTHS, 0.03)),
        ),
        _unscaled(models.NETWORK, 1),
    ),
    around.WEIGHTS,
    around.BAG,
    around.CALIBRATE,
    AUGMENT,
    around.DECIDE,
)
