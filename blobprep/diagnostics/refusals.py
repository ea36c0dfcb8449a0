"""Refusals of the service explained for one account, with the commands that fix them. Pure.

Causes and remedies come from `blobprep.stores.error_codes`; this module adds what the doctor knows: which letters a SAS
token lacks, which role an identity needs, which `az` command sets it right.

Source:
    Of roles: Microsoft, "Azure built-in roles for Storage"; of commands: the reference of `az storage` and
    `az role assignment create`.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Final

from blobprep.account import SasToken
from blobprep.errors import AccessError
from blobprep.stores.error_codes import CODES, CodeMeaning, Explanation
from blobprep.stores.explanations import meaning_of

__all__ = ["LETTERS", "ROLES", "Case", "explain", "explain_missing_container"]

ROLES: Final = {
    "list": "Storage Blob Data Reader",
    "read": "Storage Blob Data Reader",
    "write": "Storage Blob Data Contributor",
    "delete": "Storage Blob Data Contributor",
}
"""The narrowest built-in role that allows each action."""

LETTERS: Final = {"list": "l", "read": "r", "write": "w", "delete": "d"}
"""The permission letter of a SAS token for each action; `c` is enough to write a blob that does not exist yet."""


@dataclass(frozen=True, slots=True)
class Case:
    """The facts a remedy depends on; holds no secret.

    Attributes:
        account, container: names; `container` may be empty.
        kind: the kind of credential.
        source: where the credential came from, in words.
        flavor: how an access token is obtained, as in the setting `credential`; empty for other credentials.
        client_id: the client id of the token's identity; empty if unknown.
        protocol: the protocol in use.
        emulator: the service says that it is Azurite.
        token: the fields of the SAS token, else None.
        action: `list`, `read`, `write` or `delete`.
        walled: the account's network rules refuse an anonymous request too.
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


def explain(code: str, status: int | None, case: Case) -> CodeMeaning:
    """Return what a refusal means: the error any other command ends with, its cause and the exact remedy.

    Args:
        code: the service's error code; may be empty.
        status: the HTTP status, None where it is not known.
        case: what was tried.
    """
    meaning = meaning_of(code, status, case.kind, emulator=case.emulator)
    if code in _ADDITIONS:
        return CodeMeaning(meaning.error, *_ADDITIONS[code](meaning, case))
    if meaning.error is AccessError and code not in CODES:
        meaning = meaning_of("AuthorizationPermissionMismatch", status, case.kind)
        return CodeMeaning(AccessError, *_add_permission(meaning, case))
    return meaning


def explain_missing_container(case: Case) -> Explanation:
    """Return cause and remedy for a container that does not exist."""
    if case.kind == "anonymous":
        meaning = meaning_of("ContainerNotFound", 404, case.kind)
        return meaning.cause, f"{meaning.remedy} ({_credential_settings(case)})"
    remedy = f"check its name with `blobprep ls az://{case.account}@`, or create it: "
    if case.emulator:
        return "it has not been created in this emulator", f"{remedy}`blobprep cp --create-container`"
    command = f"az storage container create --account-name {case.account} --name {case.container} --auth-mode login"
    return "its name is misspelled, it is in another account, or it has not been created", remedy + command


def _update_command(case: Case, setting: str) -> str:
    return f"az storage account update --name {case.account} {setting}"


def _credential_settings(case: Case) -> str:
    return (
        f"set AZURE_STORAGE_ACCOUNT={case.account} with AZURE_STORAGE_KEY or AZURE_STORAGE_SAS_TOKEN, or key_env or "
        f"sas_env in [accounts.{case.account}]"
    )


def _sas_command(case: Case) -> str:
    what = f"container generate-sas --account-name {case.account} --name {case.container or 'CONTAINER'}"
    letters = _letters(case)
    return (
        f"az storage {what} --permissions {letters} --expiry YYYY-MM-DDTHH:MMZ --https-only --auth-mode login --as-user"
    )


def _letters(case: Case) -> str:
    """Return the letters a token needs: those it has, and that of the action."""
    held = set(case.token.permissions) if case.token else set()
    return "".join(letter for letter in "racwdl" if letter in {*held, LETTERS[case.action]})


def _add_permission(meaning: CodeMeaning, case: Case) -> Explanation:
    if case.kind == "sas":
        letter = LETTERS[case.action]
        held = case.token.permissions if case.token else ""
        if letter in held:
            cause = f"the SAS token has the permission {letter}, but is not for this container or blob"
            return cause, f"ask for a SAS token that is: {_sas_command(case)}"
        cause = f"{meaning.cause}: it lacks the permission {letter} (it has {held or 'no permissions'})"
        return cause, f"ask for a SAS token with sp={_letters(case)}: {_sas_command(case)}"
    if case.kind == "anonymous":
        return _add_settings(meaning, case)
    if case.kind == "key":
        command = f"az storage account show --name {case.account} --query networkRuleSet"
        return meaning.cause, f"{meaning.remedy}: {command}"
    return _add_role(meaning, case)


