"""What bytes are, told from a sample of them where nothing else says so."""

from __future__ import annotations

import os
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from blobprep.errors import DatasetError, InvalidOption
from blobprep.protocol import AskedDataset
from blobprep.tables.codecs.compression import open_blob
from blobprep.tables.codecs.sources import blobs_of
from tests.tables.test_codecs import REFERENCE, TABLE, encoded, input_file
from tests.tables.test_codecs_compression import zipped


def seen(data: bytes, **options: str) -> AskedDataset:
    source = input_file(data)
    try:
        return open_blob(blobs_of(source, AskedDataset("dataset1", REFERENCE, len(data), "", options, ""))[0]).asked
    finally:
        os.close(source.descriptor)


@pytest.mark.parametrize(
    ("data", "name", "options"),
    [
        (b"a,b\n1,2\n", "csv", {}),
        (b'"a,x",b\n1,2\n', "csv", {}),
        (b"a;b\n1,5;2,5\n", "csv", {"delimiter": ";"}),
        (b"a|b\n1|2\n", "csv", {"delimiter": "|"}),
        (b"a\tb\n1\t2,3\n", "tsv", {}),
        (b"sep=;\na;b\n1;2\n", "csv", {}),
        (b'"sep=\t"\r\na\tb\r\n', "csv", {}),
        ("имя,город\nМосква,1\n".encode("utf-16-le"), "csv", {}),
        ("\ufeffä\tb\n1\t2\n".encode("utf-16"), "tsv", {}),
        (b"% of weather\n\n@RELATION x\n@ATTRIBUTE a NUMERIC\n", "arff", {}),
        (b"1 1:0.5 3:2\n-1 2:1e3 # why\n", "svmlight", {}),
        (b"+1 qid:3 1:.5\n", "svmlight", {}),
        (b'[{"a": 1}]', "json", {}),
        (b'{\n"a": [1]}', "json", {}),
        (b'{"a": [1], "b": [2]}', "json", {}),
        (b'{"a": 1}\n{"a": 2}\n', "jsonl", {}),
        (b'{"a": 1}\n', "jsonl", {}),
        (zipped(**{"x.tsv": b"a\n1\n"}), "tsv", {}),
        (zipped(x=b"a,b\n1,2\n"), "csv", {}),
    ],
)
def test_the_first_bytes_tell_the_format(data: bytes, name: str, options: dict[str, str]) -> None:
    told = seen(data)

    assert told.format == name
    assert {key: told.options[key] for key in options} == options


@pytest.mark.parametrize("name", ["parquet", "arrow"])
def test_what_we_write_is_told(name: str) -> None:
    assert seen(encoded(TABLE, name)[0]).format == name


@pytest.mark.parametrize(
    ("data", "words"),
    [
        (b"", "is empty"),
        (b"one line of prose", "begins with 'one line of prose'"),
        (b"a\nb\nc\n", "begins with 'a'"),
        (b"\0\1\2", "begins with"),
        (b"PAR", "begins with 'PAR'"),
    ],
)
def test_what_tells_no_format_is_shown(data: bytes, words: str) -> None:
    with pytest.raises(DatasetError, match=words) as caught:
        seen(data)

    assert "--read1 format=csv" in caught.value.remedy or words == "is empty"


def test_options_are_checked_when_the_format_is_known() -> None:
    assert seen(b"a,b\n1,2\n", header="false").options["header"] == "false"
    with pytest.raises(InvalidOption, match="'sheet' is not an option for reading csv"):
        seen(b"a,b\n1,2\n", sheet="x")


@given(st.binary(max_size=200) | st.text(st.sampled_from('a1,;\t:"{}[]@%# \n')).map(str.encode))
def test_no_bytes_end_otherwise_than_with_a_format_or_an_error(data: bytes) -> None:
    try:
        told: Any = seen(data)
    except DatasetError:
        return
    assert told.format
