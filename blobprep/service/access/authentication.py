"""Who may call a service: whoever has one of its keys, or a token of Microsoft Entra that it accepts."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from anyio import to_thread
from starlette.requests import HTTPConnection
from starlette.types import ASGIApp, Receive, Scope, Send

from blobprep.errors import SettingError
from blobprep.service.access.keys import KeyFile
from blobprep.service.access.tokens import TokenRefused, Tokens, is_token
from blobprep.service.definitions import ServiceDefinition
from blobprep.service.failures import ServiceFailure, failure

__all__ = ["Access", "FetchesKeys", "read_credential"]

_REALM: Final = "bearer"


class Access:
    """Who may call which service.

    Args:
        keys: of all services.
        tokens: that a service accepts besides, by its name.
    """

    def __init__(self, keys: KeyFile, tokens: Mapping[str, Tokens] | None = None) -> None:
        self._keys = keys
        self.tokens: Mapping[str, Tokens] = tokens or {}

    def authenticate(self, request: HTTPConnection, service: ServiceDefinition) -> None:
        """Let a request pass, or refuse it; waits for nothing but a look at the file of keys.

        Raises:
            ServiceFailure: it has no credential that the service accepts (401), or the keys cannot be read (500).
        """
        credential = read_credential(request)
        if not credential:
            raise _unauthorized()
        if is_token(credential):
            tokens = self.tokens.get(service.name)
            if tokens is None:
                raise _unauthorized()
            try:
                tokens.check(credential)
            except TokenRefused:
                raise _unauthorized() from None
            return
        try:
            slot = self._keys.find(service.name, credential)
        except SettingError as error:
            raise failure("InternalError", "UnknownError", more="The keys of the service cannot be read.") from error
        if slot is None:
            raise _unauthorized()


class FetchesKeys:
    """Middleware that has an issuer's keys fetched, by a thread, before a token is checked that needs them.

    Args:
        app: what is called then.
        access: whose tokens.
    """

    def __init__(self, app: ASGIApp, access: Access) -> None:
        self._app, self._access = app, access

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Fetch what is missing, then call the application."""
        if scope["type"] == "http" and self._access.tokens:
            credential = read_credential(HTTPConnection(scope))
            if is_token(credential):
                for tokens in self._access.tokens.values():
                    if tokens.wants_keys(credential):
                        await to_thread.run_sync(tokens.fetch)
        await self._app(scope, receive, send)


def read_credential(request: HTTPConnection) -> str:
    """Return what a request authenticates itself with; empty where it does not. Any case of `Bearer`, any spaces."""
    kind, _, credential = request.headers.get("authorization", "").strip().partition(" ")
    return credential.strip() if kind.lower() == _REALM else ""


def _unauthorized() -> ServiceFailure:
    return failure("Unauthorized", "ScoreRequestUnauthorized")
