"""Empty blobs that only mark a folder. Pure.

An account with a hierarchical namespace shows each of its folders as an empty blob of the folder's name with the
metadata `hdi_isfolder=true`. Hadoop's drivers write the same into flat accounts, some tools with `/` at the end of the
name.

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
    """Return whether a blob only marks a folder; an empty blob without that metadata is data."""
    if properties.size or not properties.metadata:
        return False
    return any(name.lower() == _MARK and value.lower() == "true" for name, value in properties.metadata.items())


def folder_of(marker: BlobProperties) -> str:
    """Return the prefix of the folder that a marker stands for."""
    return marker.blob if marker.blob.endswith("/") else f"{marker.blob}/"


def require_data(location: BlobLocation) -> BlobProperties:
    """Return the properties of a blob that must hold data.

    Raises:
        BlobNotFound: it only marks a folder, or does not exist.
        ContainerNotFound: its container does not exist.
    """
    found = location.properties()
    if is_folder_marker(found):
        raise BlobNotFound(
            f"{location.printed} is a folder (of an account with a hierarchical namespace) and has no data",
            remedy=f"name a blob in it: `blobprep ls {location.folder.in_shell}` lists them",
        )
    return found
