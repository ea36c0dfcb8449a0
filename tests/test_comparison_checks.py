"""What a child says about two tables is checked before it is believed."""

from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from blobprep.protocol import (
    ChildRequest,
    Facts,
    FrameError,
    decode_facts,
    decode_request,
    encode_facts,
    encode_request,
)
from blobprep.protocol.comparisons import (
    AskedComparison,
    ChangedCell,
    ChangedRow,
    ColumnComparison,
    SingleRow,
    TableComparison,
)
from blobprep.protocol.profiles import CELL_LIMIT
from tests.generating import json_values, spoiled

COMPARED = TableComparison(
    "key",
    first_rows=4,
    second_rows=5,
    first_width=2,
    second_width=2,
    key=("id",),
    equal=False,
    columns=(
        ColumnComparison("id", 0, 0, "int64", "string", is_key=True, compared=3),
        ColumnComparison("price", 1, None, "double", compared=3, changed=2, filled=1, largest=0.5, mean=-0.25),
        ColumnComparison("note", None, 1, "", "string", note="only the second table has it"),
    ),
    width=3,
    same=1,
    changed=2,
    removed=1,
    added=2,
    changed_rows=(ChangedRow(0, 2, ("7",), (ChangedCell(1, None, "1.5"),), 1),),
    removed_rows=(SingleRow(3, ("9", None)),),
    notes=("the rest is not shown",),
)
VALID: dict[str, Any] = json.loads(encode_facts(Facts(comparison=COMPARED)))["comparison"]
ROW = VALID["changed_rows"][0]


def _facts(**changes: Any) -> bytes:
    facts = json.loads(encode_facts(Facts(comparison=COMPARED)))
    facts["comparison"] |= changes
    return json.dumps(facts).encode()


def test_a_comparison_comes_through_the_facts_as_it_is() -> None:
    assert decode_facts(encode_facts(Facts(comparison=COMPARED))).comparison == COMPARED
    assert decode_facts(encode_facts(Facts())).comparison is None


def test_what_is_asked_of_a_comparison_comes_through_the_request() -> None:
    request = ChildRequest("compare", comparison=AskedComparison(("id", "day"), rows=3, seconds=1.5, values=False))

    assert decode_request({k: v for k, v in json.loads(encode_request(request)).items() if k != "frame"}) == request


@pytest.mark.parametrize(
    "changes",
    [
        {"paired_by": "magic"},
        {"same": 2},  # 2 + 2 + 1 rows are not 4
        {"added": 0},
        {"columns": [VALID["columns"][0] | {"changed": 4}], "changed_rows": []},
        {"changed_rows": [ROW | {"cells": [ROW["cells"][0] | {"column": 3}]}]},
        {"changed_rows": [ROW | {"count": 0}]},
        {"changed_rows": [ROW | {"first": -1}]},
        {"removed_rows": [{"number": number, "cells": []} for number in range(1001)]},
        {"width": 2},
        {"equal": 1},
        {"seconds": "1"},
        {"seconds": float("nan")},
        {"key": "id"},
        {"notes": ["x" * (CELL_LIMIT + 1)]},
    ],
    ids=lambda changes: next(iter(changes)),
)
def test_a_comparison_that_does_not_fit_together_is_refused(changes: dict[str, Any]) -> None:
    with pytest.raises(FrameError):
        decode_facts(_facts(**changes))


@given(st.data())
def test_a_spoiled_comparison_is_refused_or_has_its_shape(data: st.DataObject) -> None:
    values = json.loads(encode_facts(Facts()))
    values["comparison"] = data.draw(spoiled(VALID) | json_values)

    try:
        read = decode_facts(json.dumps(values).encode()).comparison
    except FrameError:
        return
    assert read is None or isinstance(read, TableComparison)
