"""Items, made of the blobs that they read."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Final
from urllib.parse import quote

from blobprep.batches.items import InputBlob, Item
from blobprep.batches.options import BatchOptions
from blobprep.batches.plan.parts import ALWAYS, list_parts, unknown_part, values_of
from blobprep.batches.plan.rows import Row
from blobprep.batches.plan.second_dataset import SecondDataset, locate_second
from blobprep.batches.plan.sources import FoundBlob, Source
from blobprep.batches.plan.templates import PrefixTemplate, fill_parameters, locate_prefix
from blobprep.errors import InvalidOption, LimitError
from blobprep.inputs.match import MAX_BLOBS
from blobprep.runs.options import DEFAULT_OUTPUT
from blobprep.settings.workspace import Workspace

__all__ = ["ItemMaker", "make_maker"]

_OF_ALL: Final = ("container", "date")  # what blobs of one group have in common anyway


@dataclass(frozen=True, slots=True)
class ItemMaker:
    """Makes items of the blobs of a plan.

    Attributes:
        output: the template of their outputs.
        figures: the template of their figures; None for a folder below the output.
        parameters: of the batch, perhaps with parts in braces.
        read1, read2: options for reading the datasets that come with their names in the settings.
        group_by: parts that the blobs of an item have in common; empty for one blob in each item.
        named: the parts that the pattern names.
        fixed: the folder that all names of the pattern are in.
        today: the date of the batch.
        second: the second dataset of the items; None if they have none.
        columns: the types of the columns that the parts of the blobs become.
    """

    output: PrefixTemplate
    figures: PrefixTemplate | None
    parameters: Mapping[str, str]
    read1: Mapping[str, str]
    read2: Mapping[str, str]
    group_by: tuple[str, ...]
    named: tuple[str, ...]
    fixed: str
    today: date
    second: SecondDataset | None = None
    columns: Mapping[str, str] = field(default_factory=dict)

    def key(self, found: FoundBlob, parts: Mapping[str, str]) -> str:
        """Return the key of the item that a blob belongs to: its reference, or the values that a group has in common.

        Raises:
            InvalidOption: it does not have a part that is grouped by.
        """
        if not self.group_by:
            return found.place.print(found.name)
        values = self.values(found.place.container, found.name, parts)
        for name in self.group_by:
            if name not in values:
                raise unknown_part(name, f"--group-by, for {found.place.print(found.name)},", values)
        return "/".join(f"{quote(name, safe='')}={quote(values[name], safe='')}" for name in self.group_by)

    def values(self, container: str, name: str, parts: Mapping[str, str]) -> dict[str, str]:
        """Return all parts of a blob by name."""
        return values_of(container, name, parts, self.fixed, self.today)

    def look_up_second(self, items: Iterable[tuple[str, Sequence[Row]]]) -> None:
        """Find the second datasets of all items.

        Args:
            items: keys with their blobs.

        Raises:
            InvalidOption: it names a part that an item does not have.
            BlobNotFound, ContainerNotFound, AccessError, StoreUnavailable: as the stores answer.
        """
        if self.second is None:
            return
        latest: tuple[str, Mapping[str, str]] = ("", {})

        def all_values() -> Iterator[Mapping[str, str]]:
            nonlocal latest
            for key, rows in items:
                latest = key, self.item_values(rows)[1]
                yield latest[1]

        try:
            self.second.look_up(all_values())
        except KeyError as error:
            raise self._missing(f"dataset2 {self.second.printed}", str(error.args[0]), *latest) from None

    def make(self, key: str, rows: Sequence[Row]) -> tuple[Item, str]:
        """Return the item of some blobs, and the name of its output in the container.

        Raises:
            InvalidOption: a template names a part that they do not have.
            LimitError: they are too many for one dataset.
        """
        if len(rows) > MAX_BLOBS:
            raise LimitError(
                f"the group {key} has more than {MAX_BLOBS} blobs, the most that one run can read",
                remedy="add a part to --group-by",
            )
        parts, values = self.item_values(rows)
        name = self._fill(self.output, key, values)
        item = Item(
            key,
            tuple(InputBlob(row.place.print(row.name), row.etag, row.size, row.content_type) for row in rows),
            self.output.print(name),
            dict(parts),
            fill_parameters(self.parameters, values, parts),
            dict(self.read1),
            () if self.second is None else self.second.blobs(values),
            {name: (kind, tuple(row.parts[name] for row in rows)) for name, kind in self.columns.items()},
            self._figures(key, values),
            dict(self.read2),
        )
        return item, name

    def item_values(self, rows: Sequence[Row]) -> tuple[Mapping[str, str], Mapping[str, str]]:
        """Return the parts of an item by which it is known, and all that templates may name."""
        first = rows[0]
        values = self.values(first.place.container, first.name, first.parts)
        if not self.group_by:
            return first.parts, values
        parts = {name: values[name] for name in self.group_by}
        return parts, {**{name: values[name] for name in _OF_ALL}, **parts}

    def close(self) -> None:
        """Release what the second datasets hold."""
        if self.second is not None:
            self.second.close()

    def _figures(self, key: str, values: Mapping[str, str]) -> str:
        return "" if self.figures is None else self.figures.print(self._fill(self.figures, key, values))

    def _fill(self, template: PrefixTemplate, key: str, values: Mapping[str, str]) -> str:
        try:
            return template.name(values)
        except KeyError as error:
            what = f"{template.option} {template.template.printed}"
            raise self._missing(what, str(error.args[0]), key, values) from None

    def _missing(self, what: str, part: str, key: str, values: Mapping[str, str]) -> InvalidOption:
        """Return the error for a template that names a part which an item does not have."""
        if self.group_by and part in (*self.named, *ALWAYS):
            return InvalidOption(
                f"{what} names {{{part}}}, which the blobs of a group need not have in common",
                remedy=f"use {list_parts(values)}, or add {part} to --group-by",
            )
        return unknown_part(part, f"{what}, for {key},", values)


def make_maker(options: BatchOptions, workspace: Workspace, source: Source | None, today: date) -> ItemMaker:
    """Return what makes the items of a batch.

    Args:
        options: of the batch.
        workspace: the settings in force.
        source: the pattern; None for a list without one.
        today: the date of the batch.

    Raises:
        UsageError: a template cannot be read, or does not fit a batch.
        BlobNotFound, ContainerNotFound, AccessError, StoreUnavailable: the second dataset of all items cannot be read.
    """
    run, named = options.run, () if source is None else source.pattern.names
    if run.output == DEFAULT_OUTPUT:
        raise InvalidOption(
            "the batch has no place for its results",
            remedy="set --output to a prefix for each item: 'az://prepared/{folder}/{stem}/'",
        )
    clash = next((name for name in run.parameters if name in named), None)
    if clash is not None:
        raise InvalidOption(
            f"--param {clash} is also a part that the pattern names, {{{clash}}}",
            remedy="give one of them another name",
        )
    return ItemMaker(
        locate_prefix(workspace, "--output", run.output),
        None if run.figures is None else locate_prefix(workspace, "--figures", run.figures),
        run.parameters,
        _defaults(workspace, run.dataset1, run.read1),
        _defaults(workspace, run.dataset2, run.read2),
        options.group_by,
        named,
        "" if source is None else source.fixed,
        today,
        None if run.dataset2 is None else locate_second(workspace, run.dataset2),
    )


def _defaults(workspace: Workspace, name: str | None, given: Mapping[str, str]) -> dict[str, str]:
    """Return the options for reading that a name in the settings has, but for those that were given."""
    found = {} if name is None else workspace.read_defaults(name)
    return {key: value for key, value in found.items() if key not in given}
