"""Write and read the XML documents of the service other than listings: access policies, service properties, keys."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Any
from xml.etree import ElementTree

from dateutil.parser import parse

from blobprep.legacy.models import (
    AccessPolicy,
    AttributedDict,
    CorsRule,
    DeleteRetentionPolicy,
    GeoReplication,
    Logging,
    Metrics,
    RetentionPolicy,
    ServiceProperties,
    ServiceStats,
    StaticWebsite,
    UserDelegationKey,
)
from blobprep.legacy.wire.conversions import iso_date, text
from blobprep.legacy.wire.messages import HTTPResponse
from blobprep.legacy.wire.reading import flag

__all__ = [
    "document",
    "read_access",
    "read_delegation_key",
    "read_properties",
    "read_stats",
    "root_of",
    "write_delegation_times",
    "write_policies",
    "write_properties",
]

Element = ElementTree.Element


def root_of(response: HTTPResponse) -> Element:
    """Parse the body of an answer."""
    return ElementTree.fromstring(response.body)  # noqa: S314 - from the service that the script trusts with its data


def document(root: Element) -> bytes:
    """Write a document with its declaration."""
    written: bytes = ElementTree.tostring(root, encoding="utf-8", xml_declaration=True)
    return written


def write_policies(policies: Mapping[str, AccessPolicy] | None) -> bytes:
    """Write a container's stored access policies; nothing at all for None."""
    if policies is None:
        return b""
    root = Element("SignedIdentifiers")
    for name, policy in policies.items():
        identifier = _add(root, "SignedIdentifier")
        _add(identifier, "Id", name)
        terms = _add(identifier, "AccessPolicy")
        if policy.start:
            _add(terms, "Start", _moment(policy.start))
        if policy.expiry:
            _add(terms, "Expiry", _moment(policy.expiry))
        if policy.permission:
            _add(terms, "Permission", text(policy.permission))
    return document(root)


def read_access(response: HTTPResponse) -> AttributedDict:
    """Read a container's stored access policies by their ids, with its `public_access`."""
    policies = AttributedDict()
    for identifier in root_of(response).findall("SignedIdentifier"):
        policy = AccessPolicy()
        terms = identifier.find("AccessPolicy")
        if terms is not None:
            policy.start = _parsed(terms.find("Start"))
            policy.expiry = _parsed(terms.find("Expiry"))
            policy.permission = terms.findtext("Permission")
        policies[_said(identifier, "Id") or ""] = policy
    policies.public_access = response.headers.get("x-ms-blob-public-access")
    return policies


def write_delegation_times(start: date | str | None, expiry: date | str | None) -> bytes:
    """Write from when to when a user delegation key shall hold.

    Raises:
        ValueError: one of them is None.
    """
    if start is None or expiry is None:
        raise ValueError("delegation key start/end times are required")
    root = Element("KeyInfo")
    _add(root, "Start", _moment(start))
    _add(root, "Expiry", _moment(expiry))
    return document(root)


def read_delegation_key(response: HTTPResponse) -> UserDelegationKey:
    """Read a user delegation key; its times stay text."""
    root, key = root_of(response), UserDelegationKey()
    key.signed_oid = root.findtext("SignedOid")
    key.signed_tid = root.findtext("SignedTid")
    key.signed_start = root.findtext("SignedStart")
    key.signed_expiry = root.findtext("SignedExpiry")
    key.signed_service = root.findtext("SignedService")
    key.signed_version = root.findtext("SignedVersion")
    key.value = root.findtext("Value")
    return key


def read_stats(response: HTTPResponse) -> ServiceStats:
    """Read how far the secondary location has come."""
    told = _child(root_of(response), "GeoReplication")
    replication = GeoReplication()
    replication.status = _said(told, "Status")
    synced = _said(told, "LastSyncTime")
    replication.last_sync_time = parse(synced) if synced else None
    stats = ServiceStats()
    stats.geo_replication = replication
    return stats


def write_properties(
    logging: Logging | None,
    hour_metrics: Metrics | None,
    minute_metrics: Metrics | None,
    cors: list[CorsRule] | None,
    target_version: str | None,
    delete_retention_policy: DeleteRetentionPolicy | None,
    static_website: StaticWebsite | None,
) -> bytes:
    """Write the properties to change; what is None stays as it is, and an empty list of rules removes all."""
    root = Element("StorageServiceProperties")
    if logging:
        told = _add(root, "Logging")
        _add_all(told, Version=logging.version, Delete=logging.delete, Read=logging.read, Write=logging.write)
        _retain(told, logging.retention_policy)
    for name, metrics in (("HourMetrics", hour_metrics), ("MinuteMetrics", minute_metrics)):
        if metrics:
            _measure(_add(root, name), metrics)
    if cors is not None:
        _allow(_add(root, "Cors"), cors)
    if target_version:
        _add(root, "DefaultServiceVersion", target_version)
    if delete_retention_policy:
        told = _add(root, "DeleteRetentionPolicy")
        _add_all(told, Enabled=delete_retention_policy.enabled)
        if delete_retention_policy.enabled:
            _add_all(told, Days=delete_retention_policy.days)
    if static_website:
        told = _add(root, "StaticWebsite")
        _add_all(told, Enabled=static_website.enabled)
        if static_website.enabled:
            pages = (static_website.index_document, static_website.error_document_404_path)
            for name, page in zip(("IndexDocument", "ErrorDocument404Path"), pages, strict=True):
                if page is not None:
                    _add(told, name, str(page))
    return document(root)


