"""A Parquet file is read while it arrives: its footer first, then its row groups, none before it is there."""

from __future__ import annotations

import io
import os
import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.parquet
import pytest

from blobprep.protocol import AskedDataset
from blobprep.tables.codecs.columnar import parquet, thrift
from blobprep.tables.streaming_input import ArrivalFailed, InputFile

PIECE = 8 << 20


class Arriving:
    """A file of zeros, in which a range appears once it is asked for."""

    def __init__(self, path: Path, data: bytes) -> None:
        path.touch()
        self.descriptor = os.open(path, os.O_RDWR)
        os.ftruncate(self.descriptor, len(data))
        self.asked: list[tuple[int, int]] = []
        self.data = data
        self.ends = False
        self.file = InputFile(self.descriptor, len(data), self.need)

    def need(self, offset: int, length: int) -> None:
        self.asked.append((offset, offset + length))
        threading.Thread(target=self.arrive, args=(offset, offset + length)).start()

    def arrive(self, offset: int, end: int) -> None:
        if self.ends and offset == 0 and end == len(self.data):
            self.file.fail()
            return
        os.pwrite(self.descriptor, self.data[offset:end], offset)
        self.file.fill(offset, end)


@pytest.fixture
def arriving(tmp_path: Path) -> Iterator[Any]:
    made: list[Arriving] = []

    def make(data: bytes) -> Arriving:
        made.append(Arriving(tmp_path / "input", data))
        return made[-1]

    yield make
    for each in made:
        os.close(each.descriptor)


def written(table: Any, rows: int, **options: Any) -> bytes:
    file = io.BytesIO()
    pyarrow.parquet.write_table(table, file, row_group_size=rows, **options)
    return file.getvalue()


def read(arriving: Arriving) -> Any:
    size = len(arriving.data)
    asked = AskedDataset("dataset1", "az://work/x.parquet", size, "parquet", {})
    return parquet.decode(arriving.file, asked)[0]


def of_several_kinds(rows: int) -> Any:
    numbers = np.random.default_rng(0).random(rows)
    texts = pa.array([f"g{number % 9}" for number in range(rows)])
    return pa.table({"x": numbers, "n": np.arange(rows), "t": texts, "c": texts.dictionary_encode()})


def test_row_groups_are_read_in_order_while_the_rest_is_missing(arriving: Any) -> None:
    table = of_several_kinds(1_500_000)
    file = arriving(written(table, 400_000, compression="none"))
    assert read(file).equals(table)
    (tail, *groups) = file.asked
    assert tail == (len(file.data) - (64 << 10), len(file.data))
    assert len(groups) >= 2
    assert all(start == 0 for start, _ in groups)
    ends = [end for _, end in groups]
    assert ends == sorted(ends)
    assert ends[0] < len(file.data) - PIECE
    assert ends[-1] == len(file.data)


def test_small_row_groups_are_read_together(arriving: Any) -> None:
    table = of_several_kinds(20_000)
    file = arriving(written(table, 10))
    assert read(file).equals(table)
    assert len([end for start, end in file.asked if start == 0]) <= 2


def test_one_row_group_waits_for_all(arriving: Any) -> None:
    table = of_several_kinds(500_000)
    file = arriving(written(table, 1 << 20))
    assert read(file).equals(table)


def test_times_as_int96_are_read_row_group_by_row_group(arriving: Any) -> None:
    times = pa.array(np.arange(1_500_000) * 10**12, pa.timestamp("ns"))
    table = pa.table({"x": np.random.default_rng(0).random(1_500_000), "when": times})
    file = arriving(written(table, 500_000, use_deprecated_int96_timestamps=True))
    assert read(file).equals(table)
    assert len(file.asked) > 2


def test_a_file_that_stops_arriving_between_row_groups_is_an_error(arriving: Any) -> None:
    file = arriving(written(of_several_kinds(1_500_000), 400_000))
    file.ends = True
    with pytest.raises(ArrivalFailed):
        read(file)


def test_a_long_footer_is_not_looked_through(arriving: Any) -> None:
    table = pa.table({f"column {number}": np.arange(20_000) * number for number in range(200)})
    file = arriving(written(table, 2_000, compression="none"))
    assert read(file).equals(table)
    assert [(start, end) for start, end in file.asked if start == 0] == [(0, len(file.data))]


def test_row_groups_in_another_order_wait_for_all_before_them(arriving: Any) -> None:
    table = pa.table({"x": np.random.default_rng(0).random(4_000_000)})
    file = arriving(swap_groups(written(table, 1_000_000, compression="none", use_dictionary=False)))
    swapped = pa.concat_tables([table.slice(3_000_000), table.slice(1_000_000, 2_000_000), table.slice(0, 1_000_000)])
    assert read(file).equals(swapped)


def swap_groups(data: bytes) -> bytes:
    """Swap the first and the last row group in the footer."""
    length = int.from_bytes(data[-8:-4], "little")
    footer = thrift.read_struct(data[-8 - length : -8])
    groups = thrift.read_list(footer[4][1])
    groups[0], groups[-1] = groups[-1], groups[0]
    footer[4] = thrift.LIST, thrift.write_list(groups, thrift.STRUCT)
    changed = thrift.write_struct(footer)
    return data[: -8 - length] + changed + len(changed).to_bytes(4, "little") + b"PAR1"
