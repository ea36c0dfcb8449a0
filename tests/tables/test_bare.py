"""Rows without columns: what they take does not depend on their number, which a file may claim for nothing."""

from __future__ import annotations

import subprocess
import sys

import pytest

from blobprep.errors import DatasetError
from blobprep.tables.bare import bare_table
from tests.tables.test_codecs import encoded

# 2**44 rows, in a process that could not hold a bit for each of them.
_PROGRAM = """
import resource

resource.setrlimit(resource.RLIMIT_AS, (6 << 30, 6 << 30))

import pandas as pd
from blobprep.tables.translation import to_frame, to_table
from tests.tables.test_codecs import decoded, encoded, headed

returned, _ = to_table(pd.DataFrame(index=pd.RangeIndex(1 << 44)), "results")
print(returned.shape)
claimed, ledger = encoded(returned, "arrow")
print(len(claimed) < 1000, ledger)
read, _ = decoded(claimed, "arrow")
print(read.shape, headed(claimed, 10, "arrow")[0].shape)
frame, _ = to_frame(read, "dataset1", {})
print(frame.shape)
for name in ("csv", "arff", "parquet"):
    data, (entry,) = encoded(read, name)
    print(name, len(data) < 1000, entry.kind)
"""


@pytest.mark.parametrize("name", ["json", "jsonl"])
def test_json_has_an_empty_object_for_each_row_and_refuses_more_than_anybody_would_read(name: str) -> None:
    data, _ = encoded(bare_table(3), name)

    assert data.count(b"{}") == 3
    with pytest.raises(DatasetError, match="JSON would hold 17592186044416 rows without columns"):
        encoded(bare_table(1 << 44), name)


def test_a_table_of_rows_alone_has_their_number_and_no_bytes() -> None:
    table = bare_table(1 << 44)

    table.validate(full=True)
    assert (table.shape, table.nbytes) == ((1 << 44, 0), 0)


@pytest.mark.skipif(sys.platform != "linux", reason="elsewhere an address space has no limit")
def test_rows_that_a_file_only_claims_take_no_memory() -> None:
    ended = subprocess.run([sys.executable, "-c", _PROGRAM], capture_output=True, text=True, check=False)

    assert (ended.stdout.splitlines(), ended.returncode) == (
        [
            "(17592186044416, 0)",
            "True []",
            "(17592186044416, 0) (10, 0)",
            "(17592186044416, 0)",
            "csv True dropped",
            "arff True dropped",
            "parquet True dropped",
        ],
        0,
    ), ended.stderr
