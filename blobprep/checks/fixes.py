"""What `--fix` writes: files in which all that needs no decision is fixed, and the rest is marked by comments."""

from __future__ import annotations

import difflib
import io
import os
import shutil
import tempfile
import zipfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final, Literal

from blobprep.checks.subjects import Script, open_zip
from blobprep.child.bundle import check_entries, is_folder
from blobprep.errors import BlobChanged, ConditionNotMet, InvalidOption, OutputError, OutputExists
from blobprep.inputs.sources import Bundle, GivenFolder
from blobprep.lint import DecodingError, Edit, Finding, Source, apply_edits, choose_disjoint, examine, read_source
from blobprep.lint.examination import dump_syntax
from blobprep.reference import is_reference
from blobprep.stores import Condition, IfAbsent, IfMatch
from blobprep.stores.location import BlobLocation

__all__ = ["CheckedFile", "FixedFile", "Target", "fix_file", "write_fixes"]

_ROUNDS: Final = 30
_MARK: Final = "# blobprep: "


@dataclass(frozen=True, slots=True)
class FixedFile:
    """A file before and after it is fixed.

    Attributes:
        path: its name in findings.
        before, after: its text.
        data: the bytes to be written.
        fixes: how many findings are fixed.
    """

    path: str
    before: str = field(repr=False)
    after: str = field(repr=False)
    data: bytes = field(repr=False)
    fixes: int

    @property
    def diff(self) -> str:
        """Return a unified diff."""
        old, new = (text.splitlines(keepends=True) for text in (self.before, self.after))
        lines = difflib.unified_diff(old, new, self.path, f"{self.path} (fixed)")
        return "".join(line if line.endswith("\n") else f"{line}\n" for line in lines)


@dataclass(frozen=True, slots=True)
class Target:
    """What was read, and so what would be replaced."""

    kind: Literal["script", "notebook", "zip", "folder"]
    printed: str
    script: Script | None = None
    bundle: Bundle | None = None


@dataclass(frozen=True, slots=True)
class CheckedFile:
    """A file that was checked.

    Attributes:
        source: its text.
        is_script, connected: what `examine` was called with.
        findings: what was found in it, with imports of neighbors without a dot.
    """

    source: Source
    is_script: bool
    connected: int | None
    findings: tuple[Finding, ...] = field(repr=False)


def fix_file(file: CheckedFile, *, comments: bool) -> FixedFile | None:
    """Fix a file until only decisions are left, and mark these; return None if nothing would change."""
    source, python2, count = file.source, False, 0
    neighbors = [finding for finding in file.findings if finding.code == "BP122" and finding.path == source.path]
    for _ in range(_ROUNDS):
        examined = examine(source, is_script=file.is_script, connected=file.connected, python2=python2)
        python2 = python2 or examined.python2
        fixable = [finding for finding in (*examined.findings, *neighbors) if finding.fixable]
        edits = choose_disjoint(finding.edits for finding in fixable)
        if not edits:
            break
        neighbors, count = [], count + sum(bool(finding.edits) for finding in fixable)
        source = read_source(source.path, apply_edits(source, edits).encode())
    if count == 0:
        return None
    if comments:
        left = examine(source, is_script=file.is_script, connected=file.connected, python2=python2).findings
        source = _mark_findings(source, left)
    return FixedFile(source.path, file.source.text, source.text, source.encode(), count)


def _mark_findings(source: Source, findings: Sequence[Finding]) -> Source:
    """Add a comment to the end of each line that has an error or a warning, if a comment can stand there."""
    by_line: dict[int, list[Finding]] = {}
    for finding in findings:
        if finding.level != "note" and finding.line and _MARK.encode() not in source.line(finding.line):
            by_line.setdefault(finding.line, []).append(finding)
    before = dump_syntax(source)
    edits = [_comment(source, number, group) for number, group in by_line.items()]
    if before and dump_syntax(apply_edits(source, edits)) == before:
        return apply_edits(source, edits)
    # Some line ends inside a string, or is continued by a backslash: try each comment alone.
    harmless = [edit for edit in edits if before and dump_syntax(apply_edits(source, [edit])) == before]
    return apply_edits(source, harmless)


def _comment(source: Source, number: int, findings: Sequence[Finding]) -> Edit:
    end = source.starts[number - 1] + len(source.line(number))
    codes = ", ".join(dict.fromkeys(finding.code for finding in findings))
    remedy = findings[0].remedy.encode(source.encoding, errors="replace").decode(source.encoding)
    return Edit(end, end, f"  {_MARK}{codes} {remedy}")


