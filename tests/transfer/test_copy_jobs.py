"""`cp` of patterns, `cp --resume` and `sync`: many copies, each accounted for."""

from __future__ import annotations

import hashlib
import os
from base64 import b64encode
from pathlib import Path

import pytest

from blobprep.batches.copies.jobs import cp, sync
from blobprep.errors import (
    BlobNotFound,
    ChecksumMismatch,
    InvalidOption,
    InvalidReference,
    OutputContainerMissing,
    OutputError,
    OutputExists,
    StoreUnavailable,
)
from blobprep.settings import Workspace
from blobprep.stores import BLOCK_SIZE
from blobprep.stores.memory import MemoryStore
from tests.transfer.stores import HookedStore

LARGE = os.urandom(3 * BLOCK_SIZE + 17)


def md5(data):
    return b64encode(hashlib.md5(data).digest()).decode()


def write(store, container, **contents):
    for name, data in contents.items():
        store.write(container, name.replace("__", "/"), data, content_type="text/plain")


def contents(store, container, prefix=""):
    return {item.blob: store.read(container, item.blob) for item in store.list(container, prefix)}


def statuses(copies):
    counts = copies.counts
    assert counts.matched == len(copies) == len(list(copies))
    return {(each.source or each.target).rpartition("/")[2]: each.status for each in copies}


