"""What in a bundle breaks besides its Python: libraries of other systems, names that hide others, what Python skips."""

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

from blobprep.checks.subjects import Member, Members
from blobprep.lint import Finding

__all__ = ["find_in_bundle"]

_NEEDED: Final = frozenset({"matplotlib", "numpy", "pandas", "pyarrow"})
"""What the child itself works with, before and behind the script."""
_UNNOTICED: Final = frozenset({"test", "this", "antigravity", "idlelib", "turtledemo", "lib2to3", "__phello__"})
_TAG: Final = re.compile(r"\.((?:cpython|pypy|cp)[\w-]+)\.(?:so|pyd)$")
_MACHINES: Final = {0x3E: "x86_64", 0xB7: "aarch64", 0x03: "i386", 0x28: "arm", 0xF3: "riscv64"}
_SAME: Final = {"amd64": "x86_64", "arm64": "aarch64", "i686": "i386"}


def find_in_bundle(bundle: Members, texts: Iterable[bytes]) -> Iterator[Finding]:
    """Find what breaks in the files of a bundle.

    Args:
        bundle: its files.
        texts: of the scripts that use it: an archive they name is one they open themselves.
    """
    named = b"\n".join(texts)
    for member in bundle.files.values():
        if _is_shadow(member.name):
            continue
        yield from _native(member)
        yield from _archive(member, named)
        yield from _compiled(member, bundle)
        if member.name.lower().endswith((".py", ".pyw")) and member.text is None:
            yield _about(member, "BP003", f"it has {member.size} bytes, and was not read", "check it by itself")
    yield from _hiding(bundle)
    yield from _alike(bundle)
    yield from _old_sdk(bundle)


def _about(member: Member, code: str, message: str, remedy: str) -> Finding:
    return Finding(code, member.name, 0, 0, 0, message, remedy)


def _is_shadow(name: str) -> bool:
    """Tell whether a file holds what macOS knows of another: `__MACOSX/._x.py` of `x.py`."""
    path = PurePosixPath(name)
    return path.parts[0] == "__MACOSX" or path.name.startswith("._")


def _alike(bundle: Members) -> Iterator[Finding]:
    """Find names that were one file in Studio."""
    seen: dict[str, str] = {}
    for name, member in bundle.files.items():
        first = seen.setdefault(name.casefold(), name)
        if first != name:
            message = f"it differs from {first} in case alone, and was the same file in Studio"
            yield _about(member, "BP807", message, "give it another name, and open each as it is written")


def _native(member: Member) -> Iterator[Finding]:
    name = PurePosixPath(member.name).name.lower()
    remedy = "put a version for this system there, or install the package beside blobprep"
    if name.endswith((".pyd", ".dll")) and sys.platform != "win32":
        yield _about(member, "BP802", "it is a library of Windows", remedy)
    elif name.endswith(".dylib") and sys.platform != "darwin":
        yield _about(member, "BP802", "it is a library of macOS", remedy)
    elif name.endswith(".so") and (why := _wrong_library(name, member.start)):
        yield _about(member, "BP802", why, remedy)


def _wrong_library(name: str, start: bytes) -> str:
    """Say why a shared library cannot be loaded here; empty where nothing speaks against it."""
    tag = _TAG.search(name)
    if tag and f".{tag[1]}.so" not in importlib.machinery.EXTENSION_SUFFIXES:
        return f"it is built for {tag[1]}, and this is {sys.implementation.cache_tag}"
    if not sys.platform.startswith("linux"):
        return ""
    if not start.startswith(b"\x7fELF") or len(start) < 20:
        return "it is no library of Linux"
    order = "<" if start[5] == 1 else ">"
    (machine,) = struct.unpack_from(f"{order}H", start, 18)
    built, here = _MACHINES.get(machine, f"machine {machine}"), platform.machine().lower()
    return "" if built == _SAME.get(here, here) else f"it is built for {built}, and this machine is {here}"


def _archive(member: Member, named: bytes) -> Iterator[Finding]:
    name = PurePosixPath(member.name).name
    if not name.lower().endswith((".whl", ".egg", ".zip")) or name.encode() in named:
        return
    kind = PurePosixPath(name).suffix
    message = f"what is in a {kind} inside the zip cannot be imported as it is"
    remedy = "unpack it into the top of the zip"
    if kind != ".whl" or "-none-any" in name:
        remedy += f", or: sys.path.append({f'Script Bundle/{member.name}'!r})"
    yield _about(member, "BP804", message, remedy)


def _compiled(member: Member, bundle: Members) -> Iterator[Finding]:
    path = PurePosixPath(member.name)
    if (
        path.suffix not in (".pyc", ".pyo")
        or "__pycache__" in path.parts
        or str(path.with_suffix(".py")) in bundle.files
    ):
        return
    if path.suffix == ".pyo" or member.start[:4] != importlib.util.MAGIC_NUMBER:
        message = "it is compiled by another Python, and its source is not there"
        yield _about(member, "BP805", message, "put the .py file into the zip")


def _hiding(bundle: Members) -> Iterator[Finding]:
    for top, member in _tops(bundle):
        if top in sys.stdlib_module_names and top not in _UNNOTICED:
            message = f"it hides {top} of Python's own library, from every package that imports it"
            yield _about(member, "BP803", message, "give it another name")
        elif top in _NEEDED:
            message = f"it hides the installed {top}, which blobprep works with"
            yield _about(member, "BP803", message, "leave it out of the zip")


def _tops(bundle: Members) -> Iterator[tuple[str, Member]]:
    """Return what can be imported from the top of a bundle, each with its first file."""
    seen = set()
    for name, member in bundle.files.items():
        first, slash, rest = name.partition("/")
        is_package = bool(slash) and rest in ("__init__.py", "__init__.pyc")
        is_module = not slash and PurePosixPath(first).suffix in (".py", ".pyc", ".so", ".pyd")
        top = first if slash else first.partition(".")[0]
        if (is_package or is_module) and top not in seen:
            seen.add(top)
            yield top, member


def _old_sdk(bundle: Members) -> Iterator[Finding]:
    """Say what becomes of the storage package of the original workflow, `azure.zip`."""
    if not any(name.startswith("azure/storage/") for name in bundle.files):
        return
    marker = bundle.files.get("azure/__init__.py")
    if marker is not None and b"extend_path" not in (marker.text or b"") and b"namespace" not in (marker.text or b""):
        message = "it hides every installed package of azure but those in the zip"
        remedy = "leave it as it is where the script uses the old package alone; else leave this file out"
        yield _about(marker, "BP806", message, remedy)
        return
    member = next(each for name, each in bundle.files.items() if name.startswith("azure/storage/"))
    message = "the old storage package is in the zip, and is used in place of what blobprep offers"
    yield _about(member, "BP806", message, "it may be left out: blobprep offers the same names on the current package")
