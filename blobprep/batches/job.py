"""What all items of a batch share, made of its options: script and bundle with hashes, where workers find them."""

from __future__ import annotations

import hashlib
import os
from collections.abc import Callable
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path
from typing import Any, Final

from blobprep.batches.versions import versions_here
from blobprep.batches.work import Job
from blobprep.batches.worker.function_file import encode_function
from blobprep.classic.modes import DEFAULT_MODE
from blobprep.errors import ScriptError
from blobprep.inputs.bundle_zip import pack_folder
from blobprep.inputs.resolve import read_script
from blobprep.inputs.sources import GivenFolder
from blobprep.manifest import ScriptRecord
from blobprep.outputs.blob_write import output_errors, write
from blobprep.reference import Reference
from blobprep.runs.arguments import PassedObjects
from blobprep.runs.function_script import pickle_function
from blobprep.runs.options import RunOptions
from blobprep.settings.workspace import Workspace
from blobprep.stores import ANY
from blobprep.stores.location import BlobLocation

__all__ = ["BatchCode", "Code", "full_reference", "make_job", "place_code", "read_code"]

_PER_ITEM: Final = ("script", "dataset1", "dataset2", "bundle", "output", "parameters", "overwrite")
_PIECE: Final = 8 * 1024 * 1024


@dataclass(frozen=True, slots=True)
class Code:
    """A script or a bundle as a batch found it.

    Attributes:
        printed: as it is shown and recorded.
        sha256: of its bytes.
        copy: the name of a copy of it below the record.
        content: returns its bytes.
        reference: where it is; empty for what has to be copied first: a function, a folder.
        is_shared: whether workers on other machines find it there.
    """

    printed: str
    sha256: str
    copy: str
    content: Callable[[], bytes]
    reference: str = ""
    is_shared: bool = False

    @property
    def record(self) -> ScriptRecord:
        """Return what the record says of it."""
        return ScriptRecord(self.printed, self.sha256)


@dataclass(frozen=True, slots=True)
class BatchCode:
    """What a batch runs.

    Attributes:
        script: its script.
        script_kind: `source`, or `function`.
        bundle: its module zip; None if there is none.
    """

    script: Code
    script_kind: str
    bundle: Code | None = None


def full_reference(location: BlobLocation) -> str:
    """Return the reference of a place with its account, or its full path: what means the same for every worker."""
    if not location.container:
        path = os.path.normpath(Path.cwd() / location.printed)
        return f"{path}/" if location.is_prefix else path
    marks = (location.version_id, location.snapshot)
    return str(Reference(location.store.account, location.container, location.blob, *marks, exact=location.exact))


def read_code(workspace: Workspace, options: RunOptions, objects: PassedObjects) -> BatchCode:
    """Read the script and the bundle of a batch.

    Args:
        workspace: the settings in force.
        options: of the runs.
        objects: a function in place of a script.

    Raises:
        ScriptError, BundleError, StoreError, UsageError: they cannot be read.
    """
    script, kind = _script(workspace, objects.of(options, "script"))
    bundle = workspace.bundle(objects.of(options, "bundle"))
    return BatchCode(script, kind, None if bundle is None else _bundle(bundle))


def make_job(
    workspace: Workspace, options: RunOptions, code: BatchCode, prefix: BlobLocation, *, overwrite: bool = False
) -> Job:
    """Return what every item of a batch needs to know, with script and bundle where they are.

    Args:
        workspace: the settings in force; those that results depend on become options, so that all workers have them.
        options: of the runs.
        code: what they run.
        prefix: of the record.
        overwrite: whether results of others may be replaced.
    """
    bundle = code.bundle
    return Job(
        full_reference(prefix),
        code.script.reference,
        code.script_kind,
        code.script.sha256,
        bundle.reference if bundle else "",
        bundle.sha256 if bundle else "",
        _shared_options(workspace, options),
        versions_here(),
        overwrite,
    )


def place_code(job: Job, code: BatchCode, prefix: BlobLocation, *, is_local: bool) -> Job:
    """Copy what workers could not read where it is to a place below the record, and return the job with that place.

    Args:
        job: of the batch.
        code: what it runs.
        prefix: of the record.
        is_local: whether the workers have the files of this process.

    Raises:
        OutputError, AccessError, StoreUnavailable: a copy could not be written.
    """
    script = _placed(code.script, prefix, is_local=is_local)
    bundle = _placed(code.bundle, prefix, is_local=is_local) if code.bundle else ""
    return replace(job, script=script, bundle=bundle)


def _shared_options(workspace: Workspace, options: RunOptions) -> dict[str, Any]:
    """Return the options that all items share, with the settings that results depend on filled in."""
    filled = replace(
        options,
        classic=options.classic or str(workspace.setting("script.classic") or DEFAULT_MODE),
        interpreter=options.interpreter or workspace.script_interpreter() or None,
    )
    return {name: value for name, value in filled.to_json().items() if name not in _PER_ITEM}


def _script(workspace: Workspace, script: object) -> tuple[Code, str]:
    if callable(script):
        function = pickle_function(script)
        data = encode_function(function)
        sha256 = hashlib.sha256(data).hexdigest()
        return Code(function.name, sha256, f"script-{sha256[:12]}.json", lambda: data), "function"
    if not isinstance(script, (str, os.PathLike)):
        raise ScriptError(
            f"the script cannot be a {type(script).__name__}", remedy="pass a path, a reference or a function"
        )
    location = workspace.locate(script, names=())
    if location.is_prefix:
        raise ScriptError(
            f"the script must be one file: {location.printed} is a folder or a prefix", remedy=location.prefix_remedy
        )
    data = read_script(location)
    return _code(location, hashlib.sha256(data).hexdigest(), "script", ".py", lambda: data), "source"


def _bundle(bundle: BlobLocation | GivenFolder) -> Code:
    if isinstance(bundle, BlobLocation):
        return _code(bundle, _hash_of(bundle), "bundle", ".zip", partial(bundle.read))
    packed = pack_folder(bundle.path)
    try:
        data = os.pread(packed.readable, packed.size, 0)
    finally:
        packed.close()
    sha256 = hashlib.sha256(data).hexdigest()
    return Code(str(bundle.path), sha256, f"bundle-{sha256[:12]}.zip", lambda: data)


def _code(location: BlobLocation, sha256: str, name: str, ending: str, content: Callable[[], bytes]) -> Code:
    copy = f"{name}-{sha256[:12]}{ending}"
    return Code(location.printed, sha256, copy, content, full_reference(location), bool(location.container))


def _hash_of(location: BlobLocation) -> str:
    properties, digest = location.properties(), hashlib.sha256()
    for offset in range(0, properties.size, _PIECE):
        digest.update(location.read(offset=offset, length=_PIECE, if_match=properties.etag))
    return digest.hexdigest()


def _placed(code: Code, prefix: BlobLocation, *, is_local: bool) -> str:
    """Return where workers find a script or a bundle; below the record, if they could not read it where it is."""
    if code.reference and (code.is_shared or is_local):
        return code.reference
    target = prefix.child(code.copy)
    with output_errors(target):
        write(target, code.content(), "application/octet-stream", ANY)
    return full_reference(target)
