"""The frames and series that probes are played on: small, and each with what makes classic code stumble.

A probe gets them anew each time, since many write into them. The columns stand in the order that pandas gave to
those of a dictionary then, which is the alphabet's.
"""

from __future__ import absolute_import, division, print_function

import numpy as np
import pandas as pd


def _frame(index, columns=("a", "b", "c")):
    rows = [[1, 0.5, "x"], [2, np.nan, "y"], [3, 2.5, np.nan], [4, -1.25, "x"]]
    frame = pd.DataFrame({"a": [row[0] for row in rows], "b": [row[1] for row in rows], "c": [row[2] for row in rows]})
    frame = frame.iloc[: len(index)].copy()
    frame.index = index
    frame.columns = list(columns)
    return frame


def plain():
    """Rows 0 to 3: an int, a float with one missing, a text with one missing."""
    return _frame([0, 1, 2, 3])


def steps():
    """The same with other numbers as labels."""
    return _frame([10, 20, 30, 40])


def backwards():
    """The same with the labels the other way round."""
    return _frame([3, 2, 1, 0])


def twice():
    """The same with a label that is there twice."""
    return _frame([1, 1, 2, 3])


def letters():
    """The same with texts as labels."""
    return _frame(["p", "q", "r", "s"])


def doubles():
    """The same with a text that is there twice."""
    return _frame(["p", "q", "p", "s"])


def days():
    """The same with dates as labels."""
    return _frame(pd.date_range("2016-01-30", periods=4))


def decimals():
    """The same with floats as labels."""
    return _frame([0.5, 1.0, 1.5, 2.0])


def medley():
    """The same with labels of several types."""
    return _frame([1, "q", 2, "s"])


def levels():
    """The same with two levels of labels."""
    return _frame(pd.MultiIndex.from_tuples([("g", 1), ("g", 2), ("h", 1), ("h", 2)], names=["k", "n"]))


def empty():
    """The columns without a row."""
    return plain().iloc[:0]


def single():
    """One row."""
    return _frame([0])


def twins():
    """Two columns of one name."""
    return _frame([0, 1, 2, 3], ["a", "b", "a"])


def numbered():
    """Numbers as names of columns."""
    return _frame([0, 1, 2, 3], [0, 1, 2])


def swapped():
    """Numbers as names of columns, and not their places."""
    return _frame(["p", "q", "r", "s"], [2, 0, 1])


def grid():
    """Ints alone, three by three."""
    return pd.DataFrame([[1, 2, 3], [4, 5, 6], [7, 8, 9]], columns=["a", "b", "c"])


def gaps():
    """Floats with missing ones."""
    return pd.DataFrame({"a": [1.0, np.nan, 3.0, 4.5], "b": [np.nan, 2.0, np.nan, 8.0]})


def kinds():
    """Every type of column that a dataset had."""
    frame = pd.DataFrame(
        {
            "b": [True, False, True],
            "f": [1.5, np.nan, -2.0],
            "i": [3, 1, 2],
            "s": ["x", "y", "x"],
            "t": [pd.Timestamp(day) for day in ("2016-01-04", "2016-03-01 12:30", "2015-12-31")],
        }
    )
    return frame[["b", "f", "i", "s", "t"]]


def sales():
    """A small table to group."""
    frame = pd.DataFrame(
        {
            "amount": [10.0, 20.5, np.nan, 5.0, 7.5, 1.0],
            "city": ["Oslo", "Rome", "Oslo", "Rome", "Oslo", "Pisa"],
            "count": [1, 2, 3, 4, 5, 6],
            "year": [2015, 2015, 2016, 2016, 2016, 2015],
        }
    )
    return frame[["amount", "city", "count", "year"]]


def prices():
    """Ten days of a price with one missing, by date."""
    values = [10.0, 10.5, np.nan, 11.0, 12.5, 12.0, 11.5, 13.0, 14.0, 13.5]
    return pd.DataFrame({"price": values, "volume": range(10)}, index=pd.date_range("2016-01-25", periods=10))


def numbers():
    """A series of ints, labelled from 0."""
    return pd.Series([4, 2, 9, 2])


def words():
    """A series of texts, one missing."""
    return pd.Series(["pear", "fig", np.nan, "fig"], name="w")


def labelled():
    """A series of floats, one missing, labelled with texts."""
    return pd.Series([3.5, np.nan, -1.0, 2.0], index=["p", "q", "r", "s"], name="v")


def shifted():
    """A series of ints, labelled with other ints."""
    return pd.Series([4, 2, 9, 2], index=[3, 2, 1, 0])


def dated():
    """A series of floats by date."""
    return pd.Series([1.0, 2.0, np.nan, 4.0, 5.0], index=pd.date_range("2016-02-27", periods=5))


def none():
    """A series without a value."""
    return pd.Series([], dtype="float64")
