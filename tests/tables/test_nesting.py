"""Arrays taken apart and put together are what they were."""

from __future__ import annotations

import pyarrow as pa
from hypothesis import given
from hypothesis import strategies as st

from blobprep.tables.nesting import iter_plain, rebuild
from tests.child import limits
from tests.child.limits import exact


@given(limits.kinds.flatmap(lambda kind: limits.columns(kind, 4)), st.integers(0, 3))
def test_an_array_of_the_same_plain_ones_is_the_same(array: pa.Array, start: int) -> None:
    part = array.slice(start)
    made = rebuild(part, lambda each: each)
    made.validate(full=True)

    assert exact(made) == exact(array)[start:]
    assert made.type == array.type


def test_plain_arrays_are_in_the_order_of_their_fields_keys_before_items() -> None:
    kind = pa.struct([("a", pa.list_(pa.int8())), ("b", pa.map_(pa.string(), pa.bool_()))])
    array = pa.array([{"a": [1, None], "b": [("k", True)]}, None], kind)

    assert [each.to_pylist() for each in iter_plain(array)] == [[1, None], ["k"], [True]]
