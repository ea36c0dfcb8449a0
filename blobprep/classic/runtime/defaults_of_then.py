"""Defaults of scikit-learn that changed without an error, and functions of numpy that pandas took for its own."""

from __future__ import annotations

import functools
import inspect
import types
from collections.abc import Callable, Mapping
from typing import Any, Final

import numpy as np

from blobprep.classic.runtime.attributes import Undo, patch
from blobprep.classic.runtime.callers import outer_frame, script_frame
from blobprep.classic.runtime.usage import USAGE

__all__ = ["MODULES", "aggregating", "install"]

_TEN_TREES: Final = {"n_estimators": 10}
_THREE_FOLDS: Final = {"cv": 3}
_DEFAULTS: Final[Mapping[str, Mapping[str, Mapping[str, Any]]]] = {
    "sklearn.ensemble": {
        "RandomForestClassifier": _TEN_TREES,
        "RandomForestRegressor": _TEN_TREES,
        "ExtraTreesClassifier": _TEN_TREES,
        "ExtraTreesRegressor": _TEN_TREES,
    },
    "sklearn.svm": {"SVC": {"gamma": "auto"}, "SVR": {"gamma": "auto"}},
    "sklearn.cluster": {"KMeans": {"n_init": 10}},
    "sklearn.model_selection": {
        "GridSearchCV": _THREE_FOLDS,
        "RandomizedSearchCV": _THREE_FOLDS,
        "cross_val_score": _THREE_FOLDS,
        "cross_val_predict": _THREE_FOLDS,
        "learning_curve": _THREE_FOLDS,
        "KFold": {"n_splits": 3},
        "StratifiedKFold": {"n_splits": 3},
    },
    "sklearn.linear_model": {"LogisticRegression": {"solver": "liblinear"}},
}
MODULES: Final = tuple(_DEFAULTS)
"""The modules whose defaults are those of then."""

_OWN_NAMES: Final = {
    inspect.unwrap(getattr(np, name)): name for name in ("sum", "mean", "std", "var", "median", "min", "max", "prod")
}
"""Functions of numpy that have the name of pandas' own; they may be wrapped, here or when they are given."""


def install(module: types.ModuleType, undo: Undo) -> None:
    """Give the functions and classes of a module their defaults of then, for a script that leaves them out."""
    for name, defaults in _DEFAULTS[module.__name__].items():
        found = getattr(module, name)
        path = f"{module.__name__}.{name}"
        if isinstance(found, type):
            kind: Any = found
            patch(kind, "__init__", _with_defaults(vars(kind)["__init__"], path, defaults), undo)
            if name == "LogisticRegression":
                patch(kind, "fit", _one_model_for_each(kind.fit), undo)
        else:
            patch(module, name, _with_defaults(found, path, defaults), undo)


def _with_defaults(function: Callable[..., Any], path: str, defaults: Mapping[str, Any]) -> Callable[..., Any]:
    signature = inspect.signature(function)
    shown = ", ".join(f"{name}={value!r}" for name, value in defaults.items())

    @functools.wraps(function)
    def call(*args: Any, **given: Any) -> Any:
        frame = script_frame(outer_frame())
        if frame is None:
            return function(*args, **given)
        try:
            asked = signature.bind(*args, **given).arguments
        except TypeError:  # it is refused, and may be read again
            return function(*args, **given)
        left_out = {name: value for name, value in defaults.items() if asked.get(name) is None}
        if left_out:
            USAGE.note(f"{path}()", "0.22", shown, "the default of then", frame)
        return function(*args, **{**given, **left_out})

    return call


def _one_model_for_each(fit: Callable[..., Any]) -> Callable[..., Any]:
    """Return a `fit` with the solver of then for two classes, and today's for more, which liblinear does not take."""

    @functools.wraps(fit)
    def fitted(self: Any, X: Any, y: Any, *args: Any, **given: Any) -> Any:
        if self.solver != "liblinear" or len(np.unique(y)) <= 2:
            return fit(self, X, y, *args, **given)
        self.solver = "lbfgs"
        try:
            return fit(self, X, y, *args, **given)
        finally:
            self.solver = "liblinear"

    return fitted


def aggregating(function: Callable[..., Any], position: int, name: str) -> Callable[..., Any]:
    """Return a function that takes `numpy.std` for pandas' own, which divides by one less, as then.

    Args:
        function: takes functions that aggregate.
        position: of that argument, the object included.
        name: of that argument.
    """

    @functools.wraps(function)
    def aggregate(*args: Any, **given: Any) -> Any:
        if script_frame(outer_frame()) is None:
            return function(*args, **given)
        if name in given:
            given[name] = _own(given[name])
        elif len(args) > position:
            args = (*args[:position], _own(args[position]), *args[position + 1 :])
        return function(*args, **given)

    return aggregate


def _own(asked: Any) -> Any:
    if isinstance(asked, list):
        return [_own(part) for part in asked]
    if isinstance(asked, dict):
        return {label: _own(part) for label, part in asked.items()}
    try:
        return _OWN_NAMES.get(inspect.unwrap(asked), asked) if callable(asked) else asked
    except TypeError:
        return asked
