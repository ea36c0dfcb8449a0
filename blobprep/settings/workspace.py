"""The settings in force, and what names lead to under them."""

from __future__ import annotations

import os
from collections.abc import Iterator, Mapping
from dataclasses import replace
from pathlib import Path
from typing import Final

from blobprep.account import Account, AllowHttp, Protocol, require_credential
from blobprep.errors import InvalidOption, InvalidReference, SettingError
from blobprep.inputs.sources import BlobPattern, Bundle, Dataset, GivenFolder, GivenTable
from blobprep.reference import Reference, has_wildcard, is_reference, split_sas
from blobprep.settings.account_resolution import ROUTE, AccountResolution, Asked, ParsedName
from blobprep.settings.credentials_order import last_resort
from blobprep.settings.destinations import Destinations
from blobprep.settings.listing import list_settings
from blobprep.settings.local_paths import locate_path, require_path
from blobprep.settings.sources.environment import ROWS
from blobprep.settings.sources.toml import Config, find_config, read_config
from blobprep.settings.table import Setting, valid
from blobprep.stores import Store
from blobprep.stores.globbing import expand
from blobprep.stores.location import BlobLocation, PinnedBlob

__all__ = ["Workspace"]

_DATASETS: Final = ("datasets", "modules")
_MODULES: Final = ("modules", "datasets")
_FRAMES: Final = frozenset({("pyarrow", "Table"), ("pandas", "DataFrame")})


