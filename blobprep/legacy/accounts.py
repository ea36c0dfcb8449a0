"""An account, from which services are made."""

from __future__ import annotations

import importlib
from typing import Any

from blobprep.legacy.methods import Arguments, not_none, takes
from blobprep.legacy.sharedaccess import ACCOUNT_TERMS, SharedAccessSignature

__all__ = ["CloudStorageAccount"]


class CloudStorageAccount:
    """Makes services that share a name and a key or token.

    Args:
        account_name: needed unless the emulator is used.
        account_key: signs the requests; goes before the token.
        sas_token: a shared access signature.
        is_emulated: use the emulator, whatever else is given.
        endpoint_suffix: of a cloud of its own; else `core.windows.net`.
    """

    def __init__(
        self,
        account_name: str | None = None,
        account_key: str | None = None,
        sas_token: str | None = None,
        is_emulated: bool | None = None,
        endpoint_suffix: str | None = None,
    ) -> None:
        self.account_name = account_name
        self.account_key = account_key
        self.sas_token = sas_token
        self.is_emulated = is_emulated
        self.endpoint_suffix = endpoint_suffix

    def create_block_blob_service(self) -> Any:
        """Make a `BlockBlobService`."""
        return self._service("blob", "BlockBlobService")

    def create_page_blob_service(self) -> Any:
        """Make a `PageBlobService`."""
        return self._service("blob", "PageBlobService")

    def create_append_blob_service(self) -> Any:
        """Make an `AppendBlobService`."""
        return self._service("blob", "AppendBlobService")

    def create_blob_service(self) -> Any:
        """Make a `BlobService`, as accounts did up to 0.20."""
        from blobprep.legacy.early import BlobService

        return BlobService(self.account_name, self.account_key)

    def create_queue_service(self) -> Any:
        """Make a `QueueService`, if the script brings the package that has it."""
        return self._service("queue", "QueueService")

    def create_table_service(self) -> Any:
        """Make a `TableService`, if the script brings the package that has it."""
        return self._service("table", "TableService")

    def create_file_service(self) -> Any:
        """Make a `FileService`, if the script brings the package that has it."""
        return self._service("file", "FileService", emulated=False)

    @takes(f"services, resource_types, {ACCOUNT_TERMS}")
    def generate_shared_access_signature(self, asked: Arguments) -> str:
        """Make a token for the account.

        Raises:
            ValueError: the account has no name or no key.
        """
        not_none("self.account_name", self.account_name)
        not_none("self.account_key", self.account_key)
        assert self.account_name is not None
        return SharedAccessSignature(self.account_name, self.account_key).generate_account(**asked)

    def _service(self, kind: str, name: str, *, emulated: bool = True) -> Any:
        """Make a service of the package for `kind` that the script sees."""
        settings: dict[str, Any] = {"sas_token": self.sas_token, "endpoint_suffix": self.endpoint_suffix}
        if emulated:
            settings["is_emulated"] = self.is_emulated
        try:
            module = importlib.import_module(f"azure.storage.{kind}.{name.lower()}")
        except ImportError:
            package = f"azure-storage-{kind}"
            text = f'The package {package} is required. Please install it using "pip install {package}"'
            raise Exception(text) from None  # the old SDK's own class and words
        return getattr(module, name)(self.account_name, self.account_key, **settings)
