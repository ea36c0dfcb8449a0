"""The help of a command: its options in sections, examples at its end."""

from __future__ import annotations

from typing import TYPE_CHECKING

from typer.core import TyperArgument, TyperCommand

from blobprep.cli.options import GENERAL

if TYPE_CHECKING:
    from typer._click.core import Context
    from typer._click.formatting import HelpFormatter

__all__ = ["SectionedCommand"]


class SectionedCommand(TyperCommand):
    """A command whose help lists its options by section (`rich_help_panel`), and its epilog as examples."""

    def collect_usage_pieces(self, ctx: Context) -> list[str]:
        """Return what follows the name in the usage line: `SCRIPT [DATASET1]`."""
        names = [_name(each) if each.required else f"[{_name(each)}]" for each in self._arguments]
        return [*filter(None, [self.options_metavar]), *names]

    def format_options(self, ctx: Context, formatter: HelpFormatter) -> None:
        """Write the arguments, then the options section by section; the general ones come last."""
        sections: dict[str, list[tuple[str, str]]] = {}
        for each in self.get_params(ctx):
            record = each.get_help_record(ctx)
            if record is None:
                continue
            if isinstance(each, TyperArgument):
                sections.setdefault("Arguments", []).append((_name(each), record[1]))
            else:
                own = GENERAL if each.name == "help" else "Options"
                sections.setdefault(getattr(each, "rich_help_panel", None) or own, []).append(record)
        for title in sorted(sections, key=lambda each: each == GENERAL):
            with formatter.section(title):
                formatter.write_dl(sections[title])

    def format_epilog(self, ctx: Context, formatter: HelpFormatter) -> None:
        """Write the examples, each on a line of its own."""
        if self.epilog:
            with formatter.section("Examples"):
                for line in self.epilog.splitlines():
                    formatter.write(f"{'':>{formatter.current_indent}}{line}\n")

    @property
    def _arguments(self) -> list[TyperArgument]:
        return [each for each in self.params if isinstance(each, TyperArgument)]


def _name(argument: TyperArgument) -> str:
    return argument.metavar or (argument.name or "").upper()
