"""What changed without an error is carried for scripts of then, and told."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

import blobprep.classic


@pytest.fixture
def frame() -> pd.DataFrame:
    return pd.DataFrame({"a": [1, 2, 3], "b": [0.5, np.nan, 2.5], "c": ["x", "y", "z"]})


@pytest.mark.usefixtures("of_then")
def test_a_column_that_is_written_sets_its_frame(frame: pd.DataFrame) -> None:
    frame["a"][frame["a"] > 1] = 0
    frame.b.fillna(9.0, inplace=True)
    frame["c"].iloc[0] = "first"

    assert frame.to_numpy().tolist() == [[1, 0.5, "first"], [0, 9.0, "y"], [0, 2.5, "z"]]
    assert {use.choice for use in blobprep.classic.report()} == {"the frame is set, as then"}


@pytest.mark.usefixtures("of_then")
def test_a_column_with_a_name_stays_that_of_the_frame(frame: pd.DataFrame) -> None:
    column = frame["a"]

    column[0] = 7
    column[1] = 8.5

    assert frame["a"].tolist() == [7, 8.5, 3]
    assert frame["a"] is column


@pytest.mark.usefixtures("of_then")
def test_a_column_that_the_frame_no_longer_has_does_not_come_back(frame: pd.DataFrame) -> None:
    column = frame["a"]
    frame["a"] = 0

    column[0] = 7

    assert frame["a"].tolist() == [0, 0, 0]


@pytest.mark.usefixtures("of_then")
def test_a_copy_is_a_copy(frame: pd.DataFrame) -> None:
    column = frame["a"].copy()
    column[0] = 7

    assert frame["a"].tolist() == [1, 2, 3]


@pytest.mark.usefixtures("of_then")
def test_texts_are_objects() -> None:
    assert pd.DataFrame({"t": ["x"]})["t"].dtype == object


@pytest.mark.usefixtures("of_then")
def test_a_text_that_is_replaced_is_a_pattern() -> None:
    assert pd.Series(["a1b2"]).str.replace("[0-9]", "").tolist() == ["ab"]


@pytest.mark.usefixtures("of_then")
def test_functions_of_numpy_are_taken_for_those_of_pandas() -> None:
    groups = pd.DataFrame({"k": [1, 1], "v": [1.0, 2.0]}).groupby("k")

    assert groups.agg([np.mean, np.std])["v"].to_numpy().round(4).tolist() == [[1.5, 0.7071]]


@pytest.mark.usefixtures("of_then")
def test_scikit_learn_has_its_defaults_of_then_for_the_script_alone() -> None:
    from sklearn.base import clone
    from sklearn.ensemble import RandomForestClassifier

    assert RandomForestClassifier().n_estimators == 10
    assert RandomForestClassifier(n_estimators=7).n_estimators == 7
    assert clone(RandomForestClassifier(n_estimators=100)).n_estimators == 100
    (use,) = blobprep.classic.report()
    assert (use.how, use.choice) == ("n_estimators=10", "the default of then")


# The lowest scikit-learn gives scipy an option that the scipy installed with it warns of.
@pytest.mark.filterwarnings("ignore:scipy.optimize. The `disp` and `iprint` options:DeprecationWarning")
@pytest.mark.usefixtures("of_then")
def test_a_logistic_regression_of_three_classes_has_the_solver_of_today() -> None:
    from sklearn.linear_model import LogisticRegression

    model = LogisticRegression().fit([[0.0], [1.0], [2.0], [0.1], [1.1], [2.1]], [0, 1, 2, 0, 1, 2])

    assert model.predict([[0.0], [2.0]]).tolist() == [0, 2]


@pytest.mark.usefixtures("of_then")
def test_an_inner_merge_is_grouped_by_key() -> None:
    left, right = pd.DataFrame({"k": ["b", "a", "b"], "n": [1, 2, 3]}), pd.DataFrame({"k": ["a", "b"], "m": [4, 5]})

    assert left.merge(right, "inner", "k")["n"].tolist() == [1, 3, 2]


@pytest.mark.usefixtures("classic")
def test_without_being_asked_all_of_that_is_as_today() -> None:
    made = pd.DataFrame({"t": ["a1b2"]})

    assert made["t"].dtype == "str"
    assert made["t"].str.replace("[0-9]", "").tolist() == ["a1b2"]
    assert made["t"] is not made["t"]
