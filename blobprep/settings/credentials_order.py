"""The credential and the address of an account: sources in a fixed order, of which the first that has one is used."""

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
    is_in_microsoft_cloud,
    key_credential,
    require_address,
    sas_credential,
)
from blobprep.errors import BlobprepError, SettingError
from blobprep.settings.account_tables import table_account, table_address, table_source
from blobprep.settings.sources.azure_cli import AzureConfig
from blobprep.settings.sources.environment import (
    EnvironmentAccount,
    credential_of_kind,
    from_environment,
    move_account,
    read_connection_string,
)
from blobprep.settings.sources.hadoop import HadoopKeys
from blobprep.settings.sources.toml import Config
from blobprep.settings.table import ROWS

__all__ = [
    "PRECEDENCE",
    "STAGES",
    "AccountDescription",
    "CredentialSource",
    "SettingsSources",
    "add_last_resort",
    "describe",
]


@dataclass(frozen=True, slots=True, repr=False)
class SettingsSources:
    """The sources of settings that may describe an account.

    Attributes:
        config: `blobprep.toml`.
        variables: the environment.
        argument: `--account`, else None.
        environment: the account that the variables describe.
        hadoop: the keys of `[hadoop]` and of `hadoop_conf`, in this order.
        azure_config: `~/.azure/config`.
    """

    config: Config
    variables: Mapping[str, str]
    argument: str | None
    environment: EnvironmentAccount
    hadoop: tuple[HadoopKeys, ...]
    azure_config: AzureConfig

    def is_own(self, name: str) -> bool:
        """Tell whether the secrets in the environment belong to this account.

        They belong to the account that the environment names, or else to that of `--account`; never to one that only a
        file names, because the file may come from another person.
        """
        return name == (self.environment.name or self.argument)


@dataclass(frozen=True, slots=True)
class CredentialSource:
    """A source that has a credential for an account.

    Attributes:
        source: the variable or setting.
        open: returns the account with its credential; raises `SettingError`.
        whole: whether the address of that account is used whatever the file says.
    """

    source: str
    open: Callable[[], Account]
    whole: bool = False


@dataclass(frozen=True, slots=True)
class AccountDescription:
    """An account as the settings describe it.

    Attributes:
        account: with address and credential; anonymous if no source has a credential.
        source: the source of the credential; empty for none.
        explicit: whether its own `protocol` is http.
        warning: if sources have different credentials, which one is used; else None.
    """

    account: Account
    source: str = ""
    explicit: bool = False
    warning: str | None = None


def _environment(sources: SettingsSources, name: str, container: str) -> Iterator[CredentialSource]:
    found = sources.environment
    own = sources.is_own(name)
    if own and found.chosen:
        yield _opener(name, *found.chosen)
    if found.string_account and found.string_account[0].name == name:
        account, source = found.string_account
        yield CredentialSource(source, lambda: account, whole=True)
    if own:
        yield from (_opener(name, credential, source) for credential, source in found.credentials)


def _table(sources: SettingsSources, name: str, container: str) -> Iterator[CredentialSource]:
    if source := table_source(sources.config, name):
        general = sources.environment.identity
        yield CredentialSource(source, lambda: table_account(sources.config, name, sources.variables, general))


def _hadoop(sources: SettingsSources, name: str, container: str) -> Iterator[CredentialSource]:
    for keys in sources.hadoop if name != EMULATOR_ACCOUNT else ():
        if found := keys.credential(name, container):
            yield _opener(name, found[1], f"{keys.source} {found[0]}")


def _azure_config(sources: SettingsSources, name: str, container: str) -> Iterator[CredentialSource]:
    file = sources.azure_config
    string, sas, key, chosen, account = (
        file.get(ROWS[row]) for row in ("connection_string", "sas", "key", "credential", "default_account")
    )
    where = f"{file.path} [storage]"
    if string and (described := read_connection_string(string, f"{where} connection_string")).name == name:
        yield CredentialSource(f"{where} connection_string", lambda: described)
    if account != name:
        return
    if chosen:
        yield _opener(name, credential_of_kind(chosen, sources.environment.identity, ""), f"{where} auth_mode")
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
"""The sources of a credential in the settings, in order, each with its name."""

