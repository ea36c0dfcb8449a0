"""Profiles as another process reads them: what is right comes back as it is, and nothing else is taken."""

from __future__ import annotations

import copy
import json
from collections.abc import Iterator
from typing import Any

import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st

from blobprep.child.profile.table import profile_table
from blobprep.protocol import Facts, FrameError, decode_facts, encode_facts
from blobprep.protocol.profile_checks import decode_profile
from blobprep.protocol.profiles import AskedProfile, TableProfile

TABLE = pa.table(
    {
        "n": [1.5, -2.5, None, 1e9, 1.5],
        "i": [2**60, 1, 2, 3, None],
        "t": ["a", "é\u202e", None, "x" * 5000, "a"],
        "c": pa.array(["u", "v", "u", None, "u"]).dictionary_encode(),
        "w": pa.array([0, 1, None, 3, 4], pa.timestamp("s")),
    }
)
PROFILE = profile_table(TABLE, AskedProfile())
ROW: dict[str, Any] = json.loads(encode_facts(Facts(profiles={"results": PROFILE})))["profiles"]["results"]

JSON = st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=3) | st.just([]) | st.just({})


def places(value: Any, path: tuple[Any, ...] = ()) -> Iterator[tuple[Any, ...]]:
    """Yield the way to each value within."""
    for key in value if isinstance(value, dict) else range(len(value)) if isinstance(value, list) else ():
        yield (*path, key)
        yield from places(value[key], (*path, key))


PLACES = list(places(ROW))


def test_what_is_right_comes_back_as_it_is() -> None:
    assert decode_profile(copy.deepcopy(ROW)) == PROFILE


@given(st.sampled_from(PLACES), JSON)
def test_one_wrong_value_is_refused_or_is_a_right_one(place: tuple[Any, ...], value: Any) -> None:
    row = copy.deepcopy(ROW)
    *way, last = place
    target: Any = row
    for key in way:
        target = target[key]
    target[last] = value
    facts = json.loads(encode_facts(Facts())) | {"profiles": {"results": row}}
    try:
        read = decode_facts(json.dumps(facts).encode()).profiles["results"]
    except FrameError:
        return
    assert decode_facts(encode_facts(Facts(profiles={"results": read}))).profiles == {"results": read}


@pytest.mark.parametrize(
    ("place", "value"),
    [
        (("rows",), -1),
        (("rows",), True),
        (("rows",), 2**63),
        (("width",), 1),
        (("exact",), 1),
        (("seconds",), float("nan")),
        (("seconds",), float("inf")),
        (("notes",), ["x" * 2001]),
        (("columns", 0, "name"), "x" * 2001),
        (("columns", 0, "kind"), "script"),
        (("columns", 0, "minimum"), float("inf")),
        (("columns", 0, "minimum"), [1]),
        (("columns", 0, "unique"), 1.5),
        (("columns", 0, "quantiles"), [[0.5]]),
        (("columns", 0, "bins", "edges"), [0, 1, 1]),
        (("columns", 0, "bins", "counts"), [1]),
        (("columns", 0, "missing_shape"), [1, -1]),
        (("columns", 0, "missing_shape"), [1, True]),
        (("columns", 2, "frequent", 0, "text"), 5),
        (("sample", "numbers"), [1, 0, 2, 3, 4]),
        (("sample", "numbers"), [0, 1, 2, 3]),
        (("sample", "columns"), 4),
        (("sample", "cells", 0, 0), 5),
        (("sample", "cells", 0, 0), "x" * 2001),
        (("sample", "cells", 0), ["1"]),
        (("sample", "lengths"), [[9, 0, 1]]),
        (("sample", "lengths"), [[0, 9, 1]]),
        (("sample", "lengths"), [[0, 1]]),
        (("drawn", 0, "values"), [1.0]),
        (("drawn", 0, "values", 0), "1"),
        (("drawn", 0, "values", 0), float("nan")),
        (("drawn", 0, "values", 0), True),
        (("drawn", 0, "column"), 5),
        (("associations", "strengths"), [1.0]),
        (("associations", "columns", 0), 99),
    ],
)
def test_what_does_not_fit_is_refused(place: tuple[Any, ...], value: Any) -> None:
    row = copy.deepcopy(ROW)
    target: Any = row
    for key in place[:-1]:
        target = target[key]
    target[place[-1]] = value

    with pytest.raises((TypeError, ValueError, KeyError)):
        decode_profile(row)


def test_a_category_that_is_not_listed_is_refused() -> None:
    row = copy.deepcopy(ROW)
    (drawn,) = (column for column in row["drawn"] if column["column"] == 3)
    for wrong in (len(drawn["categories"]), -1, 0.5, 0.0):
        drawn["values"][0] = wrong
        with pytest.raises(ValueError, match="category"):
            decode_profile(row)


def test_lone_surrogates_become_text_that_a_page_can_hold() -> None:
    row = copy.deepcopy(ROW)
    row["sample"]["cells"][0][2] = "\ud800"
    row["notes"] = ["\udfff"]
    read: TableProfile = decode_profile(row)
    assert (read.sample.cells[0][2], read.notes) == ("\\ud800", ("\\udfff",))
