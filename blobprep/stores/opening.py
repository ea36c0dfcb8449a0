"""Open the store an account leads to."""

from __future__ import annotations

from blobprep.account import Account
from blobprep.stores.base import Store
from blobprep.stores.folder import FolderStore

__all__ = ["open_store"]


def open_store(account: Account) -> Store:
    """Return the store of an account, or of the folder that stands for it; nothing is read or sent yet."""
    if account.folder is not None:
        return FolderStore(account.folder, account.name)
    # The SDK takes most of a second to import, which a folder need not wait for.
    from blobprep.stores.azure import AzureStore

    return AzureStore(account)
