from __future__ import annotations

import hashlib
from pathlib import Path

import pyarrow as pa
import pytest

from blobprep.errors import (
    BlobChanged,
    BlobNotFound,
    BundleError,
    ContainerNotFound,
    DatasetError,
    InvalidOption,
    LimitError,
    ScriptError,
    StoreUnavailable,
)
from blobprep.inputs.resolve import MAX_SCRIPT, ResolvedInputs, resolve
from blobprep.inputs.sources import Bundle, Dataset, FunctionScript, GivenFolder, GivenTable, PinnedBlobs, SourceScript
from blobprep.stores.location import BlobLocation, PinnedBlob, blob_changed
from tests.inputs.hooked import Hooked
from tests.remains import leaving_nothing
from tests.runs.arranging import CONTAINER, IDENTITY, dataset, located, memory, put


@pytest.fixture
def store() -> Hooked:
    return Hooked(memory())


def resolve_all(
    store: Hooked, datasets: dict[str, Dataset] | None = None, bundle: Bundle | None = None, script: bytes = IDENTITY
) -> ResolvedInputs:
    return resolve(SourceScript(put(store, "prep.py", script)), datasets or {}, bundle)


def test_each_blob_is_pinned_to_the_etag_it_has_now(store: Hooked) -> None:
    resolved = resolve_all(store, {"dataset1": dataset(store, "a.csv")}, put(store, "m.zip", b"zip"))
    pinned = {port: each.blobs[0].properties.etag for port, each in resolved.inputs.items()}
    now = {
        "dataset1": located(store, "a.csv").properties().etag,
        "bundle": located(store, "m.zip").properties().etag,
    }
    assert pinned == now
    resolved.close()


def test_the_bundle_is_fetched_first_and_datasets_in_order(store: Hooked) -> None:
    datasets = {"dataset1": dataset(store, "a.csv"), "dataset2": dataset(store, "b.csv")}
    resolved = resolve_all(store, datasets, put(store, "m.zip", b"zip"))
    assert list(resolved.inputs) == ["bundle", "dataset1", "dataset2"]
    assert [each.port for each in resolved.asked] == ["dataset1", "dataset2"]
    resolved.close()


def test_only_the_second_port_may_be_connected(store: Hooked) -> None:
    resolved = resolve_all(store, {"dataset2": dataset(store, "b.csv")})
    assert [each.port for each in resolved.asked] == ["dataset2"]
    resolved.close()


def test_the_child_is_told_size_format_and_complete_options(store: Hooked) -> None:
    resolved = resolve_all(store, {"dataset1": dataset(store, "a.csv", b"1,2\n", header="false")})
    (asked,) = resolved.asked
    assert (asked.reference, asked.size, asked.format) == ("az://work/a.csv", 4, "csv")
    assert asked.options["header"] == "false"
    assert "encoding" in asked.options
    resolved.close()


def test_a_stated_format_goes_before_the_name(store: Hooked) -> None:
    source = put(store, "a.csv", b"1\t2\n")
    resolved = resolve_all(store, {"dataset1": Dataset(source, "tsv")})
    assert (resolved.asked[0].format, resolved.asked[0].found) == ("tsv", "asked alone")
    resolved.close()


def untyped(
    store: Hooked, blob: str, data: bytes = b"1", content_type: str = "application/octet-stream"
) -> BlobLocation:
    store.write(CONTAINER, blob, data, content_type=content_type)
    return located(store, blob)


@pytest.mark.parametrize(
    ("blob", "content_type", "format_", "found"),
    [
        ("a.tsv", "text/csv", "tsv", "name"),
        ("a.tsv.gz", "application/gzip", "tsv", "name"),
        ("blob", "text/csv; charset=utf-8", "csv", "content type"),
        ("blob.dat", "application/vnd.apache.parquet", "parquet", "content type"),
        ("blob", "application/octet-stream", "", "first bytes"),
        ("blob.zip", "application/zip", "", "first bytes"),
        ("blob", "text/plain", "", "first bytes"),
    ],
)
def test_the_format_is_told_by_the_name_then_by_the_content_type_else_left_to_the_child(
    store: Hooked, blob: str, content_type: str, format_: str, found: str
) -> None:
    resolved = resolve_all(store, {"dataset1": Dataset(untyped(store, blob, content_type=content_type))})
    assert (resolved.asked[0].format, resolved.asked[0].found) == (format_, found)
    resolved.close()


def test_options_of_a_format_that_only_the_bytes_tell_go_to_the_child_as_given(store: Hooked) -> None:
    resolved = resolve_all(store, {"dataset1": Dataset(untyped(store, "blob"), options={"colour": "red"})})
    assert resolved.asked[0].options == {"colour": "red"}
    resolved.close()


