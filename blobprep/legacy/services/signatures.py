"""Shared access signatures for what a service holds; nothing is sent to make one."""

from __future__ import annotations

from datetime import date

from blobprep.legacy.models import Services, UserDelegationKey
from blobprep.legacy.services.account import BlobAccount
from blobprep.legacy.sharedaccess import (
    BlobSharedAccessSignature,
    complete_user_delegation_key,
    permission_may_come_third,
)
from blobprep.legacy.wire.failures import not_none

__all__ = ["Signatures"]

Moment = date | str | None


class Signatures(BlobAccount):
    """Tokens that open the account, a container or a blob to others.

    Each needs the account's key, or but for the account a `user_delegation_key`. What they take is told by
    `blobprep.legacy.sharedaccess`.
    """

    def generate_account_shared_access_signature(
        self,
        resource_types: object,
        permission: object,
        expiry: Moment,
        start: Moment = None,
        ip: str | None = None,
        protocol: str | None = None,
    ) -> str:
        """Make a token for the account's Blob service."""
        not_none("self.account_name", self.account_name)
        not_none("self.account_key", self.account_key)
        signer = BlobSharedAccessSignature(self.account_name, self.account_key)
        return signer.generate_account(Services.BLOB, resource_types, permission, expiry, start, ip, protocol)

    def generate_container_shared_access_signature(
        self,
        container_name: str,
        permission: object = None,
        expiry: Moment = None,
        start: Moment = None,
        id: str | None = None,  # noqa: A002
        ip: str | None = None,
        protocol: str | None = None,
        cache_control: str | None = None,
        content_disposition: str | None = None,
        content_encoding: str | None = None,
        content_language: str | None = None,
        content_type: str | None = None,
        user_delegation_key: UserDelegationKey | None = None,
    ) -> str:
        """Make a token for a container."""
        not_none("container_name", container_name)
        return self._signer(user_delegation_key).generate_container(
            container_name,
            permission,
            expiry,
            start,
            id,
            ip,
            protocol,
            cache_control,
            content_disposition,
            content_encoding,
            content_language,
            content_type,
        )

    @permission_may_come_third
    def generate_blob_shared_access_signature(
        self,
        container_name: str,
        blob_name: str,
        snapshot: str | None = None,
        permission: object = None,
        expiry: Moment = None,
        start: Moment = None,
        id: str | None = None,  # noqa: A002
        ip: str | None = None,
        protocol: str | None = None,
        cache_control: str | None = None,
        content_disposition: str | None = None,
        content_encoding: str | None = None,
        content_language: str | None = None,
        content_type: str | None = None,
        user_delegation_key: UserDelegationKey | None = None,
    ) -> str:
        """Make a token for a blob, or for one of its snapshots."""
        not_none("container_name", container_name)
        not_none("blob_name", blob_name)
        return self._signer(user_delegation_key).generate_blob(
            container_name,
            blob_name,
            snapshot,
            permission,
            expiry,
            start,
            id,
            ip,
            protocol,
            cache_control,
            content_disposition,
            content_encoding,
            content_language,
            content_type,
        )

    def _signer(self, user_delegation_key: UserDelegationKey | None) -> BlobSharedAccessSignature:
        not_none("self.account_name", self.account_name)
        if user_delegation_key is not None:
            complete_user_delegation_key(user_delegation_key)
            return BlobSharedAccessSignature(self.account_name, user_delegation_key=user_delegation_key)
        not_none("self.account_key", self.account_key)
        return BlobSharedAccessSignature(self.account_name, self.account_key)
