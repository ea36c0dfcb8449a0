"""Sign requests: with an account key, with a shared access signature, or not at all.

A request is signed anew for each attempt, after the `request_callback` has seen it. A token credential signs the
session instead (`StorageClient` sees to that).
"""

from __future__ import annotations

import logging
from collections.abc import Iterable
from typing import Any, Final
from urllib.parse import parse_qsl

import requests

from blobprep.legacy.wire.constants import DEV_ACCOUNT_NAME, DEV_ACCOUNT_SECONDARY_NAME
from blobprep.legacy.wire.conversions import signature
from blobprep.legacy.wire.failures import AzureSigningError, wrapped
from blobprep.legacy.wire.messages import HTTPRequest

__all__ = [
    "NoAuthentication",
    "SharedAccessSignatureAuthentication",
    "SharedKeyAuthentication",
    "TokenCredential",
    "authentication_of",
    "logger",
]

logger: Final = logging.getLogger("azure.storage.common._auth")

_SIGNED_HEADERS = (
    "content-encoding",
    "content-language",
    "content-length",
    "content-md5",
    "content-type",
    "date",
    "if-modified-since",
    "if-match",
    "if-none-match",
    "if-unmodified-since",
    "byte_range",  # always empty: ranges are asked for with x-ms-range
)


def authentication_of(account: Any) -> Any:
    """Choose what signs an account's requests: its key, else its token, else its credential, else nothing."""
    if account.account_key:
        return SharedKeyAuthentication(account.account_name, account.account_key, account.is_emulated)
    if account.sas_token:
        return SharedAccessSignatureAuthentication(account.sas_token)
    return account.token_credential or NoAuthentication()


class SharedKeyAuthentication:
    """A signer with the account key.

    Source:
        Microsoft, "Authorize with Shared Key", the string for the Blob service.
    """

    def __init__(self, account_name: str, account_key: str, is_emulated: bool = False) -> None:
        self.account_name = account_name
        self.account_key = account_key
        self.is_emulated = is_emulated

    def sign_request(self, request: HTTPRequest) -> None:
        """Add the `Authorization` header.

        Raises:
            AzureSigningError: the key is not base64.
        """
        signed = self._get_verb(request) + self._get_headers(request, _SIGNED_HEADERS)
        signed += self._get_canonicalized_headers(request)
        signed += self._get_canonicalized_resource(request) + self._get_canonicalized_resource_query(request)
        self._add_authorization_header(request, signed)
        logger.debug("String_to_sign=%s", signed)

    # The signer of the Table service, a subclass, makes its own selection of these.

    def _get_verb(self, request: HTTPRequest) -> str:
        return request.method + "\n"

    def _get_headers(self, request: HTTPRequest, headers_to_sign: Iterable[str]) -> str:
        given = {name.lower(): value for name, value in request.headers.items() if value}
        if given.get("content-length") == "0":
            del given["content-length"]
        return "".join(given.get(name, "") + "\n" for name in headers_to_sign)

    def _get_canonicalized_headers(self, request: HTTPRequest) -> str:
        given = sorted((name.lower(), value) for name, value in request.headers.items() if name.startswith("x-ms-"))
        return "".join("".join((name, ":", value, "\n")) for name, value in given if value is not None)

    def _get_canonicalized_resource(self, request: HTTPRequest) -> str:
        path = request.path.split("?", 1)[0]
        if self.is_emulated and path.startswith("/" + DEV_ACCOUNT_SECONDARY_NAME):
            # The emulator checks requests to its secondary as if they went to its primary.
            path = path.replace(DEV_ACCOUNT_SECONDARY_NAME, DEV_ACCOUNT_NAME, 1)
        return f"/{self.account_name}{path}"

    def _get_canonicalized_resource_query(self, request: HTTPRequest) -> str:
        given = sorted(request.query.items())
        return "".join("\n" + name.lower() + ":" + value for name, value in given if value is not None)

    def _add_authorization_header(self, request: HTTPRequest, string_to_sign: str) -> None:
        try:
            proof = signature(self.account_key, string_to_sign)
        except Exception as error:  # any failure means that the key is not valid
            raise wrapped(error, AzureSigningError) from error
        request.headers["Authorization"] = f"SharedKey {self.account_name}:{proof}"


class SharedAccessSignatureAuthentication:
    """A signer that adds a shared access signature to the query."""

    def __init__(self, sas_token: str) -> None:
        # The portal shows tokens with the question mark of their URL.
        self.sas_qs = parse_qsl(sas_token.removeprefix("?"))

    def sign_request(self, request: HTTPRequest) -> None:
        """Add the token's parameters, unless an earlier attempt did."""
        if "sig" not in request.query:
            request.query.update(self.sas_qs)


class NoAuthentication:
    """A signer that changes nothing: public content needs no signature."""

    def sign_request(self, request: HTTPRequest) -> None:
        """Change nothing."""


class TokenCredential:
    """A signer of the session with a token of the caller's, who may replace it at any time.

    Attributes:
        token: sent unchanged with the next request.
    """

    def __init__(self, initial_value: str | None = None) -> None:
        self.token = initial_value

    def signed_session(self, session: requests.Session | None = None) -> requests.Session:
        """Put the token on the session, or on a new one; it is asked before each request."""
        session = session or requests.Session()
        session.headers["Authorization"] = f"Bearer {self.token}"
        return session
