"""The files that an interpreter runs with: its libraries and their data, but not everything beside them.

A whole prefix is not readable: people and tools keep settings there, with tokens in them (`pip.conf`, `.condarc`,
`.env`, `etc/`, npm's).
"""

from __future__ import annotations

import os
import re
import site
import sys
import sysconfig
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Final

__all__ = ["follow_links", "interpreter_paths", "library_folders", "prefix_paths"]

_BY_HAND: Final = "/usr/local"  # searched for libraries as well, wherever the interpreter is
_LIBRARIES: Final = ("lib", "lib32", "lib64", "libx32")
_OF_LIBRARIES: Final = re.compile(
    r"(?:python|tcl|tk|itcl|thread|engines|ossl-modules|gdk-pixbuf|girepository|terminfo)"
)
_SHARED: Final = re.compile(r".+\.(?:so|dylib)\b")
"""The only files to read of other folders below `lib`, where programs also keep settings: shared objects."""

_DATA: Final = (
    # What libraries look up in a prefix although no Python package declares it, such as those of conda.
    *(f"share/{name}" for name in ("ca-certificates", "fonts", "gdal", "locale", "mime", "proj", "tcltk", "terminfo")),
    *("share/xml", "share/zoneinfo", "ssl/cacert.pem", "ssl/cert.pem", "ssl/openssl.cnf", "pyvenv.cfg"),
)
_UNREAD: Final = frozenset(
    {"applications", "doc", "icons", "info", "man"}
)  # parts of `share` that libraries do not read
_DECLARED: Final = re.compile(rb"^(?:\.\./)+(share/[^,\r\n]+)", re.MULTILINE)


def interpreter_paths() -> Iterator[str]:
    """Yield the real paths of this interpreter, its libraries, and the data that their packages declare."""
    yield from follow_links(sys.executable)
    for prefix in dict.fromkeys((sys.prefix, sys.exec_prefix, sys.base_prefix, _BY_HAND)):
        yield from prefix_paths(prefix, library_folders())


def prefix_paths(prefix: str, packages: Iterable[str]) -> Iterator[str]:
    """Yield the real paths of the libraries below a prefix, and of the data that packages declare there.

    Args:
        prefix: of an interpreter.
        packages: real paths of the folders of packages.
    """
    for folder in (prefix, *_find_cuda_folders(prefix)):  # such as /usr/local/cuda
        for name in _LIBRARIES:
            yield from _find_libraries(os.path.join(folder, name))
    yield from (os.path.realpath(os.path.join(prefix, name)) for name in _DATA)
    yield from _find_declared(prefix, packages)


def follow_links(path: str) -> Iterator[str]:
    """Yield an executable, and every link on the way to it."""
    while os.path.islink(path):
        yield path
        path = os.path.join(os.path.dirname(path), os.readlink(path))
    yield path


def library_folders() -> Iterator[str]:
    """Yield the real paths of the standard library, of the folders of packages, and of blobprep itself."""
    paths = sysconfig.get_paths()
    found = [paths[name] for name in ("stdlib", "platstdlib", "purelib", "platlib")]
    yield from map(os.path.realpath, (*found, *site.getsitepackages(), str(Path(__file__).parents[1])))


def _find_libraries(folder: str) -> Iterator[str]:
    for name in _list_folder(folder):
        path = os.path.join(folder, name)
        if _OF_LIBRARIES.match(name) or _SHARED.match(name):
            yield os.path.realpath(path)
            continue
        yield from (os.path.realpath(os.path.join(path, below)) for below in _list_folder(path) if _SHARED.match(below))


def _find_cuda_folders(prefix: str) -> Iterable[str]:
    return (os.path.join(prefix, name) for name in _list_folder(prefix) if name.startswith("cuda"))


def _find_declared(prefix: str, packages: Iterable[str]) -> Iterator[str]:
    """Yield the files in a prefix's `share` that packages declare in their RECORD."""
    if not set(_list_folder(os.path.join(prefix, "share"))) - _UNREAD:
        return
    for folder in dict.fromkeys(packages):
        for name in _list_folder(folder):
            if name.endswith(".dist-info") and folder.startswith(os.path.join(prefix, "")):
                for part in _DECLARED.findall(_read_file(os.path.join(folder, name, "RECORD"))):
                    path = os.path.normpath(os.path.join(prefix, os.fsdecode(part)))
                    if path.startswith(os.path.join(prefix, "share", "")) and path.split(os.sep)[-2] != "man":
                        yield os.path.realpath(path)


def _read_file(path: str) -> bytes:
    try:
        return Path(path).read_bytes()
    except OSError:
        return b""


def _list_folder(folder: str) -> list[str]:
    try:
        return os.listdir(folder)
    except OSError:
        return []
