from __future__ import annotations

import re
from collections.abc import Mapping

import pytest
from hypothesis import given
from hypothesis import strategies as st

from blobprep.errors import InvalidReference
from blobprep.reference import Reference, matcher
from blobprep.reference.expressions import Piece, Wildcard, capturing_expression, names_of
from blobprep.reference.named_parts import PartPattern, escape_part, quote_braces, read_pattern, read_template


def pattern(text: str) -> PartPattern:
    return read_pattern(text, Reference.parse)[0]


@pytest.mark.parametrize(
    ("text", "name", "parts"),
    [
        ("az://raw/{region}/{date}/*.csv", "north/2024-05-30/a.csv", {"region": "north", "date": "2024-05-30"}),
        ("az://raw/{region}/*.csv", "north/west/a.csv", None),
        ("az://raw/{region}/*.csv", "/a.csv", None),  # one character at least
        ("az://raw/**/{day}.csv", "a/b/30.csv", {"day": "30"}),
        ("az://raw/{a}-{b}.csv", "x-y-z.csv", {"a": "x", "b": "y-z"}),  # the first takes as little as it can
        ("az://raw/{a}{b}", "xyz", {"a": "x", "b": "yz"}),
        ("az://raw/{a}*", "xyz", {"a": "x"}),
        ("az://raw/**{a}/**", "x/y/z", {"a": "x"}),
        ("az://raw/{d}/{d}.csv", "1/1.csv", {"d": "1"}),  # one value at both places
        ("az://raw/{d}/{d}.csv", "1/2.csv", None),
        ("az://raw/{d}-*{d}.csv", "1-1-x1-1.csv", {"d": "1"}),
        ("az://raw/%7Ba%7D/{b}.csv", "{a}/1.csv", {"b": "1"}),
        ("az://raw/%2A/{b}", "*/1", {"b": "1"}),
        ("az://raw/{größe}/x", "7/x", {"größe": "7"}),
        ("https://contoso.blob.core.windows.net/raw/{b}/a%20b", "1/a b", {"b": "1"}),
        ("az://raw/{name}", "a{b}%7D\n*.csv", {"name": "a{b}%7D\n*.csv"}),  # a name may have any characters
        ("az://raw/exact.csv", "exact.csv", {}),
        ("az://raw/exact.csv", "exact_csv", None),
        ("az://raw/{y}?.csv", "20241.csv", {"y": "2024"}),
    ],
)
def test_a_pattern_captures_the_named_parts_of_a_name(text: str, name: str, parts: Mapping[str, str] | None) -> None:
    assert pattern(text).matcher()(name) == parts


@pytest.mark.parametrize(
    ("text", "prefix", "flat"),
    [
        ("az://raw/2024/{day}.csv", "2024/", True),
        ("az://raw/2024/{day}/*.csv", "2024/", False),
        ("az://raw/2024/a**", "2024/a", False),
        ("az://raw/{a}/x", "", False),
        ("az://raw/*", "", True),
        ("az://raw/a/b.csv", "a/b.csv", True),
    ],
)
def test_only_names_with_the_literal_start_need_to_be_listed(text: str, prefix: str, flat: bool) -> None:
    assert (pattern(text).prefix, pattern(text).is_flat) == (prefix, flat)


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("az://raw/{a/b.csv", "a brace without its counterpart"),
        ("az://raw/a}/b.csv", "a brace without its counterpart"),
        ("az://raw/{{a}}/b.csv", "a brace without its counterpart"),
        ("az://raw/{}/b.csv", "a part without a valid name: {}"),
        ("az://raw/{a b}/b.csv", "a part without a valid name: {a b}"),
        ("az://raw/{1}/b.csv", "a part without a valid name: {1}"),
        ("az://{container}/b.csv", "outside of the name of a blob"),
        ("az://{account}@raw/b.csv", "{account}"),
        ("{scheme}://raw/b.csv", "{scheme}"),
    ],
)
def test_a_pattern_that_cannot_be_read_is_refused_as_it_was_written(text: str, message: str) -> None:
    with pytest.raises(InvalidReference, match=re.escape(message)) as caught:
        read_pattern(text, Reference.parse)
    assert "part0n" not in str(caught.value)


