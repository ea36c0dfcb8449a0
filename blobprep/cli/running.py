"""`blobprep run`."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING, Annotated

import typer

from blobprep.cli.exits import code_of_run
from blobprep.cli.options import (
    AccountOption,
    ConfigOption,
    JsonOption,
    ProtocolOption,
    QuietOption,
    VerboseOption,
)
from blobprep.cli.outcomes import print_run
from blobprep.cli.sessions import session
from blobprep.errors import InvalidOption

if TYPE_CHECKING:
    from collections.abc import Sequence

__all__ = ["add_to"]

_NONE = "-"


def add_to(app: typer.Typer) -> None:
    """Add the command."""
    app.command("run")(_run)


def _run(
    script: Annotated[str, typer.Argument(metavar="SCRIPT", help="The script: a path or a reference.")],
    dataset1: Annotated[
        str | None, typer.Argument(metavar="[DATASET1]", help='Port Dataset1: a reference, name or path; "-" for none.')
    ] = None,
    dataset2: Annotated[str | None, typer.Argument(metavar="[DATASET2]", help="Port Dataset2.")] = None,
    dataset2_option: Annotated[
        str | None, typer.Option("--dataset2", metavar="REF", help="Port Dataset2, without port Dataset1.")
    ] = None,
    bundle: Annotated[
        str | None, typer.Option("--bundle", metavar="REF|FOLDER", help="Port Script Bundle: a module zip or a folder.")
    ] = None,
    param: Annotated[
        list[str] | None,
        typer.Option("--param", metavar="NAME=VALUE", help="A parameter of the script; may be repeated."),
    ] = None,
    output: Annotated[
        str | None,
        typer.Option(
            "--output", metavar="PREFIX", help="Where results go; {run_id} and {date} are filled in. [runs/{run_id}/]"
        ),
    ] = None,
    figures: Annotated[
        str | None, typer.Option("--figures", metavar="PREFIX", help="Where figures go, in place of OUTPUT/figures/.")
    ] = None,
    format: Annotated[  # noqa: A002  # the name of the option
        str | None, typer.Option("--format", metavar="FORMAT", help="Of the results. [parquet]")
    ] = None,
    read1: Annotated[
        str | None, typer.Option("--read1", metavar="KEY=VALUE,…", help="Options of reading Dataset1; format= too.")
    ] = None,
    read2: Annotated[
        str | None, typer.Option("--read2", metavar="KEY=VALUE,…", help="Options of reading Dataset2; format= too.")
    ] = None,
    write: Annotated[
        str | None, typer.Option("--write", metavar="KEY=VALUE,…", help="Options of writing the results.")
    ] = None,
    overwrite: Annotated[bool, typer.Option("--overwrite", help="Replace a finished run.")] = False,
    create_container: Annotated[
        bool, typer.Option("--create-container", help="Create the output's container where it is missing.")
    ] = False,
    lossless: Annotated[
        bool, typer.Option("--lossless", help="Fail where a translation would lose something.")
    ] = False,
    second_output: Annotated[
        bool, typer.Option("--second-output", help="Write a second returned frame as results2.")
    ] = False,
    artifact: Annotated[
        list[str] | None,
        typer.Option(
            "--artifact",
            metavar="NAME",
            help="Publish a results column's first cell, or files the script left in outputs/ (wildcards too), "
            "below OUTPUT/artifacts/; may be repeated.",
        ),
    ] = None,
    duplicate_suffix: Annotated[
        int, typer.Option("--duplicate-suffix", metavar="1|2", help="The number the first duplicate label gets.")
    ] = 1,
    isolation: Annotated[
        str | None, typer.Option("--isolation", metavar="strict|process|off", help="How the script is kept apart.")
    ] = None,
    timeout: Annotated[
        float | None, typer.Option("--timeout", metavar="SECONDS", help="How long the script may run.")
    ] = None,
    memory: Annotated[
        str | None, typer.Option("--memory", metavar="SIZE", help="What the script may hold: 2GiB, 75%.")
    ] = None,
    limit: Annotated[
        list[str] | None,
        typer.Option(
            "--limit",
            metavar="NAME=VALUE",
            help="Another limit of the script: cpu, disk, files, processes, log, log_kept, figures, figures_size; "
            '"none" for no limit; may be repeated.',
        ),
    ] = None,
    allow_host: Annotated[
        list[str] | None,
        typer.Option("--allow-host", metavar="HOST[:PORT]", help="Let the script reach a host; may be repeated. [443]"),
    ] = None,
    allow_accounts: Annotated[
        bool, typer.Option("--allow-accounts", help="Let the script reach the accounts of this run.")
    ] = False,
    emulator: Annotated[
        str | None,
        typer.Option(
            "--emulator",
            metavar="HOST:PORT",
            help="Lead what the script asks over http to an emulator, whatever account it names; it may reach that.",
        ),
    ] = None,
    debug: Annotated[
        bool, typer.Option("--debug", help="Run under the debugger, without time limit or isolation strict.")
    ] = False,
    debugger: Annotated[
        str | None,
        typer.Option(
            "--debugger", metavar="pdb|debugpy[:PORT]", help="On this terminal, or for an editor to attach. [pdb; 5678]"
        ),
    ] = None,
    account: AccountOption = None,
    protocol: ProtocolOption = None,
    config: ConfigOption = None,
    as_json: JsonOption = False,
    verbose: VerboseOption = 0,
    quiet: QuietOption = False,
) -> int:
    """Run a script on datasets, and put what comes out into storage."""
    with session(account, protocol, config, as_json, verbose, quiet) as opened:
        from blobprep.formats import parse_options
        from blobprep.workspace.preparing import run

        with opened.progress("fetched") as progress:
            done = run(
                script,
                None if dataset1 == _NONE else dataset1,
                _second(dataset1, dataset2, dataset2_option),
                bundle=bundle,
                parameters=_pairs(param or (), "--param"),
                output=output,
                figures=figures,
                format=format,
                read1=parse_options(read1 or ""),
                read2=parse_options(read2 or ""),
                write=parse_options(write or ""),
                overwrite=overwrite,
                create_container=create_container,
                lossless=lossless,
                second_output=second_output,
                artifacts=artifact or (),
                duplicate_suffix=duplicate_suffix,
                isolation=isolation,
                timeout=timeout,
                memory=memory,
                limits=_pairs(limit or (), "--limit"),
                allow_hosts=allow_host or (),
                allow_accounts=allow_accounts,
                emulator=emulator,
                debug=debug,
                debugger=debugger,
                workspace=opened.workspace,
                echo=None if quiet else sys.stderr,
                progress=progress,
            )
        opened.warn()
        error = done.manifest.error
        code = 0 if done.status == "succeeded" else code_of_run(error.code if error else "")
        print_run(done, code, opened)
    return code


def _second(dataset1: str | None, dataset2: str | None, option: str | None) -> str | None:
    if option is not None and (dataset2 is not None or dataset1 not in (None, _NONE)):
        raise InvalidOption(
            "--dataset2 connects port Dataset2 alone, and a dataset is given besides",
            remedy="give both as arguments: blobprep run SCRIPT DATASET1 DATASET2",
        )
    second = dataset2 if option is None else option
    return None if second == _NONE else second


def _pairs(given: Sequence[str], option: str) -> dict[str, str]:
    pairs: dict[str, str] = {}
    for text in given:
        name, equals, value = text.partition("=")
        if not equals or not name or name in pairs:
            raise InvalidOption(
                f"{option} {name or text!r} is given twice or has no value",
                remedy=f"write {option} NAME=VALUE, each name once",
            )
        pairs[name] = value
    return pairs