class Workspace:
    """Know the settings in force, and open the stores that references lead to.

    Args:
        config: the file of settings; None for the nearest `blobprep.toml`.
        account: the account of references that name none, before all other settings.
        protocol: `http` or `https`, before all other settings and references.
        environment: variables and values; None for those of this process, read nowhere else.
        folder: where the search for `blobprep.toml` starts; None for the working folder.
        stores: open stores by account, before all other settings.
        accounts: descriptions of accounts by name, before file and environment.

    Attributes:
        warnings: one line for each thing that may surprise, each once, in order.

    Raises:
        SettingError: the file or an argument is wrong.
    """

    def __init__(
        self,
        *,
        config: Path | str | None = None,
        account: str | None = None,
        protocol: str | None = None,
        environment: Mapping[str, str] | None = None,
        folder: Path | None = None,
        stores: Mapping[str, Store] | None = None,
        accounts: Mapping[str, Account] | None = None,
    ) -> None:
        variables = os.environ if environment is None else environment  # noqa: TID251  # the one reader
        self._variables = dict(variables)
        path = Path(config) if config else find_config(folder or Path())
        self._config = Config() if path is None else read_config(path)
        self._account = _account(account)
        self._protocol = _protocol(protocol)
        self._stores = dict(stores or {})
        self._destinations = Destinations(
            self._config, self._variables, self._account, self._protocol, accounts or {}, frozenset(self._stores)
        )
        self._opened: dict[Account, Store] = {}
        self.warnings = self._destinations.warnings

    def __repr__(self) -> str:
        return f"Workspace(config={str(self._config.path)!r}, account={self._account!r}, protocol={self._protocol!r})"

    @property
    def asked(self) -> dict[str, str | None]:
        """Return the arguments that choose account, protocol and file, for the record."""
        path = self._config.path
        return {"account": self._account, "protocol": self._protocol, "config": str(path) if path else None}

    def locate(
        self, text: str | os.PathLike[str], *, prefix: bool = False, names: tuple[str, ...] = _DATASETS
    ) -> BlobLocation:
        """Find what a text names: a reference, a name from the settings, or else a local path.

        Args:
            text: as the user wrote it; a SAS token in it opens the account and is shown nowhere.
            prefix: whether it is a prefix, whose closing `/` may be left out.
            names: the tables of the settings whose names are understood, in order.

        Raises:
            InvalidReference: it names nothing.
            SettingError: no setting says which account is meant, or what opens it.
            ProtocolForbidden: it would be reached over http, which the settings forbid.
        """
        meant = self._meant(text, names)
        if not is_reference(meant):
            return locate_path(meant, prefix=prefix)
        reference = self._parsed(meant)
        if has_wildcard(reference):
            raise InvalidReference(
                f"{reference} has a wildcard, and one {'prefix' if prefix else 'blob'} is wanted",
                remedy="in a name write %2A for * and %3F for ?; `blobprep ls` lists what a wildcard matches",
            )
        return self._located(_as_prefix(reference) if prefix else reference, split_sas(meant)[1])

    def expand(self, text: str | os.PathLike[str], *, names: tuple[str, ...] = _DATASETS) -> list[PinnedBlob]:
        """Find the blobs that a text names: one, or all that match its wildcards.

        Args:
            text: as `locate` takes it; `*` stands for characters but `/`, `**` for any, `?` for one but `/`.
            names: the tables of the settings whose names are understood, in order.

        Returns:
            The blobs, sorted by name, with their properties; never none.

        Raises:
            InvalidReference, SettingError, ProtocolForbidden: as `locate`.
            BlobNotFound, ContainerNotFound: there is none.
        """
        meant = self._meant(text, names)
        if not is_reference(meant):
            return expand(locate_path(meant, prefix=False), None)
        reference = self._parsed(meant)
        return expand(self._located(reference, split_sas(meant)[1]), reference)

    def dataset(self, value: object, read: Mapping[str, object] | None = None) -> Dataset | None:
        """Connect a dataset to a port.

        Args:
            value: a reference, with wildcards too, a name from `[datasets]`, a local path, a located blob, a
                `pyarrow.Table` or a `pandas.DataFrame`; None connects nothing.
            read: options of reading it, over those of the settings; `format` among them names its format.

        Raises:
            InvalidReference, SettingError, ProtocolForbidden: as `locate`.
            InvalidOption: it is nothing that can be connected.
        """
        if value is None:
            return None
        options = {key: _text(each) for key, each in (read or {}).items()}
        if isinstance(value, (str, os.PathLike)):
            if isinstance(value, str) and not is_reference(value):
                found = self._named(value, _DATASETS) or {}
                known = found.get("read", {})
                assert isinstance(known, Mapping)
                options = {**{key: _text(each) for key, each in known.items()}, **options}
            source: BlobLocation | BlobPattern | GivenTable = self._source(value)
        elif isinstance(value, BlobLocation):
            source = _blob(value, "a dataset")
        elif any((each.__module__.partition(".")[0], each.__name__) in _FRAMES for each in type(value).__mro__):
            source = GivenTable(value)
        else:
            raise InvalidOption(
                f"a {type(value).__name__} cannot be connected to a dataset port",
                remedy="connect a reference, a path, a pyarrow.Table or a pandas.DataFrame",
            )
        return Dataset(source, options.pop("format", ""), options)

    def _source(self, text: str | os.PathLike[str]) -> BlobLocation | BlobPattern:
        meant = self._meant(text, _DATASETS)
        if is_reference(meant) and has_wildcard(reference := self._parsed(meant)):
            return BlobPattern(self._located(reference, split_sas(meant)[1]), reference)
        return _blob(self.locate(text), "a dataset")

    def bundle(self, value: str | os.PathLike[str] | BlobLocation | None) -> Bundle | None:
        """Connect a module zip, or a local folder, to port Script Bundle; raises as `locate`."""
        if value is None or isinstance(value, BlobLocation):
            return value
        if isinstance(value, str) and (is_reference(value) or self._named(value, _MODULES)):
            return _blob(self.locate(value, names=_MODULES), "a module zip")
        path = Path(value)
        return GivenFolder(path) if os.fspath(value) and path.is_dir() else _blob(self.locate(value), "a module zip")

    def store(self, account: str | None = None) -> Store:
        """Open an account by its name; None for the default one. Raises as `locate`."""
        return self._reach(account or self._destinations.default("the default account"), None, None, "")

    def store_of(self, reference: Reference) -> Store:
        """Open the account of a reference; raises as `locate`."""
        name = reference.account or self._destinations.default(str(reference))
        return self._reach(name, reference.endpoint, None, reference.container)

    def settings(self) -> list[Setting]:
        """List every setting in force with its source; secrets are masked."""
        arguments = {"--account": self._account, "--protocol": self._protocol}
        listed = list_settings(self._config, self._variables, arguments, self._destinations.known.azure_config)
        return [*listed, *self._openers()]

    def _openers(self) -> Iterator[Setting]:
        """Say of each account that the settings know what opens it, and what says so."""
        known = self._destinations.known
        if known.environment.fault is not None:
            yield Setting("accounts.*.opened_with", "cannot be opened", known.environment.fault.message)
        chosen = self._account or known.environment.name or known.azure_config.get(ROWS["default_account"])
        names = dict.fromkeys((*filter(None, (chosen,)), *self._config.accounts))
        for name in names:
            try:
                described = self._destinations.described(name, "")
                require_credential(described.account, described.source)
            except SettingError as error:
                yield Setting(f"accounts.{name}.opened_with", "cannot be opened", error.message)
                continue
            account = described.account if described.source else last_resort(known, described.account)
            value = "a folder" if account.folder else account.credential.describe()
            yield Setting(f"accounts.{name}.opened_with", value, described.source or "default")

    def names(self) -> list[str]:
        """Name every account that is configured, those of the environment among them."""
        return self._destinations.names()

    def meaning(self, text: str) -> ParsedName:
        """Read a reference, a name from the settings or a local path, and open nothing.

        Raises:
            InvalidReference: it names nothing.
        """
        named = None if is_reference(text) else self._named(text, _DATASETS)
        full = str(named["blob"]) if named else text
        if not is_reference(full):
            require_path(full)
            return ParsedName(str(self._config.folder / full) if named else full, text if named else "", None, None)
        reference = Reference.parse_account(full) or self._parsed(full)
        return ParsedName(str(reference), text if named else "", reference, split_sas(full)[1])

    def destination(self, asked: Asked) -> AccountResolution:
        """Say which account is meant and what opens it, whatever the policy says; open nothing.

        Raises:
            SettingError: no setting says which account is meant, or what opens it.
        """
        return self._destinations.of(asked)

    @property
    def fault(self) -> SettingError | None:
        """Return why the environment's account cannot be used, None where it can; paths and folders need none."""
        return self._destinations.known.environment.fault

    def passed(self, name: str) -> Store | None:
        """Return the open store that the caller passed for an account."""
        return self._stores.get(name)

    @property
    def allow_http(self) -> AllowHttp:
        """Return where http may be used."""
        return self._destinations.allow_http

    def route(self) -> dict[str, str]:
        """Return the variables of the environment that say how addresses are reached: proxies and certificates."""
        return {name: value for name in ROUTE if (value := self._variables.get(name, "").strip())}

    def script_setting(self, name: str) -> object:
        """Return a setting of `[script]`, None where it is unset."""
        return self._config.values.get(f"script.{name}")

    def _named(self, text: str, names: tuple[str, ...]) -> Mapping[str, object] | None:
        tables = {"datasets": self._config.datasets, "modules": self._config.modules}
        return next((tables[name][text] for name in names if text in tables[name]), None)

    def _meant(self, text: str | os.PathLike[str], names: tuple[str, ...]) -> str:
        """Return the reference or local path that a text is, or is the name of."""
        if isinstance(text, str) and not is_reference(text) and (named := self._named(text, names)):
            blob = str(named["blob"])
            return blob if is_reference(blob) else str(self._config.folder / blob)
        return os.fspath(text)

    def _parsed(self, text: str) -> Reference:
        datastores = {name: str(table["container"]) for name, table in self._config.datastores.items()}
        return Reference.parse(text, datastores=datastores)

    def _located(self, reference: Reference, sas: str | None) -> BlobLocation:
        name = reference.account or self._destinations.default(str(reference))
        store = self._reach(name, reference.endpoint, sas, reference.container)
        return BlobLocation(
            store,
            reference.container,
            reference.blob,
            str(reference),
            reference.version_id,
            reference.snapshot,
            reference.exact,
        )

    def _reach(self, name: str, endpoint: str | None, sas: str | None, container: str) -> Store:
        """Open an account over the protocol that reference, settings and policy leave."""
        if name in self._stores:
            return self._stores[name]
        account = self._destinations.allowed(self._destinations.of(Asked(name, endpoint, sas, container)))
        if account not in self._opened:
            from blobprep.stores.open import open_store

            self._opened[account] = open_store(account)
        return self._opened[account]


def _account(text: str | None) -> str | None:
    clean = (text or "").strip()
    if clean:
        valid(ROWS["default_account"], clean, "--account")
    return clean or None


def _protocol(text: str | None) -> Protocol | None:
    clean = (text or "").strip().lower()
    if clean not in ("", "http", "https"):
        raise InvalidOption(f"{clean!r} is not a protocol", remedy="protocol is http or https")
    return None if not clean else "http" if clean == "http" else "https"


def _as_prefix(reference: Reference) -> Reference:
    if reference.version_id or reference.snapshot:
        raise InvalidReference(
            f"{reference} names a version or snapshot", remedy="name a prefix: az://container/prefix/"
        )
    return replace(reference, blob=reference.blob if reference.is_prefix else f"{reference.blob}/", exact=False)


def _blob(located: BlobLocation, what: str) -> BlobLocation:
    if located.is_prefix:
        raise InvalidReference(f"{located.printed} names no blob, and {what} is one", remedy=located.prefix_remedy)
    return located


def _text(value: object) -> str:
    return str(value).lower() if isinstance(value, bool) else str(value)
