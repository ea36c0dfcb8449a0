"""`sklearn.learning_curve`: curves over three folds."""

from __future__ import annotations

from typing import Any

import numpy as np
from sklearn import model_selection
from sklearn.base import is_classifier

from blobprep.classic.runtime.cross_validation import check_cv
from blobprep.classic.runtime.scorers import scorer

__all__ = ["learning_curve", "validation_curve"]


def learning_curve(
    estimator: Any, X: Any, y: Any, train_sizes: Any = None, cv: Any = None, scoring: Any = None,
    exploit_incremental_learning: bool = False, n_jobs: int = 1, pre_dispatch: Any = "all", verbose: int = 0,
) -> Any:  # fmt: skip
    """Return sizes of training sets, and the scores for training and test with each."""
    return model_selection.learning_curve(
        estimator, X, y, train_sizes=np.linspace(0.1, 1.0, 5) if train_sizes is None else train_sizes,
        cv=list(check_cv(cv, X, y, classifier=is_classifier(estimator))), scoring=scorer(scoring),
        exploit_incremental_learning=exploit_incremental_learning, n_jobs=n_jobs, pre_dispatch=pre_dispatch,
        verbose=verbose,
    )  # fmt: skip


def validation_curve(
    estimator: Any, X: Any, y: Any, param_name: str, param_range: Any, cv: Any = None, scoring: Any = None,
    n_jobs: int = 1,
    pre_dispatch: Any = "all", verbose: int = 0,
) -> Any:  # fmt: skip
    """Return the scores for training and test with each value of a parameter."""
    return model_selection.validation_curve(
        estimator, X, y, param_name=param_name, param_range=param_range,
        cv=list(check_cv(cv, X, y, classifier=is_classifier(estimator))), scoring=scorer(scoring), n_jobs=n_jobs,
        pre_dispatch=pre_dispatch, verbose=verbose,
    )  # fmt: skip