def test_an_unknown_option_is_refused(store: Hooked) -> None:
    with pytest.raises(InvalidOption, match="colour"):
        resolve_all(store, {"dataset1": dataset(store, "a.csv", colour="red")})


@pytest.mark.parametrize("port", ["dataset1", "dataset2"])
def test_a_missing_dataset_is_named_with_its_port(store: Hooked, port: str) -> None:
    with pytest.raises(BlobNotFound, match=rf"^{port} az://work/missing\.csv: "):
        resolve_all(store, {port: Dataset(located(store, "missing.csv"))})


def test_a_missing_container_is_named_with_the_port(store: Hooked) -> None:
    missing = BlobLocation(store, "nowhere", "m.zip", "az://nowhere/m.zip")
    with pytest.raises(ContainerNotFound, match=r"^bundle az://nowhere/m\.zip: "):
        resolve_all(store, bundle=missing)


def test_a_missing_script_is_named(store: Hooked) -> None:
    with pytest.raises(BlobNotFound, match=r"^script az://work/missing\.py: "):
        resolve(SourceScript(located(store, "missing.py")), {}, None)


def test_the_script_is_read_whole_with_its_checksum(store: Hooked) -> None:
    script = resolve_all(store).script
    assert (script.kind, script.printed, script.data, script.source) == (
        "source",
        "az://work/prep.py",
        IDENTITY,
        IDENTITY,
    )
    assert script.sha256 == hashlib.sha256(IDENTITY).hexdigest()


def test_a_script_that_is_no_text_is_refused(store: Hooked) -> None:
    with pytest.raises(ScriptError, match=r"az://work/prep\.py is not text"):
        resolve_all(store, script=b"x = 1\0")


def test_a_script_that_is_another_kind_of_file_is_told_as_what_it_is(store: Hooked) -> None:
    with pytest.raises(ScriptError, match=r"az://work/prep\.py is a Jupyter notebook") as raised:
        resolve_all(store, script=b'{"cells": [], "nbformat": 4}')

    assert "nbconvert" in raised.value.remedy


def test_a_notebook_is_the_code_of_its_cells(store: Hooked) -> None:
    notebook = (
        b'{"nbformat": 4, "cells": [{"cell_type": "code", "source": ["x = 1\\n", "y = 2"]}, {"cell_type": "raw"}]}'
    )

    script = resolve_all(store, script=notebook).script

    assert (script.kind, script.data) == ("source", b"# cell 1\nx = 1\ny = 2\n")
    assert script.sha256 == hashlib.sha256(script.data).hexdigest()


def test_a_script_that_is_too_large_is_refused_unread(store: Hooked) -> None:
    source = SourceScript(put(store, "prep.py", bytes(MAX_SCRIPT + 1)))
    read = []
    store.before = lambda operation, blob: read.append(blob) if operation == "read" else None
    with pytest.raises(LimitError, match="check that it is the right file"):
        resolve(source, {}, None)
    assert read == []


@pytest.mark.parametrize("deleted", [False, True])
def test_a_script_that_changes_while_it_is_read_is_refused(store: Hooked, deleted: bool) -> None:
    source = SourceScript(put(store, "prep.py", IDENTITY))

    def change(operation: str, blob: str) -> None:
        if operation == "read":
            store.store.delete(CONTAINER, "prep.py")
            if not deleted:
                put(store.store, "prep.py", b"other")

    store.before = change
    with pytest.raises(BlobChanged, match="the blob is gone now" if deleted else "is 0x.* now"):
        resolve(source, {}, None)


def test_a_function_brings_its_pickle_and_its_source(store: Hooked) -> None:
    resolved = resolve(FunctionScript("prep", b"pickled\0", "def prep(): ...\n"), {}, None)
    assert (resolved.script.kind, resolved.script.data) == ("function", b"pickled\0")
    assert resolved.script.sha256 == hashlib.sha256(b"def prep(): ...\n").hexdigest()


def test_a_table_of_the_caller_is_whole_and_has_no_blob(store: Hooked) -> None:
    resolved = resolve_all(store, {"dataset1": Dataset(GivenTable(pa.table({"a": [1]})))})
    given = resolved.inputs["dataset1"]
    assert given.blobs == ()
    assert resolved.asked[0].format == "arrow"
    assert resolved.asked[0].size == given.size > 0
    resolved.close()


def test_changes_to_frames_of_the_caller_are_kept_for_the_ledger(store: Hooked) -> None:
    import pandas as pd

    frame = pd.DataFrame({1: [1]})
    resolved = resolve_all(store, {"dataset2": Dataset(GivenTable(frame))})
    assert [(each.port, each.kind) for each in resolved.translations] == [("dataset2", "rename")]
    resolved.close()


