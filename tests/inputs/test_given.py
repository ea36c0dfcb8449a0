from __future__ import annotations

import io

import pandas as pd
import pyarrow as pa
import pytest

from blobprep.errors import DatasetError, InvalidOption
from blobprep.inputs.given import encode_table


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
    with pytest.raises(InvalidOption, match=r"dataset1 is a list \(pass a reference"):
        encode_table("dataset1", [1, 2])


def test_a_lossy_translation_is_refused_where_that_is_forbidden() -> None:
    mixed = pd.DataFrame({"a": [1, "x", object]})
    encode_table("dataset1", mixed)[0].close()
    with pytest.raises(DatasetError, match=r"--lossless forbids a translation: dataset1, column 'a'"):
        encode_table("dataset1", mixed, lossless=True)


def test_a_translation_that_loses_nothing_is_not_refused() -> None:
    given, _ = encode_table("dataset1", pd.DataFrame({"a": [1]}), lossless=True)
    given.close()
