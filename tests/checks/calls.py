"""Calls that show an argument is refused, where the signature alone does not tell."""

from __future__ import annotations

import io
from collections.abc import Callable, Mapping
from functools import partial
from typing import Any

import matplotlib as mpl
import matplotlib.pyplot as plt
import pandas as pd
import sklearn.ensemble
import sklearn.feature_extraction.text
import sklearn.linear_model
import sklearn.model_selection
import sklearn.tree

FRAME = pd.DataFrame({"a": [1, 2], "b": [1.0, 2.0]})
POINTS, CLASSES = [[1.0], [2.0], [3.0], [4.0]], [0, 1, 0, 1]
RIDGE = sklearn.linear_model.Ridge()


def axes() -> Any:
    return plt.figure().add_subplot(111)


def fitted(kind: Any, **arguments: str) -> Callable[[], Any]:
    return lambda: kind(**arguments).fit(POINTS, CLASSES)


def scored(name: str) -> Callable[[], Any]:
    made = partial(sklearn.model_selection.cross_val_score, RIDGE, POINTS, CLASSES, cv=2, scoring=name)
    return lambda: made(error_score="raise")


CALLS: Mapping[str, Callable[[], Any]] = {
    "pandas.to_datetime(errors=ignore)": lambda: pd.to_datetime(["x"], errors="ignore"),  # type: ignore[call-overload]
    "pandas.to_numeric(errors=ignore)": lambda: pd.to_numeric(["x"], errors="ignore"),  # type: ignore[call-overload]
    "pandas.DataFrame.pivot_table(rows)": lambda: FRAME.pivot_table(rows="a"),  # type: ignore[call-arg]
    "pandas.DataFrame.pivot_table(cols)": lambda: FRAME.pivot_table(cols="a"),  # type: ignore[call-arg]
    "pandas.pivot_table(rows)": lambda: pd.pivot_table(FRAME, rows="a"),  # type: ignore[call-overload]
    "pandas.pivot_table(cols)": lambda: pd.pivot_table(FRAME, cols="a"),  # type: ignore[call-overload]
    "pandas.*.fillna(method=ffill)": lambda: FRAME.fillna(method="ffill"),  # type: ignore[call-overload]
    "pandas.*.fillna(method=pad)": lambda: FRAME.fillna(method="pad"),  # type: ignore[call-overload]
    "pandas.*.fillna(method=bfill)": lambda: FRAME.fillna(method="bfill"),  # type: ignore[call-overload]
    "pandas.*.fillna(method=backfill)": lambda: FRAME.fillna(method="backfill"),  # type: ignore[call-overload]
    **{
        f"pandas.*.{name}(level)": partial(getattr(FRAME, name), level=0)
        for name in ("mean", "sum", "count", "max", "min", "std")
    },
    "pandas.*.hist(normed)": lambda: FRAME.hist(normed=True),
    "matplotlib.pyplot.*(hold)": lambda: plt.plot([1], [1], hold=True),
    "matplotlib.pyplot.hist(normed)": lambda: plt.hist([1, 2], normed=True),
    "matplotlib.axes.Axes.hist(normed)": lambda: axes().hist([1, 2], normed=True),
    "matplotlib.pyplot.subplot(axisbg)": lambda: plt.subplot(111, axisbg="w"),
    "matplotlib.pyplot.axes(axisbg)": lambda: plt.axes(axisbg="w"),
    "matplotlib.figure.Figure.add_subplot(axisbg)": lambda: plt.figure().add_subplot(111, axisbg="w"),
    "matplotlib.figure.Figure.add_axes(axisbg)": lambda: plt.figure().add_axes((0, 0, 1, 1), axisbg="w"),
    "matplotlib.pyplot.savefig(frameon)": lambda: plt.savefig(io.BytesIO(), format="png", frameon=True),
    "matplotlib.figure.Figure.savefig(frameon)": lambda: plt.figure().savefig(io.BytesIO(), format="png", frameon=True),
    "matplotlib.pyplot.bar(left)": lambda: plt.bar([1], [1], left=[1]),
    "matplotlib.pyplot.grid(b)": lambda: plt.grid(b=True),
    "matplotlib.axes.Axes.grid(b)": lambda: axes().grid(b=True),
    "matplotlib.pyplot.scatter(verts)": lambda: plt.scatter([1], [1], verts=None),
    "matplotlib.axes.Axes.scatter(verts)": lambda: axes().scatter([1], [1], verts=None),
    "matplotlib.use(warn)": lambda: mpl.use("agg", warn=False),  # type: ignore[call-arg]
    "matplotlib.pyplot.set_cmap(cmap=spectral)": lambda: plt.set_cmap("spectral"),
    "matplotlib.pyplot.get_cmap(name=spectral)": lambda: plt.get_cmap("spectral"),
    "sklearn.linear_model.*(normalize)": lambda: sklearn.linear_model.LinearRegression(normalize=True),
    "sklearn.ensemble.*(min_impurity_split)": lambda: sklearn.ensemble.RandomForestClassifier(min_impurity_split=0),
    "sklearn.tree.*(min_impurity_split)": lambda: sklearn.tree.DecisionTreeClassifier(min_impurity_split=0),
    "sklearn.tree.*(presort)": lambda: sklearn.tree.DecisionTreeClassifier(presort=True),
    "sklearn.ensemble.*(presort)": lambda: sklearn.ensemble.GradientBoostingClassifier(presort=True),
    "sklearn.ensemble.*(compute_importances)": lambda: sklearn.ensemble.RandomForestClassifier(
        compute_importances=True
    ),
    "sklearn.feature_extraction.text.*(charset)": lambda: sklearn.feature_extraction.text.CountVectorizer(charset="x"),
    "sklearn.model_selection.GridSearchCV(fit_params)": lambda: sklearn.model_selection.GridSearchCV(
        RIDGE, {}, fit_params={}
    ),
    **{
        f"sklearn.ensemble.{name}(max_features=auto)": fitted(getattr(sklearn.ensemble, name), max_features="auto")
        for name in (
            "RandomForestClassifier",
            "ExtraTreesClassifier",
            "RandomForestRegressor",
            "ExtraTreesRegressor",
        )
    },
    "sklearn.ensemble.GradientBoostingClassifier(loss=deviance)": fitted(
        sklearn.ensemble.GradientBoostingClassifier, loss="deviance"
    ),
    "sklearn.ensemble.GradientBoostingRegressor(loss=ls)": fitted(
        sklearn.ensemble.GradientBoostingRegressor, loss="ls"
    ),
    "sklearn.linear_model.SGDClassifier(loss=log)": fitted(sklearn.linear_model.SGDClassifier, loss="log"),
    "sklearn.*.cross_val_score(scoring=mean_squared_error)": scored("mean_squared_error"),
    "sklearn.*.cross_val_score(scoring=log_loss)": scored("log_loss"),
    "sklearn.*.GridSearchCV(scoring=mean_squared_error)": lambda: sklearn.model_selection.GridSearchCV(
        RIDGE, {"alpha": [1]}, scoring="mean_squared_error", cv=2
    ).fit(POINTS, CLASSES),
}
