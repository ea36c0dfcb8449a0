"""Page blobs."""

from __future__ import annotations

import io
from typing import Any

from azure.storage.blob import ContentSettings, PageBlobService, SequenceNumberAction
from azure.storage.blob.models import PremiumPageBlobTier

from tests.legacy.probes.environment import Environment, tried
from tests.legacy.probes.recorder import Answer

_A, _B, _ZERO = b"a" * 512, b"b" * 512, b"\0" * 512


def _made(env: Environment, size: int = 2048) -> Any:
    service = env.page
    service.MAX_PAGE_SIZE = 512
    service.create_blob(env.container, "blob", size)
    return service


def create(env: Environment) -> Any:
    return env.page.create_blob(env.container, "blob", 1024), env.page.get_blob_properties(env.container, "blob")


def create_with_everything(env: Environment) -> Any:
    env.page.create_blob(env.container, "blob", 512, ContentSettings("a/b"), 7, {"a": "b"})
    return env.page.get_blob_properties(env.container, "blob")


def create_with_a_premium_tier(env: Environment) -> Any:
    env.answer_ok()
    return env.page.create_blob("c", "b", 512, premium_page_blob_tier=PremiumPageBlobTier.P30)


def create_of_an_odd_size(env: Environment) -> Any:
    return [tried(env.page.create_blob, env.container, "blob", size) for size in (1, 513, 0, -512, "512")]


def update_page(env: Environment) -> Any:
    service = _made(env)
    return service.update_page(env.container, "blob", _A, 512, 1023), env.read()[510:514]


def update_page_validated(env: Environment) -> Any:
    return _made(env).update_page(env.container, "blob", _A, 0, 511, validate_content=True)


def update_page_out_of_line(env: Environment) -> Any:
    return [
        tried(env.page.update_page, "c", "b", _A, start, end)
        for start, end in ((1, 511), (0, 512), (0, 510), (None, 1))
    ]


def update_page_of_text(env: Environment) -> Any:
    return tried(env.page.update_page, "c", "b", "text", 0, 511)


def update_page_past_the_end(env: Environment) -> Any:
    return tried(_made(env, 512).update_page, env.container, "blob", _A, 512, 1023)


def update_page_of_a_missing_blob(env: Environment) -> Any:
    return tried(env.page.update_page, env.container, "x", _A, 0, 511)


def update_page_from_url(env: Environment) -> Any:
    env.answer_ok(x_ms_blob_sequence_number="3")
    made = env.page.update_page_from_url("c", "b", 0, 511, "http://x.example/p", 1024)
    return made, tried(env.page.update_page_from_url, "c", "b", 0, 500, "http://x.example/p", 1024)


def clear_page(env: Environment) -> Any:
    service = _made(env)
    service.update_page(env.container, "blob", _A, 0, 511)
    return service.clear_page(env.container, "blob", 0, 511), env.read()[:4]


def clear_page_out_of_line(env: Environment) -> Any:
    return [tried(env.page.clear_page, "c", "b", start, end) for start, end in ((1, 511), (0, 512))]


def page_ranges(env: Environment) -> Any:
    service = _made(env)
    service.update_page(env.container, "blob", _A, 0, 511)
    service.update_page(env.container, "blob", _B, 1024, 1535)
    return [
        service.get_page_ranges(env.container, "blob"),
        service.get_page_ranges(env.container, "blob", start_range=0, end_range=1023),
        service.get_page_ranges(env.container, "blob", start_range=512),
    ]


def page_ranges_of_an_empty_blob(env: Environment) -> Any:
    return _made(env).get_page_ranges(env.container, "blob")


def page_ranges_out_of_line(env: Environment) -> Any:
    return [
        tried(env.page.get_page_ranges, "c", "b", start_range=start, end_range=end)
        for start, end in ((1, 511), (0, 512), (None, 511))
    ]


def page_ranges_of_a_snapshot(env: Environment) -> Any:
    service = _made(env)
    service.update_page(env.container, "blob", _A, 0, 511)
    taken = service.snapshot_blob(env.container, "blob")
    service.clear_page(env.container, "blob", 0, 511)
    return service.get_page_ranges(env.container, "blob", taken.snapshot)


def page_ranges_diff(env: Environment) -> Any:
    service = _made(env)
    service.update_page(env.container, "blob", _A + _A, 0, 1023)
    taken = service.snapshot_blob(env.container, "blob")
    service.update_page(env.container, "blob", _B, 1536, 2047)
    service.clear_page(env.container, "blob", 512, 1023)
    return tried(service.get_page_ranges_diff, env.container, "blob", taken.snapshot)


def page_ranges_diff_answer(env: Environment) -> Any:
    env.answer(
        Answer(
            200,
            {},
            b"<PageList><ClearRange><Start>0</Start><End>511</End></ClearRange><PageRange><Start>512</Start>"
            b"<End>1023</End></PageRange><ClearRange><Start>1024</Start><End>1535</End></ClearRange></PageList>",
        )
    )
    return env.page.get_page_ranges_diff("c", "b", "a-snapshot", start_range=0, end_range=2047)


