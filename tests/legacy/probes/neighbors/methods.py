"""Every public method of queues, files and tables, called with what it requires and with all that it takes."""

from __future__ import annotations

import inspect
import io
from collections.abc import Callable
from datetime import datetime
from typing import Any

from azure.cosmosdb.table.models import Entity
from azure.cosmosdb.table.tablebatch import TableBatch
from azure.cosmosdb.table.tableservice import TableService
from azure.storage.common import AccessPolicy, CorsRule, Logging, Metrics, RetentionPolicy
from azure.storage.common.storageclient import StorageClient
from azure.storage.file import ContentSettings, FileService
from azure.storage.queue import QueueService

from tests.legacy.probes.environment import FINE, Environment, tried
from tests.legacy.probes.recorder import Answer

_XML = '<?xml version="1.0" encoding="utf-8"?>'
_KEPT = "<RetentionPolicy><Enabled>true</Enabled><Days>5</Days></RetentionPolicy>"
_LISTED = "<Marker/><MaxResults>2</MaxResults>"
_BODIES = {
    "properties": f"{_XML}<StorageServiceProperties><Logging><Version>1.0</Version><Delete>true</Delete>"
    f"<Read>false</Read><Write>true</Write>{_KEPT}</Logging><HourMetrics><Version>1.0</Version><Enabled>true</Enabled>"
    f"<IncludeAPIs>false</IncludeAPIs>{_KEPT}</HourMetrics><Cors/></StorageServiceProperties>",
    "service_stats": f"{_XML}<StorageServiceStats><GeoReplication><Status>live</Status>"
    "<LastSyncTime>Tue, 05 Jan 2016 10:11:12 GMT</LastSyncTime></GeoReplication></StorageServiceStats>",
    "share_stats": f"{_XML}<ShareStats><ShareUsage>3</ShareUsage><ShareUsageBytes>15</ShareUsageBytes></ShareStats>",
    "acl": f"{_XML}<SignedIdentifiers><SignedIdentifier><Id>an-id</Id><AccessPolicy><Start>2018-01-01T00:00:00Z</Start>"
    "<Expiry>2030-01-01T00:00:00Z</Expiry><Permission>rw</Permission></AccessPolicy></SignedIdentifier>"
    "</SignedIdentifiers>",
    "queues": f"{_XML}<EnumerationResults>{_LISTED}<Queues><Queue><Name>q</Name><Metadata><a>b</a></Metadata></Queue>"
    "</Queues><NextMarker/></EnumerationResults>",
    "messages": f"{_XML}<QueueMessagesList><QueueMessage><MessageId>id</MessageId>"
    "<InsertionTime>Tue, 05 Jan 2016 10:11:12 GMT</InsertionTime>"
    "<ExpirationTime>Wed, 06 Jan 2016 10:11:12 GMT</ExpirationTime><PopReceipt>receipt</PopReceipt>"
    "<TimeNextVisible>Tue, 05 Jan 2016 10:11:13 GMT</TimeNextVisible><DequeueCount>2</DequeueCount>"
    "<MessageText>h&#228; &amp; hi</MessageText></QueueMessage></QueueMessagesList>",
    "shares": f"{_XML}<EnumerationResults>{_LISTED}<Shares><Share><Name>s</Name><Properties>"
    "<Last-Modified>Tue, 05 Jan 2016 10:11:12 GMT</Last-Modified><Etag>e</Etag><Quota>7</Quota></Properties></Share>"
    "</Shares><NextMarker/></EnumerationResults>",
    "directories_and_files": f"{_XML}<EnumerationResults>{_LISTED}<Entries><File><Name>f</Name><Properties>"
    "<Content-Length>11</Content-Length></Properties></File><Directory><Name>d</Name></Directory></Entries>"
    "<NextMarker/></EnumerationResults>",
    "handles": f"{_XML}<EnumerationResults>{_LISTED}<Entries><Handle><HandleId>1</HandleId><Path>p</Path>"
    "<FileId>2</FileId><ParentId>3</ParentId><SessionId>4</SessionId><ClientIp>127.0.0.1</ClientIp>"
    "<OpenTime>Tue, 05 Jan 2016 10:11:12 GMT</OpenTime></Handle></Entries><NextMarker/></EnumerationResults>",
    "ranges": f"{_XML}<Ranges><Range><Start>0</Start><End>511</End></Range></Ranges>",
    "tables": '{"value": [{"TableName": "t"}]}',
    "entities": '{"value": [{"PartitionKey": "p", "RowKey": "r", "n@odata.type": "Edm.Int64", "n": "5"}]}',
    "entity": '{"PartitionKey": "p", "RowKey": "r", "odata.etag": "e", "when@odata.type": "Edm.DateTime",'
    ' "when": "2018-01-02T03:04:05Z"}',
    "permission_for_share": '{"permission": "O:S-1-5-21"}',
    "file_to": "hello world",
}
_HEADERS = FINE | {
    "x-ms-meta-Hello": "World",
    "x-ms-approximate-messages-count": "3",
    "x-ms-popreceipt": "receipt",
    "x-ms-time-next-visible": "Tue, 05 Jan 2016 10:11:13 GMT",
    "x-ms-share-quota": "7",
    "x-ms-snapshot": "2019-05-06T07:08:09.1234567Z",
    "x-ms-copy-id": "00000000-0000-0000-0000-00000000000e",
    "x-ms-copy-status": "success",
    "x-ms-content-md5": "XrY7u+Ae7tCTyyK7j1rNww==",
    "x-ms-file-attributes": "Archive|ReadOnly",
    "x-ms-file-creation-time": "2019-10-01T02:03:04.1234567Z",
    "x-ms-file-last-write-time": "2019-10-02T02:03:04.1234567Z",
    "x-ms-file-change-time": "2019-10-03T02:03:04.1234567Z",
    "x-ms-file-permission-key": "a-key",
    "x-ms-file-id": "1152",
    "x-ms-file-parent-id": "0",
    "x-ms-server-encrypted": "true",
    "x-ms-number-of-handles-closed": "2",
    "Content-Type": "text/x-special",
    "Cache-Control": "max-age=9",
}
_ANSWERS = 6
_KINDS = (QueueService, FileService, TableService)