def test_lossless_holds_for_frames_of_the_caller_too(store: Hooked) -> None:
    import pandas as pd

    frame = Dataset(GivenTable(pd.DataFrame({"a": [1, "x", object]})))
    with pytest.raises(DatasetError, match=r"--lossless forbids what would be lost:\ndataset1.*\ndataset2"):
        resolve(
            SourceScript(put(store, "prep.py", IDENTITY)), {"dataset1": frame, "dataset2": frame}, None, lossless=True
        )


def test_a_folder_is_packed_as_the_bundle(store: Hooked, tmp_path: Path) -> None:
    (tmp_path / "m.py").write_text("X = 1\n")
    resolved = resolve_all(store, bundle=GivenFolder(tmp_path))
    assert resolved.inputs["bundle"].bytes.read(0, 4) == b"PK\x03\x04"
    assert resolved.inputs["bundle"].printed == str(tmp_path)
    resolved.close()


def test_nothing_is_left_open_where_anything_fails(store: Hooked, tmp_path: Path) -> None:
    datasets = {"dataset1": dataset(store, "a.csv"), "dataset2": Dataset(located(store, "missing.csv"))}
    bundle = put(store, "m.zip", b"zip")
    with leaving_nothing(), pytest.raises(BlobNotFound):
        resolve_all(store, datasets, bundle)
    with leaving_nothing(), pytest.raises(BundleError):
        resolve_all(store, {"dataset1": datasets["dataset1"]}, GivenFolder(tmp_path / "missing"))


def test_closing_gives_back_all_descriptors(store: Hooked) -> None:
    datasets = {"dataset1": dataset(store, "a.csv")}
    with leaving_nothing():
        resolve_all(store, datasets).close()


def test_an_input_without_room_names_the_blob(store: Hooked, small_disk: None) -> None:
    with pytest.raises(LimitError, match=r"there is no room for az://work/a\.csv, 2097152 bytes"):
        resolve_all(store, {"dataset1": dataset(store, "a.csv", bytes(2 << 20))})


def test_a_store_that_cannot_be_reached_says_so(store: Hooked) -> None:
    datasets = {"dataset1": dataset(store, "a.csv")}
    source = SourceScript(put(store, "prep.py", IDENTITY))

    def unreachable(operation: str, blob: str) -> None:
        raise StoreUnavailable("no answer")

    store.before = unreachable
    with pytest.raises(StoreUnavailable):
        resolve(source, datasets, None)


def test_a_change_names_the_reference_and_both_etags(store: Hooked) -> None:
    blob = put(store, "a.csv", b"1")
    error = blob_changed(blob, "0xOLD")
    assert error.message == (
        f"az://work/a.csv changed while it was read: its ETag was 0xOLD and it is {blob.properties().etag} now"
    )


def pinned(store: Hooked, **blobs: bytes) -> PinnedBlobs:
    places = [put(store, f"{name}.csv", data) for name, data in blobs.items()]
    return PinnedBlobs(tuple(PinnedBlob(place, place.properties()) for place in places))


def test_pinned_blobs_are_not_looked_up_again_and_lie_end_to_end(store: Hooked) -> None:
    source = pinned(store, a=b"a\n1\n", b=b"a\n22\n")
    asked: list[tuple[str, str]] = []
    script = SourceScript(put(store, "prep.py", IDENTITY))
    store.before = lambda operation, blob: asked.append((operation, blob))
    resolved = resolve(script, {"dataset1": Dataset(source)}, None)
    assert {blob for _, blob in asked} == {"prep.py"}
    assert [(each.offset, each.properties.size) for each in resolved.inputs["dataset1"].blobs] == [(0, 4), (4, 5)]
    assert [part.reference for part in resolved.asked[0].parts] == ["az://work/a.csv", "az://work/b.csv"]
    assert (resolved.asked[0].format, resolved.asked[0].found, resolved.asked[0].size) == ("csv", "name", 9)
    resolved.close()


def test_one_pinned_blob_is_a_part_too_so_that_its_folders_count(store: Hooked) -> None:
    resolved = resolve_all(store, {"dataset1": Dataset(pinned(store, a=b"a\n1\n"))})
    assert [part.reference for part in resolved.asked[0].parts] == ["az://work/a.csv"]
    resolved.close()


def test_pinned_blobs_are_printed_by_the_first_and_the_number_of_others(store: Hooked) -> None:
    assert pinned(store, a=b"").printed == "az://work/a.csv"
    assert pinned(store, a=b"", b=b"").printed == "az://work/a.csv and az://work/b.csv"
    assert pinned(store, a=b"", b=b"", c=b"").printed == "az://work/a.csv and 2 other blobs"
