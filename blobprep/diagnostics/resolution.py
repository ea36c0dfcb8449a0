"""How the reference was read, which account it leads to, and what the policy says."""

from __future__ import annotations

from collections.abc import Iterator

from blobprep.account import Account, check_protocol, require_credential
from blobprep.diagnostics.findings import Examination, Finding, ok, warned
from blobprep.errors import BlobprepError, SettingError, UsageError
from blobprep.settings import Workspace
from blobprep.settings.account_resolution import AccountRequest, AccountResolution, ParsedName

__all__ = ["allowed", "credentials", "described", "read", "refused", "without_account"]


def read(text: str, workspace: Workspace) -> tuple[ParsedName | None, Finding]:
    """Say how a text was read."""
    try:
        meaning = workspace.meaning(text)
    except UsageError as error:
        return None, refused("reference", error)
    named = f"{text} in the settings stands for {meaning.printed}" if meaning.named else meaning.printed
    return meaning, ok("reference", f"{named}: {_parts(meaning)}")


def _parts(meaning: ParsedName) -> str:
    reference = meaning.reference
    if reference is None:
        return "a local path"
    blob = "prefix" if reference.is_prefix else "blob"
    parts = {
        "account": reference.account or "left to the settings",
        "container": reference.container,
        blob: reference.blob,
        "version": reference.version_id or "",
        "snapshot": reference.snapshot or "",
    }
    told = ", ".join(f"{name} {value}" for name, value in parts.items() if value)
    return f"{told}; its SAS token was taken off" if meaning.sas else told


def described(
    workspace: Workspace, name: str | None, meaning: ParsedName | None
) -> tuple[AccountResolution | None, Finding]:
    """Say which account is meant and where it is."""
    asked = AccountRequest(name)
    if meaning is not None and meaning.reference is not None:
        asked = AccountRequest(name, meaning.reference.endpoint, meaning.sas, meaning.reference.container)
    try:
        found = workspace.destination(asked)
    except UsageError as error:
        return None, refused("account", error)
    account = found.account
    if (passed := workspace.passed(account.name)) is not None:
        return found, ok("account", f"{account.name}, an open store that the caller passed ({passed.protocol})")
    if account.folder is not None:
        return found, ok("account", f"{account.name}, for which the folder {account.folder} stands")
    local = " (on this machine)" if account.is_local else ""
    return found, ok("account", f"{account.name} at {account.url}{local}")


def without_account(workspace: Workspace) -> Examination:
    """Say that no account is configured, and how one is named."""
    file = workspace.asked["config"]
    looked = file or "no blobprep.toml in this folder or one above it"
    error = SettingError(
        "no account is configured",
        remedy="name a reference: blobprep doctor az://ACCOUNT@CONTAINER/; or write [accounts.NAME] into "
        "blobprep.toml, or set AZURE_STORAGE_ACCOUNT",
    )
    return Examination("the settings", (Finding("ok", "settings", looked), refused("account", error)))


def allowed(found: AccountResolution, workspace: Workspace) -> tuple[Account | None, Finding]:
    """Hold the protocol against the policy."""
    try:
        account, warning = check_protocol(found.account, workspace.allow_http, explicit=found.explicit)
    except UsageError as error:
        return None, refused("protocol", error)
    if warning:
        return account, warned("protocol", "http", warning, "use https: --protocol https")
    reason = "" if account.protocol == "https" else f'; allow_http = "{workspace.allow_http}" allows it here'
    return account, ok("protocol", f"{account.protocol}{reason}")


def credentials(found: AccountResolution) -> Iterator[Finding]:
    """Name the credential that is used and why, or why it cannot be one, then every other that was looked at."""
    fault = _fault(found)
    for each in sorted(found.candidates(), key=lambda each: not each.used):
        kind = f" ({each.kind})" if each.kind and each.kind not in each.source else ""
        if each.used:
            yield fault or ok("credential", f"{each.source}{kind}: {each.why}")
        else:
            yield Finding("skip", "credential", f"{each.source}{kind}: {each.why}")


def _fault(found: AccountResolution) -> Finding | None:
    try:
        require_credential(found.account, found.source)
    except SettingError as error:
        return refused("credential", error)
    return None


def refused(topic: str, error: BlobprepError) -> Finding:
    """Return the finding for an error of ours that ended a step."""
    return Finding("fail", topic, error.message, "", error.remedy, type(error).__name__)
