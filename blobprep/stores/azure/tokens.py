"""Access tokens from azure-identity; imported only for accounts that are opened with one."""

from __future__ import annotations

import logging
import re
import time
from typing import Any, Final, Protocol

from azure.core.credentials import AccessToken
from azure.core.exceptions import AzureError, ServiceRequestError, ServiceResponseError

from blobprep.account import Account, Credential
from blobprep.errors import AccessError, BlobprepError, SettingError, StoreUnavailable

__all__ = ["TokenProvider", "token_provider"]

_HOUR: Final = 3600
_SILENT: Final = logging.NullHandler()
_NUMBER: Final = re.compile(r"AADSTS\d+")
_REMEDIES: Final = {
    "default": "sign in with `az login`, name a service principal (AZURE_TENANT_ID, AZURE_CLIENT_ID, "
    "AZURE_CLIENT_SECRET), or give the account a key or a SAS token; a public container needs "
    'credential = "anonymous"',
    "managed-identity": "check that this machine has a managed identity, and set client_id if it has several",
    "workload-identity": "check tenant_id, client_id and the file that holds the workload's token",
    "cli": "sign in with `az login`",
    "service-principal": "check tenant_id, client_id and the secret or certificate, and that it has not expired",
}


class _TokenSource(Protocol):
    def get_token(self, *scopes: str, **options: Any) -> AccessToken: ...


class _FixedToken:
    """A source of the one token that was given; only the service knows when it expires."""

    def __init__(self, token: str) -> None:
        self._token = token

    def get_token(self, *scopes: str, **options: Any) -> AccessToken:
        return AccessToken(self._token, int(time.time()) + _HOUR)


class TokenProvider:
    """A provider of tokens for the SDK that raises our errors; those of azure-identity may quote what was sent.

    Args:
        account: the account the tokens are for.
        source: a credential of azure-identity.

    Attributes:
        source: as given.
    """

    def __init__(self, account: Account, source: _TokenSource) -> None:
        self._account = account
        self.source = source

    def __repr__(self) -> str:
        return f"TokenProvider({self._account.name!r}, {type(self.source).__name__})"

    def get_token(self, *scopes: str, **options: Any) -> AccessToken:
        """Return a token.

        Raises:
            AccessError: no token can be obtained; the remedy says what to check.
            StoreUnavailable: the sign-in service cannot be reached.
        """
        try:
            return self.source.get_token(*scopes, **options)
        except (AzureError, OSError, ValueError) as error:
            raise _convert(error, self._account, self.source) from None


def token_provider(account: Account) -> TokenProvider:
    """Return the provider of tokens for the flavor of the account's credential; no token is requested yet.

    Raises:
        SettingError: a setting is missing, or the certificate cannot be read.
    """
    # Python would print the library's long warnings if the program has no handler of its own.
    logging.getLogger("azure.identity").addHandler(_SILENT)
    credential = account.credential
    _require_complete(account.name, credential)
    try:
        return TokenProvider(account, _source(account))
    except (OSError, ValueError):  # their text is the library's, and may quote secrets
        raise SettingError(
            f'credential "{credential.flavor}" of account {account.name} cannot be used',
            remedy=_REMEDIES.get(credential.flavor, "check its settings (`blobprep settings`)"),
        ) from None


def _source(account: Account) -> _TokenSource:
    from azure import identity as library

    credential, network = account.credential, account.network
    identity = credential.identity
    given: dict[str, Any] = {"authority": identity.authority} if identity.authority else {}
    if network.ca_bundle:
        given["connection_verify"] = network.ca_bundle
    if credential.flavor == "bearer":
        return _FixedToken(credential.secret)
    if credential.flavor == "cli":
        return library.AzureCliCredential(tenant_id=identity.tenant_id)
    if credential.flavor == "managed-identity":
        config = {"object_id": identity.object_id} if identity.object_id else {"resource_id": identity.resource_id}
        return library.ManagedIdentityCredential(
            client_id=identity.client_id or None,
            identity_config=None if identity.client_id or not any(config.values()) else config,
        )
    if credential.flavor == "default":
        if identity.client_id:
            given.update(managed_identity_client_id=identity.client_id, workload_identity_client_id=identity.client_id)
        return library.DefaultAzureCredential(**given)
    if network.proxy:  # not for the flavors above: the address of a managed identity is on this machine
        given["proxies"] = {"http": network.proxy, "https": network.proxy}
    names = {"tenant_id": identity.tenant_id, "client_id": identity.client_id}
    if credential.flavor == "workload-identity":
        return library.WorkloadIdentityCredential(**names, token_file_path=identity.token_file, **given)
    if credential.secret:
        return library.ClientSecretCredential(**names, client_secret=credential.secret, **given)
    return library.CertificateCredential(**names, certificate_path=identity.certificate, **given)


def _require_complete(account: str, credential: Credential) -> None:
    identity = credential.identity
    needed = {"tenant_id": identity.tenant_id, "client_id": identity.client_id}
    if credential.flavor == "service-principal":
        needed["client_secret_env or certificate"] = credential.secret or identity.certificate
    elif credential.flavor == "workload-identity":
        needed["token_file"] = identity.token_file
    else:
        needed = {"the token": credential.secret} if credential.flavor == "bearer" else {}
    if missing := [name for name, value in needed.items() if not value]:
        raise SettingError(
            f'credential "{credential.flavor}" of account {account} lacks {", ".join(missing)}',
            remedy=f"set it in [accounts.{account}] of blobprep.toml, or in the environment (`blobprep settings`)",
        )


def _convert(error: Exception, account: Account, source: _TokenSource) -> BlobprepError:
    credential = account.credential
    if isinstance(error, (ServiceRequestError, ServiceResponseError)):
        return StoreUnavailable(
            f"no access token for account {account.name}: the sign-in service cannot be reached",
            remedy="check the network, and any proxy or firewall on the way to the sign-in service",
        )
    tried = [type(item).__name__.removesuffix("Credential") for item in getattr(source, "credentials", ())]
    number = _NUMBER.search(str(error))
    suffix = f" ({number[0]})" if number else f"; tried: {', '.join(tried)}" if tried else ""
    return AccessError(
        f'no access token for account {account.name} with credential "{credential.flavor}"{suffix}',
        remedy=_REMEDIES.get(credential.flavor, "use a new token"),
    )
