"""The settings in force, and the stores that references and names stand for under them."""

from __future__ import annotations

import os
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from typing import Final

from blobprep.account import Account, AllowHttp, Network
from blobprep.errors import InvalidOption, InvalidReference, SettingError
from blobprep.formats import option_text
from blobprep.inputs.sources import BlobPattern, Bundle, Dataset, GivenFolder, GivenTable, PinnedBlobs
from blobprep.reference import Reference, has_wildcard, is_reference, split_sas
from blobprep.reference.named_parts import braced_names, read_pattern
from blobprep.settings.account_resolution import ROUTE, AccountRequest, AccountResolution, ParsedName
from blobprep.settings.arguments import check_account, check_protocol_name
from blobprep.settings.destinations import Destinations
from blobprep.settings.listing import list_credentials, list_settings
from blobprep.settings.local_paths import locate_path
from blobprep.settings.names import (
    DATASETS_FIRST,
    MODULES_FIRST,
    as_prefix,
    find_name,
    parse_name,
    parse_reference,
    read_defaults,
    spell_out,
)
from blobprep.settings.service_settings import DEFAULT_STATE
from blobprep.settings.sources.toml import Config, find_config, read_config
from blobprep.settings.table import Setting
from blobprep.stores import Store
from blobprep.stores.globbing import expand
from blobprep.stores.location import BlobLocation, PinnedBlob, require_one_blob

__all__ = ["Workspace"]

_TERMINAL: Final = (
    *("TERM", "TERM_PROGRAM", "LC_TERMINAL", "KITTY_WINDOW_ID", "KONSOLE_VERSION"),
    *("TMUX", "STY"),  # what stands between it and a program
)
_FRAMES: Final = frozenset({("pyarrow", "Table"), ("pandas", "DataFrame")})


