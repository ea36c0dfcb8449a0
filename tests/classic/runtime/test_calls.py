"""Calls that a function refuses are read as they were then; a call that it takes is nobody's business."""

from __future__ import annotations

import io

import pandas as pd
import pytest

import blobprep.classic

pytestmark = pytest.mark.usefixtures("classic")


@pytest.fixture
def frame() -> pd.DataFrame:
    return pd.DataFrame({"a": [1, 2, 3], "b": ["x", "y", "z"], "c": [0.5, 1.5, 4.0]})


def test_arguments_by_position_get_their_names_of_then(frame: pd.DataFrame) -> None:
    assert list(frame.drop("a", 1).columns) == ["b", "c"]  # type: ignore[call-overload]
    (use,) = blobprep.classic.report()
    assert use.name == "pandas.DataFrame.drop(…)"


def test_an_argument_by_its_name_of_then(frame: pd.DataFrame) -> None:
    assert frame.to_csv(None, index=False, line_terminator="|") == "a,b,c|1,x,0.5|2,y,1.5|3,z,4.0|"  # type: ignore[call-overload]


def test_text_columns_are_left_out_of_reductions(frame: pd.DataFrame) -> None:
    assert frame.median().to_dict() == {"a": 2.0, "c": 1.5}
    assert frame.groupby("b").mean().columns.tolist() == ["a", "c"]  # no text is left, so today takes it
    assert [use.name for use in blobprep.classic.report()] == ["pandas.DataFrame.median()"]


def test_a_frequency_by_its_name_of_then() -> None:
    series = pd.Series(range(60), index=pd.date_range("2016-01-01", periods=60))

    assert series.resample("M", how="sum").tolist() == [465, 1305]  # type: ignore[call-overload]


def test_a_call_that_is_taken_is_not_told(frame: pd.DataFrame) -> None:
    frame.drop(columns="a").mean(numeric_only=True)

    assert blobprep.classic.report() == []


def test_a_call_that_nobody_ever_took_is_refused_as_today(frame: pd.DataFrame) -> None:
    with pytest.raises(TypeError, match="unexpected keyword argument 'nonsense'"):
        frame.drop("a", nonsense=1)  # type: ignore[call-overload]
    with pytest.raises(KeyError, match="nothing"):
        frame.drop("nothing", axis=1)


def test_what_was_understood_fails_for_its_own_reason(frame: pd.DataFrame) -> None:
    with pytest.raises(KeyError, match="nothing"):
        frame.drop("nothing", 1)  # type: ignore[call-overload]


def test_a_script_that_catches_the_refusal_gets_it(frame: pd.DataFrame) -> None:
    try:
        found = frame.median()
    except TypeError:
        found = frame.median(numeric_only=True)

    assert found["a"] == 2
    assert blobprep.classic.report() == []


def test_a_function_of_the_script_is_not_called_twice(frame: pd.DataFrame) -> None:
    calls = []

    def narrow() -> None:
        calls.append(1)

    with pytest.raises(TypeError, match="positional argument"):
        frame["a"].apply(narrow)
    assert calls == []


def test_read_csv_with_what_it_no_longer_takes() -> None:
    table = pd.read_csv(
        io.StringIO("d;v\n2016-01-05;1\nbad;line;here\n"), ";", error_bad_lines=False, warn_bad_lines=False
    )  # type: ignore[call-overload]

    assert table["v"].tolist() == [1]


def test_an_array_of_values_may_be_written_and_is_the_frames_memory() -> None:
    frame = pd.DataFrame({"a": [1.0, 2.0], "b": [3.0, 4.0]})

    frame.values[0, 0] = 9

    assert frame["a"].tolist() == [9, 2]


def test_an_array_does_not_lead_into_another_frame() -> None:
    first = pd.DataFrame({"a": [1.0, 2.0]})
    second = first.dropna()  # which shares its memory with the first one

    second.values[0] = 9

    assert first["a"].tolist() == [1, 2]


def test_a_value_that_does_not_fit_widens_its_column() -> None:
    frame = pd.DataFrame({"a": [1, 2]})

    frame.loc[0, "a"] = "text"

    assert frame["a"].tolist() == ["text", 2]


def test_normed_is_density_and_draws_once() -> None:
    from matplotlib import pyplot as plt

    _, axes = plt.subplots()
    axes.hist([1, 2, 2, 3], bins=2, normed=True)
    drawn = len(axes.patches)
    plt.close("all")

    assert drawn == 2


def test_hold_false_clears_before_each_plot() -> None:
    from matplotlib import pyplot as plt

    plt.plot([1, 2])
    plt.hold(False)  # type: ignore[attr-defined]
    plt.plot([2, 3])
    plt.plot([3, 4])
    lines = len(plt.gca().lines)
    plt.close("all")

    assert lines == 1


def test_a_backend_for_a_screen_that_is_not_there_leaves_agg() -> None:
    import matplotlib

    matplotlib.use("TkAgg", warn=False)  # type: ignore[call-arg]

    assert matplotlib.get_backend().lower() == "agg"
    assert "there is no screen" in blobprep.classic.report()[0].how
