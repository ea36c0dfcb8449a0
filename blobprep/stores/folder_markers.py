"""Folders of accounts with a hierarchical namespace, as a flat account shows them: empty blobs that are no data. Pure.

Such an account shows each of its folders as a blob of the folder's name without bytes, with the metadata
`hdi_isfolder=true`; Hadoop's drivers write the same into flat accounts, some tools with `/` at the end of the name.

Source:
    Microsoft, "Known issues with Azure Data Lake Storage", section "Blob Storage APIs"; Apache Hadoop, hadoop-azure.
"""

from __future__ import annotations

from typing import Final

from blobprep.errors import BlobNotFound
from blobprep.stores.base import BlobProperties
from blobprep.stores.location import BlobLocation

__all__ = ["folder_of", "is_folder_marker", "require_data"]

_MARK: Final = "hdi_isfolder"


def is_folder_marker(properties: BlobProperties) -> bool:
    """Tell whether a blob only marks a folder; an empty blob without that metadata is a blob."""
    if properties.size:
        return False
    return any(name.lower() == _MARK and value.lower() == "true" for name, value in properties.metadata.items())


def folder_of(marker: BlobProperties) -> str:
    """Return the prefix of the folder that a blob marks."""
    return marker.blob if marker.blob.endswith("/") else f"{marker.blob}/"


def require_data(location: BlobLocation) -> BlobProperties:
    """Look at a blob whose bytes are wanted.

    Raises:
        BlobNotFound: it only marks a folder, or is not there.
        ContainerNotFound: its container is not there.
    """
    found = location.properties()
    if is_folder_marker(found):
        raise BlobNotFound(
            f"{location.printed} is a folder of an account with a hierarchical namespace, and has no data",
            remedy=f"name a blob in it: `blobprep ls {location.folder.in_shell}` lists them",
        )
    return found
