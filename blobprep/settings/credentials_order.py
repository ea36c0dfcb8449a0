"""What opens an account, and where it is: one order, the first that says something is used."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, replace
from typing import Final

from blobprep.account import (
    ANONYMOUS,
    EMULATOR_ACCOUNT,
    EMULATOR_KEY,
    Account,
    Credential,
    emulator,
    key_credential,
    require_address,
    sas_credential,
)
from blobprep.errors import BlobprepError, SettingError
from blobprep.settings.account_hosts import in_microsofts_clouds
from blobprep.settings.account_tables import table_account, table_address, table_source
from blobprep.settings.sources.azure_cli import AzureConfig
from blobprep.settings.sources.environment import ROWS, EnvironmentAccount, addressed, as_credential, connection_string
from blobprep.settings.sources.hadoop import HadoopKeys
from blobprep.settings.sources.toml import Config, from_environment

__all__ = [
    "PRECEDENCE",
    "STAGES",
    "AccountDescription",
    "CredentialSource",
    "SettingsSources",
    "describe",
    "last_resort",
]


@dataclass(frozen=True, slots=True, repr=False)
class SettingsSources:
    """Hold everything that may say something of an account.

    Attributes:
        config: `blobprep.toml`.
        variables: the environment.
        argument: `--account`, else None.
        environment: what the variables say.
        hadoop: keys of `[hadoop]` and of `hadoop_conf`, in this order.
        azure_config: `~/.azure/config`.
    """

    config: Config
    variables: Mapping[str, str]
    argument: str | None
    environment: EnvironmentAccount
    hadoop: tuple[HadoopKeys, ...]
    azure_config: AzureConfig

    def is_own(self, name: str) -> bool:
        """Tell whether the environment's secrets are this account's.

        They belong to the account that the environment names, or else to that of `--account`; never to one that only a
        file names, for a file may come from somebody else.
        """
        return name == (self.environment.name or self.argument)


@dataclass(frozen=True, slots=True)
class CredentialSource:
    """Name something that says what opens an account.

    Attributes:
        source: the variable or setting.
        open: gives the account with its credential; raises `SettingError`.
        whole: whether the address it gives stands, whatever the file says.
    """

    source: str
    open: Callable[[], Account]
    whole: bool = False


@dataclass(frozen=True, slots=True)
class AccountDescription:
    """Hold what is known of an account.

    Attributes:
        account: with address and credential; anonymous where nothing says what opens it.
        source: what says so, empty for nothing.
        explicit: its own `protocol` says http.
        warning: where several say different things, which is used; else None.
    """

    account: Account
    source: str = ""
    explicit: bool = False
    warning: str | None = None


def _environment(known: SettingsSources, name: str, container: str) -> Iterator[CredentialSource]:
    found = known.environment
    own = known.is_own(name)
    if own and found.chosen:
        yield _opener(name, *found.chosen)
    if found.strung and found.strung[0].name == name:
        account, source = found.strung
        yield CredentialSource(source, lambda: account, whole=True)
    if own:
        yield from (_opener(name, credential, source) for credential, source in found.credentials)


def _table(known: SettingsSources, name: str, container: str) -> Iterator[CredentialSource]:
    if source := table_source(known.config, name):
        general = known.environment.identity
        yield CredentialSource(source, lambda: table_account(known.config, name, known.variables, general))


def _hadoop(known: SettingsSources, name: str, container: str) -> Iterator[CredentialSource]:
    for keys in known.hadoop if name != EMULATOR_ACCOUNT else ():
        if found := keys.credential(name, container):
            yield _opener(name, found[1], f"{keys.source} {found[0]}")


def _azure_config(known: SettingsSources, name: str, container: str) -> Iterator[CredentialSource]:
    file = known.azure_config
    strung, sas, key, chosen, account = (
        file.get(ROWS[row]) for row in ("connection_string", "sas", "key", "credential", "default_account")
    )
    where = f"{file.path} [storage]"
    if strung and (made := connection_string(strung, f"{where} connection_string")).name == name:
        yield CredentialSource(f"{where} connection_string", lambda: made)
    if account != name:
        return
    if chosen:
        yield _opener(name, as_credential(chosen, known.environment.identity, ""), f"{where} auth_mode")
    if sas:
        yield _opener(name, sas_credential(sas), f"{where} sas_token")
    if key:
        yield _opener(name, key_credential(key), f"{where} key")


STAGES: Final = (
    ("the environment, for the account that it or --account names", _environment),
    ("[accounts.NAME] in blobprep.toml", _table),
    ("[hadoop] in blobprep.toml, then the file that hadoop_conf names", _hadoop),
    ("[storage] in ~/.azure/config", _azure_config),
)
PRECEDENCE: Final[tuple[str, ...]] = (
    "a SAS token in the reference",
    "a folder that stands for the account in blobprep.toml",
    *(told for told, _ in STAGES),
    "over https only: the service principal of AZURE_TENANT_ID and its kin, then azure-identity's default chain",
    "nothing: anonymous",
)
"""What opens an account: the first that says something is used. Within the environment and a file: what `credential`
asks for, connection string, SAS token, key, bearer token."""


def describe(known: SettingsSources, name: str, container: str = "") -> AccountDescription:
    """Return what is known of an account.

    Args:
        known: all there is.
        name: of the account.
        container: that is meant; Hadoop knows tokens of containers.

    Raises:
        SettingError: no account can have this name, or what is said of it cannot be used.
    """
    config = known.config
    if folder := config.accounts.get(name, {}).get("folder"):
        return AccountDescription(
            Account(name, folder=config.folder / str(folder)), f"{config.path}: [accounts.{name}] folder"
        )
    if known.environment.fault is not None:
        raise known.environment.fault
    openers = [opener for _, stage in STAGES for opener in stage(known, name, container)]
    opener = openers[0] if openers else None
    account, explicit = _addressed(known, opener.open() if opener else Account(name), opener)
    _require_address(known, account)
    if name == EMULATOR_ACCOUNT and opener is None and account.is_local:
        return AccountDescription(
            replace(account, credential=Credential("key", EMULATOR_KEY)), "the emulator", explicit
        )
    if opener and account.credential.kind == "token":
        _require_trusted(known, account)
    return AccountDescription(account, opener.source if opener else "", explicit, _conflict(account, openers))


def _require_address(known: SettingsSources, account: Account) -> None:
    """See that an account has an address; the error names what named the account."""
    try:
        require_address(account)
    except SettingError as error:
        said = from_environment(ROWS["default_account"], known.variables)
        variable = f"environment variable {said[1]}: " if said and said[0] == account.name else ""
        where = "--account: " if account.name == known.argument else variable
        raise SettingError(f"{where}{error.message}", remedy=error.remedy) from None


def last_resort(known: SettingsSources, account: Account) -> Account:
    """Give an account that nothing opens the identity at hand; over http, on this machine and elsewhere none."""
    if account.protocol != "https" or account.is_local or not in_microsofts_clouds(account):
        return account
    return replace(account, credential=known.environment.last_resort)


def _addressed(known: SettingsSources, account: Account, opener: CredentialSource | None) -> tuple[Account, bool]:
    if opener and opener.whole:
        return account, False
    if account.name == EMULATOR_ACCOUNT and account.endpoint is None:
        known_place = emulator()
        account = replace(account, endpoint=known_place.endpoint, protocol=known_place.protocol)
    for keys in known.hadoop:
        if account.endpoint is None and (suffix := keys.suffix(account.name)):
            account = replace(account, endpoint_suffix=suffix)
            break
    account, explicit = table_address(known.config, account)
    address = known.environment.address
    return (addressed(account, address), False) if address and known.is_own(account.name) else (account, explicit)


def _conflict(account: Account, openers: list[CredentialSource]) -> str | None:
    """Say which of several is used, where they differ."""
    others = []
    for opener in openers[1:]:
        try:
            differs = opener.open().credential not in (account.credential, ANONYMOUS)
        except BlobprepError:  # what cannot be used does not compete
            continue
        if differs:
            others.append(opener.source)
    return f"{openers[0].source} is used, and not {' and '.join(others)}" if others else None


def _require_trusted(known: SettingsSources, account: Account) -> None:
    """Refuse to send a token where only a file says: it opens all that its identity may, and files travel."""
    if in_microsofts_clouds(account) or account.is_local:
        return
    if known.environment.address and known.is_own(account.name):
        return
    raise SettingError(
        f"the address of account {account.name} is none of Microsoft's: a token is not sent there",
        remedy="name the address in AZURE_STORAGE_ENDPOINT too, or open the account with a key or a SAS token",
    )


def _opener(name: str, credential: Credential, source: str) -> CredentialSource:
    return CredentialSource(source, lambda: Account(name, credential=credential))
