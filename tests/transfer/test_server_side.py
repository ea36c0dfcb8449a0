"""Copies that the service makes by itself."""

from __future__ import annotations

import json
import logging
from urllib.parse import unquote

import pytest

from blobprep.account import Account, Credential
from blobprep.batches.copies.jobs import cp, sync
from blobprep.cli import main
from blobprep.errors import ChecksumMismatch, ConditionNotMet, InvalidOption
from blobprep.settings import Workspace
from blobprep.stores import BLOCK_SIZE, IfAbsent, IfMatch
from blobprep.stores.azure import AzureStore
from blobprep.stores.azure.copy_source import why_unreadable
from blobprep.stores.memory import MemoryStore
from blobprep.stores.server_side import ServerSource, server_copies
from tests import emulator
from tests.server import Behaviour, serve
from tests.server.credentials import container_sas
from tests.transfer.test_copy_jobs import LARGE, contents, md5, stage, statuses


def by_service(request):
    return "x-ms-copy-source" in request.headers


def reads(*servers):
    """Return what this machine read of blobs; the service says nothing of who it is."""
    return [
        request.blob
        for server in servers
        for request in server.requests
        if request.method == "GET" and request.blob and "user-agent" in request.headers
    ]


def account(server, credential):
    return AzureStore(server.account("http", credential), retry_total=0)


@pytest.fixture
def two():
    with serve(account="contoso") as source, serve(account="fabrikam") as target:
        source.store.create_container("raw")
        for container in ("copy", "jobs"):
            target.store.create_container(container)
        yield source, target


def joined(tmp_path, source, target):
    return Workspace(environment={}, folder=tmp_path, stores={"contoso": source, "fabrikam": target})


def within(server, tmp_path, **options):
    """A workspace of one account, with some blobs."""
    store = AzureStore(server.account(), retry_total=0)
    for container in ("raw", "copy"):
        server.store.create_container(container)
    for name in ("a", "b/c", "ü {x}&y=%41"):
        store.write("raw", f"d/{name}", name.encode(), content_type="text/x-a", metadata={"kind": "Small"})
    stage(store, "raw", "d/staged", b"no md5")
    store.write("raw", "d/empty", b"", content_type="text/plain")
    server.requests.clear()
    return Workspace(environment={}, folder=tmp_path, account="contoso", stores={"contoso": store}), store


def test_the_service_makes_copies_within_an_account_and_no_byte_passes_this_machine(server, tmp_path):
    workspace, store = within(server, tmp_path)

    copies = cp("az://raw/d/**", "az://copy/", workspace=workspace)

    assert copies.status == "succeeded"
    assert reads(server) == []
    assert contents(store, "copy") == {name.removeprefix("d/"): data for name, data in contents(store, "raw").items()}
    assert (copies.server_side, {copy.server_side for copy in copies if copy.size}) == (4, {True})
    for name in ("a", "staged"):
        before, after = store.properties("raw", f"d/{name}"), store.properties("copy", name)
        assert (after.content_type, after.metadata) == (before.content_type, before.metadata)
        assert after.md5 == md5(contents(store, "copy")[name])
    assert {copy.md5 for copy in copies} == {md5(data) for data in contents(store, "copy").values()}
    assert sync("az://raw/d/", "az://copy/", workspace=workspace).counts.skipped == 4  # one has no MD5


@pytest.mark.parametrize("kind", ["key", "sas", "anonymous"])
def test_the_service_may_read_another_account_and_what_opens_it_is_shown_nowhere(two, tmp_path, kind, caplog):
    caplog.set_level(logging.DEBUG)
    source, target = two
    source.store.write("raw", "d/a", b"bytes", content_type="text/x-a")
    read = {
        "key": lambda: Credential("key", source.key),
        "sas": lambda: container_sas(source, "raw", "rl"),
        "anonymous": lambda: Credential("anonymous"),
    }[kind]()
    if kind == "anonymous":
        source._shelf.public["raw"] = "container"
    stores = account(source, read), account(target, None)
    workspace = joined(tmp_path, *stores)

    copies = cp("az://contoso@raw/d/*", "az://fabrikam@copy/", record="az://fabrikam@jobs/r/", workspace=workspace)

    assert contents(target.store, "copy", "a") == {"a": b"bytes"}
    assert [copy.server_side for copy in copies] == [True]
    assert reads(source) == []
    (line,) = (json.loads(line) for line in target.store.read("jobs", "r/items.jsonl").splitlines())
    assert line["worker"] == "server-side"
    asked = next(request for request in target.requests if by_service(request))
    own = f":{source.port}"  # the library that sends requests logs, when asked, what its caller asks the account itself
    told = "".join(f"{record.getMessage()}\n" for record in caplog.records if own not in record.getMessage())
    told += repr(copies[0]) + repr(stores[0].server_side.source)
    told += "".join(f"{data!r}" for data in contents(target.store, "jobs", "r/").values())
    secrets = {
        "key": [asked.headers["x-ms-copy-source"].partition("sig=")[2], source.key],
        "sas": [read.secret.partition("sig=")[2]],
        "anonymous": [],
    }[kind]
    for secret in secrets:
        assert len(secret) > 20
        assert secret in "".join(asked.headers.values()) or secret == source.key
        assert secret not in told
        assert unquote(secret)[:20] not in told


