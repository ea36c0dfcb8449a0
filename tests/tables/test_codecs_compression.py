"""What a dataset is inside of: gzip and zip, taken off and put on."""

from __future__ import annotations

import gzip
import io
import os
import zipfile
from collections.abc import Callable

import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st

from blobprep.errors import DatasetError
from blobprep.tables import codecs
from blobprep.tables.streaming_input import ArrivalFailed
from tests.tables.test_codecs import REFERENCE, asked, decoded, encoded, headed, input_file

TEXT = b"a,b\n1,x\n2,y\n"
TABLE = pa.table({"a": [1, 2], "b": ["x", "y"]})


def zipped(**members: bytes) -> bytes:
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, data in members.items():
            archive.writestr(zipfile.ZipInfo(name), data)  # of no particular time: tests are called by their bytes
    return file.getvalue()


@pytest.mark.parametrize("inside", [gzip.compress, lambda data: zipped(**{"a.csv": data})])
def test_a_text_inside_is_read_as_if_it_were_not(inside: Callable[[bytes], bytes]) -> None:
    table, ledger = decoded(inside(TEXT))

    assert table.equals(TABLE)
    assert ledger == []


@pytest.mark.parametrize("name", ["parquet", "arrow"])
@pytest.mark.parametrize("inside", [gzip.compress, lambda data: zipped(x=data)])
def test_a_format_that_is_read_from_its_end_may_be_inside_too(name: str, inside: Callable[[bytes], bytes]) -> None:
    data = inside(encoded(TABLE, name)[0])

    assert decoded(data, name)[0].equals(TABLE)
    assert headed(data, 1, name)[0].num_rows == 1


def test_several_gzip_files_one_behind_the_other_are_one() -> None:
    data = gzip.compress(TEXT[:6]) + gzip.compress(TEXT[6:])

    assert decoded(data)[0].equals(TABLE)


@pytest.mark.parametrize("compression", ["gzip", "zip"])
@pytest.mark.parametrize("name", codecs.CODECS)
def test_results_are_put_inside_and_the_same_results_are_the_same_bytes(name: str, compression: str) -> None:
    table = TABLE.select(["a"] if name in ("svmlight",) else ["b"] if name == "plaintext" else ["a", "b"])

    data, _ = encoded(table, name, compression=compression)
    again, _ = encoded(table, name, compression=compression)

    assert data == again or name == "excel"  # a workbook holds its time
    assert data.startswith(b"\x1f\x8b" if compression == "gzip" else b"PK")
    plain, _ = encoded(table, name)
    if name != "excel":
        assert (gzip.decompress(data) if compression == "gzip" else _only(data)) == plain


def _only(data: bytes) -> bytes:
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        (name,) = archive.namelist()
        return archive.read(name)


def test_the_file_in_a_zip_is_named_after_its_port() -> None:
    data, _ = encoded(TABLE, "csv", compression="zip")

    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        assert archive.namelist() == ["results.csv"]


def test_a_member_is_chosen_by_its_name() -> None:
    data = zipped(**{"a.csv": b"z\n9\n", "b/c.csv": TEXT})

    assert decoded(data, member="b/c.csv")[0].equals(TABLE)


def test_a_zip_of_several_files_lists_them() -> None:
    with pytest.raises(DatasetError, match=r"is a zip of 2 files: 'a.csv', 'b.csv'") as caught:
        decoded(zipped(**{"a.csv": TEXT, "b.csv": TEXT}))

    assert "--read1 member=a.csv" in caught.value.remedy


def test_what_a_mac_adds_to_a_zip_and_folders_are_no_members() -> None:
    data = zipped(**{"d/": b"", "d/a.csv": TEXT, "__MACOSX/d/._a.csv": b"\0"})

    assert decoded(data)[0].equals(TABLE)


@pytest.mark.parametrize(
    ("data", "options", "words"),
    [
        (zipped(), {}, "is a zip without files"),
        (zipped(a=TEXT), {"member": "b"}, "has no member 'b'"),
        (TEXT, {"member": "b"}, "is not a zip file, so it has no members"),
        (TEXT, {"compression": "gzip"}, "is text with commas, not gzip"),
        (gzip.compress(TEXT, mtime=0), {"compression": "zip"}, "is a gzip file, not zip"),
        (b"", {"compression": "gzip"}, "is empty, not gzip"),
        (gzip.compress(TEXT * 1000, mtime=0)[:-9], {}, "is a damaged gzip file"),
        (gzip.compress(TEXT, mtime=0)[:-8] + bytes(8), {}, "is a damaged gzip file"),
        (gzip.compress(TEXT, mtime=0) + b"rubbish", {}, "is a damaged gzip file"),
        (zipped(a=TEXT)[:-4], {}, "is not a zip file, or is damaged"),
        (gzip.compress(TEXT, mtime=0), {"compression": "none"}, "is a gzip file, not csv"),
    ],
)
def test_what_is_wrong_with_it_is_said(data: bytes, options: dict[str, str], words: str) -> None:
    with pytest.raises(DatasetError, match=f"{REFERENCE} {words}"):
        decoded(data, **options)


def test_a_member_that_is_not_what_the_zip_says_is_damaged() -> None:
    data = bytearray(zipped(a=TEXT))
    at = data.index(b"PK\x01\x02") + 16
    data[at] ^= 1  # its checksum

    with pytest.raises(DatasetError, match="is a damaged zip file"):
        decoded(bytes(data))


def test_an_encrypted_member_is_refused() -> None:
    data = bytearray(zipped(a=TEXT))
    data[6] |= 1
    data[data.index(b"PK\x01\x02") + 8] |= 1

    with pytest.raises(DatasetError, match="has an encrypted member"):
        decoded(bytes(data))


def test_the_head_of_a_large_gzip_file_waits_only_for_its_start() -> None:
    rows = b"".join(b"%d,%d\n" % (row, row * 7919 % 65_521) for row in range(2_000_000))
    data = gzip.compress(b"a,b\n" + rows, 1)
    source = input_file(data, lambda *_: source.fill(0, 4 << 20))
    assert len(data) > 8 << 20

    table, total = codecs.head(source, asked("csv", len(data)), 5)

    os.close(source.descriptor)
    assert (table.num_rows, total) == (5, None)


def test_an_input_that_ends_early_is_not_the_datasets_fault() -> None:
    source = input_file(zipped(a=TEXT), lambda *_: source.fail())

    with pytest.raises(ArrivalFailed):
        codecs.decode(source, asked("csv", source.length))

    os.close(source.descriptor)


@given(st.binary(max_size=64), st.integers(0, 400), st.booleans())
def test_damage_is_always_a_dataset_error(noise: bytes, at: int, zip_: bool) -> None:
    data = zipped(**{"a.csv": TEXT}) if zip_ else gzip.compress(TEXT, mtime=0)
    mutated = data[: at % len(data)] + noise + data[at % len(data) + len(noise) :]
    try:
        table, _ = decoded(mutated)
    except DatasetError:
        return
    assert table.num_columns > 0
