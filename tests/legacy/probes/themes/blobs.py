"""Blobs: looked at, given properties and metadata, snapshots, tiers, deleted."""

from __future__ import annotations

from typing import Any

from azure.storage.blob import ContentSettings, DeleteSnapshot, RehydratePriority
from azure.storage.blob.models import StandardBlobTier

from tests.legacy.probes.environment import FINE, Environment, tried
from tests.legacy.probes.recorder import Answer


def exists(env: Environment) -> Any:
    return [
        tried(env.block.exists, *where)
        for where in (
            (env.container, env.put()),
            (env.container, "missing"),
            (env.other_name, "blob"),
            (env.container, "blob", "2011-01-01T00:00:00.0000000Z"),
        )
    ]


def exists_forbidden(env: Environment) -> Any:
    env.answer(Answer(403, {"x-ms-error-code": "AuthenticationFailed"}))
    return tried(env.block.exists, "c", "b")


def properties(env: Environment) -> Any:
    return env.block.get_blob_properties(env.container, env.put())


def properties_of_append_and_page_blobs(env: Environment) -> Any:
    env.append.create_blob(env.container, "a")
    env.page.create_blob(env.container, "p", 1024, sequence_number=3)
    return env.append.get_blob_properties(env.container, "a"), env.page.get_blob_properties(env.container, "p")


def properties_missing(env: Environment) -> Any:
    return tried(env.block.get_blob_properties, env.container, "x"), tried(
        env.block.get_blob_properties, env.other_name, "x"
    )


def properties_of_a_snapshot(env: Environment) -> Any:
    taken = env.block.snapshot_blob(env.container, env.put())
    looked = env.block.get_blob_properties(env.container, "blob", taken.snapshot)
    return looked.snapshot == taken.snapshot, looked


def set_properties(env: Environment) -> Any:
    settings = ContentSettings("text/csv", "gzip", "fr", "attachment", "no-cache", "XrY7u+Ae7tCTyyK7j1rNww==")
    changed = env.block.set_blob_properties(env.container, env.put(), settings)
    return changed, env.block.get_blob_properties(env.container, "blob").properties.content_settings


def set_properties_replaces_all(env: Environment) -> Any:
    env.put(x_ms_blob_content_type="text/csv", x_ms_blob_content_language="fr")
    env.block.set_blob_properties(env.container, "blob", ContentSettings(cache_control="no-store"))
    return env.block.get_blob_properties(env.container, "blob").properties.content_settings


def set_properties_without_settings(env: Environment) -> Any:
    env.put(x_ms_blob_content_type="text/csv")
    env.block.set_blob_properties(env.container, "blob")
    return env.block.get_blob_properties(env.container, "blob").properties.content_settings


def set_properties_missing(env: Environment) -> Any:
    return tried(env.block.set_blob_properties, env.container, "x", ContentSettings())


def metadata(env: Environment) -> Any:
    changed = env.block.set_blob_metadata(env.container, env.put(), {"hello": "world", "UP": "Case"})
    return changed, env.block.get_blob_metadata(env.container, "blob")


def metadata_of_a_blob_without(env: Environment) -> Any:
    return env.block.get_blob_metadata(env.container, env.put())


def metadata_cleared(env: Environment) -> Any:
    env.put(x_ms_meta_a="b")
    env.block.set_blob_metadata(env.container, "blob")
    return env.block.get_blob_metadata(env.container, "blob")


def metadata_missing(env: Environment) -> Any:
    return tried(env.block.get_blob_metadata, env.container, "x"), tried(
        env.block.set_blob_metadata, env.container, "x", {"a": "b"}
    )


def metadata_of_numbers(env: Environment) -> Any:
    return tried(env.block.set_blob_metadata, env.container, env.put(), {"a": 1})


def metadata_with_spaces_around(env: Environment) -> Any:
    told = []
    for value in (" spaced ", "", "a\nb", "grüße"):
        env.answer_ok()
        told.append(tried(env.block.set_blob_metadata, "c", "b", {"a": value}))
    return told


def snapshot(env: Environment) -> Any:
    taken = env.block.snapshot_blob(env.container, env.put(x_ms_meta_a="b"))
    return taken, env.block.get_blob_metadata(env.container, "blob", taken.snapshot)


