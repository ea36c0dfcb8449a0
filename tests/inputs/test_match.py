from __future__ import annotations

import pytest

from blobprep.errors import BlobNotFound, ContainerNotFound, DatasetError, LimitError
from blobprep.inputs import match
from blobprep.inputs.match import find_blobs
from blobprep.inputs.resolve import ResolvedDataset, resolve_dataset
from blobprep.inputs.sources import BlobPattern, Dataset
from blobprep.protocol import AskedPart
from blobprep.reference import Reference
from blobprep.stores.location import BlobLocation
from tests.inputs.hooked import Hooked
from tests.runs.arranging import CONTAINER, located, memory, put


@pytest.fixture
def store() -> Hooked:
    return Hooked(memory())


def pattern(store: Hooked, text: str) -> BlobPattern:
    reference = Reference.parse(text)
    return BlobPattern(BlobLocation(store, reference.container, reference.blob, str(reference)), reference)


def resolve(store: Hooked, text: str = "az://work/2024/*", **asked: object) -> ResolvedDataset:
    resolved = resolve_dataset("dataset1", Dataset(pattern(store, text), **asked))  # type: ignore[arg-type]
    resolved.input.bytes.close()
    return resolved


def mark(store: Hooked, blob: str, data: bytes = b"", name: str = "hdi_isfolder", value: str = "true") -> None:
    store.write(CONTAINER, blob, data, content_type="application/octet-stream", metadata={name: value})


def test_matching_blobs_are_parts_end_to_end_in_name_order(store: Hooked) -> None:
    for name, data in (("b.csv", b"22"), ("a.csv", b"1"), ("c.csv", b""), ("d.csv", b"4444"), ("d.txt", b"no")):
        put(store, f"2024/{name}", data)
    resolved = resolve(store, "az://work/2024/*.csv")
    assert resolved.asked.parts == (
        AskedPart("az://work/2024/a.csv", 0, 1),
        AskedPart("az://work/2024/b.csv", 1, 2),
        AskedPart("az://work/2024/c.csv", 3, 0),
        AskedPart("az://work/2024/d.csv", 3, 4),
    )
    assert (resolved.asked.reference, resolved.asked.size) == ("az://work/2024/*.csv", 7)
    assert (resolved.asked.format, resolved.asked.found) == ("csv", "name")


def test_each_blob_is_pinned_to_the_etag_of_the_listing(store: Hooked) -> None:
    etags = [put(store, f"2024/{name}.csv", b"1").properties().etag for name in "ab"]
    store.before = lambda operation, blob: pytest.fail(operation) if operation == "properties" else None
    assert [each.properties.etag for each in resolve(store).input.blobs] == etags


def test_a_pattern_that_one_blob_matches_names_that_blob_in_messages(store: Hooked) -> None:
    put(store, "2024/a.csv", b"1")
    assert resolve(store).asked.parts == (AskedPart("az://work/2024/a.csv", 0, 1),)


def test_what_stands_for_a_folder_is_no_blob_of_the_dataset(store: Hooked) -> None:
    mark(store, "2024/deep")
    mark(store, "2024/upper", name="Hdi_IsFolder", value="True")
    mark(store, "2024/", name="other")
    mark(store, "2024/kept.csv", b"1")
    mark(store, "2024/no.csv", value="false")
    assert [each.reference for each in resolve(store, "az://work/2024/**").asked.parts] == [
        "az://work/2024/kept.csv",
        "az://work/2024/no.csv",
    ]


def test_only_folders_are_nothing_and_say_so(store: Hooked) -> None:
    mark(store, "2024/deep")
    with pytest.raises(BlobNotFound, match=r"^dataset1: only folders match az://work/2024/\*"):
        find_blobs("dataset1", pattern(store, "az://work/2024/*"))


def test_no_match_names_port_and_pattern(store: Hooked) -> None:
    with pytest.raises(BlobNotFound, match=r"^dataset2: no blob matches az://work/2024/\*\.csv"):
        find_blobs("dataset2", pattern(store, "az://work/2024/*.csv"))
    with pytest.raises(ContainerNotFound, match=r"^dataset2: "):
        find_blobs("dataset2", pattern(store, "az://nowhere/*.csv"))


def test_more_blobs_than_are_allowed_are_refused(store: Hooked, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(match, "MAX_BLOBS", 3)
    for number in range(3):
        put(store, f"2024/{number}.csv", b"1")
    assert len(resolve(store).asked.parts) == 3
    put(store, "2024/3.csv", b"1")
    with pytest.raises(LimitError, match=r"az://work/2024/\* matches more than 3 blobs"):
        resolve(store)


def test_blobs_of_two_formats_are_refused_with_the_first_that_differs(store: Hooked) -> None:
    for name in ("a.csv", "b.csv", "c.tsv", "d.json"):
        put(store, f"2024/{name}", b"1")
    with pytest.raises(DatasetError) as caught:
        resolve(store)
    assert caught.value.message == (
        "dataset1 would mix formats: az://work/2024/a.csv is csv by its name, "
        "but az://work/2024/c.tsv is tsv by its name"
    )
    assert "--read1 format=" in caught.value.remedy


def test_a_blob_that_shows_no_format_differs_from_one_that_does(store: Hooked) -> None:
    put(store, "2024/a.csv", b"1")
    mark(store, "2024/b", b"1", "x", "y")
    with pytest.raises(DatasetError, match="2024/b has a name and content type that show no format"):
        resolve(store)


def test_one_format_may_be_told_in_several_ways_and_compressions(store: Hooked) -> None:
    put(store, "2024/a.csv.gz", b"1")
    put(store, "2024/b", b"1")  # text/csv
    assert (resolve(store).asked.format, resolve(store).asked.found) == ("csv", "name")


def test_a_stated_format_is_that_of_all(store: Hooked) -> None:
    put(store, "2024/a.csv", b"1")
    put(store, "2024/b.tsv", b"1")
    assert (resolve(store, format="csv").asked.format, resolve(store, format="csv").asked.found) == (
        "csv",
        "asked alone",
    )


def test_blobs_that_all_show_none_are_left_to_the_child(store: Hooked) -> None:
    for name in "ab":
        mark(store, f"2024/{name}", b"1", "x", "y")
    resolved = resolve(store, options={"header": "false"}).asked
    assert (resolved.format, resolved.options, resolved.found) == ("", {"header": "false"}, "first bytes")


def test_a_literal_star_is_one_blob(store: Hooked) -> None:
    put(store, "2024/*.csv", b"1")
    resolved = resolve_dataset("dataset1", Dataset(located(store, "2024/*.csv")))
    resolved.input.bytes.close()
    assert resolved.asked.parts == ()
