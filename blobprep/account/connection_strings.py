"""Connection strings of Azure Storage, with a parser of our own. Pure.

The service's own SDK turns `DefaultEndpointsProtocol=http` into https if `EndpointSuffix` is missing, does not know
`UseDevelopmentStorage=True`, ignores `DevelopmentStorageProxyUri`, and opens the account as anonymous if the name of
its key's field is misspelled.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import replace
from difflib import get_close_matches
from typing import Final

from blobprep.account.accounts import EMULATOR_ACCOUNT, Account, Protocol, emulator, require_address
from blobprep.account.addresses import AccountAddress, parse_account_address
from blobprep.account.credentials import Credential, key_credential, sas_credential
from blobprep.account.secret_kinds import is_placeholder, kind_of, strip_quotes
from blobprep.errors import SettingError

__all__ = ["parse_connection_string"]

_NAMES: Final = (
    *("DefaultEndpointsProtocol", "AccountName", "AccountKey", "AccountKeyName", "EndpointSuffix"),
    *("SharedAccessSignature", "UseDevelopmentStorage", "DevelopmentStorageProxyUri"),
    *(
        f"{kind}{end}"
        for kind in ("Blob", "Dfs", "File", "Queue", "Table", "Web")
        for end in ("Endpoint", "SecondaryEndpoint")
    ),
)
_FIELDS: Final[Mapping[str, str]] = {name.lower(): name for name in _NAMES}
"""The fields of a connection string by their name in lower case.

