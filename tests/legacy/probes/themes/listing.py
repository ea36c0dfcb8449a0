"""Lists of blobs and containers: eager, page by page, again and again."""

from __future__ import annotations

from typing import Any

from azure.storage.blob import BlobPrefix, Include

from tests.legacy.probes.environment import Environment, tried
from tests.legacy.probes.recorder import Answer


def _filled(env: Environment, *names: str) -> str:
    for name in names:
        env.put(name, name.encode())
    return env.container


def blobs(env: Environment) -> Any:
    return env.block.list_blobs(_filled(env, "a", "b", "c"))


def of_an_empty_container(env: Environment) -> Any:
    return env.block.list_blobs(env.container)


def of_a_missing_container_fails_at_once(env: Environment) -> Any:
    return env.block.list_blobs(env.other_name)


def names(env: Environment) -> Any:
    listed = env.block.list_blob_names(_filled(env, "a", "b", "c d", "é"))
    return list(listed), "a" in listed, list(listed)


def is_iterated_again(env: Environment) -> Any:
    listed = env.block.list_blobs(_filled(env, "a", "b"))
    return [blob.name for blob in listed], [blob.name for blob in listed], len(list(listed))


def has_no_length_and_no_index(env: Environment) -> Any:
    listed = env.block.list_blobs(_filled(env, "a"))
    return [type(tried(look)).__name__ for look in (lambda: len(listed), lambda: listed[0], lambda: next(listed))]


def prefix(env: Environment) -> Any:
    container = _filled(env, "a/1", "a/2", "b/1")
    return list(env.block.list_blob_names(container, "a/")), list(env.block.list_blob_names(container, prefix="z"))


def num_results(env: Environment) -> Any:
    listed = env.block.list_blobs(_filled(env, "a", "b", "c"), num_results=2)
    return [blob.name for blob in listed], bool(listed.next_marker)


def num_results_continued(env: Environment) -> Any:
    container = _filled(env, "a", "b", "c")
    first = env.block.list_blobs(container, num_results=2)
    second = env.block.list_blobs(container, num_results=2, marker=first.next_marker)
    return [blob.name for blob in first], [blob.name for blob in second], second.next_marker


def num_results_of_all(env: Environment) -> Any:
    listed = env.block.list_blobs(_filled(env, "a", "b"), num_results=2)
    return [blob.name for blob in listed], bool(listed.next_marker)


def num_results_zero(env: Environment) -> Any:
    return tried(env.block.list_blobs, _filled(env, "a", "b"), num_results=0)


def delimiter(env: Environment) -> Any:
    listed = env.block.list_blobs(_filled(env, "a", "dir/1", "dir/2", "z"), delimiter="/")
    return [(blob.name, isinstance(blob, BlobPrefix)) for blob in listed]


def delimiter_below_a_prefix(env: Environment) -> Any:
    container = _filled(env, "dir/1", "dir/sub/2", "dir/sub/3")
    return list(env.block.list_blobs(container, "dir/", delimiter="/")), list(
        env.block.list_blob_names(container, "dir/", delimiter="/")
    )


def include_metadata(env: Environment) -> Any:
    env.put("a", x_ms_meta_hello="world")
    listed = [env.block.list_blobs(env.container, include=what) for what in (None, Include.METADATA, "metadata")]
    return [next(iter(page)).metadata for page in listed]


def include_snapshots(env: Environment) -> Any:
    env.put("a")
    env.block.snapshot_blob(env.container, "a")
    listed = env.block.list_blobs(env.container, include=Include(snapshots=True))
    return [(blob.name, blob.snapshot is None) for blob in listed]


def include_uncommitted(env: Environment) -> Any:
    env.block.put_block(env.container, "u", b"x", "1")
    listed = env.block.list_blobs(env.container, include=Include.UNCOMMITTED_BLOBS)
    return [blob.name for blob in listed], [blob.name for blob in env.block.list_blobs(env.container)]


def include_copy(env: Environment) -> Any:
    env.put("a")
    env.block.copy_blob(env.container, "copy", env.url("a"))
    listed = {blob.name: blob for blob in env.block.list_blobs(env.container, include=Include.COPY)}
    copy = listed["copy"].properties.copy
    return copy.status, copy.progress, listed["a"].properties.copy


def include_combined(env: Environment) -> Any:
    told = []
    for include in (
        Include.SNAPSHOTS | Include.METADATA,
        Include.COPY + Include.DELETED,
        Include(metadata=True, copy=True),
    ):
        env.answer(Answer(200, {}, b"<EnumerationResults><Blobs/><NextMarker/></EnumerationResults>"))
        told.append((str(include), tried(env.block.list_blobs, "c", include=include)))
    return told


def of_append_and_page_blobs(env: Environment) -> Any:
    env.append.create_blob(env.container, "append")
    env.page.create_blob(env.container, "page", 512)
    return list(env.append.list_blobs(env.container))


def pages_are_fetched_as_iterated(env: Environment) -> Any:
    def page(name: str, marker: str) -> Answer:
        text = f"<EnumerationResults><Blobs><Blob><Name>{name}</Name></Blob></Blobs><NextMarker>{marker}</NextMarker>"
        return Answer(200, {}, f"{text}</EnumerationResults>".encode())

    env.answer(page("a", "m1"), page("b", "m2"), page("c", ""), page("again", ""))
    listed = env.block.list_blobs("c")
    first = listed.next_marker
    seen = [(blob.name, listed.next_marker) for blob in listed]
    return first, seen, listed.next_marker, [blob.name for blob in listed], [blob.name for blob in listed.items]


