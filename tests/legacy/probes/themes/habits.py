"""What public scripts do with the old SDK: the idioms that a shim is most likely to break."""

from __future__ import annotations

import copy
import csv
import io
import json
import os
import pickle
from typing import Any

from azure.common import AzureException, AzureHttpError, AzureMissingResourceHttpError
from azure.storage.blob import BlockBlobService, ContentSettings, PublicAccess
from azure.storage.common import ExponentialRetry

from tests.legacy.probes.environment import Environment, tried

_FIVE_MIB = b"0123456789abcdef" * (5 * 65536)


def create_container_until_it_is_new(env: Environment) -> Any:
    told = []
    for name in (env.container, env.other_name):
        if env.block.create_container(name):
            told.append(f"made {name}")
        else:
            told.append(f"there was {name}")
    return told


def list_or_else_create(env: Environment) -> Any:
    try:
        env.block.list_blobs(env.other_name)
    except AzureMissingResourceHttpError:
        return env.block.create_container(env.other_name)
    return "not refused"


def count_then_iterate(env: Environment) -> Any:
    for name in "abc":
        env.put(name)
    found = env.block.list_blobs(env.container)
    return [blob.name for blob in found] if len(list(found)) > 0 else []


def blobs_sorted_by_time_and_size(env: Environment) -> Any:
    env.put("small", b"x")
    env.put("large", b"xxxx")
    found = env.block.list_blobs(env.container)
    newest = max(found, key=lambda blob: blob.properties.last_modified)
    return sorted((blob.properties.content_length, blob.name) for blob in found), newest.name in ("small", "large")


def follow_the_marker(env: Environment) -> Any:
    for name in "abcde":
        env.put(name)
    marker, names = None, []
    while True:
        page = env.block.list_blobs(env.container, num_results=2, marker=marker)
        names.append([blob.name for blob in page])
        marker = page.next_marker
        if not marker:
            return names


def text_of_a_table(env: Environment) -> Any:
    text = io.StringIO()
    csv.writer(text).writerows([("a", "b"), (1, "ü")])
    env.block.create_blob_from_text(env.container, "t.csv", text.getvalue())
    content = env.block.get_blob_to_text(env.container, "t.csv").content
    return list(csv.reader(io.StringIO(content)))


def json_there_and_back(env: Environment) -> Any:
    settings = ContentSettings(content_type="application/json")
    env.block.create_blob_from_text(env.container, "a.json", json.dumps({"a": [1, 2]}), content_settings=settings)
    return json.loads(env.block.get_blob_to_text(env.container, "a.json").content)


def copy_then_delete(env: Environment) -> Any:
    env.put("old")
    service = env.service(custom_domain=f"http://{env.url().split('/')[2]}/devstoreaccount1")
    made = service.copy_blob(env.container, "new", service.make_blob_url(env.container, "old"))
    service.delete_blob(env.container, "old")
    return made.status, list(service.list_blob_names(env.container))


def download_all_below_a_folder(env: Environment) -> Any:
    env.put("dir/a.txt", b"a")
    env.put("dir/b.txt", b"b")
    for blob in env.block.list_blobs(env.container, prefix="dir/"):
        env.block.get_blob_to_path(env.container, blob.name, str(env.folder / blob.name.split("/")[1]))
    return sorted((path.name, path.read_bytes()) for path in env.folder.iterdir())


def to_a_device_that_does_not_seek(env: Environment) -> Any:
    reading, writing = os.pipe()
    try:
        path = f"/proc/self/fd/{writing}"
        env.block.get_blob_to_path(env.container, env.put(), path, max_connections=1)
        return os.read(reading, 100)
    finally:
        os.close(reading)
        os.close(writing)


def to_nowhere(env: Environment) -> Any:
    return env.block.get_blob_to_path(env.container, env.put(), os.devnull).properties.content_length


def texts_of_errors_that_scripts_look_for(env: Environment) -> Any:
    told = []
    for call, arguments in (
        (env.block.list_blobs, (env.other_name,)),
        (env.block.get_blob_to_text, (env.container, "missing")),
        (env.block.create_container, (env.container, None, None, True)),
    ):
        try:
            call(*arguments)
        except AzureHttpError as error:
            told.append((error.status_code, error.error_code, str(error).split("\n")[0], error.args[0][:30]))
        except AzureException as error:
            told.append(str(error))
    return told


def public_container(env: Environment) -> Any:
    env.block.set_container_acl(env.container, public_access=PublicAccess.Container)
    return env.block.get_container_acl(env.container).public_access


