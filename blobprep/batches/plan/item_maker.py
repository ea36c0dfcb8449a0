"""Items, made of the blobs that they read."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Final
from urllib.parse import quote

from blobprep.batches.items import InputBlob, Item
from blobprep.batches.plan.parts import ALWAYS, list_parts, unknown_part, values_of
from blobprep.batches.plan.rows import Row
from blobprep.batches.plan.sources import FoundBlob
from blobprep.batches.plan.templates import PrefixTemplate, fill_parameters
from blobprep.errors import InvalidOption, LimitError
from blobprep.inputs.match import MAX_BLOBS

__all__ = ["ItemMaker"]

_OF_ALL: Final = ("container", "date")  # what blobs of one group have in common anyway


@dataclass(frozen=True, slots=True)
class ItemMaker:
    """Makes items of the blobs of a plan.

    Attributes:
        output: the template of their outputs.
        figures: the template of their figures; None for a folder below the output.
        parameters: of the batch, perhaps with parts in braces.
        read1: options for reading Dataset1 that come with its name in the settings.
        group_by: parts that the blobs of an item have in common; empty for one blob in each item.
        named: the parts that the pattern names.
        fixed: the folder that all names of the pattern are in.
        today: the date of the batch.
    """

    output: PrefixTemplate
    figures: PrefixTemplate | None
    parameters: Mapping[str, str]
    read1: Mapping[str, str]
    group_by: tuple[str, ...]
    named: tuple[str, ...]
    fixed: str
    today: date

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
        first = rows[0]
        parts, values = first.parts, self.values(first.place.container, first.name, first.parts)
        if self.group_by:
            parts = {name: values[name] for name in self.group_by}
            values = {**{name: values[name] for name in _OF_ALL}, **parts}
        name = self._fill(self.output, key, values)
        figures = "" if self.figures is None else self.figures.print(self._fill(self.figures, key, values))
        item = Item(
            key,
            tuple(InputBlob(row.place.print(row.name), row.etag, row.size, row.content_type) for row in rows),
            self.output.print(name),
            dict(parts),
            fill_parameters(self.parameters, values, parts),
            dict(self.read1),
            figures=figures,
        )
        return item, name

    def _fill(self, template: PrefixTemplate, key: str, values: Mapping[str, str]) -> str:
        try:
            return template.name(values)
        except KeyError as error:
            raise self._missing(template, key, str(error.args[0]), values) from None

    def _missing(self, template: PrefixTemplate, key: str, part: str, values: Mapping[str, str]) -> InvalidOption:
        what = f"{template.option} {template.template.printed}"
        if self.group_by and part in (*self.named, *ALWAYS):
            return InvalidOption(
                f"{what} names {{{part}}}, which the blobs of a group need not have in common",
                remedy=f"use {list_parts(values)}, or add {part} to --group-by",
            )
        return unknown_part(part, f"{what}, for {key},", values)
