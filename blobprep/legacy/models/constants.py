"""Words of the protocol under the old SDK's names: plain strings, as they are sent.

Where the current SDK has an enumeration of the same name, its members' names are here too, for scripts that use both.
"""

__all__ = [
    "BlobBlockState",
    "BlobTypes",
    "BlockListType",
    "DeleteSnapshot",
    "LeaseActions",
    "LocationMode",
    "PremiumPageBlobTier",
    "Protocol",
    "PublicAccess",
    "RehydratePriority",
    "SequenceNumberAction",
    "StandardBlobTier",
]


class _Word(str):
    """A word that also has a `value`, as the members of the current SDK's enumerations do."""

    @property
    def value(self) -> str:
        """The word itself."""
        return str(self)


class LocationMode:
    """Which of an account's two locations a request goes to."""

    PRIMARY = "primary"
    SECONDARY = "secondary"


class Protocol:
    """Over what a shared access signature may be used."""

    HTTPS = "https"
    HTTPS_HTTP = "https,http"


class PublicAccess:
    """What anyone may read of a container."""

    OFF = _Word("off")
    Blob = BLOB = _Word("blob")
    Container = CONTAINER = _Word("container")


class DeleteSnapshot:
    """Whether deleting a blob includes its snapshots, or deletes only them."""

    Include = "include"
    Only = "only"


class BlockListType:
    """Which of a blob's blocks are listed."""

    All = "all"
    Committed = "committed"
    Uncommitted = "uncommitted"


class BlobBlockState:
    """Where the service looks for a block."""

    Committed = _Word("Committed")
    Latest = _Word("Latest")
    Uncommitted = _Word("Uncommitted")


class SequenceNumberAction:
    """What happens to a page blob's sequence number."""

    Increment = INCREMENT = _Word("increment")
    Max = MAX = _Word("max")
    Update = UPDATE = _Word("update")


class PremiumPageBlobTier:
    """Tiers of page blobs in premium accounts."""

    P4 = "P4"
    P6 = "P6"
    P10 = "P10"
    P20 = "P20"
    P30 = "P30"
    P40 = "P40"
    P50 = "P50"
    P60 = "P60"


class StandardBlobTier:
    """Tiers of block blobs."""

    Archive = "Archive"
    Cool = "Cool"
    Hot = "Hot"


class RehydratePriority:
    """How urgently a blob leaves the archive."""

    Standard = STANDARD = _Word("Standard")
    High = HIGH = _Word("High")


class LeaseActions:
    """What a lease request asks for."""

    Acquire = "acquire"
    Break = "break"
    Change = "change"
    Release = "release"
    Renew = "renew"


class BlobTypes:
    """The three kinds of blob."""

    AppendBlob = "AppendBlob"
    BlockBlob = "BlockBlob"
    PageBlob = "PageBlob"
