from __future__ import annotations

from blobprep.outputs.existing import current_conditions
from blobprep.stores import IfAbsent, IfMatch
from tests.inputs.hooked import Hooked
from tests.runs.arranging import CONTAINER, located, memory, put


def test_a_condition_demands_the_blob_that_is_there_or_that_there_is_none() -> None:
    store = memory()
    there = put(store, "a", b"1")
    assert current_conditions({"x": there, "y": located(store, "b")}) == {
        "x": IfMatch(there.properties().etag),
        "y": IfAbsent(),
    }


def test_a_missing_container_has_no_blob() -> None:
    store = Hooked(memory())
    del store.store._containers[CONTAINER]  # type: ignore[attr-defined]
    assert current_conditions({"x": located(store, "a")}) == {"x": IfAbsent()}
