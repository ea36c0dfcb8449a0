"""What breaks in a bundle besides its Python: libraries for other systems, names that hide others, ignored files."""

from __future__ import annotations

import importlib.machinery
import importlib.util
import platform
import re
import struct
import sys
from collections.abc import Iterable, Iterator
from pathlib import PurePosixPath
from typing import Final

from blobprep.checks.subjects import BundleFile, BundleFiles
from blobprep.lint import Finding

__all__ = ["find_in_bundle"]

_NEEDED: Final = frozenset({"matplotlib", "numpy", "pandas", "pyarrow"})
"""Packages that blobprep itself imports in the child, before and after the script."""
_UNNOTICED: Final = frozenset({"test", "this", "antigravity", "idlelib", "turtledemo", "lib2to3", "__phello__"})
_TAG: Final = re.compile(r"\.((?:cpython|pypy|cp)[\w-]+)\.(?:so|pyd)$")
_MACHINES: Final = {0x3E: "x86_64", 0xB7: "aarch64", 0x03: "i386", 0x28: "arm", 0xF3: "riscv64"}
_SAME: Final = {"amd64": "x86_64", "arm64": "aarch64", "i686": "i386"}


def find_in_bundle(bundle: BundleFiles, texts: Iterable[bytes]) -> Iterator[Finding]:
    """Find what breaks in the files of a bundle.

    Args:
        bundle: its files.
        texts: the scripts that use it: they open the archives that they name themselves.
    """
    joined = b"\n".join(texts)
    for member in bundle.files.values():
        if _is_shadow(member.name):
            continue
        yield from _check_library(member)
        yield from _check_archive(member, joined)
        yield from _check_compiled(member, bundle)
        if member.name.lower().endswith((".py", ".pyw")) and member.text is None:
            yield _make_finding(
                member,
                "BP003",
                f"not checked: {member.size} bytes are too many, alone or with the other files",
                "check this file by itself",
            )
    yield from _find_hiding_names(bundle)
    yield from _find_names_alike(bundle)
    yield from _find_old_sdk(bundle)


def _make_finding(member: BundleFile, code: str, message: str, remedy: str) -> Finding:
    return Finding(code, member.name, 0, 0, 0, message, remedy)


def _is_shadow(name: str) -> bool:
    """Return whether a file holds what macOS stores beside another: `__MACOSX/._x.py` beside `x.py`."""
    path = PurePosixPath(name)
    return path.parts[0] == "__MACOSX" or path.name.startswith("._")


def _find_names_alike(bundle: BundleFiles) -> Iterator[Finding]:
    """Find names that meant the same file in Studio."""
    seen: dict[str, str] = {}
    for name, member in bundle.files.items():
        first = seen.setdefault(name.casefold(), name)
        if first != name:
            message = f"its name differs from {first} only in case; in Studio both were the same file"
            yield _make_finding(member, "BP807", message, "rename it, and open each file by its exact name")


def _check_library(member: BundleFile) -> Iterator[Finding]:
    name = PurePosixPath(member.name).name.lower()
    remedy = "put a version for this system into the bundle, or install the package beside blobprep"
    if name.endswith((".pyd", ".dll")) and sys.platform != "win32":
        yield _make_finding(member, "BP802", "it is a library for Windows", remedy)
    elif name.endswith(".dylib") and sys.platform != "darwin":
        yield _make_finding(member, "BP802", "it is a library for macOS", remedy)
    elif name.endswith(".so") and (why := _wrong_library(name, member.start)):
        yield _make_finding(member, "BP802", why, remedy)


def _wrong_library(name: str, start: bytes) -> str:
    """Return why a shared library cannot be loaded here; empty if it may well be loaded."""
    tag = _TAG.search(name)
    if tag and f".{tag[1]}.so" not in importlib.machinery.EXTENSION_SUFFIXES:
        return f"it is built for {tag[1]}, but this Python is {sys.implementation.cache_tag}"
    if not sys.platform.startswith("linux"):
        return ""
    if not start.startswith(b"\x7fELF") or len(start) < 20:
        return "it is not a library for Linux"
    order = "<" if start[5] == 1 else ">"
    (machine,) = struct.unpack_from(f"{order}H", start, 18)
    built, here = _MACHINES.get(machine, f"machine {machine}"), platform.machine().lower()
    return "" if built == _SAME.get(here, here) else f"it is built for {built}, but this machine is {here}"


def _check_archive(member: BundleFile, texts: bytes) -> Iterator[Finding]:
    name = PurePosixPath(member.name).name
    if not name.lower().endswith((".whl", ".egg", ".zip")) or name.encode() in texts:
        return
    kind = PurePosixPath(name).suffix
    message = f"Python cannot import from a {kind} file inside the bundle"
    remedy = "unpack it into the top folder of the bundle"
    if kind != ".whl" or "-none-any" in name:
        remedy += f", or: sys.path.append({f'Script Bundle/{member.name}'!r})"
    yield _make_finding(member, "BP804", message, remedy)


def _check_compiled(member: BundleFile, bundle: BundleFiles) -> Iterator[Finding]:
    path = PurePosixPath(member.name)
    if (
        path.suffix not in (".pyc", ".pyo")
        or "__pycache__" in path.parts
        or str(path.with_suffix(".py")) in bundle.files
    ):
        return
    if path.suffix == ".pyo" or member.start[:4] != importlib.util.MAGIC_NUMBER:
        message = "it was compiled by another version of Python, and its source is missing"
        yield _make_finding(member, "BP805", message, "put the .py file into the bundle")


def _find_hiding_names(bundle: BundleFiles) -> Iterator[Finding]:
    for top, member in _top_modules(bundle):
        if top in sys.stdlib_module_names and top not in _UNNOTICED:
            message = f"it hides {top} of the standard library from every package that imports it"
            yield _make_finding(member, "BP803", message, "rename it")
        elif top in _NEEDED:
            message = f"it hides the installed {top}, which blobprep needs"
            yield _make_finding(member, "BP803", message, "leave it out of the bundle")


def _top_modules(bundle: BundleFiles) -> Iterator[tuple[str, BundleFile]]:
    """Yield the modules that can be imported from the top of a bundle, each with its first file."""
    seen = set()
    for name, member in bundle.files.items():
        first, slash, rest = name.partition("/")
        is_package = bool(slash) and rest in ("__init__.py", "__init__.pyc")
        is_module = not slash and PurePosixPath(first).suffix in (".py", ".pyc", ".so", ".pyd")
        top = first if slash else first.partition(".")[0]
        if (is_package or is_module) and top not in seen:
            seen.add(top)
            yield top, member


def _find_old_sdk(bundle: BundleFiles) -> Iterator[Finding]:
    """Find the storage package of the original workflow, `azure.zip`."""
    if not any(name.startswith("azure/storage/") for name in bundle.files):
        return
    marker = bundle.files.get("azure/__init__.py")
    if marker is not None and b"extend_path" not in (marker.text or b"") and b"namespace" not in (marker.text or b""):
        message = "it hides every installed azure package that is not in the bundle"
        remedy = "keep it if the script uses only the old package; otherwise leave this file out"
        yield _make_finding(marker, "BP806", message, remedy)
        return
    member = next(file for name, file in bundle.files.items() if name.startswith("azure/storage/"))
    message = "the old storage package is in the bundle, and is used instead of the one that blobprep provides"
    yield _make_finding(member, "BP806", message, "you may leave it out: blobprep provides the same names")