def test_an_identity_lets_the_service_read_what_it_may_read_itself(server, tmp_path, trusting, caplog):
    caplog.set_level(logging.DEBUG)
    within(server, tmp_path)
    secret = server.issue("contributor")
    store = AzureStore(server.account("https", Credential("token", secret, flavor="bearer")), retry_total=0)
    workspace = Workspace(environment={}, folder=tmp_path, account="contoso", stores={"contoso": store})

    copies = cp("az://raw/d/**", "az://copy/", server_side="always", workspace=workspace)

    assert (copies.status, copies.server_side) == ("succeeded", 4)
    given = [asked.headers["x-ms-copy-source-authorization"] for asked in server.requests if by_service(asked)]
    assert given == [f"Bearer {secret}"] * 4
    assert "sig=" not in "".join(asked.headers["x-ms-copy-source"] for asked in server.requests if by_service(asked))
    assert secret not in caplog.text + "".join(map(repr, copies))


@pytest.mark.parametrize("code", ["CannotVerifyCopySource", "LeaseIdMissing"])
def test_what_the_service_refuses_passes_this_machine_and_is_told(server, tmp_path, code, caplog):
    workspace, store = within(server, tmp_path)
    for number in range(60):
        store.write("raw", f"d/{number}", b"%d" % number, content_type="text/plain")
    caplog.set_level(logging.DEBUG)

    with server.behave(Behaviour(refusing=code, concerns=by_service)):
        copies = cp("az://raw/d/**", "az://copy/", workspace=workspace)

    assert (copies.status, copies.server_side) == ("succeeded", 0)
    assert contents(store, "copy") == {name.removeprefix("d/"): data for name, data in contents(store, "raw").items()}
    asked = sum(map(by_service, server.requests))
    assert 3 <= asked < 30  # those that were under way when it was plain
    (told,) = workspace.warnings
    assert told.startswith("64 copies passed this machine, since the service did not make them by itself: ")
    assert code in told
    assert "sig=" not in told + caplog.text


def test_a_copy_that_the_service_cannot_answer_for_passes_this_machine_at_the_next_attempt(server, tmp_path):
    workspace, store = within(server, tmp_path)

    with server.behave(Behaviour(throttling=100, concerns=by_service)):
        copies = cp("az://raw/d/a", "az://copy/", resume=True, attempts=2, workspace=workspace)

    assert [(copy.status, copy.attempts, copy.server_side) for copy in copies] == [("copied", 2, False)]
    assert contents(store, "copy") == {"a": b"a"}
    assert "1 copy passed this machine" in workspace.warnings[0]


def test_one_refused_copy_does_not_keep_the_service_from_others(server, tmp_path):
    workspace, _ = within(server, tmp_path)

    with server.behave(
        Behaviour(refusing="CannotVerifyCopySource", concerns=lambda asked: by_service(asked) and asked.blob == "a")
    ):
        copies = cp("az://raw/d/**", "az://copy/", workspace=workspace)

    assert {copy.source.rpartition("/")[2]: copy.server_side for copy in copies if copy.size}["a"] is False
    assert (copies.status, copies.server_side) == ("succeeded", 3)
    assert workspace.warnings[0].startswith("1 copy passed this machine")


