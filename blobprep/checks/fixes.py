"""What `--fix` writes: texts with every mechanical finding corrected, the rest marked by comments."""

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

from blobprep.checks.subjects import Script, opened_zip
from blobprep.child.bundle import check_entries, is_folder
from blobprep.errors import BlobChanged, ConditionNotMet, InvalidOption, OutputError, OutputExists
from blobprep.inputs.sources import Bundle, GivenFolder
from blobprep.lint import Edit, Finding, NoText, Source, apart, edited, examine, read_source
from blobprep.lint.examination import meaning
from blobprep.reference import is_reference
from blobprep.stores import Condition, IfAbsent, IfMatch
from blobprep.stores.location import BlobLocation

__all__ = ["Rewritten", "Target", "Text", "corrected", "write_all"]

_ROUNDS: Final = 30
_MARK: Final = "# blobprep: "


@dataclass(frozen=True, slots=True)
class Rewritten:
    """Hold a file before and after.

    Attributes:
        path: as findings name it.
        before, after: its text.
        data: the bytes to be written.
        corrected: how many findings are corrected.
    """

    path: str
    before: str = field(repr=False)
    after: str = field(repr=False)
    data: bytes = field(repr=False)
    corrected: int

    @property
    def diff(self) -> str:
        """Return a unified diff."""
        old, new = (text.splitlines(keepends=True) for text in (self.before, self.after))
        lines = difflib.unified_diff(old, new, self.path, f"{self.path} (corrected)")
        return "".join(line if line.endswith("\n") else f"{line}\n" for line in lines)


@dataclass(frozen=True, slots=True)
class Target:
    """Say what was read, and so what would be replaced."""

    kind: Literal["script", "zip", "folder"]
    printed: str
    script: Script | None = None
    bundle: Bundle | None = None


@dataclass(frozen=True, slots=True)
class Text:
    """Hold a file that was checked.

    Attributes:
        source: its text.
        is_script, connected: as `examine` was told.
        findings: what was found in it, neighbors without a dot among them.
    """

    source: Source
    is_script: bool
    connected: int | None
    findings: tuple[Finding, ...] = field(repr=False)


def corrected(text: Text, *, comments: bool) -> Rewritten | None:
    """Mend a text until nothing mechanical is left, and mark the rest; None where nothing would change."""
    source, python2, count = text.source, False, 0
    neighbors = [each for each in text.findings if each.code == "BP122" and each.path == source.path]
    for _ in range(_ROUNDS):
        examined = examine(source, is_script=text.is_script, connected=text.connected, python2=python2)
        python2 = python2 or examined.python2
        fixable = [*examined.findings, *neighbors]
        edits = apart(each.edits for each in fixable if each.fixable)
        if not edits:
            break
        neighbors, count = [], count + sum(bool(each.edits) and each.fixable for each in fixable)
        source = read_source(source.path, edited(source, edits).encode())
    if count == 0:
        return None
    if comments:
        left = examine(source, is_script=text.is_script, connected=text.connected, python2=python2).findings
        source = _commented(source, left)
    return Rewritten(source.path, text.source.text, source.text, source.encode(), count)


def _commented(source: Source, findings: Sequence[Finding]) -> Source:
    """Mark the lines of grave findings, at their ends, where a comment can stand."""
    by_line: dict[int, list[Finding]] = {}
    for each in findings:
        if each.level != "note" and each.line and _MARK.encode() not in source.line(each.line):
            by_line.setdefault(each.line, []).append(each)
    read = meaning(source)
    edits = [_comment(source, number, found) for number, found in by_line.items()]
    if read and meaning(edited(source, edits)) == read:
        return edited(source, edits)
    # A line may end inside a string, or go on behind a backslash.
    sure = [edit for edit in edits if read and meaning(edited(source, [edit])) == read]
    return edited(source, sure)


def _comment(source: Source, number: int, found: Sequence[Finding]) -> Edit:
    end = source.starts[number - 1] + len(source.line(number))
    codes = ", ".join(dict.fromkeys(each.code for each in found))
    remedy = found[0].remedy.encode(source.encoding, errors="replace").decode(source.encoding)
    return Edit(end, end, f"  {_MARK}{codes} {remedy}")


