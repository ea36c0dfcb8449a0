"""Estimators of scikit-learn with the names, arguments and defaults of then."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, Final

import numpy as np
from sklearn.base import BaseEstimator, TransformerMixin
from sklearn.decomposition import PCA
from sklearn.mixture import GaussianMixture

from blobprep.classic.runtime.calls import Unreadable

__all__ = ["GMM", "Imputer", "RandomizedPCA", "feature_names", "jaccard_similarity_score", "logistic", "trees"]

_Call = Callable[[Mapping[str, Any]], Any]


class Imputer(TransformerMixin, BaseEstimator):  # type: ignore[misc]  # scikit-learn has no types
    """Missing values filled with a mean, a median or the most frequent value, along columns or rows.

    A column without a value is left out, as it was, and so is a row along rows an error.
    """

    def __init__(
        self, missing_values: Any = "NaN", strategy: str = "mean", axis: int = 0, verbose: int = 0, copy: bool = True
    ) -> None:
        self.missing_values, self.strategy, self.axis = missing_values, strategy, axis
        self.verbose, self.copy = verbose, copy

    def fit(self, X: Any, y: Any = None) -> Imputer:
        """Learn the value of each column."""
        if self.strategy not in ("mean", "median", "most_frequent"):
            raise ValueError(
                f"Can only use these strategies: ['mean', 'median', 'most_frequent']  got strategy={self.strategy}"
            )
        if self.axis not in (0, 1):
            raise ValueError(f"Can only impute missing values on axis 0 and 1,  got axis={self.axis}")
        if self.axis == 0:
            self.statistics_ = self._learned(self._read(X), 0)
        return self

    def transform(self, X: Any) -> Any:
        """Return the array with missing values filled."""
        values = self._read(X)
        if self.axis == 1:
            learned = self._learned(values, 1)
            if np.isnan(learned).any():
                raise ValueError(f"Some rows only contain missing values: {np.flatnonzero(np.isnan(learned))}")
            return np.where(self._missing(values), learned[:, None], values)
        if values.shape[1] != len(self.statistics_):
            raise ValueError(f"X has {values.shape[1]} features per sample, expected {len(self.statistics_)}")
        kept = ~np.isnan(self.statistics_)
        values = values[:, kept]
        return np.where(self._missing(values), self.statistics_[kept], values)

    def _read(self, X: Any) -> Any:
        if hasattr(X, "toarray"):
            X = X.toarray()  # noqa: N806
        values = np.array(X, dtype=np.float64)
        if values.ndim != 2:
            raise ValueError(f"Expected 2D array, got {values.ndim}D array instead")
        return values

    def _missing(self, values: Any) -> Any:
        wanted = self.missing_values
        if wanted in ("NaN", "nan") or (isinstance(wanted, float) and np.isnan(wanted)):
            return np.isnan(values)
        return values == wanted

    def _learned(self, values: Any, axis: int) -> Any:
        hidden = np.ma.masked_array(values, mask=self._missing(values))
        if self.strategy == "mean":
            found = np.ma.mean(hidden, axis=axis)
        elif self.strategy == "median":
            median: Any = np.ma.median
            found = median(hidden, axis=axis)
        else:
            lines = hidden.T if axis == 0 else hidden
            found = np.ma.masked_invalid([_most_frequent(line.compressed()) for line in lines])
        return np.ma.filled(np.ma.asarray(found, dtype=np.float64), np.nan)


def _most_frequent(values: Any) -> float:
    if not len(values):
        return float("nan")
    found, counts = np.unique(values, return_counts=True)
    return float(found[np.argmax(counts)])


class RandomizedPCA(PCA):  # type: ignore[misc]  # scikit-learn has no types
    """Principal components by a randomized solver."""

    def __init__(
        self,
        n_components: Any = None,
        copy: bool = True,
        iterated_power: Any = 2,
        whiten: bool = False,
        random_state: Any = None,
    ) -> None:
        super().__init__(
            n_components=n_components, copy=copy, whiten=whiten, svd_solver="randomized", iterated_power=iterated_power,
            random_state=random_state,
        )  # fmt: skip


class GMM(GaussianMixture):  # type: ignore[misc]  # scikit-learn has no types
    """A mixture of Gaussians with the names of then."""

    def __init__(
        self, n_components: int = 1, covariance_type: str = "diag", random_state: Any = None, tol: float = 1e-3,
        min_covar: float = 1e-3, n_iter: int = 100, n_init: int = 1, params: str = "wmc", init_params: str = "wmc",
        verbose: int = 0,
    ) -> None:  # fmt: skip
        super().__init__(
            n_components, covariance_type=covariance_type, random_state=random_state, tol=tol, reg_covar=min_covar,
            max_iter=n_iter, n_init=n_init, verbose=verbose,
        )  # fmt: skip
        self.min_covar, self.n_iter, self.params, self.init_params = min_covar, n_iter, params, "kmeans"

    @property
    def covars_(self) -> Any:
        """The covariances."""
        return self.covariances_


def feature_names(self: Any) -> list[Any]:
    """Return the names of features as a list."""
    return list(self.get_feature_names_out())


def jaccard_similarity_score(y_true: Any, y_pred: Any, normalize: bool = True, sample_weight: Any = None) -> Any:
    """Return the mean likeness of samples; of single labels, their accuracy."""
    from sklearn.metrics import accuracy_score

    wanted, found = np.asarray(y_true), np.asarray(y_pred)
    if wanted.ndim == 1:
        return accuracy_score(y_true, y_pred, normalize=normalize, sample_weight=sample_weight)
    both, either = np.logical_and(wanted, found).sum(axis=1), np.logical_or(wanted, found).sum(axis=1)
    score = np.where(either == 0, 1.0, both / np.where(either == 0, 1, either))
    return np.average(score, weights=sample_weight) if normalize else np.sum(score)


def _gone(name: str) -> Callable[..., Any]:
    def function(*_: Any, **__: Any) -> Any:
        raise NotImplementedError(f"scikit-learn no longer has the data of {name}: connect it to a port as a dataset")

    return function


fetch_mldata = _gone("fetch_mldata")


_VALUES: Final = {
    "loss": {
        "deviance": "log_loss", "ls": "squared_error", "lad": "absolute_error", "log": "log_loss",
        "squared_loss": "squared_error", "l1": "hinge", "l2": "squared_hinge",
    },
    "criterion": {"mse": "squared_error", "mae": "absolute_error", "friedman_mse": "friedman_mse"},
}  # fmt: skip


def _renamed(given: Mapping[str, Any]) -> dict[str, Any]:
    return {
        name: _VALUES.get(name, {}).get(value, value) if isinstance(value, str) else value
        for name, value in given.items()
    }


def trees(call: _Call, *bound: Any, **given: Any) -> Any:
    """Make trees with values by their present names."""
    renamed = _renamed(given)
    if renamed.get("max_features") == "auto":
        renamed["max_features"] = "sqrt" if type(bound[0]).__name__.endswith("Classifier") else 1.0
        if type(bound[0]).__name__.startswith("GradientBoosting"):
            renamed["max_features"] = "sqrt" if type(bound[0]).__name__.endswith("Classifier") else None
    if renamed == given:
        raise Unreadable
    return call(renamed)


def support_vectors(call: _Call, *_: Any, **given: Any) -> Any:
    """Make a support vector machine with its loss by its present name."""
    losses = {"l1": "hinge", "l2": "squared_hinge"}
    owner = type(_[0]).__name__ if _ else ""
    if owner == "LinearSVR":
        losses = {"l1": "epsilon_insensitive", "l2": "squared_epsilon_insensitive"}
    if given.get("loss") not in losses:
        raise Unreadable
    return call({**given, "loss": losses[given["loss"]]})


def stochastic(call: _Call, *_: Any, n_iter: Any = None, **given: Any) -> Any:
    """Make an estimator that goes over the data a number of times."""
    renamed = _renamed(given)
    if n_iter is None and renamed == given:
        raise Unreadable
    if n_iter is not None:
        renamed.update(max_iter=n_iter, tol=None)
    return call(renamed)


def one_column(call: _Call, self: Any, *, X: Any = None, **given: Any) -> Any:
    """Scale an array of one dimension; what is returned has one dimension too."""
    values = np.asarray(X, dtype=float)
    if values.ndim != 1:
        raise Unreadable
    found = call({**given, "X": values.reshape(-1, 1)})
    return found.ravel() if isinstance(found, np.ndarray) else found


def one_sample(call: _Call, *bound: Any, array: Any = None, X: Any = None, **given: Any) -> Any:
    """Take an array of one dimension, or a number, for one sample."""
    name = "array" if X is None else "X"
    values = np.asarray(array if X is None else X)
    if values.ndim > 1 or values.dtype.kind not in "iufb":
        raise Unreadable
    return call({**given, name: np.atleast_2d(values)})


def linear(call: _Call, *bound: Any, normalize: Any = None, **given: Any) -> Any:
    """Make a linear model; columns that were scaled first cannot be, inside of it."""
    if normalize:
        raise NotImplementedError(
            "normalize=True: scale the columns first, with sklearn.pipeline.make_pipeline(StandardScaler(), model)"
        )
    return call(given)


def logistic(call: _Call, *_: Any, multi_class: str = "ovr", **given: Any) -> Any:
    """Make a logistic regression; with one model for each label if it was asked for."""
    penalty = given.get("penalty")
    if penalty != "l1" and multi_class == "ovr" and "solver" not in given:
        raise Unreadable
    if "solver" not in given:
        given["solver"] = "liblinear"
    if penalty in ("l1", "l2"):
        given["l1_ratio"] = 1.0 if penalty == "l1" else 0.0
        given.pop("penalty")
    return call(given)


def one_hot(call: _Call, self: Any, *, n_values: Any = "auto", categorical_features: Any = "all", **given: Any) -> Any:
    """Make an encoder; of some columns, it puts their codes before the other columns, as they are."""
    if isinstance(n_values, int):
        given["categories"] = [range(n_values)]
    call(given)
    if not (isinstance(categorical_features, str) and categorical_features == "all"):
        _encode_columns(self, categorical_features)


def _encode_columns(encoder: Any, chosen: Any) -> None:
    """Make an encoder leave the columns alone that are not chosen."""
    fit, transform = encoder.fit, encoder.transform

    def parts(X: Any) -> tuple[Any, Any]:  # the columns that are chosen, and the others
        values = np.asarray(X.toarray() if hasattr(X, "toarray") else X)
        mask = np.zeros(values.shape[1], dtype=bool)
        mask[np.asarray(chosen)] = True
        return values[:, mask], values[:, ~mask].astype(float)

    def fit_columns(X: Any, y: Any = None) -> Any:
        fit(parts(X)[0].astype(int))
        return encoder

    def transform_columns(X: Any) -> Any:
        from scipy import sparse

        coded, others = parts(X)
        codes = transform(coded.astype(int))
        if sparse.issparse(codes):
            return sparse.hstack([codes, sparse.csr_matrix(others)]).tocsr()
        return np.hstack([codes, others])

    def fit_transform_columns(X: Any, y: Any = None) -> Any:
        return transform_columns(X) if fit_columns(X) is encoder else None

    encoder.fit, encoder.transform, encoder.fit_transform = fit_columns, transform_columns, fit_transform_columns


def mean_squared_error(call: _Call, *, squared: bool = True, **given: Any) -> Any:
    """Return the mean of squared errors, or its root."""
    found = call(given)
    return found if squared else np.sqrt(found)


def linear_assignment(X: Any) -> Any:
    """Return pairs of rows and columns with the least sum."""
    from scipy.optimize import linear_sum_assignment

    return np.array(linear_sum_assignment(X)).T


def residues(self: Any) -> Any:
    """Return the sum of squared residues, which is known only where there are more samples than features."""
    raise NotImplementedError("residues_: compute ((y - model.predict(X)) ** 2).sum()")