class Workspace:
    """The settings in force, which resolve references and names and open their stores.

    Args:
        config: the file of settings; None for the nearest `blobprep.toml`.
        account: the account of references that name none; comes before all other settings.
        protocol: `http` or `https`; comes before all other settings and references.
        environment: variables and values; None for those of this process, which are read nowhere else.
        folder: where the search for `blobprep.toml` starts; None for the working folder.
        stores: open stores by account; they come before all other settings.
        accounts: descriptions of accounts by name; they come before file and environment.

    Attributes:
        warnings: warnings of one line, each once, in order.

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
        self._account = check_account(account)
        self._protocol = check_protocol_name(protocol)
        self._stores = dict(stores or {})
        self._destinations = Destinations(
            self._config, self._variables, self._account, self._protocol, accounts or {}, frozenset(self._stores)
        )
        self._opened: dict[Account, Store] = {}
        self._known: dict[AccountRequest, Store] = {}  # settings do not change while a workspace lives
        self.warnings = self._destinations.warnings

    def __repr__(self) -> str:
        return f"Workspace(config={str(self._config.path)!r}, account={self._account!r}, protocol={self._protocol!r})"

    @property
    def asked(self) -> dict[str, str | None]:
        """Return the arguments that choose account, protocol and file, for the record."""
        path = self._config.path
        return {"account": self._account, "protocol": self._protocol, "config": str(path) if path else None}

    def locate(
        self, text: str | os.PathLike[str], *, prefix: bool = False, names: tuple[str, ...] = DATASETS_FIRST
    ) -> BlobLocation:
        """Locate a blob or prefix by a reference, a name from the settings, or a local path.

        Args:
            text: as the user wrote it; a SAS token in it opens the account and is never shown.
            prefix: whether the text means a prefix, whose final `/` may be left out.
            names: the tables of the settings in which a name is looked up, in order.

        Raises:
            InvalidReference: the text is not a reference, a name or a path.
            SettingError: no setting names the account, or its settings cannot be used.
            ProtocolForbidden: it would be reached over http, which the settings forbid.
        """
        full = spell_out(self._config, text, names)
        if not is_reference(full):
            return locate_path(full, prefix=prefix)
        reference = parse_reference(self._config, full)
        if has_wildcard(reference):
            raise InvalidReference(
                f"{reference} has a wildcard, but a single {'prefix' if prefix else 'blob'} is needed",
                remedy="in a name write %2A for * and %3F for ?; `blobprep ls` lists what a wildcard matches",
            )
        return self.place(as_prefix(reference) if prefix else reference, split_sas(full)[1])

    def expand(self, text: str | os.PathLike[str], *, names: tuple[str, ...] = DATASETS_FIRST) -> list[PinnedBlob]:
        """Find the blobs that a text refers to: one, or all that match its wildcards.

        Args:
            text: as `locate` takes it; `*` stands for characters but `/`, `**` for any, `?` for one but `/`.
            names: the tables of the settings in which a name is looked up, in order.

        Returns:
            The blobs, sorted by name, with their properties; at least one.

        Raises:
            InvalidReference, SettingError, ProtocolForbidden: as `locate`.
            BlobNotFound, ContainerNotFound: there is no such blob.
        """
        full = spell_out(self._config, text, names)
        if not is_reference(full):
            return expand(locate_path(full, prefix=False), None)
        reference = parse_reference(self._config, full)
        return expand(self.place(reference, split_sas(full)[1]), reference)

    def dataset(
        self, value: object, read: Mapping[str, object] | None = None, *, partitioned: bool = False
    ) -> Dataset | None:
        """Connect a dataset to a port.

        Args:
            value: a reference, also with wildcards, a name from `[datasets]`, a local path, a located blob,
                pinned blobs, a `pyarrow.Table` or a `pandas.DataFrame`; None leaves the port empty.
            read: options for reading it, which come before those of the settings; `format` among them sets its format.
            partitioned: whether what the names of its blobs say becomes columns; then a reference may name parts.

        Raises:
            InvalidReference, SettingError, ProtocolForbidden: as `locate`.
            InvalidOption: the value cannot be connected to a dataset port.
        """
        if value is None:
            return None
        options = {key: option_text(option) for key, option in (read or {}).items()}
        source: BlobLocation | BlobPattern | PinnedBlobs | GivenTable
        if isinstance(value, (str, os.PathLike)):
            options = {**read_defaults(self._config, value), **options}
            source = self._dataset_source(value, partitioned=partitioned)
        elif isinstance(value, BlobLocation):
            source = require_one_blob(value, "a dataset")
        elif isinstance(value, PinnedBlobs):
            source = value
        elif any((kind.__module__.partition(".")[0], kind.__name__) in _FRAMES for kind in type(value).__mro__):
            source = GivenTable(value)
        else:
            raise InvalidOption(
                f"a {type(value).__name__} cannot be connected to a dataset port",
                remedy="connect a reference, a path, a pyarrow.Table or a pandas.DataFrame",
            )
        return Dataset(source, options.pop("format", ""), options, partitioned)

    def _dataset_source(self, text: str | os.PathLike[str], *, partitioned: bool) -> BlobLocation | BlobPattern:
        full = self.spell_out(text)
        if not is_reference(full):
            return require_one_blob(self.locate(text), "a dataset")
        if partitioned and braced_names(full):
            pattern, marked = read_pattern(full, self.parse)
            assert marked is not None
            location = self.place(marked, split_sas(full)[1])
            return BlobPattern(replace(location, printed=pattern.printed), marked, pattern)
        if has_wildcard(reference := self.parse(full)):
            return BlobPattern(self.place(reference, split_sas(full)[1]), reference)
        return require_one_blob(self.locate(text), "a dataset")

    def place(self, reference: Reference, sas: str | None = None) -> BlobLocation:
        """Locate what a reference names, or the pattern that it is; raises as `locate`."""
        return BlobLocation(
            self._open(self._request(reference, sas)),
            reference.container,
            reference.blob,
            str(reference),
            reference.version_id,
            reference.snapshot,
            reference.exact,
        )

    def spell_out(self, text: str | os.PathLike[str], *, names: tuple[str, ...] = DATASETS_FIRST) -> str:
        """Return the reference or local path that a text is, or that it is the name of."""
        return spell_out(self._config, text, names)

    def parse(self, text: str) -> Reference:
        """Parse a reference, with the datastores of the settings; raises `InvalidReference`."""
        return parse_reference(self._config, text)

    def read_defaults(self, text: str) -> dict[str, str]:
        """Return the options for reading that the settings have for the name of a dataset; empty for other texts."""
        return read_defaults(self._config, text)

    def bundle(self, value: str | os.PathLike[str] | BlobLocation | None) -> Bundle | None:
        """Connect a module zip, or a local folder, to port Script Bundle.

        Args:
            value: a reference, a name from `[modules]`, the path of a zip or a folder, or a located blob; None leaves
                the port empty.

        Raises:
            InvalidReference, SettingError, ProtocolForbidden: as `locate`.
            InvalidOption: the value cannot be connected to the port.
        """
        if value is None or isinstance(value, BlobLocation):
            return value
        if not isinstance(value, (str, os.PathLike)):
            raise InvalidOption(
                f"a {type(value).__name__} cannot be connected to port Script Bundle",
                remedy="connect a reference, a name from [modules], or the path of a zip or a folder",
            )
        if isinstance(value, str) and (is_reference(value) or find_name(self._config, value, MODULES_FIRST)):
            return require_one_blob(self.locate(value, names=MODULES_FIRST), "a module zip")
        path = Path(value)
        if os.fspath(value) and path.is_dir():
            return GivenFolder(path)
        return require_one_blob(self.locate(value), "a module zip")

    def store(self, account: str | None = None) -> Store:
        """Open an account by its name; None for the default account. Raises as `locate`."""
        return self._open(AccountRequest(account or self._destinations.default("the default account")))

    def store_of(self, reference: Reference) -> Store:
        """Open the account of a reference; raises as `locate`."""
        return self._open(self._request(reference))

    def settings(self) -> list[Setting]:
        """List every setting in force with its source, and what opens each account; secrets are masked."""
        arguments = {"--account": self._account, "--protocol": self._protocol}
        azure_config = self._destinations.sources.azure_config
        return [
            *list_settings(self._config, self._variables, arguments, azure_config),
            *list_credentials(self._destinations),
        ]

    def names(self) -> list[str]:
        """Return the names of all configured accounts, including those in the environment."""
        return self._destinations.names()

    def meaning(self, text: str) -> ParsedName:
        """Parse a reference, a name from the settings or a local path, and open nothing.

        Raises:
            InvalidReference: the text is none of these.
        """
        return parse_name(self._config, text)

    def destination(self, request: AccountRequest) -> AccountResolution:
        """Return the account that is meant and its credential, without checking the policy or opening anything.

        Raises:
            SettingError: no setting names the account, or its settings cannot be used.
        """
        return self._destinations.resolve(request)

    @property
    def fault(self) -> SettingError | None:
        """Return why the environment's account cannot be used; None if it can, or none is set."""
        return self._destinations.sources.environment.fault

    def passed(self, name: str) -> Store | None:
        """Return the open store that the caller passed for an account; None if there is none."""
        return self._stores.get(name)

    @property
    def allow_http(self) -> AllowHttp:
        """Return where http may be used."""
        return self._destinations.allow_http

    @property
    def network(self) -> Network:
        """Return the network settings of requests."""
        return self._destinations.network

    def route(self) -> dict[str, str]:
        """Return the environment variables that decide how addresses are reached: proxies and certificates."""
        return {name: value for name in ROUTE if (value := self._variables.get(name, "").strip())}

    def terminal(self) -> dict[str, str]:
        """Return the environment variables by which a terminal tells what it is."""
        return {name: value for name in _TERMINAL if (value := self._variables.get(name, "").strip())}

    def setting(self, name: str) -> object:
        """Return a setting of `[script]`, `[report]` or `[server]` by its dotted name; None if it is unset."""
        return self._config.values.get(name)

    def services(self) -> Mapping[str, Mapping[str, object]]:
        """Return the settings of each web service by its name."""
        return self._config.services

    def server_folder(self, given: Path | None = None) -> Path:
        """Return the folder for what services keep: the given one, or that of the settings."""
        return given or self._config.folder / str(self.setting("server.state") or DEFAULT_STATE)

    def beside(self, text: str, *, names: tuple[str, ...] = DATASETS_FIRST) -> str:
        """Return what a setting names: a reference or a name as it is, a path relative to the file of settings."""
        if is_reference(text) or find_name(self._config, text, names):
            return text
        return str(self._config.folder / Path(text).expanduser())

    def script_interpreter(self) -> str:
        """Return the setting `script.interpreter`; a path in it is relative to the file. Empty if it is unset."""
        text = str(self.setting("script.interpreter") or "")
        return str(self._config.folder / Path(text).expanduser()) if os.sep in text else text

    def _request(self, reference: Reference, sas: str | None = None) -> AccountRequest:
        name = reference.account or self._destinations.default(str(reference))
        return AccountRequest(name, reference.endpoint, sas, reference.container)

    def _open(self, request: AccountRequest) -> Store:
        """Open an account, over the protocol that reference, settings and policy allow."""
        if request.name in self._stores:
            return self._stores[request.name]
        if request in self._known:
            return self._known[request]
        account = self._destinations.check(self._destinations.resolve(request))
        if account not in self._opened:
            from blobprep.stores.open import open_store

            self._opened[account] = open_store(account)
        if account.credential.kind != "sas":  # whose form is checked anew: it may expire
            self._known[request] = self._opened[account]
        return self._opened[account]