def _add_role(meaning: CodeMeaning, case: Case) -> Explanation:
    role = ROLES[case.action]
    assignee, who = case.client_id or "PRINCIPAL", "the application's client id or your sign-in name"
    if case.flavor == "cli":
        assignee, who = '"$(az ad signed-in-user show --query id --output tsv)"', ""
    elif case.client_id:
        who = ""
    scope = f'"$(az storage account show --name {case.account} --query id --output tsv)'
    scope += f'/blobServices/default/containers/{case.container}"' if case.container else '"'
    return (
        f"{meaning.cause}: to {case.action} here it needs {role} (Owner or Contributor is not enough)",
        f'az role assignment create --assignee {assignee} --role "{role}" --scope {scope} '
        f"({f'PRINCIPAL: {who}; ' if who else ''}it may take ten minutes to take effect)",
    )


def _add_settings(meaning: CodeMeaning, case: Case) -> Explanation:
    return meaning.cause, f"{meaning.remedy} ({_credential_settings(case)})"


def _add_credential(meaning: CodeMeaning, case: Case) -> Explanation:
    if case.kind == "sas":
        return meaning.cause, f"{meaning.remedy}: {_sas_command(case)}"
    if case.kind == "key":
        return (
            f"{meaning.cause} (account {case.account}, key from {case.source})",
            f"{meaning.remedy} (az storage account keys list --account-name {case.account} "
            '--query "[0].value" --output tsv)',
        )
    if case.kind == "anonymous":
        return _add_settings(meaning, case)
    return (
        meaning.cause,
        f"{meaning.remedy} (az login --tenant TENANT; for the account's: az account show --query tenantId)",
    )


def _add_network(meaning: CodeMeaning, case: Case) -> Explanation:
    if case.emulator and case.kind != "sas":
        return (
            meaning.cause,
            f"{meaning.remedy}: devstoreaccount1 with its published key (UseDevelopmentStorage=true); or name yours in "
            "AZURITE_ACCOUNTS before the emulator starts",
        )
    if case.kind == "sas" and not case.walled:
        return _add_permission(meaning_of("AuthorizationPermissionMismatch", 403, case.kind), case)
    meaning = meaning_of("AuthorizationFailure", 403, "key")  # the firewall, whatever the credential
    return (
        meaning.cause,
        f"{meaning.remedy}: az storage account network-rule add --account-name {case.account} --ip-address ADDRESS "
        "(the public address of this network; in Azure use --subnet or a private endpoint), and wait a minute",
    )


def _add_update(setting: str, purpose: str) -> Callable[[CodeMeaning, Case], Explanation]:
    """Return an addition: the command that changes a setting of the account, and its purpose."""
    return lambda meaning, case: (
        meaning.cause,
        f"{meaning.remedy}; {purpose}: {_update_command(case, setting)}",
    )


_ADDITIONS: Final[Mapping[str, Callable[[CodeMeaning, Case], Explanation]]] = {
    "AccountIsDisabled": lambda meaning, case: (meaning.cause, f"{meaning.remedy}: az account list --output table"),
    "AccountRequiresHttps": _add_update("--https-only false", "to allow http"),
    "AuthenticationFailed": _add_credential,
    "AuthorizationFailure": _add_network,
    "AuthorizationPermissionMismatch": _add_permission,
    "AuthorizationResourceTypeMismatch": lambda meaning, case: (
        f"{meaning.cause} (srt={case.token.resource_types if case.token else ''})",
        meaning.remedy,
    ),
    "AuthorizationServiceMismatch": lambda meaning, case: (
        f"{meaning.cause} (ss={case.token.services if case.token else ''})",
        meaning.remedy,
    ),
    "InsufficientAccountPermissions": _add_permission,
    "InvalidAuthenticationInfo": _add_credential,
    "KeyBasedAuthenticationNotPermitted": lambda meaning, case: (
        meaning.cause,
        f"{meaning.remedy} ({_sas_command(case)}; or {_update_command(case, '--allow-shared-key-access true')})",
    ),
    "NoAuthenticationInformation": _add_settings,
    "PublicAccessNotPermitted": lambda meaning, case: (
        meaning.cause,
        f"{meaning.remedy} ({_credential_settings(case)}); or allow anonymous access: "
        + _update_command(case, "--allow-blob-public-access true"),
    ),
    "ServerBusy": lambda meaning, case: (
        f"{meaning.cause}: it receives more requests than its limits allow",
        f"{meaning.remedy}; see 'Transactions' of the account in Azure Monitor",
    ),
    "TlsVersionNotPermitted": _add_update("--min-tls-version TLS1_2", "to lower what the account requires"),
}
