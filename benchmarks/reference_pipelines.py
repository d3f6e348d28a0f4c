"""The spread of pipelines behind the synthetic leaderboards, from naive to strong.

`candidates(id, public)` lists them for one competition: scikit-learn pipelines on the raw table.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from sklearn.base import BaseEstimator, ClassifierMixin, clone
from sklearn.calibration import CalibratedClassifierCV
from sklearn.compose import (
    TransformedTargetRegressor,
    make_column_selector,
    make_column_transformer,
)
from sklearn.decomposition import PCA
from sklearn.ensemble import (
    ExtraTreesClassifier,
    ExtraTreesRegressor,
    HistGradientBoostingClassifier,
    HistGradientBoostingRegressor,
    RandomForestClassifier,
    RandomForestRegressor,
)
from sklearn.feature_extraction.text import TfidfVectorizer
from sklearn.impute import SimpleImputer
from sklearn.linear_model import LogisticRegression, Ridge
from sklearn.naive_bayes import ComplementNB
from sklearn.neighbors import KNeighborsClassifier, KNeighborsRegressor
from sklearn.pipeline import make_pipeline, make_union
from sklearn.preprocessing import (
    FunctionTransformer,
    OneHotEncoder,
    OrdinalEncoder,
    StandardScaler,
    TargetEncoder,
)
from sklearn.svm import SVC, LinearSVC
from sklearn.tree import DecisionTreeClassifier, DecisionTreeRegressor

from benchmarks import reference_features as features

REGRESSIONS = {"kiln-tiles", "trail-grades", "bakery-demand"}
LOG_TARGETS = {"kiln-tiles", "bakery-demand"}
EXPERTS = {
    "night-ferry": features.ferry,
    "orchard-cultivars": features.orchard,
    "kiln-tiles": features.kiln,
    "reef-alarms": features.reef,
    "trail-grades": features.trail,
    "bakery-demand": features.calendar,
}
NUMBERS = make_column_selector(dtype_include=["number", "bool"])
WORDS = make_column_selector(dtype_exclude=["number", "bool"])


@dataclass(frozen=True, slots=True, kw_only=True)
class Candidate:
    """A pipeline that fits on the raw table. `is_quick` ones also enter with part of the data;
    `is_expert` ones know what the competition is about."""

    name: str
    pipeline: Any
    is_quick: bool = False
    is_expert: bool = False


def candidates(competition_id: str, public: Path) -> list[Candidate]:
    if competition_id == "smudged-digits":
        return list(_image_candidates(public))
    if competition_id == "town-hall-letters":
        return list(_text_candidates())
    return list(_table_candidates(competition_id))


def _table_candidates(competition_id: str) -> Iterator[Candidate]:
    is_regression = competition_id in REGRESSIONS
    models = _regressors() if is_regression else _classifiers()
    for level, found in (("plain", features.plain), ("expert", EXPERTS[competition_id])):
        is_expert = level == "expert" and found is not features.calendar
        for name, (encoding, model) in models.items():
            encoder = _encoder(encoding, is_regression=is_regression)
            pipeline = make_pipeline(FunctionTransformer(found), encoder, model)
            quick = level == "plain" or encoding == "onehot"
            yield Candidate(
                name=f"{level} {name}", pipeline=pipeline, is_quick=quick, is_expert=is_expert
            )
            if competition_id in LOG_TARGETS:
                yield Candidate(
                    name=f"{level} log {name}", pipeline=_log(pipeline), is_expert=is_expert
                )
    if competition_id == "bakery-demand":
        for strength in (0.3, 3.0, 30.0):
            encoder = _encoder("onehot", is_regression=True)
            linear = make_pipeline(FunctionTransformer(features.bakery), encoder, Ridge(strength))
            yield Candidate(
                name=f"crosses {strength}", pipeline=_log(linear), is_quick=True, is_expert=True
            )


def _log(pipeline: Any) -> Any:
    return TransformedTargetRegressor(clone(pipeline), func=np.log, inverse_func=np.exp)


def _encoder(encoding: str, *, is_regression: bool) -> Any:
    filled = SimpleImputer(strategy="constant", fill_value="missing")
    numbers = make_pipeline(SimpleImputer(strategy="median"), StandardScaler())
    words = {
        "ordinal": OrdinalEncoder(handle_unknown="use_encoded_value", unknown_value=-1),
        "onehot": OneHotEncoder(handle_unknown="ignore", min_frequency=3, sparse_output=False),
        "target": TargetEncoder(target_type="continuous" if is_regression else "auto"),
    }[encoding]
    return make_column_transformer((numbers, NUMBERS), (make_pipeline(filled, words), WORDS))


def _classifiers() -> dict[str, tuple[str, Any]]:
    boosted = HistGradientBoostingClassifier
    slow = {"learning_rate": 0.05, "max_iter": 150, "max_features": 0.5, "random_state": 0}
    return {
        "tree": ("ordinal", DecisionTreeClassifier(max_depth=5, random_state=0)),
        "neighbours": ("onehot", KNeighborsClassifier(25)),
        "logistic": ("onehot", LogisticRegression(max_iter=1000)),
        "logistic strict": ("onehot", LogisticRegression(C=0.1, max_iter=1000)),
        "logistic target": ("target", LogisticRegression(max_iter=1000)),
        "forest": ("ordinal", RandomForestClassifier(100, random_state=0)),
        "extra target": ("target", _extra(ExtraTreesClassifier)),
        "boosting": ("ordinal", boosted(random_state=0)),
        "boosting target": ("target", boosted(max_iter=60, random_state=0)),
        "boosting slow": ("target", boosted(max_leaf_nodes=8, l2_regularization=5, **slow)),
        "boosting shallow": ("target", boosted(max_depth=3, l2_regularization=5, **slow)),
        "support": ("onehot", CalibratedClassifierCV(SVC(C=1.0), cv=3)),
    }


def _regressors() -> dict[str, tuple[str, Any]]:
    boosted = HistGradientBoostingRegressor
    slow = {"learning_rate": 0.06, "max_features": 0.5, "random_state": 0}
    return {
        "tree": ("ordinal", DecisionTreeRegressor(max_depth=6, random_state=0)),
        "neighbours": ("onehot", KNeighborsRegressor(10)),
        "ridge": ("onehot", Ridge(1.0)),
        "ridge target": ("target", Ridge(10.0)),
        "forest": ("ordinal", RandomForestRegressor(60, random_state=0)),
        "extra target": ("target", _extra(ExtraTreesRegressor)),
        "boosting": ("ordinal", boosted(random_state=0)),
        "boosting target": ("target", boosted(random_state=0)),
        "boosting slow": ("target", boosted(max_iter=300, max_leaf_nodes=12, **slow)),
        "boosting shallow": ("target", boosted(max_iter=400, max_depth=4, **slow)),
    }


def _extra(kind: Callable[..., Any]) -> Any:
    return kind(150, min_samples_leaf=3, max_features=0.5, random_state=0)


class Moved(ClassifierMixin, BaseEstimator):  # type: ignore[misc]
    """Fits on every 8 x 8 picture and on four copies of it, moved by one pixel."""

    def __init__(self, estimator: Any) -> None:
        self.estimator = estimator

    def fit(self, flat: Any, target: Any) -> Moved:
        squares = flat.reshape(-1, 8, 8)
        steps = [(0, 0), (0, 1), (0, -1), (1, 0), (-1, 0)]
        moved = [np.roll(squares, step, axis=(1, 2)).reshape(len(flat), -1) for step in steps]
        self.fitted_ = clone(self.estimator).fit(np.vstack(moved), np.tile(target, len(steps)))
        self.classes_ = self.fitted_.classes_
        return self

    def predict_proba(self, flat: Any) -> Any:
        return self.fitted_.predict_proba(flat)


def _image_candidates(public: Path) -> Iterator[Candidate]:
    def support(strength: float) -> Any:
        return CalibratedClassifierCV(SVC(C=strength), cv=3)

    models = {
        "tree": DecisionTreeClassifier(max_depth=8, random_state=0),
        "logistic": LogisticRegression(max_iter=1000),
        "forest": RandomForestClassifier(100, random_state=0),
        "extra": ExtraTreesClassifier(200, random_state=0),
        "neighbours": KNeighborsClassifier(5),
        "components neighbours": make_pipeline(PCA(25), KNeighborsClassifier(5)),
        "support": support(2.0),
        "components support": make_pipeline(PCA(30), support(5.0)),
        "moved neighbours": Moved(KNeighborsClassifier(7, weights="distance")),
        "moved extra": Moved(ExtraTreesClassifier(100, random_state=0)),
        "moved support": Moved(make_pipeline(PCA(40), support(5.0))),
    }
    for level, cleaned in (("raw", False), ("cleaned", True)):
        for name, model in models.items():
            read = FunctionTransformer(features.pixels(public, cleaned=cleaned))
            yield Candidate(
                name=f"{level} {name}",
                pipeline=make_pipeline(read, model),
                is_quick=not name.startswith("moved"),
                is_expert=cleaned,
            )


def _text_candidates() -> Iterator[Candidate]:
    pairs = TfidfVectorizer(ngram_range=(1, 2), sublinear_tf=True)
    letters = TfidfVectorizer(analyzer="char_wb", ngram_range=(2, 4), sublinear_tf=True, min_df=2)
    vectors = {
        "words": TfidfVectorizer(),
        "pairs": pairs,
        "frequent pairs": clone(pairs).set_params(min_df=2),
        "letters": letters,
        "long letters": clone(letters).set_params(analyzer="char", ngram_range=(3, 6), min_df=3),
        "all": make_union(clone(pairs).set_params(min_df=2), letters),
    }
    models = {
        "bayes": ComplementNB(alpha=0.3),
        "logistic": LogisticRegression(max_iter=500),
        "even logistic": LogisticRegression(C=5.0, class_weight="balanced", max_iter=500),
        "support": CalibratedClassifierCV(LinearSVC(C=0.3, class_weight="balanced"), cv=3),
    }
    for vector_name, vector in vectors.items():
        for name, model in models.items():
            pipeline = make_pipeline(FunctionTransformer(features.text), clone(vector), model)
            quick = vector_name in ("words", "pairs")
            yield Candidate(name=f"{vector_name} {name}", pipeline=pipeline, is_quick=quick)
    for vector_name in ("words", "frequent pairs"):
        forest = RandomForestClassifier(150, class_weight="balanced_subsample", random_state=0)
        pipeline = make_pipeline(FunctionTransformer(features.text), vectors[vector_name], forest)
        yield Candidate(name=f"{vector_name} forest", pipeline=pipeline)
