"""The old SDK before 2016: `BlobService` of azure-storage 0.20, which had one class for all kinds of blobs.

    models     what it took and returned
    reading    answers, into the models
    filters    what a script puts in front of requests
    account    where it goes, how its requests are written and fail, its tokens
    blobs      containers and blobs, one request each
    transfers  whole blobs, in pieces where they are large

Its requests are of the version of the service that the rest of `legacy` speaks, since today's services and emulators
refuse signatures of its own, 2014-02-14.
"""

from blobprep.legacy.early.transfers import Transfers

__all__ = ["BlobService"]


class BlobService(Transfers):
    """Containers and blobs of one account."""