def _measure(told: Element, metrics: Metrics) -> None:
    _add_all(told, Version=metrics.version, Enabled=metrics.enabled)
    if metrics.enabled and metrics.include_apis is not None:
        _add_all(told, IncludeAPIs=metrics.include_apis)
    _retain(told, metrics.retention_policy)


def _retain(told: Element, policy: RetentionPolicy) -> None:
    kept = _add(told, "RetentionPolicy")
    _add_all(kept, Enabled=policy.enabled)
    if policy.enabled and policy.days:
        _add_all(kept, Days=policy.days)


def _allow(told: Element, rules: list[CorsRule]) -> None:
    for rule in rules:
        allowed = _add(told, "CorsRule")
        _add(allowed, "AllowedOrigins", ",".join(rule.allowed_origins))
        _add(allowed, "AllowedMethods", ",".join(rule.allowed_methods))
        _add_all(allowed, MaxAgeInSeconds=rule.max_age_in_seconds)
        _add(allowed, "ExposedHeaders", ",".join(rule.exposed_headers))
        _add(allowed, "AllowedHeaders", ",".join(rule.allowed_headers))


def read_properties(response: HTTPResponse) -> ServiceProperties:
    """Read the service's properties; what the service left out stays an attribute that is not there."""
    root, found = root_of(response), ServiceProperties()
    if (told := root.find("Logging")) is not None:
        found.logging = _logging(told)
    if (told := root.find("HourMetrics")) is not None:
        found.hour_metrics = _metrics(told)
    if (told := root.find("MinuteMetrics")) is not None:
        found.minute_metrics = _metrics(told)
    if (told := root.find("Cors")) is not None:
        found.cors = [_rule(rule) for rule in told.findall("CorsRule")]
    if (told := root.find("DefaultServiceVersion")) is not None:
        found.target_version = told.text
    if (told := root.find("DeleteRetentionPolicy")) is not None:
        found.delete_retention_policy = kept = DeleteRetentionPolicy()
        kept.enabled = flag(_text(told, "Enabled"))
        kept.days = int(_text(told, "Days")) if kept.enabled else None
    if (told := root.find("StaticWebsite")) is not None:
        found.static_website = site = StaticWebsite()
        site.enabled = flag(_text(told, "Enabled"))
        site.index_document = _said(told, "IndexDocument")
        site.error_document_404_path = _said(told, "ErrorDocument404Path")
    return found


def _logging(told: Element) -> Logging:
    found = Logging()
    found.version = _text(told, "Version")
    found.delete, found.read, found.write = (flag(_text(told, name)) for name in ("Delete", "Read", "Write"))
    _read_retention(told, found.retention_policy)
    return found


def _metrics(told: Element) -> Metrics:
    found = Metrics()
    found.version = _text(told, "Version")
    found.enabled = flag(_text(told, "Enabled"))
    if told.find("IncludeAPIs") is not None:
        found.include_apis = flag(_text(told, "IncludeAPIs"))
    _read_retention(told, found.retention_policy)
    return found


def _read_retention(told: Element, policy: RetentionPolicy) -> None:
    kept = _child(told, "RetentionPolicy")
    policy.enabled = flag(_text(kept, "Enabled"))
    if kept.find("Days") is not None:
        policy.days = int(_text(kept, "Days"))


def _rule(told: Element) -> CorsRule:
    origins, methods = (_text(told, name).split(",") for name in ("AllowedOrigins", "AllowedMethods"))
    rule = CorsRule(origins, methods, int(_text(told, "MaxAgeInSeconds")))
    if exposed := _said(told, "ExposedHeaders"):
        rule.exposed_headers = exposed.split(",")
    if allowed := _said(told, "AllowedHeaders"):
        rule.allowed_headers = allowed.split(",")
    return rule


def _add(parent: Element, name: str, said: str | None = None) -> Element:
    element = ElementTree.SubElement(parent, name)
    element.text = said
    return element


def _add_all(parent: Element, **said: Any) -> None:
    for name, value in said.items():
        _add(parent, name, str(value))


def _child(parent: Element, name: str) -> Element:
    found = parent.find(name)
    if found is None:
        raise ValueError(f"the service's answer has no {name}")
    return found


def _said(parent: Element, name: str) -> str | None:
    found = parent.find(name)
    return None if found is None else found.text


def _text(parent: Element, name: str) -> str:
    return _child(parent, name).text or ""


def _moment(value: date | str) -> str:
    return iso_date(value) if isinstance(value, date) else value


def _parsed(element: Element | None) -> Any:
    return None if element is None else parse(element.text)
