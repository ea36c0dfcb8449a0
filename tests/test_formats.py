from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from blobprep.errors import InvalidOption
from blobprep.formats import (
    FORMATS,
    NameHints,
    content_type_of,
    document_in,
    encoding_named,
    extension_of,
    format_by_content_type,
    format_by_name,
    format_named,
    parse_options,
    read_options,
    split_labels,
    write_options,
)

NAMES = st.text(st.characters(exclude_characters='=,"', exclude_categories=["Z", "C"]), min_size=1, max_size=10)


@given(st.dictionaries(NAMES, st.text(max_size=10)))
def test_options_that_are_quoted_are_read_as_they_are(options):
    text = ",".join(name + '="' + value.replace('"', '""') + '"' for name, value in options.items())

    assert parse_options(text) == options


@pytest.mark.parametrize(
    ("text", "options"),
    [
        ("", {}),
        ("header=false", {"header": "false"}),
        ("header=false, encoding = latin-1 ", {"header": "false", "encoding": "latin-1"}),
        ('delimiter=",",header=true', {"delimiter": ",", "header": "true"}),
        ('delimiter=" "', {"delimiter": " "}),
        ("missing=", {"missing": ""}),
        ("dates=a;b", {"dates": "a;b"}),
        ("delimiter==", {"delimiter": "="}),
    ],
)
def test_a_list_of_options_is_read(text, options):
    assert parse_options(text) == options


@pytest.mark.parametrize("text", ["header", "=true", "a=1,a=2", 'a="open', "a=1,,b=2", 'a="b"c'])
def test_what_is_no_list_of_options_is_refused(text):
    with pytest.raises(InvalidOption, match="KEY=VALUE"):
        parse_options(text)


@pytest.mark.parametrize(
    ("blob", "name", "compression"),
    [
        ("a/b.csv", "csv", ""),
        ("B.CSV", "csv", ""),
        ("x.tsv", "tsv", ""),
        ("x.pq", "parquet", ""),
        ("x.feather", "arrow", ""),
        ("x.xls", "excel", ""),
        ("x.ndjson", "jsonl", ""),
        ("x.txt", "plaintext", ""),
        ("x.csv.gz", "csv", "gzip"),
        ("x.ARFF.ZIP", "arff", "zip"),
    ],
)
def test_a_blobs_extensions_show_its_format_and_what_it_is_inside_of(blob, name, compression):
    named = format_by_name(blob)

    assert named.format is not None
    assert (named.format.name, named.compression) == (name, compression)


@pytest.mark.parametrize(
    ("blob", "compression"), [("", ""), ("csv", ""), ("x.exe", ""), ("x.gz", "gzip"), ("x.zip", "zip")]
)
def test_another_extension_shows_no_format(blob, compression):
    assert format_by_name(blob) == NameHints(None, compression)


@pytest.mark.parametrize(
    ("content_type", "name"),
    [("text/csv", "csv"), ("Text/CSV; charset=utf-8", "csv"), ("application/vnd.ms-excel", "excel")],
)
def test_a_content_type_shows_a_format(content_type, name):
    assert format_by_content_type(content_type) is FORMATS[name]


@pytest.mark.parametrize("content_type", ["", "text/plain", "application/octet-stream", "application/zip"])
def test_a_content_type_that_says_little_shows_none(content_type):
    assert format_by_content_type(content_type) is None


@pytest.mark.parametrize("row", FORMATS.values(), ids=lambda row: row.name)
def test_what_is_written_can_be_told_by_name_and_content_type(row):
    for compression in ("none", "gzip", "zip"):
        written = write_options(row, {"compression": compression})
        named = format_by_name(f"results{extension_of(row, written)}")
        assert named == NameHints(row, "" if compression == "none" else compression)
    plain = format_by_content_type(content_type_of(row, write_options(row, {})))
    assert plain in (row, None) if row.name == "plaintext" else plain is row


def test_no_two_formats_share_a_content_type():
    content_types = [each for row in FORMATS.values() for each in row.content_types]

    assert len(content_types) == len(set(content_types))


def test_no_two_formats_share_an_extension():
    extensions = [extension for row in FORMATS.values() for extension in row.extensions]

    assert len(extensions) == len(set(extensions))
    assert all(name == row.name for name, row in FORMATS.items())


@pytest.mark.parametrize("row", FORMATS.values(), ids=lambda row: row.name)
def test_the_defaults_of_every_format_are_options_it_takes(row):
    assert read_options(row, {}) == read_options(row, read_options(row, {}))
    assert write_options(row, {}) == write_options(row, write_options(row, {}))


