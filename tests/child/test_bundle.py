from __future__ import annotations

import io
import os
import pickle
import random
import shutil
import stat
import struct
import subprocess
import sys
import warnings
import zipfile
import zlib
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from blobprep.child import bundle
from blobprep.child.windows.path_entries import translate_paths
from blobprep.child.working_directory import enter_directory
from blobprep.errors import BundleError
from blobprep.tables.streaming_input import ArrivalFailed, InputFile

REFERENCE = "az://modules/bundle.zip"


@pytest.fixture
def work(tmp_path: Path) -> Path:
    folder = tmp_path / "run" / "work"
    folder.mkdir(parents=True)
    return folder


def zipped(entries: dict[Any, bytes | str], compression: int = zipfile.ZIP_DEFLATED) -> bytes:
    file = io.BytesIO()
    with warnings.catch_warnings(), zipfile.ZipFile(file, "w", compression) as archive:
        warnings.simplefilter("ignore")  # of names that stand twice
        for name, data in entries.items():
            archive.writestr(name, data)
    return file.getvalue()


def unpack(data: bytes, work: Path) -> Path:
    path = work.parent / "bundle.zip"
    path.write_bytes(data)
    descriptor = os.open(path, os.O_RDONLY)
    try:
        return Path(bundle.unpack(InputFile(descriptor, len(data)), len(data), REFERENCE, str(work)))
    finally:
        os.close(descriptor)
        path.unlink()


def refusal(data: bytes, work: Path) -> str:
    """Unpack a bundle that is refused; nothing may be written outside the working folder."""
    with pytest.raises(BundleError) as raised:
        unpack(data, work)
    assert [path.name for path in work.parent.iterdir()] == ["work"]
    assert REFERENCE in raised.value.message
    assert raised.value.remedy
    return raised.value.message


def named(name: str, *, mode: int = 0, method: int = zipfile.ZIP_STORED) -> zipfile.ZipInfo:
    info = zipfile.ZipInfo("placeholder")
    info.filename = info.orig_filename = name
    info.external_attr = mode << 16
    info.compress_type = method
    return info


def patched(data: bytes, offset: int, value: bytes) -> bytes:
    """Change a field of the first local header and of the first entry of the directory alike."""
    changed = bytearray(data)
    local, central = data.index(b"PK\3\4"), data.index(b"PK\1\2")
    changed[local + offset : local + offset + len(value)] = value
    changed[central + offset + 2 : central + offset + 2 + len(value)] = value
    return bytes(changed)


def test_modules_packages_and_data_are_unpacked(work: Path) -> None:
    target = unpack(
        zipped({"hello.py": "x = 1", "pkg/sub/__init__.py": "", "data/t.csv": "a\n1\n", "empty/": ""}), work
    )

    assert target == work / "Script Bundle"
    assert sorted(str(path.relative_to(target)) for path in target.rglob("*")) == [
        *("data", "data/t.csv", "empty", "hello.py", "pkg", "pkg/sub", "pkg/sub/__init__.py")
    ]
    assert (target / "data/t.csv").read_text() == "a\n1\n"


def test_nothing_but_the_folder_is_made(work: Path) -> None:
    unpack(zipped({"model.pkl": pickle.dumps({"a": 1}), "data/t.csv": "a\n1\n"}), work)

    assert [each.name for each in work.iterdir()] == ["Script Bundle"]


def test_modules_are_imported_from_the_bundle_its_packages_and_zips_in_it(work: Path) -> None:
    inner = zipped({"bundle_inner.py": "VALUE = 'inner'"})
    target = unpack(
        zipped(
            {
                "bundle_flat.py": "VALUE = 'flat'",
                "bundle_package/__init__.py": "",
                "bundle_package/deep/__init__.py": "",
                "bundle_package/deep/part.py": "VALUE = 'deep'",
                "bundle_namespace/part.py": "VALUE = 'namespace'",
                "lib\\bundle_backslash.py": "VALUE = 'backslash'",
                "libraries.zip": inner,
            }
        ),
        work,
    )

    with enter_directory(str(work)), translate_paths(str(work)):
        sys.path.insert(0, str(target))
        sys.path.append(".\\Script Bundle\\libraries.zip")
        sys.path.append(str(target / "lib"))
        found = [
            __import__(name, fromlist=["VALUE"]).VALUE
            for name in (
                *("bundle_flat", "bundle_package.deep.part", "bundle_namespace.part"),
                *("bundle_inner", "bundle_backslash"),
            )
        ]

    assert found == ["flat", "deep", "namespace", "inner", "backslash"]
    assert not [name for name in sys.modules if name.startswith("bundle_")]


