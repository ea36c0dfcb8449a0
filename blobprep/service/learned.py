"""What was learned of services, on disk: a server that starts again knows the columns it knew before."""

from __future__ import annotations

import hashlib
import json
import logging
import os
import threading
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any, Final

from blobprep.errors import SettingError
from blobprep.service.definitions import Column, ServiceDefinition, ServiceTable

__all__ = ["LearnedColumns"]

_FILE: Final = "columns.json"
_LOG: Final = logging.getLogger("blobprep.service")


class LearnedColumns:
    """A file of the columns of each service's inputs and outputs, by its name; any thread may use it.

    Args:
        folder: for what services keep.
        samples: what tells the samples of a service from others, by its name; columns are not used with other ones.
    """

    def __init__(self, folder: Path, samples: Mapping[str, str] | None = None) -> None:
        self._path = folder / _FILE
        self._samples = samples or {}
        self._lock = threading.Lock()

    def applied(self, definition: ServiceDefinition) -> ServiceDefinition:
        """Return a service with the columns that are known of it, where it does not declare them itself.

        Raises:
            SettingError: the file cannot be read.
        """
        known = self._read().get(definition.name, {})
        if known.get("learned_for") != self._identity(definition):
            return definition  # another script, inputs or samples than it was learned for
        inputs = known["inputs"]
        return replace(
            definition,
            inputs=tuple(
                given
                if given.columns or given.name not in inputs
                else replace(
                    given, columns=_columns(inputs[given.name]["columns"]), sample=_table(inputs[given.name]["sample"])
                )
                for given in definition.inputs
            ),
            outputs={
                name: columns or _columns(known["outputs"].get(name, []))
                for name, columns in definition.outputs.items()
            },
        )

    def keep(self, definition: ServiceDefinition) -> None:
        """Write down the columns of a service.

        Raises:
            SettingError: the file cannot be written.
        """
        row = {
            "learned_for": self._identity(definition),
            "inputs": {
                given.name: {
                    "columns": [_row(column) for column in given.columns],
                    "sample": _sample(given.sample),
                }
                for given in definition.inputs
            },
            "outputs": {name: [_row(column) for column in columns] for name, columns in definition.outputs.items()},
        }
        with self._lock:
            values = {**self._read(), definition.name: row}
            temporary = self._path.with_name(f"{_FILE}.{os.getpid()}.part")
            try:
                self._path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
                temporary.write_text(json.dumps(values, indent=1, ensure_ascii=False), encoding="utf-8")
                temporary.replace(self._path)
            except OSError as error:
                raise SettingError(
                    f"{self._path} cannot be written: {error.strerror}", remedy="name another folder with --state"
                ) from error

    def try_keep(self, definition: ServiceDefinition) -> None:
        """Write down the columns of a service while it answers; where that fails it is said, and fails no request."""
        try:
            self.keep(definition)
        except SettingError as error:
            _LOG.warning("what was learned of %s is not kept: %s", definition.name, error.message)

    def _identity(self, definition: ServiceDefinition) -> str:
        return json.dumps([_identity(definition), self._samples.get(definition.name, "")])

    def _read(self) -> dict[str, Any]:
        try:
            values = json.loads(self._path.read_text(encoding="utf-8"))
        except FileNotFoundError:
            return {}
        except (OSError, ValueError) as error:
            raise SettingError(
                f"{self._path} cannot be read", remedy="remove it; columns are then learned again"
            ) from error
        return values if isinstance(values, dict) else {}


def _identity(definition: ServiceDefinition) -> str:
    """Return what columns were learned for: a script, as it is where it is a file here, and the inputs."""
    script = str(definition.options.get("script", ""))
    try:
        text = hashlib.sha256(Path(script).read_bytes()).hexdigest()
    except (OSError, ValueError):  # a reference, or a file that is not there yet
        text = ""
    return json.dumps([script, text, *((given.name, given.port) for given in definition.inputs)])


def _row(column: Column) -> dict[str, Any]:
    return {
        "name": column.name,
        "type": column.type,
        "nullable": column.nullable,
        "categories": list(column.categories),
    }


def _columns(rows: list[Mapping[str, Any]]) -> tuple[Column, ...]:
    return tuple(Column(row["name"], row["type"], row["nullable"], tuple(row["categories"])) for row in rows)


def _sample(table: ServiceTable | None) -> dict[str, Any] | None:
    return None if table is None else {"names": table.names, "types": table.types, "rows": table.rows}


def _table(value: Mapping[str, Any] | None) -> ServiceTable | None:
    if value is None:
        return None
    return ServiceTable(tuple(value["names"]), tuple(value["types"]), tuple(tuple(row) for row in value["rows"]))
