"""Requests and answers, under the old SDK's names."""

from __future__ import annotations

from blobprep.legacy.beside import adopt as _adopt
from blobprep.legacy.wire.messages import HTTPError, HTTPRequest, HTTPResponse

_adopt(__name__, [HTTPError, HTTPRequest, HTTPResponse])
