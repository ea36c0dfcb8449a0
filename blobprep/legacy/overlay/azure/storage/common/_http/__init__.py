"""Requests and answers, under the old SDK's names."""

from __future__ import annotations

from blobprep.legacy.wire.messages import HTTPError, HTTPRequest, HTTPResponse
