"""Outputs of items: no two items may have the same one, and the store must be able to write it."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from hashlib import blake2b
from itertools import islice
from typing import Final, Literal

from blobprep.batches.items import Item
from blobprep.batches.options import BatchOptions
from blobprep.batches.plan.parts import list_parts
from blobprep.batches.plan.rows import PlanRows
from blobprep.batches.plan.scratch_file import encode_name
from blobprep.batches.plan.templates import PrefixTemplate, locate_prefix
from blobprep.errors import InvalidOption, OutputError
from blobprep.formats import extension_of, format_named, write_options
from blobprep.manifest import MANIFEST_NAME
from blobprep.outputs.ports import PORTS
from blobprep.settings.workspace import Workspace

__all__ = ["RECORD_FOLDER", "record_prefix", "require_figures", "require_outputs", "written_names"]

RECORD_FOLDER: Final = "_batch/"
"""The prefix of a batch's record below the fixed part of the outputs."""

_AT_ONCE: Final = 1000
_NAMED: Final = {"output": "output", "figures": "prefix for figures"}


def require_outputs(
    template: PrefixTemplate,
    items: Callable[[], Iterator[tuple[Item, str]]],
    rows: PlanRows,
    written: Sequence[str],
    record: str,
    is_input: Callable[[str], bool],
    count: Callable[[Item], object],
) -> None:
    """Check the outputs of all items.

    Args:
        template: of the outputs.
        items: yields the items, each with the name of its output in the container; called again for a message.
        rows: notes the outputs.
        written: names of blobs below each output.
        record: the prefix of the batch's record, as it is printed.
        is_input: returns whether a blob of this name, in the container of the outputs, would be read by the batch.
        count: called with each item.

    Raises:
        InvalidOption: two items have one output, one is in the record, or they would be inputs of the next batch.
        OutputError: the store cannot write to an output; names the item.
    """
    named = _names(items(), count)
    while batch := list(islice(named, _AT_ONCE)):
        manifests = {f"{output.name}{MANIFEST_NAME}": output for output in batch}
        for output in batch:
            if output.printed.startswith(record):
                raise InvalidOption(
                    f"the output of {output.key} is {output.printed}, which is the place of the batch's record",
                    remedy="set --record to another place, or leave the item out with --where",
                )
            if any(is_input(output.name + below) for below in written):
                raise InvalidOption(
                    f"the output of {output.key} is {output.printed}, where the pattern matches too: "
                    "results would be inputs of the next batch",
                    remedy=f"choose an {template.option} outside of the pattern, or leave such blobs out with --where",
                )
        for blob, reason in template.store.unfit_names(template.container, manifests).items():
            raise OutputError(
                f"the output of {manifests[blob].key} cannot be {manifests[blob].printed}, because {reason}",
                remedy=f"change {template.option}, or leave the item out with --where",
            )
        _require_different(template, [output.printed for output in batch], rows, items, "output")


def require_figures(template: PrefixTemplate, items: Callable[[], Iterator[tuple[Item, str]]], rows: PlanRows) -> None:
    """Check that no two items have one prefix for their figures; raises `InvalidOption` as `require_outputs`."""
    printed = (item.figures for item, _ in items())
    while batch := list(islice(printed, _AT_ONCE)):
        _require_different(template, batch, rows, items, "figures")


@dataclass(frozen=True, slots=True)
class _Output:
    """The output of an item: its key, and the prefix as a name in the container and printed."""

    key: str
    name: str
    printed: str


def _names(items: Iterable[tuple[Item, str]], count: Callable[[Item], object]) -> Iterator[_Output]:
    """Count items, and keep no more of them than the names of their outputs: a group has many blobs."""
    for item, name in items:
        count(item)
        yield _Output(item.key, name, item.output)


def _require_different(
    template: PrefixTemplate,
    prefixes: Sequence[str],
    rows: PlanRows,
    items: Callable[[], Iterator[tuple[Item, str]]],
    what: Literal["output", "figures"],
) -> None:
    """Note prefixes of items.

    Raises:
        InvalidOption: another item has one of them; both items are named.
    """
    suspects = {_hash(what + printed) for printed in prefixes}
    if rows.take_outputs(suspects) and len(suspects) == len(prefixes):
        return
    seen: dict[str, str] = {}  # if it stays one for each suspect, only the hashes were equal
    for item, _ in items():
        printed = item.output if what == "output" else item.figures
        if _hash(what + printed) not in suspects:
            continue
        if printed in seen:
            used = template.template.names
            hint = "put {name} in place of {stem}" if "stem" in used and "name" not in used else "add {folder}/{name}/"
            raise InvalidOption(
                f"{seen[printed]} and {item.key} have the same {_NAMED[what]}, {printed}",
                remedy=f"{hint} in {template.option} {template.template.printed}, or another part that tells them "
                f"apart: {list_parts(item.parts) or 'name parts in the pattern'}",
            )
        seen[printed] = item.key


def _hash(name: str) -> int:
    return int.from_bytes(blake2b(encode_name(name), digest_size=8).digest(), signed=True)


def record_prefix(workspace: Workspace, options: BatchOptions, output: PrefixTemplate) -> str:
    """Return the prefix of the batch's record as it is printed; raises as `locate_prefix`."""
    if options.record is None:
        return f"{output.fixed}{RECORD_FOLDER}"
    record = locate_prefix(workspace, "--record", options.record)
    if record.template.names:
        raise InvalidOption(
            f"--record {options.record} has a part in braces, but a batch has one record",
            remedy="leave the part out; a literal { is written %7B, and } %7D",
        )
    return record.fixed


def written_names(options: BatchOptions) -> list[str]:
    """Return the names of the blobs that each item may write below its output, as far as they are known.

    Raises:
        InvalidOption: the format of the results, or an option for writing it, is wrong.
    """
    row = format_named(options.run.format)
    extension = extension_of(row, write_options(row, options.run.write))
    return [port.blob_name("1.png", extension=extension) for port in PORTS.values()]
