"""Check a script with its bundle, or a bundle by itself."""

from __future__ import annotations

import os
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path, PurePosixPath
from typing import Any

from blobprep.checks.bundles import find_in_bundle
from blobprep.checks.fixes import Rewritten, Target, Text, corrected, write_all
from blobprep.checks.modules import Modules
from blobprep.checks.subjects import Members, Script, is_zip, opened_bundle, read_script
from blobprep.errors import InvalidOption, ScriptError
from blobprep.formats import document_in
from blobprep.inputs.sources import Bundle, GivenFolder
from blobprep.lint import LEVELS, DecodingError, Examination, Finding, Source, examine, read_source
from blobprep.reference import is_reference
from blobprep.settings import Workspace
from blobprep.stores.location import BlobLocation

__all__ = ["CheckResult", "check"]


@dataclass(frozen=True, slots=True)
class CheckResult:
    """Hold what was found.

    Attributes:
        subject: what was checked, as it is printed.
        findings: of the script, then of each file of the bundle, in order of their places.
        files: how many Python files were read.
    """

    subject: str
    findings: tuple[Finding, ...]
    files: int
    _texts: tuple[Text, ...] = field(repr=False)
    _target: Target = field(repr=False)

    @property
    def grave(self) -> tuple[Finding, ...]:
        """Return the findings that are more than notes."""
        return tuple(each for each in self.findings if each.level != "note")

    def as_json(self) -> dict[str, Any]:
        """Return it as plain data."""
        counts = {level: sum(each.level == level for each in self.findings) for level in LEVELS}
        return {
            "subject": self.subject,
            "files": self.files,
            "counts": counts,
            "findings": [each.as_json() for each in self.findings],
        }

    def rewritten(self, *, comments: bool = True) -> tuple[Rewritten, ...]:
        """Return the files in which something can be corrected, before and after; nothing is written.

        Args:
            comments: mark what is left for a person.
        """
        return tuple(made for text in self._texts if (made := corrected(text, comments=comments)) is not None)

    def fix(
        self, output: str | os.PathLike[str] | None = None, *, comments: bool = True, backup: bool = True
    ) -> list[str]:
        """Write what can be corrected, each file at once or not at all.

        Args:
            output: where, in place of where it was read; a zip is only written where this says.
            comments: mark what is left for a person.
            backup: keep what was there as NAME.bak.

        Returns:
            What was written, as it is printed.

        Raises:
            InvalidOption: a zip is to be replaced.
            OutputExists: `output` is taken.
            BlobChanged: what was read is no longer there.
        """
        return write_all(self._target, self.rewritten(comments=comments), output, backup=backup)


def check(
    script: str | os.PathLike[str],
    dataset1: object = None,
    dataset2: object = None,
    *,
    bundle: str | os.PathLike[str] | BlobLocation | None = None,
    fix: bool = False,
    comments: bool = True,
    output: str | os.PathLike[str] | None = None,
    backup: bool = True,
    workspace: Workspace | None = None,
) -> CheckResult:
    """Find what in a script or a bundle breaks here, without running it.

    Args:
        script: a script, a module zip or a folder: a path, a reference, or a module's name from the settings.
        dataset1: what will be connected to port Dataset1; only whether something is counts, nothing is read.
        dataset2: to port Dataset2.
        bundle: to port Script Bundle; it is checked too.
        fix: write what is mechanical, see `Checked.fix`.
        comments: leave what is not mechanical with a comment when fixing.
        output: where the corrected script or zip goes, in place of where it was read.
        backup: keep what is replaced as NAME.bak.
        workspace: the settings in force; those of the working folder and this process where None.

    Returns:
        What was found; with `fix`, before it was corrected.

    Raises:
        UsageError: a reference, an option or a setting is wrong.
        ScriptError, BundleError: it cannot be read as what it is.
        StoreError: as the store answers.
    """
    known = workspace or Workspace()
    ports = (known.dataset(dataset1), known.dataset(dataset2))
    connected = sum(port is not None for port in ports) or None
    subject = _subject(known, script)
    if isinstance(subject, BlobLocation):
        beside = opened_bundle(given) if (given := known.bundle(bundle)) is not None else None
        checked = _check_script(read_script(subject), beside, connected)
    else:
        if bundle is not None or connected:
            raise InvalidOption(
                f"{script} is a bundle, and is checked by itself",
                remedy="name the script first: check SCRIPT --bundle ZIP",
            )
        checked = _check_bundle(subject[0], opened_bundle(subject[0]))
    if fix:
        checked.fix(output, comments=comments, backup=backup)
    return checked


