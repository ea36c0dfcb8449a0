"""What every store promises; any class that passes this is a store."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, timedelta
from threading import Barrier
from urllib.parse import urlsplit

import pytest

from blobprep.errors import BlobNotFound, ConditionNotMet, ContainerNotFound, Defect, LimitError, StoreError
from blobprep.stores import ANY, BLOCK_SIZE, BlobPrefix, BlobProperties, Condition, IfAbsent, IfMatch
from tests import emulator
from tests.stores.conftest import Opened

AWKWARD = [
    "with space.csv",
    " both ends ",
    "100%.csv",
    "%41.csv",
    "%2Fslash",
    "%empty",
    "a%blob",
    "hash#tag",
    "question?mark=1",
    "plus+plus",
    "[brackets]",
    "quote'\"s",
    "comma,semi;colon:at@",
    "Grüße/日本語/emoji😀.csv",
    "e\u0301 decomposed",
    "trailing.",
    "folder./x",
    "a//b",
    "//",
    "trailing/",
    ".hidden",
    ".blobprep-part-1",
    ".blobprep/x",
    "~user",
    "-dash",
    "nul",
    "x" * 300,
    "ü" * 200,
    "d" * 254 + "/" + "f" * 255,
    "/".join(["deep"] * 40),
]


def text(properties: object) -> str:
    if isinstance(properties, BlobPrefix):
        return f"prefix {properties.prefix}"
    assert isinstance(properties, BlobProperties)
    return properties.blob


def test_properties_say_what_was_written(opened: Opened) -> None:
    etag = opened.store.write(
        opened.container, "a/table.csv", b"12345", content_type="text/csv", metadata={"rows": "3", "made_by": "me"}
    )

    found = opened.store.properties(opened.container, "a/table.csv")

    assert (found.container, found.blob, found.size) == (opened.container, "a/table.csv", 5)
    assert found.etag == etag
    assert '"' not in etag
    assert found.content_type == "text/csv"
    assert found.metadata == {"rows": "3", "made_by": "me"}
    assert found.last_modified.tzinfo == UTC
    assert found.as_of.tzinfo == UTC
    assert abs(found.as_of - found.last_modified) < timedelta(minutes=1)


def test_where_it_is_and_what_opens_it_is_told_without_a_secret(opened: Opened) -> None:
    access = opened.store.access

    assert urlsplit(access.endpoint).scheme == opened.store.protocol
    assert access.credential in ("none", "account key")
    assert emulator.KEY not in repr(access)


@pytest.mark.parametrize("blob", ["a.csv", "a.bin", "no extension", "a.json"])
@pytest.mark.parametrize("content_type", ["text/csv", "application/json", "text/html; charset=utf-8"])
def test_a_content_type_is_kept_whatever_the_extension(opened: Opened, blob: str, content_type: str) -> None:
    opened.write(blob, content_type=content_type)

    (listed,) = opened.store.list(opened.container)

    assert opened.store.properties(opened.container, blob).content_type == content_type
    assert isinstance(listed, BlobProperties)
    assert listed.content_type == content_type


def test_a_blob_written_again_keeps_nothing_of_the_one_before(opened: Opened) -> None:
    opened.store.write(opened.container, "a", b"1", content_type="a/b", metadata={"old": "1"})

    opened.store.write(opened.container, "a", b"2", content_type="c/d")

    found = opened.store.properties(opened.container, "a")
    assert (found.content_type, found.metadata) == ("c/d", {})


def test_every_write_has_an_etag_of_its_own(opened: Opened) -> None:
    etags = [opened.write("a", b"same size") for _ in range(20)]

    assert len(set(etags)) == 20


RANGES = [
    (0, None, b"0123456789"),
    (0, 10, b"0123456789"),
    (3, None, b"3456789"),
    (3, 4, b"3456"),
    (8, 100, b"89"),
    (0, 0, b""),
    (5, 0, b""),
    (10, None, b""),
    (10, 5, b""),
    (100, 5, b""),
]


@pytest.mark.parametrize(("offset", "length", "expected"), RANGES)
def test_a_range_is_read(opened: Opened, offset: int, length: int | None, expected: bytes) -> None:
    etag = opened.write("digits", b"0123456789")

    assert opened.store.read(opened.container, "digits", offset=offset, length=length) == expected
    assert opened.store.read(opened.container, "digits", offset=offset, length=length, if_match=etag) == expected
    with pytest.raises(ConditionNotMet):
        opened.store.read(opened.container, "digits", offset=offset, length=length, if_match="0x0")


@pytest.mark.parametrize(("offset", "length", "expected"), RANGES)
def test_a_range_is_read_piece_by_piece(opened: Opened, offset: int, length: int | None, expected: bytes) -> None:
    etag = opened.write("digits", b"0123456789")
    data = bytearray(len(expected))

    def write(piece: bytes | memoryview, at: int) -> None:
        data[at : at + len(piece)] = piece

    which = {"offset": offset, "length": length}
    count = opened.store.read_into(opened.container, "digits", write, if_match=etag, **which)  # type: ignore[arg-type]

    assert (count, bytes(data)) == (len(expected), expected)
    with pytest.raises(ConditionNotMet):
        opened.store.read_into(opened.container, "digits", write, if_match="0x0", **which)  # type: ignore[arg-type]


def test_what_takes_the_pieces_may_refuse_them(opened: Opened) -> None:
    opened.write("digits", b"0123456789")

    def refuse(piece: bytes | memoryview, at: int) -> None:
        raise LimitError("there is no room")

    with pytest.raises(LimitError, match="no room"):
        opened.store.read_into(opened.container, "digits", refuse)
    assert opened.store.read(opened.container, "digits") == b"0123456789"


def test_a_blob_without_bytes_is_a_blob(opened: Opened) -> None:
    etag = opened.write("empty", b"")

    assert opened.store.properties(opened.container, "empty").size == 0
    assert opened.store.read(opened.container, "empty", if_match=etag) == b""
    assert opened.store.read(opened.container, "empty", offset=0, length=5) == b""


def test_a_read_refuses_another_state_than_the_one_demanded(opened: Opened) -> None:
    old = opened.write("a", b"old")
    new = opened.write("a", b"new")

    assert opened.store.read(opened.container, "a", if_match=new) == b"new"
    with pytest.raises(ConditionNotMet):
        opened.store.read(opened.container, "a", if_match=old)


def test_if_absent_lets_the_first_write_win(opened: Opened) -> None:
    opened.store.write(opened.container, "a", b"1", content_type="a/b", condition=IfAbsent())

    with pytest.raises(ConditionNotMet):
        opened.store.write(opened.container, "a", b"2", content_type="a/b", condition=IfAbsent())

    assert opened.store.read(opened.container, "a") == b"1"


def test_if_match_lets_only_the_latest_state_be_replaced(opened: Opened) -> None:
    first = opened.write("a", b"1")
    second = opened.store.write(opened.container, "a", b"2", content_type="a/b", condition=IfMatch(first))

    with pytest.raises(ConditionNotMet):
        opened.store.write(opened.container, "a", b"3", content_type="a/b", condition=IfMatch(first))

    found = opened.store.properties(opened.container, "a")
    assert found.etag == second
    assert opened.store.read(opened.container, "a") == b"2"


def test_if_match_is_not_met_where_no_blob_is(opened: Opened) -> None:
    with pytest.raises(ConditionNotMet):
        opened.store.write(opened.container, "a", b"1", content_type="a/b", condition=IfMatch("0x8D0"))

    assert opened.names() == []


def test_of_many_writers_with_if_absent_exactly_one_wins(opened: Opened) -> None:
    barrier = Barrier(8)

    def claim(number: int) -> bytes | None:
        data = b"writer %d" % number
        barrier.wait()
        try:
            opened.store.write(opened.container, "claim", data, content_type="a/b", condition=IfAbsent())
        except ConditionNotMet:
            return None
        return data

    with ThreadPoolExecutor(8) as threads:
        won = [data for data in threads.map(claim, range(8)) if data]

    assert won == [opened.store.read(opened.container, "claim")]


def test_of_many_writers_with_if_match_none_is_lost(opened: Opened) -> None:
    opened.write("counter", b"0")

    def increment(_: int) -> None:
        while True:
            etag = opened.store.properties(opened.container, "counter").etag
            try:
                value = int(opened.store.read(opened.container, "counter", if_match=etag))
                opened.store.write(
                    opened.container, "counter", b"%d" % (value + 1), content_type="a/b", condition=IfMatch(etag)
                )
            except ConditionNotMet:
                continue
            return

    with ThreadPoolExecutor(4) as threads:
        assert len(list(threads.map(increment, range(20)))) == 20

    assert opened.store.read(opened.container, "counter") == b"20"


def test_blocks_are_staged_in_any_order_by_any_thread(opened: Opened) -> None:
    blocks = [bytes([65 + index]) * BLOCK_SIZE for index in range(3)] + [b"the end"]
    upload = opened.store.upload(opened.container, "big")

    with ThreadPoolExecutor(4) as threads:
        assert list(threads.map(upload.put, [3, 1, 0, 2], [blocks[index] for index in (3, 1, 0, 2)])) == [None] * 4
    assert opened.names() == []
    etag = upload.commit(4, content_type="a/b", metadata={"key": "value"})

    found = opened.store.properties(opened.container, "big")
    assert (found.etag, found.size, found.content_type) == (etag, 3 * BLOCK_SIZE + 7, "a/b")
    assert found.metadata == {"key": "value"}
    assert opened.store.read(opened.container, "big") == b"".join(blocks)
    across = opened.store.read(opened.container, "big", offset=BLOCK_SIZE - 2, length=4, if_match=etag)
    assert across == b"AABB"


@pytest.mark.parametrize("stated", ["", "XUFAKrxLKna5cZ2REBfFkg=="])
def test_the_md5_of_a_blob_is_told_where_it_is_kept_and_never_a_wrong_one(opened: Opened, stated: str) -> None:
    opened.write("small", b"hello")
    upload = opened.store.upload(opened.container, "staged")
    upload.put(0, b"hello")
    upload.commit(1, content_type="a/b", md5=stated)

    listed = {item.blob: item.md5 for item in opened.store.list(opened.container) if isinstance(item, BlobProperties)}

    keeps = opened.store.protocol != "file"
    assert listed == {"small": "XUFAKrxLKna5cZ2REBfFkg==" if keeps else "", "staged": stated if keeps else ""}
    assert {name: opened.store.properties(opened.container, name).md5 for name in listed} == listed


def test_a_block_is_received_piece_by_piece(opened: Opened) -> None:
    source = bytes(range(256)) * (BLOCK_SIZE // 256)
    opened.write("source", source)
    upload = opened.store.upload(opened.container, "big")

    for index, size in enumerate([BLOCK_SIZE, 300]):
        upload.receive(
            index, size, lambda write, size=size: opened.store.read_into(opened.container, "source", write, length=size)
        )
    upload.commit(2, content_type="a/b")

    assert opened.store.read(opened.container, "big") == source + source[:300]


def test_a_block_that_cannot_be_read_is_never_staged(opened: Opened) -> None:
    upload = opened.store.upload(opened.container, "big")

    with pytest.raises(BlobNotFound):
        upload.receive(0, 5, lambda write: opened.store.read_into(opened.container, "missing", write))
    with pytest.raises(Defect, match="block 0 was never staged"):
        upload.commit(1, content_type="a/b")


def test_a_block_may_be_staged_again(opened: Opened) -> None:
    upload = opened.store.upload(opened.container, "a")
    upload.put(0, b"first, and longer")
    upload.put(0, b"second")

    upload.commit(1, content_type="a/b")

    assert opened.store.read(opened.container, "a") == b"second"


def test_blocks_beyond_the_committed_ones_are_dropped(opened: Opened) -> None:
    upload = opened.store.upload(opened.container, "a")
    upload.put(0, b"kept")
    upload.put(1, b"dropped")

    upload.commit(1, content_type="a/b")

    assert opened.store.read(opened.container, "a") == b"kept"


def test_an_upload_of_no_block_makes_an_empty_blob(opened: Opened) -> None:
    opened.store.upload(opened.container, "empty").commit(0, content_type="a/b")

    assert opened.store.properties(opened.container, "empty").size == 0


def test_a_block_never_staged_is_a_defect(opened: Opened) -> None:
    upload = opened.store.upload(opened.container, "a")
    upload.put(0, b"x" * BLOCK_SIZE)

    with pytest.raises(Defect, match="block 1"):
        upload.commit(2, content_type="a/b")

    assert opened.names() == []


def test_blocks_of_other_sizes_than_agreed_are_defects(opened: Opened) -> None:
    upload = opened.store.upload(opened.container, "a")
    with pytest.raises(Defect, match="block 0"):
        upload.put(0, b"x" * (BLOCK_SIZE + 1))
    upload.put(0, b"short")
    upload.put(1, b"last")

    with pytest.raises(Defect, match="short"):
        upload.commit(2, content_type="a/b")

    assert opened.names() == []


def test_an_abandoned_upload_leaves_the_blob_as_it_was(opened: Opened) -> None:
    opened.write("a", b"before")
    upload = opened.store.upload(opened.container, "a")
    upload.put(0, b"after")

    upload.abandon()
    upload.abandon()

    assert opened.store.read(opened.container, "a") == b"before"
    with pytest.raises(Defect):
        upload.put(0, b"after")
    with pytest.raises(Defect):
        upload.commit(1, content_type="a/b")


def test_abandoning_a_committed_upload_changes_nothing(opened: Opened) -> None:
    upload = opened.store.upload(opened.container, "a")
    upload.put(0, b"kept")
    upload.commit(1, content_type="a/b")

    upload.abandon()

    assert opened.store.read(opened.container, "a") == b"kept"


def test_a_commit_holds_its_condition(opened: Opened) -> None:
    etag = opened.write("a", b"before")
    upload = opened.store.upload(opened.container, "a")
    upload.put(0, b"after")

    with pytest.raises(ConditionNotMet):
        upload.commit(1, content_type="a/b", condition=IfAbsent())
    with pytest.raises(ConditionNotMet):
        upload.commit(1, content_type="a/b", condition=IfMatch("0x8D0"))
    assert opened.store.read(opened.container, "a") == b"before"

    upload.commit(1, content_type="a/b", condition=IfMatch(etag))
    assert opened.store.read(opened.container, "a") == b"after"


@pytest.mark.parametrize("condition", [ANY, IfAbsent()], ids=["any", "if absent"])
def test_of_two_uploads_at_once_the_blob_is_one_and_never_a_mixture(opened: Opened, condition: Condition) -> None:
    uploads = [opened.store.upload(opened.container, "a") for _ in range(2)]
    contents = [b"1" * BLOCK_SIZE, b"2" * BLOCK_SIZE]
    for upload, content in zip(uploads, contents, strict=True):
        upload.put(0, content)
        upload.put(1, content[:3])

    def commit(index: int) -> bool:
        try:
            uploads[index].commit(2, content_type="a/b", condition=condition)
        except ConditionNotMet:  # the service drops the blocks of the one that came second
            return False
        return True

    with ThreadPoolExecutor(2) as threads:
        won = list(threads.map(commit, range(2)))

    data = opened.store.read(opened.container, "a")
    winners = [content + content[:3] for content, has_won in zip(contents, won, strict=True) if has_won]
    assert data in winners
    assert condition is ANY or len(winners) == 1


def test_of_many_uploads_with_if_absent_exactly_one_wins(opened: Opened) -> None:
    barrier = Barrier(6)

    def claim(number: int) -> bytes | None:
        upload = opened.store.upload(opened.container, "claim")
        data = b"upload %d" % number
        try:
            upload.put(0, data)
            barrier.wait()
            upload.commit(1, content_type="a/b", condition=IfAbsent())
        except ConditionNotMet:
            return None
        return data

    with ThreadPoolExecutor(6) as threads:
        won = [data for data in threads.map(claim, range(6)) if data]

    assert won == [opened.store.read(opened.container, "claim")]


def test_a_listing_is_sorted_by_name(opened: Opened) -> None:
    names = ["b", "a", "a/b", "a-b", "a.b", "a0", "Z", "ä", "a/b/c", "a/a", "aa/"]
    for name in names:
        opened.write(name)

    assert opened.names() == sorted(names)


@pytest.mark.parametrize(
    ("prefix", "expected"),
    [
        ("", ["a", "a/b", "a/b/c", "ab/c", "b"]),
        ("a", ["a", "a/b", "a/b/c", "ab/c"]),
        ("a/", ["a/b", "a/b/c"]),
        ("a/b", ["a/b", "a/b/c"]),
        ("a/b/", ["a/b/c"]),
        ("a/b/c", ["a/b/c"]),
        ("c", []),
        ("c/d/", []),
        ("b/", []),
        ("/", []),
    ],
)
def test_a_listing_holds_the_names_with_the_prefix(opened: Opened, prefix: str, expected: list[str]) -> None:
    for name in ["a", "a/b", "a/b/c", "ab/c", "b"]:
        opened.write(name)

    assert opened.names(prefix) == expected


@pytest.mark.parametrize(
    ("prefix", "delimiter", "expected"),
    [
        ("", "/", ["a", "a-b", "prefix a/", "b.csv", "prefix c/"]),
        ("a", "/", ["a", "a-b", "prefix a/"]),
        ("a/", "/", ["prefix a/b/", "a/x"]),
        ("a/b/", "/", ["a/b/1", "a/b/2"]),
        ("c", "/", ["prefix c/"]),
        ("", "-", ["a", "prefix a-", "a/b/1", "a/b/2", "a/x", "b.csv", "c/d/e"]),
        ("a/", "b", ["prefix a/b", "a/x"]),
    ],
)
def test_a_listing_with_a_delimiter_groups_names(
    opened: Opened, prefix: str, delimiter: str, expected: list[str]
) -> None:
    for name in ["a/x", "a/b/1", "a/b/2", "a", "a-b", "b.csv", "c/d/e"]:
        opened.write(name)

    listed = opened.store.list(opened.container, prefix, delimiter=delimiter)

    assert [text(item) for item in listed] == expected


def test_a_listing_says_size_etag_and_time_as_properties_do(opened: Opened) -> None:
    opened.write("a/b", b"12345")

    (listed,) = opened.store.list(opened.container, "a/")

    found = opened.store.properties(opened.container, "a/b")
    assert isinstance(listed, BlobProperties)
    assert (listed.container, listed.size, listed.etag) == (opened.container, found.size, found.etag)
    assert abs(listed.last_modified - found.last_modified) < timedelta(seconds=1)
    assert listed.as_of.tzinfo == UTC


def test_a_listing_says_metadata_as_properties_do(opened: Opened) -> None:
    folder = {"hdi_isfolder": "true"}
    opened.store.write(opened.container, "a", b"", content_type="text/csv", metadata=folder)
    opened.store.write(opened.container, "a/b", b"1", content_type="text/csv", metadata={"Kind": "raw", "n": "1"})
    opened.write("c")

    for delimiter in ("", "/"):
        listed = [*opened.store.list(opened.container, delimiter=delimiter)]
        listed += opened.store.list(opened.container, "a/", delimiter=delimiter)
        blobs = [item for item in listed if isinstance(item, BlobProperties)]
        assert [dict(item.metadata) for item in blobs if item.blob == "a"] == [folder]
        for item in blobs:
            assert item.metadata == opened.store.properties(opened.container, item.blob).metadata


def test_every_awkward_name_fits_beside_the_others(opened: Opened) -> None:
    assert opened.store.unfit_names(opened.container, [*AWKWARD, "case", "CASE", "x", "x/", "x/y"]) == {}


def test_a_blob_lives_beside_those_below_its_name(opened: Opened) -> None:
    above = opened.write("a", b"1")
    opened.write("a/b", b"2")
    opened.write("a/b/c", b"3")

    assert opened.names() == ["a", "a/b", "a/b/c"]
    assert [opened.store.read(opened.container, name) for name in opened.names()] == [b"1", b"2", b"3"]
    assert opened.store.properties(opened.container, "a").etag == above
    opened.store.write(opened.container, "a", b"4", content_type="a/b", condition=IfMatch(above))
    with pytest.raises(ConditionNotMet):
        opened.store.write(opened.container, "a/b", b"5", content_type="a/b", condition=IfAbsent())
    opened.store.delete(opened.container, "a/b")
    assert opened.names() == ["a", "a/b/c"]
    opened.store.delete(opened.container, "a/b/c")
    assert opened.store.read(opened.container, "a") == b"4"


@pytest.mark.parametrize("blob", AWKWARD, ids=range(len(AWKWARD)))
def test_an_awkward_name_names_its_blob(opened: Opened, blob: str) -> None:
    opened.write("other", b"other")
    etag = opened.write(blob, blob.encode())

    assert opened.store.read(opened.container, blob, if_match=etag) == blob.encode()
    assert opened.store.properties(opened.container, blob).blob == blob
    assert opened.names() == sorted([blob, "other"])
    assert opened.names(blob) == [blob]
    opened.store.delete(opened.container, blob)
    assert opened.names() == ["other"]


def test_awkward_names_do_not_meet_each_other(opened: Opened) -> None:
    for name in AWKWARD:
        upload = opened.store.upload(opened.container, name)
        upload.put(0, name.encode())
        upload.commit(1, content_type="text/plain", metadata={"length": str(len(name))})

    # The emulator sorts by UTF-16 units, which differs from code points only beyond U+FFFF: none compete here.
    assert opened.names() == sorted(AWKWARD)
    for name in AWKWARD:
        assert opened.store.read(opened.container, name) == name.encode()
        assert opened.store.properties(opened.container, name).metadata == {"length": str(len(name))}


def test_a_deleted_blob_is_gone(opened: Opened) -> None:
    opened.write("a/b/c")
    opened.write("a/d")

    opened.store.delete(opened.container, "a/b/c")

    assert opened.names() == ["a/d"]
    assert [text(item) for item in opened.store.list(opened.container, "a/", delimiter="/")] == ["a/d"]
    with pytest.raises(BlobNotFound):
        opened.store.delete(opened.container, "a/b/c")


def test_a_delete_holds_its_condition(opened: Opened) -> None:
    old = opened.write("a", b"1")
    new = opened.write("a", b"2")

    with pytest.raises(ConditionNotMet):
        opened.store.delete(opened.container, "a", condition=IfMatch(old))
    assert opened.store.read(opened.container, "a") == b"2"

    opened.store.delete(opened.container, "a", condition=IfMatch(new))
    assert opened.names() == []


def test_a_blob_deleted_and_written_again_is_another(opened: Opened) -> None:
    before = opened.store.write(opened.container, "a", b"1", content_type="x/y", metadata={"old": "1"})
    opened.store.delete(opened.container, "a")

    after = opened.write("a", b"2")

    assert after != before
    assert opened.store.properties(opened.container, "a").metadata == {}


USES: dict[str, Callable[[Opened, str, str], object]] = {
    "properties": lambda opened, container, blob: opened.store.properties(container, blob),
    "read": lambda opened, container, blob: opened.store.read(container, blob),
    "read nothing": lambda opened, container, blob: opened.store.read(container, blob, length=0),
    "delete": lambda opened, container, blob: opened.store.delete(container, blob),
}
CONTAINER_USES: dict[str, Callable[[Opened, str, str], object]] = {
    **USES,
    "list": lambda opened, container, blob: next(opened.store.list(container)),
    "list grouped": lambda opened, container, blob: next(opened.store.list(container, "a/", delimiter="/")),
    "write": lambda opened, container, blob: opened.store.write(container, blob, b"", content_type="a/b"),
    "put": lambda opened, container, blob: opened.store.upload(container, blob).put(0, b"x"),
    "commit": lambda opened, container, blob: opened.store.upload(container, blob).commit(0, content_type="a/b"),
}


@pytest.mark.parametrize("use", USES)
def test_a_missing_blob_is_told(opened: Opened, use: str) -> None:
    opened.write("a/b")

    for blob in ["missing", "a", "a/", "a/b/c", "missing/x"]:
        with pytest.raises(BlobNotFound) as caught:
            USES[use](opened, opened.container, blob)
        assert f"{opened.container}/{blob} in account {opened.store.account}" in caught.value.message
        assert caught.value.remedy


@pytest.mark.parametrize("use", CONTAINER_USES)
def test_a_missing_container_is_told(opened: Opened, use: str) -> None:
    with pytest.raises(ContainerNotFound) as caught:
        CONTAINER_USES[use](opened, "missing", "a")

    assert "missing" in caught.value.message
    assert f"in account {opened.store.account}" in caught.value.message
    assert caught.value.remedy


def test_a_listing_of_nothing_is_empty(opened: Opened) -> None:
    assert opened.names() == []
    assert opened.names("a/b") == []


def test_containers_are_created_once_and_listed(opened: Opened) -> None:
    other = f"a{opened.container}"

    assert not opened.store.create_container(opened.container)
    assert not opened.store.container_exists(other)
    assert opened.store.create_container(other)
    assert opened.store.container_exists(other)

    listed = list(opened.store.list_containers())
    assert {other, opened.container} <= set(listed)
    assert listed == sorted(listed)


@pytest.mark.parametrize("name", ["ab", "Upper", "under_score", "double--hyphen", "-edge", "x" * 64, "dot.ted"])
def test_a_container_with_a_bad_name_is_not_created(opened: Opened, name: str) -> None:
    with pytest.raises(StoreError):
        opened.store.create_container(name)

    assert name not in set(opened.store.list_containers())


def test_the_same_name_in_two_containers_is_two_blobs(opened: Opened) -> None:
    other = f"{opened.container}-b"
    opened.store.create_container(other)
    opened.write("a", b"1")

    opened.store.write(other, "a", b"2", content_type="a/b")

    assert opened.store.read(opened.container, "a") == b"1"
    assert opened.store.read(other, "a") == b"2"
