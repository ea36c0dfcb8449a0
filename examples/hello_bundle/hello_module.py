"""A module of the user's own."""

import pandas as pd


def greeting(name):
    return f"Hello, {name}, from the bundle!"


def describe(frame, words):
    """Return one row a column: its label, its type, its first word."""
    columns = [str(label) for label in frame.columns]
    return pd.DataFrame(
        {
            "column": columns,
            "type": [str(kind) for kind in frame.dtypes],
            "word": [words[number % len(words)] for number in range(len(columns))],
        }
    )
