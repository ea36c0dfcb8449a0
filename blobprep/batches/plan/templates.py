"""Outputs, figures and parameters of items: texts with parts that are filled in."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Final

from blobprep.batches.plan.parts import list_parts
from blobprep.batches.plan.places import place_of
from blobprep.errors import InvalidOption
from blobprep.reference import is_reference
from blobprep.reference.expressions import Wildcard
from blobprep.reference.named_parts import Template, escape_part, quote_braces, read_template
from blobprep.reference.values import print_below
from blobprep.settings.local_paths import locate_path, require_path
from blobprep.settings.workspace import Workspace
from blobprep.stores import Store

__all__ = ["PrefixTemplate", "fill_parameters", "locate_prefix"]

_FOLDER: Final = "folder"
_WORD: Final = re.compile(r"\{([^\W\d]\w*)\}")


@dataclass(frozen=True, slots=True)
class PrefixTemplate:
    """A template of prefixes in its store.

    Attributes:
        option: what it is, for messages.
        template: the text.
        store, container: where the prefixes are; the container is empty for local files.
        base: the container as references begin, or the folder of the store.
        fixed: the part of every prefix that is the same, as a reference or path; ends with `/`.
    """

    option: str
    template: Template
    store: Store
    container: str
    base: str
    fixed: str

    def name(self, values: Mapping[str, str]) -> str:
        """Return a prefix in the container; it ends with `/`, or is empty.

        Raises:
            KeyError: a part has no value.
        """
        name = self._fill(values) if _FOLDER in self.template.names else self.template.fill(values, escape=escape_part)
        name = name if self.container else quote_braces(name)  # a path is not decoded, and nothing may fill it in again
        return name if not name or name.endswith("/") else f"{name}/"

    def print(self, name: str) -> str:
        """Return the reference, or absolute path, of a prefix."""
        return quote_braces(print_below(self.base, name, prefix=True)) if self.container else self.base + name

    def _fill(self, values: Mapping[str, str]) -> str:
        """Fill in `{folder}` too, which may be several folders, or none: then the `/` behind it is left out."""
        written, is_gone = "", False
        for piece in self.template.pieces:
            text = piece if isinstance(piece, str) else _value(piece, values)
            written += text.removeprefix("/") if is_gone and (not written or written.endswith("/")) else text
            is_gone = not isinstance(piece, str) and not text
        return written


def _value(piece: Wildcard, values: Mapping[str, str]) -> str:
    value = values[piece.name]
    return "/".join(map(escape_part, value.split("/"))) if piece.name == _FOLDER else escape_part(value)


def locate_prefix(workspace: Workspace, option: str, text: str) -> PrefixTemplate:
    """Locate a template of prefixes.

    Raises:
        InvalidReference, SettingError, ProtocolForbidden: as `Workspace.locate`.
        InvalidOption: it has wildcards, or names what differs with every run.
    """
    if not is_reference(text):
        return _locate_local(option, text)
    template = read_template(text, workspace.parse)
    _require_usable(option, template)
    assert template.reference is not None
    reference = template.reference
    if reference.version_id or reference.snapshot:
        raise InvalidOption(f"{option} {template.printed} has a version or snapshot", remedy="leave it out")
    base = place_of(workspace, reference).printed
    store = workspace.store_of(replace(reference, blob="", pattern=None))
    fixed = quote_braces(print_below(base, _ended(template), prefix=True))
    return PrefixTemplate(option, template, store, reference.container, base, fixed)


def _locate_local(option: str, text: str) -> PrefixTemplate:
    require_path(text)
    template = read_template(text, None)
    _require_usable(option, template)
    first = template.fixed
    location = locate_path(str(Path(first).resolve()), prefix=True)
    rest = template.pieces
    if rest and isinstance(rest[0], str):
        rest = (rest[0][len(first) :], *rest[1:])
    pieces = tuple(piece for piece in (location.blob, *rest) if piece)
    inside = replace(template, pieces=pieces)
    base = location.printed.removesuffix(location.blob)
    return PrefixTemplate(option, inside, location.store, "", base, location.printed)


def _ended(template: Template) -> str:
    fixed = template.fixed
    return fixed if not fixed or fixed.endswith("/") else f"{fixed}/"


def _require_usable(option: str, template: Template) -> None:
    for piece in template.pieces:
        if isinstance(piece, Wildcard) and not piece.name:
            raise InvalidOption(
                f"{option} {template.printed} has a wildcard",
                remedy="write {NAME} for a part; in a name write %2A or %3F",
            )
    if "run_id" in template.names:
        raise InvalidOption(
            f"{option} {template.printed} names the run, but the outputs of an item depend on its inputs alone",
            remedy="leave out {run_id}: a batch must find the results of its earlier runs",
        )


def fill_parameters(given: Mapping[str, str], values: Mapping[str, str], parts: Mapping[str, str]) -> dict[str, str]:
    """Return the parameters of an item: its parts, and the batch's own, which come first, with parts filled in.

    Raises:
        InvalidOption: a parameter has a word in braces that is no part.
    """

    def filled(name: str, text: str) -> str:
        def value(match: re.Match[str]) -> str:
            if match[1] not in values:
                raise InvalidOption(
                    f"--param {name} names {match[0]}, which is not a part",
                    remedy=f"use {list_parts(values)}; other words cannot be in braces there",
                )
            return values[match[1]]

        return _WORD.sub(value, text) if "{" in text else text

    return {**parts, **{name: filled(name, text) for name, text in given.items()}}
