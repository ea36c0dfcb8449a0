from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from blobprep.errors import InvalidOption
from blobprep.formats import FORMATS, format_by_name, format_named, parse_options, read_options, write_options

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
    ("blob", "name"),
    [("a/b.csv", "csv"), ("B.CSV", "csv"), ("x.tsv", "tsv"), ("x.pq", "parquet"), ("x.feather", "arrow")],
)
def test_a_blobs_extension_shows_its_format(blob, name):
    found = format_by_name(blob).format

    assert found is not None
    assert found.name == name


@pytest.mark.parametrize("blob", ["", "csv", "x.gz", "x.exe"])
def test_another_extension_shows_no_format(blob):
    assert format_by_name(blob).format is None


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

    assert (options["header"], options["delimiter"], options["encoding"]) == ("false", ";", "utf-8")


def test_an_unknown_format_option_or_value_is_refused_with_those_that_exist():
    with pytest.raises(InvalidOption, match="csv, tsv, parquet"):
        format_named("excel")
    with pytest.raises(InvalidOption, match="header, encoding"):
        read_options(FORMATS["csv"], {"headers": "true"})
    with pytest.raises(InvalidOption, match="true or false"):
        read_options(FORMATS["csv"], {"header": "maybe"})
    with pytest.raises(InvalidOption, match="options are none"):
        write_options(FORMATS["arrow"], {"header": "true"})


@pytest.mark.parametrize(
    "given", [{"encoding": "nope"}, {"encoding": "base64"}, {"delimiter": ""}, {"delimiter": ";;"}]
)
def test_an_encoding_or_delimiter_that_means_nothing_is_refused_before_anything_runs(given: dict[str, str]) -> None:
    with pytest.raises(InvalidOption, match=next(iter(given))):
        read_options(FORMATS["csv"], given)