def test_a_sas_token_in_a_pattern_is_not_kept() -> None:
    found, _ = read_pattern("az://raw/{a}.csv?sv=2024-05-04&sig=abc%3D", Reference.parse)
    assert "sig" not in found.printed


def test_a_name_that_looks_like_a_mark_is_no_part() -> None:
    assert pattern("az://raw/part0n0x/p%61rt1n0x/{a}").matcher()("part0n0x/part1n0x/1") == {"a": "1"}


def test_a_template_is_filled_in_and_knows_what_is_fixed() -> None:
    template = read_template("az://prepared/x/v-{region}/{my col}/", Reference.parse)
    assert (template.names, template.fixed) == (("region", "my col"), "x/")
    assert template.fill({"region": "north", "my col": "a/b"}, escape=escape_part) == "x/v-north/a%2Fb/"
    with pytest.raises(KeyError, match="my col"):
        template.fill({"region": "north"}, escape=escape_part)


def test_a_template_without_parts_is_all_fixed() -> None:
    assert read_template("az://prepared/x/y/", Reference.parse).fixed == "x/y/"


@given(st.text(min_size=1))
def test_a_value_stays_one_piece_of_a_name_and_none_is_taken_for_another(value: str) -> None:
    escaped = escape_part(value)
    assert "/" not in escaped
    assert "\\" not in escaped
    assert escaped not in ("", ".", "..")
    if value.isascii():
        assert re.sub("%([0-9A-F]{2})", lambda match: chr(int(match[1], 16)), escaped) == value


@given(st.text(st.characters(exclude_categories=["Cs"])))
def test_quoted_braces_are_read_as_braces(name: str) -> None:
    printed = str(Reference("contoso", "raw", name))
    assert "{" not in quote_braces(printed)
    assert Reference.parse(quote_braces(printed)).blob == Reference.parse(printed).blob


wildcards = st.sampled_from([Wildcard("*"), Wildcard("**"), Wildcard("?")])
parts = st.sampled_from([Wildcard("{}", "a"), Wildcard("{}", "b"), Wildcard("{}", "c")])
pieces = st.lists(st.one_of(wildcards, parts, st.text("xy/", min_size=1, max_size=2)), max_size=7)


def plain_expression(pieces: list[Piece]) -> re.Pattern[str]:
    """Return the expression that tries every reading: each wildcard takes as little as it can, from the left."""
    meaning = {"*": "[^/]*?", "**": ".*?", "?": "[^/]", "{}": "[^/]+?"}
    seen: set[str] = set()

    def written(piece: Piece) -> str:
        if isinstance(piece, str):
            return re.escape(piece)
        if not piece.name:
            return meaning[piece.sign]
        if piece.name in seen:
            return f"(?P={piece.name})"
        seen.add(piece.name)
        return f"(?P<{piece.name}>{meaning[piece.sign]})"

    return re.compile("".join(map(written, pieces)), re.DOTALL)


@given(pieces, st.text("xy/", max_size=12))
def test_the_reading_found_at_once_is_the_one_that_trying_all_of_them_finds(pieces: list[Piece], name: str) -> None:
    expected = plain_expression(pieces).fullmatch(name)
    found = capturing_expression(pieces).fullmatch(name)
    assert (found and found.groups()) == (expected and expected.groups())
    assert found is None or len(found.groups()) == len(names_of(pieces))


def test_a_hostile_name_does_not_stop_a_plan() -> None:
    """If all readings were tried, this would take hours."""
    name = "a/-" * 341 + "."
    texts = ["az://raw/**/{a}-**/{b}-**/*-*/{c}-*-**/{d}.csv", "az://raw/**a**a**a**a**/*-*-*-*.csv"]
    assert [pattern(text).matcher()(name) for text in texts] == [None, None]
    assert not matcher(Reference.parse(texts[1]))(name)
