"""The list of services, the help page and the page to try a service: HTML that needs no network but the server."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any, Final

from jinja2 import Environment, FileSystemLoader, StrictUndefined

from blobprep.service.definitions import ServiceDefinition
from blobprep.service.documents.samples import KEY, samples
from blobprep.service.documents.types import column_schema, example_rows
from blobprep.service.failures import FAILURES
from blobprep.service.wire.answer import DEVICE_COLUMN

__all__ = ["HEADERS", "STATIC", "help_page", "index_page", "static_file", "try_page"]

_FOLDER: Final = Path(__file__).parent
STATIC: Final = {"pages.css": "text/css; charset=utf-8", "try.js": "text/javascript; charset=utf-8"}
"""The files that the pages load, and their types."""

HEADERS: Final = {
    "content-security-policy": "default-src 'none'; style-src 'self'; script-src 'self'; connect-src 'self'; "
    "img-src 'self' data:; base-uri 'none'; form-action 'none'; frame-ancestors 'none'",
    "referrer-policy": "no-referrer",
    "x-content-type-options": "nosniff",
    "cache-control": "no-cache",
}
"""The headers of every page."""


@dataclass(frozen=True, slots=True)
class _Field:
    """A column or parameter in a form."""

    id: str
    name: str
    kind: str
    type: str
    example: str
    choices: tuple[str, ...]
    required: bool


def index_page(services: Iterable[ServiceDefinition]) -> str:
    """Return the page with the list of services."""
    return _render("index.html", services=sorted(services, key=lambda service: service.name))


def help_page(service: ServiceDefinition, url: str) -> str:
    """Return the page that says how to call a service.

    Args:
        service: which.
        url: the address of the server, without a path.
    """
    return _render(
        "help.html",
        service=service,
        address=f"{url}/workspaces/{service.workspace}/services/{service.endpoint}",
        samples=samples(service, url),
        failures=FAILURES,
        key=KEY,
    )


def try_page(service: ServiceDefinition) -> str:
    """Return the page with a form to try a service."""
    inputs = []
    for place, given in enumerate(service.inputs):
        example = (example_rows(given) or [{}])[0]
        columns = [
            _Field(
                f"field-{place}-{number}",
                column.name,
                column.type,
                column_schema(column)["type"],
                _text(example.get(column.name)),
                column.categories,
                not column.nullable,
            )
            for number, column in enumerate(given.columns)
        ]
        inputs.append({"name": given.name, "place": place, "columns": columns})
    parameters = [
        _Field(f"parameter-{number}", name, "", "string", default or "", (), default is None)
        for number, (name, default) in enumerate(service.parameters.items())
    ]
    told: dict[str, Any] = {
        "execute": f"../{service.name}/execute?api-version=2.0&details=true",
        "inputs": [
            {"name": given.name, "columns": [column.name for column in given.columns]} for given in service.inputs
        ],
        "parameters": list(service.parameters),
        "device": service.device,
        "deviceColumn": DEVICE_COLUMN,
    }
    return _render("try.html", service=service, inputs=inputs, parameters=parameters, told=told)


def static_file(name: str) -> bytes:
    """Return a file that the pages load."""
    return (_FOLDER / "static" / name).read_bytes()


def _text(value: object) -> str:
    return "" if value is None else str(value)


@cache
def _environment() -> Environment:
    return Environment(
        loader=FileSystemLoader(_FOLDER / "templates"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )


def _render(template: str, **values: object) -> str:
    return _environment().get_template(template).render(**values)
