from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd
import pytest

from blobprep.child.script.entry import ScriptFailed
from blobprep.child.script.return_value import read_return_value

FRAME = pd.DataFrame({"a": [1]})
OTHER = pd.DataFrame({"b": [2]})


class Frame(pd.DataFrame):
    """Be a subclass, as geopandas has one."""


def array(*elements: Any) -> Any:
    made = np.empty(len(elements), dtype=object)
    for index, each in enumerate(elements):
        made[index] = each
    return made


@pytest.mark.parametrize(
    "value",
    [FRAME, (FRAME,), [FRAME], array(FRAME), (FRAME, None), [FRAME, None, None]],
    ids=["bare", "tuple", "list", "array", "template", "nones"],
)
def test_a_frame_is_found_and_nothing_is_dropped(value: Any) -> None:
    returned = read_return_value(value)

    assert returned.frame is FRAME
    assert returned.second is None
    assert returned.dropped == ()


def test_a_subclass_is_a_frame() -> None:
    assert isinstance(read_return_value((Frame({"a": [1]}),)).frame, Frame)


@pytest.mark.parametrize("kind", [tuple, list, lambda elements: array(*elements)], ids=["tuple", "list", "array"])
def test_a_second_frame_is_kept_apart_and_the_rest_is_described(kind: Any) -> None:
    returned = read_return_value(kind([FRAME, OTHER, 5, None, OTHER]))

    assert returned.frame is FRAME
    assert returned.second is OTHER
    assert returned.dropped == ("element 3, an int", "element 5, a DataFrame")


def test_a_frame_that_is_not_second_is_dropped_too() -> None:
    returned = read_return_value((FRAME, "text", OTHER))

    assert returned.second is None
    assert returned.dropped == ("element 2, a str", "element 3, a DataFrame")


@pytest.mark.parametrize(
    ("value", "what"),
    [
        (None, "None"),
        ((), "an empty tuple"),
        ([], "an empty list"),
        (array(), "an empty list"),
        ((None, FRAME), "a tuple whose first element is None"),
        ([[FRAME]], "a list whose first element is a list"),
        ((FRAME["a"],), "a tuple whose first element is a Series"),
        (FRAME["a"], "a Series"),
        ({"a": FRAME}, "a dict"),
        ({FRAME.shape}, "a set"),
        ("text", "a str"),
        (5, "an int"),
        (FRAME.to_numpy(), "a NumPy array of shape (1, 1) and type int64"),
        (np.array([FRAME]), "a NumPy array of shape (1, 1, 1) and type int64"),
        (np.array([FRAME, OTHER], dtype=object), "a NumPy array of shape (2, 1, 1) and type object"),
        (np.array(5), "a NumPy array of shape () and type int64"),
        ((frame for frame in [FRAME]), "a generator"),
    ],
)
def test_anything_else_is_described_with_what_to_write(value: Any, what: str) -> None:
    with pytest.raises(ScriptFailed) as raised:
        read_return_value(value)

    assert str(raised.value).startswith(f"azureml_main returned {what}")
    assert str(raised.value).endswith("return df,")