def stage(store, container, name, data, stated=""):
    """Write a blob in blocks, whose MD5 nobody computes."""
    upload = store.upload(container, name)
    for index, start in enumerate(range(0, len(data), BLOCK_SIZE)):
        upload.put(index, data[start : start + BLOCK_SIZE])
    return upload.commit(-(-len(data) // BLOCK_SIZE), content_type="text/plain", md5=stated)


def alone(store, tmp_path):
    store.create_container("raw")
    store.create_container("copy")
    return Workspace(environment={}, folder=tmp_path, account="contoso", stores={"contoso": store})


@pytest.mark.parametrize(
    ("pattern", "kept"),
    [
        ("2024/**/*.csv", {"a/1.csv", "a/b/2.csv"}),
        ("**.csv", {"2024/3.csv", "2024/a/1.csv", "2024/a/b/2.csv", "4.csv"}),
        ("2024/*.csv", {"3.csv"}),
        ("2024/a/?.csv", {"1.csv"}),
        ("20*/3.*", {"2024/3.csv"}),
    ],
)
def test_what_matches_a_pattern_keeps_its_names_below_the_fixed_part(store, container, workspace, pattern, kept):
    write(store, container, **{"2024__a__1.csv": b"1", "2024__a__b__2.csv": b"2", "2024__3.csv": b"3", "4.csv": b"4"})
    write(store, container, **{"2024__a__x.txt": b"x"})

    copies = cp(f"az://{container}/{pattern}", f"az://{container}/to", workspace=workspace)

    assert contents(store, container, "to/").keys() == {f"to/{name}" for name in kept}
    assert (copies.status, copies.counts.copied) == ("succeeded", len(kept))
    assert {each.target for each in copies} == {f"az://{container}/to/{name}" for name in kept}


def test_nothing_is_copied_where_nothing_matches_or_a_target_is_taken(store, container, workspace, tmp_path):
    write(store, container, **{"x__1.csv": b"1", "x__2.csv": b"2", "y__2.csv": b"other"})

    with pytest.raises(BlobNotFound, match="no blob matches"):
        cp(f"az://{container}/x/*.txt", f"{tmp_path}/to/", workspace=workspace)
    with pytest.raises(OutputExists, match=f"az://{container}/y/2.csv exists already"):
        cp(f"az://{container}/x/*.csv", f"az://{container}/y/", workspace=workspace)

    assert contents(store, container, "y/") == {"y/2.csv": b"other"}


@pytest.mark.parametrize("small", [True, False], ids=["small", "large"])
def test_the_md5_of_a_copy_of_a_job_is_computed_and_kept(store, container, workspace, tmp_path, small):
    data = b"12345" if small else LARGE
    stage(store, container, "x/a", data)
    (tmp_path / "in").mkdir()
    (tmp_path / "in" / "a").write_bytes(data)

    for source, target in ((f"az://{container}/x/*", "there"), (f"{tmp_path}/in/", "from-disk")):
        (copied,) = cp(source, f"az://{container}/{target}/", resume=True, workspace=workspace)

        kept = store.properties(container, f"{target}/a").md5
        assert (copied.status, copied.md5, copied.attempts) == ("copied", md5(data), 1)
        assert kept == ("" if store.protocol == "file" else md5(data))
        assert store.read(container, f"{target}/a") == data
    (back,) = cp(f"az://{container}/x/*", f"{tmp_path}/back/", workspace=workspace)
    assert back.md5 == md5(data)
    assert (tmp_path / "back" / "a").read_bytes() == data


def test_a_plain_copy_gives_large_files_their_md5_so_that_they_are_known_again(store, container, workspace, tmp_path):
    (tmp_path / "large").write_bytes(LARGE)

    (copied,) = cp(f"{tmp_path}/large", f"az://{container}/x", workspace=workspace)

    kept = "" if store.protocol == "file" else md5(LARGE)
    assert (copied.md5, store.properties(container, "x").md5) == (kept, kept)
    assert store.read(container, "x") == LARGE
    assert cp(f"{tmp_path}/large", f"az://{container}/x", resume=True, workspace=workspace).counts.skipped == 1


def test_a_source_that_is_not_what_its_md5_says_is_not_copied(store, container, workspace, tmp_path):
    if store.protocol == "file":
        pytest.skip("a folder keeps no MD5")
    stage(store, container, "x/bad", b"bytes", stated=md5(b"other bytes"))
    stage(store, container, "x/large", LARGE, stated=md5(b"other bytes"))
    write(store, container, x__good=b"good")

    copies = cp(f"az://{container}/x/*", f"{tmp_path}/to/", workspace=workspace)

    assert statuses(copies) == {"bad": "failed", "good": "copied", "large": "failed"}
    assert [each.error and each.error.code for each in copies] == ["ChecksumMismatch", None, "ChecksumMismatch"]
    assert [path.name for path in (tmp_path / "to").iterdir()] == ["good"]
    assert copies.status == "failed"
    with pytest.raises(ChecksumMismatch, match="has the MD5"):
        copies.raise_for_failure()


def test_resume_copies_only_what_is_not_there(store, container, workspace, tmp_path):
    write(store, container, x__a=b"1", x__b=b"2", x__c=b"")
    for target in (f"az://{container}/y/", f"{tmp_path}/y/"):
        assert statuses(cp(f"az://{container}/x/b", target, resume=True, workspace=workspace)) == {"b": "copied"}

        first = cp(f"az://{container}/x/", target, resume=True, workspace=workspace)
        again = cp(f"az://{container}/x/", target, resume=True, workspace=workspace)

        assert statuses(first) == {"a": "copied", "b": "skipped", "c": "copied"}
        assert statuses(again) == {"a": "skipped", "b": "skipped", "c": "skipped"}
        assert [each.etag for each in again] == [each.etag for each in first]
        assert again.status == "succeeded"
    assert contents(store, container, "y/") == {"y/a": b"1", "y/b": b"2", "y/c": b""}


def test_resume_does_not_replace_what_differs_unless_told(store, container, workspace, tmp_path):
    write(store, container, x__a=b"same size 1", x__b=b"new")
    write(store, container, y__a=b"same size 2")
    (tmp_path / "y").mkdir()
    (tmp_path / "y" / "a").write_bytes(b"same size 2")

    for target in (f"az://{container}/y/", f"{tmp_path}/y/"):
        if target.startswith("az:") and store.protocol != "file":
            with pytest.raises(OutputExists, match="is not equal to its source; nothing was copied"):
                cp(f"az://{container}/x/", target, resume=True, workspace=workspace)
        else:  # files have to be read to tell
            copies = cp(f"az://{container}/x/", target, resume=True, workspace=workspace)
            assert statuses(copies) == {"a": "failed", "b": "copied"}
            assert copies[0].error.message == f"{target}a exists already"
        copies = cp(f"az://{container}/x/", target, resume=True, overwrite=True, workspace=workspace)
        assert copies.status == "succeeded"

    assert store.read(container, "y/a") == (tmp_path / "y" / "a").read_bytes() == b"same size 1"


def test_blobs_without_an_md5_are_never_taken_for_equal(tmp_path):
    store = MemoryStore("contoso")
    known = alone(store, tmp_path)
    for container in ("raw", "copy"):
        stage(store, container, "x", b"same")

    with pytest.raises(OutputExists, match="a blob has no MD5; nothing was copied") as caught:
        cp("az://raw/", "az://copy/", resume=True, workspace=known)
    assert "--check size" in caught.value.remedy

    assert statuses(cp("az://raw/", "az://copy/", resume=True, check="size", workspace=known)) == {"x": "skipped"}
    assert statuses(sync("az://raw/", "az://copy/", workspace=known)) == {"x": "copied"}
    assert known.warnings == [
        "1 of 1 could not be compared, since a blob has no MD5, and were copied again; "
        "a job with a --record knows what it copied"
    ]
    with pytest.raises(InvalidOption, match="check does not take 'date'"):
        cp("az://raw/", "az://copy/", resume=True, check="date", workspace=known)


def test_a_copy_that_differs_in_content_type_or_metadata_is_no_copy(store, container, workspace):
    for name, kind, metadata in (("a", "text/own", {}), ("b", "text/plain", {"K": "v"}), ("c", "text/plain", {})):
        store.write(container, f"x/{name}", b"1", content_type=kind, metadata=metadata)
        store.write(
            container, f"y/{name}", b"1", content_type="text/plain", metadata={"k": " v"} if name == "b" else {}
        )

    copies = sync(f"az://{container}/x/", f"az://{container}/y/", workspace=workspace)

    assert statuses(copies) == {"a": "copied", "b": "skipped", "c": "skipped"}
    assert store.properties(container, "y/a").content_type == "text/own"


def test_sync_copies_what_is_new_or_differs_and_deletes_only_when_told(store, container, workspace, tmp_path):
    write(store, container, x__same=b"1", x__changed=b"new", x__added=b"3", x__deep__er=b"4")
    for target, read in (
        (f"az://{container}/y", lambda: contents(store, container, "y/")),
        (
            f"{tmp_path}/y",
            lambda: {
                str(path.relative_to(tmp_path)): path.read_bytes()
                for path in (tmp_path / "y").rglob("*")
                if path.is_file()
            },
        ),
    ):
        cp(f"az://{container}/x/same", f"{target}/", workspace=workspace)
        for name in ("changed", "gone", "deep/gone"):
            (tmp_path / "old").write_bytes(b"old")
            cp(f"{tmp_path}/old", f"{target}/{name}", workspace=workspace)

        dry = sync(f"az://{container}/x/", target, delete=True, dry_run=True, workspace=workspace)
        assert dry.status == "succeeded"
        assert read() == {"y/same": b"1", "y/changed": b"old", "y/gone": b"old", "y/deep/gone": b"old"}
        kept = sync(f"az://{container}/x/", target, workspace=workspace)
        assert statuses(kept) == {"added": "copied", "changed": "copied", "er": "copied", "same": "skipped"}
        assert len(read()) == 6
        done = sync(f"az://{container}/x/", target, delete=True, workspace=workspace)

        assert [each.status for each in dry] == ["pending", "pending", "pending", "skipped", "pending", "pending"]
        assert [each.target for each in dry] == [each.target for each in done]
        assert [each.status for each in done] == ["skipped"] * 4 + ["deleted"] * 2
        assert read() == {"y/same": b"1", "y/changed": b"new", "y/added": b"3", "y/deep/er": b"4"}


def test_sync_of_a_pattern_deletes_only_what_matches_it(store, container, workspace):
    write(store, container, **{"x__a.csv": b"1", "x__b.txt": b"2", "y__old.csv": b"3", "y__old.txt": b"4"})

    sync(f"az://{container}/x/*.csv", f"az://{container}/y/", delete=True, workspace=workspace)

    assert contents(store, container, "y/") == {"y/a.csv": b"1", "y/old.txt": b"4"}


def test_sync_from_nothing_deletes_nothing(store, container, workspace, tmp_path):
    write(store, container, y__a=b"1")
    (tmp_path / "empty").mkdir()

    for source in (f"az://{container}/x/", f"{tmp_path}/empty", f"{tmp_path}/none/", f"az://{container}/x/*.csv"):
        with pytest.raises(BlobNotFound):
            sync(source, f"az://{container}/y/", delete=True, workspace=workspace)

    assert contents(store, container, "y/") == {"y/a": b"1"}


def test_sync_leaves_alone_what_a_broken_link_may_stand_for(store, container, workspace, tmp_path):
    write(store, container, y__disk__a=b"1", y__gone=b"2")
    (tmp_path / "in").mkdir()
    (tmp_path / "in" / "b").write_bytes(b"3")
    (tmp_path / "in" / "disk").symlink_to(tmp_path / "unmounted")

    sync(f"{tmp_path}/in/", f"az://{container}/y/", delete=True, workspace=workspace)

    assert contents(store, container, "y/") == {"y/disk/a": b"1", "y/b": b"3"}


def test_sync_deletes_nothing_that_a_link_in_the_target_leads_to(store, container, workspace, tmp_path):
    write(store, container, x__a=b"1")
    (tmp_path / "elsewhere").mkdir()
    (tmp_path / "elsewhere" / "precious").write_bytes(b"2")
    (tmp_path / "to").mkdir()
    (tmp_path / "to" / "link").symlink_to(tmp_path / "elsewhere")
    (tmp_path / "to" / "old").write_bytes(b"3")

    copies = sync(f"az://{container}/x/", f"{tmp_path}/to/", delete=True, workspace=workspace)

    assert statuses(copies) == {"a": "copied", "old": "deleted"}
    assert (tmp_path / "elsewhere" / "precious").read_bytes() == b"2"


def test_sync_of_one_blob_or_into_itself_is_refused(store, container, workspace, tmp_path):
    write(store, container, x__a=b"1")
    (tmp_path / "in" / "below").mkdir(parents=True)
    (tmp_path / "link").symlink_to(tmp_path / "in")

    with pytest.raises(InvalidReference, match="is one blob, but sync takes a prefix"):
        sync(f"az://{container}/x/a", f"az://{container}/y/", workspace=workspace)
    for source, target in (
        (f"az://{container}/", f"az://{container}/y/"),
        (f"az://{container}/x/", f"az://{container}/"),
        (f"az://{container}/x/*", f"az://{container}/x/"),
        (f"{tmp_path}/in/", f"{tmp_path}/link/below/"),
    ):
        with pytest.raises(InvalidReference, match="lie within each other"):
            sync(source, target, delete=True, workspace=workspace)


def test_names_are_checked_before_the_first_copy_of_a_job(tmp_path):
    store = MemoryStore("contoso")
    known = alone(store, tmp_path)
    write(store, "raw", a=b"1", a__b=b"2", c=b"3")

    for job in (cp, sync):
        with pytest.raises(OutputError, match=r"^az://raw/a cannot be copied to .*nothing was copied"):
            job("az://raw/**" if job is cp else "az://raw/", f"{tmp_path}/to/", workspace=known)
    assert not (tmp_path / "to").exists()


def test_a_missing_container_ends_a_job(store, container, workspace):
    write(store, container, **{"a.csv": b"1", "b.csv": b"2"})

    for job in (cp, sync):
        with pytest.raises(OutputContainerMissing):
            job(f"az://{container}/*.csv", f"az://{container}-new/", workspace=workspace)
    sync(f"az://{container}/*.csv", f"az://{container}-new/", create_container=True, workspace=workspace)

    assert contents(store, f"{container}-new") == {"a.csv": b"1", "b.csv": b"2"}


def test_a_source_that_changes_meanwhile_is_copied_as_it_is_then(tmp_path):
    store = HookedStore("contoso")
    known = alone(store, tmp_path)
    write(store, "raw", a=b"first", b=b"2")
    store.before("read", "a", lambda: write(store, "raw", a=b"second, and longer"))

    copies = cp("az://raw/*", "az://copy/", workspace=known)

    assert [(each.status, each.attempts) for each in copies] == [("copied", 2), ("copied", 1)]
    assert contents(store, "copy") == {"a": b"second, and longer", "b": b"2"}
    assert copies[0].source_etag == store.properties("raw", "a").etag


def test_a_source_that_always_changes_is_reported_and_the_others_are_copied(tmp_path):
    store = HookedStore("contoso")
    known = alone(store, tmp_path)
    write(store, "raw", a=b"first", b=b"2")
    store.before("read", "a", lambda: write(store, "raw", a=b"again"), times=100)

    copies = cp("az://raw/*", "az://copy/", attempts=3, workspace=known)

    assert [(each.status, each.attempts) for each in copies] == [("failed", 3), ("copied", 1)]
    assert copies[0].error.code == "BlobChanged"
    assert contents(store, "copy") == {"b": b"2"}


def test_a_failure_that_passes_is_tried_again(tmp_path):
    store = HookedStore("contoso")
    known = alone(store, tmp_path)
    stage(store, "raw", "a", LARGE)
    write(store, "raw", b=b"2", c=b"3")

    def fail():
        raise StoreUnavailable("the store is away")

    store.before("read", "a", fail, times=2)
    store.before("read", "c", fail, times=100)

    copies = cp("az://raw/*", f"{tmp_path}/to/", workspace=known)

    assert statuses(copies) == {"a": "copied", "b": "copied", "c": "failed"}
    assert (tmp_path / "to" / "a").read_bytes() == LARGE
    assert 2 <= copies[0].attempts <= 3
    assert copies[2].error.code == "StoreUnavailable"


def test_a_copy_whose_answer_was_lost_is_no_other_writer(tmp_path):
    class Losing(HookedStore):
        def write(self, container, blob, data, **how):
            etag = super().write(container, blob, data, **how)
            if (container, blob) == ("copy", "a"):
                self._come("answer", "a")
            return etag

    def lose():
        raise StoreUnavailable("the connection was cut")

    store = Losing("contoso")
    known = alone(store, tmp_path)
    write(store, "raw", a=b"1", b=b"2")
    store.before("answer", "a", lose)

    copies = cp("az://raw/*", "az://copy/", workspace=known)

    assert statuses(copies) == {"a": "skipped", "b": "copied"}
    assert contents(store, "copy") == {"a": b"1", "b": b"2"}


@pytest.mark.parametrize("how", ["replaced", "appeared"])
def test_the_change_of_another_writer_at_the_target_is_not_lost(tmp_path, how):
    store = HookedStore("contoso")
    known = alone(store, tmp_path)
    write(store, "raw", a=b"ours", b=b"2")
    if how == "replaced":
        write(store, "copy", a=b"old one")
    store.before("read", "a", lambda: write(store, "copy", a=b"theirs"))

    copies = sync("az://raw/", "az://copy/", workspace=known)

    assert statuses(copies) == {"a": "failed", "b": "copied"}
    assert copies[0].error.code == "OutputExists"
    assert contents(store, "copy") == {"a": b"theirs", "b": b"2"}


def test_what_changed_or_has_a_source_again_is_not_deleted(tmp_path):
    store = HookedStore("contoso")
    known = alone(store, tmp_path)
    write(store, "raw", a=b"1")
    write(store, "copy", back=b"2", gone=b"3", changed=b"4")
    store.before("read", "a", lambda: write(store, "raw", back=b"2"))
    store.before("delete", "changed", lambda: write(store, "copy", changed=b"theirs"))

    copies = sync("az://raw/", "az://copy/", delete=True, workspace=known)

    assert statuses(copies) == {"a": "copied", "back": "skipped", "changed": "failed", "gone": "deleted"}
    assert contents(store, "copy") == {"a": b"1", "back": b"2", "changed": b"theirs"}


def test_nothing_is_deleted_where_a_copy_failed(tmp_path):
    store = HookedStore("contoso")
    known = alone(store, tmp_path)
    write(store, "raw", a=b"1")
    write(store, "copy", gone=b"3")
    store.before("read", "a", lambda: write(store, "raw", a=b"again"), times=100)

    copies = sync("az://raw/", "az://copy/", delete=True, workspace=known)

    assert statuses(copies) == {"a": "failed", "gone": "pending"}
    assert copies.status == "failed"
    assert contents(store, "copy") == {"gone": b"3"}


def test_a_listing_that_is_not_sorted_deletes_nothing_that_has_a_source(tmp_path):
    class Unsorted(MemoryStore):
        def list(self, container, prefix="", *, delimiter=""):
            found = list(super().list(container, prefix, delimiter=delimiter))
            yield from reversed(found) if container == "copy" else found

    store = Unsorted("contoso")
    known = alone(store, tmp_path)
    write(store, "raw", a=b"1", b=b"2", c=b"3", d=b"4")
    write(store, "copy", a=b"1", c=b"3", e=b"5")

    copies = sync("az://raw/", "az://copy/", delete=True, workspace=known)

    assert statuses(copies) == {"a": "skipped", "b": "copied", "c": "skipped", "d": "copied", "e": "deleted"}


def test_folders_of_a_hierarchical_account_are_neither_copied_nor_deleted(store, container, workspace):
    for name in ("x", "x/north", "y", "y/north", "y/old"):
        store.write(container, name, b"", content_type="a/b", metadata={"hdi_isfolder": "true"})
    write(store, container, x__north__1=b"1")

    copies = sync(f"az://{container}/x/", f"az://{container}/y/", delete=True, workspace=workspace)

    assert statuses(copies) == {"1": "copied"}
    assert "y/old" in contents(store, container)


def test_copies_are_a_sequence_in_the_order_of_names(tmp_path):
    store = MemoryStore("contoso")
    known = alone(store, tmp_path)
    names = [f"{number:03}" for number in range(200)]
    write(store, "raw", **dict.fromkeys(names, b"1"))

    copies = cp("az://raw/*", f"{tmp_path}/to/", workspace=known)

    assert [Path(each.target).name for each in copies] == names
    assert copies[-1] == list(copies)[-1] == copies[199:][0]
    assert repr(copies) == "<copies: copied 200>"


@pytest.mark.parametrize(("bound", "failed"), [("0", 1), (1, 2), ("10%", 3), (None, 20)])
def test_no_more_copies_are_begun_once_too_many_have_failed(tmp_path, bound, failed):
    store = HookedStore("contoso")
    known = alone(store, tmp_path)
    names = [f"{number:02}" for number in range(20)]
    for name in names:
        stage(store, "raw", name, b"bytes", stated=md5(b"other"))

    copies = cp("az://raw/*", "az://copy/", max_failures=bound, attempts=1, workspace=known)

    counts = copies.counts
    assert counts.matched == 20
    assert failed <= counts.failed <= failed + 16  # those that were under way
    assert counts.pending == 20 - counts.failed
    with pytest.raises(InvalidOption, match="max_failures"):
        cp("az://raw/*", "az://copy/", max_failures="many", workspace=known)


def test_an_interrupted_job_leaves_nothing_half_done_and_is_gone_on_with(tmp_path):
    store = HookedStore("contoso")
    known = alone(store, tmp_path)
    names = [f"{number:03}" for number in range(100)]
    write(store, "raw", **{name: name.encode() for name in names})

    def interrupt(done, total):
        if done > 100:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        cp("az://raw/*", f"{tmp_path}/to/", workspace=known, progress=interrupt)
    there = {path.name: path.read_bytes() for path in (tmp_path / "to").iterdir()}
    assert 30 < len(there) < 100
    assert there == {name: name.encode() for name in there}
    copies = cp("az://raw/*", f"{tmp_path}/to/", resume=True, workspace=known)

    assert (copies.counts.skipped, copies.counts.copied) == (len(there), 100 - len(there))
    assert {path.name: path.read_bytes() for path in (tmp_path / "to").iterdir()} == {
        name: name.encode() for name in names
    }