def test_an_empty_bundle_is_an_empty_folder(work: Path) -> None:
    assert list(unpack(zipped({}), work).iterdir()) == []


@pytest.mark.parametrize("name", ["./", "/./", "a/./b.txt", "a//b.txt", "caf\u00e9/\u65e5.txt", " .txt", "-rf"])
def test_odd_names_that_stay_in_the_folder_are_taken(work: Path, name: str) -> None:
    if name == "/./":
        assert "absolute" in refusal(zipped({named(name): b""}), work)
    else:
        unpack(zipped({named(name): b""}), work)


@pytest.mark.parametrize("method", [zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED, zipfile.ZIP_BZIP2, zipfile.ZIP_LZMA])
def test_every_method_python_knows_is_unpacked(work: Path, method: int) -> None:
    assert (unpack(zipped({"a.txt": b"text" * 1000}, method), work) / "a.txt").read_bytes() == b"text" * 1000


@pytest.mark.parametrize(
    ("name", "why"),
    [
        ("../evil.txt", "has '..' in its name"),
        ("a/../../evil.txt", "has '..' in its name"),
        ("a/../b.txt", "has '..' in its name"),
        ("..\\evil.txt", "has '..' in its name"),
        ("..", "has '..' in its name"),
        ("/etc/evil", "absolute"),
        ("\\\\server\\share\\evil", "absolute"),
        ("\\evil.txt", "absolute"),
        ("C:\\evil.txt", "absolute"),
        ("c:evil.txt", "absolute"),
        ("a\0b.txt", "control characters"),
        ("a\nb.txt", "control characters"),
        ("a\x1b[2Jb.txt", "control characters"),
        ("a\x7fb.txt", "control characters"),
        ("x" * 256, "or one too long for a file"),
        ("\u00e9" * 128, "or one too long for a file"),
        ("d/" * 1500 + "x", "or one too long for a file"),
        (".", "or one too long for a file"),
    ],
    ids=lambda text: repr(text[:20]),
)
def test_a_name_that_leaves_the_folder_or_is_none_is_refused(work: Path, name: str, why: str) -> None:
    message = refusal(zipped({"good.txt": b"", named(name): b"evil"}), work)

    assert why in message
    assert repr(name) in message


@pytest.mark.parametrize(
    "names",
    [
        ("a.txt", "a.txt"),
        ("a.txt", "./a.txt"),
        ("d/a.txt", "d\\a.txt"),
        ("a.txt", "a.txt/"),
        ("a.txt/", "a.txt"),
    ],
)
def test_a_name_that_stands_twice_is_refused(work: Path, names: tuple[str, str]) -> None:
    first, second = names

    assert "appears twice" in refusal(zipped({named(first): b"1", named(second): b"2"}), work)


def test_a_folder_may_stand_twice(work: Path) -> None:
    unpack(zipped({named("d/"): b"", named("d\\"): b"", named("d/a.txt"): b"1"}), work)

    assert (work / "Script Bundle/d/a.txt").read_bytes() == b"1"


@pytest.mark.parametrize("order", [1, -1])
def test_an_entry_below_a_file_is_refused(work: Path, order: int) -> None:
    names = ["a.txt", "a.txt/b.txt"][::order]

    assert "below an entry that is a file" in refusal(zipped({named(name): b"1" for name in names}), work)


@pytest.mark.parametrize("kind", [stat.S_IFLNK, stat.S_IFIFO, stat.S_IFCHR, stat.S_IFBLK, stat.S_IFSOCK])
def test_links_and_special_files_are_refused(work: Path, kind: int) -> None:
    message = refusal(zipped({named("evil.txt", mode=kind | 0o777): b"/etc/passwd"}), work)

    assert "'evil.txt' is a link or a special file" in message


def test_an_encrypted_entry_is_refused(work: Path) -> None:
    data = patched(zipped({"secret.txt": b"x"}), 6, b"\1\0")

    assert "'secret.txt' is encrypted" in refusal(data, work)


@pytest.mark.parametrize(("method", "named"), [(9, "Deflate64"), (95, "XZ"), (77, "method 77")])
def test_an_unknown_method_is_refused(work: Path, method: int, named: str) -> None:
    data = patched(zipped({"odd.txt": b"x"}), 8, struct.pack("<H", method))

    assert f"'odd.txt' is compressed with {named}" in refusal(data, work)


@pytest.mark.parametrize("mark", [stat.S_IFDIR << 16, 0x10], ids=["unix", "dos"])
def test_a_folder_whose_name_does_not_say_so_is_one(work: Path, mark: int) -> None:
    info = named("d")
    info.external_attr = mark

    assert (unpack(zipped({info: b"", "d/a.txt": b"1"}), work) / "d/a.txt").read_bytes() == b"1"


