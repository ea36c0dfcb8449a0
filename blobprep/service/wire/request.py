"""The JSON of a request to tables and parameters. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from blobprep.protocol.classic_cells import spell_boolean, spell_double
from blobprep.service.definitions import ServiceDefinition, ServiceTable
from blobprep.service.failures import ServiceFailure, failure
from blobprep.service.wire.columns import read_table

__all__ = ["ScoreRequest", "read_parameters", "read_request", "read_vector"]


@dataclass(frozen=True, slots=True)
class ScoreRequest:
    """What a request asks a service for.

    Attributes:
        tables: by the name of the input.
        parameters: all of them, defaults filled in.
    """

    tables: Mapping[str, ServiceTable]
    parameters: Mapping[str, str]


def read_request(definition: ServiceDefinition, document: object) -> ScoreRequest:
    """Read the body of `/execute`: `{"Inputs": {…}, "GlobalParameters": {…}}`.

    Raises:
        ServiceFailure: it is none, an input is missing or unknown or does not fit its schema, a parameter is missing or
            unknown.
    """
    if document is None:
        raise failure("BadArgument", "RequestIsEmpty")
    if not isinstance(document, dict):
        raise failure("BadArgument", "RequestBodyInvalid", more="It must be an object with Inputs.")
    parts = _folded(document)
    inputs = parts.get("inputs")
    if inputs is not None and not isinstance(inputs, dict):
        raise failure("BadArgument", "RequestBodyInvalid", more="Inputs is an object with an input by each name.")
    tables = _tables(definition, inputs or {})
    return ScoreRequest(tables, read_parameters(definition, parts.get("globalparameters")))


def read_vector(definition: ServiceDefinition, document: object) -> ScoreRequest:
    """Read the body of `/score`, of before inputs had names: `{"Instance": {"FeatureVector": {…}}}`, one row.

    Raises:
        ServiceFailure: as `read_request`; also where the service has several inputs.
    """
    if not isinstance(document, dict):
        raise failure("BadArgument", "RequestBodyInvalid", more="It must be an object with an Instance.")
    instance = _folded(document).get("instance")
    if not isinstance(instance, dict):
        raise failure("BadArgument", "RequestBodyInvalid", more="Instance is an object with a FeatureVector.")
    parts = _folded(instance)
    vector = parts.get("featurevector")
    if not isinstance(vector, dict):
        raise failure("BadArgument", "RequestBodyInvalid", more="FeatureVector is an object of names and cells.")
    if len(definition.inputs) > 1:
        raise failure("InvalidOperation", "MultipleInputsNotAllowed", more="Use /execute.")
    tables = {given.name: read_table(given, [vector], rows=definition.rows) for given in definition.inputs}
    return ScoreRequest(tables, read_parameters(definition, parts.get("globalparameters")))


def read_parameters(definition: ServiceDefinition, given: object) -> Mapping[str, str]:
    """Read `GlobalParameters`; null and none are empty.

    Returns:
        All that the service has: those given as texts, for the others the defaults.

    Raises:
        ServiceFailure: one is unknown, is no text, number or truth value, or is missing and has no default.
    """
    if given is None or given == "":
        given = {}
    if not isinstance(given, dict):
        raise failure("BadArgument", "RequestBodyInvalid", more="GlobalParameters is an object of names and texts.")
    if unknown := [name for name in given if name not in definition.parameters]:
        known = ", ".join(definition.parameters) or "none"
        raise failure(
            "BadUserArgument", "UnexpectedParameter", more=f"Parameters are: {known}.", target=unknown[0][:60]
        )
    values: dict[str, str] = {}
    for name, default in definition.parameters.items():
        value = given.get(name)
        text = default if value is None else _text(name, value)
        if text is None:
            raise failure("BadUserArgument", "MissingRequiredGlobalParameters", more=f"Missing: {name}.", target=name)
        values[name] = text
    return values


def _text(name: str, value: Any) -> str:
    match value:
        case bool():
            return spell_boolean(value)
        case float():
            return spell_double(value)
        case int() | str():
            text = str(value)
            if "\0" not in text:
                return text
            why = "has a NUL character"
        case _:
            why = "is no text, number or truth value"
    raise failure("BadUserArgument", "UserParameterInvalid", f"Parameter {name} {why}.", target=name)


def _tables(definition: ServiceDefinition, inputs: Mapping[str, Any]) -> dict[str, ServiceTable]:
    names = {given.name: given for given in definition.inputs}
    folded = {name.lower(): name for name in names}
    values: dict[str, Any] = {}
    for name, value in inputs.items():
        # Samples have `Input1` and `input1`; a service that has both is asked by the exact name.
        meant = name if name in names else folded.get(name.lower(), "")
        if not meant or meant in values:
            raise failure("BadArgument", "InvalidInputNames", name[:60], more=f"Inputs are: {', '.join(names)}.")
        values[meant] = value
    if missing := [name for name in names if values.get(name) is None]:
        raise _missing(definition, missing[0])
    return {name: read_table(given, values[name], rows=definition.rows) for name, given in names.items()}


def _missing(definition: ServiceDefinition, name: str) -> ServiceFailure:
    return failure("BadArgument", "MissingRequestInput", more=f"Missing: {name}.", target=name)


def _folded(document: Mapping[str, Any]) -> dict[str, Any]:
    return {str(name).lower(): value for name, value in document.items()}
