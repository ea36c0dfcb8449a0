"""An issuer of tokens on this machine, as Microsoft Entra is one: real keys, a real server."""

from __future__ import annotations

import json
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import jwt
from cryptography.hazmat.primitives.asymmetric import rsa
from jwt.algorithms import RSAAlgorithm


class Issuer:
    """An issuer, with the keys that it shows."""

    def __init__(self) -> None:
        self.asked: list[str] = []
        self.shown: dict[str, rsa.RSAPrivateKey] = {}
        self.fails = False
        self.address = ""
        self.add_key("first")

    def add_key(self, name: str) -> None:
        self.shown[name] = rsa.generate_private_key(public_exponent=65537, key_size=2048)

    def token(self, key: str = "first", *, signed_by: rsa.RSAPrivateKey | None = None, **claims: Any) -> str:
        now = int(time.time())
        values = {"iss": self.address, "aud": "api://iris", "exp": now + 600, "nbf": now - 10, "roles": ["score"]}
        values |= claims
        given = {name: value for name, value in values.items() if value is not None}
        return jwt.encode(given, signed_by or self.shown[key], algorithm="RS256", headers={"kid": key})

    def document(self, path: str) -> dict[str, Any]:
        if path == "/.well-known/openid-configuration":
            return {"issuer": self.address, "jwks_uri": f"{self.address}/keys"}
        public = {name: json.loads(RSAAlgorithm.to_jwk(key.public_key())) for name, key in self.shown.items()}
        return {"keys": [{**row, "kid": name, "use": "sig", "alg": "RS256"} for name, row in public.items()]}


@contextmanager
def serve_issuer() -> Iterator[Issuer]:
    """Serve an issuer in a thread."""
    issuer = Issuer()

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            issuer.asked.append(self.path)
            data = json.dumps(issuer.document(self.path)).encode()
            self.send_response(500 if issuer.fails else 200)
            self.send_header("content-length", str(len(data)))
            self.end_headers()
            self.wfile.write(data)

        def log_message(self, *arguments: Any) -> None:
            pass

    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        issuer.address = f"http://127.0.0.1:{server.server_address[1]}"
        thread = threading.Thread(target=server.serve_forever, args=(0.01,))
        thread.start()
        try:
            yield issuer
        finally:
            server.shutdown()
            thread.join()
