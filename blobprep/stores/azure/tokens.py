"""Tokens of azure-identity; imported only for accounts that are opened with one."""

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
    "managed-identity": "check that this machine has a managed identity, and client_id where it has several",
    "workload-identity": "check tenant_id, client_id and the file with the workload's token",
    "cli": "sign in with `az login`",
    "service-principal": "check tenant_id, client_id and the secret or certificate, and that it has not expired",
}


class _Source(Protocol):
    def get_token(self, *scopes: str, **options: Any) -> AccessToken: ...


class _Bearer:
    """Hand out the token that was given; when it expires only the service can tell."""

    def __init__(self, token: str) -> None:
        self._token = token

    def get_token(self, *scopes: str, **options: Any) -> AccessToken:
        return AccessToken(self._token, int(time.time()) + _HOUR)


class TokenProvider:
    """Ask for tokens as the SDK does, with our errors: theirs may quote what was sent.

    Args:
        account: they are for.
        source: of azure-identity.

    Attributes:
        source: as given.
    """

    def __init__(self, account: Account, source: _Source) -> None:
        self._account = account
        self.source = source

    def __repr__(self) -> str:
        return f"TokenProvider({self._account.name!r}, {type(self.source).__name__})"

    def get_token(self, *scopes: str, **options: Any) -> AccessToken:
        """Return a token.

        Raises:
            AccessError: there is none to be had; the remedy says what was tried.
            StoreUnavailable: who gives them cannot be reached.
        """
        try:
            return self.source.get_token(*scopes, **options)
        except (AzureError, OSError, ValueError) as error:
            raise _refused(error, self._account, self.source) from None


def token_provider(account: Account) -> TokenProvider:
    """Return what asks for tokens, by the flavor of the account's credential; nothing is asked yet.

    Raises:
        SettingError: it is not complete, or its certificate cannot be read.
    """
    # Without a handler of the program's own, Python prints what the library warns of, at length.
    logging.getLogger("azure.identity").addHandler(_SILENT)
    credential = account.credential
    _require_whole(account.name, credential)
    try:
        return TokenProvider(account, _source(account))
    except (OSError, ValueError):  # their texts are the library's own
        raise SettingError(
            f'credential "{credential.flavor}" of account {account.name} cannot be used',
            remedy=_REMEDIES.get(credential.flavor, "check its settings"),
        ) from None


def _source(account: Account) -> _Source:
    from azure import identity as library

    credential, network = account.credential, account.network
    asked = credential.identity
    given: dict[str, Any] = {"authority": asked.authority} if asked.authority else {}
    if network.ca_bundle:
        given["connection_verify"] = network.ca_bundle
    if credential.flavor == "bearer":
        return _Bearer(credential.secret)
    if credential.flavor == "cli":
        return library.AzureCliCredential(tenant_id=asked.tenant_id)
    if credential.flavor == "managed-identity":
        config = {"object_id": asked.object_id} if asked.object_id else {"resource_id": asked.resource_id}
        return library.ManagedIdentityCredential(
            client_id=asked.client_id or None,
            identity_config=None if asked.client_id or not any(config.values()) else config,
        )
    if credential.flavor == "default":
        if asked.client_id:
            given.update(managed_identity_client_id=asked.client_id, workload_identity_client_id=asked.client_id)
        return library.DefaultAzureCredential(**given)
    if network.proxy:  # not for the others: the address of a managed identity is on this machine
        given["proxies"] = {"http": network.proxy, "https": network.proxy}
    names = {"tenant_id": asked.tenant_id, "client_id": asked.client_id}
    if credential.flavor == "workload-identity":
        return library.WorkloadIdentityCredential(**names, token_file_path=asked.token_file, **given)
    if credential.secret:
        return library.ClientSecretCredential(**names, client_secret=credential.secret, **given)
    return library.CertificateCredential(**names, certificate_path=asked.certificate, **given)


def _require_whole(name: str, credential: Credential) -> None:
    asked = credential.identity
    needed = {"tenant_id": asked.tenant_id, "client_id": asked.client_id}
    if credential.flavor == "service-principal":
        needed["client_secret_env or certificate"] = credential.secret or asked.certificate
    elif credential.flavor == "workload-identity":
        needed["token_file"] = asked.token_file
    else:
        needed = {"the token": credential.secret} if credential.flavor == "bearer" else {}
    if missing := [each for each, value in needed.items() if not value]:
        raise SettingError(
            f'credential "{credential.flavor}" of account {name} has no {", ".join(missing)}',
            remedy="set it in the account's table of blobprep.toml, or in the environment (`blobprep settings`)",
        )


def _refused(error: Exception, account: Account, source: _Source) -> BlobprepError:
    credential = account.credential
    if isinstance(error, (ServiceRequestError, ServiceResponseError)):
        return StoreUnavailable(
            f"no token for account {account.name}: who gives them cannot be reached",
            remedy="check the network, and any proxy or firewall on the way to the sign-in service",
        )
    tried = [type(each).__name__.removesuffix("Credential") for each in getattr(source, "credentials", ())]
    number = _NUMBER.search(str(error))
    told = f" ({number[0]})" if number else f"; tried were {', '.join(tried)}" if tried else ""
    return AccessError(
        f'no token for account {account.name} with credential "{credential.flavor}"{told}',
        remedy=_REMEDIES.get(credential.flavor, "ask for a new token"),
    )