PRECEDENCE: Final[tuple[str, ...]] = (
    "a SAS token in the reference",
    "a folder that takes the place of the account in blobprep.toml",
    *(name for name, _ in STAGES),
    "over https only: the service principal of AZURE_TENANT_ID, AZURE_CLIENT_ID and AZURE_CLIENT_SECRET (or "
    "AZURE_CLIENT_CERTIFICATE_PATH), then azure-identity's default chain",
    "no credential: anonymous",
)
"""The sources of an account's credential, in order; the first that has one is used.

Within the environment the order is: `credential`, connection string, SAS token, key, bearer token.
"""


def describe(sources: SettingsSources, name: str, container: str = "") -> AccountDescription:
    """Describe an account by the settings.

    Args:
        sources: the sources of settings.
        name: the account's name.
        container: the container that is needed; Hadoop has tokens for single containers.

    Raises:
        SettingError: no account can have this name, or its settings cannot be used.
    """
    config = sources.config
    if folder := config.accounts.get(name, {}).get("folder"):
        return AccountDescription(
            Account(name, folder=config.folder / str(folder)), f"{config.path}: [accounts.{name}] folder"
        )
    if sources.environment.fault is not None:
        raise sources.environment.fault
    openers = [opener for _, stage in STAGES for opener in stage(sources, name, container)]
    opener = openers[0] if openers else None
    account, explicit = _with_address(sources, opener.open() if opener else Account(name), opener)
    _require_address(sources, account)
    if name == EMULATOR_ACCOUNT and opener is None and account.is_local:
        return AccountDescription(
            replace(account, credential=Credential("key", EMULATOR_KEY)), "the emulator", explicit
        )
    if opener and account.credential.kind == "token":
        _require_trusted(sources, account)
    return AccountDescription(account, opener.source if opener else "", explicit, _conflict(account, openers))


def _require_address(sources: SettingsSources, account: Account) -> None:
    """Check that an account has a valid address; the error names the source of the account's name."""
    try:
        require_address(account)
    except SettingError as error:
        found = from_environment(ROWS["default_account"], sources.variables)
        variable = f"environment variable {found[1]}: " if found and found[0] == account.name else ""
        where = "--account: " if account.name == sources.argument else variable
        raise SettingError(f"{where}{error.message}", remedy=error.remedy) from None


def add_last_resort(sources: SettingsSources, account: Account) -> Account:
    """Give an account without a credential the environment's identity, if it is in Microsoft's clouds, over https."""
    if account.protocol != "https" or account.is_local or not is_in_microsoft_cloud(account):
        return account
    return replace(account, credential=sources.environment.last_resort)


def _with_address(sources: SettingsSources, account: Account, opener: CredentialSource | None) -> tuple[Account, bool]:
    if opener and opener.whole:
        return account, False
    if account.name == EMULATOR_ACCOUNT and account.endpoint is None:
        usual = emulator()
        account = replace(account, endpoint=usual.endpoint, protocol=usual.protocol)
    for keys in sources.hadoop:
        if account.endpoint is None and (suffix := keys.suffix(account.name)):
            account = replace(account, endpoint_suffix=suffix)
            break
    account, explicit = table_address(sources.config, account)
    address = sources.environment.address
    return (move_account(account, address), False) if address and sources.is_own(account.name) else (account, explicit)


def _conflict(account: Account, openers: list[CredentialSource]) -> str | None:
    """Return a warning that says which credential is used, if sources have different ones."""
    others = []
    for opener in openers[1:]:
        try:
            differs = opener.open().credential not in (account.credential, ANONYMOUS)
        except BlobprepError:  # a credential that cannot be used is not a conflict
            continue
        if differs:
            others.append(opener.source)
    return f"{openers[0].source} is used instead of {' and '.join(others)}" if others else None


def _require_trusted(sources: SettingsSources, account: Account) -> None:
    """Refuse to send a token to an address that only a file names.

    The token opens everything that its identity may open, and the file may come from another person.
    """
    if is_in_microsoft_cloud(account) or account.is_local:
        return
    if sources.environment.address and sources.is_own(account.name):
        return
    raise SettingError(
        f"a token is not sent to account {account.name}: its address is not in one of Microsoft's clouds",
        remedy="set AZURE_STORAGE_ENDPOINT to the address too, or use a key or a SAS token for the account",
    )


def _opener(name: str, credential: Credential, source: str) -> CredentialSource:
    return CredentialSource(source, lambda: Account(name, credential=credential))
