"""Large blobs divided among several runs, for scripts that work row by row.

A child looks at the blob, and says which bytes or row groups each piece is, and with which options it is read as a part
of the whole. A piece is an item like any other: its key is that of the whole with its first and last row, and its
output is a folder below that of the whole.
"""

from __future__ import annotations

import heapq
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import ExitStack, suppress
from dataclasses import replace
from typing import Final

from blobprep.batches.items import Item
from blobprep.batches.plan.divisions import Divisions
from blobprep.batches.worker.pins import pin_blobs
from blobprep.errors import Defect, InputError, InvalidOption, LimitError, StoreError
from blobprep.formats import format_by_name, format_named, read_options
from blobprep.inputs.resolve import resolve_dataset
from blobprep.inputs.sources import Dataset
from blobprep.protocol import ChildRequest
from blobprep.protocol.divisions import AskedDivision, Division
from blobprep.runs.dataset_profile import dataset_failure
from blobprep.runs.inquiry import Inquiry
from blobprep.runs.limits import limits_of
from blobprep.settings.workspace import Workspace

__all__ = ["Divider"]

_PORT: Final = "dataset1"
_FOOTER: Final = 256 * 1024  # bytes: what is worth asking for of a Parquet file's footer
_RANGE: Final = 4 * 1024 * 1024  # of a text, which is asked for as it passes by
_LEAST: Final = 2  # bytes of a row of text: a character and a line end
_DIGITS: Final = 12


class Divider:
    """A child that divides the blobs of items; a context manager.

    Args:
        workspace: the settings in force; isolation is that of a script, and so are the limits, but for time.
        rows: a blob with more of them is divided.
        read1: the batch's own options for reading Dataset1.
        say: told, in one sentence, why a blob with more rows stays whole.
        divisions: those that are known, and those that this one finds; None to forget them.
    """

    def __init__(
        self,
        workspace: Workspace,
        rows: int,
        read1: Mapping[str, str],
        *,
        say: Callable[[str], None] = lambda sentence: None,
        divisions: Divisions | None = None,
    ) -> None:
        if rows < 1:
            raise InvalidOption(f"--rows-per-run {rows} is no number of rows", remedy="give 1 or more")
        self._workspace, self._rows, self._read1, self._say = workspace, rows, dict(read1), say
        self._divisions = divisions
        self._inquiry = Inquiry("divide", workspace, limits_of(workspace, {"timeout": None, "cpu": None}))

    def __enter__(self) -> Divider:
        return self

    def __exit__(self, *_: object) -> None:
        self._inquiry.__exit__(*_)

    def divide_all(self, items: Iterable[Item]) -> Iterator[Item]:
        """Yield items, those with larger blobs in pieces, all in the order of their keys.

        Args:
            items: in the order of their keys.
        """
        # A key that begins with another may belong between the other's pieces and what follows them.
        waiting: list[tuple[str, int, Item, Iterator[Item]]] = []
        for number, item in enumerate(items):
            while waiting and waiting[0][0] < item.key:
                yield from self._next(waiting)
            pieces = self.divide(item)
            first = next(pieces)
            heapq.heappush(waiting, (first.key, number, first, pieces))
        while waiting:
            yield from self._next(waiting)

    def _next(self, waiting: list[tuple[str, int, Item, Iterator[Item]]]) -> Iterator[Item]:
        _, number, item, pieces = heapq.heappop(waiting)
        yield item
        following = next(pieces, None)
        if following is not None:
            heapq.heappush(waiting, (following.key, number, following, pieces))

    def divide(self, item: Item) -> Iterator[Item]:
        """Yield the pieces of an item in order, or the item itself if it has no more rows, or cannot be divided.

        One whose blob cannot be read stays whole: its run says what is wrong.

        Raises:
            IsolationUnavailable: the settings' level of isolation is not available.
        """
        division = Division() if self._is_small(item) else self._ask(item)
        if division.reason:
            self._say(f"{item.key} is not divided: {division.reason}")
        if not division.pieces:
            yield item
        for number, piece in enumerate(division.pieces, 1):
            last = division.last if number == len(division.pieces) else {}
            place = f"{piece.first:0{_DIGITS}}-{piece.first + piece.rows - 1:0{_DIGITS}}"
            yield replace(
                item,
                key=f"{item.key}#rows={place}",
                output=f"{item.output}rows={place}/",
                figures=f"{item.figures}rows={place}/" if item.figures else "",
                read1={**item.read1, **division.options, **last, division.option: piece.place},
            )

    def _is_small(self, item: Item) -> bool:
        """Return whether a text cannot have more rows, by its size."""
        hints = format_by_name(item.inputs[0].reference)
        is_text = not hints.compression and hints.format is not None and hints.format.name in ("csv", "tsv")
        return is_text and len(item.inputs) == 1 and item.size <= _LEAST * self._rows

    def _ask(self, item: Item) -> Division:
        if len(item.inputs) > 1:
            return Division(reason="it has several blobs")
        try:
            return self._known(item) or self._found(item)
        except (InputError, InvalidOption, StoreError, LimitError) as error:
            return Division(reason=f"it cannot be examined: {error.message}")

    def _known(self, item: Item) -> Division | None:
        """Return the division that the record of the batch knows; None if it knows none that can be used."""
        division = self._divisions.get(self._mark(item, self._divisions)) if self._divisions is not None else None
        with suppress(InvalidOption):
            return None if division is None else self._checked(division, item)
        return None

    def _found(self, item: Item) -> Division:
        division = self._checked(self._asked(item), item)
        if self._divisions is not None:
            self._divisions.add(self._mark(item, self._divisions), division)
        return division

    def _mark(self, item: Item, divisions: Divisions) -> str:
        return divisions.mark(item, self._rows, {**self._read1, **item.read1})

    def _asked(self, item: Item) -> Division:
        options = {**self._read1, **item.read1}
        with ExitStack() as stack:
            self._inquiry.begin()
            dataset = Dataset(pin_blobs(self._workspace, item.inputs), options.pop("format", ""), options)
            resolved = resolve_dataset(_PORT, dataset)
            stack.callback(resolved.input.bytes.close)
            request = ChildRequest("divide", division=AskedDivision(self._rows))
            on_demand = _FOOTER if resolved.asked.format == "parquet" else _RANGE
            answer = self._inquiry.ask(request, [resolved], last=False, on_demand=on_demand)
        if answer.verdict.raises is not None:
            raise answer.verdict.raises
        if answer.verdict.error is not None:
            raise dataset_failure(item.key, answer.verdict.error, answer.verdict.remedy)
        if answer.facts.division is None:
            raise Defect("the child reported success and no division")
        return answer.facts.division

    def _checked(self, division: Division, item: Item) -> Division:
        """Return what a child said, which has read a blob that may mean harm, once it can be used.

        Raises:
            InvalidOption: options or rows are not what they must be.
        """
        row = format_named(division.options.get("format", "csv"))
        expected = 0
        for piece in division.pieces:
            if piece.first != expected or piece.rows < 1:
                raise InvalidOption("the rows of its pieces do not follow one another")
            expected += piece.rows
        for piece in (*division.pieces[:1], *division.pieces[-1:]):
            given = {**self._read1, **item.read1, **division.options, **division.last, division.option: piece.place}
            read_options(row, {name: value for name, value in given.items() if name != "format"})
        return division
