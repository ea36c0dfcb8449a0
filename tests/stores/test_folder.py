"""What is special about a folder that stands for an account."""

from __future__ import annotations

import errno
import fcntl
import os
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from pathlib import Path

import pytest

from blobprep.errors import AccessError, BlobNotFound, ConditionNotMet, ContainerNotFound, StoreError
from blobprep.formats.table import default_content_type
from blobprep.stores import BlobProperties, IfAbsent, IfMatch
from blobprep.stores.folder import paths, temp_files, walk
from blobprep.stores.folder.disk_errors import disk_error
from blobprep.stores.folder.sidecars import BlobMetadata, Sidecars
from blobprep.stores.folder.store import FolderStore

DAY = 24 * 60 * 60


@pytest.fixture
def root(tmp_path: Path) -> Path:
    (tmp_path / "account" / "raw").mkdir(parents=True)
    return tmp_path / "account"


@pytest.fixture
def store(root: Path) -> FolderStore:
    return FolderStore(root, "dev")


def write(store: FolderStore, blob: str, data: bytes = b"12345", **given: object) -> str:
    return store.write("raw", blob, data, content_type="text/csv", **given)  # type: ignore[arg-type]


def names(store: FolderStore, container: str = "raw", prefix: str = "") -> list[str]:
    return [item.blob for item in store.list(container, prefix) if isinstance(item, BlobProperties)]


def etag(store: FolderStore, blob: str) -> str:
    return store.properties("raw", blob).etag


# What lies on the disk


def test_an_ordinary_blob_is_the_file_of_its_name(store: FolderStore, root: Path) -> None:
    write(store, "2024/Grüße 100%.csv", b"1,2")

    assert (root / "raw" / "2024" / "Grüße 100%.csv").read_bytes() == b"1,2"
    assert [path.name for path in (root / "raw").iterdir()] == ["2024"]


def test_a_file_put_there_is_a_blob(store: FolderStore, root: Path) -> None:
    (root / "raw" / "x").mkdir()
    (root / "raw" / "x" / "table.csv").write_bytes(b"1,2")

    found = store.properties("raw", "x/table.csv")

    assert (found.size, found.content_type, found.metadata) == (3, "text/csv", {})
    assert names(store) == ["x/table.csv"]


def test_deleting_prunes_folders_but_never_the_container(store: FolderStore, root: Path) -> None:
    write(store, "a/b/c")

    store.delete("raw", "a/b/c")

    assert list((root / "raw").iterdir()) == []


def test_a_published_file_is_readable_by_those_the_umask_lets(store: FolderStore, root: Path) -> None:
    write(store, "a.csv")
    plain = root / "plain"
    plain.touch()

    assert (root / "raw" / "a.csv").stat().st_mode == plain.stat().st_mode


# ETags


