from __future__ import annotations

from collections.abc import Mapping

import pytest

from blobprep.errors import BlobNotFound
from blobprep.stores.folder_markers import folder_of, is_folder_marker, require_data
from blobprep.stores.location import BlobLocation
from blobprep.stores.memory import MemoryStore


def placed(name: str, data: bytes = b"", metadata: Mapping[str, str] | None = None) -> BlobLocation:
    store = MemoryStore()
    store.create_container("raw")
    store.write("raw", name, data, content_type="text/plain", metadata=metadata)
    return BlobLocation(store, "raw", "", "az://raw/").child(name)


@pytest.mark.parametrize(
    ("name", "data", "metadata", "is_marker"),
    [
        ("x", b"", {"hdi_isfolder": "true"}, True),
        ("x", b"", {"Hdi_IsFolder": "True", "owner": "me"}, True),
        ("x/", b"", {"hdi_isfolder": "true"}, True),
        ("x", b"1", {"hdi_isfolder": "true"}, False),
        ("x", b"", {"hdi_isfolder": "false"}, False),
        ("x", b"", {}, False),
        ("x/", b"", {}, False),
    ],
)
def test_a_marker_has_no_bytes_and_says_so_in_its_metadata(
    name: str, data: bytes, metadata: dict[str, str], is_marker: bool
) -> None:
    location = placed(name, data, metadata)

    assert is_folder_marker(location.properties()) == is_marker
    if not is_marker:
        assert require_data(location).etag == location.properties().etag
        return
    assert folder_of(location.properties()) == "x/"
    with pytest.raises(BlobNotFound, match="is a folder") as caught:
        require_data(location)
    assert "blobprep ls az://raw/x/`" in caught.value.remedy
