"""The accounts of the settings: which one a reference stands for, its address, and its credential."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import get_args
from urllib.parse import urlsplit

from blobprep.account import (
    EMULATOR_KEY,
    Account,
    AllowHttp,
    Credential,
    Protocol,
    check_protocol,
    is_home_of,
    require_credential,
)
from blobprep.errors import SettingError
from blobprep.settings.account_resolution import AccountRequest, AccountResolution, list_candidates
from blobprep.settings.credentials_order import AccountDescription, SettingsSources, add_last_resort, describe
from blobprep.settings.network import network_of
from blobprep.settings.sources.azure_cli import read_azure_config
from blobprep.settings.sources.environment import EnvironmentAccount, environment_account, from_environment
from blobprep.settings.sources.hadoop import HadoopKeys, read_hadoop_conf
from blobprep.settings.sources.toml import Config
from blobprep.settings.table import ROWS

__all__ = ["Destinations"]


class Destinations:
    """The accounts of the settings, described but not opened.

    Args:
        config: the file.
        variables: the environment.
        account: `--account`, else None.
        protocol: `--protocol`, else None.
        accounts: the accounts that the caller passed, by name.
        stores: the names of the accounts that the caller passed as open stores.

    Attributes:
        sources: the sources of settings that may describe an account.
        network: the network settings of requests to accounts of the settings.
        warnings: warnings of one line, each once, in order.

    Raises:
        SettingError: the settings contradict each other.
    """

    def __init__(
        self,
        config: Config,
        variables: Mapping[str, str],
        account: str | None,
        protocol: Protocol | None,
        accounts: Mapping[str, Account],
        stores: frozenset[str],
    ) -> None:
        self._config = config
        self._variables = variables
        self._account = account
        self._protocol = protocol
        self._accounts = dict(accounts)
        self._stores = stores
        self.sources = _read(config, variables, account)
        self.network = network_of(config, variables)
        self.warnings: list[str] = []

    def names(self) -> list[str]:
        """Return the names of all configured accounts, including those in the environment."""
        return sorted({*self._stores, *self._accounts, *self._config.accounts, *self._chosen()})

    def described_names(self) -> list[str]:
        """Return the names of the accounts that the settings describe; the chosen account comes first."""
        return list(dict.fromkeys((*self._chosen()[:1], *self._config.accounts)))

    def _chosen(self) -> list[str]:
        """Return the accounts that argument, environment and Azure CLI choose, in this order."""
        azure_config = self.sources.azure_config.get(ROWS["default_account"])
        return [name for name in (self._account, self.sources.environment.name, azure_config) if name]

    def default(self, what: str) -> str:
        """Return the name of the default account.

        Args:
            what: the reference that does not name an account, for messages.

        Raises:
            SettingError: no setting names it.
        """
        if self.sources.environment.fault is not None and not self._account:
            raise self.sources.environment.fault
        configured = {*self._stores, *self._accounts, *self._config.accounts}
        setting = self._config.values.get("default_account")
        name = self._account or self.sources.environment.name or (str(setting) if setting else None)
        if name:
            return name
        if len(configured) == 1:
            return configured.pop()
        if named := self.sources.azure_config.get(ROWS["default_account"]):
            return named
        state = f"several are configured: {', '.join(sorted(configured))}" if configured else "no account is configured"
        raise SettingError(
            f"{what} does not name an account, and {state}",
            remedy="name one: --account NAME, AZURE_STORAGE_ACCOUNT, or default_account in blobprep.toml",
        )

    def resolve(self, request: AccountRequest) -> AccountResolution:
        """Return the account that a reference stands for, before it is checked against the policy.

        Raises:
            SettingError: its settings cannot be used.
        """
        name = request.name or self.default("the reference")
        if name in self._stores:
            return AccountResolution(Account(name), explicit=False, source="argument stores")
        described = self.describe(name, request.container)
        account, source = described.account, described.source
        if account.folder is not None:
            return AccountResolution(account, explicit=False, source=source)
        at_home = request.endpoint is None or is_home_of(account, request.endpoint)
        if request.endpoint is not None:
            account = self._at(account, request.endpoint)
        if self._protocol is not None:
            account = replace(account, protocol=self._protocol)
        if request.sas is not None:
            account = replace(account, credential=Credential("sas", request.sas))
            source = "a SAS token in the reference"
        elif not source and at_home:
            account = add_last_resort(self.sources, account)
        explicit = described.explicit or self._protocol == "http"
        passed = self._accounts.get(name)
        return AccountResolution(
            account, explicit, source, lambda: list_candidates(self.sources, account, source, request, passed)
        )

    def check(self, resolution: AccountResolution) -> Account:
        """Check a resolved account against the policy, and the form of its credential.

        Raises:
            ProtocolForbidden: it would be reached over http, which the settings forbid.
            SettingError: its credential cannot be valid.
        """
        require_credential(resolution.account, resolution.source)
        account, warning = check_protocol(resolution.account, self.allow_http, explicit=resolution.explicit)
        self._warn(warning)
        return account

    def describe(self, name: str, container: str) -> AccountDescription:
        """Describe an account as the caller passed it, else by the settings."""
        if passed := self._accounts.get(name):
            return AccountDescription(passed, "argument accounts", passed.protocol == "http")
        described = describe(self.sources, name, container)
        self._warn(described.warning)
        if described.source == "" and self.sources.environment.credentials and not self.sources.is_own(name):
            self._warn_of_unused()
        return replace(described, account=replace(described.account, network=self.network))

    @property
    def allow_http(self) -> AllowHttp:
        """Return where http may be used."""
        value = self._config.values.get("allow_http")
        if value != "never" and (found := from_environment(ROWS["allow_http"], self._variables)):
            value = found[0]
        value = value or "emulator"
        return next(choice for choice in get_args(AllowHttp) if choice == value)

    def _warn_of_unused(self) -> None:
        found = self.sources.environment
        if not (found.name or self._account):
            source = found.credentials[0][1]
            self._warn(f"{source} is not used: set AZURE_STORAGE_ACCOUNT to the account that it opens")

    def _at(self, account: Account, endpoint: str) -> Account:
        """Return an account at the address in a reference, without its credential if the address is foreign."""
        parts = urlsplit(endpoint)
        protocol: Protocol = "http" if parts.scheme == "http" else "https"
        if not is_home_of(account, endpoint) and _is_private(account.credential):
            self._warn(f"{parts.hostname} does not belong to account {account.name}: its credential is not sent there")
            account = replace(account, credential=Credential("anonymous"))
        if urlsplit(account.url)[1:3] == parts[1:3]:
            return replace(account, protocol=protocol)
        return replace(account, endpoint=endpoint, protocol=protocol)

    def _warn(self, warning: str | None) -> None:
        if warning is not None and warning not in self.warnings:
            self.warnings.append(warning)


def _read(config: Config, variables: Mapping[str, str], account: str | None) -> SettingsSources:
    """Read the sources of settings that may describe an account."""
    conf = str(config.values.get("hadoop_conf", ""))
    keys = [HadoopKeys(config.hadoop, f"{config.path}: [hadoop]", variables)]
    if conf:
        path = config.folder / conf
        keys.append(HadoopKeys(read_hadoop_conf(path), str(path), variables))
    try:
        environment = environment_account(variables)
    except SettingError as error:  # raised only when an account is needed: paths and folders work without
        environment = EnvironmentAccount(fault=error)
    return SettingsSources(config, variables, account, environment, tuple(keys), read_azure_config(variables))


def _is_private(credential: Credential) -> bool:
    return credential.kind != "anonymous" and credential.secret != EMULATOR_KEY
