"""Lists with attributes, and the list that asks for its next page."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from typing import Any

__all__ = ["AttributedDict", "AttributedList", "HeaderDict", "ListGenerator"]


class HeaderDict(dict[str, Any]):
    """Headers by their lower-case names, asked for in any case."""

    def __getitem__(self, name: str) -> Any:
        return super().__getitem__(name.lower())


class AttributedList(list[Any]):
    """A list that can have attributes, such as the marker of the next page."""

    next_marker: str | None


class AttributedDict(dict[str, Any]):
    """A dictionary that can have attributes, such as a container's public access."""

    public_access: str | None


class ListGenerator(Iterable[Any]):
    """The result of a listing: the first page, and then the pages that follow.

    Each pass starts with the page that was fetched last. `next_marker` is empty after the last page; if
    `num_results` ended the listing, another listing can continue from it.
    """

    def __init__(
        self,
        resources: AttributedList,
        list_method: Callable[..., AttributedList],
        list_args: tuple[Any, ...],
        list_kwargs: dict[str, Any],
    ) -> None:
        self._take(resources)
        self._list_method = list_method
        self._list_args = list_args
        self._list_kwargs = list_kwargs

    def __iter__(self) -> Iterator[Any]:
        yield from self.items
        while self.next_marker and self._may_go_on():
            self._list_kwargs["marker"] = self.next_marker
            self._take(self._list_method(*self._list_args, **self._list_kwargs))
            yield from self.items

    def _take(self, page: AttributedList) -> None:
        self.items = page
        self.next_marker = page.next_marker

    def _may_go_on(self) -> bool:
        """Return whether the caller wanted more results than this; if so, limit the next page to the rest."""
        wanted = self._list_kwargs.get("max_results")
        if wanted is None:
            return True
        rest = wanted - len(self.items)
        if rest > 0:
            self._list_kwargs["max_results"] = rest
        return bool(rest > 0)
