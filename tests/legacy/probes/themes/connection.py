"""Constructors, endpoints, attributes that live, proxies, sessions, credentials."""

from __future__ import annotations

from typing import Any

import requests
from azure.storage.blob import AppendBlobService, BlockBlobService, PageBlobService
from azure.storage.blob.baseblobservice import BaseBlobService
from azure.storage.common import TokenCredential, _auth

from tests.legacy.probes.environment import Environment, tried
from tests.legacy.probes.recorder import CUT, HANG

_ATTRIBUTES = (
    "account_name",
    "account_key",
    "sas_token",
    "token_credential",
    "is_emulated",
    "primary_endpoint",
    "secondary_endpoint",
    "protocol",
    "socket_timeout",
    "location_mode",
    "request_callback",
    "response_callback",
    "retry_callback",
    "require_encryption",
    "key_encryption_key",
    "key_resolver_function",
    "blob_type",
    "_is_validating_request_id",
    "_X_MS_VERSION",
    "_USER_AGENT_STRING",
)
_SIGNING = ("_StorageSharedKeyAuthentication", "_StorageSASAuthentication", "_StorageNoAuthentication")


def _looked(service: Any) -> Any:
    if isinstance(service, Exception):
        return service
    told = {name: getattr(service, name, "(has none)") for name in _ATTRIBUTES}
    return told | {
        "authentication": [name for name in _SIGNING if isinstance(service.authentication, getattr(_auth, name))]
    }


def by_name_and_key(env: Environment) -> Any:
    return [_looked(kind("acct", "a2V5")) for kind in (BlockBlobService, AppendBlobService, PageBlobService)]


def of_the_base_class(env: Environment) -> Any:
    return _looked(BaseBlobService("acct", "a2V5"))


def by_position(env: Environment) -> Any:
    session = requests.Session()
    service = BlockBlobService(
        "acct", "a2V5", None, False, "http", "core.example", "blobs.example", session, None, 7, None
    )
    return _looked(service), service.request_session is session


def by_sas_token(env: Environment) -> Any:
    return _looked(BlockBlobService("acct", sas_token="sv=1")), _looked(BlockBlobService("acct", sas_token="?sv=1"))


def by_key_and_sas_token(env: Environment) -> Any:
    return _looked(BlockBlobService("acct", "a2V5", "sv=1"))


def by_name_alone(env: Environment) -> Any:
    return _looked(BlockBlobService("acct"))


def by_token_credential(env: Environment) -> Any:
    service = BlockBlobService("acct", token_credential=TokenCredential("a-token"))
    return type(service.authentication).__name__, service.token_credential.token


def with_spaces_around_the_key(env: Environment) -> Any:
    return BlockBlobService("acct", "  a2V5\n").account_key


def with_other_suffixes_and_protocols(env: Environment) -> Any:
    return [
        _looked(tried(BlockBlobService, "acct", "a2V5", **settings))
        for settings in (
            {"protocol": "http"},
            {"protocol": "HTTPS"},
            {"endpoint_suffix": "core.chinacloudapi.cn"},
            {"endpoint_suffix": ""},
            {"custom_domain": "www.example.com"},
            {"custom_domain": "http://www.example.com/path/"},
            {"custom_domain": "https://127.0.0.1:10000/acct", "protocol": "http"},
            {"socket_timeout": 5},
            {"socket_timeout": (1, 2)},
        )
    ]


def emulated(env: Environment) -> Any:
    return [
        _looked(tried(BlockBlobService, **settings))
        for settings in (
            {"is_emulated": True},
            {"account_name": "x", "account_key": "a2V5", "is_emulated": True},
            {"is_emulated": True, "sas_token": "sv=1"},
            {"is_emulated": True, "custom_domain": "127.0.0.1:1234"},
            {"is_emulated": True, "custom_domain": "http://127.0.0.1:1234/devstoreaccount1"},
        )
    ]


