"""Properties and statistics of the service, and the user delegation key."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from azure.storage.common import (
    CorsRule,
    DeleteRetentionPolicy,
    Logging,
    Metrics,
    RetentionPolicy,
    StaticWebsite,
)

from tests.legacy.probes.environment import Environment, tried
from tests.legacy.probes.recorder import Answer


def _set(env: Environment, **properties: Any) -> Any:
    env.answer(Answer(202))
    return tried(env.block.set_blob_service_properties, **properties)


def logging(env: Environment) -> Any:
    return _set(env, logging=Logging(True, True, False, RetentionPolicy(True, 5)))


def logging_of_its_defaults(env: Environment) -> Any:
    return _set(env, logging=Logging())


def hour_metrics(env: Environment) -> Any:
    return [
        _set(env, hour_metrics=metrics)
        for metrics in (Metrics(), Metrics(True, True), Metrics(True, False, RetentionPolicy(True, 3)))
    ]


def minute_metrics(env: Environment) -> Any:
    return _set(env, minute_metrics=Metrics(True, True, RetentionPolicy(False)))


def cors(env: Environment) -> Any:
    return [
        _set(env, cors=rules)
        for rules in (
            [],
            [CorsRule(["*"], ["GET"])],
            [CorsRule("http://a.example", "PUT", 7, "x", "y")],
            [CorsRule(["a", "b"], ["GET", "PUT"], 200, ["x", "y"], ["z"]), CorsRule([""], ["GET"])],
        )
    ]


def target_version(env: Environment) -> Any:
    return _set(env, target_version="2014-02-14")


def delete_retention(env: Environment) -> Any:
    return [
        _set(env, delete_retention_policy=policy)
        for policy in (DeleteRetentionPolicy(), DeleteRetentionPolicy(True, 3))
    ]


def static_website(env: Environment) -> Any:
    return [
        _set(env, static_website=site)
        for site in (StaticWebsite(), StaticWebsite(True, "index.html"), StaticWebsite(True, "a", "b"))
    ]


def nothing(env: Environment) -> Any:
    return tried(env.block.set_blob_service_properties)


def timeout(env: Environment) -> Any:
    return _set(env, target_version="2014-02-14", timeout=9)


def models_that_are_not_valid(env: Environment) -> Any:
    return [
        tried(RetentionPolicy, True),
        tried(Metrics, True),
        tried(DeleteRetentionPolicy, True),
        tried(CorsRule),
        tried(Logging, retention_policy=3),
    ]


def round_trip(env: Environment) -> Any:
    changes: list[dict[str, Any]] = [
        {"logging": Logging(True, True, True, RetentionPolicy(True, 5))},
        {"hour_metrics": Metrics(True, True, RetentionPolicy(True, 5))},
        {"minute_metrics": Metrics(False)},
        {"cors": [CorsRule(["http://a.example"], ["GET", "PUT"], 10, ["x-a"], ["x-b"])]},
        {"delete_retention_policy": DeleteRetentionPolicy(True, 2)},
        {"static_website": StaticWebsite(True, "index.html", "missing.html")},
    ]
    undone: list[dict[str, Any]] = [
        {"logging": Logging()},
        {"hour_metrics": Metrics()},
        {"minute_metrics": Metrics()},
        {"cors": []},
        {"delete_retention_policy": DeleteRetentionPolicy()},
        {"static_website": StaticWebsite()},
    ]
    told = [tried(env.block.set_blob_service_properties, **change) for change in changes]
    looked = env.block.get_blob_service_properties()
    told += [tried(env.block.set_blob_service_properties, **change) for change in undone]
    return looked, told, env.block.get_blob_service_properties()


def an_answer_without_anything(env: Environment) -> Any:
    env.answer(Answer(200, {}, b"<StorageServiceProperties/>"))
    return env.block.get_blob_service_properties()


def stats(env: Environment) -> Any:
    env.answer(
        *[
            Answer(
                200,
                {},
                f"<StorageServiceStats><GeoReplication><Status>{status}</Status><LastSyncTime>{time}</LastSyncTime>"
                "</GeoReplication></StorageServiceStats>".encode(),
            )
            for status, time in (("live", "Tue, 05 Jan 2016 10:11:12 GMT"), ("unavailable", ""))
        ]
    )
    service = env.over_https()
    return service.get_blob_service_stats(), service.get_blob_service_stats(timeout=7)


def stats_of_a_custom_domain(env: Environment) -> Any:
    env.answer(Answer(200, {}, b"<StorageServiceStats/>"))
    service = env.over_https(custom_domain="https://blobs.example")
    return tried(service.get_blob_service_stats), service.secondary_endpoint


def delegation_key(env: Environment) -> Any:
    told = []
    for start, end in (
        (datetime(2019, 1, 1), datetime(2019, 1, 2, 3, 4, 5)),
        ("2019-01-01T00:00:00Z", date(2019, 1, 2)),
        (None, "2019"),
        ("2019", None),
    ):
        env.answer(
            Answer(
                200,
                {},
                b"<UserDelegationKey><SignedOid>a</SignedOid><SignedTid>b</SignedTid><SignedStart>c</SignedStart>"
                b"<SignedExpiry>d</SignedExpiry><SignedService>e</SignedService><SignedVersion>f</SignedVersion>"
                b"<Value>g</Value></UserDelegationKey>",
            )
        )
        told.append(tried(env.block.get_user_delegation_key, start, end))
    return told
