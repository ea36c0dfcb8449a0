"""Which account a reference leads to under the settings, where it is and what opens it."""

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
    allowed_protocol,
    require_credential,
)
from blobprep.errors import SettingError
from blobprep.settings.account_hosts import is_home_of
from blobprep.settings.account_resolution import AccountResolution, Asked, considered
from blobprep.settings.credentials_order import AccountDescription, SettingsSources, describe, last_resort
from blobprep.settings.network import network_of
from blobprep.settings.sources.azure_cli import read_azure_config
from blobprep.settings.sources.environment import ROWS, EnvironmentAccount, environment_account
from blobprep.settings.sources.hadoop import HadoopKeys, read_hadoop_conf
from blobprep.settings.sources.toml import Config, from_environment

__all__ = ["Destinations"]


class Destinations:
    """Know every account of the settings, and open none.

    Args:
        config: the file.
        variables: the environment.
        account: `--account`, else None.
        protocol: `--protocol`, else None.
        accounts: that the caller passed, by name.
        stores: names of those the caller passed open.

    Attributes:
        known: everything that may say something of an account.
        warnings: one line for each thing that may surprise, each once, in order.

    Raises:
        SettingError: what is set contradicts itself.
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
        self.known = _read(config, variables, account)
        self._network = network_of(config, variables)
        self.warnings: list[str] = []

    def names(self) -> list[str]:
        """Name every account that is configured, those of the environment among them."""
        chosen = (self._account, self.known.environment.name, self.known.azure_config.get(ROWS["default_account"]))
        return sorted({*self._stores, *self._accounts, *self._config.accounts, *filter(None, chosen)})

    def default(self, what: str) -> str:
        """Return the account of a reference that names none.

        Args:
            what: the reference, for messages.

        Raises:
            SettingError: no setting says.
        """
        if self.known.environment.fault is not None and not self._account:
            raise self.known.environment.fault
        configured = {*self._stores, *self._accounts, *self._config.accounts}
        setting = self._config.values.get("default_account")
        name = self._account or self.known.environment.name or (str(setting) if setting else None)
        if name:
            return name
        if len(configured) == 1:
            return configured.pop()
        if named := self.known.azure_config.get(ROWS["default_account"]):
            return named
        state = f"several are configured: {', '.join(sorted(configured))}" if configured else "none is configured"
        raise SettingError(
            f"{what} names no account, and {state}",
            remedy="name one: --account NAME, AZURE_STORAGE_ACCOUNT, or default_account in blobprep.toml",
        )

    def of(self, asked: Asked) -> AccountResolution:
        """Return the account that reference and settings lead to, whatever the policy says.

        Raises:
            SettingError: what is said of it cannot be used.
        """
        name = asked.name or self.default("the reference")
        if name in self._stores:
            return AccountResolution(Account(name), explicit=False, source="argument stores")
        described = self.described(name, asked.container)
        account, source = described.account, described.source
        if account.folder is not None:
            return AccountResolution(account, explicit=False, source=source)
        at_home = asked.endpoint is None or is_home_of(account, asked.endpoint)
        if asked.endpoint is not None:
            account = self._at(account, asked.endpoint)
        if self._protocol is not None:
            account = replace(account, protocol=self._protocol)
        if asked.sas is not None:
            account, source = replace(account, credential=Credential("sas", asked.sas)), "a SAS token in the reference"
        elif not source and at_home:
            account = last_resort(self.known, account)
        explicit = described.explicit or self._protocol == "http"
        passed = self._accounts.get(name)
        return AccountResolution(
            account, explicit, source, lambda: considered(self.known, account, source, asked, passed)
        )

    def allowed(self, destination: AccountResolution) -> Account:
        """Hold a destination against the policy, and what opens it against the form of a credential.

        Raises:
            ProtocolForbidden: it would be reached over http, which the settings forbid.
            SettingError: what opens it cannot be a credential.
        """
        require_credential(destination.account, destination.source)
        account, warning = allowed_protocol(destination.account, self.allow_http, explicit=destination.explicit)
        self._warn(warning)
        return account

    def described(self, name: str, container: str) -> AccountDescription:
        """Return what is known of an account: what the caller passed, else what the settings say."""
        if passed := self._accounts.get(name):
            return AccountDescription(passed, "argument accounts", passed.protocol == "http")
        described = describe(self.known, name, container)
        self._warn(described.warning)
        if described.source == "" and self.known.environment.credentials and not self.known.is_own(name):
            self._warn_of_unused()
        return replace(described, account=replace(described.account, network=self._network))

    @property
    def allow_http(self) -> AllowHttp:
        """Return where http may be used."""
        value = self._config.values.get("allow_http")
        if value != "never" and (found := from_environment(ROWS["allow_http"], self._variables)):
            value = found[0]
        value = value or "emulator"
        return next(each for each in get_args(AllowHttp) if each == value)

    def _warn_of_unused(self) -> None:
        found = self.known.environment
        if not (found.name or self._account):
            source = found.credentials[0][1]
            self._warn(f"{source} is not used: AZURE_STORAGE_ACCOUNT does not say which account it opens")

    def _at(self, account: Account, endpoint: str) -> Account:
        """Move an account to the address a reference spelled out; its credential only goes where it belongs."""
        parts = urlsplit(endpoint)
        protocol: Protocol = "http" if parts.scheme == "http" else "https"
        if not is_home_of(account, endpoint) and _is_private(account.credential):
            self._warn(f"{parts.hostname} is not where account {account.name} is: its credential is not sent there")
            account = replace(account, credential=Credential("anonymous"))
        if urlsplit(account.url)[1:3] == parts[1:3]:
            return replace(account, protocol=protocol)
        return replace(account, endpoint=endpoint, protocol=protocol)

    def _warn(self, warning: str | None) -> None:
        if warning is not None and warning not in self.warnings:
            self.warnings.append(warning)


def _read(config: Config, variables: Mapping[str, str], account: str | None) -> SettingsSources:
    """Read everything that may say something of an account, once."""
    conf = str(config.values.get("hadoop_conf", ""))
    keys = [HadoopKeys(config.hadoop, f"{config.path}: [hadoop]", variables)]
    if conf:
        path = config.folder / conf
        keys.append(HadoopKeys(read_hadoop_conf(path), str(path), variables))
    try:
        environment = environment_account(variables)
    except SettingError as error:  # raised when an account is asked for: paths and folders need none
        environment = EnvironmentAccount(fault=error)
    return SettingsSources(config, variables, account, environment, tuple(keys), read_azure_config(variables))


def _is_private(credential: Credential) -> bool:
    return credential.kind != "anonymous" and credential.secret != EMULATOR_KEY
