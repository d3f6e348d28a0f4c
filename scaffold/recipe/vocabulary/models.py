"""The models, and what can be put around one. In the code {Estimator} is Classifier or Regressor,
{balanced} the class weights where they are asked for.
"""

from __future__ import annotations

from dataclasses import replace

from scaffold.recipe.grammar import Knob, Option, Place, Slot, Tag
from scaffold.recipe.vocabulary.conditions import (
    both,
    classifies,
    folds_well,
    has_library,
    regresses,
    takes,
)

FRACTIONS = (0.1, 0.2, 0.35, 0.6, 1.0)
STRENGTHS = (0.001, 0.003, 0.01, 0.03, 0.1, 0.3, 1.0, 3.0, 10.0, 30.0, 100.0)
LEAF_SIZES = (1, 2, 3, 5, 8, 12, 20, 40)
RATES = (0.01, 0.02, 0.03, 0.05, 0.08, 0.12, 0.2)
SCALED = takes("scale")

LOGISTIC = Option(
    "logistic",
    "LogisticRegression(C={C}, {balanced}max_iter=2000)",
    "logistic regression",
    (Knob("C", STRENGTHS, 1.0),),
    when=both(classifies, SCALED),
    draft=3,
    seconds=0.05,
    tags=frozenset({Tag.SCALED, Tag.WEIGHTS}),
)
RIDGE = Option(
    "ridge",
    "Ridge(alpha={alpha})",
    "ridge regression",
    (Knob("alpha", STRENGTHS, 1.0),),
    when=both(regresses, SCALED),
    draft=3,
    seconds=0.01,
    tags=frozenset({Tag.SCALED}),
)
LASSO = Option(
    "lasso",
    "ElasticNet(alpha={alpha}, l1_ratio={l1}, max_iter=5000)",
    "an elastic net",
    (Knob("alpha", STRENGTHS, 0.1), Knob("l1", (0.1, 0.3, 0.5, 0.7, 0.9), 0.5)),
    when=both(regresses, SCALED),
    draft=1,
    seconds=0.05,
    tags=frozenset({Tag.SCALED}),
)
BAYES = Option(
    "bayes",
    "GaussianNB(var_smoothing={smoothing})",
    "naive Bayes",
    (Knob("smoothing", (1e-9, 1e-5, 1e-3, 0.01, 0.1), 1e-9),),
    when=classifies,
    draft=1,
    seconds=0.01,
    tags=frozenset({Tag.POOR}),
)
NEIGHBOURS = Option(
    "knn",
    'KNeighbors{Estimator}(n_neighbors={k}, weights="distance")',
    "nearest neighbours",
    (Knob("k", (1, 3, 5, 8, 12, 20, 30, 50, 80), 12),),
    when=SCALED,
    draft=2,
    seconds=0.05,
    growth=1.5,
    tags=frozenset({Tag.SCALED, Tag.NOISY}),
)
TREE = Option(
    "tree",
    "DecisionTree{Estimator}(max_depth={depth}, min_samples_leaf={leaf}, {balanced}random_state=0)",
    "one decision tree",
    (Knob("depth", (3, 4, 6, 8, 12), 6), Knob("leaf", LEAF_SIZES, 8)),
    draft=2,
    seconds=0.03,
    tags=frozenset({Tag.WEIGHTS, Tag.NOISY, Tag.TREES, Tag.POOR}),
)
FOREST = Option(
    "forest",
    "RandomForest{Estimator}(n_estimators={trees}, min_samples_leaf={leaf}, max_features={columns},"
    " {balanced}random_state=0)",
    "a random forest",
    (
        Knob("trees", (40, 80, 160, 300), 80, cost=1),
        Knob("leaf", LEAF_SIZES, 2, cost=-0.2),
        Knob("columns", FRACTIONS, 0.35, cost=0.6),
    ),
    draft=2,
    seconds=0.25,
    growth=1.1,
    tags=frozenset({Tag.WEIGHTS, Tag.TREES}),
)
EXTRA = Option(
    "extra",
    "ExtraTrees{Estimator}(n_estimators={trees}, min_samples_leaf={leaf}, max_features={columns},"
    " {balanced}random_state=0)",
    "extremely randomised trees",
    (
        Knob("trees", (40, 80, 160, 300), 80, cost=1),
        Knob("leaf", LEAF_SIZES, 2, cost=-0.2),
        Knob("columns", FRACTIONS, 0.6, cost=0.6),
    ),
    draft=1,
    seconds=0.15,
    growth=1.1,
    tags=frozenset({Tag.WEIGHTS, Tag.TREES}),
)
BOOSTING = Option(
    "hgb",
    "HistGradientBoosting{Estimator}(learning_rate={lr}, max_iter={rounds},"
    " max_leaf_nodes={leaves}, min_samples_leaf={leaf},"
    " max_features={columns}, l2_regularization={l2}, {balanced}"
    "early_stopping=False, random_state=0)",
    "gradient boosting",
    (
        Knob("lr", RATES, 0.08),
        Knob("rounds", (40, 80, 120, 200, 300), 80, cost=1),
        Knob("leaves", (4, 6, 10, 16, 31), 16, cost=0.7),
        Knob("leaf", (5, 10, 20, 40), 20),
        Knob("columns", (0.2, 0.4, 0.7, 1.0), 1.0),
        Knob("l2", (0.0, 0.1, 1.0, 10.0), 0.0),
    ),
    draft=1,
    seconds=0.15,
    growth=0.6,
    tags=frozenset({Tag.GAPS, Tag.WEIGHTS, Tag.NOISY, Tag.TREES, Tag.PER_CLASS}),
)
MEDIAN_BOOSTING = replace(
    BOOSTING,
    name="hgb_mae",
    code=BOOSTING.code.replace("{balanced}", 'loss="absolute_error", '),
    words="gradient boosting on absolute errors",
    when=regresses,
    draft=0.3,
)
LIGHT = Option(
    "lgbm",
    "LGBM{Estimator}(learning_rate={lr}, n_estimators={rounds}, num_leaves={leaves},"
    " min_child_samples={leaf}, subsample=0.8, subsample_freq=1, colsample_bytree={columns},"
    " reg_lambda={l2}, {balanced}n_jobs=1, verbose=-1, random_state=0)",
    "LightGBM",
    (
        Knob("lr", RATES, 0.08),
        Knob("rounds", (40, 80, 120, 200, 300), 80, cost=1),
        Knob("leaves", (4, 6, 10, 16, 31), 16, cost=0.7),
        Knob("leaf", (5, 10, 20, 40), 20),
        Knob("columns", (0.2, 0.4, 0.7, 1.0), 0.7),
        Knob("l2", (0.0, 0.1, 1.0, 10.0), 1.0),
    ),
    when=has_library("lightgbm"),
    draft=1,
    seconds=0.1,
    growth=0.7,
    tags=frozenset({Tag.GAPS, Tag.WEIGHTS, Tag.NOISY, Tag.TREES, Tag.PER_CLASS}),
)
MACHINE = Option(
    "svm",
    "SVC(C={C}, gamma={gamma}, {balanced}cache_size=500)",
    "a support vector machine",
    (Knob("C", STRENGTHS, 1.0), Knob("gamma", STRENGTHS[:8], 0.03)),
    when=both(SCALED, folds_well),
    draft=1,
    seconds=0.06,
    growth=2,
    regression_code="TransformedTargetRegressor(SVR(C={C}, gamma={gamma}),"
    " transformer=StandardScaler())",
    tags=frozenset({Tag.SCALED, Tag.WEIGHTS, Tag.MARGIN}),
)
NETWORK = Option(
    "mlp",
    "MLP{Estimator}(hidden_layer_sizes=({width},), alpha={decay}, learning_rate_init=0.003,"
    " max_iter={epochs}, random_state=0)",
    "a small neural network",
    (
        Knob("width", (16, 32, 64, 128), 32, cost=0.6),
        Knob("decay", (0.0001, 0.001, 0.01, 0.1, 1.0, 10.0), 0.1),
        Knob("epochs", (20, 40, 80), 40, cost=1),
    ),
    when=SCALED,
    draft=0.5,
    seconds=0.12,
    tags=frozenset({Tag.SCALED, Tag.NOISY}),
    regression_code="TransformedTargetRegressor(MLPRegressor(hidden_layer_sizes=({width},),"
    " alpha={decay}, learning_rate_init=0.003, max_iter={epochs}, random_state=0),"
    " transformer=StandardScaler())",
)


def model_slot(*options: Option) -> Slot:
    why = "another way of learning may suit these data better"
    return Slot("model", Place.MODEL, options, why, weight=2.0, draft=1.0, is_required=True)
