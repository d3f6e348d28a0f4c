"""Recipes for tables of numbers and categories."""

from __future__ import annotations

from scaffold.recipe.grammar import Knob, Option, Place, Slot, Tag
from scaffold.recipe.vocabulary import around, models
from scaffold.recipe.vocabulary.conditions import (
    both,
    folds_well,
    has_categories,
    has_many_categories,
    has_many_numbers,
    has_missing,
    has_numbers,
    leaves,
    model_has,
    model_lacks,
    takes,
)

KEEP = (5, 10, 20, 40)
FILLED = takes("impute")

IMPUTE = Slot(
    "impute",
    Place.NUMBERS,
    (
        Option(
            "median",
            'SimpleImputer(strategy="median", keep_empty_features=True)',
            "medians for gaps",
        ),
        Option(
            "mean",
            'SimpleImputer(strategy="mean", keep_empty_features=True)',
            "means for gaps",
            when=has_missing,
        ),
        Option(
            "flagged",
            'SimpleImputer(strategy="median", add_indicator=True, keep_empty_features=True)',
            "medians for gaps and a flag where they were",
            when=has_missing,
        ),
        Option(
            "native",
            "",
            "gaps left to the model",
            when=both(has_missing, model_has(Tag.GAPS), leaves("cross", "reduce", "select")),
        ),
    ),
    "where a value is missing may tell something",
    is_required=True,
    weight=0.7,
)
CROSS = Slot(
    "cross",
    Place.NUMBERS,
    tuple(
        Option(
            name,
            f"BestPairs({code}, keep={{keep}})",
            f"the {{keep}} best {name} of two numbers",
            (Knob("keep", KEEP, 10, cost=0.5),),
            when=both(has_many_numbers, FILLED),
            seconds=0.05,
        )
        for name, code in (
            ("products", "np.multiply"),
            ("ratios", "ratio"),
            ("differences", "np.subtract"),
        )
    ),
    "two columns together may say more than each alone",
    weight=1.0,
)
SCALE = Slot(
    "scale",
    Place.NUMBERS,
    (
        Option("standard", "StandardScaler()", "standardised numbers", when=FILLED),
        Option("robust", "RobustScaler()", "numbers scaled by their quartiles", when=FILLED),
        Option(
            "quantile",
            'QuantileTransformer(n_quantiles=200, output_distribution="normal", random_state=0)',
            "numbers mapped to a normal distribution",
            when=FILLED,
        ),
        Option(
            "log",
            "make_pipeline(FunctionTransformer(signed_log), StandardScaler())",
            "logarithms of the numbers",
            when=FILLED,
        ),
        Option(
            "spline",
            "SplineTransformer(n_knots={knots}, degree=3)",
            "splines of the numbers",
            (Knob("knots", (3, 4, 5, 7, 10), 5),),
            when=both(FILLED, has_numbers, model_has(Tag.SCALED), leaves("cross")),
            seconds=0.02,
        ),
    ),
    "the shape of the numbers matters to this model",
    weight=0.8,
    draft=0.15,
    matters=model_lacks(Tag.TREES),
)
PAIRS = Slot(
    "pairs",
    Place.CATEGORIES,
    (
        Option(
            "pairs",
            "CategoryPairs()",
            "pairs of categories",
            when=has_many_categories,
            seconds=0.02,
        ),
    ),
    "two categories together may say more than each alone",
    weight=0.5,
)
ENCODE = Slot(
    "encode",
    Place.CATEGORIES,
    (
        Option(
            "onehot",
            'OneHotEncoder(min_frequency={rare}, handle_unknown="infrequent_if_exist",'
            " sparse_output=False)",
            "one-hot categories",
            (Knob("rare", (2, 5, 10, 20, 40), 5),),
        ),
        Option(
            "ordinal",
            'OrdinalEncoder(handle_unknown="use_encoded_value", unknown_value=-1)',
            "numbered categories",
            when=has_categories,
        ),
        Option(
            "target",
            "make_pipeline(TargetEncoder(smooth={smooth}, cv=3), StandardScaler())",
            "categories replaced by their mean target",
            (Knob("smooth", (1, 3, 10, 30, 100), 10),),
            when=both(has_categories, folds_well),
            seconds=0.03,
        ),
        Option(
            "frequency",
            "make_pipeline(FrequencyEncoder(), StandardScaler())",
            "categories replaced by their frequency",
            when=has_categories,
        ),
        Option("ignore", "", "categories left out", when=both(has_categories, has_numbers)),
    ),
    "how categories become numbers decides what the model can see",
    is_required=True,
    weight=1.0,
    draft=0.2,
)
SELECT = Slot(
    "select",
    Place.FEATURES,
    (
        Option(
            "best",
            "SelectPercentile({score}, percentile={percent})",
            "the best {percent} % of the features",
            (Knob("percent", (20, 35, 50, 65, 80), 65),),
            when=FILLED,
            seconds=0.01,
        ),
    ),
    "features that say nothing add noise",
    weight=0.6,
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
            when=both(FILLED, has_many_numbers),
            seconds=0.02,
        ),
    ),
    "correlated columns say one thing once",
    weight=0.25,
)
SLOTS = (
    IMPUTE,
    CROSS,
    SCALE,
    PAIRS,
    ENCODE,
    SELECT,
    REDUCE,
    models.model_slot(
        models.LOGISTIC,
        models.RIDGE,
        models.LASSO,
        models.BAYES,
        models.NEIGHBOURS,
        models.TREE,
        models.FOREST,
        models.EXTRA,
        models.BOOSTING,
        models.MEDIAN_BOOSTING,
        models.LIGHT,
        models.MACHINE,
        models.NETWORK,
    ),
    around.WEIGHTS,
    around.BAG,
    around.CALIBRATE,
    around.TARGET,
    around.DECIDE,
)