def sequence_number(env: Environment) -> Any:
    service = _made(env)
    return [
        tried(service.set_sequence_number, env.container, "blob", action, number)
        for action, number in (
            (SequenceNumberAction.Update, 6),
            (SequenceNumberAction.Max, 4),
            (SequenceNumberAction.Max, 9),
            (SequenceNumberAction.Increment, None),
            (SequenceNumberAction.Increment, 3),
        )
    ]


def resize(env: Environment) -> Any:
    service = _made(env)
    changed = service.resize_blob(env.container, "blob", 512)
    return changed, service.get_blob_properties(env.container, "blob").properties.content_length


def resize_to_an_odd_size(env: Environment) -> Any:
    return tried(_made(env).resize_blob, env.container, "blob", 500)


def premium_tier(env: Environment) -> Any:
    env.answer_ok()
    return env.page.set_premium_page_blob_tier("c", "b", PremiumPageBlobTier.P10)


def incremental_copy(env: Environment) -> Any:
    env.answer_ok(x_ms_copy_id="an-id", x_ms_copy_status="pending")
    return env.page.incremental_copy_blob("c", "b", "http://x.example/p?snapshot=2019", {"a": "b"})


def from_bytes(env: Environment) -> Any:
    told: list[Any] = []
    service = env.page
    service.MAX_PAGE_SIZE = 512
    made = service.create_blob_from_bytes(
        env.container, "blob", _A + _B, max_connections=1, progress_callback=lambda *p: told.append(p)
    )
    return made, env.read() == _A + _B, told


def from_bytes_of_an_odd_size(env: Environment) -> Any:
    return [
        tried(env.page.create_blob_from_bytes, env.container, "blob", content) for content in (b"x", b"x" * 513, b"")
    ]


def from_bytes_part(env: Environment) -> Any:
    env.page.create_blob_from_bytes(env.container, "blob", _A + _B + _A, index=512, count=512)
    return env.read() == _B


def from_bytes_leaves_out_zeros(env: Environment) -> Any:
    service = env.page
    service.MAX_PAGE_SIZE = 512
    made = service.create_blob_from_bytes(env.container, "blob", _ZERO + _A + _ZERO + _B, max_connections=1)
    return made, env.read() == _ZERO + _A + _ZERO + _B


def from_bytes_of_zeros_alone(env: Environment) -> Any:
    made = env.page.create_blob_from_bytes(env.container, "blob", _ZERO * 2)
    return made, env.page.get_page_ranges(env.container, "blob")


def from_bytes_in_parallel(env: Environment) -> Any:
    env.any_order = True
    service = env.page
    service.MAX_PAGE_SIZE = 512
    service.create_blob_from_bytes(env.container, "blob", (_A + _B) * 4, max_connections=4)
    return env.read() == (_A + _B) * 4


def from_bytes_validated(env: Environment) -> Any:
    service = env.page
    service.MAX_PAGE_SIZE = 512
    return service.create_blob_from_bytes(env.container, "blob", _A + _B, validate_content=True, max_connections=1)


def from_bytes_with_everything(env: Environment) -> Any:
    env.page.create_blob(env.container, "blob", 512)
    lease = env.page.acquire_blob_lease(env.container, "blob", proposed_lease_id="00000000-1111-1111-1111-111111111111")
    service = env.page
    service.MAX_PAGE_SIZE = 512
    return service.create_blob_from_bytes(
        env.container,
        "blob",
        _A + _B,
        content_settings=ContentSettings("a/b"),
        metadata={"a": "b"},
        max_connections=1,
        lease_id=lease,
        if_none_match='"x"',
        timeout=9,
    )


def from_stream(env: Environment) -> Any:
    told: list[Any] = []
    service = env.page
    service.MAX_PAGE_SIZE = 512
    made = service.create_blob_from_stream(
        env.container, "blob", io.BytesIO(_A + _B), 1024, max_connections=1, progress_callback=lambda *p: told.append(p)
    )
    return made, env.read() == _A + _B, told


def from_stream_with_a_smaller_count(env: Environment) -> Any:
    env.page.create_blob_from_stream(env.container, "blob", io.BytesIO(_A + _B), 512)
    return env.read() == _A


def from_stream_with_an_odd_count(env: Environment) -> Any:
    return [
        tried(env.page.create_blob_from_stream, env.container, "blob", io.BytesIO(_A), count)
        for count in (500, -512, 0)
    ]


def from_stream_with_a_count_that_is_too_large(env: Environment) -> Any:
    return tried(env.page.create_blob_from_stream, env.container, "blob", io.BytesIO(_A), 1024)


def from_path(env: Environment) -> Any:
    made = env.page.create_blob_from_path(env.container, "blob", env.file(_A + _B))
    return made, env.read() == _A + _B


def from_path_of_an_odd_size(env: Environment) -> Any:
    return tried(env.page.create_blob_from_path, env.container, "blob", env.file(b"x" * 600))


def download_in_chunks(env: Environment) -> Any:
    service = env.page
    service.create_blob_from_bytes(env.container, "blob", _A + _ZERO + _B)
    service.MAX_SINGLE_GET_SIZE = service.MAX_CHUNK_GET_SIZE = 512
    got = service.get_blob_to_bytes(env.container, "blob", max_connections=1)
    return got.content == _A + _ZERO + _B, got.properties


def constants(env: Environment) -> Any:
    return PageBlobService.MAX_PAGE_SIZE, env.page.blob_type