def test_shadows_of_macos_do_no_harm(work: Path) -> None:
    shadow = b"\0\5\x16\7\0\2\0\0Mac OS X"
    files = {
        "pkg/": b"",
        "pkg/m.py": b"x = 1",
        "__MACOSX/": b"",
        "__MACOSX/pkg/._m.py": shadow,
        "pkg/.DS_Store": shadow,
    }

    assert (unpack(zipped(files), work) / "pkg/m.py").read_bytes() == b"x = 1"


def test_entries_that_need_zip64_are_unpacked(work: Path) -> None:
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w") as archive, archive.open("big.txt", "w", force_zip64=True) as entry:
        entry.write(b"text")

    assert (unpack(file.getvalue(), work) / "big.txt").read_bytes() == b"text"


def unflagged(name: bytes, extra: bytes = b"") -> bytes:
    """Return a zip whose one entry has a name that is not said to be UTF-8."""
    info = named("x" * len(name))
    info.extra = extra
    return zipped({info: b"text"}).replace(b"x" * len(name), name)


def unicode_name(raw: bytes, name: str) -> bytes:
    """Return the extra field in which Info-ZIP keeps the UTF-8 name of an entry."""
    data = struct.pack("<BL", 1, zlib.crc32(raw)) + name.encode()
    return struct.pack("<HH", 0x7075, len(data)) + data


@pytest.mark.parametrize(
    ("data", "name"),
    [
        (zipped({"caf\u00e9.txt": b"text"}), "caf\u00e9.txt"),
        (unflagged("caf\u00e9 \u65e5.txt".encode()), "caf\u00e9 \u65e5.txt"),
        (unflagged(b"caf\x82.txt"), "caf\u00e9.txt"),
        (
            unflagged(
                b"caf?\xff.txt", struct.pack("<HHBL", 0x7075, 14, 1, zlib.crc32(b"caf?\xff.txt")) + b"caf\xc3\xa9.txt"
            ),
            "caf\u00e9.txt",
        ),
        (unflagged(b"caf\x82.txt", struct.pack("<HHBL", 0x7075, 9, 1, 0) + b"else"), "caf\u00e9.txt"),
    ],
    ids=["flagged", "macos", "cp437", "info-zip", "info-zip of another name"],
)
def test_names_beyond_ascii_are_read_as_they_were_written(work: Path, data: bytes, name: str) -> None:
    assert [each.name for each in unpack(data, work).iterdir()] == [name]


def test_a_checksum_that_does_not_fit_is_refused(work: Path) -> None:
    data = patched(zipped({"bent.txt": b"x" * 100}), 14, b"\0\0\0\0")

    assert "'bent.txt' is damaged" in refusal(data, work)


@pytest.mark.parametrize("method", [zipfile.ZIP_DEFLATED, zipfile.ZIP_BZIP2, zipfile.ZIP_LZMA])
def test_bytes_that_do_not_unpack_are_refused(work: Path, method: int) -> None:
    data = bytearray(zipped({"bent.txt": random.Random(1).randbytes(10_000)}, method))
    data[60:160] = b"\xff" * 100

    assert "'bent.txt' is damaged" in refusal(bytes(data), work)


def test_a_bomb_by_ratio_is_refused_before_it_is_unpacked(work: Path) -> None:
    data = zipped({"zeros.bin": b"\0" * (65 * 1024 * 1024)})

    message = refusal(data, work)

    assert "'zeros.bin'" in message
    assert "zip bomb" in message
    assert not (work / "Script Bundle").exists()


def test_a_bomb_by_size_is_refused_before_it_is_unpacked(work: Path) -> None:
    data = patched(zipped({"small.txt": b"x"}), 22, struct.pack("<I", 0xFFFFFFF0))

    assert "zip bomb" in refusal(data, work)


