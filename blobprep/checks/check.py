"""Check a script with its bundle, or a bundle by itself, without running them."""

from __future__ import annotations

import os
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field, replace
from pathlib import Path, PurePosixPath
from typing import Any, Literal

from blobprep.checks.bundles import find_in_bundle
from blobprep.checks.fixes import CheckedFile, FixedFile, Target, fix_file, write_fixes
from blobprep.checks.modules import Modules
from blobprep.checks.subjects import BundleFiles, Script, is_zip, read_bundle, read_script
from blobprep.checks.translated import Examined, find_translated
from blobprep.checks.verdict import Verdict, judge
from blobprep.errors import InvalidOption, ScriptError
from blobprep.formats import code_in_notebook, document_in
from blobprep.inputs.sources import Bundle, GivenFolder
from blobprep.lint import LEVELS, DecodingError, Examination, Finding, Source, examine, read_source
from blobprep.reference import is_reference
from blobprep.settings import Workspace
from blobprep.stores.location import BlobLocation

__all__ = ["CheckResult", "check"]


@dataclass(frozen=True, slots=True)
class CheckResult:
    """What was found in a script, a module zip or a folder.

    Attributes:
        subject: what was checked: a path or a reference.
        findings: what breaks in the script, then in each file of the bundle, in the order of their lines.
        files: how many Python files were read.
        verdict: whether the script works as it is, works by the classic runtime, or needs a person.
    """

    subject: str
    findings: tuple[Finding, ...]
    files: int
    verdict: Verdict
    _checked: tuple[CheckedFile, ...] = field(repr=False)
    _target: Target = field(repr=False)

    @property
    def grave(self) -> tuple[Finding, ...]:
        """Return the errors and warnings."""
        return tuple(finding for finding in self.findings if finding.level != "note")

    def as_json(self) -> dict[str, Any]:
        """Return the result as plain data."""
        counts = {level: sum(finding.level == level for finding in self.findings) for level in LEVELS}
        return {
            "subject": self.subject,
            "files": self.files,
            "verdict": self.verdict,
            "counts": counts,
            "findings": [finding.as_json() for finding in self.findings],
        }

    def preview_fixes(self, *, comments: bool = True) -> tuple[FixedFile, ...]:
        """Return the files that can be fixed, before and after; nothing is written.

        Args:
            comments: mark what is left for the user to fix.
        """
        fixed = (fix_file(file, comments=comments) for file in self._checked)
        return tuple(file for file in fixed if file is not None)

    def fix(
        self, output: str | os.PathLike[str] | None = None, *, comments: bool = True, backup: bool = True
    ) -> list[str]:
        """Write the files that can be fixed, each completely or not at all.

        Args:
            output: a new file to write to, instead of replacing what was read; needed for a zip.
            comments: mark what is left for the user to fix.
            backup: keep what is replaced as NAME.bak.

        Returns:
            The paths and references that were written.

        Raises:
            InvalidOption: the subject is a zip and `output` is missing, or a folder and `output` is given.
            OutputExists: `output` exists.
            BlobChanged: what was read has changed since.
            OutputError: a file cannot be written.
        """
        return write_fixes(self._target, self.preview_fixes(comments=comments), output, backup=backup)


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
    """Find what will break in a script or a bundle, without running it.

    Args:
        script: a script, a module zip or a folder: a path, a reference, or a module's name from the settings.
        dataset1: the dataset for port Dataset1; it is not read, only whether there is one matters.
        dataset2: the dataset for port Dataset2, likewise.
        bundle: the module zip or folder for port Script Bundle; it is checked too.
        fix: fix what needs no decision, see `CheckResult.fix`.
        comments: when fixing, mark what is left for the user to fix.
        output: when fixing, a new file for the script or zip, instead of replacing it.
        backup: when fixing, keep what is replaced as NAME.bak.
        workspace: the settings in force; those of the working folder and this process where None.

    Returns:
        What was found; with `fix`, before anything was fixed.

    Raises:
        UsageError: a reference, an option or a setting is wrong.
        ScriptError, BundleError: the script or the bundle cannot be read.
        StoreError: the store refuses or fails.
    """
    known = workspace or Workspace()
    ports = (known.dataset(dataset1), known.dataset(dataset2))
    connected = sum(port is not None for port in ports) or None
    subject = _subject(known, script)
    if isinstance(subject, BlobLocation):
        files = read_bundle(given) if (given := known.bundle(bundle)) is not None else None
        result = _check_script(read_script(subject), files, connected)
    else:
        if bundle is not None or connected:
            raise InvalidOption(
                f"{script} is a bundle, but datasets or another bundle were given with it",
                remedy="name the script first: blobprep check SCRIPT --bundle ZIP",
            )
        result = _check_bundle(subject[0], read_bundle(subject[0]))
    if fix:
        result.fix(output, comments=comments, backup=backup)
    return result


def _subject(workspace: Workspace, script: str | os.PathLike[str]) -> BlobLocation | tuple[Bundle]:
    """Return the script to check, or the bundle in a tuple."""
    if not is_reference(os.fspath(script)) and Path(script).is_dir():
        return (GivenFolder(Path(script)),)
    located = workspace.locate(script, names=("modules",))
    if located.is_prefix:
        raise ScriptError(f"{located.printed} is a folder or a prefix", remedy=located.prefix_remedy)
    return (located,) if is_zip(located) else located


