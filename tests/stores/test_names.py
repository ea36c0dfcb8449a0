"""Names become paths and come back, and ordinary ones are their own path."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from blobprep.stores.folder import names

TOKENS = ["%", "25", "%25", "%empty", "empty", "%2E", ".", "..", ".blobprep", "blobprep", "%blob", "blob"]
TOKENS += ["%more", "more", "+", "\0", "%00", "00", "/", "a", " ", "é", "x" * 250, "ü" * 130, "\n"]

# Texts that come near the escapes, next to any text at all.
near = st.lists(st.sampled_from(TOKENS), max_size=8).map("".join)
blobs = st.one_of(near, st.text(max_size=40))
ordinary = st.text(st.characters(codec="utf-8", exclude_characters="/\0%"), min_size=1, max_size=60).filter(
    lambda segment: segment not in {".", ".."} and not segment.startswith(names.RESERVED)
)


def name_of(path: list[str] | tuple[str, ...]) -> str | None:
    """Go back from a path to the name, as a walk through folders does; None where it is none of ours."""
    segments: list[str] = []
    begun: list[str] = []
    beside = False
    for component in path:
        begun.append(component)
        if names.is_begun(begun):
            continue
        found = names.segment_of(begun)
        if found is None or beside:
            return None
        begun = []
        segment, beside = found
        segments.append(segment)
    return None if begun or not segments else "/".join(segments)


@given(blobs)
def test_a_path_leads_back_to_its_name(blob: str) -> None:
    assert name_of(names.components(blob)) == blob
    assert name_of(names.components_beside(blob)) == blob
    assert names.components(blob) != names.components_beside(blob)


@given(blobs, blobs)
def test_two_names_have_two_paths(one: str, other: str) -> None:
    paths = [names.components(one), names.components_beside(one)]
    others = [names.components(other), names.components_beside(other)]

    assert (one == other) == (not set(paths).isdisjoint(others))


@given(blobs, blobs)
def test_a_blob_never_lies_where_another_needs_a_folder_unless_its_name_says_so(one: str, other: str) -> None:
    path, longer = names.components(one), names.components(other)

    is_above = len(path) < len(longer) and longer[: len(path)] == path

    assert is_above == other.startswith(one + "/")
    beside = names.components_beside(one)
    assert longer[: len(beside)] != beside


@given(blobs)
def test_a_file_system_can_hold_every_path(blob: str) -> None:
    for path in (names.components(blob), names.components_beside(blob)):
        for component in path:
            assert component not in {"", ".", ".."}
            assert not component.startswith(names.RESERVED)
            assert "/" not in component
            assert "\0" not in component
            assert len(component.encode()) <= 255


@given(st.lists(ordinary, min_size=1, max_size=5))
def test_an_ordinary_name_is_its_own_path(segments: list[str]) -> None:
    assert names.components("/".join(segments)) == tuple(segments)
    assert names.plain_components("/".join(segments)) == tuple(segments)


@given(st.lists(st.sampled_from([*TOKENS, "%more", "+"]).filter(lambda part: "/" not in part), min_size=1, max_size=4))
def test_a_path_that_has_a_name_is_the_path_of_that_name(path: list[str]) -> None:
    blob = name_of(path)

    assert blob is None or tuple(path) in {names.components(blob), names.components_beside(blob)}


@pytest.mark.parametrize(
    "blob",
    [
        "100%.csv",
        "a b/c d.csv",
        "Grüße/日本.csv",
        "back\\slash",
        "%41",
        "%2F",
        "%2Ehidden",
        "%emptyx",
        "x%empty",
        "a%25",
    ],
)
def test_names_like_these_are_ordinary(blob: str) -> None:
    assert "/".join(names.components(blob)) == blob


@pytest.mark.parametrize(
    ("blob", "path"),
    [
        ("a//b", "a/%empty/b"),
        ("/a", "%empty/a"),
        ("a/", "a/%empty"),
        ("./../...", "%2E/%2E%2E/..."),
        (".blobprep", "%2Eblobprep"),
        ("x/.blobprep-part-1", "x/%2Eblobprep-part-1"),
        ("%empty", "%25empty"),
        ("%25empty", "%2525empty"),
        ("%2E/%2E%2E", "%252E/%252E%2E"),
        ("a%blob/b%more", "a%25blob/b%25more"),
        ("nul\0", "nul%00"),
        ("nul%00", "nul%2500"),
        ("x" * 255, "x" * 255),
        ("x" * 256, "x" * 250 + "%more/+" + "x" * 6),
        ("é" * 128, "é" * 125 + "%more/+ééé"),
    ],
)
def test_the_escapes_are_those_of_the_table(blob: str, path: str) -> None:
    assert "/".join(names.components(blob)) == path


@pytest.mark.parametrize("path", [["a%more"], ["a%more", "b"], ["a%more", "+b"], ["a%blob", "b"], [], ["", "a"]])
def test_a_path_this_scheme_never_writes_has_no_name(path: list[str]) -> None:
    assert name_of(path) is None


@pytest.mark.parametrize("blob", ["", "a//b", "/a", "a/", ".", "a/../b", "a\0", ".blobprep/x", "x/.blobprep-part-1"])
def test_a_plain_name_that_no_file_can_have_has_no_path(blob: str) -> None:
    assert names.plain_components(blob) is None