def test_options_are_completed_and_a_boolean_becomes_text():
    options = read_options(FORMATS["csv"], {"header": False, "delimiter": ";"})

    assert (options["header"], options["delimiter"], options["encoding"]) == ("false", ";", "auto")


def test_an_unknown_format_option_or_value_is_refused_with_those_that_exist():
    with pytest.raises(InvalidOption, match="csv, tsv, arff"):
        format_named("word")
    with pytest.raises(InvalidOption, match="header, encoding"):
        read_options(FORMATS["csv"], {"headers": "true"})
    with pytest.raises(InvalidOption, match="true or false"):
        read_options(FORMATS["csv"], {"header": "maybe"})
    with pytest.raises(InvalidOption, match="options are codec, compression"):
        write_options(FORMATS["arrow"], {"header": "true"})


@pytest.mark.parametrize(
    "given", [{"encoding": "nope"}, {"encoding": "base64"}, {"delimiter": ""}, {"delimiter": ";;"}]
)
def test_an_encoding_or_delimiter_that_means_nothing_is_refused_before_anything_runs(given: dict[str, str]) -> None:
    with pytest.raises(InvalidOption, match=next(iter(given))):
        read_options(FORMATS["csv"], given)


@pytest.mark.parametrize(
    ("name", "encoding"),
    [
        ("auto", "auto"),
        ("Unicode", "utf-16"),
        ("UTF-32", "utf-32"),
        ("UTF-7", "utf-7"),
        ("Big5", "big5"),
        ("GB2312", "gb2312"),
        ("Mac-Simplified", "gb2312"),
        ("GB2312-80", "gb2312"),
        ("ISO-2022", "iso2022_jp_2"),
        ("GB18030", "gb18030"),
        ("JIS", "iso2022_jp"),
        ("Korean (ISO)", "iso2022_kr"),
        ("Korean (Mac)", "euc_kr"),
        ("Western European (Windows)", "cp1252"),
        ("Western European (ISO)", "iso8859-1"),
        ("Hebrew (ISO-Visual)", "iso8859-8"),
        ("US ASCII", "ascii"),
    ],
)
def test_every_encoding_of_import_data_has_its_name_in_python(name, encoding):
    assert encoding_named(name) == encoding


def test_labels_in_an_option_are_separated_by_semicolons():
    assert split_labels(" a b ;; c") == ["a b", "c"]


@pytest.mark.parametrize(
    ("data", "kind"),
    [
        (b'\n{"cells": [], "metadata": {}, "nbformat": 4}', "a Jupyter notebook"),
        (b'\xef\xbb\xbf{"worksheets": [], "nbformat": 3}', "a Jupyter notebook"),
        (b'[{"a": 1}]\n', "JSON"),
        (b"{\\rtf1\\ansi print}", "an RTF document"),
        (b"%PDF-1.4", "a PDF document"),
        (b"PK\x03\x04...word/document.xml...", "a Word document"),
        (b"PK\x03\x04...prep.py", "a zip file"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1", "an Office document"),
        (b"\n<!DOCTYPE html>\n<html lang=en>", "a web page"),
        (b"<?xml version='1.0'?><a/>", "HTML or XML"),
        (b"version https://git-lfs.github.com/spec/v1\noid x", "a Git LFS pointer"),
        ("x = 1".encode("utf-16"), "text in UTF-16"),
        (b"\x1f\x8b\x08", "a gzip file"),
        (b"7z\xbc\xaf\x27\x1c", "a 7-Zip archive"),
        (b"Rar!\x1a\x07\x00", "a RAR archive"),
        (b"dataset1 <- maml.mapInputPort(1)\n", "an R script"),
        (b"", ""),
        (b"def azureml_main(a): return a", ""),
        (b"{'a': 1}\ndef azureml_main(a): return a", ""),
        (b"{" * 100_000, ""),
        (b"# <html>\nx = '{}'", ""),
        (b"# was maml.mapInputPort(1)\ndef azureml_main(a): return a", ""),
    ],
    ids=lambda each: repr(each)[:24],
)
def test_a_file_that_is_no_script_is_told_from_its_content(data: bytes, kind: str) -> None:
    document = document_in(data)

    assert (document.kind if document else "") == kind
    assert document is None or document.remedy


@pytest.mark.parametrize("name", ["az://raw/a.csv", "runs/A.TSV", "a.arff"])
def test_a_table_in_text_that_is_named_as_the_script_is_told_from_its_name(name: str) -> None:
    table = document_in(b"day,sold\n2015-06-01,3\n", name)

    assert table is not None
    assert (table.kind, table.remedy.partition(",")[0]) == ("a dataset", "name the script first")
    assert document_in(b"def azureml_main(a): return a,\n", name) is None
    assert document_in(b"day,sold\n2015-06-01,3\n", "prep.txt") is None
