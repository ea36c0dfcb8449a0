"""Sources that the service reads itself: Put Blob From URL, Put Block From URL."""

from __future__ import annotations

import hashlib
import ssl
from base64 import b64encode
from collections.abc import Mapping
from http.client import HTTPConnection, HTTPSConnection
from urllib.parse import urlsplit

from tests.server.wire import Refused

__all__ = ["fetch_source"]


def fetch_source(headers: Mapping[str, str]) -> bytes:
    """Read what a request names as its source, from whichever account of this machine it is in.

    Raises:
        Refused: the source may not be read, is not in the state that the request demands, or has another MD5.
    """
    parts = urlsplit(headers["x-ms-copy-source"])
    asked = {"x-ms-version": headers["x-ms-version"], "Connection": "close"}
    for given, name in (
        ("x-ms-source-if-match", "If-Match"),
        ("x-ms-source-range", "x-ms-range"),
        ("x-ms-copy-source-authorization", "Authorization"),
    ):
        if given in headers:
            asked[name] = headers[given]
    unverified = ssl.create_default_context()
    unverified.check_hostname, unverified.verify_mode = False, ssl.CERT_NONE
    host = parts.netloc
    connection = HTTPSConnection(host, context=unverified) if parts.scheme == "https" else HTTPConnection(host)
    try:
        connection.request("GET", f"{parts.path}?{parts.query}" if parts.query else parts.path, headers=asked)
        answer = connection.getresponse()
        data = answer.read()
    except OSError as error:
        raise Refused("CannotVerifyCopySource", status=404) from error
    finally:
        connection.close()
    if answer.status == 412:
        raise Refused("SourceConditionNotMet")
    if answer.status not in (200, 206):
        raise Refused("CannotVerifyCopySource", status=answer.status)
    stated = headers.get("x-ms-source-content-md5")
    if stated and stated != b64encode(hashlib.md5(data).digest()).decode():
        raise Refused("Md5Mismatch")
    return data