def _values(env: Environment) -> dict[str, Any]:
    moment = datetime(2019, 1, 2, 3, 4, 5)
    content = bytes(range(256)) * 4
    entity = Entity()
    entity.update(PartitionKey="p", RowKey="r", number=5, text="ä", when=moment)
    batch = TableBatch()
    batch.insert_entity({"PartitionKey": "p", "RowKey": "r", "number": 5})
    named = {"queue": "a-queue", "share": "a-share", "directory": "a dir/é", "file": "a file%+", "table": "ATable"}
    return {
        **{f"{kind}_name": name for kind, name in named.items()},
        **dict.fromkeys(("content_length", "start_range", "source_start_range"), 512),
        "end_range": 1023,
        "source_end_range": 1023,
        "count": 512,
        "index": 0,
        "quota": 7,
        "num_results": 2,
        "timeout": 23,
        "max_connections": 1,
        "visibility_timeout": 7,
        "time_to_live": 11,
        "num_messages": 2,
        "start": moment,
        "expiry": "2030-01-01",
        "ip": "1.2.3.4",
        "protocol": "https",
        "id": "an-id",
        "permission": "rw",
        "resource_types": "so",
        "message_id": "id",
        "pop_receipt": "a+receipt",
        "content": "hä & hi",
        "metadata": {"hello": "world", "Number": "42"},
        "signed_identifiers": {"an-id": AccessPolicy("rw", "2030-01-01", moment)},
        "logging": Logging(True, False, True, RetentionPolicy(True, 5)),
        "hour_metrics": Metrics(True, False, RetentionPolicy(True, 5)),
        "minute_metrics": Metrics(False),
        "cors": [CorsRule(["a", "b"], ["GET"], 5, ["x"], ["y"])],
        "content_settings": ContentSettings("text/x-special", "identity", "de", "inline", "max-age=9", "XrY7"),
        "data": content[:512],
        "file": content,
        "text": "hä",
        "encoding": "utf-8",
        "stream": io.BytesIO(content),
        "local_file_path": env.file(content),
        "file_path": str(env.folder / "got"),
        "open_mode": "wb",
        "source": "https://a.file.core.windows.net/s/f?sig=x",
        "copy_source": "https://a.file.core.windows.net/s/f",
        "copy_id": "00000000-0000-0000-0000-00000000000e",
        "file_permission": "O:S-1-5-21",
        "file_permission_key": "a-key",
        "snapshot": "2019-01-02T03:04:05.1234567Z",
        "entity": entity,
        "batch": batch,
        "partition_key": "p",
        "row_key": "r",
        "if_match": "*",
        "filter": "n eq 5",
        "select": "n,m",
        "start_pk": "p",
        "start_rk": "r",
        "end_pk": "q",
        "end_rk": "s",
        "sas_token": "sig=x",
        "cache_control": "no-cache",
        "content_disposition": "inline",
        "content_encoding": "gzip",
        "content_language": "de",
        "content_type": "text/csv",
        "prefix": "a p/",
        "marker": "a-marker",
    }


def _answer(method: str) -> Answer:
    body = next((body for word, body in sorted(_BODIES.items(), key=lambda item: -len(item[0])) if word in method), "")
    if "message" in method:
        body = "" if method in ("update_message", "delete_message", "clear_messages") else _BODIES["messages"]
    if "file_to" in method:
        return Answer(206, _HEADERS | {"Content-Range": "bytes 0-10/11"}, body.encode())
    return Answer(200, _HEADERS, body.encode())


def _probe(kind: type, method: str, full: bool, status: int) -> Callable[[Environment], Any]:
    def probe(env: Environment) -> Any:
        service = env.over_https(kind)
        told: list[Any] = []
        values = _values(env) | {"progress_callback": lambda *progress: told.append(progress)}
        if kind is TableService:
            values["marker"] = {"nextpartitionkey": "p", "nextrowkey": "r"}
        taken = inspect.signature(getattr(service, method)).parameters
        chosen = {name: values[name] for name, p in taken.items() if name in values and (full or p.default is p.empty)}
        answer = _answer(method) if status == 200 else Answer(status, FINE | {"x-ms-error-code": "TheCode"}, b"told")
        env.answer(*[answer] * _ANSWERS)
        value = tried(getattr(service, method), **chosen)
        listed = tried(list, value) if type(value).__name__ == "ListGenerator" else None
        stream = chosen["stream"].getvalue() if "get_" in method and "stream" in chosen else None
        return {"value": value, "listed": listed, "progress": told, "stream": stream}

    return probe


def _methods(kind: type) -> list[str]:
    found = inspect.getmembers(kind, callable)
    # A batch of tables has an identifier chosen at random in its body.
    return [
        name
        for name, _ in found
        if not name.startswith("_") and not hasattr(StorageClient, name) and name != "commit_batch"
    ]


TABLE = {
    f"{kind.__name__}.{method} {how}": _probe(kind, method, how == "full", {"missing": 404, "there": 409}.get(how, 200))
    for kind in _KINDS
    for method in _methods(kind)
    for how in ("full", "plain", "missing", "there")
}
