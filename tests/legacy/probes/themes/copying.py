"""Copies of blobs."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from azure.storage.blob import RehydratePriority

from tests.legacy.probes.environment import Environment, tried


def copy(env: Environment) -> Any:
    env.put(x_ms_meta_a="b")
    made = env.block.copy_blob(env.container, "copy", env.url())
    looked = env.block.get_blob_properties(env.container, "copy")
    return made, env.read("copy"), looked.metadata, looked.properties.copy


def copy_from_a_path_of_the_account(env: Environment) -> Any:
    env.answer_ok(x_ms_copy_id="an-id", x_ms_copy_status="success")
    return env.block.copy_blob("c", "copy", "/devstoreaccount1/c/blob")


def copy_from_a_path_of_another_account(env: Environment) -> Any:
    env.answer_ok(x_ms_copy_id="an-id", x_ms_copy_status="success")
    return env.block.copy_blob("c", "copy", "/other/c/blob")


def copy_from_what_make_blob_url_says(env: Environment) -> Any:
    env.put()
    service = env.service(custom_domain=f"http://{env._recorder.azurite}/devstoreaccount1")
    return env.block.copy_blob(env.container, "copy", service.make_blob_url(env.container, "blob"))


def copy_from_names_to_encode(env: Environment) -> Any:
    told = []
    for source in ("http://x.example/c/a b", "http://x.example/c/é", "http://x.example/c/a%20b"):
        env.answer_ok(x_ms_copy_id="an-id", x_ms_copy_status="success")
        told.append(tried(env.block.copy_blob, "c", "copy", source))
    return told


def copy_with_metadata(env: Environment) -> Any:
    env.put(x_ms_meta_a="b")
    env.block.copy_blob(env.container, "copy", env.url(), metadata={"other": "one"})
    return env.block.get_blob_metadata(env.container, "copy")


def copy_of_a_missing_blob(env: Environment) -> Any:
    return tried(env.block.copy_blob, env.container, "copy", env.url("missing"))


def copy_over_itself(env: Environment) -> Any:
    env.put(x_ms_meta_a="b")
    env.block.copy_blob(env.container, "blob", env.url(), {"new": "one"})
    return env.block.get_blob_metadata(env.container, "blob")


def copy_to_a_leased_blob(env: Environment) -> Any:
    env.put()
    env.put("copy")
    lease = env.block.acquire_blob_lease(env.container, "copy")
    refused = tried(env.block.copy_blob, env.container, "copy", env.url())
    return refused, tried(env.block.copy_blob, env.container, "copy", env.url(), destination_lease_id=lease)


def copy_of_a_leased_blob(env: Environment) -> Any:
    env.answer_ok(x_ms_copy_id="an-id", x_ms_copy_status="success")
    return env.block.copy_blob(
        "c", "copy", "http://x.example/b", source_lease_id="00000000-1111-1111-1111-111111111111"
    )


def copy_of_a_snapshot(env: Environment) -> Any:
    taken = env.block.snapshot_blob(env.container, env.put(content=b"before"))
    env.put(content=b"after")
    env.block.copy_blob(env.container, "copy", f"{env.url()}?snapshot={taken.snapshot}")
    return env.read("copy")


def copy_synchronously(env: Environment) -> Any:
    env.answer_ok(x_ms_copy_id="an-id", x_ms_copy_status="success")
    return env.block.copy_blob("c", "copy", "http://x.example/b", requires_sync=True)


def copy_to_a_tier(env: Environment) -> Any:
    env.answer_ok(x_ms_copy_id="an-id", x_ms_copy_status="pending")
    return env.block.copy_blob(
        "c", "copy", "http://x.example/b", standard_blob_tier="Archive", rehydrate_priority=RehydratePriority.Standard
    )


def copy_of_pages_to_a_tier(env: Environment) -> Any:
    env.answer_ok(x_ms_copy_id="an-id", x_ms_copy_status="pending")
    return env.page.copy_blob("c", "copy", "http://x.example/b", premium_page_blob_tier="P6")


def copy_of_append_blobs(env: Environment) -> Any:
    env.answer_ok(x_ms_copy_id="an-id", x_ms_copy_status="pending")
    return env.append.copy_blob("c", "copy", "http://x.example/b", source_if_modified_since=datetime(2011, 1, 1))


def abort(env: Environment) -> Any:
    env.put()
    made = env.block.copy_blob(env.container, "copy", env.url())
    return tried(env.block.abort_copy_blob, env.container, "copy", made.id)


def abort_accepted(env: Environment) -> Any:
    env.answer_ok()
    return env.block.abort_copy_blob("c", "copy", "an-id", lease_id="00000000-1111-1111-1111-111111111111")


def abort_of_nothing(env: Environment) -> Any:
    return tried(env.block.abort_copy_blob, env.container, env.put(), "00000000-0000-0000-0000-000000000000")


def copy_answer_with_every_header(env: Environment) -> Any:
    env.answer_ok(
        x_ms_copy_id="an-id",
        x_ms_copy_status="success",
        x_ms_copy_source="http://x",
        x_ms_copy_progress="1/1",
        x_ms_copy_completion_time="Tue, 05 Jan 2016 10:11:12 GMT",
        x_ms_copy_status_description="fine",
    )
    return env.block.copy_blob("c", "copy", "http://x.example/b")