def snapshot_with_metadata(env: Environment) -> Any:
    taken = env.block.snapshot_blob(env.container, env.put(x_ms_meta_a="b"), metadata={"other": "one"})
    return env.block.get_blob_metadata(env.container, "blob", snapshot=taken.snapshot)


def snapshot_of_a_missing_blob(env: Environment) -> Any:
    return tried(env.block.snapshot_blob, env.container, "x")


def snapshot_keeps_the_content(env: Environment) -> Any:
    taken = env.block.snapshot_blob(env.container, env.put(content=b"before"))
    env.put(content=b"after")
    return env.block.get_blob_to_text(env.container, "blob", snapshot=taken.snapshot).content


def snapshot_that_does_not_exist(env: Environment) -> Any:
    env.put()
    return tried(env.block.get_blob_to_bytes, env.container, "blob", snapshot="2011-01-01T00:00:00.0000000Z")


def delete(env: Environment) -> Any:
    return env.block.delete_blob(env.container, env.put()), env.block.exists(env.container, "blob")


def delete_missing(env: Environment) -> Any:
    return tried(env.block.delete_blob, env.container, "x"), tried(env.block.delete_blob, env.other_name, "x")


def delete_with_snapshots(env: Environment) -> Any:
    env.block.snapshot_blob(env.container, env.put())
    refused = tried(env.block.delete_blob, env.container, "blob")
    only = env.block.delete_blob(env.container, "blob", delete_snapshots=DeleteSnapshot.Only)
    env.block.snapshot_blob(env.container, "blob")
    return refused, only, env.block.delete_blob(env.container, "blob", delete_snapshots=DeleteSnapshot.Include)


def delete_a_snapshot(env: Environment) -> Any:
    taken = env.block.snapshot_blob(env.container, env.put())
    env.block.delete_blob(env.container, "blob", taken.snapshot)
    return env.block.exists(env.container, "blob"), env.block.exists(env.container, "blob", taken.snapshot)


def undelete(env: Environment) -> Any:
    env.answer_ok()
    return env.block.undelete_blob("c", "b")


def standard_tier(env: Environment) -> Any:
    changed = env.block.set_standard_blob_tier(env.container, env.put(), StandardBlobTier.Cool)
    looked = env.block.get_blob_properties(env.container, "blob").properties
    return changed, looked.blob_tier, looked.blob_tier_inferred, looked.blob_tier_change_time


def standard_tier_rehydrated(env: Environment) -> Any:
    env.answer(Answer(202, FINE))
    return env.block.set_standard_blob_tier("c", "b", StandardBlobTier.Hot, rehydrate_priority=RehydratePriority.High)


def standard_tier_of_nonsense(env: Environment) -> Any:
    return tried(env.block.set_standard_blob_tier, env.container, env.put(), "Lukewarm")


def standard_tier_in_a_list(env: Environment) -> Any:
    env.block.set_standard_blob_tier(env.container, env.put(), StandardBlobTier.Archive)
    env.put("other")
    return [
        (blob.properties.blob_tier, blob.properties.blob_tier_inferred) for blob in env.block.list_blobs(env.container)
    ]


def account_information(env: Environment) -> Any:
    return [
        tried(env.block.get_blob_account_information, *where)
        for where in ((), (env.container,), (env.container, env.put()))
    ]


def names_that_need_encoding(env: Environment) -> Any:
    names = ["a b", "a+b", "é/ü", "100%", "a&b=c", "a:b@c;d,e", "~(a)'!*$", "日本語", "a\u20ac"]
    told = []
    for name in names:
        made = tried(env.block.create_blob_from_text, env.container, name, name)
        got = tried(env.block.get_blob_to_text, env.container, name)
        told.append((type(made).__name__, getattr(got, "content", got)))
    return told, list(env.block.list_blob_names(env.container))


def in_the_root_container(env: Environment) -> Any:
    env.answer_ok()
    return env.block.delete_blob("$root", "b")


def headers_of_an_answer(env: Environment) -> Any:
    headers = FINE | {
        "Content-Length": "12",
        "Content-Type": "a/b",
        "Content-MD5": "bWQ1",
        "Content-Encoding": "identity",
        "x-ms-archive-status": "rehydrate-pending-to-cool",
        "x-ms-incremental-copy": "true",
        "x-ms-meta-CamelCase": "Kept",
        "x-ms-something-new": "x",
        "Accept-Ranges": "bytes",
    }
    env.answer(Answer(200, headers))
    return env.block.get_blob_properties("c", "b")
