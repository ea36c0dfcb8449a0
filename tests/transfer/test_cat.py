from __future__ import annotations

import os

import pytest

from blobprep.errors import BlobChanged, BlobNotFound, InvalidReference
from blobprep.settings import Workspace
from blobprep.stores import BLOCK_SIZE
from blobprep.stores.memory import MemoryStore
from blobprep.transfer.cat import cat
from blobprep.transfer.ranges import STREAMS, ranges_of
from tests.transfer.stores import ChangingStore, CountingStore


def stored(store, data, blob="x"):
    store.create_container("raw")
    upload = store.upload("raw", blob)
    parts = list(ranges_of(len(data)))
    for part in parts:
        upload.put(part.index, data[part.offset : part.offset + part.length])
    upload.commit(len(parts), content_type="text/csv")
    return Workspace(environment={}, account=store.account, stores={store.account: store})


@pytest.mark.parametrize("size", [0, 1, BLOCK_SIZE, BLOCK_SIZE + 1])
def test_cat_gives_every_byte_in_order(size):
    data = os.urandom(size)

    assert b"".join(cat("az://raw/x", workspace=stored(MemoryStore("contoso"), data))) == data


def test_cat_tells_how_many_bytes_were_taken():
    data = os.urandom(BLOCK_SIZE + 1)
    seen = []

    pieces = cat(
        "az://raw/x",
        workspace=stored(MemoryStore("contoso"), data),
        progress=lambda *step: seen.append(step),
    )

    assert seen == []
    assert b"".join(pieces) == data
    assert seen == [(BLOCK_SIZE, len(data)), (len(data), len(data))]


def test_cat_gives_a_blob_of_any_store(store, container, workspace):
    store.write(container, "x", b"a,b\n", content_type="text/csv")

    assert b"".join(cat(f"az://{container}/x", workspace=workspace)) == b"a,b\n"


def test_cat_reads_only_some_ranges_ahead():
    store = CountingStore("contoso")
    pieces = cat("az://raw/x", workspace=stored(store, bytes((STREAMS + 3) * BLOCK_SIZE)))

    next(pieces)
    pieces.close()

    assert store.reads <= STREAMS + 1


def test_cat_never_mixes_two_states_of_a_blob():
    pieces = cat("az://raw/x", workspace=stored(ChangingStore("contoso"), b"0123456789abcdefghij"))

    with pytest.raises(BlobChanged, match="az://raw/x"):
        list(pieces)


def test_cat_looks_before_it_returns(tmp_path):
    known = Workspace(environment={}, folder=tmp_path)

    with pytest.raises(BlobNotFound):
        cat(str(tmp_path / "none"), workspace=known)
    with pytest.raises(InvalidReference):
        cat(f"{tmp_path}/", workspace=known)


def test_cat_reads_a_blob_whose_name_ends_with_a_slash():
    known = stored(MemoryStore("contoso"), b"1", "x/a/")

    with pytest.raises(InvalidReference) as caught:
        cat("az://raw/x/a/", workspace=known)

    assert caught.value.remedy.endswith("write az://raw/x/a%2F for a blob whose own name ends with /")
    assert b"".join(cat("az://raw/x/a%2F", workspace=known)) == b"1"


def test_cat_says_that_a_folder_is_no_blob():
    store = MemoryStore("contoso")
    known = stored(store, b"", "sales/empty")
    store.write("raw", "sales", b"", content_type="x/y", metadata={"hdi_isfolder": "true"})

    with pytest.raises(BlobNotFound, match="is a folder"):
        cat("az://raw/sales", workspace=known)
    assert b"".join(cat("az://raw/sales/empty", workspace=known)) == b""


def test_ranges_cover_a_blob_without_gap_or_overlap():
    parts = list(ranges_of(2 * BLOCK_SIZE + 5))

    assert [part.index for part in parts] == [0, 1, 2]
    assert [part.offset for part in parts] == [0, BLOCK_SIZE, 2 * BLOCK_SIZE]
    assert sum(part.length for part in parts) == 2 * BLOCK_SIZE + 5
    assert list(ranges_of(0)) == []
