"""The check whether a credential can be valid, made by every command and the diagnosis before anything is sent. Pure.

No message contains any part of the secret.

Source:
    Microsoft, "Authorize with Shared Key" (the key is Base64, a signature HMAC-SHA256 in Base64), "Create an account
    SAS" and "Create a service SAS" (the fields of a token); RFC 6750 (the characters of a bearer token). Keys have 64
    bytes in Microsoft's clouds, and any number in emulators and elsewhere.
"""

from __future__ import annotations

import re
from base64 import b64decode
from typing import Final
from urllib.parse import unquote, urlsplit

from blobprep.account.accounts import Account
from blobprep.account.secret_kinds import SAS_TOKEN, is_base64, is_placeholder, kind_of
from blobprep.errors import SettingError
from blobprep.reference.hosts import in_clouds
from blobprep.reference.sas import PARAMETERS

__all__ = ["require_credential"]

_KEY_BYTES: Final = 64
_BLANK: Final = re.compile(r"[\s\x00-\x1f\x7f\u200b-\u200f\u2028\u2029\u2060\ufeff]")
_BEARER: Final = re.compile(r"[A-Za-z0-9._~+/-]+=*")
_ESCAPED: Final = re.compile(r"%[0-9A-Fa-f]{2}")

_Fault = tuple[str, str]
"""What is wrong with a credential, and the remedy."""

_TAKE_KEY: Final = "copy the account key whole, to its last character"
_LIST_KEYS: Final = (
    "copy the account key whole: az storage account keys list --account-name {account} --query '[0].value' --output tsv"
)
_TAKE_SAS: Final = "copy the token whole, in one line, and put it in single quotes: a shell ends it at its first &"


def require_credential(account: Account, source: str) -> Account:
    """Return the account if its credential has a form that the service can accept.

    Args:
        account: the account; its address decides how long a key must be.
        source: the variable or setting that holds the credential, for messages.

    Raises:
        SettingError: the credential is cut off, a placeholder, badly encoded, or of another kind; the message names the
            source and what is wrong, and shows no part of the secret.
    """
    secret, strict = account.credential.secret, in_clouds((urlsplit(account.url).hostname or "").lower())
    kind = account.credential.kind
    fault: _Fault | None = None
    if kind == "key":
        fault = _key_fault(secret, strict)
    elif kind == "sas":
        fault = _sas_fault(secret, strict)
    elif account.credential.flavor == "bearer" and kind == "token":
        fault = _bearer_fault(secret)
    if fault is None:
        return account
    what, remedy = fault
    if remedy == _TAKE_KEY:
        remedy = _LIST_KEYS.format(account=account.name) if strict else _TAKE_KEY
    raise SettingError(f"{source}: {what}", remedy=remedy)


def _key_fault(key: str, strict: bool) -> _Fault | None:
    if not key:
        return "the account key is empty", _TAKE_KEY
    if is_base64(key) and not is_placeholder(key):
        length = len(b64decode(key))
        if not strict or length == _KEY_BYTES:
            return None
        return f"the account key has {length} bytes, but keys of Azure Storage have {_KEY_BYTES}", _TAKE_KEY
    if foreign := kind_of(key):
        return f"it holds {foreign.words} instead of an account key", foreign.remedy
    if _BLANK.search(key):
        return "the account key contains a blank or a line break", "write it in one line, without blanks"
    if _ESCAPED.search(key):
        return "the account key is percent-encoded", "write + for %2B, / for %2F and = for %3D"
    if not re.fullmatch(r"[A-Za-z0-9+/]*=*", key):
        return "the account key has characters that Base64 does not have", _TAKE_KEY
    return "the account key is not complete Base64: a part of it is missing, probably its end", _TAKE_KEY


def _sas_fault(token: str, strict: bool) -> _Fault | None:
    if not token:
        return "the SAS token is empty", _TAKE_SAS
    names = [part.partition("=")[0].lower() for part in token.split("&")]
    foreign = kind_of(token)
    if foreign is not None and foreign != SAS_TOKEN:
        return f"it holds {foreign.words} instead of a SAS token", foreign.remedy
    if re.search(r"(?i)sig%(?:25)*3D", token):
        return "the SAS token is percent-encoded as a whole", "decode it once: %3D stands for = and %26 for &"
    if not set(names) & PARAMETERS:
        return "it does not hold a SAS token: the fields of a token are missing", _TAKE_SAS
    signature = _field(token, "sig")
    if not signature:
        return "the SAS token has no signature (no field sig): it was not copied whole", _TAKE_SAS
    if fault := _fields_fault(names):
        return fault
    if _BLANK.search(unquote(signature)):
        return (
            "the signature of the SAS token (field sig) contains a blank or a line break",
            "join its lines; a blank was a + before it was decoded: write %2B for it",
        )
    if _BLANK.search(token):
        return "the SAS token contains a blank or a line break", "write it in one line, without blanks"
    return _signature_fault(unquote(signature), strict)


def _field(token: str, name: str) -> str:
    fields = (part.partition("=") for part in token.split("&"))
    return next((value for found, _, value in fields if found.lower() == name), "")


def _fields_fault(names: list[str]) -> _Fault | None:
    doubled = next((name for name in names if names.count(name) > 1 and name in PARAMETERS), None)
    if doubled:
        return f"the SAS token has the field {doubled} twice", "copy one token and nothing else"
    if any(len(name) < 2 for name in names):
        return "the SAS token has a field without a name: its start or another part is missing", _TAKE_SAS
    if "sv" not in names:
        return "the SAS token has no version (no field sv): its start or another part is missing", _TAKE_SAS
    return None


def _signature_fault(signature: str, strict: bool) -> _Fault | None:
    """Check a signature, decoded once: the Base64 of 32 bytes, which always ends with a single `=`."""
    if _ESCAPED.search(signature):
        return (
            "the SAS token is percent-encoded twice (its signature is not Base64)",
            "decode it once: %25 stands for %",
        )
    if is_placeholder(signature):
        return "the signature of the SAS token (field sig) is a placeholder", "copy the token that was created for you"
    whole = is_base64(signature) and (not strict or (signature[-1] == "=" and signature[-2] != "="))
    return (
        None
        if whole
        else ("the signature of the SAS token (field sig) is not complete Base64: it was cut off", _TAKE_SAS)
    )


def _bearer_fault(token: str) -> _Fault | None:
    foreign = kind_of(token)
    if token.lower().startswith("bearer "):
        return "the bearer token has the word Bearer before it", "write only the token"
    if foreign and "bearer" not in foreign.words:
        return f"it holds {foreign.words} instead of a bearer token", foreign.remedy
    if not _BEARER.fullmatch(token):
        return (
            "the bearer token has a character that is not allowed in tokens",
            "get a new one: az account get-access-token --resource https://storage.azure.com/ "
            "--query accessToken --output tsv",
        )
    return None
