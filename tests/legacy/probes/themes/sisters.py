"""Services made on `azure.storage.common`, as those of queues, files and tables were (the real: `neighbors`)."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from azure.storage.common import AccessPolicy, Logging, Metrics
from azure.storage.common._auth import _StorageSASAuthentication, _StorageSharedKeyAuthentication
from azure.storage.common._common_conversion import _int_to_str, _sign_string, _to_str
from azure.storage.common._connection import _CONNECTION_ENDPOINTS, _EMULATOR_ENDPOINTS, _ServiceParameters
from azure.storage.common._deserialization import (
    _convert_xml_to_signed_identifiers,
    _parse_metadata,
    _parse_properties,
)
from azure.storage.common._error import _dont_fail_not_exist, _validate_not_none
from azure.storage.common._http import HTTPRequest, HTTPResponse
from azure.storage.common._serialization import (
    _add_metadata_headers,
    _convert_service_properties_to_xml,
    _convert_signed_identifiers_to_xml,
    _get_request_body,
)
from azure.storage.common.models import ListGenerator, _list, _OperationContext
from azure.storage.common.sharedaccesssignature import (
    SharedAccessSignature,
    _QueryStringConstants,
    _SharedAccessHelper,
)
from azure.storage.common.storageclient import StorageClient

from tests.legacy.probes.environment import FINE, Environment, tried
from tests.legacy.probes.recorder import Answer

_MOMENT = datetime(2019, 1, 2, 3, 4, 5)


class _TableSigner(_StorageSharedKeyAuthentication):
    """Signs less than its base does, and a query of another form."""

    def sign_request(self, request: Any) -> None:
        signed = self._get_verb(request) + self._get_headers(request, ["content-md5", "content-type", "x-ms-date"])
        signed += self._get_canonicalized_resource(request) + self._get_canonicalized_resource_query(request)
        self._add_authorization_header(request, signed)

    def _get_canonicalized_resource_query(self, request: Any) -> str:
        return "?comp=" + request.query["comp"] if "comp" in request.query else ""


class _Helper(_SharedAccessHelper):
    def add_resource_signature(self, name: str, key: str, path: str) -> None:  # type: ignore[override]
        lines = [self.query_dict.get(field) or "" for field in (_QueryStringConstants.SIGNED_PERMISSION, "st", "se")]
        self._add_query(_QueryStringConstants.SIGNED_SIGNATURE, _sign_string(key, "\n".join([*lines, name, path])))


class _Mail(StorageClient):
    """A service of its own kind, with one resource."""

    def __init__(self, account_name: Any = None, account_key: Any = None, **given: Any) -> None:
        given = {"is_emulated": False, "protocol": "https"} | given
        given = {"account_name": account_name, "account_key": account_key} | given
        super().__init__(_ServiceParameters.get_service_parameters("queue", **given))
        if self.account_key:
            self.authentication = _StorageSharedKeyAuthentication(self.account_name, self.account_key, self.is_emulated)
        else:
            self.authentication = _StorageSASAuthentication(self.sas_token)
        self._X_MS_VERSION = "2018-03-28"
        self._update_user_agent_string("1.2.3")

    def request(self, method: str, path: str, body: Any = "", **query: Any) -> Any:
        _validate_not_none("path", path)
        request = HTTPRequest()
        request.method, request.path = method, path
        request.host_locations = self._get_host_locations(secondary=method == "GET")
        request.query = {name: _to_str(value) for name, value in query.items()} | {"timeout": _int_to_str("7")}
        request.body = _get_request_body(body)
        return request

    def metadata(self, name: str) -> Any:
        return self._perform_request(self.request("GET", f"/{name}", comp="metadata"), _parse_metadata)

    def delete(self, name: str) -> Any:
        try:
            self._perform_request(self.request("DELETE", f"/{name}"), expected_errors=["QueueNotFound"])
        except Exception as error:
            return _dont_fail_not_exist(error)
        return True

    def list(self, **kwargs: Any) -> Any:
        kwargs["_context"] = _OperationContext(location_lock=True)
        return ListGenerator(self._list(**kwargs), self._list, (), kwargs)

    def _list(self, marker: Any = None, max_results: Any = None, _context: Any = None) -> Any:
        def read(response: Any, separator: str) -> Any:
            page = _list(response.body.decode().split(separator))
            page.next_marker = response.headers.get("x-ms-marker")
            return page

        request = self.request("GET", "/", comp="list", marker=marker)
        return self._perform_request(request, read, [","], operation_context=_context)


def requests(env: Environment) -> Any:
    service = env.over_https(_Mail)
    env.answer(Answer(200, FINE | {"x-ms-meta-A": "b"}), Answer(404, FINE | {"x-ms-error-code": "QueueNotFound"}))
    told = [service.metadata("a queue"), service.delete("q"), tried(service.metadata, None)]
    env.answer(Answer(200, FINE | {"x-ms-marker": "m"}, b"a,b"), Answer(200, FINE, b"c"))
    return told, list(service.list()), tried(service.list)


def signatures_of_tables(env: Environment) -> Any:
    request = HTTPRequest()
    request.method, request.path, request.query = "PUT", "/t", {"comp": "acl", "timeout": "7"}
    request.headers = {"x-ms-date": "now", "Content-Type": "text/csv", "x-ms-b": "c", "Content-Length": "0"}
    signer = _TableSigner("acct", "a2V5")
    signer.sign_request(request)
    emulated = _StorageSharedKeyAuthentication("devstoreaccount1", "a2V5", True)
    request.path = "/devstoreaccount1-secondary/t"
    parts = [emulated._get_canonicalized_headers(request), emulated._get_canonicalized_resource(request)]
    refused = tried(_TableSigner("acct", "no").sign_request, request)
    return request.headers["Authorization"].split(":")[1], parts, refused


def tokens(env: Environment) -> Any:
    token = _Helper()
    token.add_base("r", _MOMENT, "2018-01-01", "1.2.3.4", "https", "2017-07-29")
    token.add_id("an-id")
    token.add_resource("s")
    token.add_override_response_headers("a", None, "c", "d", "e/f")
    token.add_resource_signature("acct", "a2V5", "q")
    whole = _SharedAccessHelper()
    whole.add_base(None, None, None, None, None, None)
    whole.add_account("bq", "so")
    whole.add_account_signature("acct", "a2V5")
    maker = SharedAccessSignature("acct", "a2V5", "2018-03-28")
    return (
        token.get_token(),
        token.query_dict,
        whole.get_token(),
        vars(maker),
        maker.generate_account("q", "s", "r", "e"),
    )


def parameters(env: Environment) -> Any:
    keyed = "AccountName=acct;AccountKey=a2V5;"
    told = []
    for given in (
        {"account_name": "acct", "account_key": " a2V5 "},
        {"is_emulated": True},
        {"is_emulated": True, "custom_domain": "localhost:1"},
        {"connection_string": f"{keyed}QueueEndpoint=http://a.b/c/;QueueSecondaryEndpoint=d.e"},
        {"connection_string": f"{keyed}QueueSecondaryEndpoint=d.e"},
        {"connection_string": "UseDevelopmentStorage=true"},
        {"account_name": "acct", "account_key": "a2V5", "protocol": "http", "token_credential": "x"},
        {},
    ):
        made = tried(_Mail, **given)
        ends = [] if isinstance(made, Exception) else [made.primary_endpoint, made.secondary_endpoint, made.protocol]
        told.append([end and end.replace("127.0.0.1", "emulator") for end in ends] or made)
    made = _ServiceParameters("table", "acct", custom_domain="https://x.y/", endpoint_suffix=None)
    read = _ServiceParameters._from_connection_string(f"{keyed}FileEndpoint=http://a.b", "file")
    return told, vars(made), vars(read), _CONNECTION_ENDPOINTS, sorted(_EMULATOR_ENDPOINTS)


def documents(env: Environment) -> Any:
    policies = _convert_signed_identifiers_to_xml({"an-id": AccessPolicy("r", _MOMENT, "2018-01-01")})
    read = _convert_xml_to_signed_identifiers(HTTPResponse(200, "OK", {}, policies))
    properties = _convert_service_properties_to_xml(Logging(True), Metrics(True, False), None, [])
    nothing = tried(_convert_service_properties_to_xml, None, None, None, None)
    number = tried(_add_metadata_headers, {1: "value"}, HTTPRequest())
    return policies, read, vars(read), properties, nothing, number


def properties_of_files(env: Environment) -> Any:
    class Kind:
        def __init__(self) -> None:
            self.smb_properties = type("Properties", (), {})()

    headers = {
        "x-ms-share-quota": "7",
        "x-ms-file-attributes": "Archive",
        "x-ms-file-creation-time": "2019-10-01T02:03:04.1234567Z",
        "x-ms-file-last-write-time": "2019-10-02T02:03:04+02:00",
        "x-ms-file-id": "1",
        "x-ms-other": "x",
    }
    found = _parse_properties(HTTPResponse(200, "OK", headers, b""), Kind)
    return found.quota, vars(found.smb_properties)
