"""The services of one server: found by the addresses that clients have."""

from __future__ import annotations

import hashlib
import threading
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping
from dataclasses import replace
from typing import Any

from blobprep.service.definitions import Column, ServiceDefinition
from blobprep.service.failures import failure

__all__ = ["Services", "addresses", "stable_id"]


class Services:
    """The services of one server, whose schemas may be learned while it runs.

    Any thread may look one up. What it returns is a value that does not change; the next look may return another.

    Args:
        definitions: one for each name and each endpoint.
        learned: called with a definition whose schema has become known.

    Attributes:
        on_mismatch: called with the name of a service that a request did not fit; returns at once.
    """

    def __init__(
        self, definitions: Iterable[ServiceDefinition], learned: Callable[[ServiceDefinition], None] | None = None
    ) -> None:
        self._by_name = {definition.name: definition for definition in definitions}
        self._learned = learned
        self.on_mismatch: Callable[[str], None] = lambda name: None
        self._lock = threading.Lock()

    def __iter__(self) -> Iterator[ServiceDefinition]:
        return iter(list(self._by_name.values()))

    def named(self, name: str) -> ServiceDefinition:
        """Return a service by its name, or by its endpoint's id, in any case.

        Raises:
            ServiceFailure: there is none; 404.
        """
        if (exact := self._by_name.get(name)) is not None:
            return exact
        wanted = name.lower()
        for definition in self:
            if wanted in (definition.name.lower(), definition.endpoint.lower()):
                return definition
        raise failure("NotFound", "WebServiceNotFound")

    def find(self, values: Mapping[str, Any]) -> ServiceDefinition:
        """Return the service that the path of a request names.

        Args:
            values: of the path, by the names in `addresses`: `service`, and `workspace` if the address has one.

        Raises:
            ServiceFailure: there is none, or not in that workspace; 404.
        """
        definition = self.named(str(values["service"]))
        workspace = values.get("workspace")
        if workspace is None or str(workspace).lower() == definition.workspace.lower():
            return definition
        if any(str(workspace).lower() == other.workspace.lower() for other in self):
            raise failure("NotFound", "WebServiceIdNotFoundInWorkspace")
        raise failure("NotFound", "WorkspaceNotFound")

    def learn(
        self, name: str, inputs: Mapping[str, tuple[Column, ...]], outputs: Mapping[str, tuple[Column, ...]]
    ) -> ServiceDefinition:
        """Keep the columns of inputs and outputs that were not known yet; the first to tell is believed.

        Args:
            name: of the service.
            inputs: columns by the name of the input.
            outputs: columns by the name of the output.
        """
        with self._lock:
            before = self._by_name[name]
            after = replace(
                before,
                inputs=tuple(
                    replace(given, columns=given.columns or inputs.get(given.name, ())) for given in before.inputs
                ),
                outputs={output: columns or outputs.get(output, ()) for output, columns in before.outputs.items()},
            )
            self._by_name[name] = after
        if after != before and self._learned is not None:
            self._learned(after)
        return after

    def forget(self, name: str, told: Collection[str]) -> None:
        """Forget what requests told of a service, whose script is another one now.

        Args:
            name: of the service.
            told: names of its inputs whose columns no request told, but the settings.
        """
        with self._lock:
            before = self._by_name[name]
            self._by_name[name] = replace(
                before,
                inputs=tuple(
                    given if given.name in told else replace(given, columns=(), sample=None) for given in before.inputs
                ),
                outputs=dict.fromkeys(before.outputs, ()),
            )


def addresses(suffix: str) -> tuple[str, ...]:
    """Return the paths under which every service has something, for routes of Starlette.

    >>> addresses("execute")[0]
    '/workspaces/{workspace}/services/{service}/execute'
    """
    return (
        f"/workspaces/{{workspace}}/services/{{service}}/{suffix}",
        f"/subscriptions/{{subscription}}/services/{{service}}/{suffix}",
        f"/services/{{service}}/{suffix}",
    )


def stable_id(kind: str, name: str) -> str:
    """Return 32 hexadecimal digits that are the same for the same name on every machine, and no secret."""
    return hashlib.sha256(f"blobprep {kind} {name}".encode()).hexdigest()[:32]