def test_always_and_never_mean_it(server, tmp_path):
    workspace, _ = within(server, tmp_path)

    assert cp("az://raw/d/**", "az://copy/never/", server_side="never", workspace=workspace).server_side == 0
    assert not any(map(by_service, server.requests))
    assert cp("az://raw/d/**", "az://copy/always/", server_side="always", workspace=workspace).status == "succeeded"
    with server.behave(Behaviour(refusing="CannotVerifyCopySource", concerns=by_service)):
        copies = cp("az://raw/d/a", "az://copy/no/", resume=True, server_side="always", workspace=workspace)
    assert statuses(copies) == {"a": "failed"}
    assert copies[0].error.code == "AccessError"
    with pytest.raises(InvalidOption, match="the target is not in an account of Azure Storage"):
        cp("az://raw/d/", f"{tmp_path}/to/", server_side="always", workspace=workspace)
    with pytest.raises(InvalidOption, match="does not take 'no'"):
        cp("az://raw/d/", "az://copy/", server_side="no", workspace=workspace)


def test_bytes_that_are_not_what_the_source_states_are_not_copied(server, tmp_path):
    workspace, store = within(server, tmp_path)
    stage(store, "raw", "x/bad", b"bytes", stated=md5(b"others"))

    copies = cp("az://raw/x/*", "az://copy/", workspace=workspace)
    forced = cp("az://raw/x/*", "az://copy/", server_side="always", workspace=workspace)

    assert [copy.error.code for copy in (*copies, *forced)] == ["ChecksumMismatch"] * 2
    assert f"has the MD5 {md5(b'bytes')}, but its properties say {md5(b'others')}" in copies[0].error.message
    assert contents(store, "copy") == {}


def test_a_source_that_changes_is_copied_as_it_is_then(server, tmp_path):
    workspace, store = within(server, tmp_path)
    puts = []

    def first(request):
        if by_service(request) and not puts:
            puts.append(request)
            server.store.write("raw", "d/a", b"changed", content_type="text/plain")
        return False

    with server.behave(Behaviour(concerns=first)):
        copies = cp("az://raw/d/a", "az://copy/", resume=True, workspace=workspace)

    assert [(copy.status, copy.attempts, copy.server_side) for copy in copies] == [("copied", 2, True)]
    assert contents(store, "copy") == {"a": b"changed"}


def test_a_target_that_appears_meanwhile_is_not_replaced(server, tmp_path):
    workspace, store = within(server, tmp_path)

    def first(request):
        if by_service(request):
            server.store.write("copy", "a", b"other", content_type="text/plain")
        return False

    with server.behave(Behaviour(concerns=first)):
        copies = cp("az://raw/d/a", "az://copy/", resume=True, workspace=workspace)

    assert copies[0].error.code == "OutputExists"
    assert contents(store, "copy") == {"a": b"other"}


def begun(store, name, *, etag=None, target="to"):
    found = store.properties("raw", name)
    copies = server_copies(store, store)
    source = ServerSource("raw", name, found.size, etag or found.etag, found.md5)
    return copies.begin(source, "copy", target)


def finish(copy, **how):
    for index in range(len(copy.parts)):
        copy.copy_part(index)
    return copy.publish(**how)


@pytest.mark.parametrize("name", ["d/a", "d/staged"], ids=["one request", "a block"])
def test_an_answer_that_is_lost_is_no_failure(server, tmp_path, name):
    store = within(server, tmp_path)[1]
    store = AzureStore(server.account(), retry_total=2, sleep=lambda seconds: None)
    is_last = {"d/a": by_service, "d/staged": lambda request: request.parameters.get("comp") == "blocklist"}[name]

    with server.behave(Behaviour(losing=1, concerns=is_last)):
        etag, _ = finish(begun(store, name), content_type="text/plain", metadata={}, condition=IfAbsent())

    assert etag == store.properties("copy", "to").etag
    assert store.read("copy", "to") == store.read("raw", name)


def test_large_blobs_are_copied_in_parts_and_keep_the_md5_that_is_stated(azurite, tmp_path):
    settings = {"AZURE_STORAGE_CONNECTION_STRING": emulator.connection_string(azurite)}
    workspace = Workspace(environment=settings, folder=tmp_path)
    store = workspace.store()
    for container in ("large", "large-copy"):
        store.create_container(container)
    data = LARGE[: BLOCK_SIZE + 17]
    stage(store, "large", "stated", data, stated=md5(data))
    stage(store, "large", "plain", data)
    store.server_side.whole, store.server_side.block = 1000, BLOCK_SIZE

    copies = cp("az://large/*", "az://large-copy/", server_side="always", workspace=workspace)

    assert contents(store, "large-copy") == {"plain": data, "stated": data}
    assert [(copy.md5, copy.server_side) for copy in copies] == [("", True), ("", True)]
    assert [store.properties("large-copy", name).md5 for name in ("plain", "stated")] == ["", md5(data)]
    store.server_side.whole = len(data)
    again = cp("az://large/*", "az://large-copy/w/", server_side="always", workspace=workspace)
    assert [copy.md5 for copy in again] == [md5(data), md5(data)]
    assert {store.properties("large-copy", f"w/{name}").md5 for name in ("plain", "stated")} == {md5(data)}


