"""Accounts and clients of every service: constructors, connection strings, callbacks, retries, tokens."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from azure.cosmosdb.table.tableservice import TableService
from azure.storage.blob import AppendBlobService, BlockBlobService, PageBlobService
from azure.storage.common import (
    AccountPermissions,
    CloudStorageAccount,
    ExponentialRetry,
    LinearRetry,
    LocationMode,
    ResourceTypes,
    Services,
    TokenCredential,
)
from azure.storage.common._connection import _ServiceParameters
from azure.storage.common.sharedaccesssignature import _SharedAccessHelper
from azure.storage.file import FilePermissions, FileService, SharePermissions
from azure.storage.file.sharedaccesssignature import FileSharedAccessSignature
from azure.storage.queue import QueuePermissions, QueueService
from azure.storage.queue.sharedaccesssignature import QueueSharedAccessSignature

from tests.legacy.probes.environment import FINE, Environment, tried
from tests.legacy.probes.recorder import Answer

_KINDS = (BlockBlobService, PageBlobService, AppendBlobService, QueueService, FileService, TableService)
_KEY = "bm9zdWNoa2V5bm9zdWNoa2V5bm9zdWNoa2V5bm9zdWNoa2V5bm9zdWNoa2V5bm9zdWNoa2V5bm9zdWNoa2V5bm9zdQ=="
_SAS = "?sv=2015-04-05&st=2015-04-29T22%3A18%3A26Z&se=2015-04-30T02%3A23%3A26Z&sr=b&sp=rw&spr=https&sig=Z%2FRH"
_MADE = """
    account_name account_key sas_token token_credential is_emulated primary_endpoint secondary_endpoint protocol
    socket_timeout location_mode require_encryption key_encryption_key key_resolver_function
    _USER_AGENT_STRING _X_MS_VERSION
