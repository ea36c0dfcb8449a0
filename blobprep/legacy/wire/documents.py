"""Write and read the XML documents of the service other than listings: access policies, service properties, keys."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import date
from typing import Any, Final
from xml.etree import ElementTree

from dateutil.parser import parse

from blobprep.legacy import models
from blobprep.legacy.wire.conversions import moment, text
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


def write_policies(policies: Mapping[str, models.AccessPolicy] | None) -> bytes:
    """Write a container's stored access policies; nothing at all for None."""
    if policies is None:
        return b""
    root = Element("SignedIdentifiers")
    for name, policy in policies.items():
        identifier = _add(root, "SignedIdentifier")
        _add(identifier, "Id", name)
        terms = _add(identifier, "AccessPolicy")
        if policy.start:
            _add(terms, "Start", moment(policy.start))
        if policy.expiry:
            _add(terms, "Expiry", moment(policy.expiry))
        if policy.permission:
            _add(terms, "Permission", text(policy.permission))
    return document(root)


def read_access(response: HTTPResponse) -> models.AttributedDict:
    """Read a container's stored access policies by their ids, with its `public_access`."""
    policies = models.AttributedDict()
    for identifier in root_of(response).findall("SignedIdentifier"):
        policy = models.AccessPolicy()
        terms = identifier.find("AccessPolicy")
        if terms is not None:
            policy.start, policy.expiry = (_parsed(terms.find(name)) for name in ("Start", "Expiry"))
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
    _add(root, "Start", moment(start))
    _add(root, "Expiry", moment(expiry))
    return document(root)


def read_delegation_key(response: HTTPResponse) -> models.UserDelegationKey:
    """Read a user delegation key; its times stay text."""
    root, key = root_of(response), models.UserDelegationKey()
    for part in ("Oid", "Tid", "Start", "Expiry", "Service", "Version"):
        setattr(key, f"signed_{part.lower()}", root.findtext(f"Signed{part}"))
    key.value = root.findtext("Value")
    return key


def read_stats(response: HTTPResponse) -> models.ServiceStats:
    """Read how far the secondary location has come."""
    told = _child(root_of(response), "GeoReplication")
    stats, replication = models.ServiceStats(), models.GeoReplication()
    replication.status = _said(told, "Status")
    synced = _said(told, "LastSyncTime")
    replication.last_sync_time = parse(synced) if synced else None
    stats.geo_replication = replication
    return stats


def write_properties(
    logging: models.Logging | None,
    hour_metrics: models.Metrics | None,
    minute_metrics: models.Metrics | None,
    cors: list[models.CorsRule] | None = None,
    target_version: str | None = None,
    delete_retention_policy: models.DeleteRetentionPolicy | None = None,
    static_website: models.StaticWebsite | None = None,
) -> bytes:
    """Write the properties to change; what is None stays as it is, and an empty list of rules removes all."""
    root = Element("StorageServiceProperties")
    if logging:
        told = _add(root, "Logging")
        _add_all(told, Version=logging.version, Delete=logging.delete, Read=logging.read, Write=logging.write)
        _retain(told, logging.retention_policy)
    for name, metrics in (("HourMetrics", hour_metrics), ("MinuteMetrics", minute_metrics)):
        if metrics:
            told = _add(root, name)
            _add_all(told, Version=metrics.version, Enabled=metrics.enabled)
            if metrics.enabled and metrics.include_apis is not None:
                _add_all(told, IncludeAPIs=metrics.include_apis)
            _retain(told, metrics.retention_policy)
    if cors is not None:
        told = _add(root, "Cors")
        for rule in cors:
            _allow(_add(told, "CorsRule"), rule)
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
        if static_website.enabled and static_website.index_document is not None:
            _add_all(told, IndexDocument=static_website.index_document)
        if static_website.enabled and static_website.error_document_404_path is not None:
            _add_all(told, ErrorDocument404Path=static_website.error_document_404_path)
    return document(root)


def _retain(told: Element, policy: models.RetentionPolicy) -> None:
    kept = _add(told, "RetentionPolicy")
    _add_all(kept, Enabled=policy.enabled)
    if policy.enabled and policy.days:
        _add_all(kept, Days=policy.days)


def _allow(allowed: Element, rule: models.CorsRule) -> None:
    _add_all(
        allowed,
        AllowedOrigins=",".join(rule.allowed_origins),
        AllowedMethods=",".join(rule.allowed_methods),
        MaxAgeInSeconds=rule.max_age_in_seconds,
        ExposedHeaders=",".join(rule.exposed_headers),
        AllowedHeaders=",".join(rule.allowed_headers),
    )


def read_properties(response: HTTPResponse) -> models.ServiceProperties:
    """Read the service's properties; what the service left out stays an attribute that is not there."""
    found = models.ServiceProperties()
    for told in root_of(response):
        if told.tag in _PROPERTIES:
            attribute, read = _PROPERTIES[told.tag]
            setattr(found, attribute, read(told))
    return found


def _logging(told: Element) -> models.Logging:
    found = models.Logging()
    found.version = _text(told, "Version")
    found.delete, found.read, found.write = (flag(_text(told, name)) for name in ("Delete", "Read", "Write"))
    _read_retention(told, found.retention_policy)
    return found


def _metrics(told: Element) -> models.Metrics:
    found = models.Metrics()
    found.version = _text(told, "Version")
    found.enabled = flag(_text(told, "Enabled"))
    if told.find("IncludeAPIs") is not None:
        found.include_apis = flag(_text(told, "IncludeAPIs"))
    _read_retention(told, found.retention_policy)
    return found


def _read_retention(told: Element, policy: models.RetentionPolicy) -> None:
    kept = _child(told, "RetentionPolicy")
    policy.enabled = flag(_text(kept, "Enabled"))
    if kept.find("Days") is not None:
        policy.days = int(_text(kept, "Days"))


def _rules(told: Element) -> list[models.CorsRule]:
    return [_rule(rule) for rule in told.findall("CorsRule")]


def _rule(told: Element) -> models.CorsRule:
    origins, methods = (_text(told, name).split(",") for name in ("AllowedOrigins", "AllowedMethods"))
    rule = models.CorsRule(origins, methods, int(_text(told, "MaxAgeInSeconds")))
    if exposed := _said(told, "ExposedHeaders"):
        rule.exposed_headers = exposed.split(",")
    if allowed := _said(told, "AllowedHeaders"):
        rule.allowed_headers = allowed.split(",")
    return rule


def _deleted(told: Element) -> models.DeleteRetentionPolicy:
    kept = models.DeleteRetentionPolicy()
    kept.enabled = flag(_text(told, "Enabled"))
    kept.days = int(_text(told, "Days")) if kept.enabled else None
    return kept


def _website(told: Element) -> models.StaticWebsite:
    pages = (_said(told, name) for name in ("IndexDocument", "ErrorDocument404Path"))
    return models.StaticWebsite(flag(_text(told, "Enabled")), *pages)


_PROPERTIES: Final[Mapping[str, tuple[str, Callable[[Element], object]]]] = {
    "Logging": ("logging", _logging),
    "HourMetrics": ("hour_metrics", _metrics),
    "MinuteMetrics": ("minute_metrics", _metrics),
    "Cors": ("cors", _rules),
    "DefaultServiceVersion": ("target_version", lambda told: told.text),
    "DeleteRetentionPolicy": ("delete_retention_policy", _deleted),
    "StaticWebsite": ("static_website", _website),
}
"""Which attribute holds each property, and how it is read."""


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


def _parsed(element: Element | None) -> Any:
    return None if element is None else parse(element.text)
