"""What block, append and page blobs have in common."""

from blobprep.legacy.services.blobs import Blobs
from blobprep.legacy.services.containers import Containers
from blobprep.legacy.services.leases import Leases
from blobprep.legacy.services.reading import Reading

__all__ = ["BaseBlobService"]


class BaseBlobService(Containers, Blobs, Reading, Leases):
    """The Blob service of an account, for what does not depend on the kind of a blob.

    Use `BlockBlobService`, `AppendBlobService` or `PageBlobService`; each can do all of this with blobs of any kind.
    """
