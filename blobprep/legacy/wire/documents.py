"""Write and read the XML documents of the service other than listings: access policies, service properties, keys."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import date
from functools import wraps
from typing import Any, Final, TypeVar, cast
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
    "read_policies",
    "read_properties",
    "read_stats",
    "root_of",
    "unless_missing",
    "write_delegation_times",
    "write_policies",
    "write_properties",
]

Element = ElementTree.Element
Read = TypeVar("Read", bound=Callable[[HTTPResponse], Any])


def root_of(response: HTTPResponse) -> Element:
    """Parse the body of an answer."""
    return ElementTree.fromstring(response.body)  # noqa: S314 - from the service that the script trusts with its data


def unless_missing(read: Read) -> Read:
    """Have a reader return None for an answer without a body, as only a program's own session gives."""

    @wraps(read)
    def reading(response: HTTPResponse) -> Any:
        body: Any = response.body
        return None if body is None else read(response)

    return cast("Read", reading)


def document(root: Element) -> bytes:
    """Write a document with its declaration."""
    written: bytes = ElementTree.tostring(root, encoding="utf-8", xml_declaration=True)
    return written


def write_policies(policies: Mapping[str, models.AccessPolicy] | None) -> bytes:
    """Write a container's stored access policies; an empty body for None."""
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
    policies = read_policies(response)
    policies.public_access = response.headers.get("x-ms-blob-public-access")
    return policies


@unless_missing
def read_policies(response: HTTPResponse) -> models.AttributedDict:
    """Read stored access policies by their ids."""
    policies = models.AttributedDict()
    for identifier in root_of(response).findall("SignedIdentifier"):
        policy = models.AccessPolicy()
        terms = identifier.find("AccessPolicy")
        if terms is not None:
            policy.start, policy.expiry = (_parsed(terms.find(name)) for name in ("Start", "Expiry"))
            policy.permission = terms.findtext("Permission")
        policies[_optional_text(identifier, "Id") or ""] = policy
    return policies


def write_delegation_times(start: date | str | None, expiry: date | str | None) -> bytes:
    """Write when a user delegation key begins and ends.

    Raises:
        ValueError: one of them is None.
    """
    if start is None or expiry is None:
        raise ValueError("delegation key start/end times are required")
    root = Element("KeyInfo")
    _add(root, "Start", moment(start))
    _add(root, "Expiry", moment(expiry))
    return document(root)


@unless_missing
def read_delegation_key(response: HTTPResponse) -> models.UserDelegationKey:
    """Read a user delegation key; its times stay text."""
    root, key = root_of(response), models.UserDelegationKey()
    for part in ("Oid", "Tid", "Start", "Expiry", "Service", "Version"):
        setattr(key, f"signed_{part.lower()}", root.findtext(f"Signed{part}"))
    key.value = root.findtext("Value")
    return key


@unless_missing
def read_stats(response: HTTPResponse) -> models.ServiceStats:
    """Read the state of the replication to the secondary location."""
    element = _child(root_of(response), "GeoReplication")
    stats, replication = models.ServiceStats(), models.GeoReplication()
    replication.status = _optional_text(element, "Status")
    synced = _optional_text(element, "LastSyncTime")
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
    """Write the properties to change; None changes nothing, and an empty list of rules removes all."""
    root = Element("StorageServiceProperties")
    if logging:
        element = _add(root, "Logging")
        _add_all(element, Version=logging.version, Delete=logging.delete, Read=logging.read, Write=logging.write)
        _retain(element, logging.retention_policy)
    for name, metrics in (("HourMetrics", hour_metrics), ("MinuteMetrics", minute_metrics)):
        if metrics:
            element = _add(root, name)
            _add_all(element, Version=metrics.version, Enabled=metrics.enabled)
            if metrics.enabled and metrics.include_apis is not None:
                _add_all(element, IncludeAPIs=metrics.include_apis)
            _retain(element, metrics.retention_policy)
    if cors is not None:
        rules = _add(root, "Cors")
        for rule in cors:
            _allow(_add(rules, "CorsRule"), rule)
    if target_version:
        _add(root, "DefaultServiceVersion", target_version)
    if delete_retention_policy:
        element = _add(root, "DeleteRetentionPolicy")
        _add_all(element, Enabled=delete_retention_policy.enabled)
        if delete_retention_policy.enabled:
            _add_all(element, Days=delete_retention_policy.days)
    if static_website:
        element = _add(root, "StaticWebsite")
        _add_all(element, Enabled=static_website.enabled)
        index, missing = static_website.index_document, static_website.error_document_404_path
        for tag, page in (("IndexDocument", index), ("ErrorDocument404Path", missing)):
            if static_website.enabled and page is not None:
                _add(element, tag, str(page))
    return document(root)


