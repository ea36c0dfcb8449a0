"""The store of an account."""

from __future__ import annotations

import threading
from concurrent.futures import Future
from typing import Any, cast

from blobprep.account import Account
from blobprep.errors import BlobprepError, SettingError
from blobprep.stores.base import Store
from blobprep.stores.folder.store import FolderStore

__all__ = ["open_store"]


def open_store(account: Account) -> Store:
    """Return the store of an account, or of the folder in its place; nothing is read or sent yet."""
    if account.folder is not None:
        return FolderStore(account.folder, account.name)
    return cast(Store, _LazyStore(account))


class _LazyStore:
    """A store that a thread is opening.

    The SDK takes most of a second to import. Meanwhile a child can start and local files can be read; the first call
    that needs the account waits for the rest of that second.
    """

    def __init__(self, account: Account) -> None:
        self.account = account.name
        self.protocol = account.protocol
        self.access = account.access
        self._opened: Future[Store] = Future()
        threading.Thread(target=self._open, args=(account,), name="blobprep-open", daemon=True).start()

    def __repr__(self) -> str:
        return f"<store of account {self.account!r}>"

    def __getattr__(self, name: str) -> Any:
        if name.startswith("_"):  # copy and pickle look for private names before `__init__` has run
            raise AttributeError(name)
        return getattr(self._opened.result(), name)

    def _open(self, account: Account) -> None:
        # Runs in the thread `blobprep-open`. Its outcome, error or store, reaches every caller through the future.
        try:
            from blobprep.stores.azure import AzureStore

            self._opened.set_result(AzureStore(account))
        except BlobprepError as error:
            self._opened.set_exception(error)
        except ValueError:  # the SDK's text, which may contain the credential
            self._opened.set_exception(
                SettingError(
                    f"the address of account {account.name} is not valid: {account.url}",
                    remedy='write endpoint = "https://HOST", or leave it out',
                )
            )
        except BaseException as error:
            self._opened.set_exception(error)