def write_fixes(
    target: Target, files: Sequence[FixedFile], output: str | os.PathLike[str] | None, *, backup: bool
) -> list[str]:
    """Write the fixed files, and return where; see `CheckResult.fix`."""
    if target.kind == "zip":
        if output is None:
            raise InvalidOption(
                f"{target.printed} is a zip, which is never changed in place",
                remedy="choose a file for the fixed zip: --output NEW.zip",
            )
        assert target.bundle is not None
        return [_write_new(output, _fix_zip(target.bundle, files, target.printed))]
    if target.kind == "folder":
        assert isinstance(target.bundle, GivenFolder)
        if output is not None:
            raise InvalidOption(
                f"{target.printed} is a folder, whose files are fixed in place", remedy="leave out --output"
            )
        return [_replace_file(target.bundle.path / file.path, file, backup) for file in files]
    assert target.script is not None
    if target.kind == "notebook" and output is None:
        if not files:
            return []
        raise InvalidOption(
            f"{target.printed} is a notebook, which is never changed in place",
            remedy="choose a file for the fixed script: --output NEW.py",
        )
    if output is not None:
        data = files[0].data if files else target.script.data
        return [_write_new(output, data)]
    if target.script.located.container:
        return [_replace_blob(target.script, file, backup) for file in files]
    return [_replace_file(Path(target.script.located.printed), file, backup) for file in files]


def _write_new(output: str | os.PathLike[str], data: bytes) -> str:
    if is_reference(os.fspath(output)):
        raise InvalidOption(
            f"--output takes a local file, not a reference: {os.fspath(output)}",
            remedy="write to a file, then copy it with blobprep cp",
        )
    path = Path(output)
    if path.exists():
        raise OutputExists(f"{path} exists already", remedy="choose another --output")
    _write_file(path, data, None)
    return str(path)


def _replace_file(path: Path, file: FixedFile, backup: bool) -> str:
    """Replace a file, or the file that a link points to, and keep its permissions."""
    actual = path.resolve()
    try:
        before = actual.read_bytes()
        same = read_source(file.path, before).text == file.before
    except (OSError, DecodingError):
        same = False
    if not same:
        raise BlobChanged(f"{path} changed while it was checked", remedy="check it again")
    if backup:
        _write_file(_backup_path(actual), before, actual)
    _write_file(actual, file.data, actual)
    return str(path)


def _backup_path(path: Path) -> Path:
    names = [f"{path.name}.bak", *(f"{path.name}.bak{number}" for number in range(2, 1000))]
    return next(backup for name in names if not (backup := path.with_name(name)).exists())


def _write_file(path: Path, data: bytes, like: Path | None) -> None:
    """Write a file under a temporary name and rename it: readers see either the old file or the new one."""
    with _convert_errors(path):
        descriptor, part = tempfile.mkstemp(prefix=f".{path.name}.", dir=path.parent)
        try:
            with os.fdopen(descriptor, "wb") as file:
                file.write(data)
                file.flush()
                os.fsync(file.fileno())
            if like is not None:
                shutil.copymode(like, part)
            else:
                Path(part).chmod(0o666 & ~_umask())
            Path(part).replace(path)
        except BaseException:
            Path(part).unlink(missing_ok=True)
            raise


def _umask() -> int:
    mask = os.umask(0o022)
    os.umask(mask)
    return mask


@contextmanager
def _convert_errors(path: Path) -> Iterator[None]:
    try:
        yield
    except OSError as error:
        raise OutputError(f"{path} cannot be written: {error.strerror or error}") from error


def _replace_blob(script: Script, file: FixedFile, backup: bool) -> str:
    """Replace a blob if it is unchanged since it was checked."""
    located = script.located
    if located.version_id or located.snapshot:
        raise InvalidOption(
            f"{located.printed} is a version or snapshot, which cannot be changed",
            remedy="write the fixed script to a file: --output FILE",
        )
    try:
        if backup:
            _put(located.child(".bak"), script, script.data, IfAbsent())
        _put(located, script, file.data, IfMatch(script.properties.etag))
    except ConditionNotMet as error:
        raise BlobChanged(
            f"{located.printed} changed while it was checked, or its backup exists already",
            remedy="check it again, or fix it without a backup: --no-backup",
        ) from error
    return located.printed


def _put(located: BlobLocation, script: Script, data: bytes, condition: Condition) -> None:
    properties = script.properties
    located.store.write(
        located.container,
        located.blob,
        data,
        content_type=properties.content_type,
        metadata=properties.metadata,
        condition=condition,
    )


def _fix_zip(bundle: Bundle, files: Sequence[FixedFile], printed: str) -> bytes:
    """Return a copy of a zip with the fixed files in it."""
    fixed = {file.path: file.data for file in files}
    output = io.BytesIO()
    with open_zip(bundle) as (archive, size), zipfile.ZipFile(output, "w", zipfile.ZIP_DEFLATED) as new:
        for name, info in check_entries(archive.infolist(), size, printed).items():
            copied = zipfile.ZipInfo(f"{name}/" if is_folder(info) else name, info.date_time)
            copied.external_attr, copied.compress_type = info.external_attr, zipfile.ZIP_DEFLATED
            if is_folder(info):
                new.writestr(copied, b"")
            elif name in fixed:
                new.writestr(copied, fixed[name])
            else:
                with archive.open(info) as entry, new.open(copied, "w", force_zip64=True) as written:
                    shutil.copyfileobj(entry, written, 1024 * 1024)
    return output.getvalue()
