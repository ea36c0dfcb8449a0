"""Shared access signatures for what a service holds; nothing is sent to make one."""

from __future__ import annotations

from typing import Final

from blobprep.legacy.methods import BLOB_NAMES, Arguments, need, takes
from blobprep.legacy.models import Services, UserDelegationKey
from blobprep.legacy.services.account import BlobAccount
from blobprep.legacy.sharedaccess import (
    ACCOUNT_TERMS,
    RESOURCE_TERMS,
    BlobSharedAccessSignature,
    complete_user_delegation_key,
    permission_may_come_third,
)
from blobprep.legacy.wire.failures import not_none

__all__ = ["Signatures"]

_DELEGATED: Final = f"{RESOURCE_TERMS}, user_delegation_key=None"


class Signatures(BlobAccount):
    """Tokens that open the account, a container or a blob to others.

    Each needs the account's key, or but for the account a `user_delegation_key`.
    """

    @takes(f"resource_types, {ACCOUNT_TERMS}")
    def generate_account_shared_access_signature(self, asked: Arguments) -> str:
        """Make a token for the account's Blob service."""
        not_none("self.account_name", self.account_name)
        not_none("self.account_key", self.account_key)
        signer = BlobSharedAccessSignature(self.account_name, self.account_key)
        return signer.generate_account(Services.BLOB, **asked)

    @takes(f"container_name, {_DELEGATED}")
    def generate_container_shared_access_signature(self, asked: Arguments) -> str:
        """Make a token for a container."""
        need(asked, ("container_name",))
        return self._signer(asked.pop("user_delegation_key")).generate_container(**asked)

    @permission_may_come_third
    @takes(f"container_name, blob_name, snapshot=None, {_DELEGATED}")
    def generate_blob_shared_access_signature(self, asked: Arguments) -> str:
        """Make a token for a blob, or for one of its snapshots."""
        need(asked, BLOB_NAMES)
        return self._signer(asked.pop("user_delegation_key")).generate_blob(**asked)

    def _signer(self, user_delegation_key: UserDelegationKey | None) -> BlobSharedAccessSignature:
        not_none("self.account_name", self.account_name)
        if user_delegation_key is not None:
            complete_user_delegation_key(user_delegation_key)
            return BlobSharedAccessSignature(self.account_name, user_delegation_key=user_delegation_key)
        not_none("self.account_key", self.account_key)
        return BlobSharedAccessSignature(self.account_name, self.account_key)
