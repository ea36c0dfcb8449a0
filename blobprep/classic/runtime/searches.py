"""`sklearn.grid_search`: searches over three folds, whose mean is weighted by the size of each fold."""

from __future__ import annotations

from collections import namedtuple
from collections.abc import Callable, Mapping
from typing import Any

import numpy as np
from sklearn import model_selection
from sklearn.base import is_classifier
from sklearn.metrics import check_scoring
from sklearn.model_selection import ParameterGrid, ParameterSampler

from blobprep.classic.runtime.cross_validation import check_cv
from blobprep.classic.runtime.scorers import scorer

__all__ = ["GridSearchCV", "ParameterGrid", "ParameterSampler", "RandomizedSearchCV", "fit_grid_point", "grid_scores"]


class CandidateScore(namedtuple("CVScoreTuple", ("parameters", "mean_validation_score", "cv_validation_scores"))):
    """The score of a candidate, as it was shown."""

    __slots__ = ()

    def __repr__(self) -> str:
        return (
            f"mean: {self.mean_validation_score:.5f}, std: {np.std(self.cv_validation_scores):.5f}, "
            f"params: {self.parameters}"
        )


def grid_scores(search: Any) -> list[CandidateScore]:
    """Return the scores of each candidate of a search."""
    return _scores(search.cv_results_, None)


def _scores(results: Mapping[str, Any], sizes: Any) -> list[CandidateScore]:
    folds = sorted(
        (name for name in results if name.startswith("split") and name.partition("_")[2] == "test_score"),
        key=lambda name: int(name.removeprefix("split").partition("_")[0]),
    )
    table = np.array([results[name] for name in folds]).T
    means = np.average(table, axis=1, weights=sizes)
    return [
        CandidateScore(params, mean, row) for params, mean, row in zip(results["params"], means, table, strict=True)
    ]


class _Search:
    """What both searches did when they were fitted."""

    def fit(self: Any, X: Any, y: Any = None, **params: Any) -> Any:
        """Try every candidate on every fold, and fit the best one."""
        folds = list(check_cv(self.cv, X, y, classifier=is_classifier(self.estimator)))
        sizes = [len(test) for _, test in folds] if self.iid else None
        asked = self.cv, self.scoring, self.refit
        self.scorer_ = check_scoring(self.estimator, scoring=scorer(self.scoring))
        best: list[int] = []

        def choose(results: Mapping[str, Any]) -> int:
            means = [score.mean_validation_score for score in _scores(results, sizes)]
            best.append(int(np.argmax(means)))
            return best[0]

        self.cv, self.scoring, self.refit = folds, scorer(self.scoring), choose
        try:
            if not asked[2]:
                self.refit = False
            super().fit(X, y, **{**(self.fit_params or {}), **params})  # type: ignore[misc]
        finally:
            self.cv, self.scoring, self.refit = asked
        self.grid_scores_ = _scores(self.cv_results_, sizes)
        means = [score.mean_validation_score for score in self.grid_scores_]
        at = best[0] if best else int(np.argmax(means))
        self.best_index_, self.best_score_, self.best_params_ = at, means[at], self.grid_scores_[at].parameters
        return self


class GridSearchCV(_Search, model_selection.GridSearchCV):  # type: ignore[misc]  # scikit-learn has no types
    """A search over all combinations of parameters."""

    def __init__(
        self, estimator: Any, param_grid: Any, scoring: Any = None, fit_params: Any = None, n_jobs: Any = 1,
        iid: bool = True,
        refit: bool = True, cv: Any = None, verbose: int = 0, pre_dispatch: Any = "2*n_jobs",
        error_score: Any = "raise",
    ) -> None:  # fmt: skip
        super().__init__(
            estimator, param_grid, scoring=scoring, n_jobs=n_jobs, refit=refit, cv=cv, verbose=verbose,
            pre_dispatch=pre_dispatch, error_score=error_score,
        )  # fmt: skip
        self.fit_params, self.iid = fit_params, iid


class RandomizedSearchCV(_Search, model_selection.RandomizedSearchCV):  # type: ignore[misc]  # scikit-learn has no types
    """A search over parameters drawn by chance."""

    def __init__(
        self, estimator: Any, param_distributions: Any, n_iter: int = 10, scoring: Any = None, fit_params: Any = None,
        n_jobs: Any = 1, iid: bool = True, refit: bool = True, cv: Any = None, verbose: int = 0,
        pre_dispatch: Any = "2*n_jobs", random_state: Any = None, error_score: Any = "raise",
    ) -> None:  # fmt: skip
        super().__init__(
            estimator, param_distributions, n_iter=n_iter, scoring=scoring, n_jobs=n_jobs, refit=refit, cv=cv,
            verbose=verbose, pre_dispatch=pre_dispatch, random_state=random_state, error_score=error_score,
        )  # fmt: skip
        self.fit_params, self.iid = fit_params, iid


def fit_grid_point(
    X: Any, y: Any, estimator: Any, parameters: Mapping[str, Any], train: Any, test: Any, scorer: Any, verbose: int = 0,
    error_score: Any = "raise", **fit_params: Any,
) -> tuple[float, Mapping[str, Any], int]:  # fmt: skip
    """Fit one candidate on one fold; return its score, its parameters and the size of the test."""
    from sklearn.base import clone

    fitted = clone(estimator).set_params(**parameters).fit(X[train], None if y is None else y[train], **fit_params)
    return scorer(fitted, X[test], y[test]), parameters, len(test)


def scored(call: Callable[[Mapping[str, Any]], Any], *, scoring: Any = None, **given: Any) -> Any:
    """Score with a loss by its name of then."""
    return call({**given, "scoring": scorer(scoring)})


def elimination_scores(self: Any) -> Any:
    """Return the mean score of each number of features."""
    return self.cv_results_["mean_test_score"]


def __getattr__(name: str) -> Any:
    if name == "scorers":
        from sklearn.metrics import get_scorer, get_scorer_names

        return {one: get_scorer(one) for one in get_scorer_names()}
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
