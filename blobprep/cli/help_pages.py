"""The help of a command: its options in sections, examples at its end."""

from __future__ import annotations

from typing import TYPE_CHECKING

from typer.core import TyperArgument, TyperCommand

from blobprep.cli.options import GENERAL, SECTIONS
from blobprep.cli.parameters import spare_validation

if TYPE_CHECKING:
    from typer._click.core import Context
    from typer._click.formatting import HelpFormatter

__all__ = ["SectionedCommand"]


class SectionedCommand(TyperCommand):
    """A command whose help lists its options by section (`rich_help_panel`), and its epilog as examples."""

    def parse_args(self, ctx: Context, args: list[str]) -> list[str]:
        """Read the command line; as `TyperCommand.parse_args`."""
        spare_validation(self.get_params(ctx))
        return super().parse_args(ctx, args)

    def collect_usage_pieces(self, ctx: Context) -> list[str]:
        """Return what follows the name in the usage line: `SCRIPT [DATASET1]`."""
        arguments = (parameter for parameter in self.params if isinstance(parameter, TyperArgument))
        names = [_name(argument) if argument.required else f"[{_name(argument)}]" for argument in arguments]
        return [*filter(None, [self.options_metavar]), *names]

    def format_options(self, ctx: Context, formatter: HelpFormatter) -> None:
        """Write the arguments, then the options section by section."""
        sections: dict[str, list[tuple[str, str]]] = {title: [] for title in SECTIONS}
        for parameter in self.get_params(ctx):
            record = parameter.get_help_record(ctx)
            if record is None:
                continue
            if isinstance(parameter, TyperArgument):
                sections[SECTIONS[0]].append((_name(parameter), record[1]))
            else:  # --help is click's own, and in no section
                sections[getattr(parameter, "rich_help_panel", None) or GENERAL].append(record)
        for title, records in sections.items():
            if records:
                with formatter.section(title):
                    formatter.write_dl(records)

    def format_epilog(self, ctx: Context, formatter: HelpFormatter) -> None:
        """Write the examples, each on a line of its own."""
        if self.epilog:
            with formatter.section("Examples"):
                for line in self.epilog.splitlines():
                    formatter.write(f"{'':>{formatter.current_indent}}{line}\n")


def _name(argument: TyperArgument) -> str:
    return argument.metavar or (argument.name or "").upper()