def test_conditions_hold_for_source_and_target(azurite, server, tmp_path):
    served = within(server, tmp_path)[1]
    emulated = AzureStore(
        Account("devstoreaccount1", "http", endpoint=azurite, credential=Credential("key", emulator.KEY)), retry_total=0
    )
    for container in ("raw", "copy"):
        emulated.create_container(container)
    emulated.write("raw", "d/a", b"a", content_type="text/plain")
    for store in (served, emulated):
        to = {"content_type": "text/plain", "metadata": {}}
        with pytest.raises(ConditionNotMet) as caught:
            finish(begun(store, "d/a", etag="0x1"), condition=IfAbsent(), **to)
        assert caught.value.code == "SourceConditionNotMet"
        for wrong, demanded in (("none", IfMatch("0x1")), ("there", IfAbsent())):
            store.write("copy", "there", b"x", content_type="text/plain")
            with pytest.raises(ConditionNotMet) as caught:
                finish(begun(store, "d/a", target=wrong), condition=demanded, **to)
            assert caught.value.code != "SourceConditionNotMet"
        assert store.read("copy", "there") == b"x"
        stage(store, "raw", "bad", b"bytes", stated=md5(b"others"))
        with pytest.raises(ChecksumMismatch):
            finish(begun(store, "bad"), condition=IfAbsent(), **to)


def named(name, **options):
    return Account(name, **{"credential": Credential("key", "a2V5"), **options})


LOCAL = "http://127.0.0.1:10000/devstoreaccount1"


@pytest.mark.parametrize(
    ("source", "target", "why"),
    [
        (named("a"), named("b"), ""),
        (named("a", endpoint="https://data.contoso.com"), named("b"), ""),
        (named("a", endpoint="https://data.contoso.com"), named("a", endpoint="https://data.contoso.com"), ""),
        (named("a"), named("b", endpoint="https://data.contoso.com"), "is not in one of Microsoft's clouds"),
        (named("a", protocol="http"), named("b"), "in the clear"),
        (named("a"), named("a", protocol="http"), "in the clear"),
        (named("a", protocol="http", endpoint=LOCAL), named("b"), "emulator"),
        (named("a"), named("b", protocol="http", endpoint=LOCAL), "emulator"),
        (named("a", protocol="http", endpoint=LOCAL), named("b", protocol="http", endpoint=LOCAL), ""),
        (
            named("a", protocol="http", endpoint=LOCAL),
            named("b", protocol="http", endpoint=LOCAL.replace("10000", "10001")),
            "",
        ),
        (
            named("a", endpoint=LOCAL, credential=Credential("token")),
            named("b", endpoint=LOCAL.replace("10000", "10001")),
            "an access token is not sent",
        ),
    ],
)
def test_what_opens_a_source_is_sent_to_the_service_alone(source, target, why):
    assert why_unreadable(source, target) == why or (why and why in why_unreadable(source, target))


def test_only_accounts_copy_by_themselves(server):
    store = AzureStore(server.account())
    assert "source is not in an account" in server_copies(MemoryStore("x"), store)
    assert "target is not in an account" in server_copies(store, MemoryStore("x"))


def test_the_command_says_how_many_the_service_made(azurite, tmp_path, monkeypatch, capsys):
    monkeypatch.setenv("AZURE_STORAGE_CONNECTION_STRING", emulator.connection_string(azurite))
    monkeypatch.chdir(tmp_path)
    store = Workspace().store()
    for container in ("told", "told-copy"):
        store.create_container(container)
    store.write("told", "a", b"12345", content_type="text/plain")
    store.write("told", "b", b"", content_type="text/plain")

    assert main(["cp", "az://told/*", "az://told-copy/"]) == 0
    assert capsys.readouterr().out.endswith("2 matched: 2 copied (1 of them server-side)  5 B\n")
    assert main(["sync", "az://told/a*", "az://told-copy/x/", "--server-side", "always"]) == 0
    assert "1 copied (server-side)" in capsys.readouterr().out
    assert main(["cp", "az://told/a", "az://told-copy/y", "--server-side", "never", "--json"]) == 0
    assert json.loads(capsys.readouterr().out)[0]["server_side"] is False
