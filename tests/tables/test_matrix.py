"""Every format, every type, every compression: the same values, or word of what became of them.

A format without a codec is left out, and so comes in by itself when it has one.
"""

from __future__ import annotations

import pyarrow as pa
import pytest

from blobprep.formats import COMPRESSIONS, FORMATS
from blobprep.tables.codecs import CODECS
from tests.tables.kinds import KINDS, journey

WRITTEN = [name for name in FORMATS if name in CODECS]


@pytest.mark.parametrize("name", WRITTEN)
@pytest.mark.parametrize("kind", KINDS)
def test_a_column_comes_back_or_the_ledger_or_an_error_names_it(name: str, kind: str) -> None:
    plain, *compressed = (journey(KINDS[kind], name, compression) for compression in ("none", *COMPRESSIONS))

    if plain.error is not None:
        assert "'x'" in plain.error.message
        assert plain.error.remedy
    elif plain.mark != "✓":
        assert plain.entries, f"{KINDS[kind].array.type} came back as {plain.back.type} and nothing told"
    for each in compressed:
        assert (each.mark, each.entries, str(each.error)) == (plain.mark, plain.entries, str(plain.error))
        assert each.back is None or str(each.back) == str(plain.back)


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
