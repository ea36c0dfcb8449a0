"""The account behind a service: how it is constructed, and how its resources are addressed."""

from __future__ import annotations

from typing import Any

from blobprep.legacy.connection import ConnectionParameters
from blobprep.legacy.operations import Operating
from blobprep.legacy.wire.authentication import (
    NoAuthentication,
    SharedAccessSignatureAuthentication,
    SharedKeyAuthentication,
)
from blobprep.legacy.wire.constants import DEFAULT_PROTOCOL, SERVICE_HOST_BASE, VERSION
from blobprep.legacy.wire.transport import Timeout

__all__ = ["BlobAccount"]


class BlobAccount(Operating):
    """The Blob service of an account.

    Nothing is sent by constructing one. A connection string is stronger than `is_emulated`, and that than an account
    name. Requests are signed with the key, else with the token, else by the credential, else not at all.

    Attributes:
        require_encryption: Whether blobs that are not encrypted on this side are refused.
        key_encryption_key: Wraps and unwraps the keys of encrypted blobs.
        key_resolver_function: Finds that key by the id in a blob's metadata.
    """

    def __init__(
        self,
        account_name: str | None = None,
        account_key: str | None = None,
        sas_token: str | None = None,
        is_emulated: bool = False,
        protocol: str = DEFAULT_PROTOCOL,
        endpoint_suffix: str = SERVICE_HOST_BASE,
        custom_domain: str | None = None,
        request_session: Any = None,
        connection_string: str | None = None,
        socket_timeout: Timeout = None,
        token_credential: Any = None,
    ) -> None:
        super().__init__(
            ConnectionParameters.of_service(
                "blob",
                account_name=account_name,
                account_key=account_key,
                sas_token=sas_token,
                token_credential=token_credential,
                is_emulated=is_emulated,
                protocol=protocol,
                endpoint_suffix=endpoint_suffix,
                custom_domain=custom_domain,
                request_session=request_session,
                connection_string=connection_string,
                socket_timeout=socket_timeout,
            )
        )
        if self.account_key:
            self.authentication = SharedKeyAuthentication(self.account_name, self.account_key, self.is_emulated)
        elif self.sas_token:
            self.authentication = SharedAccessSignatureAuthentication(self.sas_token)
        else:
            self.authentication = self.token_credential or NoAuthentication()
        self.require_encryption = False
        self.key_encryption_key: Any = None
        self.key_resolver_function: Any = None
        self._update_user_agent_string(VERSION)

    def make_blob_url(
        self,
        container_name: str,
        blob_name: str,
        protocol: str | None = None,
        sas_token: str | None = None,
        snapshot: str | None = None,
    ) -> str:
        """Write the URL of a blob, its name as it is."""
        query = "&".join(part for part in (snapshot and f"snapshot={snapshot}", sas_token) if part)
        url = f"{protocol or self.protocol}://{self.primary_endpoint}/{container_name}/{blob_name}"
        return f"{url}?{query}" if query else url

    def make_container_url(self, container_name: str, protocol: str | None = None, sas_token: str | None = None) -> str:
        """Write the URL of a container."""
        url = f"{protocol or self.protocol}://{self.primary_endpoint}/{container_name}?restype=container"
        return f"{url}&{sas_token}" if sas_token else url
