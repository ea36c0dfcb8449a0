"""A footer that is no footer is refused; what it changes in a good one is tested with the times of INT96."""

from __future__ import annotations

import io
from contextlib import suppress

import pyarrow as pa
import pyarrow.parquet
import pytest

from blobprep.errors import DatasetError
from tests.tables.test_codecs import decoded
from tests.tables.test_int96 import written


def test_a_footer_in_which_a_byte_is_another_is_read_or_refused() -> None:
    data = written(pa.table({"x": pa.array([1, 2], pa.timestamp("us")), "y": [1, 2]}), compression="none")
    length = int.from_bytes(data[-8:-4], "little")

    for place in range(len(data) - 8 - length, len(data) - 8, 3):
        for byte in (0x00, 0x15, 0x1C, 0xFF):
            with suppress(DatasetError):
                decoded(data[:place] + bytes([byte]) + data[place + 1 :], "parquet")


@pytest.mark.parametrize("columns", [1, 20, 300])
def test_any_number_of_columns_is_walked_through(columns: int) -> None:
    table = pa.table({f"column {number}": pa.array([number], pa.timestamp("us")) for number in range(columns)})

    assert decoded(written(table), "parquet")[0].to_pylist() == table.to_pylist()


def test_a_file_without_int96_is_left_to_arrow() -> None:
    file = io.BytesIO()
    pyarrow.parquet.write_table(pa.table({"x": pa.array([b"0123456789ab"], pa.binary(12))}), file)

    assert decoded(file.getvalue(), "parquet")[0]["x"].to_pylist() == [b"0123456789ab"]
