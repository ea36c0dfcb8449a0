"""The outputs of a run as one table: what each is called, when it is written, and where its bytes come from. Pure.

Everything else takes these facts from the row: the claim's planned names, publishing, the manifest's `port`, the
properties of `Run`, and the lines the command line prints. A new output is a row here and the code that makes its
bytes.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Final, Literal

from blobprep.manifest import MANIFEST_NAME, OutputRecord

__all__ = ["PORTS", "Port", "port_of"]


@dataclass(frozen=True, slots=True)
class Port:
    """An output of a run.

    Attributes:
        name: of the row.
        port: the manifest's `port` for its blobs; empty for the manifest itself.
        blob: name below the output prefix. `{extension}` is that of the results' format; `{name}` comes from the
            script, and such an output has any number of blobs.
        when: whether a failed run writes it too.
        source: where the bytes come from: a `stream` from the child, staged while it writes; a `file` the script left,
            or a cell; a `text` of the parent; a `page`, a text of the parent that is made once the others are in place;
            or `last`: the manifest, which `Claim` writes first and last.
        content_type: of its blobs; empty for that of the results' format.
        option: the option of a run that asks for it; empty if every run writes it.
        label: begins its lines on the command line; empty if none are printed.
        measure: what these lines say of a blob: rows and columns, bytes, or nothing.
    """

    name: str
    port: str
    blob: str
    when: Literal["success", "always"]
    source: Literal["stream", "file", "text", "page", "last"]
    content_type: str = ""
    option: str = ""
    label: str = ""
    measure: Literal["shape", "bytes", ""] = ""

    @property
    def folder(self) -> str:
        """Return the prefix of an output with any number of blobs, ended by `/`; empty for the others."""
        return self.blob.partition("{name}")[0] if "{name}" in self.blob else ""

    def blob_name(self, name: str = "", *, extension: str = "") -> str:
        """Return the name of one of its blobs, relative to the output prefix."""
        return self.blob.format(name=name, extension=extension)

    def records(self, outputs: Iterable[OutputRecord]) -> list[OutputRecord]:
        """Return the records of its blobs, in order."""
        return [record for record in outputs if self._has(record)]

    def _has(self, record: OutputRecord) -> bool:
        fixed, variable, _ = self.blob.partition("{")
        is_named_so = record.name.startswith(fixed) if variable else record.name == fixed
        return record.port == self.port and is_named_so


_BYTES: Final = "application/octet-stream"  # a script's file is not trusted to be what its name says
_TEXT: Final = "text/plain; charset=utf-8"

PORTS: Final[Mapping[str, Port]] = {
    row.name: row
    for row in (
        Port("results", "results", "results{extension}", "success", "stream", label="results", measure="shape"),
        Port(
            "results2",
            "results2",
            "results2{extension}",
            "success",
            "stream",
            option="second_output",
            label="results2",
            measure="shape",
        ),
        Port("figure", "device", "figures/{name}", "always", "file", "image/png", label="figure"),
        Port(
            "artifact",
            "artifact",
            "artifacts/{name}",
            "success",
            "file",
            _BYTES,
            option="artifacts",
            label="artifact",
            measure="bytes",
        ),
        Port("log", "device", "log.txt", "always", "text", _TEXT, label="log"),
        Port("script", "script", "script.py", "always", "text", "text/x-python"),
        Port(
            "report",
            "report",
            "report.html",
            "always",
            "page",
            "text/html; charset=utf-8",
            option="report",
            label="report",
        ),
        Port("manifest", "", MANIFEST_NAME, "always", "last", "application/json", label="manifest"),
    )
}
"""Every output by the name of its row, in the order of the lines on the command line."""


def port_of(record: OutputRecord) -> Port:
    """Return the output that a manifest's record is of."""
    return next(row for row in PORTS.values() if row.records([record]))
