"""Properties of the service, against Azurite, and the documents it does not know of, as they are read and written."""

from __future__ import annotations

from datetime import datetime
from typing import Any

import pytest
from dateutil.tz import tzutc

from blobprep.legacy.models import (
    CorsRule,
    DeleteRetentionPolicy,
    Logging,
    Metrics,
    RetentionPolicy,
    StaticWebsite,
)
from blobprep.legacy.wire import documents
from blobprep.legacy.wire.messages import HTTPResponse
from tests.legacy.core.conftest import Answer, Answering, Live, offline

NOTHING: dict[str, Any] = dict.fromkeys(
    ["logging", "hour_metrics", "minute_metrics", "cors", "target_version", "delete_retention_policy", "static_website"]
)


def plain(value: Any) -> Any:
    """The attributes of a model, and of those in it."""
    if isinstance(value, list):
        return [plain(each) for each in value]
    return {name: plain(each) for name, each in vars(value).items()} if hasattr(value, "__dict__") else value


def read_again(body: bytes) -> Any:
    return documents.read_properties(HTTPResponse(200, "OK", {}, body))


def test_service_properties_come_back(live: Live) -> None:
    """Only those that Azurite takes: it refuses the capitals of `True`, which the service does not."""
    cors = [CorsRule(["http://a", "http://b"], ["GET", "PUT"], 60, ["x-ms-meta-a", "x-ms-b"], ["x-ms-c"])]

    live.service.set_blob_service_properties(cors=cors, target_version="2019-02-02")
    found = live.service.get_blob_service_properties()

    assert plain(found.cors) == plain(cors)
    assert found.target_version == "2019-02-02"
    assert found.logging.version == "1.0"
    assert found.hour_metrics.enabled is found.minute_metrics.enabled is False


def test_an_empty_list_of_rules_removes_them(live: Live) -> None:
    live.service.set_blob_service_properties(cors=[CorsRule(["*"], ["GET"])])
    live.service.set_blob_service_properties(cors=[])

    assert live.service.get_blob_service_properties().cors == []


def test_what_is_written_is_read_again() -> None:
    given = {
        "logging": Logging(True, False, True, RetentionPolicy(True, 5)),
        "hour_metrics": Metrics(True, False),
        "minute_metrics": Metrics(False),
        "cors": [CorsRule(["*"], ["GET"], 5)],
        "target_version": "2019-02-02",
        "delete_retention_policy": DeleteRetentionPolicy(True, 7),
        "static_website": StaticWebsite(True, "index.html", "404.html"),
    }

    assert plain(read_again(documents.write_properties(**given))) == {name: plain(each) for name, each in given.items()}


def test_what_is_not_given_is_not_written() -> None:
    body = documents.write_properties(**NOTHING | {"delete_retention_policy": DeleteRetentionPolicy(False)})

    assert body == (
        b"<?xml version='1.0' encoding='utf-8'?>\n<StorageServiceProperties><DeleteRetentionPolicy><Enabled>False"
        b"</Enabled></DeleteRetentionPolicy></StorageServiceProperties>"
    )
    assert list(vars(read_again(body))) == ["delete_retention_policy"]


def test_setting_nothing_is_refused() -> None:
    session = Answering()

    with pytest.raises(ValueError, match="should be called with at least one parameter"):
        offline(session).set_blob_service_properties()
    assert session.asked == []


def test_stats_are_asked_of_the_secondary_alone() -> None:
    body = (
        b"<StorageServiceStats><GeoReplication><Status>live</Status>"
        b"<LastSyncTime>Mon, 23 Nov 2026 13:04:09 GMT</LastSyncTime></GeoReplication></StorageServiceStats>"
    )
    session = Answering(
        Answer(200, "OK", content=body), Answer(200, "OK", content=body.replace(b"Mon, 23 Nov 2026 13:04:09 GMT", b""))
    )
    service = offline(session)

    replication = service.get_blob_service_stats().geo_replication

    assert (replication.status, replication.last_sync_time) == (
        "live",
        datetime(2026, 11, 23, 13, 4, 9, tzinfo=tzutc()),
    )
    assert session.urls == ["http://contoso-secondary.blob.core.windows.net/"]
    assert service.get_blob_service_stats().geo_replication.last_sync_time is None


def test_stats_come_from_the_emulator_too(live: Live) -> None:
    live.service.secondary_endpoint = live.service.primary_endpoint + "-secondary"
    live.service.authentication.is_emulated = True

    assert live.service.get_blob_service_stats().geo_replication.status in ("live", "unavailable")


def test_the_account_says_what_it_is(live: Live) -> None:
    information = live.service.get_blob_account_information()

    assert (information.sku_name, information.account_kind) == ("Standard_RAGRS", "StorageV2")
    assert live.service.get_blob_account_information(live.container).account_kind == "StorageV2"


def test_a_delegation_key_is_asked_for_and_read() -> None:
    names = ("SignedOid", "SignedTid", "SignedStart", "SignedExpiry", "SignedService", "SignedVersion")
    told = dict(zip(names, "otsebv", strict=True))
    elements = "".join(f"<{name}>{value}</{name}>" for name, value in (told | {"Value": "a2V5"}).items())
    session = Answering(Answer(200, "OK", content=f"<UserDelegationKey>{elements}</UserDelegationKey>".encode()))

    key = offline(session).get_user_delegation_key(datetime(2020, 1, 2), "2020-01-03")

    assert list(vars(key).values()) == ["o", "t", "s", "e", "b", "v", "a2V5"]
    ((method, url, options),) = session.asked
    assert (method, url) == ("POST", "http://contoso.blob.core.windows.net")
    assert options["params"] == {"restype": "service", "comp": "userdelegationkey", "timeout": None}
    assert options["data"].endswith(
        b"<KeyInfo><Start>2020-01-02T00:00:00Z</Start><Expiry>2020-01-03</Expiry></KeyInfo>"
    )


def test_an_answer_that_lacks_a_part_says_which() -> None:
    with pytest.raises(ValueError, match="the service's answer has no RetentionPolicy"):
        read_again(
            b"<StorageServiceProperties><HourMetrics><Version>1.0</Version><Enabled>true</Enabled></HourMetrics>"
            b"</StorageServiceProperties>"
        )
