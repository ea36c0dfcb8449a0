from __future__ import annotations

import io

import pandas as pd
import pyarrow as pa
import pytest

from blobprep.errors import DatasetError, InvalidOption
from blobprep.inputs.in_memory import encode_table, require_lossless


def decoded(table: object) -> pa.Table:
    given, _ = encode_table("dataset1", table)
    with given:
        return pa.ipc.open_file(io.BytesIO(given.read(0, given.size))).read_all()


def test_a_table_travels_as_it_is() -> None:
    table = pa.table({"a": [1, None], "b": ["x", "y"]})
    assert decoded(table).equals(table)


def test_an_empty_table_travels_too() -> None:
    assert decoded(pa.table({})).shape == (0, 0)


def test_a_frame_is_translated_as_a_scripts_result_would_be() -> None:
    frame = pd.DataFrame([[1, 2]], columns=["a", "a"], index=pd.Index(["row"], name="key"))
    given, changes = encode_table("dataset2", frame)
    given.close()
    assert decoded(frame).column_names == ["a", "a (1)"]
    assert {(change.port, change.kind) for change in changes} == {("dataset2", "index"), ("dataset2", "rename")}


def test_a_table_has_no_changes_in_the_ledger() -> None:
    given, changes = encode_table("dataset1", pa.table({"a": [1]}))
    given.close()
    assert changes == ()


def test_something_else_is_refused_by_the_name_of_its_type() -> None:
    with pytest.raises(InvalidOption, match=r"dataset1 cannot be a list \(pass a reference"):
        encode_table("dataset1", [1, 2])


def test_lossy_translations_are_refused_all_at_once_with_what_can_be_done() -> None:
    frame = pd.DataFrame({"a": [1, "x", object], "b": [1, "y", 2]}, index=["r", "s", "t"])
    given, changes = encode_table("dataset1", frame)
    given.close()

    with pytest.raises(DatasetError, match="--lossless forbids what would be lost:\n") as caught:
        require_lossless(changes)

    _, *lines = caught.value.message.splitlines()
    assert [line.partition(":")[0] for line in lines] == ["dataset1", "dataset1, column 'a'", "dataset1, column 'b'"]
    assert lines[0].endswith("return frame.reset_index()")
    assert lines[2].endswith("(3 values, such as 1); give the column's values one type in the script")


def test_a_translation_that_loses_nothing_is_not_refused() -> None:
    given, changes = encode_table("dataset1", pd.DataFrame({"a": [1], 2: [3]}))
    given.close()

    assert [change.kind for change in changes] == ["rename"]
    require_lossless(changes)


def test_an_example_of_a_callers_frame_is_no_secret() -> None:
    given, (change,) = encode_table("dataset1", pd.DataFrame({"a": ["https://a.blob/x?sig=c2VjcmV0", 2]}))
    given.close()

    assert (change.count, change.example) == (2, "")
