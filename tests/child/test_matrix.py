"""Every format, every type, every compression: the same values, or word of what became of them."""

from __future__ import annotations

import pyarrow as pa
import pytest

from blobprep.child.codecs import CODECS
from blobprep.formats import COMPRESSIONS, FORMATS
from tests.child.kinds import KINDS, journey

WRITTEN = [name for name in FORMATS if name in CODECS]


@pytest.mark.parametrize("compression", ["none", *COMPRESSIONS])
@pytest.mark.parametrize("name", WRITTEN)
@pytest.mark.parametrize("kind", KINDS)
def test_a_column_comes_back_or_the_ledger_or_an_error_names_it(name: str, kind: str, compression: str) -> None:
    gone = journey(KINDS[kind], name, compression)

    if gone.error is not None:
        assert "'x'" in gone.error.message
        assert gone.error.remedy
    elif gone.mark != "✓":
        assert gone.entries, f"{KINDS[kind].array.type} came back as {gone.back.type} and nothing told"


@pytest.mark.parametrize("kind", KINDS)
def test_arrow_brings_every_type_back_as_itself(kind: str) -> None:
    gone = journey(KINDS[kind], "arrow")

    assert (gone.mark, gone.entries) == ("✓", ())
    assert gone.back.type == KINDS[kind].array.type


@pytest.mark.parametrize("kind", KINDS)
def test_parquet_tells_of_every_type_that_it_has_not(kind: str) -> None:
    gone = journey(KINDS[kind], "parquet")

    if gone.back is not None and gone.back.type != KINDS[kind].array.type:
        assert [entry.kind for entry in gone.entries] == ["cast"]


def test_the_matrix_has_every_type_that_datasets_may_have() -> None:
    """Fails when pyarrow brings a type that is neither here nor known to be none of ours."""
    ours = {kind.array.type.id for kind in KINDS.values()}
    others = {
        *("INTERVAL_MONTHS", "INTERVAL_MONTH_DAY_NANO", "INTERVAL_DAY_TIME"),
        *("SPARSE_UNION", "DENSE_UNION", "EXTENSION", "RUN_END_ENCODED"),
        *("STRING_VIEW", "BINARY_VIEW", "LIST_VIEW", "LARGE_LIST_VIEW"),
    }
    known = {name.removeprefix("Type_"): getattr(pa.lib, name) for name in vars(pa.lib) if name.startswith("Type_")}

    missing = {name for name, number in known.items() if number not in ours} - others

    assert missing == set()