def test_more_bytes_than_allowed_are_refused_while_they_come(work: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(bundle, "MAX_BYTES", 150)
    monkeypatch.setattr(bundle, "check_entries", lambda infos, *_: {info.filename: info for info in infos})

    assert "'b.bin' unpacks to more than 150 bytes" in refusal(zipped({"a.bin": b"a" * 100, "b.bin": b"b" * 100}), work)


def test_a_size_that_is_a_lie_is_refused(work: Path) -> None:
    data = patched(zipped({"liar.bin": b"\0" * 1000}), 22, struct.pack("<I", 10))

    assert "'liar.bin' is damaged" in refusal(data, work)


def test_too_many_entries_are_refused(work: Path) -> None:
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w") as archive:
        archive.writestr("a", "")
    data = file.getvalue()
    at = data.index(b"PK\1\2")
    entry, end = data[at : data.index(b"PK\5\6")], bytearray(data[data.index(b"PK\5\6") :])
    directory = entry * 100_000
    end[8:12] = struct.pack("<HH", 100_000 % 65536, 100_000 % 65536)
    end[12:16] = struct.pack("<I", len(directory))

    assert "has 100000 entries; at most 20000 are allowed" in refusal(data[:at] + directory + bytes(end), work)


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"no zip",
        b"\x1f\x8b\x08" + b"\0" * 100,
        zipped({"a": "b"})[:-10],
        zipped({"a": "b"})[10:-22],
        b"PK\5\6" + b"\xff" * 18,
        patched(zipped({"abc": "b"}), 4, b"\xff\0"),
        patched(zipped({"abc": "b"}), 6, b"\0\x08").replace(b"abc", b"\xff\xfe\xff"),
    ],
    ids=["empty", "text", "gzip", "cut", "no end", "end only", "version", "name"],
)
def test_bytes_that_are_no_zip_are_refused(work: Path, data: bytes) -> None:
    refusal(data, work)


def test_what_is_no_zip_is_told_as_what_it_is(work: Path) -> None:
    assert "is a 7-Zip archive, not a zip" in refusal(b"7z\xbc\xaf\x27\x1c" + bytes(40), work)
    assert "incomplete or damaged zip file" in refusal(zipped({"a": "b"})[:-10], work)


def test_damage_anywhere_is_refused_or_harmless(work: Path) -> None:
    good = zipped({"a.txt": b"text" * 10, "d/b.txt": zlib.compress(b"more")})
    chance = random.Random(7)
    for _ in range(300):
        data = bytearray(good)
        for _ in range(chance.randint(1, 3)):
            data[chance.randrange(len(data))] = chance.randrange(256)
        try:
            unpack(bytes(data), work)
        except BundleError:
            pass
        assert [path.name for path in work.parent.iterdir()] == ["work"]
        shutil.rmtree(work)
        work.mkdir()


_PIECES = st.sampled_from(["..", ".", "", "a", "b.py", "C:", "\\", "con", "\0", "\n", "é", "x" * 300, "/", "~"])
_ENTRIES = st.lists(
    st.tuples(
        st.lists(_PIECES, max_size=4),
        st.sampled_from([0, stat.S_IFREG, stat.S_IFDIR, stat.S_IFLNK, stat.S_IFIFO]),
        st.sampled_from(["/", "\\"]),
        st.binary(max_size=20),
    ),
    max_size=4,
)
_GOOD = zipped({"a.txt": b"text" * 10, "d/b.txt": zlib.compress(b"more")})


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(_ENTRIES, st.lists(st.tuples(st.integers(0, len(_GOOD) - 1), st.integers(0, 255)), max_size=3))
def test_whatever_a_directory_says_nothing_is_written_elsewhere(
    work: Path, entries: list[tuple[list[str], int, str, bytes]], damage: list[tuple[int, int]]
) -> None:
    damaged = bytearray(_GOOD)
    for place, byte in damage:
        damaged[place] = byte
    written = zipped({named(slash.join(parts), mode=mode): data for parts, mode, slash, data in entries if any(parts)})

    for data in (written, bytes(damaged)):
        try:
            unpack(data, work)
        except BundleError as error:
            told = error.message
        else:
            told = REFERENCE
        assert REFERENCE in told
        assert [path.name for path in work.parent.iterdir()] == ["work"]
        assert not any(path.is_symlink() for path in work.rglob("*"))
        shutil.rmtree(work)
        work.mkdir()


def test_an_input_that_never_becomes_whole_is_no_bad_zip(work: Path) -> None:
    data = zipped({"a": "b"})
    path = work.parent / "bundle.zip"
    path.write_bytes(data)
    with path.open("rb") as file:
        source = InputFile(file.fileno(), len(data), lambda offset, length: source.fail())

        with pytest.raises(ArrivalFailed):
            bundle.unpack(source, len(data), REFERENCE, str(work))


def test_a_zip_another_tool_made_is_unpacked(work: Path, tmp_path: Path) -> None:
    (tmp_path / "tree/pkg").mkdir(parents=True)
    (tmp_path / "tree/pkg/m.py").write_text("x = 1\n")
    made = tmp_path / "made.zip"
    subprocess.run([sys.executable, "-m", "zipfile", "-c", made, tmp_path / "tree/pkg"], check=True)

    assert (unpack(made.read_bytes(), work) / "pkg/m.py").read_text() == "x = 1\n"
