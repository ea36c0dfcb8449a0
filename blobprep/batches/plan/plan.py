"""The plan of a batch: its items in the order of their keys, and what is known of them all."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping
from datetime import date
from types import TracebackType
from typing import Final

from blobprep.batches.items import Item
from blobprep.batches.options import BatchOptions
from blobprep.batches.plan.conditions import Condition, Subject, read_conditions
from blobprep.batches.plan.item_maker import ItemMaker
from blobprep.batches.plan.outputs import require_outputs
from blobprep.batches.plan.parts import ALWAYS, parts_of, unknown_part
from blobprep.batches.plan.rows import PlanRows
from blobprep.batches.plan.sources import FoundBlob, Source, list_source, locate_source
from blobprep.batches.plan.templates import PrefixTemplate, locate_prefix
from blobprep.errors import BlobNotFound, InvalidOption
from blobprep.runs.options import DEFAULT_OUTPUT
from blobprep.settings.workspace import Workspace

__all__ = ["Plan", "plan_items"]

_SHOWN: Final = 5
_SHARE: Final = 100  # one in as many items are the largest ones


class Plan:
    """The items of a batch, which lie on disk and are made anew each time they are asked for.

    Iterating yields the items in the order of their keys, as often as it is done; `close` ends it.

    Args:
        rows: the blobs.
        maker: makes items of them.
        notes: what the user should know.

    Attributes:
        matched: the number of items.
        size: the bytes of all that they read.
        notes: what the user should know, a sentence each.
        fixed_output: the reference or path of the prefix that all outputs are below.
    """

    def __init__(self, rows: PlanRows, maker: ItemMaker, notes: Iterable[str]) -> None:
        self._rows, self._maker = rows, maker
        self.matched, self.size = rows.sizes()
        self.notes = tuple(notes)
        self.fixed_output = maker.output.fixed

    def __iter__(self) -> Iterator[Item]:
        return (self._maker.make(key, found)[0] for key, found in self._rows.items())

    def __len__(self) -> int:
        return self.matched

    def __enter__(self) -> Plan:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        self.close()

    def largest(self, count: int = _SHOWN) -> list[tuple[str, int]]:
        """Return the keys and bytes of the largest items, the largest first."""
        return list(self._rows.largest(count))

    def share_of_largest(self) -> float:
        """Return the share of all bytes that the largest hundredth of the items reads: 0.01 if all are alike."""
        largest = sum(size for _, size in self._rows.largest(max(1, self.matched // _SHARE)))
        return largest / self.size if self.size else 0.0

    def close(self) -> None:
        """Remove it from disk."""
        self._rows.close()


def plan_items(options: BatchOptions, workspace: Workspace, *, today: date) -> Plan:
    """Find what a batch is about, and plan an item for each blob, or group of blobs.

    Args:
        options: of the batch.
        workspace: the settings in force.
        today: the date that `{date}` stands for where it is not a part.

    Raises:
        UsageError: a pattern, a template or a condition is wrong; two items have one output.
        BlobNotFound, ContainerNotFound, AccessError, StoreUnavailable: as the stores answer; nothing matches.
        OutputError: the store of the outputs cannot write to one of them.
        LimitError: there is no room on disk, or a group has too many blobs.
    """
    source = locate_source(workspace, _pattern(options))
    conditions = read_conditions(options.where)
    maker = _maker(options, workspace, source, today)
    rows = PlanRows()
    try:
        chosen = _Choice(conditions, maker, source)
        again = rows.add(chosen.rows(list_source(source)))
        notes = chosen.notes(again)

        def items() -> Iterator[tuple[Item, str]]:
            return (maker.make(key, found) for key, found in rows.items())

        is_input = _inputs_among(maker.output, source)
        require_outputs(maker.output, items, rows, is_input)
        return Plan(rows, maker, notes)
    except BaseException:
        rows.close()
        raise


def _pattern(options: BatchOptions) -> str:
    if options.run.dataset1 is None:
        raise InvalidOption(
            "the batch has nothing to read", remedy="name the blobs by a pattern, 'az://raw/*.csv', or give --list"
        )
    return options.run.dataset1


def _maker(options: BatchOptions, workspace: Workspace, source: Source, today: date) -> ItemMaker:
    run, named = options.run, source.pattern.names
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
    defaults = workspace.read_defaults(_pattern(options))
    return ItemMaker(
        locate_prefix(workspace, "--output", run.output),
        None if run.figures is None else locate_prefix(workspace, "--figures", run.figures),
        run.parameters,
        {key: value for key, value in defaults.items() if key not in run.read1},
        options.group_by,
        named,
        source.fixed,
        today,
    )


def _inputs_among(output: PrefixTemplate, source: Source) -> Callable[[str], bool]:
    """Return a function that tells whether a blob in the container of the outputs matches the pattern of the inputs."""
    if output.base != source.place.printed:
        return lambda name: False
    parts_of = source.pattern.matcher()
    return lambda name: parts_of(name) is not None


class _Choice:
    """The blobs that meet all conditions.

    Args:
        conditions: of the batch.
        maker: knows their keys.
        source: what is listed.
    """

    def __init__(self, conditions: tuple[Condition, ...], maker: ItemMaker, source: Source) -> None:
        self._conditions, self._maker, self._source = conditions, maker, source
        self._tested = self._chosen = 0
        self._lacking: Counter[str] = Counter()

    def rows(self, found: Iterable[FoundBlob]) -> Iterator[tuple[str, FoundBlob, Mapping[str, str]]]:
        """Yield blobs with the keys of their items and their parts."""
        for blob in found:
            parts = parts_of(blob)
            self._tested += 1
            if not self._conditions or self._meets(blob, parts):
                self._chosen += 1
                yield self._maker.key(blob, parts), blob, parts

    def notes(self, again: int) -> list[str]:
        """Return what the user should know; `again` blobs were there twice.

        Raises:
            InvalidOption: no blob has a part that a condition is about.
            BlobNotFound: no blob meets the conditions.
        """
        for condition in self._conditions:
            if self._lacking[condition.text] == self._tested:
                raise unknown_part(
                    condition.part, f"--where {condition.text!r}", (*self._maker.named, *ALWAYS, "size", "modified")
                )
        if not self._chosen:
            raise BlobNotFound(
                f"none of the {self._tested} blobs that match {self._source.pattern.printed} meets --where",
                remedy="check the conditions: all of them must hold",
            )
        left_out = self._tested - self._chosen
        notes = [f"{left_out} of {self._tested} blobs do not meet --where"] if left_out else []
        if again:
            notes.append(f"{again} blobs were listed twice, and are read once")
        return notes

    def _meets(self, blob: FoundBlob, parts: Mapping[str, str]) -> bool:
        values = self._maker.values(blob.place.container, blob.name, parts)
        subject = Subject(values, blob.size, blob.modified)
        meets = True
        for condition in self._conditions:
            holds = condition.holds(subject)
            if holds is None:
                self._lacking[condition.text] += 1
            meets = meets and bool(holds)
        return meets
