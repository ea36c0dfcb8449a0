"""The account that a reference stands for and the credentials that could open it, without opening anything."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import Final

from blobprep.account import ANONYMOUS, Account, Credential
from blobprep.account.accounts import SDK_CA_VARIABLES
from blobprep.errors import BlobprepError
from blobprep.reference import Reference
from blobprep.settings.credentials_order import STAGES, SettingsSources

__all__ = ["ROUTE", "AccountRequest", "AccountResolution", "CredentialCandidate", "ParsedName", "list_candidates"]

ROUTE: Final = (
    *("http_proxy", "HTTP_PROXY", "https_proxy", "HTTPS_PROXY", "all_proxy", "ALL_PROXY", "no_proxy", "NO_PROXY"),
    *SDK_CA_VARIABLES,
)
"""The variables that the libraries below us read themselves to reach an address."""


@dataclass(frozen=True, slots=True)
class ParsedName:
    """A reference, a name from the settings or a local path, as it was understood.

    Attributes:
        printed: the reference or path that it stands for, without secret.
        named: its name in the settings; empty if it is not from there.
        reference: None for a local path.
        sas: its SAS token; the only secret here, and never shown.
    """

    printed: str
    named: str
    reference: Reference | None
    sas: str | None = field(repr=False)


@dataclass(frozen=True, slots=True)
class AccountRequest:
    """The account that is needed, as a reference describes it.

    Attributes:
        name: the account's name; None for the default account.
        endpoint: the address in the reference, else None.
        sas: the SAS token in the reference, else None.
        container: the container in the reference; may be empty.
    """

    name: str | None
    endpoint: str | None = None
    sas: str | None = field(default=None, repr=False)
    container: str = ""


@dataclass(frozen=True, slots=True)
class CredentialCandidate:
    """A credential that was considered for an account.

    Attributes:
        source: where it comes from, in words.
        kind: its kind, in words; empty if there is no credential.
        used: whether it opens the account.
        why: why it is used, or why it is not.
    """

    source: str
    kind: str
    used: bool
    why: str


def _no_candidates() -> Iterator[CredentialCandidate]:
    return iter(())


@dataclass(frozen=True, slots=True)
class AccountResolution:
    """An account as reference and settings describe it, before it is checked against the policy.

    Attributes:
        account: with protocol, address and credential.
        explicit: whether http was asked for by name.
        source: the source of its credential; empty for none.
        candidates: lists every credential that was considered, in order of precedence.
    """

    account: Account
    explicit: bool
    source: str
    candidates: Callable[[], Iterator[CredentialCandidate]] = field(default=_no_candidates, repr=False)


def list_candidates(
    sources: SettingsSources, account: Account, used: str, request: AccountRequest, passed: Account | None
) -> Iterator[CredentialCandidate]:
    """List the credentials that could open an account, in order of precedence, with the one that does.

    Args:
        sources: everything that the settings know.
        account: the account as it will be opened.
        used: the source of its credential; empty for the last resort.
        request: the account as the reference describes it.
        passed: the account as the caller passed it, which comes before the settings.
    """
    if request.sas is None:
        yield CredentialCandidate("a SAS token in the reference", "", False, "the reference has none")
    else:
        yield CredentialCandidate(
            "a SAS token in the reference", Credential("sas", request.sas).describe(), True, "it comes first"
        )
    if passed is not None:
        is_used = request.sas is None and passed.credential == account.credential
        why = "the caller passed it" if is_used else _why_not(used, account)
        yield CredentialCandidate("argument accounts", passed.credential.describe(), is_used, why)
    found = False
    for stage_name, stage in STAGES:
        openers = list(stage(sources, account.name, request.container))
        foreign = list(_foreign(sources, account.name)) if stage is STAGES[0][1] else []
        yield from foreign
        if not openers and not foreign:
            yield CredentialCandidate(stage_name, "", False, "has no credential for this account")
        for opener in openers:
            is_used = not found and opener.source == used and _credential(opener.open) == account.credential
            found = found or is_used
            kind = _kind(opener.open)
            why = "it is the first credential found" if is_used else _why_not(used, account)
            yield CredentialCandidate(opener.source, kind, is_used, why)
    if not used or not (found or request.sas is not None or passed is not None):
        source = "no credential" if account.credential == ANONYMOUS else used or "the default identity"
        yield CredentialCandidate(
            source, account.credential.describe(), True, "there is no other credential for this account"
        )


def _foreign(sources: SettingsSources, name: str) -> Iterator[CredentialCandidate]:
    """List the credentials in the environment that belong to another account, or to no known one."""
    found = sources.environment
    if found.string_account and found.string_account[0].name != name:
        account, source = found.string_account
        why = f"it belongs to account {account.name}"
        yield CredentialCandidate(source, account.credential.describe(), False, why)
    for credential, source in () if sources.is_own(name) else found.credentials:
        why = f"neither AZURE_STORAGE_ACCOUNT nor --account names {name}"
        yield CredentialCandidate(source, credential.describe(), False, why)


def _why_not(used: str, account: Account) -> str:
    if account.credential == ANONYMOUS:
        return "it is not sent to this address"
    return f"{used} comes first" if used else "it is not used"


def _credential(open_: Callable[[], Account]) -> Credential | None:
    try:
        return open_().credential
    except BlobprepError:
        return None


def _kind(open_: Callable[[], Account]) -> str:
    found = _credential(open_)
    return found.describe() if found else "it cannot be used"
