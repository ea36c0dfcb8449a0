"""What a reference means and what could open its account, said without opening anything."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import Final

from blobprep.account import ANONYMOUS, Account, Credential
from blobprep.account.accounts import SDK_CA_VARIABLES
from blobprep.errors import BlobprepError
from blobprep.reference import Reference
from blobprep.settings.credentials_order import STAGES, SettingsSources

__all__ = ["ROUTE", "AccountResolution", "Asked", "CredentialCandidate", "ParsedName", "considered"]

ROUTE: Final = (
    *("http_proxy", "HTTP_PROXY", "https_proxy", "HTTPS_PROXY", "all_proxy", "ALL_PROXY", "no_proxy", "NO_PROXY"),
    *SDK_CA_VARIABLES,
)
"""The variables that the libraries below us read themselves to reach an address."""


@dataclass(frozen=True, slots=True)
class ParsedName:
    """Say how a text was read.

    Attributes:
        printed: the reference or path it stands for, without secret.
        named: the name from the settings it was found under, else empty.
        reference: None for a local path.
        sas: the SAS token it held; the only secret here, and shown nowhere.
    """

    printed: str
    named: str
    reference: Reference | None
    sas: str | None = field(repr=False)


@dataclass(frozen=True, slots=True)
class Asked:
    """Hold what a reference says of its account.

    Attributes:
        name: of the account; None for the default one.
        endpoint: the address it spelled out, else None.
        sas: the SAS token it held, else None.
        container: that is meant, may be empty.
    """

    name: str | None
    endpoint: str | None = None
    sas: str | None = field(default=None, repr=False)
    container: str = ""


@dataclass(frozen=True, slots=True)
class CredentialCandidate:
    """Name a credential that was considered.

    Attributes:
        source: where it would come from, in words.
        kind: what it is, in words; empty where there is none.
        used: whether it opens the account.
        why: why it is used, or why not.
    """

    source: str
    kind: str
    used: bool
    why: str


def _nothing() -> Iterator[CredentialCandidate]:
    return iter(())


@dataclass(frozen=True, slots=True)
class AccountResolution:
    """Describe an account as reference and settings give it, before policy has had its say.

    Attributes:
        account: with protocol, address and credential.
        explicit: http was asked for by name.
        source: what says what opens it; empty for nothing.
        considered: lists every credential that was looked at, in order of precedence.
    """

    account: Account
    explicit: bool
    source: str
    considered: Callable[[], Iterator[CredentialCandidate]] = field(default=_nothing, repr=False)


def considered(
    known: SettingsSources, account: Account, used: str, asked: Asked, passed: Account | None
) -> Iterator[CredentialCandidate]:
    """List what could open an account, in order of precedence, and say what does.

    Args:
        known: all that the settings say.
        account: as it will be opened.
        used: the source of what opens it; empty for the last resort.
        asked: what the reference said.
        passed: the account as the caller passed it, which comes before the settings.
    """
    if asked.sas is None:
        yield CredentialCandidate("a SAS token in the reference", "", False, "it has none")
    else:
        yield CredentialCandidate(
            "a SAS token in the reference", Credential("sas", asked.sas).describe(), True, "it comes first"
        )
    if passed is not None:
        taken = asked.sas is None and passed.credential == account.credential
        why = "the caller passed it" if taken else _beaten(used, account)
        yield CredentialCandidate("argument accounts", passed.credential.describe(), taken, why)
    found = False
    for told, stage in STAGES:
        openers = list(stage(known, account.name, asked.container))
        foreign = list(_foreign(known, account.name)) if stage is STAGES[0][1] else []
        yield from foreign
        if not openers and not foreign:
            yield CredentialCandidate(told, "", False, "says nothing of this account")
        for opener in openers:
            taken = not found and opener.source == used and _credential(opener.open) == account.credential
            found = found or taken
            kind = _kind(opener.open)
            why = "it is the first that says something" if taken else _beaten(used, account)
            yield CredentialCandidate(opener.source, kind, taken, why)
    if not used or not (found or asked.sas is not None or passed is not None):
        why = "nothing else says what opens this account"
        told = "nothing" if account.credential == ANONYMOUS else used or "the identity at hand"
        yield CredentialCandidate(told, account.credential.describe(), True, why)


def _foreign(known: SettingsSources, name: str) -> Iterator[CredentialCandidate]:
    """List what the environment holds that is another account's, or nobody's."""
    found = known.environment
    if found.strung and found.strung[0].name != name:
        why = f"it is of account {found.strung[0].name}"
        yield CredentialCandidate(found.strung[1], found.strung[0].credential.describe(), False, why)
    for credential, source in () if known.is_own(name) else found.credentials:
        why = f"neither AZURE_STORAGE_ACCOUNT nor --account says that it opens {name}"
        yield CredentialCandidate(source, credential.describe(), False, why)


def _beaten(used: str, account: Account) -> str:
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
