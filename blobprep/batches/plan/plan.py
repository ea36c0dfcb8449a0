"""The plan of a batch: its items in the order of their keys, and what is known of them all."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from contextlib import ExitStack
from dataclasses import replace
from datetime import date
from types import TracebackType
from typing import Final

from blobprep.batches.items import Item
from blobprep.batches.options import BatchOptions
from blobprep.batches.plan.choice import Choice
from blobprep.batches.plan.conditions import read_conditions
from blobprep.batches.plan.divisions import Divisions
from blobprep.batches.plan.findings import find_blobs
from blobprep.batches.plan.item_maker import ItemMaker, make_maker
from blobprep.batches.plan.outputs import record_prefix, require_figures, require_outputs, written_names
from blobprep.batches.plan.pieces_spool import PieceSpool
from blobprep.batches.plan.rows import PlanRows
from blobprep.errors import BlobNotFound, InvalidOption
from blobprep.inputs.partitions import ColumnTypes
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
        size: the bytes of all that they read.
        notes: what the user should know.
        pieces: the items, where large blobs were divided; else None.
        divisions: how these were divided; else None.

    Attributes:
        matched: the number of items.
        size: the bytes of all that they read.
        notes: what the user should know, a sentence each.
        fixed_output: the reference or path of the prefix that all outputs are below.
        divisions: how blobs were divided, for the record; None if that was not asked for.
    """

    def __init__(
        self,
        rows: PlanRows,
        maker: ItemMaker,
        size: int,
        notes: Iterable[str],
        pieces: PieceSpool | None = None,
        divisions: Divisions | None = None,
    ) -> None:
        self.divisions = divisions
        self._rows, self._maker, self._pieces = rows, maker, pieces
        self.matched, self._listed = rows.sizes()
        if pieces is not None:
            self.matched = pieces.count()
        self.size = size
        self.notes = tuple(notes)
        self.fixed_output = maker.output.fixed

    def __iter__(self) -> Iterator[Item]:
        if self._pieces is not None:
            return iter(self._pieces)
        return (self._maker.make(key, found)[0] for key, found in self._rows.by_item())

    def __len__(self) -> int:
        return self.matched

    def __enter__(self) -> Plan:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        self.close()

    def largest(self, count: int = _SHOWN) -> list[tuple[str, int]]:
        """Return the keys and bytes of the items with the largest first dataset, the largest first."""
        return list((self._pieces or self._rows).largest(count))

    def share_of_largest(self) -> float:
        """Return the share of the first datasets' bytes that the largest hundredth has: 0.01 if all are alike."""
        largest = sum(size for _, size in self._rows.largest(max(1, self.matched // _SHARE)))
        return largest / self._listed if self._listed else 0.0

    def close(self) -> None:
        """Remove it from disk."""
        self._maker.close()
        self._rows.close()
        if self._pieces is not None:
            self._pieces.close()
        if self.divisions is not None:
            self.divisions.close()


def plan_items(
    options: BatchOptions, workspace: Workspace, *, today: date, standard_input: Iterable[bytes] = ()
) -> Plan:
    """Find what a batch is about, and plan an item for each blob, or group of blobs.

    Args:
        options: of the batch.
        workspace: the settings in force.
        today: the date that `{date}` stands for where it is not a part.
        standard_input: the lines of the standard input, for `--list -`.

    Raises:
        UsageError: a pattern, a list, a template or a condition is wrong; two items have one output.
        BlobNotFound, ContainerNotFound, AccessError, StoreUnavailable: as the stores answer; nothing matches, or no
            item has its second dataset.
        OutputError: the store of the outputs cannot write to one of them.
        LimitError: there is no room on disk, or a group has too many blobs.
    """
    conditions = read_conditions(options.where)
    with ExitStack() as opened:
        found = find_blobs(options, workspace, standard_input)
        opened.callback(found.close)
        maker = make_maker(options, workspace, found.source, today)
        opened.callback(maker.close)
        rows = PlanRows()
        opened.callback(rows.close)
        chosen = Choice(conditions, maker, found.printed)
        again = rows.add(chosen.rows(found.blobs())) + found.again
        notes = [*found.notes(), *chosen.notes(again)]
        if options.run.partition_columns:
            maker = replace(maker, columns=_decide_columns(rows))
        maker.look_up_second(rows.by_item())
        tally = _Tally()

        def items() -> Iterator[tuple[Item, str]]:
            return (maker.make(key, blobs) for key, blobs in rows.by_item())

        record = record_prefix(workspace, options, maker.output)
        matching = found.matching(maker.output)

        def is_input(name: str) -> bool:
            return (blob := matching(name)) is not None and chosen.may_meet(blob)

        require_outputs(maker.output, items, rows, written_names(options), record, is_input, tally.count)
        if maker.figures is not None:
            require_figures(maker.figures, items, rows)
        notes += tally.notes()
        pieces = divisions = None
        if options.rows_per_run is not None:
            pieces, divisions = PieceSpool(), Divisions()
            opened.callback(pieces.close)
            opened.callback(divisions.close)
            if options.resume:
                divisions.load(workspace.locate(record, prefix=True, names=()))
            notes += _divide(options, workspace, (item for item, _ in items()), pieces, divisions)
        found.close()
        opened.pop_all()
    return Plan(rows, maker, tally.size, notes, pieces, divisions)


def _divide(
    options: BatchOptions, workspace: Workspace, items: Iterable[Item], pieces: PieceSpool, divisions: Divisions
) -> list[str]:
    """Divide items with larger blobs, and return what the user should know.

    Raises:
        InvalidOption: the number of rows is none.
        IsolationUnavailable: the settings' level of isolation is not available.
    """
    from blobprep.batches.plan.pieces import Divider

    assert options.rows_per_run is not None
    said: list[str] = []
    count = 0

    def say(sentence: str) -> None:
        nonlocal count
        count += 1
        if len(said) < _SHOWN:
            said.append(sentence)

    with Divider(workspace, options.rows_per_run, options.run.read1, say=say, divisions=divisions) as divider:
        pieces.add(divider.divide_all(items))
    return said if count == len(said) else [*said, f"{count - len(said)} more items are not divided"]


def _decide_columns(rows: PlanRows) -> dict[str, str]:
    """Return the types of the columns that the parts of all blobs become.

    Raises:
        InvalidOption: no blob has parts.
        DatasetError: not all blobs have the same.
    """
    types = ColumnTypes()
    for _, found in rows.by_item():
        for row in found:
            types.add(row.place.print(row.name), row.parts)
    decided = types.decided()
    if not decided:
        raise InvalidOption(
            "--partition-columns adds no column: the names of the blobs have no folders like year=2024",
            remedy="name parts of the pattern, as in az://raw/{region}/*.csv, or leave it out",
        )
    return decided


class _Tally:
    """What is known of all items once each was made."""

    def __init__(self) -> None:
        self.size = self._count = 0
        self._lacking = {"dataset1": 0, "dataset2": 0}
        self._first: dict[str, str] = {}

    def count(self, item: Item) -> None:
        """Count an item."""
        self._count += 1
        self.size += item.size
        for port, blobs in (("dataset1", item.inputs), ("dataset2", item.dataset2)):
            lacking = next((blob for blob in blobs if not blob.etag), None)
            if lacking is not None:
                self._lacking[port] += 1
                self._first.setdefault(port, lacking.reference)

    def notes(self) -> Iterator[str]:
        """Yield what the user should know.

        Raises:
            BlobNotFound: no item has all that it reads.
        """
        for port, count in self._lacking.items():
            if count == self._count:
                raise BlobNotFound(
                    f"{port}: none of the {count} items has it; the first is {self._first[port]}",
                    remedy="check the names; `blobprep ls` lists what is there",
                )
            if count:
                yield f"{count} of {self._count} items will fail, as their {port} is not there: {self._first[port]}"