def _subject(workspace: Workspace, script: str | os.PathLike[str]) -> BlobLocation | tuple[Bundle]:
    """Return the script, or in a tuple the bundle, that is to be checked."""
    if not is_reference(os.fspath(script)) and Path(script).is_dir():
        return (GivenFolder(Path(script)),)
    located = workspace.locate(script, names=("modules",))
    if located.is_prefix:
        raise ScriptError(f"{located.printed} is a folder or a prefix", remedy=located.prefix_remedy)
    return (located,) if is_zip(located) else located


def _check_script(script: Script, bundle: Members | None, connected: int | None) -> CheckResult:
    printed = script.located.printed
    if document := _no_python(printed, script.data):
        return CheckResult(printed, (document,), 1, (), Target("script", printed, script=script))
    source = _readable(script)
    examined = examine(source, connected=connected)
    if any(each.code == "BP003" for each in examined.findings):
        raise ScriptError(f"the script {source.path} cannot be read: {examined.findings[0].message}")
    inside = dict(_examined(bundle)) if bundle else {}
    folders = [*examined.imports.folders, *(each for _, (_, other) in inside.items() for each in other.imports.folders)]
    modules = Modules(bundle, folders, _beside(script.located))
    findings = _ordered([*examined.findings, *modules.missing(examined.imports, None)])
    if bundle is not None:
        findings += _placed(bundle, _of_bundle(bundle, inside, modules, [source.data]))
    text = Text(source, True, connected, tuple(findings))
    return CheckResult(printed, tuple(findings), 1 + len(inside), (text,), Target("script", printed, script=script))


def _check_bundle(where: Bundle, bundle: Members) -> CheckResult:
    inside = dict(_examined(bundle))
    folders = [each for _, other in inside.values() for each in other.imports.folders]
    findings = _of_bundle(bundle, inside, Modules(bundle, folders, frozenset()), [])
    texts = tuple(
        Text(source, False, None, tuple(each for each in findings if each.path == name))
        for name, (source, _) in inside.items()
    )
    target = Target(bundle.kind, bundle.printed, bundle=where)
    return CheckResult(bundle.printed, tuple(_placed(bundle, findings)), len(inside), texts, target)


def _of_bundle(
    bundle: Members, inside: Mapping[str, tuple[Source, Examination]], modules: Modules, users: list[bytes]
) -> list[Finding]:
    texts = [*users, *(source.data for source, _ in inside.values())]
    found = (_no_python(name, member.text) for name, member in bundle.files.items() if member.text is not None)
    findings = _ordered([*filter(None, found), *find_in_bundle(bundle, texts)])
    for name, (_, examined) in inside.items():
        folder = str(PurePosixPath(name).parent)
        missing = modules.missing(examined.imports, "" if folder == "." else folder)
        findings += _ordered([*examined.findings, *missing])
    return findings


def _no_python(path: str, data: bytes) -> Finding | None:
    """Find that a file is something else than Python, whatever its name."""
    if document := document_in(data):
        return Finding("BP006", path, 0, 0, 0, f"it is {document.kind}, and no Python", document.remedy)
    return None


def _placed(bundle: Members, findings: Iterable[Finding]) -> list[Finding]:
    """Name the files as they are reached from outside: of a folder by their paths."""
    return [replace(each, path=f"{bundle.printed.rstrip('/')}/{each.path}") for each in findings]


def _examined(bundle: Members) -> Iterator[tuple[str, tuple[Source, Examination]]]:
    for name, member in bundle.files.items():
        if member.text is None or document_in(member.text) is not None:
            continue
        try:
            source = read_source(name, member.text)
        except DecodingError:  # even pickles have been seen under such names
            continue
        yield name, (source, examine(source, is_script=False))


def _ordered(findings: Iterable[Finding]) -> list[Finding]:
    return sorted(findings, key=lambda each: (each.path, each.line, each.column, each.code))


def _readable(script: Script) -> Source:
    try:
        return read_source(script.located.printed, script.data)
    except DecodingError as error:
        raise ScriptError(
            f"the script {script.located.printed} cannot be read: {error}",
            remedy="check takes a Python script, a module zip or a folder",
        ) from error


def _beside(located: BlobLocation) -> frozenset[str]:
    """Return the modules that lie beside a local script."""
    if located.container:
        return frozenset()
    try:
        neighbors = list(Path(located.printed).parent.iterdir())
    except OSError:
        return frozenset()
    return frozenset(each.stem for each in neighbors if each.suffix == ".py" or (each / "__init__.py").is_file())
