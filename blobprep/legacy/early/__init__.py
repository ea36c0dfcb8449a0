"""The old SDK before 2016: `BlobService` of azure-storage 0.20, which had one class for all kinds of blobs.

    models        what it took and returned
    sharedaccess  its tokens
    reading       answers, into the models
    account       where it goes, how its requests are written and fail
    containers    ┐
    blobs         ┘ one request each
    transfers     ┐
    downloading   │ whole blobs, in pieces where they are large
    uploading     ┘

Its requests are of the version of the service that the rest of `legacy` speaks, since today's services and emulators
refuse signatures of its own, 2014-02-14.
"""

from __future__ import annotations

from blobprep.legacy.early.uploading import Uploads

__all__ = ["BlobService"]


class BlobService(Uploads):
    """Containers and blobs of one account."""
