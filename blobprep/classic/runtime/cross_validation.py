"""`sklearn.cross_validation`: the folds of then, and scores over them."""

from __future__ import annotations

from typing import Any

import numpy as np
from sklearn import model_selection
from sklearn.base import is_classifier
from sklearn.utils import indexable
from sklearn.utils.multiclass import type_of_target

from blobprep.classic.runtime.folds import (
    KFold,
    LabelKFold,
    LeaveOneLabelOut,
    LeaveOneOut,
    LeavePLabelOut,
    LeavePOut,
    PredefinedSplit,
    StratifiedKFold,
)
from blobprep.classic.runtime.random_splits import (
    Bootstrap,
    LabelShuffleSplit,
    ShuffleSplit,
    StratifiedShuffleSplit,
    safe_indexing,
)
from blobprep.classic.runtime.scorers import scorer

__all__ = [
    "Bootstrap", "KFold", "LabelKFold", "LabelShuffleSplit", "LeaveOneLabelOut", "LeaveOneOut", "LeavePLabelOut",
    "LeavePOut", "PredefinedSplit", "ShuffleSplit", "StratifiedKFold", "StratifiedShuffleSplit", "check_cv",
    "cross_val_predict", "cross_val_score", "permutation_test_score", "train_test_split",
]  # fmt: skip


def check_cv(cv: Any, X: Any = None, y: Any = None, classifier: bool = False) -> Any:
    """Return folds: three if none are given, as many as a number says, or those that are given."""
    if cv is None:
        cv = 3
    if not isinstance(cv, int | np.integer):
        return cv
    if classifier and type_of_target(y) in ("binary", "multiclass"):
        return StratifiedKFold(y, cv)
    rows = len(y) if X is None else X.shape[0] if hasattr(X, "shape") else len(X)
    return KFold(rows, cv)


def _options(n_jobs: int, verbose: int, fit_params: Any, pre_dispatch: Any) -> dict[str, Any]:
    given = {"n_jobs": n_jobs, "verbose": verbose, "pre_dispatch": pre_dispatch}
    return {**given, "params": fit_params} if fit_params else given


def cross_val_score(
    estimator: Any, X: Any, y: Any = None, scoring: Any = None, cv: Any = None, n_jobs: int = 1, verbose: int = 0,
    fit_params: Any = None, pre_dispatch: Any = "2*n_jobs",
) -> Any:  # fmt: skip
    """Return the score of each fold."""
    folds = list(check_cv(cv, X, y, classifier=is_classifier(estimator)))
    options = _options(n_jobs, verbose, fit_params, pre_dispatch)
    return model_selection.cross_val_score(
        estimator, X, y, scoring=scorer(scoring), cv=folds, error_score="raise", **options
    )


def cross_val_predict(
    estimator: Any, X: Any, y: Any = None, cv: Any = None, n_jobs: int = 1, verbose: int = 0, fit_params: Any = None,
    pre_dispatch: Any = "2*n_jobs",
) -> Any:  # fmt: skip
    """Return what is predicted for each sample by the fold that does not know it."""
    folds = list(check_cv(cv, X, y, classifier=is_classifier(estimator)))
    options = _options(n_jobs, verbose, fit_params, pre_dispatch)
    return model_selection.cross_val_predict(estimator, X, y, cv=folds, **options)


def permutation_test_score(
    estimator: Any, X: Any, y: Any, cv: Any = None, n_permutations: int = 100, n_jobs: int = 1, labels: Any = None,
    random_state: Any = 0, verbose: int = 0, scoring: Any = None,
) -> Any:  # fmt: skip
    """Return the score, those of shuffled labels, and the probability of the score by chance."""
    folds = list(check_cv(cv, X, y, classifier=is_classifier(estimator)))
    return model_selection.permutation_test_score(
        estimator, X, y, groups=labels, cv=folds, n_permutations=n_permutations, n_jobs=n_jobs,
        random_state=random_state, verbose=verbose, scoring=scorer(scoring),
    )  # fmt: skip


def train_test_split(*arrays: Any, **options: Any) -> Any:
    """Split arrays by chance; a quarter is for the test unless told otherwise."""
    if not arrays:
        raise ValueError("At least one array required as input")
    test_size, train_size = options.pop("test_size", None), options.pop("train_size", None)
    random_state, stratify = options.pop("random_state", None), options.pop("stratify", None)
    for gone in ("dtype", "force_arrays", "allow_lists", "allow_nd"):
        options.pop(gone, None)
    if options:
        raise TypeError(f"Invalid parameters passed: {options}")
    if test_size is None and train_size is None:
        test_size = 0.25
    arrays = indexable(*arrays)
    given = {"test_size": test_size, "train_size": train_size, "random_state": random_state}
    if stratify is not None:
        folds: Any = StratifiedShuffleSplit(stratify, **given)
    else:
        rows = arrays[0].shape[0] if hasattr(arrays[0], "shape") else len(arrays[0])
        folds = ShuffleSplit(rows, **given)
    train, test = next(iter(folds))
    return [part for array in arrays for part in (safe_indexing(array, train), safe_indexing(array, test))]