Source: Microsoft, "Configure Azure Storage connection strings".
"""

_ELSEWHERE: Final = (
    (re.compile(r"(?i)(?:^|;)\s*Endpoint\s*=\s*sb://"), "Event Hubs or Service Bus"),
    (re.compile(r"(?i)(?:^|;)\s*AccountEndpoint\s*=|^mongodb(?:\+srv)?://"), "Cosmos DB"),
    (re.compile(r"(?i)(?:^|;)\s*(?:Server|Data Source|Initial Catalog|Database)\s*="), "a SQL database"),
    (re.compile(r"(?i)(?:^|;)\s*(?:InstrumentationKey|IngestionEndpoint)\s*="), "Application Insights"),
    (re.compile(r"(?i)(?:^|;)\s*HostName\s*=.*azure-devices"), "IoT Hub"),
    (re.compile(r"(?i)\.redis\.cache\."), "Azure Cache for Redis"),
    (re.compile(r"(?i)(?:^|;)\s*Endpoint\s*="), "another service of Azure"),
)
_WHOLE: Final = (
    "copy it whole from the account's access keys: "
    "DefaultEndpointsProtocol=https;AccountName=…;AccountKey=…;EndpointSuffix=core.windows.net"
)


def parse_connection_string(text: str) -> Account:
    """Parse a connection string of Azure Storage.

    Names of fields are understood in any case, blanks and quotes around the text and a container after the address are
    dropped, and the protocol is the one in the text.

    Raises:
        SettingError: the text is not a connection string, or has no account or no credential; the message shows no part
            of the text, for even the name of a field may contain the key.
    """
    clean = strip_quotes(text)
    _refuse_others(clean)
    fields: dict[str, str] = {}
    for name, value in _pairs(clean):
        if name in fields:
            raise SettingError(
                f"the connection string has {_FIELDS[name]} twice", remedy="copy one connection string and nothing else"
            )
        fields[name] = value
    if fields.get("usedevelopmentstorage", "").lower() == "true":
        return _emulator_of(fields.get("developmentstorageproxyuri", ""))
    return _account_of(fields)


def _refuse_others(text: str) -> None:
    if service := next((service for shape, service in _ELSEWHERE if shape.search(text)), None):
        raise SettingError(
            f"it holds a connection string of {service}, not of Azure Storage",
            remedy=f"use the storage account's connection string: {_WHOLE}",
        )
    kind = kind_of(text)
    if kind is not None and kind.words != "a connection string" and not re.match(r"(?i)\s*\w+\s*=.*;", text):
        raise SettingError(f"it holds {kind.words} instead of a connection string", remedy=kind.remedy)


def _pairs(text: str) -> Iterator[tuple[str, str]]:
    """Yield the fields, their names in lower case."""
    for part in filter(None, (part.strip() for part in text.split(";"))):
        name, equals, value = part.partition("=")
        lower = name.strip().lower()
        if not equals or lower not in _FIELDS:
            raise _field_error(part, lower)
        yield lower, value.strip()


def _field_error(part: str, name: str) -> SettingError:
    """Return the error for a part that is not a field; it describes the part without showing its text."""
    known = next((field for lower, field in sorted(_FIELDS.items(), reverse=True) if name.startswith(lower)), None)
    if known and (match := re.match(r"\s*([:=,|])|\s+\S", part[len(known) :])):
        mark = f"'{match[1]}'" if match[1] else "a blank"
        return SettingError(
            f"the connection string has a field that does not exist: {mark} follows {known} instead of '='",
            remedy=f"write '=' after {known}",
        )
    if "=" not in part:
        return SettingError("the connection string has a part without '='", remedy=_WHOLE)
    near = get_close_matches(name, _FIELDS, n=1, cutoff=0.75)
    hint = f"did you mean {_FIELDS[near[0]]}?" if near else f"fields are {', '.join(_NAMES[:6])}, and endpoints"
    return SettingError("the connection string has a field that does not exist", remedy=hint)


def _emulator_of(proxy: str) -> Account:
    if not proxy:
        return emulator()
    _address(f"{proxy.rstrip('/')}/{EMULATOR_ACCOUNT}", "DevelopmentStorageProxyUri", EMULATOR_ACCOUNT)
    return emulator(proxy)


def _account_of(fields: Mapping[str, str]) -> Account:
    address = _address_of(fields)
    protocol = address.protocol if address else _protocol_of(fields)
    name = fields.get("accountname") or (address.account if address else "")
    if not name:
        raise SettingError(
            "the connection string does not name an account", remedy="add the field AccountName or BlobEndpoint"
        )
    if is_placeholder(name):
        raise SettingError("the connection string has a placeholder for AccountName", remedy="write the account's name")
    account = Account(
        name, protocol=protocol, endpoint=address.endpoint if address else None, credential=_credential_of(fields)
    )
    suffix = fields.get("endpointsuffix")
    account = replace(account, endpoint_suffix=suffix) if suffix else account
    return require_address(account)


def _address_of(fields: Mapping[str, str]) -> AccountAddress | None:
    if not (endpoint := fields.get("blobendpoint")):
        return None
    address = _address(endpoint, "BlobEndpoint", fields.get("accountname", ""))
    if address.account != (fields.get("accountname") or address.account):
        raise SettingError(
            f"the connection string has the BlobEndpoint of account {address.account}, which is not its AccountName",
            remedy="use the name in the address, or leave out AccountName",
        )
    return address


def _address(text: str, field: str, name: str) -> AccountAddress:
    try:
        return parse_account_address(text, name)
    except SettingError as error:
        raise SettingError(f"{field} of the connection string: {error.message}", remedy=error.remedy) from None


def _protocol_of(fields: Mapping[str, str]) -> Protocol:
    scheme = (fields.get("defaultendpointsprotocol") or "https").lower()
    if scheme not in ("http", "https"):
        raise SettingError(
            "the connection string's protocol is neither http nor https",
            remedy="set DefaultEndpointsProtocol to http or https",
        )
    return "http" if scheme == "http" else "https"


def _credential_of(fields: Mapping[str, str]) -> Credential:
    if key := fields.get("accountkey"):
        return key_credential(key)
    if sas := fields.get("sharedaccesssignature"):
        return sas_credential(sas)
    empty = next((_FIELDS[name] for name in ("accountkey", "sharedaccesssignature") if name in fields), "")
    raise SettingError(
        f"the connection string has an empty {empty}" if empty else "the connection string has no AccountKey",
        remedy="add the field AccountKey or SharedAccessSignature; for a public account, set AZURE_STORAGE_ACCOUNT and "
        "AZURE_STORAGE_ANON=true instead of the connection string",
    )