def a_policy_of_ones_own(env: Environment) -> Any:
    class Mine(ExponentialRetry):
        def __init__(self) -> None:
            super().__init__(initial_backoff=1, increment_base=2, max_attempts=2, random_jitter_range=0)
            self.asked = 0

        def retry(self, context: Any) -> Any:
            self.asked += 1
            return super().retry(context)

    from tests.legacy.probes.recorder import Answer

    policy = Mine()
    service = env.block
    service.retry = policy.retry
    env.answer(*[Answer(503)] * 4)
    return tried(service.get_blob_metadata, "c", "b"), policy.asked


def proxy_of_the_environment(env: Environment) -> Any:
    before = {name: os.environ.pop(name, None) for name in ("http_proxy", "no_proxy", "NO_PROXY")}
    os.environ["http_proxy"] = f"http://{env.netloc}"
    try:
        service = BlockBlobService("devstoreaccount1", env.key, protocol="http")
        service.create_blob_from_text(env.container, "a b", "hello")
        return service.get_blob_to_text(env.container, "a b").content, list(service.list_blob_names(env.container))
    finally:
        del os.environ["http_proxy"]
        os.environ.update({name: value for name, value in before.items() if value is not None})


def five_mebibytes_at_once(env: Environment) -> Any:
    env.block.create_blob_from_bytes(env.container, "blob", _FIVE_MIB)
    return env.block.get_blob_to_bytes(env.container, "blob").content == _FIVE_MIB


def five_mebibytes_of_a_stream(env: Environment) -> Any:
    env.any_order = True
    env.block.create_blob_from_stream(env.container, "blob", io.BytesIO(_FIVE_MIB))
    got = env.block.get_blob_to_bytes(env.container, "blob", validate_content=True)
    return got.content == _FIVE_MIB, [
        block.size for block in env.block.get_block_list(env.container, "blob").committed_blocks
    ]


def five_mebibytes_appended(env: Environment) -> Any:
    env.append.create_blob(env.container, "blob")
    env.append.append_blob_from_bytes(env.container, "blob", _FIVE_MIB)
    return env.read() == _FIVE_MIB


def five_mebibytes_of_pages(env: Environment) -> Any:
    env.any_order = True
    env.page.create_blob_from_bytes(env.container, "blob", _FIVE_MIB)
    return env.read() == _FIVE_MIB


def a_service_is_copied_and_pickled(env: Environment) -> Any:
    env.put()
    told = []
    for duplicate in (copy.copy, lambda service: pickle.loads(pickle.dumps(service)), copy.deepcopy):
        twin = tried(duplicate, env.block)
        told.append(type(twin).__name__ if isinstance(twin, Exception) else twin.exists(env.container, "blob"))
    return told


def results_are_pickled(env: Environment) -> Any:
    got = env.block.get_blob_to_bytes(env.container, env.put())
    listed = list(env.block.list_blobs(env.container))
    return pickle.loads(pickle.dumps(got)).content, pickle.loads(pickle.dumps(listed))[0].name


def properties_as_dictionaries(env: Environment) -> Any:
    blob = env.block.get_blob_properties(env.container, env.put())
    return sorted(blob.__dict__), sorted(blob.properties.__dict__), sorted(blob.properties.copy.__dict__)


def strings_of_objects(env: Environment) -> Any:
    blob = env.block.get_blob_properties(env.container, env.put())
    return [repr(blob).split(" ")[0].split(".")[-1], str(blob.properties.etag), str(blob.properties.last_modified)]


def keywords_throughout(env: Environment) -> Any:
    service = env.block
    service.create_blob_from_text(container_name=env.container, blob_name="b", text="x", encoding="utf-8")
    service.get_blob_to_path(container_name=env.container, blob_name="b", file_path=str(env.folder / "b"))
    return (env.folder / "b").read_text(), service.delete_blob(container_name=env.container, blob_name="b")


def one_service_for_all(env: Environment) -> Any:
    service = env.block
    service.create_blob_from_text(env.container, "b", "x")
    lease = service.acquire_blob_lease(env.container, "b")
    service.set_blob_metadata(env.container, "b", {"a": "b"}, lease_id=lease)
    service.release_blob_lease(env.container, "b", lease)
    service.snapshot_blob(env.container, "b")
    service.delete_blob(env.container, "b", delete_snapshots="include")
    return service.exists(env.container, "b")
