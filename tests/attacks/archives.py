"""Module zips that attack whoever unpacks them, and a program that unpacks without looking: the control."""

from __future__ import annotations

import io
import os
import stat
import struct
import sys
import zipfile
import zlib
from collections.abc import Callable
from pathlib import Path
from typing import Final

from tests.child.test_bundle import zipped

__all__ = ["ARCHIVES", "MUCH", "unpack_carelessly"]

MUCH: Final = 100 << 20
MANY: Final = 20_000


def _special(kind: int, content: str) -> bytes:
    info = zipfile.ZipInfo("entry")
    info.external_attr = (kind | 0o777) << 16
    return zipped({info: content})


def _renamed(name: bytes, *, times: int = 2) -> bytes:
    """Make a zip whose entry has a name that Python would not write."""
    placeholder = "n" * len(name)
    made = zipped({placeholder: "content"})
    assert made.count(placeholder.encode()) == times
    return made.replace(placeholder.encode(), name)


def _twice(first: str, second: str) -> bytes:
    """Make a zip of two entries, the second of which gets another name of the same length."""
    return zipped({first: "one", "s" * len(second): "two"}).replace(b"s" * len(second), second.encode())


def _lying_size() -> bytes:
    made = bytearray(zipped({"lying.txt": bytes(8 << 20)}))
    where = made.index(b"PK\x01\x02") + 24
    made[where : where + 4] = struct.pack("<I", 10)
    return bytes(made)


def _encrypted() -> bytes:
    made = bytearray(zipped({"entry": "x"}))
    for signature, offset in ((b"PK\x03\x04", 6), (b"PK\x01\x02", 8)):
        made[made.index(signature) + offset] |= 1
    return bytes(made)


# By name: the zip, and what the error says; empty where the zip is harmless as it is treated.
ARCHIVES: Final[dict[str, tuple[Callable[[], bytes], str]]] = {
    "climbing": (lambda: zipped({"../climbed.py": "x"}), "has '..' in its name"),
    "climbing in the middle": (lambda: zipped({"a/../../climbed.py": "x"}), "has '..' in its name"),
    "climbing by backslashes": (lambda: _renamed(b"..\\climbed.py"), "has '..' in its name"),
    "absolute": (lambda: zipped({"/tmp/climbed.py": "x"}), "has an absolute name"),
    "of a drive": (lambda: zipped({"C:/climbed.py": "x"}), "has an absolute name"),
    "of a server": (lambda: _renamed(b"\\\\server\\share\\x.py"), "has an absolute name"),
    "a link": (lambda: _special(stat.S_IFLNK, "/etc/passwd"), "is a link or a special file"),
    "a device": (lambda: _special(stat.S_IFCHR, ""), "is a link or a special file"),
    "a pipe": (lambda: _special(stat.S_IFIFO, ""), "is a link or a special file"),
    "twice": (lambda: _twice("same.py", "same.py"), "appears twice"),
    "below a file": (lambda: zipped({"a": "file", "a/b": "below"}), "is below an entry that is a file"),
    "a zero byte": (lambda: _renamed(b"a\0b.py"), "has control characters in its name"),
    "a new line": (lambda: _renamed(b"a\nblobprep | x"), "has control characters in its name"),
    "a long name": (lambda: zipped({"x" * 300: "x"}), "or one too long for a file"),
    "a long path": (lambda: zipped({"/".join(["x" * 200] * 30): "x"}), "or one too long for a file"),
    "encrypted": (_encrypted, "is encrypted"),
    "a bomb": (lambda: zipped({"zeros": bytes(256 << 20)}), "looks like a zip bomb"),
    "many bombs": (lambda: zipped({f"{number}": bytes(8 << 20) for number in range(20)}), "looks like a zip bomb"),
    "a lying size": (_lying_size, "is damaged"),
    "many entries": (lambda: zipped({f"{number}": "" for number in range(MANY + 1)}, 0), f"at most {MANY} are allowed"),
    "no zip": (lambda: b"PK and then nothing", "is not a zip file"),
    "cut off": (lambda: zipped({"a.py": "x" * 1000})[:-30], "is not a zip file"),
    "a module of Python's own": (lambda: zipped({"random.py": "import os; os._exit(0)"}), ""),
    "a part of blobprep": (lambda: zipped({"blobprep/child/script/return_value.py": "raise SystemExit"}), ""),
    "what is run at a start": (lambda: zipped({"sitecustomize.py": "raise SystemExit", "a.pth": "import os"}), ""),
    "two cases": (lambda: zipped({"Hello.txt": "one", "hello.txt": "two"}), ""),
    "setuid": (lambda: _special(stat.S_IFREG | stat.S_ISUID, "x"), ""),
}


def unpack_carelessly(data: bytes, folder: Path) -> set[str]:
    """Unpack as a program does that believes what a zip says; return what it would come to regret."""
    try:
        archive = zipfile.ZipFile(io.BytesIO(data))
    except zipfile.BadZipFile:
        return {"it cannot be opened"}
    entries = archive.infolist()
    regrets = {regret for info in entries for regret in _regrets_of(info, data, folder)}
    targets = [os.path.join(folder, info.orig_filename).lower() for info in entries]
    if len(set(targets)) < len(targets) or any(
        other.startswith(f"{each}/") for each in targets for other in targets[:9]
    ):
        regrets.add("a file in another's place")
    if sum(info.file_size for info in entries) > MUCH or len(entries) > MANY:
        regrets.add("it takes too much")
    return regrets


def _regrets_of(info: zipfile.ZipInfo, data: bytes, folder: Path) -> set[str]:
    regrets = set()
    name = info.orig_filename.replace("\\", "/")
    kind = info.external_attr >> 16
    if not os.path.normpath(os.path.join(folder, name)).startswith(f"{folder}/") or name[1:2] == ":":
        regrets.add("a file outside the folder")
    if stat.S_IFMT(kind) not in (0, stat.S_IFREG) or kind & stat.S_ISUID:
        regrets.add("no plain file")
    if not name.isprintable() or max(map(len, name.split("/"))) > 255 or len(name) > 4096:
        regrets.add("a name no file can have")
    if info.flag_bits & 1:
        regrets.add("it cannot be read")
    elif info.compress_type == zipfile.ZIP_DEFLATED and _unpacked(info, data) > info.file_size:
        regrets.add("it is larger than it says")
    if Path(name).parts[0] == "blobprep" or Path(name).stem in {*sys.stdlib_module_names, "sitecustomize"}:
        regrets.add("it stands in for another module")
    return regrets


def _unpacked(info: zipfile.ZipInfo, data: bytes) -> int:
    """Return how many bytes an entry really has, up to one more than it says."""
    start = info.header_offset + 30 + sum(struct.unpack_from("<HH", data, info.header_offset + 26))
    return len(zlib.decompressobj(-15).decompress(data[start:], info.file_size + 1))
