"""Parameters that take what was given as it is, where that is of the right type already.

typer asks pydantic even for texts and defaults; to import it and to build its validators takes 70 ms.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from typer.core import TyperArgument, TyperGroup, TyperOption

if TYPE_CHECKING:
    from collections.abc import Iterable

    from typer._click.core import Context, Parameter

__all__ = ["PlainGroup", "spare_validation"]

_OTHER: Final = object()


def _taken_as_it_is(parameter: TyperArgument | TyperOption, value: Any) -> Any:
    """Return a value that needs no validation; `_OTHER` for one that does."""
    annotation = getattr(getattr(parameter, "type_descriptor", None), "annotation", _OTHER)
    is_list = parameter.multiple or parameter.nargs != 1
    if value is None and not parameter.required:
        return () if is_list else None
    if is_list:
        texts = annotation == list[str] and isinstance(value, (list, tuple)) and value
        return list(value) if texts and all(type(item) is str for item in value) else _OTHER
    return value if type(value) is annotation else _OTHER


class _PlainArgument(TyperArgument):
    """An argument that validates only what needs it."""

    def process_value(self, ctx: Context, value: Any) -> Any:
        """Return what a value on the command line stands for."""
        taken = _taken_as_it_is(self, value)
        if taken is _OTHER:
            return super().process_value(ctx, value)
        return taken if self.callback is None else self.callback(ctx, self, taken)


class _PlainOption(TyperOption):
    """An option that validates only what needs it."""

    def process_value(self, ctx: Context, value: Any) -> Any:
        """Return what a value on the command line stands for."""
        taken = _taken_as_it_is(self, value)
        if taken is _OTHER:
            return super().process_value(ctx, value)
        return taken if self.callback is None else self.callback(ctx, self, taken)


class PlainGroup(TyperGroup):
    """A group of commands whose own options validate only what needs it."""

    def parse_args(self, ctx: Context, args: list[str]) -> list[str]:
        """Read the command line; as `TyperGroup.parse_args`."""
        spare_validation(self.get_params(ctx))
        return super().parse_args(ctx, args)


def spare_validation(parameters: Iterable[Parameter]) -> None:
    """Have parameters that typer made validate only what needs it; typer lets nobody choose their class."""
    plain: dict[type, type] = {TyperArgument: _PlainArgument, TyperOption: _PlainOption}
    for parameter in parameters:
        parameter.__class__ = plain.get(type(parameter), type(parameter))
