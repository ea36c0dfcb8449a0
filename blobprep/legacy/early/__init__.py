"""The old SDK before 2016: `BlobService` of azure-storage 0.20, which had one class for all kinds of blobs.

    models     its arguments and results
    reading    answers read into the models
    filters    functions that a script puts in front of requests
    account    its account, requests, errors and tokens
    blobs      containers and blobs, one request each
    transfers  whole blobs, in pieces if they are large

Its requests are of the version of the service that the rest of `legacy` speaks, since today's services and emulators
refuse signatures of its own, 2014-02-14.
"""

from blobprep.legacy.early.transfers import Transfers

__all__ = ["BlobService"]


class BlobService(Transfers):
    """Containers and blobs of one account."""