def _retain(parent: Element, policy: models.RetentionPolicy) -> None:
    kept = _add(parent, "RetentionPolicy")
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


@unless_missing
def read_properties(response: HTTPResponse) -> models.ServiceProperties:
    """Read the service's properties; the attribute of one that the service left out is not set."""
    found = models.ServiceProperties()
    for element in root_of(response):
        if element.tag in _PROPERTIES:
            attribute, read = _PROPERTIES[element.tag]
            setattr(found, attribute, read(element))
    return found


def _logging(element: Element) -> models.Logging:
    found = models.Logging()
    found.version = _text(element, "Version")
    found.delete, found.read, found.write = (flag(_text(element, name)) for name in ("Delete", "Read", "Write"))
    _read_retention(element, found.retention_policy)
    return found


def _metrics(element: Element) -> models.Metrics:
    found = models.Metrics()
    found.version = _text(element, "Version")
    found.enabled = flag(_text(element, "Enabled"))
    if element.find("IncludeAPIs") is not None:
        found.include_apis = flag(_text(element, "IncludeAPIs"))
    _read_retention(element, found.retention_policy)
    return found


def _read_retention(element: Element, policy: models.RetentionPolicy) -> None:
    kept = _child(element, "RetentionPolicy")
    policy.enabled = flag(_text(kept, "Enabled"))
    if kept.find("Days") is not None:
        policy.days = int(_text(kept, "Days"))


def _rule(element: Element) -> models.CorsRule:
    origins, methods = (_text(element, name).split(",") for name in ("AllowedOrigins", "AllowedMethods"))
    rule = models.CorsRule(origins, methods, int(_text(element, "MaxAgeInSeconds")))
    if exposed := _optional_text(element, "ExposedHeaders"):
        rule.exposed_headers = exposed.split(",")
    if allowed := _optional_text(element, "AllowedHeaders"):
        rule.allowed_headers = allowed.split(",")
    return rule


def _deleted(element: Element) -> models.DeleteRetentionPolicy:
    kept = models.DeleteRetentionPolicy()
    kept.enabled = flag(_text(element, "Enabled"))
    kept.days = int(_text(element, "Days")) if kept.enabled else None
    return kept


def _website(element: Element) -> models.StaticWebsite:
    pages = (_optional_text(element, name) for name in ("IndexDocument", "ErrorDocument404Path"))
    return models.StaticWebsite(flag(_text(element, "Enabled")), *pages)


_PROPERTIES: Final[Mapping[str, tuple[str, Callable[[Element], object]]]] = {
    "Logging": ("logging", _logging),
    "HourMetrics": ("hour_metrics", _metrics),
    "MinuteMetrics": ("minute_metrics", _metrics),
    "Cors": ("cors", lambda element: [_rule(rule) for rule in element.findall("CorsRule")]),
    "DefaultServiceVersion": ("target_version", lambda element: element.text),
    "DeleteRetentionPolicy": ("delete_retention_policy", _deleted),
    "StaticWebsite": ("static_website", _website),
}
"""Which attribute holds each property, and how it is read."""


def _add(parent: Element, name: str, value: str | None = None) -> Element:
    element = ElementTree.SubElement(parent, name)
    element.text = value
    return element


def _add_all(parent: Element, **values: Any) -> None:
    for name, value in values.items():
        _add(parent, name, str(value))


def _child(parent: Element, name: str) -> Element:
    found = parent.find(name)
    if found is None:
        raise ValueError(f"the service's answer has no {name}")
    return found


def _optional_text(parent: Element, name: str) -> str | None:
    found = parent.find(name)
    return None if found is None else found.text


def _text(parent: Element, name: str) -> str:
    return _child(parent, name).text or ""


def _parsed(element: Element | None) -> Any:
    return None if element is None else parse(element.text)
