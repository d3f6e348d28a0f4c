"""Finds what a generated script must import and which helpers it must define.

A script is written by naming things; what it names decides what it brings along.
"""

from __future__ import annotations

import ast
import re
from collections import defaultdict
from functools import cache
from importlib import resources

MODULES = {
    "sklearn.base": "BaseEstimator ClassifierMixin RegressorMixin TransformerMixin clone",
    "sklearn.calibration": "CalibratedClassifierCV",
    "sklearn.compose": "TransformedTargetRegressor make_column_transformer",
    "sklearn.decomposition": "PCA TruncatedSVD",
    "sklearn.discriminant_analysis": "LinearDiscriminantAnalysis",
    "sklearn.ensemble": "BaggingClassifier BaggingRegressor ExtraTreesClassifier"
    " ExtraTreesRegressor HistGradientBoostingClassifier HistGradientBoostingRegressor"
    " RandomForestClassifier RandomForestRegressor StackingClassifier StackingRegressor"
    " VotingClassifier VotingRegressor",
    "sklearn.exceptions": "ConvergenceWarning",
    "sklearn.feature_extraction.text": "CountVectorizer TfidfVectorizer",
    "sklearn.feature_selection": "SelectPercentile chi2 f_classif f_regression",
    "sklearn.impute": "SimpleImputer",
    "sklearn.linear_model": "ElasticNet LogisticRegression Ridge RidgeCV",
    "sklearn.metrics": "cohen_kappa_score f1_score",
    "sklearn.model_selection": "KFold StratifiedKFold cross_val_predict",
    "sklearn.naive_bayes": "ComplementNB GaussianNB",
    "sklearn.neighbors": "KNeighborsClassifier KNeighborsRegressor",
    "sklearn.neural_network": "MLPClassifier MLPRegressor",
    "sklearn.pipeline": "make_pipeline make_union",
    "sklearn.preprocessing": "FunctionTransformer OneHotEncoder OrdinalEncoder QuantileTransformer"
    " RobustScaler SplineTransformer StandardScaler TargetEncoder",
    "sklearn.svm": "LinearSVC LinearSVR SVC SVR",
    "sklearn.tree": "DecisionTreeClassifier DecisionTreeRegressor",
    "lightgbm": "LGBMClassifier LGBMRegressor",
    "PIL": "Image",
    "pathlib": "Path",
    "scipy.optimize": "nnls",
    "scipy.stats": "rankdata",
}
ALIASES = {"np": "import numpy as np", "pd": "import pandas as pd", "warnings": "import warnings"}
SOURCES = {name: module for module, names in MODULES.items() for name in names.split()}
STANDARD = ("import warnings", "from pathlib ")


@cache
def helpers() -> dict[str, str]:
    """The classes and functions a script may need, by name, as source text."""
    text = (resources.files(__package__) / "templates" / "helpers.py.txt").read_text("utf-8")
    lines = text.splitlines()
    nodes = [n for n in ast.parse(text).body if isinstance(n, ast.ClassDef | ast.FunctionDef)]
    return {node.name: "\n".join(lines[node.lineno - 1 : node.end_lineno]) for node in nodes}


def names_in(code: str) -> set[str]:
    return {node.id for node in ast.walk(ast.parse(code)) if isinstance(node, ast.Name)}


def names_in_text(text: str) -> set[str]:
    """The names of classes and helpers that any text mentions, a traceback for one."""
    return set(re.findall(r"[A-Za-z_]\w+", text)) & (set(SOURCES) | set(helpers()))


def needed_helpers(code: str) -> str:
    """The source of every helper the code names, and of those the helpers name, in file order."""
    wanted: set[str] = set()
    pending = names_in(code) & set(helpers())
    while pending:
        wanted |= pending
        named = set().union(*(names_in(helpers()[name]) for name in pending))
        pending = (named & set(helpers())) - wanted
    return "\n\n\n".join(source for name, source in helpers().items() if name in wanted)


def needed_imports(code: str) -> str:
    """Import statements for every known name in the code: standard library first."""
    names = names_in(code)
    wanted = defaultdict(list)
    for name in sorted(names & set(SOURCES)):
        wanted[SOURCES[name]].append(name)
    lines = [ALIASES[name] for name in sorted(names & set(ALIASES))]
    lines += [_from(module, found) for module, found in sorted(wanted.items())]
    standard = [line for line in lines if line.startswith(STANDARD)]
    others = [line for line in lines if line not in standard]
    return "\n\n".join("\n".join(group) for group in (standard, others) if group)


def _from(module: str, names: list[str]) -> str:
    line = f"from {module} import {', '.join(names)}"
    if len(line) <= 96:
        return line
    return f"from {module} import (\n" + "".join(f"    {name},\n" for name in names) + ")"