def _check_script(script: Script, bundle: BundleFiles | None, connected: int | None) -> CheckResult:
    printed = script.located.printed
    if document := _find_document(printed, script.data):
        return CheckResult(printed, (document,), 1, "person", (), Target("script", printed, script=script))
    code = code_in_notebook(script.data)
    kind: Literal["script", "notebook"] = "script" if code is None else "notebook"
    source = _read_source(script if code is None else replace(script, data=code))
    examined = examine(source, connected=connected)
    if any(finding.code == "BP003" for finding in examined.findings):
        raise ScriptError(f"the script {source.path} cannot be read: {examined.findings[0].message}")
    inside = dict(_examine_files(bundle)) if bundle else {}
    translated = frozenset(find_translated({printed: (source, examined)}, inside))
    if (False, printed) in translated and not examined.python2:  # for what it imports
        examined = examine(source, connected=connected, python2=True)
    inside = dict(_examine_as_python2(inside, translated))
    folders = [*examined.imports.folders, *_added_folders(inside)]
    modules = Modules(bundle, folders, _modules_beside(script.located))
    findings = _sort([*examined.findings, *modules.missing(examined.imports, None)])
    if bundle is not None:
        findings += _with_full_paths(bundle, _check_files(bundle, inside, modules, [source.data]))
    file = CheckedFile(source, True, connected, tuple(findings))
    verdict = judge(findings, _paths(translated, bundle))
    target = Target(kind, printed, script=script)
    return CheckResult(printed, tuple(findings), 1 + len(inside), verdict, (file,), target)


def _check_bundle(where: Bundle, bundle: BundleFiles) -> CheckResult:
    inside = dict(_examine_files(bundle))
    translated = frozenset(find_translated({}, inside))
    inside = dict(_examine_as_python2(inside, translated))
    findings = _check_files(bundle, inside, Modules(bundle, _added_folders(inside), frozenset()), [])
    files = tuple(
        CheckedFile(source, False, None, tuple(finding for finding in findings if finding.path == name))
        for name, (source, _) in inside.items()
    )
    target = Target(bundle.kind, bundle.printed, bundle=where)
    findings = _with_full_paths(bundle, findings)
    verdict = judge(findings, _paths(translated, bundle))
    return CheckResult(bundle.printed, tuple(findings), len(inside), verdict, files, target)


def _examine_as_python2(
    inside: Examined, translated: frozenset[tuple[bool, str]]
) -> Iterator[tuple[str, tuple[Source, Examination]]]:
    """Yield the files of a bundle; those that are Python 2 without showing it are examined as such."""
    for name, (source, examined) in inside.items():
        if (True, name) in translated and not examined.python2:
            yield name, (source, examine(source, is_script=False, python2=True))
        else:
            yield name, (source, examined)


def _paths(translated: Iterable[tuple[bool, str]], bundle: BundleFiles | None) -> Iterator[str]:
    """Yield the paths, as findings have them, of the files that a run would translate from Python 2."""
    prefix = f"{bundle.printed.rstrip('/')}/" if bundle else ""
    yield from (f"{prefix if is_inside else ''}{name}" for is_inside, name in translated)


def _added_folders(inside: Examined) -> list[str | None]:
    """Return what the files of a bundle add to `sys.path`."""
    return [folder for _, examined in inside.values() for folder in examined.imports.folders]


def _check_files(bundle: BundleFiles, inside: Examined, modules: Modules, scripts: list[bytes]) -> list[Finding]:
    texts = [*scripts, *(source.data for source, _ in inside.values())]
    documents = (_find_document(name, file.text) for name, file in bundle.files.items() if file.text is not None)
    findings = _sort([*filter(None, documents), *find_in_bundle(bundle, texts)])
    for name, (_, examined) in inside.items():
        folder = str(PurePosixPath(name).parent)
        missing = modules.missing(examined.imports, "" if folder == "." else folder)
        findings += _sort([*examined.findings, *missing])
    return findings


def _find_document(path: str, data: bytes) -> Finding | None:
    """Return a finding if a file is a document of another kind, whatever its name."""
    if (document := document_in(data, path)) and code_in_notebook(data) is None:
        return Finding("BP006", path, 0, 0, 0, f"it is {document.kind}, not Python", document.remedy)
    return None


def _with_full_paths(bundle: BundleFiles, findings: Iterable[Finding]) -> list[Finding]:
    """Return findings whose paths begin with that of the bundle."""
    return [replace(finding, path=f"{bundle.printed.rstrip('/')}/{finding.path}") for finding in findings]


def _examine_files(bundle: BundleFiles) -> Iterator[tuple[str, tuple[Source, Examination]]]:
    for name, file in bundle.files.items():
        if file.text is None or document_in(file.text) is not None:
            continue
        try:
            source = read_source(name, file.text)
        except DecodingError:  # some people name pickles so
            continue
        yield name, (source, examine(source, is_script=False))


def _sort(findings: Iterable[Finding]) -> list[Finding]:
    return sorted(findings, key=lambda finding: (finding.path, finding.line, finding.column, finding.code))


def _read_source(script: Script) -> Source:
    try:
        return read_source(script.located.printed, script.data)
    except DecodingError as error:
        raise ScriptError(
            f"the script {script.located.printed} cannot be read: {error}",
            remedy="check takes a Python script, a module zip or a folder",
        ) from error


def _modules_beside(located: BlobLocation) -> frozenset[str]:
    """Return the modules in the folder of a local script."""
    if located.container:
        return frozenset()
    try:
        neighbors = list(Path(located.printed).parent.iterdir())
    except OSError:
        return frozenset()
    return frozenset(path.stem for path in neighbors if path.suffix == ".py" or (path / "__init__.py").is_file())