"""
_MOMENT = datetime(2019, 1, 2, 3, 4, 5)


def _made(kind: type, *args: Any, **kwargs: Any) -> Any:
    service = tried(kind, *args, **kwargs)
    if isinstance(service, Exception):
        return service
    return {name: getattr(service, name, "none") for name in _MADE.split()} | {"signer": vars(service.authentication)}


def clients_of_arguments(env: Environment) -> Any:
    told = {}
    for kind in _KINDS:
        told[kind.__name__] = [
            _made(kind),
            _made(kind, "acct", f" {_KEY}\n"),
            _made(kind, "acct", ""),
            _made(kind, "acct", sas_token=_SAS),
            _made(kind, "acct", _KEY, _SAS),
            _made(kind, "acct", _KEY, endpoint_suffix="core.chinacloudapi.cn"),
            _made(kind, "acct", _KEY, endpoint_suffix=None),
            _made(kind, "acct", _KEY, protocol="http"),
            _made(kind, "acct", _KEY, socket_timeout=22),
            _made(kind, is_emulated=True),
            _made(kind, "acct", sas_token=_SAS, is_emulated=True),
        ]
    return told


def clients_of_connection_strings(env: Environment) -> Any:
    keyed = f"AccountName=acct;AccountKey={_KEY};"
    told = {}
    for kind in _KINDS:
        service = next(name for name in ("Queue", "File", "Table", "Blob") if name in kind.__name__)
        ends, other = f"{service}Endpoint=www.mydomain.com/;", f"{service}SecondaryEndpoint=www-sec.mydomain.com;"
        told[kind.__name__] = [
            _made(kind, connection_string=text)
            for text in (
                keyed,
                f"AccountName=acct;SharedAccessSignature={_SAS};",
                f"{keyed}DefaultEndpointsProtocol=http;EndpointSuffix=core.chinacloudapi.cn;",
                "UseDevelopmentStorage=true;",
                f"UseDevelopmentStorage=true;{service}Endpoint=localhost:1",
                ends,
                keyed + ends,
                keyed + ends.replace("www", "http://www"),
                keyed + other,
                keyed + ends + other,
                "AccountName",
            )
        ]
    return told


def token_credentials(env: Environment) -> Any:
    kinds = (BlockBlobService, QueueService)
    given = {"account_name": "acct", "token_credential": TokenCredential("a-token")}
    return [type(tried(kind, protocol=protocol, **given)).__name__ for kind in kinds for protocol in ("https", "http")]


def parameters_of_a_service(env: Environment) -> Any:
    direct = _ServiceParameters("queue", "acct", _KEY, custom_domain="https://a.b/c/", custom_domain_secondary="d")
    found = _ServiceParameters.get_service_parameters("file", "acct", _KEY, protocol="https", socket_timeout=3)
    refused = [
        tried(_ServiceParameters, "queue"),
        tried(_ServiceParameters.get_service_parameters, "queue"),
        tried(_ServiceParameters.get_service_parameters, "nonesuch", connection_string="AccountName=a"),
    ]
    return vars(direct), vars(found), refused


def services_of_an_account(env: Environment) -> Any:
    told = []
    for account in (
        CloudStorageAccount("acct", _KEY),
        CloudStorageAccount("acct", sas_token=_SAS),
        CloudStorageAccount("acct", _KEY, endpoint_suffix="core.chinacloudapi.cn"),
        CloudStorageAccount(is_emulated=True),
        CloudStorageAccount("", ""),
    ):
        for make in ("block_blob", "page_blob", "append_blob", "queue", "file"):
            service = tried(getattr(account, f"create_{make}_service"))
            told.append(service if isinstance(service, Exception) else [service.primary_endpoint, service.sas_token])
    return told


def tokens_of_an_account(env: Environment) -> Any:
    account = CloudStorageAccount("acct", _KEY)
    kinds = ResourceTypes.SERVICE + ResourceTypes.OBJECT
    rights = AccountPermissions.READ | AccountPermissions.PROCESS
    services = (Services.BLOB, Services.QUEUE | Services.FILE, Services.BLOB + Services.TABLE, "bq")
    return [account.generate_shared_access_signature(service, kinds, rights, _MOMENT) for service in services]


def tokens_of_services(env: Environment) -> Any:
    queue, file, table = (kind("acct", _KEY) for kind in (QueueService, FileService, TableService))
    given = {"expiry": _MOMENT, "start": "2018-01-01", "ip": "1.2.3.4-1.2.3.5", "protocol": "https"}
    headers = {"cache_control": "no-cache", "content_type": "text/csv", "content_disposition": "inline; a=b"}
    return [
        queue.generate_queue_shared_access_signature("q", QueuePermissions.READ | QueuePermissions.PROCESS, **given),
        queue.generate_queue_shared_access_signature("q", id="a-policy"),
        queue.generate_account_shared_access_signature(ResourceTypes.SERVICE, AccountPermissions.READ, _MOMENT),
        file.generate_share_shared_access_signature("s", SharePermissions.READ + SharePermissions.LIST, **given),
        file.generate_file_shared_access_signature("s", None, "f", FilePermissions.READ, **given, **headers),
        file.generate_file_shared_access_signature("s", "d/e", "f", id="a-policy", **headers),
        table.generate_table_shared_access_signature("T", "r", _MOMENT, start_pk="a", end_pk="b", end_rk="c"),
    ]


def tokens_by_hand(env: Environment) -> Any:
    token = _SharedAccessHelper()
    token.add_base("r", _MOMENT, None, None, "https", "2017-07-29")
    token.add_resource("s")
    token.add_id("an-id")
    token.add_account("bq", "so")
    token.add_override_response_headers("a", "b", None, "d", "e/f")
    token._add_query("tn", "a table")
    token._add_query("none", None)
    token.add_account_signature("acct", _KEY)
    made = [kind("acct", _KEY) for kind in (QueueSharedAccessSignature, FileSharedAccessSignature)]
    return (
        token.get_token(),
        token.query_dict,
        [[vars(one), one.generate_account("q", "s", "r", _MOMENT)] for one in made],
    )


def callbacks_and_retries(env: Environment) -> Any:
    told: list[Any] = []
    service = env.over_https(QueueService)
    service.retry = ExponentialRetry(1, 2, 2, True, 0).retry
    service.request_callback = lambda request: told.append((request.method, request.host, request.path))
    service.response_callback = lambda response: told.append(response.status)
    service.retry_callback = lambda context: told.append((context.count, context.location_mode, str(context.exception)))
    env.answer(*[Answer(500, FINE)] * 6)
    got = tried(service.get_queue_metadata, "q")
    put = tried(service.set_queue_metadata, "q", {"a": "b"})
    return got, put, told


def locations(env: Environment) -> Any:
    told: list[Any] = []
    service = env.over_https(QueueService)
    service.location_mode = LocationMode.SECONDARY
    service.retry = LinearRetry(1, 1, random_jitter_range=0).retry
    service.request_callback = lambda request: told.append((request.host, sorted(request.host_locations)))
    env.answer(Answer(404, FINE), *[Answer(200, FINE)] * 3)
    return [tried(service.exists, "q"), service.exists("q"), tried(service.delete_queue, "q"), told]