def test_two_writes_of_one_size_in_one_tick_differ(store: FolderStore, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(time, "time_ns", lambda: 1_700_000_000_000_000_000)

    etags = [write(store, "a", b"12345") for _ in range(10)]

    assert len(set(etags)) == 10


def test_a_clock_set_back_does_not_bring_an_etag_back(store: FolderStore, monkeypatch: pytest.MonkeyPatch) -> None:
    moments = iter(range(2_000_000_000_000_000_000, 0, -1_000_000_000))
    monkeypatch.setattr(time, "time_ns", lambda: next(moments))

    etags = [write(store, "a", b"12345") for _ in range(10)]

    assert len(set(etags)) == 10


def test_a_coarse_file_system_clock_still_tells_writes_apart(
    store: FolderStore, root: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    write(store, "a")
    before = (root / "raw" / "a").stat().st_mtime_ns
    set_time = os.utime

    def coarse(descriptor: int, *, ns: tuple[int, int]) -> None:
        second = ns[0] // 1_000_000_000 * 1_000_000_000
        set_time(descriptor, ns=(second, second))

    monkeypatch.setattr(os, "utime", coarse)
    write(store, "a")
    first = (root / "raw" / "a").stat().st_mtime_ns
    write(store, "a")

    assert (root / "raw" / "a").stat().st_mtime_ns > first
    assert first != before


def test_an_edit_in_place_by_another_program_changes_the_etag(store: FolderStore, root: Path) -> None:
    before = write(store, "a", b"12345")
    with (root / "raw" / "a").open("r+b") as file:
        file.write(b"99999")

    assert etag(store, "a") != before
    with pytest.raises(ConditionNotMet):
        store.read("raw", "a", if_match=before)
    with pytest.raises(ConditionNotMet):
        write(store, "a", condition=IfMatch(before))


def test_a_file_that_changes_while_it_is_read_is_no_mixture(
    store: FolderStore, root: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    write(store, "a", b"12345")
    read = paths.read_range

    def interrupted(descriptor: int, offset: int, length: int) -> bytes:
        data = read(descriptor, offset, length)
        with (root / "raw" / "a").open("ab") as file:
            file.write(b"more")
        return data

    monkeypatch.setattr("blobprep.stores.folder.store.read_range", interrupted)

    with pytest.raises(ConditionNotMet):
        store.read("raw", "a")


def test_a_blob_replaced_while_it_is_read_is_read_as_it_was(
    store: FolderStore, monkeypatch: pytest.MonkeyPatch
) -> None:
    write(store, "a", b"12345")
    read = paths.read_range

    def interrupted(descriptor: int, offset: int, length: int) -> bytes:
        write(store, "a", b"67890")
        return read(descriptor, offset, length)

    monkeypatch.setattr("blobprep.stores.folder.store.read_range", interrupted)

    assert store.read("raw", "a") == b"12345"


def test_moving_beside_a_new_folder_keeps_the_etag_and_the_metadata(store: FolderStore, root: Path) -> None:
    before = write(store, "a", metadata={"key": "value"})

    write(store, "a/b")

    assert (root / "raw" / "a%blob").is_file()
    found = store.properties("raw", "a")
    assert (found.etag, found.metadata) == (before, {"key": "value"})


# Crashes


@pytest.fixture(params=[True, False], ids=["nameless", "reserved name"])
def _kind_of_part(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> None:
    if not request.param:
        monkeypatch.delattr(os, "O_TMPFILE")


@pytest.mark.usefixtures("_kind_of_part")
def test_blobs_are_published_with_and_without_nameless_files(store: FolderStore, root: Path) -> None:
    first = write(store, "x/a.csv", b"1", condition=IfAbsent())
    second = write(store, "x/a.csv", b"2", condition=IfMatch(first))
    with pytest.raises(ConditionNotMet):
        write(store, "x/a.csv", b"3", condition=IfAbsent())
    upload = store.upload("raw", "x/a.csv")
    upload.put(0, b"4")
    upload.abandon()

    assert etag(store, "x/a.csv") == second
    assert store.read("raw", "x/a.csv") == b"2"
    assert [path.name for path in (root / "raw").iterdir()] == ["x"]


@pytest.mark.usefixtures("_kind_of_part")
def test_an_upload_forgotten_without_abandon_leaves_nothing_to_see(store: FolderStore) -> None:
    upload = store.upload("raw", "a")
    upload.put(0, b"1")
    del upload

    assert names(store) == []
    assert list(store.list("raw", delimiter="/")) == []


def test_what_a_crash_left_is_invisible_and_swept_after_a_day(store: FolderStore, root: Path) -> None:
    fresh, old = root / "raw" / ".blobprep-part-1", root / "raw" / ".blobprep-part-2"
    for part in (fresh, old):
        part.write_bytes(b"half")
    os.utime(old, (time.time() - DAY - 60,) * 2)
    assert names(store) == []
    with pytest.raises(BlobNotFound):
        store.properties("raw", ".blobprep-part-1")

    store.upload("raw", "a").put(0, b"1")

    assert fresh.exists()
    assert not old.exists()


def test_a_crash_before_publication_gives_no_blob_the_facts_of_the_new_one(
    store: FolderStore, monkeypatch: pytest.MonkeyPatch
) -> None:
    before = write(store, "a", metadata={"state": "old"})

    def crash(*_: object, **__: object) -> None:
        raise MemoryError

    with monkeypatch.context() as patched:
        patched.setattr(temp_files.TempFile, "publish", crash)
        with pytest.raises(MemoryError):
            write(store, "a", metadata={"state": "new"})

    found = store.properties("raw", "a")
    assert (found.etag, found.metadata) == (before, {"state": "old"})


# Sidecars


def sidecars(root: Path) -> list[Path]:
    return sorted(path for path in (root / "raw" / ".blobprep").rglob("*") if path.is_file())


def test_a_sidecar_is_written_only_where_the_extension_does_not_say_it_all(store: FolderStore, root: Path) -> None:
    write(store, "a.csv")
    assert sidecars(root) == []

    mark = write(store, "b.bin")

    assert [path.name for path in sidecars(root)] == [f"{mark}.json"]
    write(store, "b.bin")
    assert len(sidecars(root)) == 1
    store.delete("raw", "b.bin")
    assert sidecars(root) == []


def test_a_foreign_edit_loses_the_metadata_of_the_state_before(store: FolderStore, root: Path) -> None:
    write(store, "a.bin", metadata={"rows": "3"})

    (root / "raw" / "a.bin").write_bytes(b"another")

    found = store.properties("raw", "a.bin")
    assert (found.metadata, found.content_type) == ({}, "application/octet-stream")


@pytest.mark.parametrize("content", [b"", b"{", b"[]", b'{"content_type": 1}', b"\xff"])
def test_a_broken_sidecar_is_as_none(store: FolderStore, root: Path, content: bytes) -> None:
    write(store, "a.json", metadata={"rows": "3"})
    (sidecar,) = sidecars(root)

    sidecar.write_bytes(content)

    found = store.properties("raw", "a.json")
    assert (found.metadata, found.content_type) == ({}, "application/json")


@pytest.mark.parametrize("content_type", ["text/csv", "application/octet-stream"], ids=["with facts", "without"])
def test_facts_and_data_are_of_one_state_though_both_are_replaced_in_between(
    store: FolderStore, monkeypatch: pytest.MonkeyPatch, content_type: str
) -> None:
    write(store, "a", b"1", metadata={"size": "1"})
    read = Sidecars.read
    replaced: list[str] = []

    def interrupted(self: Sidecars, blob: str, etag: str) -> BlobMetadata | None:
        if not replaced:
            replaced.append(store.write("raw", "a", b"22", content_type=content_type))
        return read(self, blob, etag)

    monkeypatch.setattr(Sidecars, "read", interrupted)

    found = store.properties("raw", "a")
    assert (found.size, found.etag, found.content_type) == (2, *replaced, content_type)
    assert found.metadata == {}


def test_content_types_follow_from_extensions_alike_everywhere() -> None:
    assert default_content_type("a/b.PARQUET") == "application/vnd.apache.parquet"
    assert default_content_type("log.txt") == "text/plain; charset=utf-8"
    assert default_content_type("a.csv/b") == "application/octet-stream"


# Several processes


def test_of_many_processes_with_if_absent_exactly_one_wins(store: FolderStore, root: Path) -> None:
    script = """
import sys
from pathlib import Path
from blobprep.errors import ConditionNotMet
from blobprep.stores import IfAbsent
from blobprep.stores.folder.store import FolderStore
store = FolderStore(Path(sys.argv[1]))
print("ready", flush=True)
sys.stdin.readline()
won = []
for number in range(50):
    try:
        store.write("raw", f"x/{number}", sys.argv[2].encode(), content_type="a/b", condition=IfAbsent())
        won.append(number)
    except ConditionNotMet:
        pass
print(*won)
"""
    started = [
        subprocess.Popen(
            [sys.executable, "-c", script, str(root), str(number)],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )
        for number in range(3)
    ]
    for process in started:
        assert process.stdout is not None
        assert process.stdout.readline() == "ready\n"
    for process in started:
        assert process.stdin is not None
        process.stdin.write("\n")
        process.stdin.flush()
    won = [process.communicate()[0].split() for process in started]

    assert sorted(number for mine in won for number in mine) == sorted(str(number) for number in range(50))
    for writer, mine in enumerate(won):
        assert {store.read("raw", f"x/{number}") for number in mine} <= {str(writer).encode()}


def test_readers_find_a_blob_while_it_moves_beside_a_folder(store: FolderStore) -> None:
    def churn() -> None:
        for number in range(60):
            write(store, f"{number}", b"kept")
            write(store, f"{number}/x")

    write(store, "watched", b"kept")
    missed = 0
    with ThreadPoolExecutor(1) as threads:
        writing = threads.submit(churn)
        while not writing.done():
            before = set(names(store))
            missed += sum(name not in names(store, prefix=name) for name in before)
            for name in before:
                assert store.read("raw", name)
        writing.result()

    assert missed == 0


def test_a_folder_is_looked_at_while_nobody_publishes(
    store: FolderStore, root: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    write(store, "a/b")
    look = walk._entries
    blocked = []

    def watched(folder: Path, *, follow: bool) -> Iterator[tuple[str, os.stat_result]]:
        descriptor = os.open(root / "raw", os.O_RDONLY)
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            blocked.append(folder.name)
        finally:
            os.close(descriptor)
        return look(folder, follow=follow)

    monkeypatch.setattr(walk, "_entries", watched)

    assert names(store) == ["a/b"]
    assert blocked == ["raw", "a"]


def test_folders_come_and_go_under_many_threads(store: FolderStore) -> None:
    def come_and_go(thread: int) -> None:
        for _ in range(40):
            write(store, f"a/b/{thread}")
            store.delete("raw", f"a/b/{thread}")

    with ThreadPoolExecutor(4) as threads:
        list(threads.map(come_and_go, range(4)))

    assert names(store) == []


# Links and other things that are no blobs


def test_a_link_to_a_file_is_no_blob(store: FolderStore, root: Path, tmp_path: Path) -> None:
    (tmp_path / "secret").write_text("secret")
    (root / "raw" / "link").symlink_to(tmp_path / "secret")

    assert names(store) == []
    with pytest.raises(BlobNotFound):
        store.read("raw", "link")
    with pytest.raises(BlobNotFound):
        store.delete("raw", "link")
    with pytest.raises(StoreError, match="in its place"):
        write(store, "link")
    assert (tmp_path / "secret").read_text() == "secret"
    assert (root / "raw" / "link").is_symlink()


def test_a_link_to_a_folder_elsewhere_is_not_followed(store: FolderStore, root: Path, tmp_path: Path) -> None:
    outside = tmp_path / "outside"
    outside.mkdir()
    (outside / "secret").write_text("secret")
    (root / "raw" / "link").symlink_to(outside)

    assert names(store) == []
    with pytest.raises(AccessError):
        store.read("raw", "link/secret")
    with pytest.raises(AccessError):
        store.properties("raw", "link/secret")
    with pytest.raises(AccessError):
        names(store, prefix="link/")
    for blob in ("link/new", "link/new/deeper"):
        with pytest.raises(AccessError):
            write(store, blob)
    assert [path.name for path in outside.iterdir()] == ["secret"]


def test_a_container_that_is_a_link_elsewhere_is_none(store: FolderStore, root: Path, tmp_path: Path) -> None:
    (tmp_path / "outside").mkdir()
    (root / "link").symlink_to(tmp_path / "outside")

    assert list(store.list_containers()) == ["raw"]
    with pytest.raises(ContainerNotFound):
        store.write("link", "a", b"", content_type="a/b")


@pytest.mark.parametrize("container", ["..", ".", "raw/x", "../account/raw", ".blobprep", "nul\0"])
def test_a_container_is_a_folder_in_the_root_and_nothing_else(store: FolderStore, root: Path, container: str) -> None:
    (root / "raw" / "x").mkdir()
    (root / ".blobprep").mkdir()

    assert not store.container_exists(container)
    with pytest.raises(ContainerNotFound):
        store.write(container, "a", b"", content_type="a/b")


@pytest.fixture
def odd(root: Path) -> Iterator[None]:
    os.mkfifo(root / "raw" / "fifo")
    # The path of a socket is short, so it is bound from within the folder.
    descriptor = os.open(root / "raw", os.O_RDONLY)
    with socket.socket(socket.AF_UNIX) as bound:
        bound.bind(f"/proc/self/fd/{descriptor}/socket")
        yield
    os.close(descriptor)


@pytest.mark.usefixtures("odd")
@pytest.mark.parametrize("blob", ["fifo", "socket"])
def test_what_is_no_regular_file_is_no_blob_and_nobody_waits_for_it(store: FolderStore, blob: str) -> None:
    assert names(store) == []
    with pytest.raises(BlobNotFound):
        store.read("raw", blob)
    with pytest.raises(StoreError, match="in its place"):
        write(store, blob)


# What the operating system refuses


@pytest.mark.parametrize(
    ("number", "expected", "remedy"),
    [
        (errno.ENOSPC, StoreError, "make room"),
        (errno.EDQUOT, StoreError, "make room"),
        (errno.EACCES, AccessError, "permissions"),
        (errno.EROFS, AccessError, "permissions"),
        (errno.ENAMETOOLONG, StoreError, "shorter"),
        (errno.ESTALE, ContainerNotFound, "folder|removes"),
        (errno.ENOTDIR, StoreError, "another name"),
        (errno.EIO, StoreError, "disk"),
    ],
)
def test_each_error_of_the_system_has_a_remedy_and_names_no_path(
    number: int, expected: type[StoreError], remedy: str
) -> None:
    raised = disk_error(OSError(number, "secret words", "/secret/path"), "raw", "a.csv", "dev")

    assert type(raised) is expected
    assert "raw/a.csv in account dev" in raised.message
    assert "secret" not in str(raised)
    with pytest.raises(expected, match=remedy):
        raise raised


def test_a_full_disk_is_told_and_leaves_the_blob_as_it_was(
    store: FolderStore, root: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    write(store, "a", b"before")

    def full(*_: object) -> int:
        raise OSError(errno.ENOSPC, "no", str(root))

    monkeypatch.setattr(os, "pwrite", full)
    upload = store.upload("raw", "a")

    with pytest.raises(StoreError, match="make room") as caught:
        upload.put(0, b"x")
    assert str(root) not in str(caught.value)
    assert store.read("raw", "a") == b"before"


def test_a_name_too_long_for_the_system_is_told(store: FolderStore) -> None:
    endless = "/".join(["x" * 200] * 30)

    with pytest.raises(StoreError, match="shorter"):
        write(store, endless)
    with pytest.raises(BlobNotFound):
        store.read("raw", endless)
    assert names(store, prefix=endless) == []


def test_a_name_that_is_no_text_is_told(store: FolderStore) -> None:
    with pytest.raises(StoreError, match="not valid text"):
        write(store, "lone \ud800")


# Plain local files


@pytest.fixture
def plain(tmp_path: Path) -> FolderStore:
    return FolderStore(tmp_path, "this folder", escape=False)


def test_a_plain_name_is_taken_as_it_is(plain: FolderStore, tmp_path: Path) -> None:
    for name in ("%empty", "sub/a%blob", "100%.csv"):
        plain.write("", name, name.encode(), content_type="text/csv")

    assert (tmp_path / "%empty").read_bytes() == b"%empty"
    assert names(plain, "") == ["%empty", "100%.csv", "sub/a%blob"]
    assert names(plain, "", "sub/a%") == ["sub/a%blob"]
    assert plain.read("", "sub/a%blob") == b"sub/a%blob"


def test_writing_plain_files_leaves_nothing_but_the_files(plain: FolderStore, tmp_path: Path) -> None:
    plain.write("", "out/report.html", b"x", content_type="text/html; charset=utf-8")
    upload = plain.upload("", "out/log.txt")
    upload.put(0, b"x")
    upload.commit(1, content_type="text/plain")

    assert sorted(path.name for path in tmp_path.rglob("*")) == ["log.txt", "out", "report.html"]
    assert plain.properties("", "out/report.html").content_type == "text/html"


def test_plain_links_are_followed_and_folders_stay(plain: FolderStore, tmp_path: Path) -> None:
    (tmp_path / "real" / "deep").mkdir(parents=True)
    (tmp_path / "real" / "a.csv").write_bytes(b"1")
    (tmp_path / "link.csv").symlink_to("real/a.csv")
    (tmp_path / "linked").symlink_to("real")
    (tmp_path / "loop").symlink_to(".")
    (tmp_path / "real" / "deep" / "back").symlink_to("../../real")

    assert names(plain, "") == ["link.csv", "linked/a.csv", "real/a.csv"]
    assert names(plain, "", "linked/") == ["linked/a.csv"]
    assert [getattr(each, "prefix", "") for each in plain.list("", "", delimiter="/")] == ["", "linked/", "real/"]
    assert plain.read("", "link.csv") == plain.read("", "loop/real/a.csv") == b"1"
    plain.delete("", "real/a.csv")
    assert (tmp_path / "real").is_dir()


@pytest.mark.parametrize("name", ["../up", "a//b", "a/", "./a", ".blobprep-part-1"])
def test_a_plain_name_that_is_none_is_refused(plain: FolderStore, name: str) -> None:
    with pytest.raises(StoreError, match="not a valid name for a local file"):
        plain.write("", name, b"", content_type="a/b")
    with pytest.raises(BlobNotFound):
        plain.read("", name)
    with suppress(StopIteration):
        assert next(plain.list("", name + "/")) is None


def test_a_plain_file_never_gives_way_to_a_folder(plain: FolderStore, tmp_path: Path) -> None:
    plain.write("", "a", b"1", content_type="a/b")

    with pytest.raises(StoreError, match="something else"):
        plain.write("", "a/b", b"2", content_type="a/b")

    assert [path.name for path in tmp_path.iterdir()] == ["a"]


def test_a_root_is_made_with_its_first_container(tmp_path: Path) -> None:
    store = FolderStore(tmp_path / "new" / "account")

    assert list(store.list_containers()) == []
    assert store.create_container("raw")
    assert list(store.list_containers()) == ["raw"]
    assert FolderStore(tmp_path / "new" / "plain", escape=False).create_container("")