def connection_strings(env: Environment) -> Any:
    return [
        _looked(tried(BlockBlobService, connection_string=text))
        for text in (
            "AccountName=acct;AccountKey=a2V5",
            "DefaultEndpointsProtocol=http;AccountName=acct;AccountKey=a2V5;EndpointSuffix=core.example;",
            "UseDevelopmentStorage=true",
            "UseDevelopmentStorage=true;BlobEndpoint=127.0.0.1:1234",
            "BlobEndpoint=http://blobs.example;SharedAccessSignature=sv=1&sig=x",
            "BlobEndpoint=https://blobs.example/;AccountName=acct;AccountKey=a2V5",
            "AccountName=acct;AccountKey=a2V5;BlobEndpoint=http://a.example;BlobSecondaryEndpoint=http://b.example/x/",
            "AccountName=acct;AccountKey=a2V5;BlobSecondaryEndpoint=http://b.example",
            "AccountName=acct;SharedAccessSignature=?sv=1",
            "accountname=acct;accountkey=a2V5",
            "BlobEndpoint=http://blobs.example",
            "QueueEndpoint=http://queues.example;AccountName=acct;AccountKey=a2V5",
        )
    ]


def connection_string_before_all_else(env: Environment) -> Any:
    return _looked(
        BlockBlobService("x", "eA==", connection_string="AccountName=acct;AccountKey=a2V5", is_emulated=True)
    )


def attributes_live(env: Environment) -> Any:
    env.answer_ok()
    service = env.block
    service.primary_endpoint = f"{env.netloc}/other"
    service.protocol = "http"
    service.socket_timeout = 9
    service.delete_blob("c", "b")
    return service.socket_timeout, service._httpclient.timeout, service._httpclient.protocol


def account_key_changed_later(env: Environment) -> Any:
    service = env.service(account_key="a2V5")
    before = tried(service.exists, env.container)
    service.account_key = env.key
    return before, tried(service.exists, env.container)


def secondary_reads(env: Environment) -> Any:
    service = env.over_https()
    service.location_mode = "secondary"
    env.answer_ok()
    env.answer_ok()
    env.answer_ok()
    service.exists("c", "b")
    service.delete_blob("c", "b")
    service.get_blob_metadata("c", "b")


def secondary_of_the_emulator(env: Environment) -> Any:
    service = BlockBlobService(is_emulated=True, custom_domain=env.netloc)
    service.location_mode = "secondary"
    env.answer_ok()
    service.exists("c", "b")
    return service.primary_endpoint, service.secondary_endpoint


def proxied(env: Environment) -> Any:
    service = BlockBlobService("devstoreaccount1", env.key, protocol="http")
    host, port = env.netloc.split(":")
    service.set_proxy(host, port)
    env.answer_ok()
    return service.exists("c", "b"), service._httpclient.proxies


def proxied_with_a_password(env: Environment) -> Any:
    service = BlockBlobService("devstoreaccount1", env.key, protocol="http")
    host, port = env.netloc.split(":")
    service.set_proxy(host, port, "user", "secret")
    env.answer_ok()
    return service.exists("c", "b"), service._httpclient.proxies


def proxied_to_azurite(env: Environment) -> Any:
    service = BlockBlobService("devstoreaccount1", env.key, protocol="http")
    host, port = env.netloc.split(":")
    service.set_proxy(host, int(port))
    service.create_blob_from_text(env.container, "a b/é", "hello")
    return service.get_blob_to_text(env.container, "a b/é").content, service.make_blob_url("c", "b")


def session_is_used(env: Environment) -> Any:
    session = requests.Session()
    session.headers["x-mine"] = "yes"
    service = env.service(request_session=session)
    env.answer_ok()
    service.exists("c", "b")
    return service.request_session is session, sorted(session.headers)


def session_replaced_later(env: Environment) -> Any:
    service = env.block
    session = requests.Session()
    session.headers["x-mine"] = "yes"
    service.request_session = session
    env.answer_ok()
    service.exists("c", "b")
    return service.request_session is session, service._httpclient.session is session


