"""`sklearn.lda` and `sklearn.qda`."""

from __future__ import annotations

from typing import Any

import numpy as np
from sklearn.discriminant_analysis import LinearDiscriminantAnalysis, QuadraticDiscriminantAnalysis

__all__ = ["LDA", "QDA"]


class LDA(LinearDiscriminantAnalysis):  # type: ignore[misc]  # scikit-learn has no types
    """Linear discriminant analysis."""

    def __init__(
        self, solver: str = "svd", shrinkage: Any = None, priors: Any = None, n_components: Any = None,
        store_covariance: bool = False, tol: float = 1e-4,
    ) -> None:  # fmt: skip
        super().__init__(
            solver=solver, shrinkage=shrinkage, priors=priors, n_components=n_components,
            store_covariance=store_covariance, tol=tol,
        )  # fmt: skip

    def fit(self, X: Any, y: Any) -> Any:
        """Fit the model; what it transforms to has the scale of then."""
        super().fit(X, y)
        if self.solver == "svd":
            samples = len(y)
            scalings: Any = vars(self)["scalings_"]
            self.scalings_ = scalings * np.sqrt((samples - len(self.classes_)) / samples)
        return self


class QDA(QuadraticDiscriminantAnalysis):  # type: ignore[misc]  # scikit-learn has no types
    """Quadratic discriminant analysis."""

    def __init__(
        self, priors: Any = None, reg_param: float = 0.0, store_covariances: bool = False, tol: float = 1e-4
    ) -> None:
        super().__init__(priors=priors, reg_param=reg_param, store_covariance=store_covariances, tol=tol)
        self.store_covariances = store_covariances