def write_all(
    target: Target, texts: Sequence[Rewritten], output: str | os.PathLike[str] | None, *, backup: bool
) -> list[str]:
    """Write what was corrected; see `Checked.fix`."""
    if target.kind == "zip":
        if output is None:
            raise InvalidOption(
                f"{target.printed} is a zip, and is not replaced",
                remedy="say where the corrected one goes: --output NEW.zip",
            )
        assert target.bundle is not None
        return [_write_new(output, _corrected_zip(target.bundle, texts, target.printed))]
    if target.kind == "folder":
        assert isinstance(target.bundle, GivenFolder)
        if output is not None:
            raise InvalidOption(
                f"{target.printed} is a folder, whose files are corrected where they are", remedy="leave --output out"
            )
        return [_replace_file(target.bundle.path / each.path, each, backup) for each in texts]
    assert target.script is not None
    if output is not None:
        data = texts[0].data if texts else target.script.data
        return [_write_new(output, data)]
    if target.script.located.container:
        return [_replace_blob(target.script, each, backup) for each in texts]
    return [_replace_file(Path(target.script.located.printed), each, backup) for each in texts]


def _write_new(output: str | os.PathLike[str], data: bytes) -> str:
    if is_reference(os.fspath(output)):
        raise InvalidOption(
            f"{os.fspath(output)} is no local file", remedy="write to a file, and put it there with blobprep cp"
        )
    path = Path(output)
    if path.exists():
        raise OutputExists(f"{path} exists already", remedy="choose another name")
    _write_file(path, data, None)
    return str(path)


def _replace_file(path: Path, text: Rewritten, backup: bool) -> str:
    """Replace a file, through a link the one it leads to, with the permissions it had."""
    actual = path.resolve()
    try:
        before = actual.read_bytes()
        same = read_source(text.path, before).text == text.before
    except (OSError, NoText):
        same = False
    if not same:
        raise BlobChanged(f"{path} changed while it was checked", remedy="check it again")
    if backup:
        _write_file(_free_name(actual), before, actual)
    _write_file(actual, text.data, actual)
    return str(path)


def _free_name(path: Path) -> Path:
    names = [f"{path.name}.bak", *(f"{path.name}.bak{number}" for number in range(2, 1000))]
    return next(free for name in names if not (free := path.with_name(name)).exists())


def _write_file(path: Path, data: bytes, like: Path | None) -> None:
    """Write a file beside its place and rename it: whoever looks sees the old one or the new one."""
    with _no_output(path):
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
def _no_output(path: Path) -> Iterator[None]:
    try:
        yield
    except OSError as error:
        raise OutputError(f"{path} cannot be written: {error.strerror or error}") from error


def _replace_blob(script: Script, text: Rewritten, backup: bool) -> str:
    """Replace a blob if it is still the one that was checked."""
    located = script.located
    if located.version_id or located.snapshot:
        raise InvalidOption(f"{located.printed} is a version or snapshot", remedy="say where it goes: --output FILE")
    try:
        if backup:
            _put(located.child(".bak"), script, script.data, IfAbsent())
        _put(located, script, text.data, IfMatch(script.properties.etag))
    except ConditionNotMet as error:
        raise BlobChanged(
            f"{located.printed} changed while it was checked, or has a backup",
            remedy="check it again, or leave the backup out with --no-backup",
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


def _corrected_zip(bundle: Bundle, texts: Sequence[Rewritten], printed: str) -> bytes:
    """Return a zip like another, with some of its files replaced."""
    replaced = {each.path: each.data for each in texts}
    made = io.BytesIO()
    with opened_zip(bundle) as (archive, size), zipfile.ZipFile(made, "w", zipfile.ZIP_DEFLATED) as new:
        for name, info in check_entries(archive.infolist(), size, printed).items():
            copied = zipfile.ZipInfo(f"{name}/" if is_folder(info) else name, info.date_time)
            copied.external_attr, copied.compress_type = info.external_attr, zipfile.ZIP_DEFLATED
            if is_folder(info):
                new.writestr(copied, b"")
            elif name in replaced:
                new.writestr(copied, replaced[name])
            else:
                with archive.open(info) as entry, new.open(copied, "w", force_zip64=True) as written:
                    shutil.copyfileobj(entry, written, 1024 * 1024)
    return made.getvalue()
