"""What a refusal of the service means here, and exactly what fixes it. Pure.

Source of codes: Microsoft, "Common REST API error codes" and "Blob Storage error codes"; of roles: "Azure built-in
roles for Storage"; of commands: the reference of `az storage` and `az role assignment create`.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Final

from blobprep.account import SasToken
from blobprep.errors import AccessError, BlobprepError, HttpsRequired, StoreError, StoreUnavailable

__all__ = ["LETTERS", "ROLES", "UNAUTHENTICATED", "Case", "error_of", "explain", "missing_container"]

ROLES: Final = {
    "list": "Storage Blob Data Reader",
    "read": "Storage Blob Data Reader",
    "write": "Storage Blob Data Contributor",
    "delete": "Storage Blob Data Contributor",
}
"""The narrowest built-in role that allows each action."""

LETTERS: Final = {"list": "l", "read": "r", "write": "w", "delete": "d"}
"""The permission letter of a SAS token for each action; `c` is enough to write what is not there yet."""

UNAUTHENTICATED: Final = frozenset(
    {
        "AuthenticationFailed",
        "InvalidAuthenticationInfo",
        "KeyBasedAuthenticationNotPermitted",
        "NoAuthenticationInformation",
        "PublicAccessNotPermitted",
    }
)
"""Codes that say who we are was not accepted, whatever was asked for."""

_UNAVAILABLE: Final = frozenset({"ServerBusy", "InternalError", "OperationTimedOut", "ContainerBeingDeleted"})


@dataclass(frozen=True, slots=True)
class Case:
    """Hold what a remedy depends on; no secret.

    Attributes:
        account, container: names; `container` may be empty.
        kind: of the credential.
        source: where the credential came from, in words.
        flavor: of a token: where it is asked for, as setting `credential` has it.
        client_id: whose token it is, where that is known.
        protocol: that is used.
        emulator: the service says that it is Azurite.
        token: what the SAS token says of itself, else None.
        action: `list`, `read`, `write` or `delete`.
        walled: a stranger is refused by the account's network rules too.
    """

    account: str
    container: str = ""
    kind: str = "anonymous"
    source: str = ""
    flavor: str = ""
    client_id: str = ""
    protocol: str = "https"
    emulator: bool = False
    token: SasToken | None = None
    action: str = "read"
    walled: bool = False


Explanation = tuple[str, str]


def explain(code: str, status: int | None, case: Case) -> Explanation:
    """Return cause and exact remedy of a refusal.

    Args:
        code: the service's; may be empty.
        status: of HTTP, None where it is not known.
        case: what was tried.
    """
    if code in _BY_CODE:
        return _BY_CODE[code](case)
    if code in _UNAVAILABLE or status in (408, 429, 500, 502, 503, 504):
        return "the service cannot answer now", "try again later"
    if status in (401, 403) or not status:
        return _not_permitted(case)
    return f"the service answered with {code or f'status {status}'}", "look the code up in 'Blob Storage error codes'"


def error_of(code: str, status: int | None) -> type[BlobprepError]:
    """Return the error that any other command would end with."""
    if code == "AccountRequiresHttps":
        return HttpsRequired
    if code in _UNAVAILABLE or (status or 0) >= 500 or status in (408, 429):
        return StoreUnavailable
    return AccessError if code in _BY_CODE or status in (400, 401, 403, 409) else StoreError


def missing_container(case: Case) -> Explanation:
    """Return cause and remedy of a container that is not there."""
    if case.kind == "anonymous":
        return (
            "it does not exist, or it is private: a stranger is told the same",
            "check its name; if it is private, " + _lower(_credential(case)),
        )
    remedy = f"check its name with `blobprep ls az://{case.account}@`, or create it: "
    if case.emulator:
        return "nobody has created it in this emulator", remedy + "`blobprep cp --create-container` does so"
    command = f"az storage container create --account-name {case.account} --name {case.container} --auth-mode login"
    return "its name is misspelled, it is in another account, or nobody has created it", remedy + command


def _update(case: Case, setting: str) -> str:
    return f"az storage account update --name {case.account} {setting}"


def _login(case: Case) -> str:
    return f'credential = "default" in [accounts.{case.account}] (Microsoft Entra ID)'


def _credential(case: Case) -> str:
    return (
        f"Give account {case.account} a credential: AZURE_STORAGE_ACCOUNT={case.account} with AZURE_STORAGE_KEY or "
        f"AZURE_STORAGE_SAS_TOKEN, or key_env or sas_env in [accounts.{case.account}]"
    )


def _lower(text: str) -> str:
    return text[:1].lower() + text[1:]


def _new_sas(case: Case, letters: str) -> str:
    what = f"container generate-sas --account-name {case.account} --name {case.container or 'CONTAINER'}"
    return (
        f"az storage {what} --permissions {letters} --expiry YYYY-MM-DDTHH:MMZ --https-only --auth-mode login --as-user"
    )


def _letters(case: Case) -> str:
    """Return the letters a token needs: those it has, and that of the action."""
    held = set(case.token.permissions) if case.token else set()
    return "".join(each for each in "racwdl" if each in {*held, LETTERS[case.action]})


def _not_permitted(case: Case) -> Explanation:
    if case.kind == "sas":
        letter = LETTERS[case.action]
        held = case.token.permissions if case.token else ""
        if letter in held:
            return (
                f"the SAS token has the permission {letter}, and is not for this container or blob",
                f"ask for one that is: {_new_sas(case, _letters(case))}",
            )
        return (
            f"the SAS token lacks the permission {letter} (it has {held or 'none'})",
            f"ask for one with sp={_letters(case)}: {_new_sas(case, _letters(case))}",
        )
    if case.kind == "anonymous":
        return "no credential was sent, and this is not open to everybody", _credential(case)
    if case.kind == "key":
        return (
            "an account key may do everything; a policy, a lock or the account's network rules stand against it",
            f"look at the account: az storage account show --name {case.account} --query networkRuleSet",
        )
    return _role(case)


def _role(case: Case) -> Explanation:
    role = ROLES[case.action]
    assignee, who = case.client_id or "PRINCIPAL", "the application's client id or your sign-in name"
    if case.flavor == "cli":
        assignee, who = '"$(az ad signed-in-user show --query id --output tsv)"', ""
    elif case.client_id:
        who = ""
    scope = f'"$(az storage account show --name {case.account} --query id --output tsv)'
    scope += f'/blobServices/default/containers/{case.container}"' if case.container else '"'
    return (
        f"the identity has no role that allows it to {case.action} here ({role} does; Owner or Contributor does not)",
        f'az role assignment create --assignee {assignee} --role "{role}" --scope {scope} '
        f"({f'PRINCIPAL: {who}; ' if who else ''}it may take ten minutes to count)",
    )


def _authentication(case: Case) -> Explanation:
    if case.kind == "sas":
        return (
            "the signature does not match: the token was not copied whole, is of another account, or the key or stored "
            "access policy behind it was renewed",
            f"ask for a new one: {_new_sas(case, _letters(case))}",
        )
    if case.kind == "key":
        return (
            f"the key from {case.source} is not one of account {case.account}: of another account, or renewed",
            f"take it anew, and put it where it came from: az storage account keys list --account-name {case.account} "
            '--query "[0].value" --output tsv',
        )
    if case.kind == "anonymous":
        return "no credential was sent, and this is not open to everybody", _credential(case)
    return (
        "the token is expired, or of another tenant than the account's",
        "sign in again: az login --tenant TENANT (of the account: az account show --query tenantId)",
    )


def _failure(case: Case) -> Explanation:
    if case.emulator and case.kind != "sas":
        return (
            "the account's name or key is not one of the emulator's",
            "use devstoreaccount1 with its published key: UseDevelopmentStorage=true; or name yours in "
            "AZURITE_ACCOUNTS before the emulator starts",
        )
    if case.kind == "sas" and not case.walled:
        return _not_permitted(case)
    return (
        "the account's firewall does not allow this network",
        f"az storage account network-rule add --account-name {case.account} --ip-address ADDRESS (the public one of "
        "this network; in Azure use --subnet or a private endpoint), and wait a minute",
    )


def _https(case: Case) -> Explanation:
    return (
        "the account takes https only ('Secure transfer required')",
        'use https: --protocol https, or drop protocol = "http" from its settings; to allow http all the same: '
        + _update(case, "--https-only false"),
    )


def _no_keys(case: Case) -> Explanation:
    return (
        "the account takes no account keys, nor SAS tokens signed with one",
        f"use {_login(case)} or a user delegation SAS ({_new_sas(case, _letters(case))}), or allow keys: "
        + _update(case, "--allow-shared-key-access true"),
    )


def _no_strangers(case: Case) -> Explanation:
    remedy = f"{_credential(case)}; or allow it: {_update(case, '--allow-blob-public-access true')}"
    return "the account allows no anonymous access, whatever its containers say", remedy


_BY_CODE: Final[Mapping[str, Callable[[Case], Explanation]]] = {
    "AccountIsDisabled": lambda case: (
        "the account is disabled, most often with its subscription",
        "look at the subscription: az account list --output table",
    ),
    "AccountRequiresHttps": _https,
    "AuthenticationFailed": _authentication,
    "AuthorizationFailure": _failure,
    "AuthorizationPermissionMismatch": _not_permitted,
    "AuthorizationProtocolMismatch": lambda case: (
        "the SAS token allows https only (spr=https)",
        "use https: --protocol https",
    ),
    "AuthorizationResourceTypeMismatch": lambda case: (
        f"the SAS token is for other kinds of resource (srt={case.token.resource_types if case.token else ''})",
        "ask for one with srt=sco: service, containers and blobs",
    ),
    "AuthorizationServiceMismatch": lambda case: (
        f"the SAS token is for other services (ss={case.token.services if case.token else ''})",
        "ask for one with ss=b: the Blob service",
    ),
    "AuthorizationSourceIPMismatch": lambda case: (
        "the SAS token does not allow this machine's address (sip=)",
        "ask for one that allows the public address of this network, or sets none",
    ),
    "InsufficientAccountPermissions": _not_permitted,
    "InvalidAuthenticationInfo": _authentication,
    "KeyBasedAuthenticationNotPermitted": _no_keys,
    "NoAuthenticationInformation": _authentication,
    "PublicAccessNotPermitted": _no_strangers,
    "ServerBusy": lambda case: (
        "the account is throttled: more is asked of it than its limits allow",
        "try again later, with fewer requests at once; look at 'Transactions' of the account in Azure Monitor",
    ),
    "TlsVersionNotPermitted": lambda case: (
        "the account demands a later version of TLS than this machine used",
        "use a Python with OpenSSL 1.1.1 or later; or lower it: " + _update(case, "--min-tls-version TLS1_2"),
    ),
}
