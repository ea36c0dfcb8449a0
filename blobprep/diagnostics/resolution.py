"""How the reference was read, which account it means, and whether policy and credential allow its use."""

from __future__ import annotations

from collections.abc import Iterator

from blobprep.account import Account, check_protocol, require_credential
from blobprep.diagnostics.findings import Examination, StepFinding, ok, warn
from blobprep.errors import BlobprepError, SettingError, UsageError
from blobprep.settings import Workspace
from blobprep.settings.account_resolution import AccountRequest, AccountResolution, ParsedName

__all__ = ["choose_protocol", "fail_with", "find_account", "list_credentials", "read_reference", "report_no_account"]


def read_reference(text: str, workspace: Workspace) -> tuple[ParsedName | None, StepFinding]:
    """Return the meaning of a text, and the finding on it."""
    try:
        meaning = workspace.meaning(text)
    except UsageError as error:
        return None, fail_with("reference", error)
    printed = f"{text} in the settings means {meaning.printed}" if meaning.named else meaning.printed
    return meaning, ok("reference", f"{printed}: {_describe_parts(meaning)}")


def _describe_parts(meaning: ParsedName) -> str:
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
    listing = ", ".join(f"{name} {value}" for name, value in parts.items() if value)
    return f"{listing}; its SAS token is not shown" if meaning.sas else listing


def find_account(
    workspace: Workspace, name: str | None, meaning: ParsedName | None
) -> tuple[AccountResolution | None, StepFinding]:
    """Return the account that is meant, and the finding on where it is."""
    asked = AccountRequest(name)
    if meaning is not None and meaning.reference is not None:
        asked = AccountRequest(name, meaning.reference.endpoint, meaning.sas, meaning.reference.container)
    try:
        found = workspace.destination(asked)
    except UsageError as error:
        return None, fail_with("account", error)
    account = found.account
    if (passed := workspace.passed(account.name)) is not None:
        return found, ok("account", f"{account.name}, an open store passed by the caller ({passed.protocol})")
    if account.folder is not None:
        return found, ok("account", f"{account.name}, kept in the folder {account.folder}")
    local = " (on this machine)" if account.is_local else ""
    return found, ok("account", f"{account.name} at {account.url}{local}")


def report_no_account(workspace: Workspace) -> Examination:
    """Report that no account is configured, and how to name one."""
    text = workspace.asked["config"] or "no blobprep.toml in this folder or one above it"
    error = SettingError(
        "no account is configured",
        remedy="name a reference: blobprep doctor az://ACCOUNT@CONTAINER/; or add [accounts.NAME] to blobprep.toml, or "
        "set AZURE_STORAGE_ACCOUNT",
    )
    return Examination("the settings", (StepFinding("ok", "settings", text), fail_with("account", error)))


def choose_protocol(found: AccountResolution, workspace: Workspace) -> tuple[Account | None, StepFinding]:
    """Check the protocol against the policy; return the account with the protocol to be used."""
    try:
        account, warning = check_protocol(found.account, workspace.allow_http, explicit=found.explicit)
    except UsageError as error:
        return None, fail_with("protocol", error)
    if warning:
        return account, warn("protocol", "http", warning, "use https: --protocol https")
    reason = "" if account.protocol == "https" else f'; allow_http = "{workspace.allow_http}" allows it here'
    return account, ok("protocol", f"{account.protocol}{reason}")


def list_credentials(found: AccountResolution) -> Iterator[StepFinding]:
    """Yield the credential in use and why, or what is wrong with it, and then every other candidate."""
    fault = _fault(found)
    for candidate in sorted(found.candidates(), key=lambda candidate: not candidate.used):
        kind = f" ({candidate.kind})" if candidate.kind and candidate.kind not in candidate.source else ""
        text = f"{candidate.source}{kind}: {candidate.why}"
        if candidate.used:
            yield fault or ok("credential", text)
        else:
            yield StepFinding("skip", "credential", text)


def _fault(found: AccountResolution) -> StepFinding | None:
    try:
        require_credential(found.account, found.source)
    except SettingError as error:
        return fail_with("credential", error)
    return None


def fail_with(topic: str, error: BlobprepError) -> StepFinding:
    """Return the finding for a step that ended with one of our errors."""
    return StepFinding("fail", topic, error.message, "", error.remedy, type(error).__name__)