class _Session(requests.Session):
    """Notes what it is asked for."""

    def __init__(self) -> None:
        super().__init__()
        self.asked: list[Any] = []

    def request(self, method: Any, url: Any, *args: Any, **kwargs: Any) -> Any:
        self.asked.append((method, url))
        return super().request(method, url, *args, **kwargs)


def session_of_a_subclass(env: Environment) -> Any:
    session = _Session()
    env.answer_ok()
    env.service(request_session=session).exists("c", "b")
    return session.asked


def token_credential_is_sent(env: Environment) -> Any:
    credential = TokenCredential("first")
    service = env.over_https(account_key=None, token_credential=credential)
    env.answer_ok()
    env.answer_ok()
    service.exists("c", "b")
    credential.token = "second"
    service.exists("c", "b")


class _Signing:
    """What the old MSI credentials are to a service: something that signs sessions."""

    def __init__(self) -> None:
        self.token = {"access_token": "msi"}

    def signed_session(self, session: Any = None) -> Any:
        session = session or requests.Session()
        session.headers["Authorization"] = "Bearer msi"
        return session


def any_object_that_signs_sessions(env: Environment) -> Any:
    service = env.over_https(account_key=None, token_credential=_Signing())
    env.answer_ok()
    return service.exists("c", "b")


def key_that_is_not_base64(env: Environment) -> Any:
    return tried(env.service(account_key="abc").exists, "c", "b")


def key_with_junk_behind(env: Environment) -> Any:
    return tried(env.service(account_key=env.key + ";EndpointSuffix=core.windows.net").exists, env.container)


def wrong_key(env: Environment) -> Any:
    return tried(env.service(account_key="d3Jvbmc=").exists, env.container)


def nobody_listens(env: Environment) -> Any:
    service = env.service(custom_domain="http://127.0.0.1:9/x")
    failed = tried(service.exists, "c", "b")
    return type(failed).__name__, type(failed).__mro__[1].__name__, "refused" in str(failed)


def connection_cut(env: Environment) -> Any:
    env.answer(CUT, CUT)
    return tried(env.block.exists, "c", "b")


def socket_timeout(env: Environment) -> Any:
    env.answer(HANG, HANG)
    return tried(env.service(socket_timeout=(2, 0.2)).exists, "c", "b")


def timeout_argument(env: Environment) -> Any:
    told = []
    for value in (5, 0, None, "7", 2.5):
        env.answer_ok()
        told.append(tried(env.block.exists, "c", "b", timeout=value))
    return told


def constants(env: Environment) -> Any:
    names = ("MAX_SINGLE_GET_SIZE", "MAX_CHUNK_GET_SIZE", "MAX_SINGLE_PUT_SIZE", "MAX_BLOCK_SIZE", "MAX_PAGE_SIZE")
    return {
        kind.__name__: {name: getattr(kind, name, None) for name in (*names, "MIN_LARGE_BLOCK_UPLOAD_THRESHOLD")}
        for kind in (BaseBlobService, BlockBlobService, AppendBlobService, PageBlobService)
    }


def instances_keep_their_constants(env: Environment) -> Any:
    one, two = env.block, env.block
    one.MAX_BLOCK_SIZE = 5
    return one.MAX_BLOCK_SIZE, two.MAX_BLOCK_SIZE, BlockBlobService.MAX_BLOCK_SIZE


def lineage(env: Environment) -> Any:
    return [
        isinstance(kind("a", "a2V5"), BaseBlobService)
        for kind in (BlockBlobService, AppendBlobService, PageBlobService)
    ]


def subclasses(env: Environment) -> Any:
    class Mine(BlockBlobService):
        def get_blob_to_bytes(self, *args: Any, **kwargs: Any) -> Any:
            return ("mine", super().get_blob_to_bytes(*args, **kwargs).content)

    return env.service(Mine).get_blob_to_bytes(env.container, env.put())