def num_results_over_several_pages(env: Environment) -> Any:
    def page(names: str, marker: str) -> Answer:
        blobs = "".join(f"<Blob><Name>{name}</Name></Blob>" for name in names)
        text = f"<EnumerationResults><Blobs>{blobs}</Blobs><NextMarker>{marker}</NextMarker></EnumerationResults>"
        return Answer(200, {}, text.encode())

    env.answer(page("ab", "m1"), page("cd", "m2"), page("ef", ""))
    listed = env.block.list_blobs("c", num_results=3, prefix="p", timeout=9)
    return [blob.name for blob in listed], listed.next_marker


def a_page_without_blobs_goes_on(env: Environment) -> Any:
    env.answer(
        Answer(200, {}, b"<EnumerationResults><Blobs/><NextMarker>m1</NextMarker></EnumerationResults>"),
        Answer(200, {}, b"<EnumerationResults><Blobs><Blob><Name>a</Name></Blob></Blobs></EnumerationResults>"),
    )
    listed = env.block.list_blobs("c")
    return [blob.name for blob in listed], listed.next_marker


def a_failure_on_the_second_page(env: Environment) -> Any:
    env.answer(
        Answer(200, {}, b"<EnumerationResults><Blobs/><NextMarker>m1</NextMarker></EnumerationResults>"),
        Answer(403, {"x-ms-error-code": "AuthenticationFailed"}, b"<Error/>"),
    )
    return tried(list, env.block.list_blobs("c"))


def names_over_pages_with_prefixes(env: Environment) -> Any:
    env.answer(
        Answer(
            200,
            {},
            b"<EnumerationResults><Blobs><BlobPrefix><Name>p/</Name></BlobPrefix><Blob><Name>z</Name></Blob></Blobs>"
            b"<NextMarker>m1</NextMarker></EnumerationResults>",
        ),
        Answer(200, {}, b"<EnumerationResults><Blobs><Blob><Name>zz</Name></Blob></Blobs></EnumerationResults>"),
    )
    return list(env.block.list_blob_names("c", delimiter="/"))


def containers(env: Environment) -> Any:
    name = env.container
    return list(env.block.list_containers(prefix=name))


def containers_with_metadata(env: Environment) -> Any:
    env.block.set_container_metadata(env.container, {"hello": "world"})
    listed = [env.block.list_containers(env.container, include_metadata=flag) for flag in (False, True)]
    return [next(iter(page)).metadata for page in listed]


def containers_by_number(env: Environment) -> Any:
    first = env.container
    for end in "ab":
        env.block.create_container(f"{first}-{end}")
    page = env.block.list_containers(first, num_results=2)
    rest = env.block.list_containers(first, marker=page.next_marker)
    return [c.name for c in page], [c.name for c in rest], rest.next_marker


def containers_that_are_public_and_leased(env: Environment) -> Any:
    env.block.set_container_acl(env.container, public_access="blob")
    env.block.acquire_container_lease(env.container)
    return next(iter(env.block.list_containers(env.container))).properties


def containers_none(env: Environment) -> Any:
    return env.block.list_containers("no-such-prefix-")


def a_blob_of_every_element(env: Environment) -> Any:
    elements = (
        "<Creation-Time>Tue, 05 Jan 2016 10:11:12 GMT</Creation-Time><Content-Encoding>gzip</Content-Encoding>"
        "<Content-Language>de</Content-Language><Content-Disposition>inline</Content-Disposition>"
        "<Cache-Control>no</Cache-Control><x-ms-blob-sequence-number>7</x-ms-blob-sequence-number>"
        "<LeaseDuration>fixed</LeaseDuration><CopyId>1</CopyId><CopySource>http://x</CopySource>"
        "<CopyStatus>success</CopyStatus><CopyProgress>1/1</CopyProgress>"
        "<CopyCompletionTime>Tue, 05 Jan 2016 10:11:12 GMT</CopyCompletionTime>"
        "<CopyStatusDescription>fine</CopyStatusDescription><AccessTier>Archive</AccessTier>"
        "<AccessTierChangeTime>Tue, 05 Jan 2016 10:11:12 GMT</AccessTierChangeTime>"
        "<ArchiveStatus>rehydrate-pending-to-hot</ArchiveStatus>"
        "<DeletedTime>Tue, 05 Jan 2016 10:11:12 GMT</DeletedTime>"
        "<RemainingRetentionDays>3</RemainingRetentionDays><IncrementalCopy>true</IncrementalCopy><Empty/>"
        "<CustomerProvidedKeySha256>abc</CustomerProvidedKeySha256><Content-CRC64>x</Content-CRC64>"
    )
    text = (
        f"<Blob><Name>a</Name><Deleted>true</Deleted><Snapshot>s</Snapshot><Properties>{elements}</Properties></Blob>"
    )
    env.answer(Answer(200, {}, f"<EnumerationResults><Blobs>{text}</Blobs></EnumerationResults>".encode()))
    return env.block.list_blobs("c")


def an_answer_that_is_not_xml(env: Environment) -> Any:
    env.answer(Answer(200, {}, b"<EnumerationResults><Blobs>"), Answer(200, {}, b"nonsense"))
    return tried(env.block.list_blobs, "c")
