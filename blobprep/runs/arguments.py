"""The arguments of `blobprep.run`, divided into options and objects that only this process can hold."""

from __future__ import annotations

import inspect
import os
import textwrap
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from difflib import get_close_matches
from typing import Any, Final, TypeVar

from blobprep.reference import split_sas
from blobprep.runs.option_kinds import Option, read_value
from blobprep.runs.options import OPTIONS, RunKeywords, RunOptions

__all__ = ["NO_OBJECTS", "PassedObjects", "read_arguments", "spell_out_options"]

_Function = TypeVar("_Function", bound=Callable[..., Any])
_PLACE: Final = "        **options: "


@dataclass(frozen=True, slots=True)
class PassedObjects:
    """Arguments of the caller that `RunOptions` must not hold.

    Attributes:
        values: frames, functions, open stores, and references with a SAS token, by the name of the option; for `output`
            also the prefix in an open store.
    """

    values: Mapping[str, Any] = field(default_factory=dict, repr=False)

    def of(self, options: RunOptions, name: str) -> Any:
        """Return the object that was passed for an option, else the value in the options."""
        return self.values.get(name, getattr(options, name))


NO_OBJECTS: Final = PassedObjects()
"""For a run that its options describe completely."""


def read_arguments(arguments: Mapping[str, object]) -> tuple[RunOptions, PassedObjects]:
    """Divide the arguments of a run into options and objects that no record may hold.

    Args:
        arguments: by name, `script` among them.

    Raises:
        InvalidOption: a value is not of its option's kind.
        TypeError: an option does not exist.
    """
    texts: dict[str, Any] = {"script": ""}
    objects: dict[str, Any] = {}
    for name, value in arguments.items():
        option = OPTIONS.get(name)
        if option is None:
            near = get_close_matches(name, OPTIONS, n=1)
            hint = f"; did you mean {near[0]!r}?" if near else ""
            raise TypeError(f"run() got an unexpected keyword argument {name!r}{hint}")
        if option.kind == "input" and value is not option.default and not isinstance(value, (str, os.PathLike)):
            objects[name] = value
            continue
        texts[name] = text = read_value(option, value)
        if option.kind in ("input", "prefix") and text:
            texts[name], _ = split_sas(text)
            if texts[name] != text:
                objects[name] = text
    return RunOptions(**texts), PassedObjects(objects)


def spell_out_options(function: _Function) -> _Function:
    """Show each option in the signature and the docstring of a function that takes them as `**options`."""
    signature = inspect.signature(function)
    own = [parameter for parameter in signature.parameters.values() if parameter.kind is not parameter.VAR_KEYWORD]
    # The sort is stable: the options come before the function's own keywords.
    parameters = sorted((*_KEYWORDS, *own), key=lambda parameter: parameter.kind)
    vars(function)["__signature__"] = signature.replace(parameters=parameters)
    before, place, after = (function.__doc__ or "").partition(_PLACE)
    if place:
        first, _, rest = after.partition("\n")
        lines = (_describe(option) for option in OPTIONS.values() if not option.positional)
        function.__doc__ = "\n".join((before + place + first, *lines, rest))
    return function


def _describe(option: Option) -> str:
    choices = f" ({' or '.join(map(str, option.choices))})" if option.choices else ""
    setting = f"; by default the setting {option.setting}" if option.setting else ""
    line = f"{option.name}: {option.help}{choices}{setting}."
    return textwrap.fill(line, 120, initial_indent=" " * 12, subsequent_indent=" " * 16)


def _keyword(option: Option) -> inspect.Parameter:
    annotation = RunKeywords.__annotations__[option.name]
    return inspect.Parameter(
        option.name,
        inspect.Parameter.KEYWORD_ONLY,
        default=option.default,
        annotation=getattr(annotation, "__forward_arg__", annotation),
    )


_KEYWORDS: Final = tuple(_keyword(option) for option in OPTIONS.values() if not option.positional)
