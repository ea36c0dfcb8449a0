"""The settings of a service to its definition."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from typing import Any, Final

from blobprep.errors import InvalidOption, SettingError
from blobprep.formats import option_text
from blobprep.runs.options import OPTIONS, RunOptions
from blobprep.service.definitions import Column, ServiceDefinition, ServiceInput
from blobprep.service.registry import stable_id
from blobprep.service.wire.cells import TYPES
from blobprep.settings import Workspace
from blobprep.settings.names import DATASETS_FIRST, MODULES_FIRST
from blobprep.settings.sizes import parse_size

__all__ = ["define", "definitions", "located"]

_NAME: Final = re.compile(r"[A-Za-z0-9][A-Za-z0-9_-]{0,63}")
_PART: Final = re.compile(r"[^\x00-\x1f/?#]{1,100}")
_ID: Final = re.compile(r"[0-9a-fA-F]{32}")
_PORTS: Final = ("dataset1", "dataset2")
_PATHS: Final = ("script", "bundle", *_PORTS)
_OWN: Final = frozenset({"timeout", "parameters", "output"})
"""Options of a run that are something else for a service: of all its requests, or of jobs."""
_DEFAULTS: Final = ServiceDefinition("", "", "", {}, ())


def definitions(tables: Mapping[str, Mapping[str, object]]) -> list[ServiceDefinition]:
    """Return services, without what was learned of them.

    Args:
        tables: the settings of each by its name.

    Raises:
        SettingError: one is wrong, or two have the same endpoint.
    """
    made = [define(name, table, where=f"service {name}") for name, table in tables.items()]
    _require_unique([definition.endpoint.lower() for definition in made], "an endpoint")
    return made


def define(name: str, table: Mapping[str, object], *, where: str = "blobprep serve") -> ServiceDefinition:
    """Return the definition of a service.

    Args:
        name: under which it is served.
        table: its settings by name, as in `[services.NAME]`.
        where: what to name in messages.

    Raises:
        SettingError: one of them is wrong.
    """
    values: dict[str, Any] = dict(table)
    if not _NAME.fullmatch(name):
        raise SettingError(f"{where}: {name!r} is no name of a service", remedy="use up to 64 letters, digits, - and _")
    options = {key: values[key] for key in OPTIONS if key in values and key not in _OWN}
    _check_options(options, where)
    inputs = _inputs(values, where)
    outputs = _outputs(values, where)
    device = str(values.get("device") or _DEFAULTS.device)
    device = "" if device == "none" else device
    _require_parts([*(given.name for given in inputs)], f"{where}: an input")
    _require_parts([*outputs, *filter(None, [device])], f"{where}: an output")
    return ServiceDefinition(
        name,
        _id(values, "workspace", "", where),
        _id(values, "endpoint", name, where),
        {**options, "second_output": len(outputs) == 2},
        inputs,
        dict.fromkeys(outputs, ()),
        device,
        _parameters(values),
        _positive(values, "timeout", _DEFAULTS.seconds, where),
        int(_positive(values, "rows", _DEFAULTS.rows, where)),
        _size(values, where),
        int(_positive(values, "concurrency", _DEFAULTS.concurrency, where)),
        bool(values.get("fresh")),
        str(values.get("description") or ""),
        tuple(values.get("accounts") or ()),
        tuple(values.get("hosts") or ()),
        str(values.get("output") or ""),
    )


def located(workspace: Workspace, table: Mapping[str, object]) -> dict[str, object]:
    """Return the settings of a service with paths spelled out, which are relative to the file of settings."""
    located = dict(table)
    for key in (*_PATHS, "sample1", "sample2"):
        if key in located:
            names = MODULES_FIRST if key == "bundle" else DATASETS_FIRST
            located[key] = workspace.beside(str(located[key]), names=names)
    return located


def _check_options(options: Mapping[str, object], where: str) -> None:
    try:
        RunOptions.from_json({**options, "timeout": None})
    except InvalidOption as error:
        raise SettingError(f"{where}: {error.message}", remedy=error.remedy) from error


def _inputs(values: Mapping[str, Any], where: str) -> tuple[ServiceInput, ...]:
    fixed = [port for port in _PORTS if values.get(port)]
    usual = {} if "dataset1" in fixed else {"dataset1": "input1"}
    named: Mapping[str, Any] = usual if values.get("inputs") is None else values["inputs"]
    for port in named:
        if port not in _PORTS:
            raise SettingError(f"{where}: {port!r} is no port", remedy="feed dataset1 or dataset2")
        if port in fixed:
            raise SettingError(f"{where}: {port} is fixed, and fed by requests", remedy="leave out one of the two")
    return tuple(
        ServiceInput(str(named[port]), port, _columns(values.get(f"columns{port[-1]}") or {}, where))
        for port in _PORTS
        if port in named
    )


def _outputs(values: Mapping[str, Any], where: str) -> tuple[str, ...]:
    """Return the names of the tables in an answer: two where the second frame is asked for, in either way."""
    names = tuple(values.get("outputs") or ("output1",))
    if len(names) > 2:
        raise SettingError(f"{where}: a script returns two tables at most", remedy="name one or two outputs")
    return (*names, "output3") if values.get("second_output") and len(names) == 1 else names


def _columns(declared: Mapping[str, Any], where: str) -> tuple[Column, ...]:
    for name, kind in declared.items():
        if kind not in TYPES:
            raise SettingError(
                f"{where}: column {name!r} has a type that does not exist", remedy=f"use {', '.join(TYPES)}"
            )
    return tuple(Column(name, str(kind)) for name, kind in declared.items())


def _parameters(values: Mapping[str, Any]) -> dict[str, str | None]:
    defaults = {str(name): option_text(value) for name, value in (values.get("parameters") or {}).items()}
    return {**defaults, **{str(name): None for name in values.get("required") or ()}}


def _id(values: Mapping[str, Any], key: str, name: str, where: str) -> str:
    text = str(values.get(key) or stable_id(key, name))
    if not _ID.fullmatch(text):
        raise SettingError(f"{where}: {key} must be 32 hexadecimal digits", remedy=f"leave out {key}, to have one made")
    return text


def _positive(values: Mapping[str, Any], key: str, default: float, where: str) -> float:
    value = values.get(key)
    value = default if value is None else value
    if not isinstance(value, (int, float)) or value <= 0:
        raise SettingError(f"{where}: {key} must be a number above 0", remedy=f"leave it out for {default:g}")
    return float(value)


def _size(values: Mapping[str, Any], where: str) -> int:
    value = values.get("body")
    try:
        return _DEFAULTS.bytes if value is None else parse_size(value, 0)
    except InvalidOption as error:
        raise SettingError(f"{where}: body: {error.message}", remedy=error.remedy) from error


def _require_parts(names: Iterable[str], what: str) -> None:
    listed = list(names)
    for name in listed:
        if not _PART.fullmatch(name):
            raise SettingError(f"{what} has a name that JSON clients cannot use", remedy="use input1, output1")
    _require_unique([name.lower() for name in listed], what)


def _require_unique(names: list[str], what: str) -> None:
    if len(set(names)) < len(names):
        raise SettingError(f"{what} is named twice", remedy="give each one its own name")
